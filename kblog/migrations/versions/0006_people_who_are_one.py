"""Spellings given by hand, old addresses of terms, and people who are two."""

import sqlalchemy as sa
from alembic import op
from slugify import slugify

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MEANT = [["+", " plus "], ["&", " and "], ["@", " at "], ["%", " percent "]]
spelling = sa.table("spelling", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("slug", sa.String))


def address(name: str) -> str:
    """Return the address of a name, as kblog/slugs.py makes it today; a migration never changes with the code."""
    return slugify(name, max_length=80, word_boundary=True, replacements=MEANT)


def upgrade() -> None:
    op.add_column("spelling", sa.Column("by_hand", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("spelling", sa.Column("slug", sa.String(), server_default="", nullable=False))
    connection = op.get_bind()
    for row in connection.execute(sa.select(spelling.c.id, spelling.c.name)).all():
        connection.execute(spelling.update().where(spelling.c.id == row.id).values(slug=address(row.name)))
    op.create_index(op.f("ix_spelling_slug"), "spelling", ["slug"])
    op.add_column("spelling", sa.Column("origin", sa.String(), server_default="", nullable=False))
    op.execute("UPDATE spelling SET origin = (SELECT term.slug FROM term WHERE term.id = spelling.term_id)")
    op.create_table(
        "moved_term",
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("merged_at", sa.DateTime(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("native_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_moved_term_term_id_term"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("facet", "slug", name=op.f("pk_moved_term")),
    )
    op.create_index(op.f("ix_moved_term_term_id"), "moved_term", ["term_id"])
    op.create_table(
        "two_people",
        sa.Column("one", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.CheckConstraint("one < other", name=op.f("ck_two_people_order")),
        sa.PrimaryKeyConstraint("one", "other", name=op.f("pk_two_people")),
    )


def downgrade() -> None:
    op.drop_table("two_people")
    op.drop_table("moved_term")
    op.drop_column("spelling", "origin")
    op.drop_index(op.f("ix_spelling_slug"), "spelling")
    op.drop_column("spelling", "slug")
    op.drop_column("spelling", "by_hand")
