"""Indexes that hold all that lists are made of, old networks by their age, and a version that comments leave alone."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

LISTED = (
    *("published_at", "withdrawn_at", "kind", "year", "verdict", "minutes", "episodes", "featured"),
    *("work_title", "headline", "slug", "native_title"),
)


def upgrade() -> None:
    op.add_column("content_version", sa.Column("listed", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_comment_posted_at", "comment", ["posted_at"], sqlite_where=sa.text("network <> ''"))
    op.create_index("ix_review_listed", "review", LISTED)
    op.drop_index("ix_review_published_at", table_name="review")
    op.create_index("ix_availability_listed", "availability", ["platform_id", "region", "status", "review_id"])
    op.drop_index("ix_availability_platform_id_availability_status_availability_region", table_name="availability")


def downgrade() -> None:
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
