"""Terms that are renamed and linked by hand, and what a review writes of its platforms and hashtags."""

import json
from itertools import groupby

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "term_link",
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("facet", "slug", "target", name=op.f("pk_term_link")),
    )
    op.create_table(
        "renaming",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("native_name", sa.String(), nullable=False),
        sa.Column("new_slug", sa.String(), nullable=False),
        sa.Column("new_name", sa.String(), nullable=False),
        sa.Column("new_native_name", sa.String(), nullable=False),
        sa.Column("is_claimed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renaming")),
    )
    op.create_index("ix_renaming_new_slug", "renaming", ["facet", "new_slug"])
    op.add_column("term", sa.Column("also_called", sa.String(), server_default="", nullable=False))
    op.add_column("moved_term", sa.Column("active_to", sa.Date(), nullable=True))
    op.add_column("moved_term", sa.Column("leads_only", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("availability", sa.Column("written", sa.String(), server_default="", nullable=False))
    op.add_column("availability_change", sa.Column("written", sa.String(), server_default="", nullable=False))
    op.add_column("review", sa.Column("hashtags", sa.JSON(), server_default="[]", nullable=False))

    op.execute(
        "UPDATE availability SET written = (SELECT name FROM term WHERE term.id = platform_id)"
        " WHERE platform_id IS NOT NULL"
    )
    op.execute(
        "UPDATE availability_change SET written = (SELECT name FROM term WHERE term.id = platform_id)"
        " WHERE platform_id IS NOT NULL"
    )
    op.execute(
        "INSERT INTO term_link SELECT 'genre', narrow.slug, broad.slug, 1 FROM term_broader"
        " JOIN term AS narrow ON narrow.id = term_id JOIN term AS broad ON broad.id = broader_id"
    )
    op.execute(
        "INSERT INTO term_link SELECT 'platform', term.slug, later.slug, 1 FROM term"
        " JOIN term AS later ON later.id = term.successor_id"
    )
    connection = op.get_bind()
    tags = "SELECT review_id, written FROM filing WHERE origin = 'hashtag' ORDER BY review_id, position"
    rows = connection.execute(sa.text(tags)).all()
    said = [
        {"id": review_id, "tags": json.dumps([row.written for row in some], ensure_ascii=False)}
        for review_id, some in groupby(rows, lambda row: row.review_id)
    ]
    if said:
        connection.execute(sa.text("UPDATE review SET hashtags = :tags WHERE id = :id"), said)


def downgrade() -> None:
    op.drop_column("review", "hashtags")
    op.drop_column("availability_change", "written")
    op.drop_column("availability", "written")
    op.drop_column("moved_term", "leads_only")
    op.drop_column("moved_term", "active_to")
    op.drop_column("term", "also_called")
    op.drop_index("ix_renaming_new_slug", table_name="renaming")
    op.drop_table("renaming")
    op.drop_table("term_link")
