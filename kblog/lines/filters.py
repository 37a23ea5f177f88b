"""The reader's choice of lines, as it travels in the URL."""

from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

from kblog.reviews.filters import LONGEST_VALUE, cleaned

FIELDS = ("review", "speaker", "episode")


@dataclass(frozen=True)
class LineFilter:
    """Which lines to list: those of one review, of one speaker, of one episode; each "" for all.

    >>> wanted = LineFilter.from_args(MultiDict([("review", "salt-road"), ("episode", " 4 "), ("speaker", "")]))
    >>> wanted.args
    {'review': 'salt-road', 'episode': '4'}
    >>> wanted.without("review").args
    {'episode': '4'}
    """

    review: str = ""
    speaker: str = ""
    episode: str = ""

    @classmethod
    def from_args(cls, args: MultiDict[str, str]) -> "LineFilter":
        """Read the arguments of a URL; what cannot be a value is kept, so that it matches nothing and shows."""
        return cls(**{field: cleaned(args.get(field, ""), LONGEST_VALUE) for field in FIELDS})

    @property
    def args(self) -> dict[str, str]:
        """The arguments of the canonical URL: empty ones left out."""
        return {field: value for field in FIELDS if (value := getattr(self, field))}

    def without(self, field: str) -> "LineFilter":
        """The choice without one of its values."""
        return replace(self, **{field: ""})

    def __bool__(self) -> bool:
        """Whether anything is chosen at all."""
        return bool(self.args)
