"""Lines whose id is never given twice, and those that were public and stand in their review no more."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _count_on(True)
    op.create_table(
        "former_line",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_former_line_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_line")),
    )
    op.create_index(op.f("ix_former_line_review_id"), "former_line", ["review_id"])


def downgrade() -> None:
    op.drop_table("former_line")
    _count_on(False)


def _count_on(is_wanted: bool) -> None:
    """Let the ids of lines go on from the highest that ever was; other databases do so anyway.

    The table is made anew with all its columns: no row of another table refers to a line, so none goes with it.
    """
    if op.get_context().dialect.name == "sqlite":
        with op.batch_alter_table("line", recreate="always", table_kwargs={"sqlite_autoincrement": is_wanted}):
            pass
