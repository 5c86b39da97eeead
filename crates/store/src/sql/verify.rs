//! Recounting the log, to compare with the counts kept beside it.

statements! {
    ENTRIES = "SELECT COUNT(*) AS entries FROM log_entry WHERE project_id = $1";
    LIVE_VOTES = "SELECT v.subject_id, v.volunteer_id, v.answer, a.round, a.training, COUNT(*) AS votes
        FROM log_entry v JOIN assignment a ON a.id = v.assignment_id
            LEFT JOIN log_entry r ON r.retracts = v.id
        WHERE v.project_id = $1 AND v.kind = 0 AND r.id IS NULL
        GROUP BY v.subject_id, v.volunteer_id, v.answer, a.round, a.training";
    PARTICIPATIONS = "SELECT volunteer_id, votes FROM participation WHERE project_id = $1";
    QUEUE_ITEMS = "SELECT round, subject_id, no_lens, unsure, lens FROM queue_item WHERE project_id = $1";
    QUEUES = "SELECT round, items, taken FROM queue WHERE project_id = $1";
    OPEN_LEASES = "SELECT round, subject_id, COUNT(*) AS leases FROM assignment
        WHERE project_id = $1 AND state = 'open' AND training = FALSE GROUP BY round, subject_id";
    DECISIONS = "SELECT subject_id, from_outcome, to_outcome FROM decision WHERE project_id = $1 ORDER BY seq";
    /// Assignments marked answered without exactly one live vote, or with one though not answered.
    ASTRAY = "SELECT a.id FROM assignment a
            LEFT JOIN log_entry v ON v.assignment_id = a.id AND v.kind = 0
                AND NOT EXISTS (SELECT 1 FROM log_entry r WHERE r.retracts = v.id)
        WHERE a.project_id = $1
        GROUP BY a.id, a.state
        HAVING COUNT(v.id) <> (CASE WHEN a.state = 'answered' THEN 1 ELSE 0 END)";
}
