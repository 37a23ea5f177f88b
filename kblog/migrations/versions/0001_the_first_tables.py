"""The first tables: reviews, terms, ledger, lines, comments, pages, redirects, settings, full-text index."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# as kblog/search.py has it today; a migration never changes with the code
FTS5 = (
    "CREATE VIRTUAL TABLE search_index USING fts5(titles, people, tags, headings, body, lines, content='search_entry', content_rowid='review_id', tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER search_index_insert AFTER INSERT ON search_entry BEGIN INSERT INTO search_index(rowid, titles, people, tags, headings, body, lines) VALUES (new.review_id, new.titles, new.people, new.tags, new.headings, new.body, new.lines); END",
    "CREATE TRIGGER search_index_delete AFTER DELETE ON search_entry BEGIN INSERT INTO search_index(search_index, rowid, titles, people, tags, headings, body, lines) VALUES ('delete', old.review_id, old.titles, old.people, old.tags, old.headings, old.body, old.lines); END",
    "CREATE TRIGGER search_index_update AFTER UPDATE ON search_entry BEGIN INSERT INTO search_index(search_index, rowid, titles, people, tags, headings, body, lines) VALUES ('delete', old.review_id, old.titles, old.people, old.tags, old.headings, old.body, old.lines); INSERT INTO search_index(rowid, titles, people, tags, headings, body, lines) VALUES (new.review_id, new.titles, new.people, new.tags, new.headings, new.body, new.lines); END",
)


def upgrade() -> None:
    op.create_table(
        "content_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_content_version_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_version")),
    )
    op.create_table(
        "imported_entry",
        sa.Column("source_ref", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("raw", sa.String(), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source_ref", name=op.f("pk_imported_entry")),
    )
    op.create_table(
        "page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("updated_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("source_ref", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page")),
        sa.UniqueConstraint("slug", name=op.f("uq_page_slug")),
        sa.UniqueConstraint("source_ref", name=op.f("uq_page_source_ref")),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("source_ref", sa.String(), nullable=True),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("work_title", sa.String(), nullable=False),
        sa.Column("native_title", sa.String(), nullable=False),
        sa.Column("other_titles", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("genres", sa.JSON(), nullable=False),
        sa.Column("episodes", sa.Integer(), nullable=True),
        sa.Column("running_time", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("minutes_approximate", sa.Boolean(), nullable=False),
        sa.Column("minutes_per_episode", sa.Boolean(), nullable=False),
        sa.Column("overview", sa.JSON(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("tells", sa.String(), nullable=False),
        sa.Column("featured", sa.Boolean(), nullable=False),
        sa.Column("comments_open", sa.Boolean(), nullable=False),
        sa.Column("cover_seed", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("outline", sa.JSON(), nullable=False),
        sa.Column("excerpt", sa.String(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("updated_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("edited_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('', 'drama', 'film', 'special', 'show')", name=op.f("ck_review_kind")),
        sa.CheckConstraint(
            "verdict IN ('', 'Essential', 'Recommended', 'Mixed', 'Skip')", name=op.f("ck_review_verdict")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("slug", name=op.f("uq_review_slug")),
        sa.UniqueConstraint("source_ref", name=op.f("uq_review_source_ref")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_published_at"), ["published_at"], unique=False)

    op.create_table(
        "setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("native_name", sa.String(), nullable=False),
        sa.CheckConstraint("facet IN ('genre', 'platform', 'person', 'hashtag')", name=op.f("ck_term_facet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sa.UniqueConstraint("facet", "slug", name=op.f("uq_term_facet_slug")),
    )
    op.create_table(
        "availability",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("offer", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint(
            "offer IN ('', 'subscription', 'free', 'rent', 'buy', 'cinema')", name=op.f("ck_availability_offer")
        ),
        sa.CheckConstraint(
            "status IN ('available', 'not available', 'left', 'unknown')", name=op.f("ck_availability_status")
        ),
        sa.ForeignKeyConstraint(["platform_id"], ["term.id"], name=op.f("fk_availability_platform_id_term")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_availability_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability")),
    )
    with op.batch_alter_table("availability", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_availability_platform_id_availability_status_availability_region"),
            ["platform_id", "status", "region"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_availability_review_id"), ["review_id"], unique=False)

    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("root_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("website", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("spoils", sa.String(), nullable=False),
        sa.Column("by_author", sa.Boolean(), nullable=False),
        sa.Column("posted_at", sa.DateTime(), nullable=False),
        sa.Column("edited_at", sa.DateTime(), nullable=True),
        sa.Column("source_ref", sa.String(), nullable=True),
        sa.Column("old_number", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('visible', 'pending', 'spam', 'removed')", name=op.f("ck_comment_state")),
        sa.CheckConstraint("(review_id IS NULL) <> (page_id IS NULL)", name=op.f("ck_comment_subject")),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_comment_page_id_page"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id_comment")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_comment_review_id_review"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["root_id"], ["comment.id"], name=op.f("fk_comment_root_id_comment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("source_ref", name=op.f("uq_comment_source_ref")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comment_old_number"), ["old_number"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_comment_page_id_comment_root_id_comment_posted_at"),
            ["page_id", "root_id", "posted_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_comment_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_comment_review_id_comment_root_id_comment_posted_at"),
            ["review_id", "root_id", "posted_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_comment_root_id"), ["root_id"], unique=False)

    op.create_table(
        "credit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("character", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_credit_review_id_review"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_credit_term_id_term")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit")),
    )
    with op.batch_alter_table("credit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credit_review_id"), ["review_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_credit_term_id"), ["term_id"], unique=False)

    op.create_table(
        "filing",
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("written", sa.String(), nullable=False),
        sa.Column("sense", sa.String(), nullable=False),
        sa.CheckConstraint("origin IN ('overview', 'implied', 'label', 'hashtag')", name=op.f("ck_filing_origin")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_filing_review_id_review"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_filing_term_id_term"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("term_id", "review_id", name=op.f("pk_filing")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("filing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filing_review_id_filing_term_id"), ["review_id", "term_id"], unique=False)

    op.create_table(
        "line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("speaker", sa.String(), nullable=False),
        sa.Column("speaker_key", sa.String(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=True),
        sa.Column("context", sa.String(), nullable=False),
        sa.Column("spoils", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_line_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line")),
    )
    with op.batch_alter_table("line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_line_review_id"), ["review_id"], unique=False)

    op.create_table(
        "redirect",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(review_id IS NULL) <> (page_id IS NULL)", name=op.f("ck_redirect_target")),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_redirect_page_id_page"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_redirect_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_redirect")),
    )
    with op.batch_alter_table("redirect", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_redirect_page_id"), ["page_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_redirect_review_id"), ["review_id"], unique=False)

    op.create_table(
        "search_entry",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("titles", sa.String(), nullable=False),
        sa.Column("people", sa.String(), nullable=False),
        sa.Column("tags", sa.String(), nullable=False),
        sa.Column("headings", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("lines", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_search_entry_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_search_entry")),
    )
    op.create_table(
        "spelling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("person_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_spelling_term_id_term"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spelling")),
        sa.UniqueConstraint("term_id", "name", name=op.f("uq_spelling_term_id_name")),
    )
    with op.batch_alter_table("spelling", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spelling_person_key"), ["person_key"], unique=False)

    op.create_table(
        "term_broader",
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("broader_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["broader_id"], ["term.id"], name=op.f("fk_term_broader_broader_id_term"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["term_id"], ["term.id"], name=op.f("fk_term_broader_term_id_term"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("term_id", "broader_id", name=op.f("pk_term_broader")),
    )
    with op.batch_alter_table("term_broader", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_term_broader_broader_id"), ["broader_id"], unique=False)
    op.bulk_insert(sa.table("content_version", sa.column("id"), sa.column("version")), [{"id": 1, "version": 1}])
    for statement in FTS5:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE search_index")
    with op.batch_alter_table("term_broader", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_term_broader_broader_id"))

    op.drop_table("term_broader")
    with op.batch_alter_table("spelling", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spelling_person_key"))

    op.drop_table("spelling")
    op.drop_table("search_entry")
    with op.batch_alter_table("redirect", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_redirect_review_id"))
        batch_op.drop_index(batch_op.f("ix_redirect_page_id"))

    op.drop_table("redirect")
    with op.batch_alter_table("line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_line_review_id"))

    op.drop_table("line")
    with op.batch_alter_table("filing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_filing_review_id_filing_term_id"))

    op.drop_table("filing")
    with op.batch_alter_table("credit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_credit_term_id"))
        batch_op.drop_index(batch_op.f("ix_credit_review_id"))

    op.drop_table("credit")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comment_root_id"))
        batch_op.drop_index(batch_op.f("ix_comment_review_id_comment_root_id_comment_posted_at"))
        batch_op.drop_index(batch_op.f("ix_comment_parent_id"))
        batch_op.drop_index(batch_op.f("ix_comment_page_id_comment_root_id_comment_posted_at"))
        batch_op.drop_index(batch_op.f("ix_comment_old_number"))

    op.drop_table("comment")
    with op.batch_alter_table("availability", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_availability_review_id"))
        batch_op.drop_index(batch_op.f("ix_availability_platform_id_availability_status_availability_region"))

    op.drop_table("availability")
    op.drop_table("term")
    op.drop_table("setting")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_published_at"))

    op.drop_table("review")
    op.drop_table("page")
    op.drop_table("imported_entry")
    op.drop_table("content_version")
