"""What readers report about comments, and an index over all comments that are not simply there."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_report_comment_id_comment"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    op.create_index(op.f("ix_report_comment_id_report_settled_at"), "report", ["comment_id", "settled_at"])
    op.create_index(
        op.f("ix_comment_state_comment_posted_at_comment_id"),
        "comment",
        ["state", "posted_at", "id"],
        sqlite_where=sa.text("state <> 'visible'"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_comment_state_comment_posted_at_comment_id"), "comment")
    op.drop_table("report")
