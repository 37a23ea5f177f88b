"""Which reviews changed what lists are made of, for each version of them."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "listed_change",
        sa.Column("listed", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("review_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("listed", "review_id", name=op.f("pk_listed_change")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("listed_change")
