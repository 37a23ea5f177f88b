"""What counts as the same spelling, in a search and in a person's name."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

MAX_TERMS = 16  # each one is a walk through the index; people type two or three words
MAX_QUERY = 4096  # four times what the terms can hold, for punctuation, marks and jamo that are yet to be composed
MAX_LETTERS = 64  # longer than any title's longest word; a longer one is indexed and searched by its beginning

# U+02B0 to U+A78C are letters to Unicode; romanised Korean and Hawaiian write their apostrophes with them.
_APOSTROPHES = "'`´‘’‛′＇\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\ua78b\ua78c"
_HYPHENS = "-_\u2010\u2011\u2012\u2013\u2014\u2015\u2212"  # the underscore for #killing_romance
_FILLERS = "\u115f\u1160\u3164\uffa0"  # letters to Unicode, yet nothing is drawn

_JAMO = "\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\ud7b0-\ud7ff\uffa1-\uffdc"
# Scripts read without spaces or with endings stuck to the word: Hangul, kana, bopomofo, ideographs.
_PAIRED = (
    _JAMO + "\uac00-\ud7a3\u3005-\u3007\u3041-\u312f\u31a0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)

# Latin and Greek letters without their marks; the strokes and the dotless i are no marks to Unicode.
_UNMARKED = {
    code: unicodedata.normalize("NFD", chr(code))[0]
    for block in (range(0xC0, 0x250), range(0x370, 0x400), range(0x1E00, 0x2000))
    for code in block
} | {ord(marked): plain for marked, plain in zip("ØøŁłĐđĦħŦŧıŉẚ", "OoLlDdHhTtina", strict=True)}

_NOT_LETTERS = re.compile(rf"[^\w\s]|[_{_APOSTROPHES}{_FILLERS}]")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DIGITS = re.compile(rf"(?<=\d)(?=[^\W\d{_PAIRED}])|(?<=[^\W\d{_PAIRED}])(?=\d)")
_RUNS = re.compile(rf"[{_PAIRED}]+|[^{_PAIRED}]+")
_SYLLABLES = re.compile(rf"[{_PAIRED}]+")
_LONE_JAMO = re.compile(rf"(?<![{_JAMO}])[{_JAMO}][\s.-]*\Z")

# A cleaned word holds letters, digits and four marks, by how much they part: "_" a hump, "+" between digits and
# letters, "-" a hyphen, "." anything else. It is read as parts, then with the parts at a mark joined, rank by rank.
_MARKS = re.compile(r"[-_+]+")
_PARTS = re.compile(r"[^-_+.]+")
_JOINED = {"_": re.compile(r"[^-+.]+"), "+": re.compile(r"[^-.]+"), "-": re.compile(r"[^.]+")}


class Term(NamedTuple):
    """One word of a query: a text has it when it has any of the phrases.

    A phrase is a run of tokens that follow each other; with `prefix` its last token need only begin so.

    >>> Term(phrases=(("sun", "kyun"), ("sunkyun",)), prefix=True) in terms("Sun‑kyun")
    True
    """

    phrases: tuple[tuple[str, ...], ...]
    prefix: bool


def fold(text: str) -> str:
    """Write the tokens by which `text` is found, in text order, one space between them.

    Tokens hold letters and digits only; a word's parts come first and follow each other, its joined spellings after.

    >>> fold("Sun‑kyun’s Café")
    'sun kyuns sunkyuns cafe'
    >>> fold("#KillingRomance 미생물")
    'killing romance killingromance 미생 생물 물'
    """
    return " ".join(filter(None, map(_index, _clean(text).split())))


def terms(query: str) -> list[Term]:
    """Read a query as the terms a text must all have; none where there is nothing to search for.

    The last word may be half typed, so it is a prefix and its open last syllable may still get a final consonant.

    >>> terms("don’t k-pop")
    [Term(phrases=(('dont',),), prefix=False), Term(phrases=(('k', 'pop'), ('kpop',)), prefix=True)]
    >>> terms("킬링로맨") == terms("킬링로맨ㅅ")
    True
    >>> len(terms("킬리")[0].phrases), terms("ㄷ"), terms(" + ")
    (28, [], [])
    """
    cleaned = _LONE_JAMO.sub("", _clean(query[:MAX_QUERY]))
    words = [word for word in (word.strip("-.") for word in cleaned.split()) if word][:MAX_TERMS]
    found = []
    for place, word in enumerate(words, 1):
        is_last = place == len(words)
        phrases = [_phrase(reading) for reading in _readings(word[:MAX_LETTERS])]
        if is_last:
            phrases = [completed for phrase in phrases for completed in _completions(phrase)]
        prefix = is_last or len(word) > MAX_LETTERS or any(_is_syllable(phrase[-1]) for phrase in phrases)
        found.append(Term(tuple(dict.fromkeys(phrases)), prefix))
    return found


def person_key(name: str) -> str:
    """Write the key that the romanisations of one Korean name share; a Hangul name is its own key.

    Two names with one key may still be two people: it suggests and searches, and never merges.

    >>> person_key("Yi Seon-gyun"), person_key("Sun‑kyun LEE"), person_key("이 선균")
    ('li sungyun', 'li sungyun', '이선균')
    """
    words = re.split(r"[\s.]+", _clean(name).strip("-. "))
    if len(words) == 1:  # a hashtag: #LeeSunKyun
        words = words[0].split("_")
    tokens = [token for token in (_MARKS.sub("", word) for word in words) if token]
    if all(_SYLLABLES.fullmatch(token) for token in tokens):
        return "".join(tokens)
    romanised = [_romanise(token) for token in tokens]
    if len(tokens) > 2:  # Song Hye Kyo, Hye Kyo Song: the syllables beside the surname are one given name
        if romanised[0] in _SURNAMES:
            romanised = [romanised[0], _romanise("".join(tokens[1:]))]
        elif romanised[-1] in _SURNAMES:
            romanised = [_romanise("".join(tokens[:-1])), romanised[-1]]
    return " ".join(sorted(_SURNAMES.get(token, token) for token in romanised))


def _clean(text: str) -> str:
    """Keep letters, digits, white space and the four marks between parts of a word; lower the case."""
    text = unicodedata.normalize("NFC", text).translate(_UNMARKED)
    # Composed once more: a zero-width character between two jamo is gone only now.
    text = unicodedata.normalize("NFC", _NOT_LETTERS.sub(lambda found: _mark(found[0]), text))
    return _DIGITS.sub("+", _HUMPS.sub("_", text)).casefold()


def _mark(character: str) -> str:
    if character in _HYPHENS:
        return "-"
    # Combining marks, controls, format characters, lone surrogates and unassigned ones part nothing.
    if character in _APOSTROPHES or character in _FILLERS or unicodedata.category(character)[0] in "MC":
        return ""
    return "."


@lru_cache(maxsize=50_000)  # prose repeats its words, and so does the next review: some 10 MB
def _index(word: str) -> str:
    """Give the tokens of a cleaned word, one reading after the other: a phrase of any of them is found."""
    tokens: list[str] = []
    limit = None
    for reading in _readings(word):
        for spelling in reading:
            tokens += _cut(spelling[:limit])
        limit = MAX_LETTERS  # the parts hold the whole text already
    return " ".join(tokens)


def _readings(word: str) -> Iterator[list[str]]:
    """Give the spellings a cleaned word has: in parts first, then with more and more of them joined."""
    reading = _PARTS.findall(word)
    yield reading
    for mark, spelling in _JOINED.items():
        if mark in word:
            before, reading = reading, [run for run in (_MARKS.sub("", run) for run in spelling.findall(word)) if run]
            if reading != before:
                yield reading


def _cut(spelling: str) -> Iterator[str]:
    """Cut a spelling into tokens: overlapping pairs and the last syllable of a paired script, other runs whole."""
    for run in [spelling] if spelling.isascii() else _RUNS.findall(spelling):
        if _SYLLABLES.match(run):
            yield from (run[place : place + 2] for place in range(len(run)))
        else:
            yield run[:MAX_LETTERS]


def _phrase(reading: list[str]) -> tuple[str, ...]:
    """Give the tokens to look for; the text's word may go on, so the last syllable alone is not one of them."""
    tokens = [token for spelling in reading for token in _cut(spelling)]
    if _is_syllable(tokens[-1]) and len(_RUNS.findall(reading[-1])[-1]) > 1:
        tokens.pop()
    return tuple(tokens)


def _is_syllable(token: str) -> bool:
    return len(token) == 1 and _SYLLABLES.match(token) is not None


def _completions(phrase: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give the phrase, and where it ends in a syllable without a final, one more for each of the 27 finals."""
    yield phrase
    *before, last = phrase
    syllable = ord(last[-1])
    if "가" <= last[-1] <= "힣" and (syllable - ord("가")) % 28 == 0:  # Unicode's order: 28 to an initial and vowel
        yield from ((*before, last[:-1] + chr(syllable + final)) for final in range(1, 28))


_SOUNDS = tuple(
    (re.compile(spellings), sound)
    for spellings, sound in (
        ("yeo|you|yoo", "yu"),
        ("eui|ui", "i"),
        ("oe", "oi"),
        ("eo|eu|ou|oo", "u"),
        ("ee", "i"),
        ("ch", "j"),
        ("[kc]", "g"),
        ("p", "b"),
        ("t", "d"),
        ("r", "l"),
        ("sh", "s"),
        (r"(.)\1+", r"\1"),
    )
)


def _romanise(token: str) -> str:
    for spellings, sound in _SOUNDS:
        token = spellings.sub(sound, token)
    return token


_OTHER_SURNAMES = (
    "bae ban bang bong cha chae choi gong ha ham han hong hwang hyun jang ji jin jo joo jung kang ki kil kim kwak kwon"
    " ma min moon nam pyo pyun shim shin song sung won yoon"
)
# One surname a line; spellings that the sounds make equal (choi choe, kang gang, jung jeong chung) need no naming.
_SURNAMES = {
    _romanise(spelling): _romanise(line.split()[0])
    for line in (
        "lee yi rhee yee li i",
        "park pak bak",
        "yoo yu ryu",
        "lim im",
        "noh roh no",
        "ahn an",
        "oh o",
        "woo wu u",
        "seo suh",
        "heo hur huh her",
        "baek paik baik",
        "yang ryang",
        "yeom ryeom",
        "na ra rha",
        "son sohn",
        "ko koh",
        "koo kuh",
        "eom uhm",
        "do doh",
        *_OTHER_SURNAMES.split(),
    )
    for spelling in line.split()
}
