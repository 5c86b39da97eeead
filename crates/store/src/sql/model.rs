//! Networks known to a project and which one is in use.

statements! {
    INSERT = "INSERT INTO model (project_id, version, digest, dir, metrics, decision, created_at)
        VALUES ($1, $2, $3, $4, $5, 'pending', $6) ON CONFLICT (project_id, version) DO NOTHING";
    BY_VERSION = "SELECT version, digest, dir, metrics, decision, reason, created_at
        FROM model WHERE project_id = $1 AND version = $2";
    OF_PROJECT = "SELECT version, digest, dir, metrics, decision, reason, created_at
        FROM model WHERE project_id = $1 ORDER BY created_at, version";
    DECIDE = "UPDATE model SET decision = $3, reason = $4 WHERE project_id = $1 AND version = $2";
    ACTIVE = "SELECT active_model FROM project WHERE id = $1";
    /// Compare and set.
    SET_ACTIVE = "UPDATE project SET active_model = $3
        WHERE id = $1 AND active_model IS NOT DISTINCT FROM $2";
    RECORD = "INSERT INTO promotion (project_id, kind, from_version, to_version, at)
        VALUES ($1, $2, $3, $4, $5)";
    LAST_PROMOTION_TO = "SELECT from_version FROM promotion
        WHERE project_id = $1 AND to_version = $2 AND kind = 'promote' ORDER BY seq DESC LIMIT 1";
    PROMOTIONS = "SELECT kind, from_version, to_version, at FROM promotion
        WHERE project_id = $1 ORDER BY seq";
}
