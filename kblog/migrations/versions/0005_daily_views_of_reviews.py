"""How often each review was opened on each day."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_views",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_views_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review_id", "day", name=op.f("pk_review_views")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_review_views_day_review_views_review_id_review_views_views"),
        "review_views",
        ["day", "review_id", "views"],
    )


def downgrade() -> None:
    op.drop_table("review_views")
