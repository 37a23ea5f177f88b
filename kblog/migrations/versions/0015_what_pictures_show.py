"""What a picture shows and whose it is, said once for all texts; and when it was taken out of the library."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("media", sa.Column("is_decorative", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("media", sa.Column("caption", sa.String(), nullable=False, server_default=""))
    op.add_column("media", sa.Column("credit", sa.String(), nullable=False, server_default=""))
    op.add_column("media", sa.Column("removed_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    for column in ("removed_at", "credit", "caption", "is_decorative"):
        op.drop_column("media", column)
