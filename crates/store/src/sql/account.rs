//! Links, tokens, roles and what people do with their own account.

statements! {
    LINK_INSERT = "INSERT INTO account_token (digest, volunteer_id, purpose, email, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    LINK = "SELECT v.id, v.email, v.display_name, v.language, v.created_at, v.role, v.email_verified_at,
            v.settings, v.in_ranking, t.email AS sent_to, t.expires_at
        FROM account_token t JOIN volunteer v ON v.id = t.volunteer_id
        WHERE t.digest = $1 AND t.purpose = $2 AND t.used_at IS NULL AND t.expires_at > $3";
    /// Of two who use a link at once, one gets it.
    LINK_USE = "UPDATE account_token SET used_at = $3
        WHERE digest = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3
        RETURNING volunteer_id, email";
    LINKS_USE_ALL = "UPDATE account_token SET used_at = $3
        WHERE volunteer_id = $1 AND purpose = $2 AND used_at IS NULL";
    CLAIM_INSERT = "INSERT INTO account_token (digest, purpose, created_at, expires_at)
        VALUES ($1, 'admin', $2, $3)";
    CLAIMS_DELETE = "DELETE FROM account_token WHERE purpose = 'admin'";
    LINKS_DELETE_OF = "DELETE FROM account_token WHERE volunteer_id = $1";
    LINKS_DELETE_EXPIRED = "DELETE FROM account_token WHERE expires_at <= $1";
    /// Nothing happens when somebody else has the address.
    SET_ADDRESS = "UPDATE volunteer SET email = $2, email_verified_at = $3 WHERE id = $1
        AND NOT EXISTS (SELECT 1 FROM volunteer o WHERE o.email = $2 AND o.id <> $1)";
    SET_VERIFIED = "UPDATE volunteer SET email_verified_at = COALESCE(email_verified_at, $2) WHERE id = $1";

    TOKEN_COUNT = "SELECT COUNT(*) AS tokens FROM api_token WHERE volunteer_id = $1";
    TOKEN_INSERT = "INSERT INTO api_token (digest, volunteer_id, name, scope, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    TOKEN = "SELECT v.id, v.email, v.display_name, v.language, v.created_at, v.role, v.email_verified_at,
            v.settings, v.in_ranking,
            t.digest, t.name, t.scope, t.created_at AS made_at, t.last_used_at, t.expires_at
        FROM api_token t JOIN volunteer v ON v.id = t.volunteer_id
        WHERE t.digest = $1 AND t.expires_at > $2";
    TOKEN_USED = "UPDATE api_token SET last_used_at = $2 WHERE digest = $1";
    TOKENS_OF = "SELECT digest, name, scope, created_at AS made_at, last_used_at, expires_at
        FROM api_token WHERE volunteer_id = $1 ORDER BY created_at DESC, digest";
    TOKEN_DELETE = "DELETE FROM api_token WHERE volunteer_id = $1 AND digest = $2";
    TOKENS_DELETE_OF = "DELETE FROM api_token WHERE volunteer_id = $1";
    TOKENS_DELETE_EXPIRED = "DELETE FROM api_token WHERE expires_at <= $1";

    PEOPLE = "SELECT v.id, v.email, v.display_name, v.language, v.created_at, v.role, v.email_verified_at,
            v.settings, v.in_ranking,
            (SELECT COALESCE(CAST(SUM(p.votes) AS BIGINT), 0) FROM participation p
                WHERE p.volunteer_id = v.id) AS votes
        FROM volunteer v
        WHERE v.deleted_at IS NULL
          AND ($1 = '' OR LOWER(v.display_name) LIKE $1 ESCAPE '!' OR v.email LIKE $1 ESCAPE '!')
          AND ($2 = '' OR v.role = $2)
          AND (v.created_at < $3 OR (v.created_at = $3 AND v.id < $4))
        ORDER BY v.created_at DESC, v.id DESC LIMIT $5";
    HAS_ADMIN = "SELECT COUNT(*) AS admins FROM volunteer WHERE role = 'admin'";
    OTHER_ADMINS = "SELECT COUNT(*) AS admins FROM volunteer WHERE role = 'admin' AND id <> $1";
    SET_ROLE = "UPDATE volunteer SET role = $2 WHERE id = $1";
    ROLE_CHANGE_INSERT = "INSERT INTO role_change
            (volunteer_id, by_id, cause, from_role, to_role, reason, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    ROLE_CHANGES = "SELECT c.seq, c.volunteer_id, v.display_name, c.by_id, b.display_name AS by_name,
            c.cause, c.from_role, c.to_role, c.reason, c.at
        FROM role_change c JOIN volunteer v ON v.id = c.volunteer_id
        LEFT JOIN volunteer b ON b.id = c.by_id
        WHERE c.seq < $1 ORDER BY c.seq DESC LIMIT $2";
    ROLE_CHANGES_OF = "SELECT c.seq, c.volunteer_id, v.display_name, c.by_id, b.display_name AS by_name,
            c.cause, c.from_role, c.to_role, c.reason, c.at
        FROM role_change c JOIN volunteer v ON v.id = c.volunteer_id
        LEFT JOIN volunteer b ON b.id = c.by_id
        WHERE c.volunteer_id = $3 AND c.seq < $1 ORDER BY c.seq DESC LIMIT $2";

    CHANGE = "UPDATE volunteer SET display_name = $2, language = $3, settings = $4, in_ranking = $5
        WHERE id = $1";
    DELETE = "UPDATE volunteer SET email = $2, display_name = '–', password_hash = '', language = 'en',
            role = 'volunteer', email_verified_at = NULL, settings = '{}', in_ranking = FALSE, deleted_at = $3
        WHERE id = $1 AND deleted_at IS NULL";
    FEEDBACK_OF = "SELECT kind, text, page, at FROM feedback WHERE volunteer_id = $1 ORDER BY id";
    QUIZ_ATTEMPTS_OF = "SELECT p.slug, a.score, a.passed, a.started_at, a.finished_at
        FROM quiz_attempt a JOIN project p ON p.id = a.project_id
        WHERE a.volunteer_id = $1 ORDER BY a.started_at, a.id";
}
