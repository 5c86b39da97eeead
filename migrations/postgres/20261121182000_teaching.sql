-- What teaches people before and after their answers: where the light to look at lies, images whose
-- truth is public, the entry quiz and who passed it. The SQLite twin has the same version, tables
-- and columns.

-- Polygons around what there is to see in a training image, as JSON: fractions of the image, x right,
-- y down. Told only with the truth, after the answer.
ALTER TABLE subject ADD COLUMN outline TEXT;

-- Images for quiz, practice and gallery. Their truth is public, so none of them is ever a subject.
CREATE TABLE teaching_image (
    project_id          BIGINT NOT NULL REFERENCES project (id),
    purpose             TEXT    NOT NULL CHECK (purpose IN ('quiz', 'practice', 'gallery')),
    place               BIGINT NOT NULL CHECK (place >= 0),
    name                TEXT    NOT NULL,
    image_digest        BYTEA    NOT NULL,
    image_width         BIGINT NOT NULL,
    image_height        BIGINT NOT NULL,
    image_encoding      SMALLINT NOT NULL DEFAULT 0,
    pixel_scale_arcsec  DOUBLE PRECISION,
    label               SMALLINT NOT NULL CHECK (label IN (0, 1)),
    kind                TEXT    NOT NULL,
    simulated           BOOLEAN NOT NULL,
    outline             TEXT,
    words_en            TEXT,
    words_zh            TEXT,
    title               TEXT,
    ra_deg              DOUBLE PRECISION,
    dec_deg             DOUBLE PRECISION,
    reference           TEXT,
    credit              TEXT,
    PRIMARY KEY (project_id, purpose, place)
);

-- The quiz in force; a project without a row has none and lets everybody in.
CREATE TABLE quiz (
    project_id  BIGINT NOT NULL PRIMARY KEY REFERENCES project (id),
    questions   BIGINT NOT NULL CHECK (questions > 0),
    pass_mark   BIGINT NOT NULL CHECK (pass_mark > 0)
);

-- Every attempt. A guest's has no volunteer until it is claimed after signing up, once.
CREATE TABLE quiz_attempt (
    id            UUID    NOT NULL PRIMARY KEY,
    project_id    BIGINT NOT NULL REFERENCES project (id),
    volunteer_id  UUID    REFERENCES volunteer (id),
    places        TEXT    NOT NULL,
    pass_mark     BIGINT NOT NULL,
    score         BIGINT,
    passed        BOOLEAN NOT NULL DEFAULT FALSE,
    started_at    BIGINT NOT NULL,
    finished_at   BIGINT
);
CREATE INDEX quiz_attempt_by_volunteer ON quiz_attempt (volunteer_id, project_id);
CREATE INDEX quiz_attempt_of_guests ON quiz_attempt (started_at) WHERE volunteer_id IS NULL;

-- The first answer to a question stands.
CREATE TABLE quiz_answer (
    attempt_id  UUID    NOT NULL REFERENCES quiz_attempt (id),
    question    BIGINT NOT NULL CHECK (question >= 0),
    answer      SMALLINT NOT NULL CHECK (answer IN (0, 1, 2)),
    correct     BOOLEAN NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (attempt_id, question)
);
