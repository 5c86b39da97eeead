-- Pictures that people had placed on the sky ("Where is my picture?"): theirs alone until they send one to
-- the leads. The PostgreSQL twin has the same version, tables and columns.

CREATE TABLE placement (
    id            BLOB    NOT NULL PRIMARY KEY,
    volunteer_id  BLOB    NOT NULL REFERENCES volunteer (id),
    -- As the person's device called it.
    file_name     TEXT    NOT NULL,
    at            INTEGER NOT NULL,
    placed        INTEGER NOT NULL CHECK (placed IN (0, 1)),
    -- JSON of the server: where it lies, or why that is not known.
    result        TEXT    NOT NULL,
    -- What was written to the leads; NULL while it is private.
    note          TEXT,
    sent_at       INTEGER,
    done_at       INTEGER,
    done_by       BLOB    REFERENCES volunteer (id),
    CHECK ((sent_at IS NULL) = (note IS NULL)),
    CHECK (done_at IS NULL OR sent_at IS NOT NULL)
) STRICT;
CREATE INDEX placement_of ON placement (volunteer_id, at DESC, id DESC);
CREATE INDEX placement_sent ON placement (sent_at DESC, id DESC) WHERE sent_at IS NOT NULL;
CREATE INDEX placement_unsent ON placement (at) WHERE sent_at IS NULL;

-- Its pixels, made smaller and encoded by the server; what was uploaded is not kept. Beside the row, so that
-- they go in the same transaction.
CREATE TABLE placement_picture (
    placement_id  BLOB    NOT NULL PRIMARY KEY REFERENCES placement (id),
    media_type    TEXT    NOT NULL,
    bytes         BLOB    NOT NULL
) STRICT;
