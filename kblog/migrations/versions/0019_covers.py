"""Pictures as covers, and the pictures that links to reviews show."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

COVER = ("cover", "cover_focus", "cover_alt", "cover_credit")


def upgrade() -> None:
    for name in COVER:
        op.add_column("review", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("review", sa.Column("cover_files", sa.JSON(), nullable=True))
    op.create_table(
        "link_picture",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("shows", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_link_picture_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_link_picture")),
    )
    op.create_index(op.f("ix_link_picture_hash"), "link_picture", ["hash"])


def downgrade() -> None:
    op.drop_index(op.f("ix_link_picture_hash"), table_name="link_picture")
    op.drop_table("link_picture")
    op.drop_column("review", "cover_files")
    for name in reversed(COVER):
        op.drop_column("review", name)
