"""Views summed by day and by month, searches that found nothing, and an index that counts comments by their time."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OF_DAY = "INSERT INTO day_views (day, views) VALUES (new.day, {0}) ON CONFLICT (day) DO UPDATE SET views = views + {0};"
OF_MONTH = (
    "INSERT INTO month_views (month, review_id, views) VALUES (date(new.day, 'start of month'), new.review_id, {0})"
    " ON CONFLICT (month, review_id) DO UPDATE SET views = views + {0};"
)
LESS = (
    "UPDATE day_views SET views = views - old.views WHERE day = old.day;"
    " DELETE FROM day_views WHERE day = old.day AND views <= 0;"
    " UPDATE month_views SET views = views - old.views"
    " WHERE month = date(old.day, 'start of month') AND review_id = old.review_id;"
    " DELETE FROM month_views"
    " WHERE month = date(old.day, 'start of month') AND review_id = old.review_id AND views <= 0;"
)
TRIGGERS = {
    "insert": f"{OF_DAY} {OF_MONTH}".format("new.views"),
    "delete": LESS,
    "update": f"{OF_DAY} {OF_MONTH}".format("(new.views - old.views)"),  # of its views: a row keeps its day
}


def upgrade() -> None:
    op.create_table(
        "day_views",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_day_views")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "month_views",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "review_id", name=op.f("pk_month_views")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "vain_search",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "folded", name=op.f("pk_vain_search")),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO day_views SELECT day, sum(views) FROM review_views GROUP BY day")
    op.execute(
        "INSERT INTO month_views SELECT date(day, 'start of month') AS month, review_id, sum(views)"
        " FROM review_views GROUP BY month, review_id"
    )
    for event, body in TRIGGERS.items():
        of = "UPDATE OF views" if event == "update" else event.upper()
        op.execute(f"CREATE TRIGGER sum_views_{event} AFTER {of} ON review_views BEGIN {body} END")
    op.create_index("ix_comment_counted", "comment", ["posted_at", "state", "state_before", "by_author", "review_id"])


def downgrade() -> None:
    op.drop_index("ix_comment_counted", table_name="comment")
    for event in TRIGGERS:
        op.execute(f"DROP TRIGGER sum_views_{event}")
    op.drop_table("vain_search")
    op.drop_table("month_views")
    op.drop_table("day_views")
