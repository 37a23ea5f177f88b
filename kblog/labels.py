"""What the labels and hashtags of an old blog name: a kind of work, a genre."""

from kblog import fold
from kblog.document import Document
from kblog.overview import Overview
from kblog.vocabulary import GENRES

# Written together, as hashtags are. A bare "Drama" is a genre: on a drama blog it says nothing of the kind.
KINDS = {
    "drama": "kdrama kdramas koreandrama koreandramas koreanseries kseries tvseries dramareview kdramareview "
    "한국드라마 미니시리즈",
    "film": "film films movie movies kmovie kmovies kfilm kfilms koreanmovie koreanmovies koreanfilm koreanfilms "
    "koreancinema moviereview filmreview kmoviereview 영화 한국영화",
    "special": "dramaspecial kdramaspecial tvmovie specials 단막극 드라마스페셜",
    "show": "kshow kshows koreanshow varietyshow kvariety realityshow 예능",
}
_KIND_OF = {name: kind for kind, names in KINDS.items() for name in names.split()}
_GENRE_WORDS = {word for phrases in GENRES.values() for phrase in phrases for word in fold.fold(phrase).split()}


def kind_named(label: str) -> str:
    """Return the kind of work that a label or hashtag names, or "".

    >>> kind_named("K-Movie"), kind_named("#KoreanDrama"), kind_named("Drama")
    ('film', 'drama', '')
    """
    return _KIND_OF.get("".join(each for each in label.casefold() if each.isalnum()), "")


def kind_of(document: Document, understood: Overview) -> str:
    """Return the kind of a document's work: as it says itself, else its overview, a label or a hashtag; or "".

    >>> kind_of(Document(hashtags=("#Rain", "#KMovie")), Overview())
    'film'
    """
    named = map(kind_named, (*document.labels, *document.hashtags))
    return document.kind or understood.kind or next((kind for kind in named if kind), "")


def is_genre(label: str) -> bool:
    """Whether a label is made of genre words alone.

    >>> is_genre("Musical comedy"), is_genre("Comedy of my life")
    (True, False)
    """
    words = fold.fold(label).split()
    return bool(words) and _GENRE_WORDS.issuperset(words)
