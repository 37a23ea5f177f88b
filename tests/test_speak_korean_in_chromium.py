"""A site that speaks Korean in a real browser: what scripts say, and what reads pages aloud."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import expect

from .chromium import find_nothing, served
from .test_speak_korean import speak

pytestmark = pytest.mark.browser

REVIEW = "/reviews/the-lighthouse-keepers-radio/"


def test_scripts_speak_korean_and_axe_finds_nothing(new_context: Callable, sample_app: Flask, complaints: list[str]):
    speak(sample_app, "ko")
    with served(sample_app) as address:
        page = new_context(bypass_csp=True).new_page()
        page.goto(address + REVIEW)
        page.get_by_label("어디까지 봤나요?").select_option("all")
        expect(page.locator("#announce")).to_contain_text("이 페이지에서 스포일러")
        find_nothing(page)
        page.goto(f"{address}/reviews/")
        page.get_by_label("미국").check()
        page.goto(f"{address}/reviews/")
        expect(page.get_by_role("link", name="미국에서 볼 수 있는 것만 보기")).to_be_visible()
        find_nothing(page)
        page.get_by_role("button", name="시청 지역 지우기").click()
        expect(page.locator("#announce")).to_have_text("지웠어요.")
        page.context.set_offline(True)
        page.get_by_label("한국").check()
        expect(page.locator("#announce")).to_contain_text("연결이 끊겼어요. 이 페이지의 내용은 그대로 있어요.")
        page.context.set_offline(False)
        complaints.clear()  # of the lost connection
