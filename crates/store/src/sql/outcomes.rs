//! How many images stand where. Training subjects are never queued, so they have no round.

statements! {
    OUTCOMES = "SELECT
            COALESCE(CAST(SUM(CASE WHEN outcome = 'open' THEN 1 ELSE 0 END) AS BIGINT), 0) AS open,
            COALESCE(CAST(SUM(CASE WHEN outcome = 'detected' THEN 1 ELSE 0 END) AS BIGINT), 0) AS detected,
            COALESCE(CAST(SUM(CASE WHEN outcome = 'rejected' THEN 1 ELSE 0 END) AS BIGINT), 0) AS rejected,
            COALESCE(CAST(SUM(CASE WHEN outcome = 'contested' THEN 1 ELSE 0 END) AS BIGINT), 0) AS contested,
            COALESCE(CAST(SUM(CASE WHEN outcome IN ('detected', 'rejected')
                THEN no_lens + unsure + lens ELSE 0 END) AS BIGINT), 0) AS settled_votes
        FROM belief WHERE project_id = $1 AND round IS NOT NULL";
    RETESTED = "SELECT COUNT(DISTINCT subject_id) AS retested FROM assignment
        WHERE project_id = $1 AND strategy = 'retest' AND state = 'answered'";
}
