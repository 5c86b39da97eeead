-- First schema. The SQLite twin has the same version, tables and columns.
-- Times are whole microseconds since 1970 (UTC); JSON is text, kept byte for byte.

CREATE TABLE project (
    id            BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug          TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    description   TEXT    NOT NULL,
    spec          TEXT    NOT NULL,
    active        BOOLEAN NOT NULL,
    active_model  TEXT,
    created_at    BIGINT  NOT NULL
);

CREATE TABLE subject (
    id                  BIGINT            GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id          BIGINT            NOT NULL REFERENCES project (id),
    external_id         TEXT              NOT NULL,
    role                TEXT              NOT NULL CHECK (role IN ('survey', 'training_lens', 'training_non_lens')),
    label               SMALLINT          NOT NULL CHECK (label IN (-1, 0, 1)),
    training_kind       TEXT,
    ra_deg              DOUBLE PRECISION,
    dec_deg             DOUBLE PRECISION,
    cell                BIGINT,
    image_digest        BYTEA,
    image_width         BIGINT,
    image_height        BIGINT,
    pixel_scale_arcsec  DOUBLE PRECISION,
    UNIQUE (project_id, external_id)
);
CREATE INDEX subject_by_role ON subject (project_id, role, id);
CREATE INDEX subject_by_image ON subject (image_digest) WHERE image_digest IS NOT NULL;

CREATE TABLE volunteer (
    id             UUID   NOT NULL PRIMARY KEY,
    email          TEXT   NOT NULL UNIQUE,
    display_name   TEXT   NOT NULL,
    password_hash  TEXT   NOT NULL,
    language       TEXT   NOT NULL,
    created_at     BIGINT NOT NULL
);

CREATE TABLE session (
    token_digest     BYTEA  NOT NULL PRIMARY KEY,
    volunteer_id     UUID   NOT NULL REFERENCES volunteer (id),
    created_at       BIGINT NOT NULL,
    idle_expires_at  BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL
);
CREATE INDEX session_by_volunteer ON session (volunteer_id);

CREATE TABLE queue (
    project_id    BIGINT  NOT NULL REFERENCES project (id),
    round         BIGINT  NOT NULL,
    votes_budget  BIGINT  NOT NULL,
    min_votes     BIGINT  NOT NULL,
    max_votes     BIGINT  NOT NULL,
    digest        BYTEA   NOT NULL,
    open          BOOLEAN NOT NULL,
    opened_at     BIGINT  NOT NULL,
    closed_at     BIGINT,
    PRIMARY KEY (project_id, round)
);
CREATE UNIQUE INDEX queue_one_open ON queue (project_id) WHERE open;

CREATE TABLE queue_item (
    project_id             BIGINT           NOT NULL,
    round                  BIGINT           NOT NULL,
    subject_id             BIGINT           NOT NULL REFERENCES subject (id),
    rank                   BIGINT           NOT NULL,
    strategy               TEXT             NOT NULL,
    inclusion_probability  DOUBLE PRECISION NOT NULL,
    model_version          TEXT             NOT NULL,
    no_lens                BIGINT           NOT NULL DEFAULT 0 CHECK (no_lens >= 0),
    unsure                 BIGINT           NOT NULL DEFAULT 0 CHECK (unsure >= 0),
    lens                   BIGINT           NOT NULL DEFAULT 0 CHECK (lens >= 0),
    open_leases            BIGINT           NOT NULL DEFAULT 0 CHECK (open_leases >= 0),
    done                   BOOLEAN          NOT NULL DEFAULT FALSE,
    PRIMARY KEY (project_id, round, subject_id),
    FOREIGN KEY (project_id, round) REFERENCES queue (project_id, round)
);
CREATE INDEX queue_item_by_rank ON queue_item (project_id, round, rank, subject_id);

-- One row is one image shown to one person: the lease and the record of the impression.
CREATE TABLE assignment (
    id                     UUID              NOT NULL PRIMARY KEY,
    project_id             BIGINT            NOT NULL REFERENCES project (id),
    volunteer_id           UUID              NOT NULL REFERENCES volunteer (id),
    subject_id             BIGINT            NOT NULL REFERENCES subject (id),
    round                  BIGINT,
    training               BOOLEAN           NOT NULL,
    strategy               TEXT              NOT NULL,
    rank                   BIGINT,
    inclusion_probability  DOUBLE PRECISION,
    model_version          TEXT,
    state                  TEXT              NOT NULL CHECK (state IN ('open', 'answered', 'expired')),
    assigned_at            BIGINT            NOT NULL,
    expires_at             BIGINT            NOT NULL
);
CREATE UNIQUE INDEX assignment_once ON assignment (volunteer_id, subject_id) WHERE state <> 'expired';
CREATE INDEX assignment_open ON assignment (project_id, expires_at) WHERE state = 'open';

-- The log: votes (kind 0) and retractions (kind 1). Append-only; the truth.
CREATE TABLE log_entry (
    seq            BIGINT            GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id             UUID              NOT NULL UNIQUE,
    project_id     BIGINT            NOT NULL REFERENCES project (id),
    kind           SMALLINT          NOT NULL CHECK (kind IN (0, 1)),
    assignment_id  UUID              NOT NULL REFERENCES assignment (id),
    subject_id     BIGINT            NOT NULL REFERENCES subject (id),
    volunteer_id   UUID              NOT NULL REFERENCES volunteer (id),
    answer         SMALLINT          CHECK (answer IN (0, 1, 2)),
    seconds        DOUBLE PRECISION,
    view           TEXT,
    feedback       BOOLEAN           NOT NULL,
    retracts       UUID              UNIQUE REFERENCES log_entry (id),
    at             BIGINT            NOT NULL,
    CHECK ((kind = 0) = (answer IS NOT NULL)),
    CHECK ((kind = 1) = (retracts IS NOT NULL))
);
CREATE INDEX log_entry_by_project ON log_entry (project_id, seq);
CREATE INDEX log_entry_by_volunteer ON log_entry (volunteer_id, at);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER log_entry_no_update BEFORE UPDATE OR DELETE ON log_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_entry_no_truncate BEFORE TRUNCATE ON log_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Counts kept beside the log, each a fold over it (`Store::verify`).
CREATE TABLE tally (
    project_id  BIGINT NOT NULL REFERENCES project (id),
    subject_id  BIGINT NOT NULL REFERENCES subject (id),
    no_lens     BIGINT NOT NULL CHECK (no_lens >= 0),
    unsure      BIGINT NOT NULL CHECK (unsure >= 0),
    lens        BIGINT NOT NULL CHECK (lens >= 0),
    PRIMARY KEY (project_id, subject_id)
);

CREATE TABLE participation (
    volunteer_id  UUID   NOT NULL REFERENCES volunteer (id),
    project_id    BIGINT NOT NULL REFERENCES project (id),
    votes         BIGINT NOT NULL CHECK (votes >= 0),
    PRIMARY KEY (volunteer_id, project_id)
);
CREATE INDEX participation_by_project ON participation (project_id);

CREATE TABLE posterior (
    project_id       BIGINT            NOT NULL REFERENCES project (id),
    round            BIGINT            NOT NULL,
    subject_id       BIGINT            NOT NULL REFERENCES subject (id),
    p_votes          DOUBLE PRECISION  NOT NULL,
    p_joint          DOUBLE PRECISION,
    status           TEXT              NOT NULL,
    no_lens          BIGINT            NOT NULL,
    unsure           BIGINT            NOT NULL,
    lens             BIGINT            NOT NULL,
    aggregator       TEXT              NOT NULL,
    high_water_mark  BIGINT            NOT NULL,
    PRIMARY KEY (project_id, round, subject_id)
);

CREATE TABLE model (
    project_id  BIGINT NOT NULL REFERENCES project (id),
    version     TEXT   NOT NULL,
    digest      BYTEA  NOT NULL,
    dir         TEXT   NOT NULL,
    metrics     TEXT   NOT NULL,
    decision    TEXT   NOT NULL CHECK (decision IN ('pending', 'accepted', 'refused')),
    reason      TEXT,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (project_id, version)
);

CREATE TABLE promotion (
    seq           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id    BIGINT NOT NULL REFERENCES project (id),
    kind          TEXT   NOT NULL CHECK (kind IN ('promote', 'roll_back')),
    from_version  TEXT,
    to_version    TEXT,
    at            BIGINT NOT NULL
);
CREATE INDEX promotion_by_project ON promotion (project_id, seq);

CREATE TABLE round (
    project_id  BIGINT  NOT NULL REFERENCES project (id),
    number      BIGINT  NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    spec        TEXT    NOT NULL,
    summary     TEXT,
    started_at  BIGINT  NOT NULL,
    ended_at    BIGINT,
    PRIMARY KEY (project_id, number)
);
CREATE UNIQUE INDEX round_one_running ON round (project_id) WHERE state = 'running';

CREATE TABLE step (
    project_id    BIGINT  NOT NULL,
    round         BIGINT  NOT NULL,
    name          TEXT    NOT NULL,
    position      BIGINT  NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('pending', 'running', 'done', 'failed')),
    attempt       BIGINT  NOT NULL,
    epoch         BIGINT  NOT NULL,
    owner         TEXT,
    lease_until   BIGINT,
    input_digest  BYTEA,
    output        TEXT,
    error         TEXT,
    started_at    BIGINT,
    ended_at      BIGINT,
    PRIMARY KEY (project_id, round, name),
    FOREIGN KEY (project_id, round) REFERENCES round (project_id, number)
);
