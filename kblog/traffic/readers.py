"""Who counts as a reader: no program that names itself, and no browser that only reads ahead."""

from functools import lru_cache
from wsgiref.types import WSGIEnvironment

from crawleruseragents import is_crawler


def is_reading(environ: WSGIEnvironment) -> bool:
    """Whether somebody looks at what this request asks for."""
    purpose = environ.get("HTTP_SEC_PURPOSE", "") + environ.get("HTTP_PURPOSE", "")
    is_asked = environ["REQUEST_METHOD"] == "GET" and "prefetch" not in purpose
    return is_asked and is_reader(environ.get("HTTP_USER_AGENT", "")[:500])


@lru_cache(maxsize=2_000)  # a blog's readers have few browsers, and a thousand patterns take a while
def is_reader(user_agent: str) -> bool:
    """Whether this is no program that names itself, and not one that names nothing.

    >>> is_reader("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), is_reader("")
    (True, False)
    >>> is_reader("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"), is_reader("curl/8.14.1")
    (False, False)
    """
    return bool(user_agent) and not is_crawler(user_agent)
