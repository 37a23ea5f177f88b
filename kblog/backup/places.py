"""Where the things lie that backups are made of, and where backups are kept."""

from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from kblog.config import Config

DATABASE, MEDIA = "kblog.db", "media"  # what they are called in a backup, whatever they are called here


class Places(NamedTuple):
    """The site's own files, and the folder of its backups."""

    database: Path
    media: Path
    folder: Path
    most_daily: int = 10

    @classmethod
    def of(cls, config: Config) -> "Places":
        """Read them from the settings."""
        own = sa.engine.make_url(config.database).database if config.on_sqlite else None
        database = Path(own) if own else config.instance / "kblog.db"
        folder = config.backup_folder or config.instance / "backups"
        return cls(database, config.media, folder, config.backup_kept)
