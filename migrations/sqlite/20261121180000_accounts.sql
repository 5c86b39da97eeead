-- Accounts: what a person may do, whether their address is known to be theirs, their settings; letters'
-- links, tokens for scripts, and who gave whom which role. The PostgreSQL twin has the same version,
-- tables and columns.
-- A person who signs in elsewhere (ORCID, China-VO passport) would be a row of a table
-- `identity (provider, subject, volunteer_id)` beside `volunteer`, with an empty password hash here.

ALTER TABLE volunteer ADD COLUMN role TEXT NOT NULL DEFAULT 'volunteer'
    CHECK (role IN ('volunteer', 'expert', 'researcher', 'lead', 'admin'));
ALTER TABLE volunteer ADD COLUMN email_verified_at INTEGER;
ALTER TABLE volunteer ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
-- A column of its own: the ranking asks for it.
ALTER TABLE volunteer ADD COLUMN in_ranking INTEGER NOT NULL DEFAULT 0 CHECK (in_ranking IN (0, 1));
ALTER TABLE volunteer ADD COLUMN deleted_at INTEGER;
CREATE INDEX volunteer_by_age ON volunteer (created_at, id);
CREATE INDEX volunteer_above ON volunteer (role) WHERE role <> 'volunteer';
CREATE INDEX volunteer_in_ranking ON volunteer (id) WHERE in_ranking = 1;

ALTER TABLE session ADD COLUMN last_seen_at INTEGER NOT NULL DEFAULT 0;
-- What the browser said it is, as codes; not the whole line, which would single people out.
ALTER TABLE session ADD COLUMN browser TEXT NOT NULL DEFAULT 'other';
ALTER TABLE session ADD COLUMN system TEXT NOT NULL DEFAULT 'other';
ALTER TABLE session ADD COLUMN way TEXT NOT NULL DEFAULT 'password';
UPDATE session SET last_seen_at = created_at;

-- Links that work once. `verify` and `reset` go to the address named; `admin` is printed on the
-- server's console and makes whoever opens it the first admin.
CREATE TABLE account_token (
    digest        BLOB    NOT NULL PRIMARY KEY,
    volunteer_id  BLOB    REFERENCES volunteer (id),
    purpose       TEXT    NOT NULL CHECK (purpose IN ('verify', 'reset', 'admin')),
    email         TEXT,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    used_at       INTEGER,
    CHECK ((purpose = 'admin') = (volunteer_id IS NULL)),
    CHECK ((purpose = 'admin') = (email IS NULL))
) STRICT;
CREATE INDEX account_token_of ON account_token (volunteer_id, purpose);

CREATE TABLE api_token (
    digest        BLOB    NOT NULL PRIMARY KEY,
    volunteer_id  BLOB    NOT NULL REFERENCES volunteer (id),
    name          TEXT    NOT NULL,
    scope         TEXT    NOT NULL CHECK (scope IN ('read', 'work')),
    created_at    INTEGER NOT NULL,
    last_used_at  INTEGER,
    expires_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX api_token_of ON api_token (volunteer_id);

-- Who gave whom which role. Append-only. No `by_id`: a link or the command line did it.
CREATE TABLE role_change (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    volunteer_id  BLOB    NOT NULL REFERENCES volunteer (id),
    by_id         BLOB    REFERENCES volunteer (id),
    cause         TEXT    NOT NULL CHECK (cause IN ('admin', 'link', 'command_line', 'deletion')),
    from_role     TEXT    NOT NULL,
    to_role       TEXT    NOT NULL,
    reason        TEXT    NOT NULL,
    at            INTEGER NOT NULL
) STRICT;
CREATE INDEX role_change_of ON role_change (volunteer_id, seq);
CREATE TRIGGER role_change_no_update BEFORE UPDATE ON role_change
BEGIN SELECT RAISE(ABORT, 'role_change is append-only'); END;
CREATE TRIGGER role_change_no_delete BEFORE DELETE ON role_change
BEGIN SELECT RAISE(ABORT, 'role_change is append-only'); END;
