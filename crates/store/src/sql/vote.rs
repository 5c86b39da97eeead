//! Votes and retractions.

statements! {
    ENTRY = "SELECT e.id, e.kind, e.assignment_id, e.subject_id, e.volunteer_id, e.answer, e.feedback,
            e.retracts, e.at, s.role, s.label, s.training_kind
        FROM log_entry e JOIN subject s ON s.id = e.subject_id WHERE e.id = $1";
    RETRACTION_OF = "SELECT id FROM log_entry WHERE retracts = $1";
    ANSWER = "UPDATE assignment SET state = 'answered'
        WHERE id = $1 AND volunteer_id = $2 AND state = 'open' AND expires_at > $3
        RETURNING project_id, subject_id, round, training";
    REOPEN = "UPDATE assignment SET state = 'open', expires_at = $2
        WHERE id = $1 AND state = 'answered' RETURNING project_id, subject_id, round, training";
    PROJECT_OF = "SELECT project_id FROM assignment WHERE id = $1";
    INSERT = "INSERT INTO log_entry (id, project_id, kind, assignment_id, subject_id, volunteer_id, answer,
            seconds, view, feedback, retracts, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    ADD_TO_TALLY = "INSERT INTO tally (project_id, subject_id, no_lens, unsure, lens)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (project_id, subject_id) DO UPDATE SET no_lens = tally.no_lens + excluded.no_lens,
            unsure = tally.unsure + excluded.unsure, lens = tally.lens + excluded.lens";
    TAKE_FROM_TALLY = "UPDATE tally SET no_lens = no_lens - $3, unsure = unsure - $4, lens = lens - $5
        WHERE project_id = $1 AND subject_id = $2";
    ADD_PARTICIPATION = "INSERT INTO participation (volunteer_id, project_id, votes) VALUES ($1, $2, 1)
        ON CONFLICT (volunteer_id, project_id) DO UPDATE SET votes = participation.votes + 1";
    TAKE_PARTICIPATION = "UPDATE participation SET votes = votes - 1
        WHERE volunteer_id = $1 AND project_id = $2";
}
