"""Files that somebody sends: written to the disk piece by piece while they arrive, and gone unless they are kept."""

import os
import re
import shutil
import tempfile
import unicodedata
from pathlib import Path
from typing import IO

import flask
from werkzeug.datastructures import FileStorage

LONGEST_NAME = 80  # characters: 240 bytes in Hangul, and a file's name may have 255
UNNAMED = "export"


class Request(flask.Request):
    """Flask's request, but for where a file goes: into a folder of its own, where a view has named a place for it.

    A file that a view has not kept is removed when the request is over, whatever ended it.
    """

    arriving: Path | None = None  # the folder for files; None: Flask's way, for what is small
    passing: Path | None = None  # the same for files that are only read: they have no name there, so none is left

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.passing is not None:
            return tempfile.TemporaryFile(dir=self.passing)
        if self.arriving is None:
            return super()._get_file_stream(total_content_length, content_type, filename, content_length)
        self.arriving.mkdir(mode=0o700, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="export-", dir=self.arriving))
        stream = (folder / file_name(filename or "")).open("w+b")
        self.__dict__.setdefault("arrived", {})[folder] = stream
        return stream

    def path_of(self, sent: FileStorage) -> Path:
        """Return where a file lies that was sent, all of it on the disk."""
        sent.stream.flush()
        os.fsync(sent.stream.fileno())
        return Path(str(getattr(sent.stream, "name", "")))

    def keep(self, path: Path) -> None:
        """Let a file stay, and its folder."""
        self.__dict__["arrived"].pop(path.parent).close()

    def close(self) -> None:
        super().close()
        for folder, stream in self.__dict__.pop("arrived", {}).items():
            stream.close()
            shutil.rmtree(folder, ignore_errors=True)


def file_name(sent: str, unnamed: str = UNNAMED) -> str:
    r"""Return the name under which a file is kept: its own, without folders and what a terminal would obey.

    >>> file_name("C:\\Users\\Yuna\\blog-11-27.xml"), file_name("../../백업.zip"), file_name("..")
    ('blog-11-27.xml', '백업.zip', 'export')
    """
    bare = re.split(r"[/\\]", unicodedata.normalize("NFC", sent))[-1]
    shown = "".join(sign for sign in bare if sign.isprintable()).strip().lstrip(".")
    stem, suffix = Path(shown).stem, Path(shown).suffix[:10]
    return (stem[: LONGEST_NAME - len(suffix)] + suffix) or unnamed
