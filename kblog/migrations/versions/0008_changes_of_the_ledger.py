"""What changed in the availability ledger, and when a platform ended and what came after it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXTS = ("status", "region", "offer", "link", "note")
KEYS = {
    "review_id": ("review", "CASCADE"),
    "platform_id": ("term", None),
    "entry_id": ("availability", "SET NULL"),
}


def upgrade() -> None:
    op.create_table(
        "availability_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        *(sa.Column(f"{side}_{name}", sa.String(), nullable=False) for side in ("old", "new") for name in TEXTS),
        *(sa.Column(f"{side}_checked_on", sa.Date(), nullable=True) for side in ("old", "new")),
        *(
            sa.ForeignKeyConstraint(
                [name], [f"{table}.id"], name=op.f(f"fk_availability_change_{name}_{table}"), ondelete=ondelete
            )
            for name, (table, ondelete) in KEYS.items()
        ),
        sa.CheckConstraint("cause IN ('checked', 'edited', 'ended')", name=op.f("ck_availability_change_cause")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_change")),
    )
    for name in (*KEYS, "at"):
        op.create_index(op.f(f"ix_availability_change_{name}"), "availability_change", [name])
    op.add_column("term", sa.Column("active_to", sa.Date(), nullable=True))
    # written out: as an operation, Alembic would want to make the table anew for its key
    op.execute(
        "ALTER TABLE term ADD COLUMN successor_id INTEGER CONSTRAINT fk_term_successor_id_term REFERENCES term (id)"
    )


def downgrade() -> None:
    for name in ("successor_id", "active_to"):
        op.drop_column("term", name)
    op.drop_table("availability_change")
