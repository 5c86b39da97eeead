-- What a volunteer sees of their own work: their answers page by page, and certificates. The
-- PostgreSQL twin has the same version, tables and columns.

-- The index of one person's votes, without retractions: they can then be counted without being read.
DROP INDEX log_entry_of_volunteer;
CREATE INDEX log_entry_of_volunteer ON log_entry (project_id, volunteer_id, seq) WHERE kind = 0;
-- Votes whose truth was told, and votes of "lens": the rare ones that are searched.
CREATE INDEX log_entry_told ON log_entry (project_id, volunteer_id, seq) WHERE feedback = TRUE;
CREATE INDEX log_entry_said_lens ON log_entry (project_id, volunteer_id, seq) WHERE answer = 2;
-- What became of an image.
CREATE INDEX decision_by_subject ON decision (project_id, subject_id, seq);
CREATE INDEX feedback_by_assignment ON feedback (assignment_id) WHERE assignment_id IS NOT NULL;

-- What a certificate says, as it was printed: at most one a day and person (`day`: days since 1970).
CREATE TABLE certificate (
    code          TEXT    NOT NULL PRIMARY KEY,
    volunteer_id  BLOB    NOT NULL REFERENCES volunteer (id),
    day           INTEGER NOT NULL,
    display_name  TEXT    NOT NULL,
    images        INTEGER NOT NULL CHECK (images > 0),
    candidates    INTEGER NOT NULL CHECK (candidates >= 0),
    first_at      INTEGER NOT NULL,
    last_at       INTEGER NOT NULL,
    issued_at     INTEGER NOT NULL,
    UNIQUE (volunteer_id, day)
) STRICT;
