-- What leads write (news and discoveries, every revision kept), what people write to us, and what the
-- ranking is made of. The PostgreSQL twin has the same version, tables and columns.

CREATE TABLE article (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    kind                TEXT    NOT NULL CHECK (kind IN ('news', 'discovery')),
    slug                TEXT    NOT NULL,
    -- The newest revision, and the one that everybody sees.
    revision            INTEGER NOT NULL,
    published_revision  INTEGER,
    -- When it was first published; kept when it is withdrawn.
    published_at        INTEGER,
    created_at          INTEGER NOT NULL,
    changed_at          INTEGER NOT NULL,
    UNIQUE (kind, slug),
    CHECK (published_revision IS NULL OR published_at IS NOT NULL)
) STRICT;
CREATE INDEX article_public ON article (kind, published_at DESC, id DESC) WHERE published_revision IS NOT NULL;
CREATE INDEX article_by_change ON article (changed_at DESC, id DESC);

-- Append-only.
CREATE TABLE article_revision (
    article_id  INTEGER NOT NULL REFERENCES article (id),
    number      INTEGER NOT NULL,
    title_en    TEXT    NOT NULL,
    title_zh    TEXT    NOT NULL,
    summary_en  TEXT    NOT NULL,
    summary_zh  TEXT    NOT NULL,
    body_en     TEXT    NOT NULL,
    body_zh     TEXT    NOT NULL,
    picture     TEXT,
    -- Of a discovery: the image it was found in, who is credited, the grade, the position.
    subject_id  INTEGER REFERENCES subject (id),
    finders     TEXT    NOT NULL,
    grade       TEXT,
    ra_deg      REAL,
    dec_deg     REAL,
    author_id   BLOB    REFERENCES volunteer (id),
    at          INTEGER NOT NULL,
    PRIMARY KEY (article_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_revision_by_subject ON article_revision (subject_id) WHERE subject_id IS NOT NULL;
CREATE TRIGGER article_revision_no_update BEFORE UPDATE ON article_revision
BEGIN SELECT RAISE(ABORT, 'article_revision is append-only'); END;
CREATE TRIGGER article_revision_no_delete BEFORE DELETE ON article_revision
BEGIN SELECT RAISE(ABORT, 'article_revision is append-only'); END;

CREATE TABLE article_act (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id  INTEGER NOT NULL REFERENCES article (id),
    act         TEXT    NOT NULL CHECK (act IN ('create', 'edit', 'publish', 'withdraw')),
    revision    INTEGER NOT NULL,
    by_id       BLOB    REFERENCES volunteer (id),
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX article_act_of ON article_act (article_id, seq);
CREATE TRIGGER article_act_no_update BEFORE UPDATE ON article_act
BEGIN SELECT RAISE(ABORT, 'article_act is append-only'); END;
CREATE TRIGGER article_act_no_delete BEFORE DELETE ON article_act
BEGIN SELECT RAISE(ABORT, 'article_act is append-only'); END;

CREATE TABLE feedback (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    kind           TEXT    NOT NULL CHECK (kind IN ('site', 'image')),
    text           TEXT    NOT NULL,
    page           TEXT,
    volunteer_id   BLOB    REFERENCES volunteer (id),
    assignment_id  BLOB    REFERENCES assignment (id),
    at             INTEGER NOT NULL,
    done_at        INTEGER,
    done_by        BLOB    REFERENCES volunteer (id),
    CHECK ((kind = 'image') = (assignment_id IS NOT NULL))
) STRICT;
CREATE INDEX feedback_open ON feedback (id DESC) WHERE done_at IS NULL;
CREATE INDEX feedback_of ON feedback (volunteer_id) WHERE volunteer_id IS NOT NULL;

-- The ranking: a fold over the log up to `contribution_place.seq`.
CREATE TABLE contribution (
    project_id    INTEGER NOT NULL REFERENCES project (id),
    volunteer_id  BLOB    NOT NULL REFERENCES volunteer (id),
    -- Standing votes; those whose truth was not told; those of them in the week (counted from
    -- Monday, 1969-12-29) of the latest.
    answers       INTEGER NOT NULL,
    useful        INTEGER NOT NULL,
    week          INTEGER NOT NULL,
    week_useful   INTEGER NOT NULL,
    -- `participation.bits` when `answers` last passed a multiple of 20, and how many such there were.
    bits          REAL    NOT NULL DEFAULT 0,
    steps         INTEGER NOT NULL DEFAULT 0,
    -- Subjects now detected that they called a lens.
    found         INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, volunteer_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE contribution_place (
    project_id  INTEGER NOT NULL PRIMARY KEY REFERENCES project (id),
    seq         INTEGER NOT NULL
) STRICT;

-- Who called a subject a lens.
CREATE INDEX log_entry_lens ON log_entry (project_id, subject_id) WHERE answer = 2;
