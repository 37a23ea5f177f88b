PRAGMA foreign_keys = 0;
BEGIN;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE content_version (
	id INTEGER NOT NULL, 
	version INTEGER NOT NULL, listed INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_content_version PRIMARY KEY (id), 
	CONSTRAINT ck_content_version_one_row CHECK (id = 1)
);
CREATE TABLE imported_entry (
	source_ref VARCHAR NOT NULL, 
	outcome VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	raw VARCHAR NOT NULL, 
	imported_at DATETIME NOT NULL, 
	CONSTRAINT pk_imported_entry PRIMARY KEY (source_ref)
);
CREATE TABLE page (
	id INTEGER NOT NULL, 
	slug VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	body VARCHAR NOT NULL, 
	body_html TEXT NOT NULL, 
	published_at DATETIME, 
	updated_at DATETIME, 
	withdrawn_at DATETIME, 
	source_ref VARCHAR, version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_page PRIMARY KEY (id), 
	CONSTRAINT uq_page_slug UNIQUE (slug), 
	CONSTRAINT uq_page_source_ref UNIQUE (source_ref)
);
CREATE TABLE review (
	id INTEGER NOT NULL, 
	slug VARCHAR NOT NULL, 
	source_ref VARCHAR, 
	headline VARCHAR NOT NULL, 
	work_title VARCHAR NOT NULL, 
	native_title VARCHAR NOT NULL, 
	other_titles JSON NOT NULL, 
	kind VARCHAR NOT NULL, 
	year INTEGER, 
	genres JSON NOT NULL, 
	episodes INTEGER, 
	running_time VARCHAR NOT NULL, 
	minutes INTEGER, 
	minutes_approximate BOOLEAN NOT NULL, 
	minutes_per_episode BOOLEAN NOT NULL, 
	overview JSON NOT NULL, 
	labels JSON NOT NULL, 
	verdict VARCHAR NOT NULL, 
	description VARCHAR NOT NULL, 
	tells VARCHAR NOT NULL, 
	featured BOOLEAN NOT NULL, 
	comments_open BOOLEAN NOT NULL, 
	cover_seed VARCHAR NOT NULL, 
	notes VARCHAR NOT NULL, 
	body TEXT, 
	body_html TEXT NOT NULL, 
	outline JSON NOT NULL, 
	excerpt VARCHAR NOT NULL, 
	words INTEGER NOT NULL, 
	comment_count INTEGER NOT NULL, 
	published_at DATETIME, 
	updated_at DATETIME, 
	withdrawn_at DATETIME, 
	edited_at DATETIME, version INTEGER DEFAULT '1' NOT NULL, hashtags JSON DEFAULT '[]' NOT NULL, cover VARCHAR DEFAULT '' NOT NULL, cover_focus VARCHAR DEFAULT '' NOT NULL, cover_alt VARCHAR DEFAULT '' NOT NULL, cover_credit VARCHAR DEFAULT '' NOT NULL, cover_files JSON, 
	CONSTRAINT pk_review PRIMARY KEY (id), 
	CONSTRAINT ck_review_kind CHECK (kind IN ('', 'drama', 'film', 'special', 'show')), 
	CONSTRAINT ck_review_verdict CHECK (verdict IN ('', 'Essential', 'Recommended', 'Mixed', 'Skip')), 
	CONSTRAINT uq_review_slug UNIQUE (slug), 
	CONSTRAINT uq_review_source_ref UNIQUE (source_ref)
);
CREATE TABLE setting (
	name VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	CONSTRAINT pk_setting PRIMARY KEY (name)
);
CREATE TABLE term (
	id INTEGER NOT NULL, 
	facet VARCHAR NOT NULL, 
	slug VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	native_name VARCHAR NOT NULL, active_to DATE, successor_id INTEGER CONSTRAINT fk_term_successor_id_term REFERENCES term (id), also_called VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT pk_term PRIMARY KEY (id), 
	CONSTRAINT ck_term_facet CHECK (facet IN ('genre', 'platform', 'person', 'hashtag')), 
	CONSTRAINT uq_term_facet_slug UNIQUE (facet, slug)
);
CREATE TABLE availability (
	id INTEGER NOT NULL, 
	review_id INTEGER NOT NULL, 
	platform_id INTEGER, 
	position INTEGER NOT NULL, 
	region VARCHAR NOT NULL, 
	offer VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	checked_on DATE, 
	link VARCHAR NOT NULL, 
	note VARCHAR NOT NULL, written VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT pk_availability PRIMARY KEY (id), 
	CONSTRAINT ck_availability_offer CHECK (offer IN ('', 'subscription', 'free', 'rent', 'buy', 'cinema')), 
	CONSTRAINT ck_availability_status CHECK (status IN ('available', 'not available', 'left', 'unknown')), 
	CONSTRAINT fk_availability_platform_id_term FOREIGN KEY(platform_id) REFERENCES term (id), 
	CONSTRAINT fk_availability_review_id_review FOREIGN KEY(review_id) REFERENCES review (id) ON DELETE CASCADE
);
CREATE TABLE comment (
	id INTEGER NOT NULL, 
	review_id INTEGER, 
	page_id INTEGER, 
	parent_id INTEGER, 
	root_id INTEGER, 
	name VARCHAR NOT NULL, 
	website VARCHAR NOT NULL, 
	body VARCHAR NOT NULL, 
	body_html TEXT NOT NULL, 
	state VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	spoils VARCHAR NOT NULL, 
	by_author BOOLEAN NOT NULL, 
	posted_at DATETIME NOT NULL, 
	edited_at DATETIME, 
	source_ref VARCHAR, 
	old_number VARCHAR NOT NULL, state_before VARCHAR DEFAULT '' NOT NULL, lesson VARCHAR DEFAULT '' NOT NULL, writer_hash VARCHAR DEFAULT '' NOT NULL, network VARCHAR DEFAULT '' NOT NULL, fingerprint VARCHAR DEFAULT '' NOT NULL, decided_at DATETIME, "key" VARCHAR, 
	CONSTRAINT pk_comment PRIMARY KEY (id), 
	CONSTRAINT ck_comment_state CHECK (state IN ('visible', 'pending', 'spam', 'removed')), 
	CONSTRAINT ck_comment_subject CHECK ((review_id IS NULL) <> (page_id IS NULL)), 
	CONSTRAINT fk_comment_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE, 
	CONSTRAINT fk_comment_parent_id_comment FOREIGN KEY(parent_id) REFERENCES comment (id), 
	CONSTRAINT fk_comment_review_id_review FOREIGN KEY(review_id) REFERENCES review (id) ON DELETE CASCADE, 
	CONSTRAINT fk_comment_root_id_comment FOREIGN KEY(root_id) REFERENCES comment (id), 
	CONSTRAINT uq_comment_source_ref UNIQUE (source_ref)
);
CREATE TABLE credit (
	id INTEGER NOT NULL, 
	review_id INTEGER NOT NULL, 
	term_id INTEGER NOT NULL, 
	role VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	alias VARCHAR NOT NULL, 
	character VARCHAR NOT NULL, 
	CONSTRAINT pk_credit PRIMARY KEY (id), 
	CONSTRAINT fk_credit_review_id_review FOREIGN KEY(review_id) REFERENCES review (id) ON DELETE CASCADE, 
	CONSTRAINT fk_credit_term_id_term FOREIGN KEY(term_id) REFERENCES term (id)
);
CREATE TABLE filing (
	term_id INTEGER NOT NULL, 
	review_id INTEGER NOT NULL, 
	origin VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	written VARCHAR NOT NULL, 
	sense VARCHAR NOT NULL, 
	CONSTRAINT pk_filing PRIMARY KEY (term_id, review_id), 
	CONSTRAINT ck_filing_origin CHECK (origin IN ('overview', 'implied', 'label', 'hashtag')), 
	CONSTRAINT fk_filing_review_id_review FOREIGN KEY(review_id) REFERENCES review (id) ON DELETE CASCADE, 
	CONSTRAINT fk_filing_term_id_term FOREIGN KEY(term_id) REFERENCES term (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
CREATE TABLE redirect (
	path VARCHAR NOT NULL, 
	review_id INTEGER, 
	page_id INTEGER, 
	CONSTRAINT pk_redirect PRIMARY KEY (path), 
	CONSTRAINT ck_redirect_target CHECK ((review_id IS NULL) <> (page_id IS NULL)), 
	CONSTRAINT fk_redirect_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE, 
	CONSTRAINT fk_redirect_review_id_review FOREIGN KEY(review_id) REFERENCES review (id) ON DELETE CASCADE
);
CREATE TABLE search_entry (
	review_id INTEGER NOT NULL, 
	titles VARCHAR NOT NULL, 
	people VARCHAR NOT NULL, 
	tags VARCHAR NOT NULL, 
	headings VARCHAR NOT NULL, 
	body VARCHAR NOT NULL, 
	lines VARCHAR NOT NULL, passages JSON, 
	CONSTRAINT pk_search_entry PRIMARY KEY (review_id), 
	CONSTRAINT fk_search_entry_review_id_review FOREIGN KEY(review_id) REFERENCES review (id) ON DELETE CASCADE
);
CREATE TABLE spelling (
	id INTEGER NOT NULL, 
	term_id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	person_key VARCHAR NOT NULL, by_hand BOOLEAN DEFAULT '0' NOT NULL, slug VARCHAR DEFAULT '' NOT NULL, origin VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT pk_spelling PRIMARY KEY (id), 
	CONSTRAINT fk_spelling_term_id_term FOREIGN KEY(term_id) REFERENCES term (id) ON DELETE CASCADE, 
	CONSTRAINT uq_spelling_term_id_name UNIQUE (term_id, name)
);
CREATE TABLE term_broader (
	term_id INTEGER NOT NULL, 
	broader_id INTEGER NOT NULL, 
	CONSTRAINT pk_term_broader PRIMARY KEY (term_id, broader_id), 
	CONSTRAINT fk_term_broader_broader_id_term FOREIGN KEY(broader_id) REFERENCES term (id) ON DELETE CASCADE, 
	CONSTRAINT fk_term_broader_term_id_term FOREIGN KEY(term_id) REFERENCES term (id) ON DELETE CASCADE
);
CREATE TABLE attempt (
	id INTEGER NOT NULL, 
	bucket VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_attempt PRIMARY KEY (id)
);
CREATE TABLE author (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	password_hash VARCHAR NOT NULL, 
	totp_secret VARCHAR NOT NULL, 
	totp_step INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_author PRIMARY KEY (id), 
	CONSTRAINT ck_author_one_row CHECK (id = 1)
);
CREATE TABLE author_session (
	id INTEGER NOT NULL, 
	token_hash VARCHAR NOT NULL, 
	opened_at DATETIME NOT NULL, 
	seen_at DATETIME NOT NULL, 
	network VARCHAR NOT NULL, 
	browser VARCHAR NOT NULL, 
	CONSTRAINT pk_author_session PRIMARY KEY (id), 
	CONSTRAINT uq_author_session_token_hash UNIQUE (token_hash)
);
CREATE TABLE recovery_code (
	id INTEGER NOT NULL, 
	code_hash VARCHAR NOT NULL, 
	used_at DATETIME, 
	CONSTRAINT pk_recovery_code PRIMARY KEY (id), 
	CONSTRAINT uq_recovery_code_code_hash UNIQUE (code_hash)
);
CREATE TABLE revision (
	id INTEGER NOT NULL, 
	review_id INTEGER, 
	page_id INTEGER, 
	text VARCHAR NOT NULL, 
	occasion VARCHAR NOT NULL, 
	made_at DATETIME NOT NULL, 
	CONSTRAINT pk_revision PRIMARY KEY (id), 
	CONSTRAINT ck_revision_occasion CHECK (occasion IN ('saved', 'set aside', 'restored', 'published', 'withdrawn', 'imported')), 
	CONSTRAINT ck_revision_subject CHECK ((review_id IS NULL) <> (page_id IS NULL)), 
	CONSTRAINT fk_revision_review_id_review FOREIGN KEY(review_id) REFERENCES review (id) ON DELETE CASCADE, 
	CONSTRAINT fk_revision_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE
);
CREATE TABLE autosave (
	id INTEGER NOT NULL, 
	review_id INTEGER, 
	page_id INTEGER, 
	tab VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	fields JSON NOT NULL, 
	saved_at DATETIME NOT NULL, 
	CONSTRAINT pk_autosave PRIMARY KEY (id), 
	CONSTRAINT ck_autosave_subject CHECK ((review_id IS NULL) <> (page_id IS NULL)), 
	CONSTRAINT fk_autosave_review_id_review FOREIGN KEY(review_id) REFERENCES review (id) ON DELETE CASCADE, 
	CONSTRAINT fk_autosave_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE, 
	CONSTRAINT uq_autosave_review_id_tab UNIQUE (review_id, tab), 
	CONSTRAINT uq_autosave_page_id_tab UNIQUE (page_id, tab)
);
CREATE TABLE spam_word (
	word VARCHAR NOT NULL, 
	good INTEGER NOT NULL, 
	spam INTEGER NOT NULL, 
	CONSTRAINT pk_spam_word PRIMARY KEY (word)
);
CREATE TABLE report (
	id INTEGER NOT NULL, 
	comment_id INTEGER NOT NULL, 
	reason VARCHAR NOT NULL, 
	reported_at DATETIME NOT NULL, 
	settled_at DATETIME, 
	CONSTRAINT pk_report PRIMARY KEY (id), 
	CONSTRAINT fk_report_comment_id_comment FOREIGN KEY(comment_id) REFERENCES comment (id) ON DELETE CASCADE
);
CREATE TABLE review_views (
	review_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	views INTEGER NOT NULL, 
	CONSTRAINT pk_review_views PRIMARY KEY (review_id, day), 
	CONSTRAINT fk_review_views_review_id_review FOREIGN KEY(review_id) REFERENCES review (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
CREATE TABLE moved_term (
	facet VARCHAR NOT NULL, 
	slug VARCHAR NOT NULL, 
	term_id INTEGER NOT NULL, 
	origin VARCHAR NOT NULL, 
	merged_at DATETIME, 
	name VARCHAR NOT NULL, 
	native_name VARCHAR NOT NULL, active_to DATE, leads_only BOOLEAN DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_moved_term PRIMARY KEY (facet, slug), 
	CONSTRAINT fk_moved_term_term_id_term FOREIGN KEY(term_id) REFERENCES term (id) ON DELETE CASCADE
);
CREATE TABLE two_people (
	one VARCHAR NOT NULL, 
	other VARCHAR NOT NULL, 
	CONSTRAINT pk_two_people PRIMARY KEY (one, other), 
	CONSTRAINT ck_two_people_order CHECK (one < other)
);
CREATE TABLE "line" (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	review_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	anchor VARCHAR NOT NULL, 
	quote VARCHAR NOT NULL, 
	speaker VARCHAR NOT NULL, 
	speaker_key VARCHAR NOT NULL, 
	episode INTEGER, 
	context VARCHAR NOT NULL, 
	spoils VARCHAR NOT NULL, 
	CONSTRAINT fk_line_review_id_review FOREIGN KEY(review_id) REFERENCES review (id) ON DELETE CASCADE
);
CREATE TABLE former_line (
	id INTEGER NOT NULL, 
	review_id INTEGER NOT NULL, 
	quote VARCHAR NOT NULL, 
	CONSTRAINT pk_former_line PRIMARY KEY (id), 
	CONSTRAINT fk_former_line_review_id_review FOREIGN KEY(review_id) REFERENCES review (id) ON DELETE CASCADE
);
CREATE TABLE availability_change (
	id INTEGER NOT NULL, 
	review_id INTEGER NOT NULL, 
	platform_id INTEGER, 
	entry_id INTEGER, 
	cause VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	undone_at DATETIME, 
	old_status VARCHAR NOT NULL, 
	old_region VARCHAR NOT NULL, 
	old_offer VARCHAR NOT NULL, 
	old_link VARCHAR NOT NULL, 
	old_note VARCHAR NOT NULL, 
	new_status VARCHAR NOT NULL, 
	new_region VARCHAR NOT NULL, 
	new_offer VARCHAR NOT NULL, 
	new_link VARCHAR NOT NULL, 
	new_note VARCHAR NOT NULL, 
	old_checked_on DATE, 
	new_checked_on DATE, written VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT pk_availability_change PRIMARY KEY (id), 
	CONSTRAINT fk_availability_change_review_id_review FOREIGN KEY(review_id) REFERENCES review (id) ON DELETE CASCADE, 
	CONSTRAINT fk_availability_change_platform_id_term FOREIGN KEY(platform_id) REFERENCES term (id), 
	CONSTRAINT fk_availability_change_entry_id_availability FOREIGN KEY(entry_id) REFERENCES availability (id) ON DELETE SET NULL, 
	CONSTRAINT ck_availability_change_cause CHECK (cause IN ('checked', 'edited', 'ended'))
);
CREATE TABLE ignored_finding (
	review_id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	words VARCHAR NOT NULL, 
	ignored_at DATETIME NOT NULL, 
	CONSTRAINT pk_ignored_finding PRIMARY KEY (review_id, "key"), 
	CONSTRAINT fk_ignored_finding_review_id_review FOREIGN KEY(review_id) REFERENCES review (id) ON DELETE CASCADE
);
CREATE VIRTUAL TABLE search_index USING fts5(titles, people, tags, headings, body, lines, content='search_entry', content_rowid='review_id', tokenize='unicode61 remove_diacritics 0', prefix='1 2 3');
CREATE TABLE import_job (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	folder VARCHAR NOT NULL, 
	base_url VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	is_unwanted BOOLEAN NOT NULL, 
	owner VARCHAR NOT NULL, 
	beat_at DATETIME, 
	tries INTEGER NOT NULL, 
	begun_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	total INTEGER NOT NULL, 
	done INTEGER NOT NULL, 
	trouble VARCHAR NOT NULL, 
	numbers JSON NOT NULL, 
	found JSON NOT NULL, 
	notes JSON NOT NULL, 
	CONSTRAINT pk_import_job PRIMARY KEY (id)
);
CREATE TABLE media (
	id INTEGER NOT NULL, 
	hash VARCHAR NOT NULL, 
	extension VARCHAR NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	size INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	alt VARCHAR, 
	added_at DATETIME NOT NULL, variants_at DATETIME, variants_claimed_at DATETIME, variants_tries INTEGER DEFAULT '0' NOT NULL, variants_trouble VARCHAR DEFAULT '' NOT NULL, is_decorative BOOLEAN DEFAULT 0 NOT NULL, caption VARCHAR DEFAULT '' NOT NULL, credit VARCHAR DEFAULT '' NOT NULL, removed_at DATETIME, 
	CONSTRAINT pk_media PRIMARY KEY (id), 
	CONSTRAINT uq_media_hash UNIQUE (hash)
);
CREATE TABLE media_address (
	address VARCHAR NOT NULL, 
	media_id INTEGER, 
	trouble VARCHAR NOT NULL, 
	tried_at DATETIME, 
	CONSTRAINT pk_media_address PRIMARY KEY (address), 
	CONSTRAINT fk_media_address_media_id_media FOREIGN KEY(media_id) REFERENCES media (id) ON DELETE CASCADE
);
CREATE TABLE media_variant (
	media_id INTEGER NOT NULL, 
	width INTEGER NOT NULL, 
	extension VARCHAR NOT NULL, 
	height INTEGER NOT NULL, 
	hash VARCHAR NOT NULL, 
	size INTEGER NOT NULL, 
	CONSTRAINT pk_media_variant PRIMARY KEY (media_id, width, extension), 
	CONSTRAINT fk_media_variant_media_id_media FOREIGN KEY(media_id) REFERENCES media (id) ON DELETE CASCADE
);
CREATE TABLE media_use (
	id INTEGER NOT NULL, 
	media_id INTEGER NOT NULL, 
	review_id INTEGER, 
	page_id INTEGER, 
	role VARCHAR NOT NULL, 
	CONSTRAINT pk_media_use PRIMARY KEY (id), 
	CONSTRAINT ck_media_use_user CHECK ((review_id IS NULL) <> (page_id IS NULL)), 
	CONSTRAINT fk_media_use_media_id_media FOREIGN KEY(media_id) REFERENCES media (id) ON DELETE CASCADE, 
	CONSTRAINT fk_media_use_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE, 
	CONSTRAINT fk_media_use_review_id_review FOREIGN KEY(review_id) REFERENCES review (id) ON DELETE CASCADE
);
CREATE TABLE term_link (
	facet VARCHAR NOT NULL, 
	slug VARCHAR NOT NULL, 
	target VARCHAR NOT NULL, 
	holds BOOLEAN NOT NULL, 
	CONSTRAINT pk_term_link PRIMARY KEY (facet, slug, target)
);
CREATE TABLE renaming (
	id INTEGER NOT NULL, 
	facet VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	slug VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	native_name VARCHAR NOT NULL, 
	new_slug VARCHAR NOT NULL, 
	new_name VARCHAR NOT NULL, 
	new_native_name VARCHAR NOT NULL, 
	is_claimed BOOLEAN NOT NULL, 
	CONSTRAINT pk_renaming PRIMARY KEY (id)
);
CREATE TABLE day_views (
	day DATE NOT NULL, 
	views INTEGER NOT NULL, 
	CONSTRAINT pk_day_views PRIMARY KEY (day)
)
 WITHOUT ROWID

;
CREATE TABLE month_views (
	month DATE NOT NULL, 
	review_id INTEGER NOT NULL, 
	views INTEGER NOT NULL, 
	CONSTRAINT pk_month_views PRIMARY KEY (month, review_id)
)
 WITHOUT ROWID

;
CREATE TABLE vain_search (
	day DATE NOT NULL, 
	folded VARCHAR NOT NULL, 
	words VARCHAR NOT NULL, 
	times INTEGER NOT NULL, 
	CONSTRAINT pk_vain_search PRIMARY KEY (day, folded)
)
 WITHOUT ROWID

;
CREATE TABLE subscription (
	id INTEGER NOT NULL, 
	address VARCHAR NOT NULL, 
	writer_hash VARCHAR NOT NULL, 
	token VARCHAR NOT NULL, 
	asked_at DATETIME NOT NULL, 
	confirmed_at DATETIME, 
	CONSTRAINT pk_subscription PRIMARY KEY (id), 
	CONSTRAINT uq_subscription_address_writer_hash UNIQUE (address, writer_hash), 
	CONSTRAINT uq_subscription_token UNIQUE (token)
);
CREATE TABLE follow (
	comment_id INTEGER NOT NULL, 
	subscription_id INTEGER NOT NULL, 
	CONSTRAINT pk_follow PRIMARY KEY (comment_id), 
	CONSTRAINT fk_follow_comment_id_comment FOREIGN KEY(comment_id) REFERENCES comment (id) ON DELETE CASCADE, 
	CONSTRAINT fk_follow_subscription_id_subscription FOREIGN KEY(subscription_id) REFERENCES subscription (id) ON DELETE CASCADE
);
CREATE TABLE mail (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	token VARCHAR NOT NULL, 
	subscription_id INTEGER, 
	comment_id INTEGER, 
	state VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	due_at DATETIME NOT NULL, 
	claimed_at DATETIME, 
	tries INTEGER NOT NULL, 
	ended_at DATETIME, 
	trouble VARCHAR NOT NULL, 
	CONSTRAINT pk_mail PRIMARY KEY (id), 
	CONSTRAINT fk_mail_subscription_id_subscription FOREIGN KEY(subscription_id) REFERENCES subscription (id) ON DELETE SET NULL, 
	CONSTRAINT fk_mail_comment_id_comment FOREIGN KEY(comment_id) REFERENCES comment (id) ON DELETE CASCADE, 
	CONSTRAINT uq_mail_key UNIQUE ("key")
);
CREATE TABLE link_picture (
	review_id INTEGER NOT NULL, 
	wanted VARCHAR NOT NULL, 
	claimed_at DATETIME, 
	tries INTEGER NOT NULL, 
	trouble VARCHAR NOT NULL, 
	shows VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	CONSTRAINT pk_link_picture PRIMARY KEY (review_id), 
	CONSTRAINT fk_link_picture_review_id_review FOREIGN KEY(review_id) REFERENCES review (id) ON DELETE CASCADE
);
CREATE TABLE listed_change (
	listed INTEGER NOT NULL, 
	review_id INTEGER NOT NULL, 
	CONSTRAINT pk_listed_change PRIMARY KEY (listed, review_id)
)
 WITHOUT ROWID

;
INSERT INTO "alembic_version" VALUES ('0020');
INSERT INTO "attempt" VALUES (1, 'bucket 가나', '2026-03-12 09:00:00.000000');
INSERT INTO "author" VALUES (1, 'name 가나', 'password_hash 가나', 'totp_secret 가나', 1, '2026-03-12 09:00:00.000000');
INSERT INTO "author_session" VALUES (1, 'token_hash 가나', '2026-03-12 09:00:00.000000', '2026-03-12 09:00:00.000000', 'network 가나', 'browser 가나');
INSERT INTO "autosave" VALUES (1, NULL, 1, 'a1b2c3', 1, '[["body", "Half a sent"]]', '2026-03-12 09:00:00.000000');
INSERT INTO "availability" VALUES (1, 1, 3, 0, '', '', 'available', NULL, '', '', 'Viki');
INSERT INTO "availability" VALUES (2, 4, 3, 0, 'US', '', 'available', '2026-03-01', '', '', 'Viki');
INSERT INTO "availability_change" VALUES (1, 1, 1, 1, 'checked', '2026-03-12 09:00:00.000000', NULL, 'old_status 가나', 'old_region 가나', 'old_offer 가나', 'old_link 가나', 'old_note 가나', 'new_status 가나', 'new_region 가나', 'new_offer 가나', 'new_link 가나', 'new_note 가나', '2026-03-12', '2026-03-12', '');
INSERT INTO "comment" VALUES (1, 1, NULL, NULL, NULL, 'Mina', 'https://mina.example/', 'It stayed with me.\
Thank you!
', '<p>It stayed with me.<br>
Thank you!</p>
', 'visible', '', '', 0, '2024-03-03 03:00:00.000000', NULL, 'blogger:77:201', '201', '', '', '', '', '', NULL, NULL);
INSERT INTO "comment" VALUES (2, NULL, 1, NULL, NULL, 'Yuna Notes', '', 'A stranger with the same name.
', '<p>A stranger with the same name.</p>
', 'visible', '', '', 0, '2024-03-06 03:00:00.000000', NULL, 'blogger:77:204', '204', '', '', '', '', '', NULL, NULL);
INSERT INTO "comment" VALUES (3, 2, NULL, NULL, NULL, 'Mina', '', '', '', 'removed', 'so it was on the old blog', '', 0, '2024-03-08 00:00:00.000000', NULL, 'blogger:77:210', '210', '', '', '', '', '', NULL, NULL);
INSERT INTO "comment" VALUES (4, 1, NULL, 1, 1, 'Anonymous', '', '그렇죠?\
저도 울었어요.
', '<p lang="ko">그렇죠?<br>
저도 울었어요.</p>
', 'visible', '', '', 0, '2024-03-04 03:00:00.000000', NULL, 'blogger:77:202', '202', '', '', '', '', '', NULL, NULL);
INSERT INTO "comment" VALUES (5, 1, NULL, 4, 1, 'Yuna Notes', 'https://www.blogger.com/profile/9', 'Glad you liked it.
', '<p>Glad you liked it.</p>
', 'visible', '', '', 1, '2024-03-05 03:00:00.000000', NULL, 'blogger:77:203', '203', '', '', '', '', '', NULL, NULL);
INSERT INTO "comment" VALUES (6, 4, NULL, NULL, NULL, 'Ottilie', '', 'The clerk *knew* all along, ||and so did the gulls||.', '<p>The clerk <em>knew</em> all along, </p>
<details class="spoiler">
<summary>Spoiler</summary>
<p>and so did the gulls</p>
</details>
<p>.</p>
', 'visible', '', '', 0, '2026-03-13 10:00:00.000000', NULL, 'invented:ferry:1', '', '', '', '', '', '', NULL, NULL);
INSERT INTO "comment" VALUES (7, 4, NULL, 6, 6, '하늘', '', '정말 그랬어요.', '<p lang="ko">정말 그랬어요.</p>
', 'visible', '', '', 0, '2026-03-13 11:00:00.000000', NULL, 'invented:ferry:2', '', '', '', '', '', '', NULL, NULL);
INSERT INTO "content_version" VALUES (1, 3, 3);
INSERT INTO "credit" VALUES (1, 1, 1, 'cast', 0, 'Seo Ha‑jin', '', '');
INSERT INTO "credit" VALUES (2, 1, 2, 'cast', 1, 'Moon Tae-o', 'Teddy Moon', '');
INSERT INTO "credit" VALUES (3, 4, 6, 'cast', 0, 'Gil Sae-byeok', '', 'Seo Nabi');
INSERT INTO "credit" VALUES (4, 4, 7, 'cast', 1, 'Ma Eun-gyo', '', '');
INSERT INTO "credit" VALUES (5, 4, 8, 'director', 2, 'Ok Ji-han', '', '');
INSERT INTO "day_views" VALUES ('2026-03-12', 1);
INSERT INTO "filing" VALUES (1, 1, 'overview', 0, 'Seo Ha‑jin', '');
INSERT INTO "filing" VALUES (10, 4, 'overview', 1, 'Comedy', '');
INSERT INTO "filing" VALUES (11, 4, 'hashtag', 5, '#TheLastFerry', '');
INSERT INTO "filing" VALUES (12, 4, 'hashtag', 6, '#GilSaeByeok', 'person');
INSERT INTO "filing" VALUES (13, 4, 'hashtag', 7, '#KoreanDrama', '');
INSERT INTO "filing" VALUES (2, 1, 'overview', 1, 'Moon Tae-o', '');
INSERT INTO "filing" VALUES (3, 1, 'label', 2, 'Viki', '');
INSERT INTO "filing" VALUES (4, 1, 'hashtag', 3, '#TheSaltRoad', '');
INSERT INTO "filing" VALUES (5, 1, 'hashtag', 4, '#SeoHaJin', 'person');
INSERT INTO "filing" VALUES (6, 4, 'overview', 2, 'Gil Sae-byeok', '');
INSERT INTO "filing" VALUES (7, 4, 'overview', 3, 'Ma Eun-gyo', '');
INSERT INTO "filing" VALUES (8, 4, 'overview', 4, 'Ok Ji-han', '');
INSERT INTO "filing" VALUES (9, 4, 'overview', 0, 'Melodrama', '');
INSERT INTO "follow" VALUES (1, 1);
INSERT INTO "former_line" VALUES (1, 1, 'quote 가나');
INSERT INTO "ignored_finding" VALUES (1, 'key 가나', 'words 가나', '2026-03-12 09:00:00.000000');
INSERT INTO "import_job" VALUES (1, 'name 가나', 'folder 가나', 'base_url 가나', 'visible', 1, 'owner 가나', NULL, 1, '2026-03-12 09:00:00.000000', NULL, 1, 1, 'trouble 가나', '[]', '[]', '[]');
INSERT INTO "imported_entry" VALUES ('blogger:77:101', 'review', '', '<entry xmlns="http://www.w3.org/2005/Atom" xmlns:gd="http://schemas.google.com/g/2005" xmlns:thr="http://purl.org/syndication/thread/1.0"><id>tag:blogger.com,1999:blog-77.post-101</id><published>2024-03-02T21:05:00.000-08:00</published><updated>2024-03-02T21:05:00.000-08:00</updated><category scheme="http://www.blogger.com/atom/ns#" term="K-Drama"/><category scheme="http://www.blogger.com/atom/ns#" term="Viki"/><category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#post"/><title type="text">The Salt Road, counted twice</title><content type="html">&lt;h2&gt;Introduction&lt;/h2&gt;&lt;p&gt;The sea keeps its own books.&lt;/p&gt;
&lt;h2&gt;Overview&lt;/h2&gt;
&lt;b&gt;Title:&lt;/b&gt; The Salt Road (소금길)&lt;br /&gt;
&lt;b&gt;Year:&lt;/b&gt; 2022&lt;br /&gt;
&lt;b&gt;Main Cast:&lt;/b&gt; Seo Ha‑jin, Moon Tae-o (Teddy Moon)&lt;br /&gt;
&lt;b&gt;Episodes:&lt;/b&gt; 12&lt;br /&gt;
&lt;b&gt;Streaming Platform:&lt;/b&gt; Viki&lt;br /&gt;
&lt;h2&gt;Memorable Lines&lt;/h2&gt;
&lt;p&gt;"Count it again." – Ok Bo‑ra, closing the ledger at last The quiet after it is the whole drama.&lt;/p&gt;
&lt;h2&gt;Hashtags&lt;/h2&gt;
&lt;p&gt;#TheSaltRoad #SeoHaJin&lt;/p&gt;</content><link rel="alternate" type="text/html" href="https://salt-notes.blogspot.com/2024/03/the-salt-road.html" title="x"/><author><name>Yuna Notes</name><uri>https://www.blogger.com/profile/9</uri><email>noreply@blogger.com</email></author></entry>', '2026-11-26 20:12:07.872917');
INSERT INTO "imported_entry" VALUES ('blogger:77:102', 'review', '', '<entry xmlns="http://www.w3.org/2005/Atom" xmlns:gd="http://schemas.google.com/g/2005" xmlns:thr="http://purl.org/syndication/thread/1.0"><id>tag:blogger.com,1999:blog-77.post-102</id><published>2024-04-01T09:00:00.000+09:00</published><updated>2024-04-01T09:00:00.000+09:00</updated><category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#post"/><category scheme="http://www.blogger.com/atom/ns#" term="K-Movie"/><title type="text">Paper Harbour</title><content type="html">&lt;p&gt;See &lt;a href="http://salt-notes.blogspot.kr/2024/03/the-salt-road.html"&gt;the first review&lt;/a&gt;.&lt;/p&gt;</content><link rel="alternate" type="text/html" href="https://salt-notes.blogspot.com/2024/04/paper-harbour.html" title="x"/><link rel="related" href="https://elsewhere.example/" title="link field"/><author><name>Yuna Notes</name><uri>https://www.blogger.com/profile/9</uri><email>noreply@blogger.com</email></author></entry>', '2026-11-26 20:12:07.881082');
INSERT INTO "imported_entry" VALUES ('blogger:77:103', 'review', '', '<entry xmlns="http://www.w3.org/2005/Atom" xmlns:gd="http://schemas.google.com/g/2005" xmlns:thr="http://purl.org/syndication/thread/1.0"><id>tag:blogger.com,1999:blog-77.post-103</id><published>2024-05-01T09:00:00.000Z</published><updated>2024-05-01T09:00:00.000Z</updated><app:control xmlns:app="http://purl.org/atom/app#"><app:draft>yes</app:draft></app:control><category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#post"/><title type="text"/><content type="html">&lt;p&gt;Not yet.&lt;/p&gt;</content><author><name>Yuna Notes</name><uri>https://www.blogger.com/profile/9</uri><email>noreply@blogger.com</email></author></entry>', '2026-11-26 20:12:07.887052');
INSERT INTO "imported_entry" VALUES ('blogger:77:104', 'page', '', '<entry xmlns="http://www.w3.org/2005/Atom" xmlns:gd="http://schemas.google.com/g/2005" xmlns:thr="http://purl.org/syndication/thread/1.0"><id>tag:blogger.com,1999:blog-77.page-104</id><published>2024-01-01T00:00:00.000Z</published><updated>2024-01-01T00:00:00.000Z</updated><category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#page"/><title type="text">About</title><content type="html">&lt;p&gt;Who writes.&lt;/p&gt;</content><link rel="alternate" type="text/html" href="https://salt-notes.blogspot.com/p/about.html" title="x"/><author><name>Yuna Notes</name><uri>https://www.blogger.com/profile/9</uri><email>noreply@blogger.com</email></author></entry>', '2026-11-26 20:12:07.891994');
INSERT INTO "imported_entry" VALUES ('blogger:77:201', 'comment', '', '<entry xmlns="http://www.w3.org/2005/Atom" xmlns:gd="http://schemas.google.com/g/2005" xmlns:thr="http://purl.org/syndication/thread/1.0"><id>tag:blogger.com,1999:blog-77.post-201</id><published>2024-03-03T03:00:00.000Z</published><updated>2024-03-03T03:00:00.000Z</updated><category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#comment"/><title type="text">x</title><content type="html">It stayed with me.&lt;br /&gt;Thank you!</content><author><name>Mina</name><uri>https://mina.example/</uri><email>noreply@blogger.com</email></author><thr:in-reply-to href="https://salt-notes.blogspot.com/" ref="tag:blogger.com,1999:blog-77.post-101" type="text/html"/></entry>', '2026-11-26 20:12:07.894312');
INSERT INTO "imported_entry" VALUES ('blogger:77:202', 'comment', '', '<entry xmlns="http://www.w3.org/2005/Atom" xmlns:gd="http://schemas.google.com/g/2005" xmlns:thr="http://purl.org/syndication/thread/1.0"><id>tag:blogger.com,1999:blog-77.post-202</id><published>2024-03-04T03:00:00.000Z</published><updated>2024-03-04T03:00:00.000Z</updated><category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#comment"/><title type="text">x</title><content type="html">그렇죠?
저도 울었어요.</content><link rel="related" type="application/atom+xml" href="https://salt-notes.blogspot.com/feeds/101/comments/default/201"/><author><name>Anonymous</name><email>noreply@blogger.com</email></author><thr:in-reply-to href="https://salt-notes.blogspot.com/" ref="tag:blogger.com,1999:blog-77.post-101" type="text/html"/></entry>', '2026-11-26 20:12:07.895058');
INSERT INTO "imported_entry" VALUES ('blogger:77:203', 'comment', '', '<entry xmlns="http://www.w3.org/2005/Atom" xmlns:gd="http://schemas.google.com/g/2005" xmlns:thr="http://purl.org/syndication/thread/1.0"><id>tag:blogger.com,1999:blog-77.post-203</id><published>2024-03-05T03:00:00.000Z</published><updated>2024-03-05T03:00:00.000Z</updated><category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#comment"/><title type="text">x</title><content type="html">Glad you liked it.</content><link rel="related" type="application/atom+xml" href="https://salt-notes.blogspot.com/feeds/101/comments/default/202"/><author><name>Yuna Notes</name><uri>https://www.blogger.com/profile/9</uri><email>noreply@blogger.com</email></author><thr:in-reply-to href="https://salt-notes.blogspot.com/" ref="tag:blogger.com,1999:blog-77.post-101" type="text/html"/></entry>', '2026-11-26 20:12:07.895479');
INSERT INTO "imported_entry" VALUES ('blogger:77:204', 'comment', '', '<entry xmlns="http://www.w3.org/2005/Atom" xmlns:gd="http://schemas.google.com/g/2005" xmlns:thr="http://purl.org/syndication/thread/1.0"><id>tag:blogger.com,1999:blog-77.post-204</id><published>2024-03-06T03:00:00.000Z</published><updated>2024-03-06T03:00:00.000Z</updated><category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#comment"/><title type="text">x</title><content type="html">A stranger with the same name.</content><author><name>Yuna Notes</name><email>noreply@blogger.com</email></author><thr:in-reply-to href="https://salt-notes.blogspot.com/" ref="tag:blogger.com,1999:blog-77.post-104" type="text/html"/></entry>', '2026-11-26 20:12:07.896070');
INSERT INTO "imported_entry" VALUES ('blogger:77:209', 'skipped', 'its post blogger:77:999 is not in the export', '<entry xmlns="http://www.w3.org/2005/Atom" xmlns:gd="http://schemas.google.com/g/2005" xmlns:thr="http://purl.org/syndication/thread/1.0"><id>tag:blogger.com,1999:blog-77.post-209</id><published>2024-03-07T07:00:00.000Z</published><updated>2024-03-07T07:00:00.000Z</updated><category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#comment"/><title type="text">x</title><content type="html">Where is my post?</content><author><name>lost</name><email>noreply@blogger.com</email></author><thr:in-reply-to href="https://salt-notes.blogspot.com/" ref="tag:blogger.com,1999:blog-77.post-999" type="text/html"/></entry>', '2026-11-26 20:12:07.896226');
INSERT INTO "imported_entry" VALUES ('blogger:77:210', 'comment', '', '<entry xmlns="http://www.w3.org/2005/Atom" xmlns:gd="http://schemas.google.com/g/2005" xmlns:thr="http://purl.org/syndication/thread/1.0"><id>tag:blogger.com,1999:blog-77.post-210</id><published>2024-03-08T00:00:00Z</published><category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#comment"/><title>x</title><content type="html">This comment has been removed by the author.</content><author><name>Mina</name><email>noreply@blogger.com</email></author><thr:in-reply-to ref="tag:blogger.com,1999:blog-77.post-102"/><gd:extendedProperty name="blogger.contentRemoved" value="true"/></entry>', '2026-11-26 20:12:07.896524');
INSERT INTO "imported_entry" VALUES ('invented:ferry', 'review', '', '---
slug: the-last-ferry
kind: drama
published: 2026-03-12T09:00:00Z
description: A ticket clerk and the one passenger who never boards.
verdict: Recommended
tells: "3"
overview:
  - Title: The Last Ferry (막배)
  - Year: 2024
  - Genre: Melodrama, Comedy
  - Starring: Gil Sae-byeok, Ma Eun-gyo
  - Director: Ok Ji-han
  - Number of Episodes: 8
  - Streaming Platform: Viki in the United States (checked March 1, 2026)
characters:
  - Gil Sae-byeok: Seo Nabi
hashtags: ["#TheLastFerry", "#GilSaeByeok", "#KoreanDrama"]
comments:
  - id: 1
    name: Ottilie
    at: 2026-03-13T10:00:00Z
    body: The clerk *knew* all along, ||and so did the gulls||.
  - id: 2
    parent: 1
    name: 하늘
    at: 2026-03-13T11:00:00Z
    body: 정말 그랬어요.
---
## Story

The boat leaves at nine, whoever is late.

::: spoiler 5
He was never going to board.
:::

## Memorable Lines

> A ticket is only a promise with a time on it.
> — Seo Nabi, episode 2
', '2026-11-26 20:12:07.911536');
INSERT INTO "line" VALUES (1, 1, 0, 'line-1', '"Count it again."', 'Ok Bo‑ra', 'ok bo‑ra', NULL, 'closing the ledger at last', '');
INSERT INTO "line" VALUES (2, 4, 0, 'line-1', 'A ticket is only a promise with a time on it.', 'Seo Nabi', 'seo nabi', 2, '', '');
INSERT INTO "link_picture" VALUES (1, 'wanted 가나', NULL, 1, 'trouble 가나', 'shows 가나', 'hash 가나');
INSERT INTO "listed_change" VALUES (3, 0);
INSERT INTO "listed_change" VALUES (3, 4);
INSERT INTO "mail" VALUES (1, 'key 가나', 'kind 가나', 'token 가나', 1, 1, 'visible', '2026-03-12 09:00:00.000000', '2026-03-12 09:00:00.000000', NULL, 1, NULL, 'trouble 가나');
INSERT INTO "media" VALUES (1, 'hash 가나', 'extension 가나', 1, 1, 1, 'name 가나', 'alt 가나', '2026-03-12 09:00:00.000000', NULL, NULL, 1, '', 1, '', '', NULL);
INSERT INTO "media_address" VALUES ('address 가나', 1, 'trouble 가나', NULL);
INSERT INTO "media_use" VALUES (1, 1, NULL, 1, 'role 가나');
INSERT INTO "media_variant" VALUES (1, 1, 'extension 가나', 1, 'hash 가나', 1);
INSERT INTO "month_views" VALUES ('2026-03-01', 1, 1);
INSERT INTO "moved_term" VALUES ('facet 가나', 'slug 가나', 1, 'origin 가나', NULL, 'name 가나', 'native_name 가나', '2026-03-12', 1);
INSERT INTO "page" VALUES (1, 'about', 'About', 'Who writes.
', '<p>Who writes.</p>
', '2024-01-01 00:00:00.000000', '2024-01-01 00:00:00.000000', NULL, 'blogger:77:104', 1);
INSERT INTO "recovery_code" VALUES (1, 'code_hash 가나', NULL);
INSERT INTO "redirect" VALUES ('/2024/03/the-salt-road.html', 1, NULL);
INSERT INTO "redirect" VALUES ('/2024/04/paper-harbour.html', 2, NULL);
INSERT INTO "redirect" VALUES ('/p/about.html', NULL, 1);
INSERT INTO "renaming" VALUES (1, 'facet 가나', '2026-03-12 09:00:00.000000', 'slug 가나', 'name 가나', 'native_name 가나', 'new_slug 가나', 'new_name 가나', 'new_native_name 가나', 1);
INSERT INTO "report" VALUES (1, 1, 'links', '2026-03-12 09:00:00.000000', NULL);
INSERT INTO "review" VALUES (1, 'the-salt-road', 'blogger:77:101', 'The Salt Road, counted twice', 'The Salt Road', '소금길', '[]', 'drama', 2022, '[]', 12, '', NULL, 0, 0, '[["Title", "The Salt Road (\uc18c\uae08\uae38)"], ["Year", "2022"], ["Main Cast", "Seo Ha\u2011jin, Moon Tae-o (Teddy Moon)"], ["Episodes", "12"], ["Streaming Platform", "Viki"]]', '["K-Drama", "Viki"]', '', '', '', 0, 1, '', '', '## Introduction

The sea keeps its own books.

## Memorable Lines

> "Count it again."
> – Ok Bo‑ra, closing the ledger at last

The quiet after it is the whole drama.
', '<section aria-labelledby="h-introduction">
<h2 id="h-introduction">Introduction</h2>
<p>The sea keeps its own books.</p>
</section>
<section aria-labelledby="h-memorable-lines">
<h2 id="h-memorable-lines">Memorable Lines</h2>
<figure class="line" id="line-1">
<blockquote>
<p>"Count it again."</p>
</blockquote>
<figcaption>Ok Bo‑ra, closing the ledger at last</figcaption>
</figure>
<p>The quiet after it is the whole drama.</p>
</section>
', '[["h-introduction", "Introduction", "introduction"], ["h-memorable-lines", "Memorable Lines", "lines"]]', 'The sea keeps its own books.', 27, 3, '2024-03-03 05:05:00.000000', '2024-03-03 05:05:00.000000', NULL, NULL, 1, '["#TheSaltRoad", "#SeoHaJin"]', '', '', '', '', NULL);
INSERT INTO "review" VALUES (2, 'paper-harbour', 'blogger:77:102', 'Paper Harbour', '', '', '[]', 'film', NULL, '[]', NULL, '', NULL, 0, 0, '[]', '["K-Movie"]', '', '', '', 0, 1, '', '', 'See [the first review](/2024/03/the-salt-road.html).
', '<p>See <a href="/2024/03/the-salt-road.html">the first review</a>.</p>
', '[]', 'See the first review.', 4, 0, '2024-04-01 00:00:00.000000', '2024-04-01 00:00:00.000000', NULL, NULL, 1, '[]', '', '', '', '', NULL);
INSERT INTO "review" VALUES (3, 'not', 'blogger:77:103', 'Not…', '', '', '[]', '', NULL, '[]', NULL, '', NULL, 0, 0, '[]', '[]', '', '', '', 0, 1, '', '', 'Not yet.
', '<p>Not yet.</p>
', '[]', 'Not yet.', 2, 0, NULL, '2024-05-01 09:00:00.000000', NULL, NULL, 1, '[]', '', '', '', '', NULL);
INSERT INTO "review" VALUES (4, 'the-last-ferry', 'invented:ferry', '', 'The Last Ferry', '막배', '[]', 'drama', 2024, '["Melodrama", "Comedy"]', 8, '', NULL, 0, 0, '[["Title", "The Last Ferry (\ub9c9\ubc30)"], ["Year", "2024"], ["Genre", "Melodrama, Comedy"], ["Starring", "Gil Sae-byeok, Ma Eun-gyo"], ["Director", "Ok Ji-han"], ["Number of Episodes", "8"], ["Streaming Platform", "Viki in the United States (checked March 1, 2026)"]]', '[]', 'Recommended', 'A ticket clerk and the one passenger who never boards.', '3', 0, 1, '', '', '## Story

The boat leaves at nine, whoever is late.

::: spoiler 5
He was never going to board.
:::

## Memorable Lines

> A ticket is only a promise with a time on it.
> — Seo Nabi, episode 2
', '<section aria-labelledby="h-story">
<h2 id="h-story">Story</h2>
<p>The boat leaves at nine, whoever is late.</p>
<details class="spoiler" data-until="5">
<summary>Spoilers for episode 5</summary>
<p>He was never going to board.</p>
</details>
</section>
<section aria-labelledby="h-memorable-lines">
<h2 id="h-memorable-lines">Memorable Lines</h2>
<figure class="line" id="line-1">
<blockquote>
<p>A ticket is only a promise with a time on it.</p>
</blockquote>
<figcaption>Seo Nabi, episode 2</figcaption>
</figure>
</section>
', '[["h-story", "Story", "story"], ["h-memorable-lines", "Memorable Lines", "lines"]]', 'The boat leaves at nine, whoever is late.', 32, 2, '2026-03-12 09:00:00.000000', NULL, NULL, NULL, 1, '["#TheLastFerry", "#GilSaeByeok", "#KoreanDrama"]', '', '', '', '', NULL);
INSERT INTO "review_views" VALUES (1, '2026-03-12', 1);
INSERT INTO "revision" VALUES (1, NULL, 1, 'text 가나', 'saved', '2026-03-12 09:00:00.000000');
INSERT INTO "search_entry" VALUES (1, 'the salt road 소금 금길 길 the salt road counted twice', 'seo ha jin hajin moon tae o taeo teddy moon seo ha jin hajin moon tae o taeo teddy moon', 'seo ha jin hajin moon tae o taeo viki the salt road thesaltroad seo ha jin seohajin the salt road thesaltroad seo ha jin seohajin', 'introduction memorable lines', 'introduction the sea keeps its own books memorable lines count it again ok bo ra bora closing the ledger at last the quiet after it is the whole drama', 'count it again ok bo ra bora', '[["h-introduction", "Introduction", "The sea keeps its own books."], ["h-memorable-lines", "Memorable Lines", "\"Count it again.\"\nOk Bo\u2011ra, closing the ledger at last\nThe quiet after it is the whole drama."], ["", "Year", "2022"], ["", "Main Cast", "Seo Ha\u2011jin, Moon Tae-o (Teddy Moon)"], ["", "Episodes", "12"], ["", "Streaming Platform", "Viki"], ["", "Hashtags", "#TheSaltRoad #SeoHaJin"]]');
INSERT INTO "search_entry" VALUES (2, 'paper harbour', '', '', '', 'see the first review', '', '[["", "", "See the first review."]]');
INSERT INTO "search_entry" VALUES (3, 'not', '', '', '', 'not yet', '', '[["", "", "Not yet."]]');
INSERT INTO "search_entry" VALUES (4, 'the last ferry 막배 배', 'gil sae byeok saebyeok seo nabi ma eun gyo eungyo ok ji han jihan gil sae byeok saebyeok ma eun gyo eungyo ok ji han jihan', 'melodrama comedy gil sae byeok saebyeok ma eun gyo eungyo ok ji han jihan the last ferry thelastferry gil sae byeok gilsaebyeok korean drama koreandrama viki the last ferry thelastferry gil sae byeok gilsaebyeok korean drama koreandrama', 'story memorable lines', 'a ticket clerk and the one passenger who never boards story the boat leaves at nine whoever is late memorable lines a ticket is only a promise with a time on it seo nabi episode 2', 'a ticket is only a promise with a time on it seo nabi', '[["h-story", "Story", "The boat leaves at nine, whoever is late."], ["h-memorable-lines", "Memorable Lines", "A ticket is only a promise with a time on it.\nSeo Nabi, episode 2"], ["", "", "A ticket clerk and the one passenger who never boards."], ["", "Year", "2024"], ["", "Genre", "Melodrama, Comedy"], ["", "Starring", "Gil Sae-byeok, Ma Eun-gyo"], ["", "Director", "Ok Ji-han"], ["", "Number of Episodes", "8"], ["", "Streaming Platform", "Viki in the United States (checked March 1, 2026)"], ["", "Characters", "Seo Nabi (Gil Sae-byeok)"], ["", "Hashtags", "#TheLastFerry #GilSaeByeok #KoreanDrama"]]');
INSERT INTO "setting" VALUES ('author', 'Yuna Notes');
INSERT INTO "setting" VALUES ('description', 'Dramas & the sea');
INSERT INTO "setting" VALUES ('name', 'Salt Notes');
INSERT INTO "setting" VALUES ('time_zone', 'Asia/Seoul');
INSERT INTO "spam_word" VALUES ('word 가나', 1, 1);
INSERT INTO "spelling" VALUES (1, 1, 'Seo Ha‑jin', 'hajin su', 0, 'seo-ha-jin', 'seo-ha-jin');
INSERT INTO "spelling" VALUES (2, 2, 'Moon Tae-o', 'dau mun', 0, 'moon-tae-o', 'moon-tae-o');
INSERT INTO "spelling" VALUES (3, 2, 'Teddy Moon', 'dedy mun', 0, 'teddy-moon', 'moon-tae-o');
INSERT INTO "spelling" VALUES (4, 6, 'Gil Sae-byeok', 'gil saebyug', 0, 'gil-sae-byeok', 'gil-sae-byeok');
INSERT INTO "spelling" VALUES (5, 7, 'Ma Eun-gyo', 'ma ungyo', 0, 'ma-eun-gyo', 'ma-eun-gyo');
INSERT INTO "spelling" VALUES (6, 8, 'Ok Ji-han', 'jihan og', 0, 'ok-ji-han', 'ok-ji-han');
INSERT INTO "subscription" VALUES (1, 'address 가나', 'writer_hash 가나', 'token 가나', '2026-03-12 09:00:00.000000', NULL);
INSERT INTO "term" VALUES (1, 'person', 'seo-ha-jin', 'Seo Ha‑jin', '', NULL, NULL, '');
INSERT INTO "term" VALUES (10, 'genre', 'comedy', 'Comedy', '', NULL, NULL, '');
INSERT INTO "term" VALUES (11, 'hashtag', 'thelastferry', 'TheLastFerry', '', NULL, NULL, '');
INSERT INTO "term" VALUES (12, 'hashtag', 'gilsaebyeok', 'GilSaeByeok', '', NULL, NULL, '');
INSERT INTO "term" VALUES (13, 'hashtag', 'koreandrama', 'KoreanDrama', '', NULL, NULL, '');
INSERT INTO "term" VALUES (2, 'person', 'moon-tae-o', 'Moon Tae-o', '', NULL, NULL, '');
INSERT INTO "term" VALUES (3, 'platform', 'viki', 'Viki', '', NULL, NULL, '');
INSERT INTO "term" VALUES (4, 'hashtag', 'thesaltroad', 'TheSaltRoad', '', NULL, NULL, '');
INSERT INTO "term" VALUES (5, 'hashtag', 'seohajin', 'SeoHaJin', '', NULL, NULL, '');
INSERT INTO "term" VALUES (6, 'person', 'gil-sae-byeok', 'Gil Sae-byeok', '', NULL, NULL, '');
INSERT INTO "term" VALUES (7, 'person', 'ma-eun-gyo', 'Ma Eun-gyo', '', NULL, NULL, '');
INSERT INTO "term" VALUES (8, 'person', 'ok-ji-han', 'Ok Ji-han', '', NULL, NULL, '');
INSERT INTO "term" VALUES (9, 'genre', 'melodrama', 'Melodrama', '', NULL, NULL, '');
INSERT INTO "term_broader" VALUES (1, 1);
INSERT INTO "term_link" VALUES ('facet 가나', 'slug 가나', 'target 가나', 1);
INSERT INTO "two_people" VALUES ('ma-eun-gyo', 'ma-eungyo');
INSERT INTO "vain_search" VALUES ('2026-03-12', 'folded 가나', 'words 가나', 1);
INSERT INTO search_index(search_index) VALUES ('rebuild');
CREATE INDEX ix_availability_review_id ON availability (review_id);
CREATE INDEX ix_comment_old_number ON comment (old_number);
CREATE INDEX ix_comment_parent_id ON comment (parent_id);
CREATE INDEX ix_comment_root_id ON comment (root_id);
CREATE INDEX ix_credit_review_id ON credit (review_id);
CREATE INDEX ix_credit_term_id ON credit (term_id);
CREATE INDEX ix_filing_review_id_filing_term_id ON filing (review_id, term_id);
CREATE INDEX ix_redirect_page_id ON redirect (page_id);
CREATE INDEX ix_redirect_review_id ON redirect (review_id);
CREATE INDEX ix_spelling_person_key ON spelling (person_key);
CREATE INDEX ix_term_broader_broader_id ON term_broader (broader_id);
CREATE TRIGGER search_index_insert AFTER INSERT ON search_entry BEGIN INSERT INTO search_index(rowid, titles, people, tags, headings, body, lines) VALUES (new.review_id, new.titles, new.people, new.tags, new.headings, new.body, new.lines); END;
CREATE TRIGGER search_index_delete AFTER DELETE ON search_entry BEGIN INSERT INTO search_index(search_index, rowid, titles, people, tags, headings, body, lines) VALUES ('delete', old.review_id, old.titles, old.people, old.tags, old.headings, old.body, old.lines); END;
CREATE TRIGGER search_index_update AFTER UPDATE ON search_entry BEGIN INSERT INTO search_index(search_index, rowid, titles, people, tags, headings, body, lines) VALUES ('delete', old.review_id, old.titles, old.people, old.tags, old.headings, old.body, old.lines); INSERT INTO search_index(rowid, titles, people, tags, headings, body, lines) VALUES (new.review_id, new.titles, new.people, new.tags, new.headings, new.body, new.lines); END;
CREATE INDEX ix_attempt_at ON attempt (at);
CREATE INDEX ix_attempt_bucket_attempt_at ON attempt (bucket, at);
CREATE INDEX ix_revision_review_id ON revision (review_id);
CREATE INDEX ix_revision_page_id ON revision (page_id);
CREATE UNIQUE INDEX ix_comment_key ON comment ("key");
CREATE INDEX ix_comment_network_comment_posted_at ON comment (network, posted_at) WHERE network <> '';
CREATE INDEX ix_comment_writer_hash_comment_name ON comment (writer_hash, name) WHERE writer_hash <> '';
CREATE INDEX ix_comment_fingerprint ON comment (fingerprint) WHERE fingerprint <> '';
CREATE INDEX ix_comment_review_id_comment_root_id_comment_posted_at_comment_id_comment_state ON comment (review_id, root_id, posted_at, id, state);
CREATE INDEX ix_comment_page_id_comment_root_id_comment_posted_at_comment_id_comment_state ON comment (page_id, root_id, posted_at, id, state);
CREATE INDEX ix_report_comment_id_report_settled_at ON report (comment_id, settled_at);
CREATE INDEX ix_comment_state_comment_posted_at_comment_id ON comment (state, posted_at, id) WHERE state <> 'visible';
CREATE INDEX ix_review_views_day_review_views_review_id_review_views_views ON review_views (day, review_id, views);
CREATE INDEX ix_spelling_slug ON spelling (slug);
CREATE INDEX ix_moved_term_term_id ON moved_term (term_id);
CREATE INDEX ix_line_review_id ON line (review_id);
CREATE INDEX ix_former_line_review_id ON former_line (review_id);
CREATE INDEX ix_availability_change_review_id ON availability_change (review_id);
CREATE INDEX ix_availability_change_platform_id ON availability_change (platform_id);
CREATE INDEX ix_availability_change_entry_id ON availability_change (entry_id);
CREATE INDEX ix_availability_change_at ON availability_change (at);
CREATE INDEX ix_comment_posted_at ON comment (posted_at) WHERE network <> '';
CREATE INDEX ix_review_listed ON review (published_at, withdrawn_at, kind, year, verdict, minutes, episodes, featured, work_title, headline, slug, native_title);
CREATE INDEX ix_availability_listed ON availability (platform_id, region, status, review_id);
CREATE INDEX ix_import_job_state ON import_job (state);
CREATE INDEX ix_media_address_media_id ON media_address (media_id);
CREATE INDEX ix_media_variants_at ON media (variants_at);
CREATE INDEX ix_media_variant_hash ON media_variant (hash);
CREATE INDEX ix_media_use_media_id ON media_use (media_id);
CREATE INDEX ix_media_use_page_id ON media_use (page_id);
CREATE INDEX ix_media_use_review_id ON media_use (review_id);
CREATE INDEX ix_renaming_new_slug ON renaming (facet, new_slug);
CREATE TRIGGER sum_views_insert AFTER INSERT ON review_views BEGIN INSERT INTO day_views (day, views) VALUES (new.day, new.views) ON CONFLICT (day) DO UPDATE SET views = views + new.views; INSERT INTO month_views (month, review_id, views) VALUES (date(new.day, 'start of month'), new.review_id, new.views) ON CONFLICT (month, review_id) DO UPDATE SET views = views + new.views; END;
CREATE TRIGGER sum_views_delete AFTER DELETE ON review_views BEGIN UPDATE day_views SET views = views - old.views WHERE day = old.day; DELETE FROM day_views WHERE day = old.day AND views <= 0; UPDATE month_views SET views = views - old.views WHERE month = date(old.day, 'start of month') AND review_id = old.review_id; DELETE FROM month_views WHERE month = date(old.day, 'start of month') AND review_id = old.review_id AND views <= 0; END;
CREATE TRIGGER sum_views_update AFTER UPDATE OF views ON review_views BEGIN INSERT INTO day_views (day, views) VALUES (new.day, (new.views - old.views)) ON CONFLICT (day) DO UPDATE SET views = views + (new.views - old.views); INSERT INTO month_views (month, review_id, views) VALUES (date(new.day, 'start of month'), new.review_id, (new.views - old.views)) ON CONFLICT (month, review_id) DO UPDATE SET views = views + (new.views - old.views); END;
CREATE INDEX ix_comment_counted ON comment (posted_at, state, state_before, by_author, review_id);
CREATE INDEX ix_follow_subscription_id ON follow (subscription_id);
CREATE INDEX ix_mail_comment_id ON mail (comment_id);
CREATE INDEX ix_mail_subscription_id ON mail (subscription_id);
CREATE INDEX ix_mail_due_at ON mail (due_at) WHERE state = 'waiting';
CREATE INDEX ix_link_picture_hash ON link_picture (hash);
COMMIT;
