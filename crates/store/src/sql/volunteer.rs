//! Volunteers and their sessions.

statements! {
    INSERT = "INSERT INTO volunteer (id, email, display_name, password_hash, language, created_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email) DO NOTHING";
    BY_ID = "SELECT id, email, display_name, language, created_at, role, email_verified_at, settings, in_ranking
        FROM volunteer WHERE id = $1";
    CREDENTIALS = "SELECT id, email, display_name, language, created_at, role, email_verified_at, settings,
            in_ranking, password_hash
        FROM volunteer WHERE email = $1 AND deleted_at IS NULL";
    SET_PASSWORD_HASH = "UPDATE volunteer SET password_hash = $2 WHERE id = $1";
    VOTES_TOTAL = "SELECT COALESCE(CAST(SUM(votes) AS BIGINT), 0) AS votes
        FROM participation WHERE volunteer_id = $1";
    VOTES_SINCE = "SELECT COUNT(*) AS votes FROM log_entry v
        WHERE v.volunteer_id = $1 AND v.at >= $2 AND v.kind = 0
          AND NOT EXISTS (SELECT 1 FROM log_entry r WHERE r.retracts = v.id)";

    SESSION_INSERT = "INSERT INTO session (token_digest, volunteer_id, created_at, last_seen_at,
            idle_expires_at, expires_at, browser, system, way)
        VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8)";
    SESSION = "SELECT v.id, v.email, v.display_name, v.language, v.created_at, v.role, v.email_verified_at, v.settings,
            v.in_ranking, s.last_seen_at, s.expires_at
        FROM session s JOIN volunteer v ON v.id = s.volunteer_id
        WHERE s.token_digest = $1 AND s.idle_expires_at > $2 AND s.expires_at > $2";
    SESSION_PROLONG = "UPDATE session SET idle_expires_at = $2, last_seen_at = $3 WHERE token_digest = $1";
    SESSIONS_OF = "SELECT token_digest, created_at, last_seen_at, expires_at, browser, system, way
        FROM session WHERE volunteer_id = $1 AND idle_expires_at > $2 AND expires_at > $2
        ORDER BY last_seen_at DESC, created_at DESC, token_digest";
    SESSION_DELETE_OF = "DELETE FROM session WHERE volunteer_id = $1 AND token_digest = $2";
    SESSIONS_DELETE_OTHERS = "DELETE FROM session WHERE volunteer_id = $1 AND token_digest <> $2";
    SESSION_DELETE = "DELETE FROM session WHERE token_digest = $1";
    SESSIONS_DELETE_OF = "DELETE FROM session WHERE volunteer_id = $1";
    SESSIONS_DELETE_EXPIRED = "DELETE FROM session WHERE idle_expires_at <= $1 OR expires_at <= $1";
}
