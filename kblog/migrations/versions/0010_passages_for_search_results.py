"""The text that search results show of a review, beside its folded text."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # `flask serve` and `flask reindex` fill the rows that are here already
    op.add_column("search_entry", sa.Column("passages", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("search_entry", "passages")
