//! Votes and retractions.

statements! {
    ENTRY = "SELECT e.seq, e.id, e.project_id, e.kind, e.assignment_id, e.subject_id, e.volunteer_id,
            e.answer, e.feedback, e.retracts, e.at, s.role, s.label, s.training_kind
        FROM log_entry e JOIN subject s ON s.id = e.subject_id WHERE e.id = $1";
    /// What is voted on, and the rules in force.
    KNOWN = "SELECT s.role, s.label, s.training_kind,
            (SELECT n.id FROM anchor n WHERE n.project_id = s.project_id ORDER BY n.seq DESC LIMIT 1) AS anchor_id
        FROM subject s WHERE s.id = $1";
    RETRACTION_OF = "SELECT id FROM log_entry WHERE retracts = $1";
    ANSWER = "UPDATE assignment SET state = 'answered'
        WHERE id = $1 AND volunteer_id = $2 AND state = 'open' AND expires_at > $3
        RETURNING project_id, subject_id, round, training, silent";
    REOPEN = "UPDATE assignment SET state = 'open', expires_at = $2
        WHERE id = $1 AND state = 'answered' RETURNING project_id, subject_id, round, training, silent";
    INSERT = "INSERT INTO log_entry (id, project_id, kind, assignment_id, subject_id, volunteer_id, answer,
            seconds, view, mark_x, mark_y, feedback, retracts, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    /// Moves the counts of a round.
    COUNT = "UPDATE queue_item SET no_lens = no_lens + $4, unsure = unsure + $5, lens = lens + $6
        WHERE project_id = $1 AND round = $2 AND subject_id = $3";
}
