-- What teaches people before and after their answers: where the light to look at lies, images whose
-- truth is public, the entry quiz and who passed it. The PostgreSQL twin has the same version, tables
-- and columns.

-- Polygons around what there is to see in a training image, as JSON: fractions of the image, x right,
-- y down. Told only with the truth, after the answer.
ALTER TABLE subject ADD COLUMN outline TEXT;

-- Images for quiz, practice and gallery. Their truth is public, so none of them is ever a subject.
CREATE TABLE teaching_image (
    project_id          INTEGER NOT NULL REFERENCES project (id),
    purpose             TEXT    NOT NULL CHECK (purpose IN ('quiz', 'practice', 'gallery')),
    place               INTEGER NOT NULL CHECK (place >= 0),
    name                TEXT    NOT NULL,
    image_digest        BLOB    NOT NULL,
    image_width         INTEGER NOT NULL,
    image_height        INTEGER NOT NULL,
    image_encoding      INTEGER NOT NULL DEFAULT 0,
    pixel_scale_arcsec  REAL,
    label               INTEGER NOT NULL CHECK (label IN (0, 1)),
    kind                TEXT    NOT NULL,
    simulated           INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    outline             TEXT,
    words_en            TEXT,
    words_zh            TEXT,
    title               TEXT,
    ra_deg              REAL,
    dec_deg             REAL,
    reference           TEXT,
    credit              TEXT,
    PRIMARY KEY (project_id, purpose, place)
) STRICT, WITHOUT ROWID;

-- The quiz in force; a project without a row has none and lets everybody in.
CREATE TABLE quiz (
    project_id  INTEGER NOT NULL PRIMARY KEY REFERENCES project (id),
    questions   INTEGER NOT NULL CHECK (questions > 0),
    pass_mark   INTEGER NOT NULL CHECK (pass_mark > 0)
) STRICT;

-- Every attempt. A guest's has no volunteer until it is claimed after signing up, once.
CREATE TABLE quiz_attempt (
    id            BLOB    NOT NULL PRIMARY KEY,
    project_id    INTEGER NOT NULL REFERENCES project (id),
    volunteer_id  BLOB    REFERENCES volunteer (id),
    places        TEXT    NOT NULL,
    pass_mark     INTEGER NOT NULL,
    score         INTEGER,
    passed        INTEGER NOT NULL DEFAULT 0 CHECK (passed IN (0, 1)),
    started_at    INTEGER NOT NULL,
    finished_at   INTEGER
) STRICT;
CREATE INDEX quiz_attempt_by_volunteer ON quiz_attempt (volunteer_id, project_id);
CREATE INDEX quiz_attempt_of_guests ON quiz_attempt (started_at) WHERE volunteer_id IS NULL;

-- The first answer to a question stands.
CREATE TABLE quiz_answer (
    attempt_id  BLOB    NOT NULL REFERENCES quiz_attempt (id),
    question    INTEGER NOT NULL CHECK (question >= 0),
    answer      INTEGER NOT NULL CHECK (answer IN (0, 1, 2)),
    correct     INTEGER NOT NULL CHECK (correct IN (0, 1)),
    at          INTEGER NOT NULL,
    PRIMARY KEY (attempt_id, question)
) STRICT, WITHOUT ROWID;
