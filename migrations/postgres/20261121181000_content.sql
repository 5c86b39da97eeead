-- What leads write (news and discoveries, every revision kept), what people write to us, and what the
-- ranking is made of. The SQLite twin has the same version, tables and columns.

CREATE TABLE article (
    id                  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind                TEXT    NOT NULL CHECK (kind IN ('news', 'discovery')),
    slug                TEXT    NOT NULL,
    -- The newest revision, and the one that everybody sees.
    revision            BIGINT  NOT NULL,
    published_revision  BIGINT,
    -- When it was first published; kept when it is withdrawn.
    published_at        BIGINT,
    created_at          BIGINT  NOT NULL,
    changed_at          BIGINT  NOT NULL,
    UNIQUE (kind, slug),
    CHECK (published_revision IS NULL OR published_at IS NOT NULL)
);
CREATE INDEX article_public ON article (kind, published_at DESC, id DESC) WHERE published_revision IS NOT NULL;
CREATE INDEX article_by_change ON article (changed_at DESC, id DESC);

-- Append-only.
CREATE TABLE article_revision (
    article_id  BIGINT  NOT NULL REFERENCES article (id),
    number      BIGINT  NOT NULL,
    title_en    TEXT    NOT NULL,
    title_zh    TEXT    NOT NULL,
    summary_en  TEXT    NOT NULL,
    summary_zh  TEXT    NOT NULL,
    body_en     TEXT    NOT NULL,
    body_zh     TEXT    NOT NULL,
    picture     TEXT,
    -- Of a discovery: the image it was found in, who is credited, the grade, the position.
    subject_id  BIGINT REFERENCES subject (id),
    finders     TEXT    NOT NULL,
    grade       TEXT,
    ra_deg      DOUBLE PRECISION,
    dec_deg     DOUBLE PRECISION,
    author_id   UUID    REFERENCES volunteer (id),
    at          BIGINT  NOT NULL,
    PRIMARY KEY (article_id, number)
);
CREATE INDEX article_revision_by_subject ON article_revision (subject_id) WHERE subject_id IS NOT NULL;
CREATE TRIGGER article_revision_no_update BEFORE UPDATE OR DELETE ON article_revision
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER article_revision_no_truncate BEFORE TRUNCATE ON article_revision
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE article_act (
    seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article_id  BIGINT  NOT NULL REFERENCES article (id),
    act         TEXT    NOT NULL CHECK (act IN ('create', 'edit', 'publish', 'withdraw')),
    revision    BIGINT  NOT NULL,
    by_id       UUID    REFERENCES volunteer (id),
    at          BIGINT  NOT NULL
);
CREATE INDEX article_act_of ON article_act (article_id, seq);
CREATE TRIGGER article_act_no_update BEFORE UPDATE OR DELETE ON article_act
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER article_act_no_truncate BEFORE TRUNCATE ON article_act
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE feedback (
    id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind           TEXT    NOT NULL CHECK (kind IN ('site', 'image')),
    text           TEXT    NOT NULL,
    page           TEXT,
    volunteer_id   UUID    REFERENCES volunteer (id),
    assignment_id  UUID    REFERENCES assignment (id),
    at             BIGINT  NOT NULL,
    done_at        BIGINT,
    done_by        UUID    REFERENCES volunteer (id),
    CHECK ((kind = 'image') = (assignment_id IS NOT NULL))
);
CREATE INDEX feedback_open ON feedback (id DESC) WHERE done_at IS NULL;
CREATE INDEX feedback_of ON feedback (volunteer_id) WHERE volunteer_id IS NOT NULL;

-- The ranking: a fold over the log up to `contribution_place.seq`.
CREATE TABLE contribution (
    project_id    BIGINT  NOT NULL REFERENCES project (id),
    volunteer_id  UUID    NOT NULL REFERENCES volunteer (id),
    -- Standing votes; those whose truth was not told; those of them in the week (counted from
    -- Monday, 1969-12-29) of the latest.
    answers       BIGINT  NOT NULL,
    useful        BIGINT  NOT NULL,
    week          BIGINT  NOT NULL,
    week_useful   BIGINT  NOT NULL,
    -- `participation.bits` when `answers` last passed a multiple of 20, and how many such there were.
    bits          DOUBLE PRECISION NOT NULL DEFAULT 0,
    steps         BIGINT  NOT NULL DEFAULT 0,
    -- Subjects now detected that they called a lens.
    found         BIGINT  NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, volunteer_id)
);

CREATE TABLE contribution_place (
    project_id  BIGINT NOT NULL PRIMARY KEY REFERENCES project (id),
    seq         BIGINT NOT NULL
);

-- Who called a subject a lens.
CREATE INDEX log_entry_lens ON log_entry (project_id, subject_id) WHERE answer = 2;
