-- Accounts: what a person may do, whether their address is known to be theirs, their settings; letters'
-- links, tokens for scripts, and who gave whom which role. The SQLite twin has the same version,
-- tables and columns.
-- A person who signs in elsewhere (ORCID, China-VO passport) would be a row of a table
-- `identity (provider, subject, volunteer_id)` beside `volunteer`, with an empty password hash here.

ALTER TABLE volunteer ADD COLUMN role TEXT NOT NULL DEFAULT 'volunteer'
    CHECK (role IN ('volunteer', 'expert', 'researcher', 'lead', 'admin'));
ALTER TABLE volunteer ADD COLUMN email_verified_at BIGINT;
ALTER TABLE volunteer ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
-- A column of its own: the ranking asks for it.
ALTER TABLE volunteer ADD COLUMN in_ranking BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE volunteer ADD COLUMN deleted_at BIGINT;
CREATE INDEX volunteer_by_age ON volunteer (created_at, id);
CREATE INDEX volunteer_above ON volunteer (role) WHERE role <> 'volunteer';
CREATE INDEX volunteer_in_ranking ON volunteer (id) WHERE in_ranking;

ALTER TABLE session ADD COLUMN last_seen_at BIGINT NOT NULL DEFAULT 0;
-- What the browser said it is, as codes; not the whole line, which would single people out.
ALTER TABLE session ADD COLUMN browser TEXT NOT NULL DEFAULT 'other';
ALTER TABLE session ADD COLUMN system TEXT NOT NULL DEFAULT 'other';
ALTER TABLE session ADD COLUMN way TEXT NOT NULL DEFAULT 'password';
UPDATE session SET last_seen_at = created_at;

-- Links that work once. `verify` and `reset` go to the address named; `admin` is printed on the
-- server's console and makes whoever opens it the first admin.
CREATE TABLE account_token (
    digest        BYTEA   NOT NULL PRIMARY KEY,
    volunteer_id  UUID    REFERENCES volunteer (id),
    purpose       TEXT    NOT NULL CHECK (purpose IN ('verify', 'reset', 'admin')),
    email         TEXT,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    used_at       BIGINT,
    CHECK ((purpose = 'admin') = (volunteer_id IS NULL)),
    CHECK ((purpose = 'admin') = (email IS NULL))
);
CREATE INDEX account_token_of ON account_token (volunteer_id, purpose);

CREATE TABLE api_token (
    digest        BYTEA   NOT NULL PRIMARY KEY,
    volunteer_id  UUID    NOT NULL REFERENCES volunteer (id),
    name          TEXT    NOT NULL,
    scope         TEXT    NOT NULL CHECK (scope IN ('read', 'work')),
    created_at    BIGINT NOT NULL,
    last_used_at  BIGINT,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX api_token_of ON api_token (volunteer_id);

-- Who gave whom which role. Append-only. No `by_id`: a link or the command line did it.
CREATE TABLE role_change (
    seq           BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    volunteer_id  UUID    NOT NULL REFERENCES volunteer (id),
    by_id         UUID    REFERENCES volunteer (id),
    cause         TEXT    NOT NULL CHECK (cause IN ('admin', 'link', 'command_line', 'deletion')),
    from_role     TEXT    NOT NULL,
    to_role       TEXT    NOT NULL,
    reason        TEXT    NOT NULL,
    at            BIGINT NOT NULL
);
CREATE INDEX role_change_of ON role_change (volunteer_id, seq);
CREATE TRIGGER role_change_no_update BEFORE UPDATE OR DELETE ON role_change
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER role_change_no_truncate BEFORE TRUNCATE ON role_change
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
