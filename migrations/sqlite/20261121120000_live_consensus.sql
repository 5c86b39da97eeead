-- The live consensus: what is believed of each subject and known of each volunteer, kept up to
-- date by the transaction of every vote, and the decisions that follow. The PostgreSQL twin has the
-- same version, tables and columns.

-- One row per subject that was ever queued, shown or scored. Everything but `network`, `value` and
-- the lease is a fold over the log (`Store::replay`). Evidence: log-likelihoods in nats x 2^36,
-- whole numbers, so that an undo is exact.
CREATE TABLE belief (
    project_id           INTEGER NOT NULL REFERENCES project (id),
    subject_id           INTEGER NOT NULL REFERENCES subject (id),
    evidence_lens        INTEGER NOT NULL DEFAULT 0,
    evidence_plain       INTEGER NOT NULL DEFAULT 0,
    evidence_look_alike  INTEGER NOT NULL DEFAULT 0,
    no_lens              INTEGER NOT NULL DEFAULT 0 CHECK (no_lens >= 0),
    unsure               INTEGER NOT NULL DEFAULT 0 CHECK (unsure >= 0),
    lens                 INTEGER NOT NULL DEFAULT 0 CHECK (lens >= 0),
    network              REAL,
    model_version        TEXT,
    p_votes              REAL    NOT NULL,
    p_joint              REAL    NOT NULL,
    log_odds             REAL    NOT NULL DEFAULT 0,
    outcome              TEXT    NOT NULL
        CHECK (outcome IN ('open', 'detected', 'rejected', 'contested')),
    -- Further votes it may have in flight: from anybody, and from experts once it is contested.
    crowd_wanted         INTEGER NOT NULL CHECK (crowd_wanted >= 0),
    expert_wanted        INTEGER NOT NULL CHECK (expert_wanted >= 0),
    open_leases          INTEGER NOT NULL DEFAULT 0 CHECK (open_leases >= 0),
    -- The last round it was queued in, and its place there.
    round                INTEGER,
    rank                 INTEGER NOT NULL DEFAULT 0,
    value                REAL    NOT NULL DEFAULT 1,
    least_bits           REAL    NOT NULL DEFAULT 0,
    priority             REAL    NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, subject_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX belief_for_crowd ON belief (project_id, round, priority DESC, rank)
    WHERE open_leases < crowd_wanted;
CREATE INDEX belief_for_experts ON belief (project_id, priority DESC, subject_id)
    WHERE open_leases < expert_wanted;
CREATE INDEX belief_unfinished ON belief (project_id, round, crowd_wanted) WHERE crowd_wanted > 0;
CREATE INDEX belief_retired ON belief (project_id, outcome, subject_id);

-- What is known of each volunteer in each project: what the last refit learnt, and the record since.
ALTER TABLE participation ADD COLUMN base TEXT;
ALTER TABLE participation ADD COLUMN record TEXT NOT NULL DEFAULT '{}';
ALTER TABLE participation ADD COLUMN bits REAL NOT NULL DEFAULT 0;

-- The rules in force: the newest row. Append-only.
CREATE TABLE anchor (
    seq              INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id       INTEGER NOT NULL REFERENCES project (id),
    id               TEXT    NOT NULL,
    settings         TEXT    NOT NULL,
    anchor           TEXT    NOT NULL,
    high_water_mark  INTEGER NOT NULL,
    at               INTEGER NOT NULL
) STRICT;
CREATE INDEX anchor_by_project ON anchor (project_id, seq);

-- Every change of a subject's outcome, and why. Append-only.
CREATE TABLE decision (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id     INTEGER NOT NULL REFERENCES project (id),
    subject_id     INTEGER NOT NULL REFERENCES subject (id),
    from_outcome   TEXT    NOT NULL,
    to_outcome     TEXT    NOT NULL,
    cause          TEXT    NOT NULL CHECK (cause IN ('vote', 'retraction', 'refit', 'scores')),
    rule           TEXT    NOT NULL,
    p_votes        REAL    NOT NULL,
    p_joint        REAL    NOT NULL,
    log_odds       REAL    NOT NULL,
    no_lens        INTEGER NOT NULL,
    unsure         INTEGER NOT NULL,
    lens           INTEGER NOT NULL,
    anchor_id      TEXT    NOT NULL,
    model_version  TEXT,
    at             INTEGER NOT NULL
) STRICT;
CREATE INDEX decision_by_project ON decision (project_id, seq);

CREATE TRIGGER anchor_no_update BEFORE UPDATE ON anchor
BEGIN SELECT RAISE(ABORT, 'anchor is append-only'); END;
CREATE TRIGGER anchor_no_delete BEFORE DELETE ON anchor
BEGIN SELECT RAISE(ABORT, 'anchor is append-only'); END;
CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END;
CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END;

-- Grades by reviewers, on a sample drawn with known probabilities.
CREATE TABLE review (
    project_id             INTEGER NOT NULL REFERENCES project (id),
    subject_id             INTEGER NOT NULL REFERENCES subject (id),
    reviewer               TEXT    NOT NULL,
    lens                   INTEGER NOT NULL CHECK (lens IN (0, 1)),
    stratum                TEXT    NOT NULL,
    inclusion_probability  REAL    NOT NULL,
    at                     INTEGER NOT NULL,
    PRIMARY KEY (project_id, subject_id, reviewer)
) STRICT, WITHOUT ROWID;

CREATE TABLE monitor (
    project_id  INTEGER NOT NULL REFERENCES project (id),
    round       INTEGER NOT NULL,
    monitors    TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (project_id, round)
) STRICT, WITHOUT ROWID;

-- Training images whose truth is not told after the vote.
ALTER TABLE assignment ADD COLUMN silent INTEGER NOT NULL DEFAULT 0 CHECK (silent IN (0, 1));

-- The picture that was shown. Browsers know images by it, so whoever had one had every subject that
-- shows it: the index keeps that true. (Of copies that somebody had before, the first is remembered.)
ALTER TABLE assignment ADD COLUMN image_digest BLOB;
UPDATE assignment SET image_digest = n.image_digest
    FROM (SELECT a.id, s.image_digest, ROW_NUMBER() OVER (
            PARTITION BY a.volunteer_id, a.project_id, s.image_digest, a.state = 'expired'
            ORDER BY a.assigned_at, a.id) AS copy
        FROM assignment a JOIN subject s ON s.id = a.subject_id) n
    WHERE n.id = assignment.id AND (n.copy = 1 OR assignment.state = 'expired');
CREATE UNIQUE INDEX assignment_of_image ON assignment (volunteer_id, project_id, image_digest)
    WHERE state <> 'expired';
CREATE INDEX assignment_let_go ON assignment (volunteer_id, project_id, image_digest)
    WHERE state = 'expired';
CREATE INDEX assignment_retested ON assignment (project_id, subject_id)
    WHERE strategy = 'retest' AND state = 'answered';

-- Training images that have a picture, numbered without gaps: one can be drawn in one look.
CREATE TABLE training_image (
    project_id  INTEGER NOT NULL REFERENCES project (id),
    role        TEXT    NOT NULL,
    place       INTEGER NOT NULL,
    subject_id  INTEGER NOT NULL UNIQUE REFERENCES subject (id),
    PRIMARY KEY (project_id, role, place)
) STRICT, WITHOUT ROWID;
INSERT INTO training_image (project_id, role, place, subject_id)
    SELECT project_id, role, ROW_NUMBER() OVER (PARTITION BY project_id, role ORDER BY id) - 1, id
    FROM subject WHERE role <> 'survey' AND image_digest IS NOT NULL;

-- `taken`: votes and open leases of the round, the part of its budget that is spent.
ALTER TABLE queue ADD COLUMN items INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queue ADD COLUMN taken INTEGER NOT NULL DEFAULT 0 CHECK (taken >= 0);
UPDATE queue SET
    items = (SELECT COUNT(*) FROM queue_item i WHERE i.project_id = queue.project_id AND i.round = queue.round),
    taken = (SELECT COALESCE(SUM(i.no_lens + i.unsure + i.lens + i.open_leases), 0)
        FROM queue_item i WHERE i.project_id = queue.project_id AND i.round = queue.round);
ALTER TABLE queue DROP COLUMN min_votes;
ALTER TABLE queue DROP COLUMN max_votes;
ALTER TABLE queue_item ADD COLUMN value REAL NOT NULL DEFAULT 1;
ALTER TABLE queue_item DROP COLUMN open_leases;
ALTER TABLE queue_item DROP COLUMN done;
-- An undo weighs a volunteer's votes since the last refit again.
CREATE INDEX log_entry_of_volunteer ON log_entry (project_id, volunteer_id, seq);

-- Beliefs of a database from before: the rows here, their contents from the log when it is opened.
ALTER TABLE project ADD COLUMN stale INTEGER NOT NULL DEFAULT 0 CHECK (stale IN (0, 1));
UPDATE project SET stale = TRUE;
INSERT INTO belief (project_id, subject_id, p_votes, p_joint, outcome, crowd_wanted, expert_wanted)
    SELECT project_id, subject_id, 0.5, 0.5, 'open', 0, 0 FROM tally
    UNION SELECT project_id, subject_id, 0.5, 0.5, 'open', 0, 0 FROM queue_item;
UPDATE belief SET
    round = (SELECT MAX(i.round) FROM queue_item i
        WHERE i.project_id = belief.project_id AND i.subject_id = belief.subject_id),
    open_leases = (SELECT COUNT(*) FROM assignment a WHERE a.project_id = belief.project_id
        AND a.subject_id = belief.subject_id AND a.state = 'open' AND a.training = FALSE);
UPDATE belief SET
    rank = (SELECT i.rank FROM queue_item i WHERE i.project_id = belief.project_id
        AND i.round = belief.round AND i.subject_id = belief.subject_id),
    least_bits = (SELECT CASE WHEN i.strategy = 'audit' THEN 1 ELSE 0 END FROM queue_item i
        WHERE i.project_id = belief.project_id AND i.round = belief.round AND i.subject_id = belief.subject_id)
    WHERE round IS NOT NULL;
DROP TABLE tally;
