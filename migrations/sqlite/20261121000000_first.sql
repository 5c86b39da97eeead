-- First schema. The PostgreSQL twin has the same version, tables and columns.
-- Times are whole microseconds since 1970 (UTC); JSON is text, kept byte for byte.

CREATE TABLE project (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    slug          TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    description   TEXT    NOT NULL,
    spec          TEXT    NOT NULL,
    active        INTEGER NOT NULL CHECK (active IN (0, 1)),
    active_model  TEXT,
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE subject (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id          INTEGER NOT NULL REFERENCES project (id),
    external_id         TEXT    NOT NULL,
    role                TEXT    NOT NULL CHECK (role IN ('survey', 'training_lens', 'training_non_lens')),
    label               INTEGER NOT NULL CHECK (label IN (-1, 0, 1)),
    training_kind       TEXT,
    ra_deg              REAL,
    dec_deg             REAL,
    cell                INTEGER,
    image_digest        BLOB,
    image_width         INTEGER,
    image_height        INTEGER,
    pixel_scale_arcsec  REAL,
    UNIQUE (project_id, external_id)
) STRICT;
CREATE INDEX subject_by_role ON subject (project_id, role, id);
CREATE INDEX subject_by_image ON subject (image_digest) WHERE image_digest IS NOT NULL;

CREATE TABLE volunteer (
    id             BLOB    NOT NULL PRIMARY KEY,
    email          TEXT    NOT NULL UNIQUE,
    display_name   TEXT    NOT NULL,
    password_hash  TEXT    NOT NULL,
    language       TEXT    NOT NULL,
    created_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
    token_digest     BLOB    NOT NULL PRIMARY KEY,
    volunteer_id     BLOB    NOT NULL REFERENCES volunteer (id),
    created_at       INTEGER NOT NULL,
    idle_expires_at  INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL
) STRICT;
CREATE INDEX session_by_volunteer ON session (volunteer_id);

CREATE TABLE queue (
    project_id    INTEGER NOT NULL REFERENCES project (id),
    round         INTEGER NOT NULL,
    votes_budget  INTEGER NOT NULL,
    min_votes     INTEGER NOT NULL,
    max_votes     INTEGER NOT NULL,
    digest        BLOB    NOT NULL,
    open          INTEGER NOT NULL CHECK (open IN (0, 1)),
    opened_at     INTEGER NOT NULL,
    closed_at     INTEGER,
    PRIMARY KEY (project_id, round)
) STRICT;
CREATE UNIQUE INDEX queue_one_open ON queue (project_id) WHERE open = 1;

CREATE TABLE queue_item (
    project_id             INTEGER NOT NULL,
    round                  INTEGER NOT NULL,
    subject_id             INTEGER NOT NULL REFERENCES subject (id),
    rank                   INTEGER NOT NULL,
    strategy               TEXT    NOT NULL,
    inclusion_probability  REAL    NOT NULL,
    model_version          TEXT    NOT NULL,
    no_lens                INTEGER NOT NULL DEFAULT 0 CHECK (no_lens >= 0),
    unsure                 INTEGER NOT NULL DEFAULT 0 CHECK (unsure >= 0),
    lens                   INTEGER NOT NULL DEFAULT 0 CHECK (lens >= 0),
    open_leases            INTEGER NOT NULL DEFAULT 0 CHECK (open_leases >= 0),
    done                   INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
    PRIMARY KEY (project_id, round, subject_id),
    FOREIGN KEY (project_id, round) REFERENCES queue (project_id, round)
) STRICT;
CREATE INDEX queue_item_by_rank ON queue_item (project_id, round, rank, subject_id);

-- One row is one image shown to one person: the lease and the record of the impression.
CREATE TABLE assignment (
    id                     BLOB    NOT NULL PRIMARY KEY,
    project_id             INTEGER NOT NULL REFERENCES project (id),
    volunteer_id           BLOB    NOT NULL REFERENCES volunteer (id),
    subject_id             INTEGER NOT NULL REFERENCES subject (id),
    round                  INTEGER,
    training               INTEGER NOT NULL CHECK (training IN (0, 1)),
    strategy               TEXT    NOT NULL,
    rank                   INTEGER,
    inclusion_probability  REAL,
    model_version          TEXT,
    state                  TEXT    NOT NULL CHECK (state IN ('open', 'answered', 'expired')),
    assigned_at            INTEGER NOT NULL,
    expires_at             INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX assignment_once ON assignment (volunteer_id, subject_id) WHERE state <> 'expired';
CREATE INDEX assignment_open ON assignment (project_id, expires_at) WHERE state = 'open';

-- The log: votes (kind 0) and retractions (kind 1). Append-only; the truth.
CREATE TABLE log_entry (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    id             BLOB    NOT NULL UNIQUE,
    project_id     INTEGER NOT NULL REFERENCES project (id),
    kind           INTEGER NOT NULL CHECK (kind IN (0, 1)),
    assignment_id  BLOB    NOT NULL REFERENCES assignment (id),
    subject_id     INTEGER NOT NULL REFERENCES subject (id),
    volunteer_id   BLOB    NOT NULL REFERENCES volunteer (id),
    answer         INTEGER CHECK (answer IN (0, 1, 2)),
    seconds        REAL,
    view           TEXT,
    feedback       INTEGER NOT NULL CHECK (feedback IN (0, 1)),
    retracts       BLOB    UNIQUE REFERENCES log_entry (id),
    at             INTEGER NOT NULL,
    CHECK ((kind = 0) = (answer IS NOT NULL)),
    CHECK ((kind = 1) = (retracts IS NOT NULL))
) STRICT;
CREATE INDEX log_entry_by_project ON log_entry (project_id, seq);
CREATE INDEX log_entry_by_volunteer ON log_entry (volunteer_id, at);

CREATE TRIGGER log_entry_no_update BEFORE UPDATE ON log_entry
BEGIN SELECT RAISE(ABORT, 'log_entry is append-only'); END;
CREATE TRIGGER log_entry_no_delete BEFORE DELETE ON log_entry
BEGIN SELECT RAISE(ABORT, 'log_entry is append-only'); END;

-- Counts kept beside the log, each a fold over it (`Store::verify`).
CREATE TABLE tally (
    project_id  INTEGER NOT NULL REFERENCES project (id),
    subject_id  INTEGER NOT NULL REFERENCES subject (id),
    no_lens     INTEGER NOT NULL CHECK (no_lens >= 0),
    unsure      INTEGER NOT NULL CHECK (unsure >= 0),
    lens        INTEGER NOT NULL CHECK (lens >= 0),
    PRIMARY KEY (project_id, subject_id)
) STRICT;

CREATE TABLE participation (
    volunteer_id  BLOB    NOT NULL REFERENCES volunteer (id),
    project_id    INTEGER NOT NULL REFERENCES project (id),
    votes         INTEGER NOT NULL CHECK (votes >= 0),
    PRIMARY KEY (volunteer_id, project_id)
) STRICT;
CREATE INDEX participation_by_project ON participation (project_id);

CREATE TABLE posterior (
    project_id       INTEGER NOT NULL REFERENCES project (id),
    round            INTEGER NOT NULL,
    subject_id       INTEGER NOT NULL REFERENCES subject (id),
    p_votes          REAL    NOT NULL,
    p_joint          REAL,
    status           TEXT    NOT NULL,
    no_lens          INTEGER NOT NULL,
    unsure           INTEGER NOT NULL,
    lens             INTEGER NOT NULL,
    aggregator       TEXT    NOT NULL,
    high_water_mark  INTEGER NOT NULL,
    PRIMARY KEY (project_id, round, subject_id)
) STRICT;

CREATE TABLE model (
    project_id  INTEGER NOT NULL REFERENCES project (id),
    version     TEXT    NOT NULL,
    digest      BLOB    NOT NULL,
    dir         TEXT    NOT NULL,
    metrics     TEXT    NOT NULL,
    decision    TEXT    NOT NULL CHECK (decision IN ('pending', 'accepted', 'refused')),
    reason      TEXT,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (project_id, version)
) STRICT;

CREATE TABLE promotion (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id    INTEGER NOT NULL REFERENCES project (id),
    kind          TEXT    NOT NULL CHECK (kind IN ('promote', 'roll_back')),
    from_version  TEXT,
    to_version    TEXT,
    at            INTEGER NOT NULL
) STRICT;
CREATE INDEX promotion_by_project ON promotion (project_id, seq);

CREATE TABLE round (
    project_id  INTEGER NOT NULL REFERENCES project (id),
    number      INTEGER NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    spec        TEXT    NOT NULL,
    summary     TEXT,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER,
    PRIMARY KEY (project_id, number)
) STRICT;
CREATE UNIQUE INDEX round_one_running ON round (project_id) WHERE state = 'running';

CREATE TABLE step (
    project_id    INTEGER NOT NULL,
    round         INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    position      INTEGER NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('pending', 'running', 'done', 'failed')),
    attempt       INTEGER NOT NULL,
    epoch         INTEGER NOT NULL,
    owner         TEXT,
    lease_until   INTEGER,
    input_digest  BLOB,
    output        TEXT,
    error         TEXT,
    started_at    INTEGER,
    ended_at      INTEGER,
    PRIMARY KEY (project_id, round, name),
    FOREIGN KEY (project_id, round) REFERENCES round (project_id, number)
) STRICT;
