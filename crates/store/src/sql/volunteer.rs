//! Volunteers and their sessions.

statements! {
    INSERT = "INSERT INTO volunteer (id, email, display_name, password_hash, language, created_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email) DO NOTHING";
    BY_ID = "SELECT id, email, display_name, language, created_at FROM volunteer WHERE id = $1";
    CREDENTIALS = "SELECT id, email, display_name, language, created_at, password_hash
        FROM volunteer WHERE email = $1";
    SET_PASSWORD_HASH = "UPDATE volunteer SET password_hash = $2 WHERE id = $1";
    VOTES_TOTAL = "SELECT COALESCE(CAST(SUM(votes) AS BIGINT), 0) AS votes
        FROM participation WHERE volunteer_id = $1";
    VOTES_SINCE = "SELECT COUNT(*) AS votes FROM log_entry v
        WHERE v.volunteer_id = $1 AND v.at >= $2 AND v.kind = 0
          AND NOT EXISTS (SELECT 1 FROM log_entry r WHERE r.retracts = v.id)";

    SESSION_INSERT = "INSERT INTO session (token_digest, volunteer_id, created_at, idle_expires_at, expires_at)
        VALUES ($1, $2, $3, $4, $5)";
    SESSION = "SELECT v.id, v.email, v.display_name, v.language, v.created_at, s.idle_expires_at, s.expires_at
        FROM session s JOIN volunteer v ON v.id = s.volunteer_id
        WHERE s.token_digest = $1 AND s.idle_expires_at > $2 AND s.expires_at > $2";
    SESSION_PROLONG = "UPDATE session SET idle_expires_at = $2 WHERE token_digest = $1";
    SESSION_DELETE = "DELETE FROM session WHERE token_digest = $1";
    SESSIONS_DELETE_OF = "DELETE FROM session WHERE volunteer_id = $1";
    SESSIONS_DELETE_EXPIRED = "DELETE FROM session WHERE idle_expires_at <= $1 OR expires_at <= $1";
}
