"""What counts as the same spelling, in a search and in a person's name."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple

MAX_TERMS = 16  # each one is a walk through the index; people type two or three words
MAX_QUERY = 4096  # four times what the terms can hold, for punctuation, marks and jamo that are yet to be composed
MAX_LETTERS = 64  # longer than any title's longest word; a longer one is indexed and searched by its beginning
MAX_SPELLINGS = 64  # of one quotation: each word written with a hyphen may stand there in three ways

# U+02B0 to U+A78C are letters to Unicode; romanised Korean and Hawaiian write their apostrophes with them.
_APOSTROPHES = "'`´‘’‛′＇\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\ua78b\ua78c"
_HYPHENS = "-_\u2010\u2011\u2012\u2013\u2014\u2015\u2212"  # the underscore for #killing_romance
_QUOTES = re.compile('["“”„‟＂]')
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

VOWELS, FINALS = 21, 28
_GROWN = {8: (1, 2, 3), 13: (1, 2, 3), 18: (1,)}  # ㅗ to ㅘ ㅙ ㅚ, ㅜ to ㅝ ㅞ ㅟ, ㅡ to ㅢ: so many steps further
_FIRST_OF = {3: 1, 5: 4, 6: 4, 9: 8, 10: 8, 11: 8, 12: 8, 13: 8, 14: 8, 15: 8, 18: 17}  # ㄳ is ㄱ and ㅅ, and so on

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


Endings = Callable[[tuple[str, ...]], Iterator[tuple[str, ...]]]  # what a half-typed phrase may become


def fold(text: str) -> str:
    """Write the tokens by which `text` is found, in text order, one space between them.

    Tokens hold letters and digits only; a word's parts come first and follow each other, its joined spellings after.

    >>> fold("Sun‑kyun’s Café")
    'sun kyuns sunkyuns cafe'
    >>> fold("#KillingRomance 미생물")
    'killing romance killingromance 미생 생물 물'
    """
    return " ".join(filter(None, map(_index, _clean(text).split())))


def joined(text: str) -> str:
    """Write only the letters and digits of a text, all in one.

    >>> joined("Sun‑kyun’s Café #2")
    'sunkyunscafe2'
    """
    return "".join(part for word in _clean(text).split() for part in _PARTS.findall(word))


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
    return _terms(query, _completions)


def loosely(query: str) -> list[Term]:
    """Read a query whose last syllable may still become another one; the same terms where it cannot.

    A final consonant may begin the next syllable (롬 on the way to 로맨스) or grow (갑 to 값), a vowel too (고 to 과).

    >>> loosely("롬")[0].phrases, loosely("갑")[0].phrases, loosely("salt") == terms("salt")
    ((('롬',), ('로',)), (('갑',), ('가',), ('값',)), True)
    """
    return _terms(query, _regroupings)


def exactly(text: str) -> Term | None:
    """Read words that must follow each other just so; None where there is none.

    >>> exactly("Sun-kyun LEE")
    Term(phrases=(('sun', 'kyun', 'sunkyun', 'lee'), ('sun', 'kyun', 'lee'), ('sunkyun', 'lee')), prefix=False)
    """
    words = _words(_clean(text))
    return _phrased(words) if words else None


def _phrased(words: list[str]) -> Term:
    *words, last = [word[:MAX_LETTERS] for word in words[:MAX_TERMS]]
    ends = [_phrase(reading) for reading in _readings(last)]
    chosen = islice(product(*map(list, map(_ways, words)), ends), MAX_SPELLINGS)
    spellings = [tuple(token for way in each for token in way) for each in chosen]
    for start in range(len(words)):  # two or three words of the quotation may be one with hyphens in the text
        for stop in range(start + 2, min(start + 3, len(words)) + 1):
            written = [*words[:start], "-".join(words[start:stop]), *words[stop:]]
            spellings.append((*(token for word in written for token in _index(word).split()), *ends[0]))
    return Term(tuple(dict.fromkeys(spellings)), is_paired(ends[0][-1]))


def _ways(word: str) -> Iterator[list[str]]:
    """Give the token runs that stand for a whole word of a text: as the index has it, in parts, and joined."""
    yield _index(word).split()
    for reading in _readings(word):
        yield [token for spelling in reading for token in _cut(spelling)]


def _words(cleaned: str) -> list[str]:
    return [word for word in (word.strip("-.") for word in cleaned.split()) if word]


def _terms(query: str, endings: Endings) -> list[Term]:
    """Read what stands between two quotation marks as it stands, and the rest word by word."""
    pieces = [_words(_clean(piece)) for piece in _QUOTES.split(query[:MAX_QUERY])]
    last = max((place for place, words in enumerate(pieces) if words), default=0)
    found: list[Term] = []
    for place, words in enumerate(pieces):
        if place % 2 and place < len(pieces) - 1:  # a mark that nothing closes only parts two words
            found += [_phrased(words)] if words else []
            continue
        if place == last and words:
            words = [*words[:-1], *_words(_LONE_JAMO.sub("", words[-1]))]
        words = words[: MAX_TERMS - len(found)]
        found += [_term(word) for word in words[:-1]]
        found += [_term(word, endings if place == last else None) for word in words[-1:]]
    return found[:MAX_TERMS]


def _term(word: str, endings: Endings | None = None) -> Term:
    phrases = [_phrase(reading) for reading in _readings(word[:MAX_LETTERS])]
    if endings:
        phrases = [completed for phrase in phrases for completed in endings(phrase)]
    prefix = bool(endings) or len(word) > MAX_LETTERS or any(_is_syllable(phrase[-1]) for phrase in phrases)
    return Term(tuple(dict.fromkeys(phrases)), prefix)


def is_quoting(query: str) -> bool:
    """Whether a query has a quotation mark."""
    return _QUOTES.search(query) is not None


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


def sound(text: str) -> str:
    """Write what the romanisations of one Korean text share, however it is parted.

    >>> sound("Sogeum-gil"), sound("so keum kil")
    ('sogumgil', 'sogumgil')
    """
    return _romanise(joined(text))


def is_surname(part: str) -> bool:
    """Whether a part of a person key is a Korean surname."""
    return part in _SURNAMES


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
    return len(token) == 1 and is_paired(token)


def is_paired(token: str) -> bool:
    """Whether a token is of a script that is cut into pairs of syllables."""
    return _SYLLABLES.match(token) is not None


def _completions(phrase: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give the phrase, and where it ends in a syllable without a final, one more for each of the 27 finals."""
    yield phrase
    if (place := _place(phrase[-1][-1])) is not None and place % FINALS == 0:
        yield from (_ending(phrase, place + final) for final in range(1, FINALS))


def _regroupings(phrase: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give the phrase with its completions, and with what its last syllable may become by the next key."""
    yield from _completions(phrase)
    if (place := _place(phrase[-1][-1])) is None:
        return
    bare, final = place - place % FINALS, place % FINALS
    if final:
        yield _ending(phrase, bare + _FIRST_OF.get(final, 0))
        yield from (_ending(phrase, bare + both) for both, first in _FIRST_OF.items() if first == final)
    for further in _GROWN.get(bare // FINALS % VOWELS, ()) if not final else ():
        yield from (_ending(phrase, bare + further * FINALS + end) for end in range(FINALS))


def _place(character: str) -> int | None:
    """Give a syllable's place in Unicode's order: 21 vowels to an initial, 28 finals to a vowel."""
    return ord(character) - ord("가") if "가" <= character <= "힣" else None


def _ending(phrase: tuple[str, ...], place: int) -> tuple[str, ...]:
    return *phrase[:-1], phrase[-1][:-1] + chr(ord("가") + place)


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
