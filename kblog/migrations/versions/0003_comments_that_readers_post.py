"""What a posted comment carries beside its words, the author's decisions, and what was learnt from them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXTS = ("state_before", "lesson", "writer_hash", "network", "fingerprint")
OLD_THREADS = [(subject, "root_id", "posted_at") for subject in ("review_id", "page_id")]
THREADS = [(*columns, "id", "state") for columns in OLD_THREADS]
INDEXES = (("network", "posted_at"), ("writer_hash", "name"), ("fingerprint",))


def upgrade() -> None:
    op.create_table(
        "spam_word",
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("spam", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_spam_word")),
    )
    # plain ALTERs: a table made anew would take the rows that refer to it away with the old one
    for name in TEXTS:
        op.add_column("comment", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("comment", sa.Column("decided_at", sa.DateTime(), nullable=True))
    op.add_column("comment", sa.Column("key", sa.String(), nullable=True))
    op.create_index(op.f("ix_comment_key"), "comment", ["key"], unique=True)
    for columns in INDEXES:
        # imported comments have none of these: they cost no place here
        filled = sa.text(f"{columns[0]} <> ''")
        op.create_index(_name(columns), "comment", list(columns), sqlite_where=filled)
    _replace(OLD_THREADS, THREADS)


def downgrade() -> None:
    _replace(THREADS, OLD_THREADS)
    for columns in INDEXES:
        op.drop_index(_name(columns), "comment")
    op.drop_index(op.f("ix_comment_key"), "comment")
    for name in ("key", "decided_at", *TEXTS):
        op.drop_column("comment", name)
    op.drop_table("spam_word")


def _replace(old: list[tuple[str, ...]], new: list[tuple[str, ...]]) -> None:
    for columns in old:
        op.drop_index(_name(columns), "comment")
    for columns in new:
        op.create_index(_name(columns), "comment", list(columns))


def _name(columns: tuple[str, ...]) -> str:
    return op.f("ix_" + "_".join(f"comment_{column}" for column in columns))
