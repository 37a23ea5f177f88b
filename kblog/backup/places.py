"""Where the things lie that backups are made of, and where backups are kept."""

from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from kblog import depot
from kblog.config import Config
from kblog.sharing import Bucket, Shared

DATABASE, MEDIA = "kblog.db", "media"  # what they are called in a backup, whatever they are called here


class Places(NamedTuple):
    """The site's own files, and the folder of its backups; `shared` says where the media are that machines share.

    `media` is their folder, None where they lie in a bucket.
    """

    database: Path
    media: Path | None
    folder: Path
    most_daily: int = 10
    shared: Shared | Bucket | None = None

    @classmethod
    def of(cls, config: Config) -> "Places":
        """Read them from the settings."""
        own = sa.engine.make_url(config.database).database if config.on_sqlite else None
        database = Path(own) if own else config.instance / "kblog.db"
        folder = config.backup_folder or config.instance / "backups"
        place = config.media
        media = None if isinstance(place, Bucket) else place.path if isinstance(place, Shared) else place
        return cls(database, media, folder, config.backup_kept, config.media_at)

    @property
    def trouble(self) -> str:
        """Say why the media's folder is not there, where it has to be: else a backup would be one without them."""
        return depot.of(self.shared).look() if isinstance(self.shared, Shared) else ""
