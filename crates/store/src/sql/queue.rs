//! The queue of a round.

statements! {
    DIGEST = "SELECT digest FROM queue WHERE project_id = $1 AND round = $2";
    CLOSE_ALL = "UPDATE queue SET open = FALSE, closed_at = $2 WHERE project_id = $1 AND open = TRUE";
    CLOSE = "UPDATE queue SET open = FALSE, closed_at = $3
        WHERE project_id = $1 AND round = $2 AND open = TRUE";
    INSERT = "INSERT INTO queue (project_id, round, votes_budget, min_votes, max_votes, digest, open, opened_at)
        VALUES ($1, $2, $3, $4, $5, $6, TRUE, $7)";
    /// Items that cannot be shown to anyone or belong to another project.
    UNUSABLE = "SELECT COUNT(*) AS items FROM queue_item q JOIN subject s ON s.id = q.subject_id
        WHERE q.project_id = $1 AND q.round = $2
          AND (s.image_digest IS NULL OR s.project_id <> q.project_id OR s.role <> 'survey')";
    STATE = "SELECT q.open, q.votes_budget, q.min_votes, q.max_votes,
            COUNT(i.subject_id) AS items,
            COALESCE(CAST(SUM(CASE WHEN i.done THEN 1 ELSE 0 END) AS BIGINT), 0) AS done,
            COALESCE(CAST(SUM(i.no_lens + i.unsure + i.lens) AS BIGINT), 0) AS votes
        FROM queue q LEFT JOIN queue_item i ON i.project_id = q.project_id AND i.round = q.round
        WHERE q.project_id = $1 AND q.round = $2
        GROUP BY q.open, q.votes_budget, q.min_votes, q.max_votes";
    OPEN_LEASES = "SELECT COUNT(*) AS leases FROM assignment
        WHERE project_id = $1 AND state = 'open' AND expires_at > $3 AND round = $2 AND training = FALSE";
    ITEMS = "SELECT subject_id, rank, strategy, inclusion_probability, model_version,
            no_lens, unsure, lens, done
        FROM queue_item WHERE project_id = $1 AND round = $2 ORDER BY rank, subject_id";
    RULE = "SELECT min_votes, max_votes FROM queue WHERE project_id = $1 AND round = $2";
    COUNT_VOTE = "UPDATE queue_item
        SET no_lens = no_lens + $4, unsure = unsure + $5, lens = lens + $6, open_leases = open_leases + $7
        WHERE project_id = $1 AND round = $2 AND subject_id = $3
        RETURNING no_lens, unsure, lens, done";
    SET_DONE = "UPDATE queue_item SET done = $4 WHERE project_id = $1 AND round = $2 AND subject_id = $3";
}
