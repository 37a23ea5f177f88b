"""What a commenter typed, made fit to keep and to print: a name, a text, a web address, how far it spoils."""

import re
import unicodedata
from urllib.parse import urlsplit

from kblog import markup
from kblog.language import gettext as _

NAME_LIMIT = 60  # characters: longer than any name; the head of a comment stays one line on a desk
WEBSITE_LIMIT = 200
KEY_LIMIT = 64
LAST_EPISODE = 999
MOST_MARKS = 3  # on one letter of a name: Vietnamese and Hebrew need two; a tower of them hides the line above

# Nothing of this is text, and a browser, a feed and SQLite would each make something else of it; the last two ranges
# turn the words of others around.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane + 0xFFFE) + chr(plane + 0xFFFF) for plane in range(0, 0x110000, 0x10000))
    + "\u202a-\u202e\u2066-\u2069]"
)
_BREAKS = re.compile("\r\n?|[\u2028\u2029]")
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and a symbol of which nothing is drawn
# What looks like a Latin letter: a name spelt with it reads as somebody else's.
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝӏвкмнтгαεοικνρτυχγωβηıi013457$@|",
    "aeopcyxljshdqwlbkmhtraeolkvptuxywbhlloleastsal",
)


def text(value: str) -> str:
    r"""Write a text as it is kept: composed, with plain line breaks, without what is no text.

    >>> text(" e\u0301\r\nb\x00\ud800 \n\n")
    ' é\nb'
    """
    return unicodedata.normalize("NFC", _NO_TEXT.sub("", _BREAKS.sub("\n", value))).rstrip().lstrip("\n")


def name(value: str) -> str:
    r"""Write a name as it is kept: on one line, without what is not seen.

    >>> name("  Ma\u200bri\u202esol \n Vega\u3164 ")
    'Marisol Vega'
    """
    kept: list[str] = []
    marks = 0
    for character in text(value):
        kind = unicodedata.category(character)
        marks = marks + 1 if kind[0] == "M" else 0
        if kind[0] == "Z" or character in "\t\n":
            kept.append(" ")
        elif kind != "Cf" and character not in _BLANK and marks <= MOST_MARKS:
            kept.append(character)
    return " ".join("".join(kept).split())


def says_something(value: str) -> bool:
    """Whether anything of a text is seen: a letter, a number or a sign."""
    return any(unicodedata.category(each)[0] in "LNPS" and each not in _BLANK for each in value)


def website(value: str) -> str:
    """Write a web address as it is linked; raise ValueError with a sentence where it is none.

    >>> website("javascript:alert(1)")
    Traceback (most recent call last):
    ValueError: That is no web address. It looks like https://example.org
    >>> website("guest.example"), website("HTTPS://guest.example/~me"), website(" ")
    ('https://guest.example', 'HTTPS://guest.example/~me', '')
    """
    address = text(value).strip()
    if not address:
        return ""
    if len(address) > WEBSITE_LIMIT:
        raise ValueError(_("A web address has at most %(most)s characters.", most=WEBSITE_LIMIT))
    if not re.match(r"[a-z][a-z0-9+.\-]*:", address, re.IGNORECASE):
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        is_one = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and "@" not in parts.netloc
        is_one = is_one and markup.comment_href_is_safe(address) and (parts.port or 1) > 0
    except ValueError:  # no such port, or brackets that do not close
        is_one = False
    if not is_one:
        raise ValueError(_("That is no web address. It looks like https://example.org"))
    return address


def spoils(value: str) -> str:
    """Read how far a comment spoils: "" for nothing, an episode, or "all"; raise ValueError where that means nothing.

    >>> spoils("none"), spoils("013"), spoils("all")
    ('', '13', 'all')
    """
    said = value.strip()
    if said in ("", "none"):
        return ""
    if said == "all":
        return said
    if said.isascii() and said.isdigit() and len(said) <= 9 and 1 <= int(said) <= LAST_EPISODE:
        return str(int(said))
    raise ValueError(_("Choose how far it spoils."))


def unmasked(value: str) -> str:
    """Write a text as it looks: small, without marks, and Latin where it looks Latin."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", value).casefold())
    letters = "".join(each for each in folded if unicodedata.category(each)[0] not in "MC" or each == "\n")
    return unicodedata.normalize("NFC", letters.translate(_LOOKALIKES))


def skeleton(name: str) -> str:
    """Write what a name looks like; two names with one skeleton read as the same person's.

    >>> skeleton("Han Areum") == skeleton("hаn  ärеum.") == skeleton("ＨＡＮ ＡＲＥＵＭ")
    True
    """
    return "".join(filter(str.isalnum, unmasked(name)))
