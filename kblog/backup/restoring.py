"""How a backup is put back: looked at first, what is there put aside, and never half of one and half of the other."""

import contextlib
import os
import shutil
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from kblog import depot
from kblog.sharing import Bucket
from kblog.storage import settle

from . import copying, making, manifest, queries, verifying
from .folder import BEFORE_RESTORE, Backup, Failed, called, free
from .places import DATABASE, MEDIA, Places

LEAP = 1_000_000  # changes: nobody knows how many there were in a database that cannot be read

ENDED = (
    "DELETE FROM subscription WHERE token NOT IN (SELECT token FROM live.subscription)",
    "DELETE FROM follow WHERE subscription_id NOT IN (SELECT id FROM subscription)",
    "UPDATE mail SET subscription_id = NULL WHERE subscription_id NOT IN (SELECT id FROM subscription)",
    "UPDATE mail SET state = 'withdrawn' WHERE state = 'waiting'"
    " AND token IN (SELECT token FROM live.mail WHERE state <> 'waiting')",
)


class Restored(NamedTuple):
    """What was done: the backup or the folder in which the state before lies, and what the server has to do."""

    told: manifest.Manifest
    aside: Path | None
    was_sound: bool
    needs_restart: bool


def present(places: Places) -> dict[str, int] | None:
    """Count what is there: rows by table, and "media"; None where nothing is. A damaged database has no rows."""
    media = len(list(manifest.files(places.media))) if places.media else 0
    if not _is_there(places.database):
        return {"media": media} if media else None
    try:
        with contextlib.closing(queries.opened(places.database)) as connection:
            return queries.rows(connection) | {"media": media}
    except sqlite3.Error:
        return {"media": media}


def restore(backup: Backup, places: Places, moment: datetime) -> Restored:
    """Put a backup in the place of what is there, which is kept; raise `Failed`, and change nothing, if it is bad."""
    if wrong := verifying.verify(backup):
        raise Failed(f"{backup.name} is not put back: {'; '.join(wrong)}.")
    if places.trouble:
        raise Failed(f"{backup.name} is not put back: {places.trouble}.")
    told = manifest.read(backup.path)
    if refused := verifying.refusal(told):
        raise Failed(f"{backup.name} is not put back. {refused}")
    try:
        return _restore(backup, told, places, moment)
    except OSError as error:
        raise Failed(f"It could not be put back: {error.strerror or error} ({error.filename}).") from error


def _restore(backup: Backup, told: manifest.Manifest, places: Places, moment: datetime) -> Restored:
    is_there, aside = _is_there(places.database), None
    if is_there:
        try:
            aside = making.make(places, BEFORE_RESTORE, moment).path
        except Failed as error:
            if not _is_damaged(places.database):
                raise Failed(f"Nothing was changed, since what is there could not be put aside. {error}") from error
    was_sound = aside is not None or not is_there
    places.database.parent.mkdir(parents=True, exist_ok=True)
    coming = places.database.with_name(f"{places.database.name}.restoring")
    coming.unlink(missing_ok=True)
    shutil.copyfile(backup.path / DATABASE, coming)
    coming.chmod(0o600)
    _prepare(coming, _version(places.database) if was_sound else None)
    if was_sound and is_there:
        _end_mails(coming, places.database)
    settle(coming)
    _bring_media(backup.path / MEDIA, told, places)
    needs_restart = is_there
    if aside is not None:
        with contextlib.suppress(sqlite3.Error):  # then it goes as a file does
            copying.overwrite(places.database, coming)
            coming.unlink()
            needs_restart = False
    if coming.exists():
        put_away = _put_aside(places, moment)
        aside = aside or put_away
        coming.replace(places.database)
        settle(places.database.parent)
    if places.media and not told.media_at:
        _drop_media(told, places.media)
    return Restored(told, aside, was_sound, needs_restart)


def _prepare(database: Path, version_before: int | None) -> None:
    """Make of a copy what may be shown: no reader's page of before is taken for one of it, and nobody is signed in.

    A session that was ended since the backup, perhaps because somebody stole it, must not come back with it.
    """
    with contextlib.closing(queries.opened(database, "mode=rw")) as connection:
        connection.execute("BEGIN IMMEDIATE")
        own = queries.content_version(connection)
        version = own + LEAP if version_before is None else max(own, version_before) + 1
        connection.execute("UPDATE content_version SET version = ?", (version,))
        if queries.has_column(connection, "content_version", "listed"):  # an older schema gets it with its migration
            connection.execute("UPDATE content_version SET listed = version")
        if "author_session" in queries.tables(connection):
            connection.execute("DELETE FROM author_session")
        connection.execute("COMMIT")


def _end_mails(database: Path, live: Path) -> None:
    """Let nobody get mail again who ended it since the backup, and no mail go out again that has gone since.

    What was asked for since is in no backup, and is lost with the restore as everything is.
    """
    with contextlib.closing(queries.opened(database, "mode=rw")) as connection:
        connection.execute("ATTACH ? AS live", (queries.address(live),))
        if not all(queries.has_column(connection, "subscription", "token", where) for where in ("main", "live")):
            return  # one of them is of before there were mails
        connection.execute("BEGIN IMMEDIATE")
        for statement in ENDED:
            connection.execute(statement)
        connection.execute("COMMIT")


def _version(database: Path) -> int:
    if not _is_there(database):
        return 0
    with contextlib.closing(queries.opened(database)) as connection:
        return queries.content_version(connection)


def _is_there(database: Path) -> bool:
    return database.is_file() and database.stat().st_size > 0


def _is_damaged(database: Path) -> bool:
    """Whether a database is past being copied, and not only its copy past being made."""
    try:
        with contextlib.closing(queries.opened(database)) as connection:
            return bool(queries.unsound(connection))
    except sqlite3.DatabaseError as error:
        return not isinstance(error, sqlite3.OperationalError)


def _put_aside(places: Places, moment: datetime) -> Path | None:
    """Move a database's files out of the way, just as they are; its log must not be taken for the next one's."""
    parts = [places.database.with_name(places.database.name + end) for end in ("", "-wal", "-shm", "-journal")]
    parts = [path for path in parts if path.exists()]
    if not parts:
        return None
    places.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = free(places.folder, f"set-aside-{called(moment, 'database')}")
    aside.mkdir(mode=0o700)
    for path in parts:
        shutil.move(path, aside / path.name)
    return aside


def _bring_media(source: Path, told: manifest.Manifest, places: Places) -> None:
    """Let every file of the backup lie among the media, without touching what lies there under another name."""
    if isinstance(places.shared, Bucket):
        files = depot.of(places.shared)
        for path in told.media:
            with (source / path).open("rb") as given, files.coming() as coming:
                shutil.copyfileobj(given, coming)
                files.keep(coming, path)
    elif places.media:
        _link_media(source, told, places.media)


def _link_media(source: Path, told: manifest.Manifest, media: Path) -> None:
    for path, file in told.media.items():
        target = media / path
        if target.is_file() and manifest.look(target) == file:
            os.utime(target)  # as if it came just now: what tidies the folder looks for old files without a row
            continue
        coming = target.with_name(f".{target.name}.restoring")
        coming.unlink(missing_ok=True)
        copying.link(source / path, coming)
        os.utime(coming)
        os.replace(coming, target)  # noqa: PTH105
    if told.media:
        copying.settle_folders(media)


def _drop_media(told: manifest.Manifest, media: Path) -> None:
    """Take away the files that the backup does not have; they lie in the one that was made before."""
    for path in list(manifest.files(media)):
        if path not in told.media:
            (media / path).unlink()
