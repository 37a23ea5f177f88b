"""One spelling for search and for people: what is folded, what a query finds, which names are one."""

import re
import sqlite3
import unicodedata
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kblog.fold import MAX_LETTERS, MAX_QUERY, MAX_TERMS, fold, person_key, terms

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

FOLDED = [
    ("", ""),
    ("The Salt Road", "the salt road"),
    ("café CAFÉ cafe\u0301", "cafe cafe cafe"),
    ("Łódź Øyen İzmir straße", "lodz oyen izmir strasse"),
    ("don't don’t donʼt dont", "dont dont dont dont"),
    ("P'yŏngyang", "pyongyang"),
    ("Sun-kyun", "sun kyun sunkyun"),
    ("be-careful-what", "be careful what becarefulwhat"),
    ("--a--b-- -", "a b ab"),
    ("#KillingRomance", "killing romance killingromance"),
    ("#killing_romance", "killing romance killingromance"),
    ("#KillingRomance2023", "killing romance 2023 killingromance 2023 killingromance2023"),
    ("#NetflixKDrama", "netflix k drama netflixkdrama"),
    ("YouTube-era", "you tube era youtube era youtubeera"),
    ("JTBC", "jtbc"),
    ("20th", "20 th 20th"),
    ("Disney+ R&B", "disney r b"),
    ("U.S.-based", "u s based"),
    ("1,000", "1 000"),
    ("미생물", "미생 생물 물"),
    ("물", "물"),
    ("제2바이올린", "제 2 바이 이올 올린 린"),
    ("EXO의 2화", "exo 의 2 화"),
    ("봄-여름", "봄 여름 름 봄여 여름 름"),
    ("ㅋㅋㅋ", "ㅋㅋ ㅋㅋ ㅋ"),
    ("東京タワー", "東京 京タ タワ ワー ー"),
    ("が", "が"),
    ("Москва́", "москва"),
    ("Ὀδύσσεια ὐ ΐ", "οδυσσεια υ ι"),
    ("a\0b\x07c\u202ed\u200be\u00adf\ufeffg", "abcdefg"),
    ("a\tb\nc\u00a0d\u2028e", "a b c d e"),
    ("드\u200b라\u3164마", "드라 라마 마"),
    ("\u1103\u200b\u1173", "드"),
    ("a\ud800b", "ab"),
    ("👩‍💻 ★ … +", ""),
    ("1\ufe0f\u20e3", "1"),
    ("x" * 100, "x" * MAX_LETTERS),
]

# query, a text it must find
FOUND = [
    ("sun-kyun", "Sun kyun"),
    ("sun-kyun", "sunkyun"),
    ("sun-kyun", "Lee Sun\u2011kyun’s last film"),
    ("sunkyun", "Sun-kyun"),
    ("sunkyun", "#SunKyun"),
    ("Sun\u2212kyun romance", "a romance with Sun–kyun in it"),
    ("sun-ky", "Sun-kyun"),
    ("lee sun", "Lee Sun-kyun"),
    ("careful", "be-careful-what"),
    ("becarefulwhat", "be-careful-what"),
    ("dont look", "Don’t look up"),
    ("don't", "dont"),
    ("CAFE noir", "café noir"),
    ("café noir", "cafe noir"),
    ("disney+", "on Disney+ now"),
    ("disney", "on Disney+ now"),
    ("disney+ now", "on Disney now"),
    ("killing romance", "#KillingRomance"),
    ("killingromance tag", "#KillingRomance2023 tag"),
    ("#KillingRomance", "Killing Romance"),
    ("mccune spelling", "McCune-Reischauer spelling"),
    ("McCune-Reischauer spelling", "mccune reischauer spelling"),
    ("youtube/netflix end", "YouTube/Netflix end"),
    ("episode12 spoiler", "episode 12 spoiler"),
    ("U.S. remake", "the U.S. remake"),
    ("Sun-kyun/Bo-ra end", "Sun-kyun/Bo-ra end"),
    ("미생", "미생물"),
    ("생물", "미생물"),
    ("미생물 끝", "미생물학이 끝"),
    ("물", "미생물"),
    ("생 끝", "미생물 끝"),
    ("미", "미생물"),
    ("제2바이올린", "제2바이올린"),
    ("2바이 끝", "제2바이올린 끝"),
    ("봄여름", "봄-여름"),
    ("봄-여름", "봄여름"),
    ("drama", "drama를 보다"),
    ("킬ㄹ", "킬링 로맨스"),
    ("킬리", "킬링 로맨스"),
    ("리", "링"),
    ("킬링 로매", "킬링 로맨스"),
    ("킬링 ㄹ", "킬링 로맨스"),
    ("드", "등대"),
    (unicodedata.normalize("NFD", "드라마"), "드라마"),
    ("드라마", unicodedata.normalize("NFD", "드라마")),
    ("タワー", "東京タワー"),
    ("y" * 100 + " end", "y" * 100 + " end"),
    ("a-" * 100 + " end", "a-" * 100 + " end"),
    ("가나" * 50 + " end", "가나" * 50 + " end"),
]

NOT_FOUND = [
    ("sun kyun", "Sun only"),
    ("su end", "sun end"),
    ("kyun-sun end", "Sun-kyun end"),
    ("생미", "미생물"),
    ("미물", "미생물"),
    ("킬링", "킬리만"),
    ("킬리 끝", "킬링 끝"),
    ("disney", "dis ney"),
]

ONE_PERSON = [
    ("Gong Myoung", "Gong Myung"),
    ("Gong Myoung", "#GongMyung"),
    ("Yi Seon-gyun", "Lee Sun-kyun"),
    ("Lee Sun\u2011kyun", "Sun-kyun Lee"),
    ("Lee Sun-kyun", "#LeeSunKyun"),
    ("Lee, Sun-Kyun", "LEE SUNKYUN"),
    ("Song Hye-kyo", "Song Hyekyo"),
    ("Song Hye-kyo", "Song Hye Kyo"),
    ("Song Hye-kyo", "Hye Kyo Song"),
    ("Bak Bo-geom", "Park Bo-gum"),
    ("Choe Hui-seo", "Choi Hee-seo"),
    ("Gim Go-eun", "Kim Go-eun"),
    ("Rhee Byung-hun", "Lee Byeong-heon"),
    ("Gong Yoo", "Gong Yu"),
    ("Ryu Seung-ryong", "Yoo Seung-ryong"),
    ("Chung Hae-in", "Jeong Hae-in"),
    ("Im Soo-jung", "Lim Su-jeong"),
    ("Cho In-sung", "Jo In-seong"),
    ("Shin Min-a", "Sin Min-a"),
    ("Ra Mi-ran", "Rha Mi-ran"),
    ("Son Ye-jin", "Sohn Ye-jin"),
    ("이선균", "이 선균"),
    ("이선균", unicodedata.normalize("NFD", "이선균")),
    ("Renée Zellweger", "Renee Zellweger"),
]

TWO_PEOPLE = [
    ("Kim Soo-hyun", "Kim So-hyun"),
    ("Lee Min-ho", "Lee Min-ki"),
    ("Park Bo-gum", "Park Bo-young"),
    ("Jung Hae-in", "Jung Ho-in"),
    ("Jo In-sung", "Joo In-sung"),
    ("Song Joong-ki", "Song Jong-ki"),
    ("Kim Go-eun", "Kim Ga-eun"),
    ("Park Seo-joon", "Baek Seo-joon"),
    ("Lee Sun-kyun", "Ryu Sun-kyun"),
    ("Gong Yoo", "Gong Hyo-jin"),
    ("Noh Sang-hyun", "Na Sang-hyun"),
    ("Lim Ji-yeon", "Lee Ji-yeon"),
    ("이선균", "이선빈"),
    ("이선균", "Lee Sun-kyun"),
]

# Forty people: no two of them are one, however alike their names sound.
FORTY = """
Lee Hanee, Lee Ha-neul, Lee Hae-na, Lee Sun-kyun, Lee Sang-yoon, Lee Si-eun, Lee Seo-yeon, Lee So-yeon, Lee Soo-yeol,
Kim Tae-ri, Kim Tae-hee, Kim Da-hee, Kim Go-eun, Kim Ga-eun, Kim Goo-in, Kim Min-jae, Kim Min-ji, Kim Nam-gil,
Park Bo-gum, Park Bo-young, Park Min-young, Park Eun-bin, Baek Eun-bin, Bae Eun-bin, Jung Yu-mi, Jung Yoo-na,
Jo Yu-mi, Joo Yu-min, Choi Woo-shik, Choi U-sung, Gong Yoo, Gong Hyo-jin, Gong Myung, Han Hyo-joo, Ahn Hyo-seop,
Oh Jung-se, Uhm Jung-hwa, Yeom Hye-ran, Ra Mi-ran, Na Moon-hee
"""

# What real queries and texts are made of, and what breaks code that reads them.
ALPHABET = st.one_of(
    st.sampled_from("aAbBzZéÉøßİŉﬁẚ 019½²①-\u2010\u2011\u2014\u2212_'’ʼ.,&+#/\"*()\t\n"),
    st.sampled_from("가각기리링마물미생힣ㄱㅋㅏ\u1100\u1161\u11a8かがヴー東京\u3164"),
    st.sampled_from("\0\x1b\x85\u200b\u200d\u202e\u2066\ufe0f\u0301\u3099\u20e3\ud800\udc00😀яЙαΐกั"),
    st.characters(exclude_categories=()),
)
TEXTS = st.text(ALPHABET, max_size=80)


def holds(folded, found):
    """Whether a folded text has every term: one of its phrases, token after token, the last maybe as a prefix."""
    tokens = f" {folded} "
    return all(
        any(f" {' '.join(phrase)}{'' if term.prefix else ' '}" in tokens for phrase in term.phrases) for term in found
    )


def fts5_holds(folded, found):
    """The same asked of SQLite, which cuts the folded text and the quoted phrases with a tokenizer of its own."""
    match = " AND ".join(
        "(" + " OR ".join(f'"{" ".join(phrase)}"' + "*" * term.prefix for phrase in term.phrases) + ")"
        for term in found
    )
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE page USING fts5(body, tokenize='unicode61 remove_diacritics 0')")
        connection.execute("INSERT INTO page VALUES (?)", (folded,))
        return connection.execute("SELECT count(*) FROM page WHERE page MATCH ?", (match,)).fetchone() == (1,)


def fts5_tokens(folded):
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE page USING fts5(body, tokenize='unicode61 remove_diacritics 0')")
        connection.execute("CREATE VIRTUAL TABLE token USING fts5vocab(page, instance)")
        connection.execute("INSERT INTO page VALUES (?)", (folded,))
        return [token for (token,) in connection.execute("SELECT term FROM token ORDER BY offset")]


def words_of(text):
    """The words a reader may copy out of a text, as written and in small letters."""
    copied = {*text.split(), *re.split(r"[\s.,&+#/\"*()-]+", text)}
    return sorted(copied | {word.casefold() for word in copied})


@pytest.mark.parametrize(("text", "folded"), FOLDED)
def test_a_text_folds_into_these_tokens(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(("text", "folded"), FOLDED)
def test_sqlite_neither_splits_nor_drops_a_token(text, folded):
    assert fts5_tokens(folded) == folded.split()


@pytest.mark.parametrize("hyphen", "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
def test_every_hyphen_splits_and_joins(hyphen):
    assert fold(f"Sun{hyphen}kyun") == "sun kyun sunkyun"


@pytest.mark.parametrize("apostrophe", "'`´‘’‛′＇ʹʻʼʽʾʿ\ua78b\ua78c")
def test_every_apostrophe_is_deleted(apostrophe):
    assert fold(f"don{apostrophe}t") == "dont"


@pytest.mark.parametrize(("query", "text"), FOUND)
def test_a_query_finds_this_text(query, text):
    assert terms(query)
    assert holds(fold(text), terms(query))
    assert fts5_holds(fold(text), terms(query))


@pytest.mark.parametrize(("query", "text"), NOT_FOUND)
def test_a_query_does_not_find_this_text(query, text):
    assert not holds(fold(text), terms(query))
    assert not fts5_holds(fold(text), terms(query))


@pytest.mark.parametrize(
    "query", ["", " ", "ㄷ", " ㄷ ", "\u1103", "ㅏ!", "+", "--", "“”", "\0", "\u200b", "\ud800", "😀", "'"]
)
def test_nothing_searchable_gives_no_terms(query):
    assert terms(query) == []


EXACTLY = [
    ('"salt road"', "Salt Road", "salt, road", "road salt", "salty road", "salt roads"),
    ("“sun kyun smiled”", "sun kyun smiled", "Sun\u2011kyun smiled", "sunkyun smiled", "sun smiled kyun"),
    ("„Lee Sun-kyun‟", "Lee Sun-kyun", "lee sun kyun", "Sun-kyun Lee"),
    ('"let\'s stop"', "Let’s stop!", "lets stop", "let us stop", "lets not stop"),
    ('"킬링 로맨스"', "킬링 로맨스", "킬링 로맨스를", "킬링로맨스", "로맨스 킬링"),
    ('"road" "salt"', "salt and road", "salt"),
    ('"cafe society', "a café and its society", "society caf"),
]


@pytest.mark.parametrize(("query", "first", "texts"), [(query, first, texts) for query, first, *texts in EXACTLY])
def test_what_is_quoted_stands_just_so(query, first, texts):
    for text in (first, *texts):
        assert holds(fold(text), terms(query)) == fts5_holds(fold(text), terms(query)), text
    assert holds(fold(first), terms(query))
    assert not holds(fold(texts[-1]), terms(query))


def test_a_mark_that_nothing_closes_only_parts_words():
    assert terms('salt"ferry') == terms("salt ferry")
    assert terms('"salt') == terms("salt")
    assert terms('"salt road" "fer') == [*terms('"salt road"'), *terms("fer")]
    for query in ('"', '""', "“”", '" "', '"-" "."'):
        assert terms(query) == []


def test_many_quotation_marks_stay_small():
    assert len(terms('"a b" ' * 500)) <= MAX_TERMS
    assert len(terms('"' * 4000)) == 0
    assert len(terms('"' + "a-b " * 500 + '"')[0].phrases) < 200


def test_a_lone_jamo_at_the_end_is_ignored():
    assert terms("킬ㄹ") == terms("킬")
    assert terms("drama ㄷ") == terms("drama")


def test_laughter_is_not_a_lone_jamo():
    assert holds(fold("재밌다 ㅋㅋㅋ"), terms("ㅋㅋ"))
    assert not holds(fold("재밌다 ㅋ"), terms("ㅋㅋ"))


def test_each_step_of_typing_a_syllable_with_a_final_finds_it():
    for typed in ("ㄷ", "드", "등", "등ㄷ", "등대"):
        assert holds(fold("등대"), terms(typed))


def test_only_the_last_word_is_a_prefix():
    assert [term.prefix for term in terms("salt road")] == [False, True]


def test_a_single_syllable_is_a_prefix_anywhere():
    assert [term.prefix for term in terms("물 미생 salt road")] == [True, False, False, True]


def test_only_an_open_last_syllable_of_the_last_word_gets_its_finals():
    first, last = terms("나 킬리")
    assert first.phrases == (("나",),)
    assert len(last.phrases) == 28
    assert ("킬링",) in last.phrases
    assert terms("킬링")[0].phrases == (("킬링",),)


def test_a_long_query_is_cut():
    assert len(terms("word " * 5000)) == MAX_TERMS
    (term,) = terms("x" * 100_000)
    assert term.phrases == (("x" * MAX_LETTERS,),)


def test_nothing_beyond_the_longest_query_is_read():
    assert terms("salt" + " " * MAX_QUERY + "road") == terms("salt")


def test_a_joined_spelling_is_cut():
    assert len(fold("가-" * 1000).split()) == 1000 + MAX_LETTERS


def test_a_cut_word_is_a_prefix():
    assert [term.prefix for term in terms("x" * 65 + " " + "x" * 64 + " end")] == [True, False, True]


@pytest.mark.parametrize("word", ["a-", "a1", "aB", "가-", "a.", "ㄱ.", "가a", "e\u0301\u0301", "\ud800", "미생물 "])
def test_the_folded_text_grows_no_faster_than_the_text(word):
    once, often = len(fold(word * 100)), len(fold(word * 10_000))
    assert often <= 100 * (once + MAX_LETTERS)


@settings(deadline=None)
@given(st.text(ALPHABET))
def test_any_text_folds_into_letters_and_digits(text):
    folded = fold(text)
    assert folded == " ".join(folded.split())
    assert all(token.isalnum() and len(token) <= MAX_LETTERS for token in folded.split())
    assert folded == folded.casefold()
    folded.encode()


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_words_fold_one_by_one(before, after):
    assert fold(f"{before} {after}") == f"{fold(before)} {fold(after)}".strip()


@settings(deadline=None)
@given(TEXTS)
def test_folding_again_loses_no_token(text):
    once = fold(text)
    assert set(once.split()) <= set(fold(once).split())


@settings(deadline=None)
@given(TEXTS)
def test_a_composed_and_a_decomposed_text_fold_alike(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@settings(deadline=None)
@given(TEXTS)
def test_every_word_of_a_text_finds_it(text):
    folded = fold(text)
    for word in words_of(text):
        assert holds(folded, terms(word)), word
        assert holds(f"{folded} end", terms(f"{word} end")), word


@settings(deadline=None, max_examples=50)
@given(st.text(ALPHABET, max_size=30))
def test_every_word_of_a_text_finds_it_in_sqlite(text):
    folded = fold(text)
    for word in words_of(text):
        found = terms(word)
        assert not found or fts5_holds(folded, found), word


@settings(deadline=None)
@given(st.text(ALPHABET))
def test_any_query_stays_small(query):
    found = terms(query)
    assert len(found) <= MAX_TERMS
    assert all(term.phrases and all(term.phrases) and len(term.phrases) <= 4 * 28 for term in found)


@pytest.mark.parametrize(("one", "other"), ONE_PERSON)
def test_two_spellings_of_one_person_share_a_key(one, other):
    assert person_key(one) == person_key(other) != ""


@pytest.mark.parametrize(("one", "other"), TWO_PEOPLE)
def test_two_people_have_two_keys(one, other):
    assert person_key(one) != person_key(other)


def test_among_forty_people_no_two_share_a_key():
    people = [name.strip() for name in FORTY.split(",")]
    assert len(people) == 40
    by_key: dict[str, list[str]] = {}
    for name in people:
        by_key.setdefault(person_key(name), []).append(name)
    assert [names for names in by_key.values() if len(names) > 1] == []
    others = [person_key(name.replace("Lee ", "Yi ").replace("Park ", "Bak ").replace("-", "")) for name in people]
    assert others == list(by_key)  # and written in another way each keeps its own


def test_a_hangul_name_is_its_own_key():
    assert person_key("봉 준호") == "봉준호"


@settings(deadline=None)
@given(TEXTS)
def test_any_name_has_a_key_that_forgets_the_order_of_two_words(name):
    key = person_key(name)
    assert key == key.strip()
    key.encode()
    if re.fullmatch(r"[a-zA-Z]+ [a-zA-Z]+", name):
        assert person_key(" ".join(reversed(name.split()))) == key


@pytest.mark.real_data
def test_every_word_of_a_real_review_finds_it():
    for page in sorted((DATA / "pages").glob("*.txt")):
        text = page.read_text(encoding="utf-8")
        folded = fold(text)
        for word in words_of(text):
            assert holds(folded, terms(word)), word
