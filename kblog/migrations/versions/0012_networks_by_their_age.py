"""An index for letting go of old networks: with every comment, all newer ones were looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_comment_posted_at", "comment", ["posted_at"], sqlite_where=sa.text("network <> ''"))


def downgrade() -> None:
    op.drop_index("ix_comment_posted_at", table_name="comment")
