//! The queue of a round.

statements! {
    DIGEST = "SELECT digest FROM queue WHERE project_id = $1 AND round = $2";
    CLOSE_ALL = "UPDATE queue SET open = FALSE, closed_at = $2 WHERE project_id = $1 AND open = TRUE";
    CLOSE = "UPDATE queue SET open = FALSE, closed_at = $3
        WHERE project_id = $1 AND round = $2 AND open = TRUE";
    INSERT = "INSERT INTO queue (project_id, round, votes_budget, digest, items, open, opened_at)
        VALUES ($1, $2, $3, $4, $5, TRUE, $6)";
    IS_OPEN = "SELECT round FROM queue WHERE project_id = $1 AND round = $2 AND open = TRUE";
    GROW = "UPDATE queue SET items = items + $3 WHERE project_id = $1 AND round = $2";
    /// Items that cannot be shown to anyone or belong to another project.
    UNUSABLE = "SELECT COUNT(*) AS items FROM queue_item q JOIN subject s ON s.id = q.subject_id
        WHERE q.project_id = $1 AND q.round = $2
          AND (s.image_digest IS NULL OR s.project_id <> q.project_id OR s.role <> 'survey')";
    /// `taken` holds the votes of the round and every lease that nobody has yet marked as over.
    STATE = "SELECT q.open, q.votes_budget, q.items, q.taken,
            (SELECT COUNT(*) FROM belief b
                WHERE b.project_id = q.project_id AND b.round = q.round AND b.crowd_wanted > 0) AS unfinished,
            (SELECT COUNT(*) FROM assignment a WHERE a.project_id = q.project_id AND a.state = 'open'
                AND a.round = q.round AND a.training = FALSE) AS leases,
            (SELECT COUNT(*) FROM assignment a WHERE a.project_id = q.project_id AND a.state = 'open'
                AND a.round = q.round AND a.training = FALSE AND a.expires_at > $3) AS open_leases
        FROM queue q WHERE q.project_id = $1 AND q.round = $2";
    ITEMS = "SELECT q.subject_id, q.rank, q.strategy, q.inclusion_probability, q.model_version, q.value,
            q.no_lens, q.unsure, q.lens, (CASE WHEN b.crowd_wanted = 0 THEN TRUE ELSE FALSE END) AS done
        FROM queue_item q JOIN belief b ON b.project_id = q.project_id AND b.subject_id = q.subject_id
        WHERE q.project_id = $1 AND q.round = $2 ORDER BY q.rank, q.subject_id";
}
