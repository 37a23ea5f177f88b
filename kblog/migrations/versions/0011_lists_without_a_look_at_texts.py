"""Indexes that hold all that lists are made of, and prefixes; a version of the content that comments leave alone."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LISTED = (
    *("published_at", "withdrawn_at", "kind", "year", "verdict", "minutes", "episodes", "featured"),
    *("work_title", "headline", "slug", "native_title"),
)

# as kblog/search.py has it today; its triggers stay, for they know the table by its name
FTS5 = (
    "CREATE VIRTUAL TABLE search_index USING fts5(titles, people, tags, headings, body, lines, content='search_entry',"
    " content_rowid='review_id', tokenize='unicode61 remove_diacritics 0'{})"
)


def upgrade() -> None:
    op.add_column("content_version", sa.Column("listed", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE content_version SET listed = version")  # never one that a process knows already
    op.create_index("ix_comment_posted_at", "comment", ["posted_at"], sqlite_where=sa.text("network <> ''"))
    op.create_index("ix_review_listed", "review", LISTED)
    op.drop_index("ix_review_published_at", table_name="review")
    op.create_index("ix_availability_listed", "availability", ["platform_id", "region", "status", "review_id"])
    op.drop_index("ix_availability_platform_id_availability_status_availability_region", table_name="availability")
    index_words(", prefix='1 2 3'")


def downgrade() -> None:
    index_words("")
    op.create_index(
        "ix_availability_platform_id_availability_status_availability_region",
        "availability",
        ["platform_id", "status", "region"],
    )
    op.drop_index("ix_availability_listed", table_name="availability")
    op.create_index("ix_review_published_at", "review", ["published_at"])
    op.drop_index("ix_review_listed", table_name="review")
    op.drop_index("ix_comment_posted_at", table_name="comment")
    op.drop_column("content_version", "listed")


def index_words(prefixes: str) -> None:
    op.execute("DROP TABLE search_index")
    op.execute(FTS5.format(prefixes))
    op.execute("INSERT INTO search_index(search_index) VALUES ('rebuild')")
