"""Smaller versions of pictures, and which texts show which."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SHOWN = re.compile(r'<img src="/media/([0-9a-f]{64})\.')  # as texts were drawn until now


def upgrade() -> None:
    op.add_column("media", sa.Column("variants_at", sa.DateTime(), nullable=True))
    op.add_column("media", sa.Column("variants_claimed_at", sa.DateTime(), nullable=True))
    op.add_column("media", sa.Column("variants_tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("media", sa.Column("variants_trouble", sa.String(), nullable=False, server_default=""))
    op.create_index(op.f("ix_media_variants_at"), "media", ["variants_at"])
    op.create_table(
        "media_variant",
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("extension", sa.String(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_media_variant_media_id_media"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("media_id", "width", "extension", name=op.f("pk_media_variant")),
    )
    op.create_index(op.f("ix_media_variant_hash"), "media_variant", ["hash"])
    op.create_table(
        "media_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.CheckConstraint("(review_id IS NULL) <> (page_id IS NULL)", name=op.f("ck_media_use_user")),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_media_use_media_id_media"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_media_use_page_id_page"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_media_use_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_use")),
    )
    for column in ("media_id", "page_id", "review_id"):
        op.create_index(op.f(f"ix_media_use_{column}"), "media_use", [column])
    for table in ("review", "page"):
        _note_uses(table)


def _note_uses(table: str) -> None:
    """Write down which pictures the texts of a table show, as they are drawn there."""
    connection = op.get_bind()
    known = dict(connection.execute(sa.text("SELECT hash, id FROM media")).all())
    if not known:
        return
    texts = connection.execute(sa.text(f"SELECT id, body_html FROM {table} WHERE body_html LIKE '%<img src=%'"))  # noqa: S608
    uses = [
        {"shown": known[digest], "by": text_id}
        for text_id, html in texts
        for digest in dict.fromkeys(SHOWN.findall(html))
        if digest in known
    ]
    if uses:
        adding = f"INSERT INTO media_use (media_id, {table}_id, role) VALUES (:shown, :by, 'text')"  # noqa: S608
        connection.execute(sa.text(adding), uses)


def downgrade() -> None:
    op.drop_table("media_use")
    op.drop_table("media_variant")
    op.drop_index(op.f("ix_media_variants_at"), table_name="media")
    for column in ("variants_trouble", "variants_tries", "variants_claimed_at", "variants_at"):
        op.drop_column("media", column)
