"""The first schema of a site on PostgreSQL: every table as the models have it, and what the database keeps by itself.

No site stood there before schema 0020, so nothing older has to be brought along; what comes later are migrations that
run on both engines.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from kblog.cache.version import CHANNEL
from kblog.search import tsvector

# What readers see is of another version: whoever keeps pages hears of it when that is committed, and not before.
TOLD = (
    f"""
CREATE FUNCTION tell_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NOTIFY {CHANNEL};
  RETURN NULL;
END $$
""",
    "CREATE TRIGGER tell_version AFTER INSERT OR UPDATE ON content_version"
    " FOR EACH ROW EXECUTE FUNCTION tell_version()",
)
# The sums of views, as migration 0017 has them for SQLite.
SUMS = (
    """
CREATE FUNCTION sum_views() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE day_views SET views = views - old.views WHERE day = old.day;
    DELETE FROM day_views WHERE day = old.day AND views <= 0;
    UPDATE month_views SET views = views - old.views
      WHERE month = date_trunc('month', old.day)::date AND review_id = old.review_id;
    DELETE FROM month_views
      WHERE month = date_trunc('month', old.day)::date AND review_id = old.review_id AND views <= 0;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO day_views AS sums (day, views) VALUES (new.day, new.views)
      ON CONFLICT (day) DO UPDATE SET views = sums.views + new.views;
    INSERT INTO month_views AS sums (month, review_id, views)
      VALUES (date_trunc('month', new.day)::date, new.review_id, new.views)
      ON CONFLICT (month, review_id) DO UPDATE SET views = sums.views + new.views;
  END IF;
  RETURN NULL;
END $$
""",
    "CREATE TRIGGER sum_views AFTER INSERT OR UPDATE OR DELETE ON review_views"
    " FOR EACH ROW EXECUTE FUNCTION sum_views()",
)
FIRST_VERSION = "INSERT INTO content_version (id, version, listed) VALUES (1, 1, 1)"


def create(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """Make everything in an empty database, in the transaction at hand."""
    metadata.create_all(connection)
    for statement in (*tsvector.DDL, *TOLD, *SUMS, FIRST_VERSION, *_deferrable(metadata)):
        connection.exec_driver_sql(statement)


def _deferrable(metadata: sa.MetaData) -> Iterator[str]:
    """Let whoever writes a whole site say that its rows may come in any order."""
    for table in metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            yield f"ALTER TABLE {table.name} ALTER CONSTRAINT {constraint.name} DEFERRABLE"
