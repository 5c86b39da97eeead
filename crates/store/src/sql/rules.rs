//! The rules of the consensus in force, and what folding the log anew reads.

statements! {
    CURRENT = "SELECT seq, id, high_water_mark FROM anchor WHERE project_id = $1 ORDER BY seq DESC LIMIT 1";
    CONTENT = "SELECT settings, anchor FROM anchor WHERE seq = $1";
    INSERT = "INSERT INTO anchor (project_id, id, settings, anchor, high_water_mark, at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    STALE = "SELECT id FROM project WHERE stale = TRUE ORDER BY id";
    FRESH = "UPDATE project SET stale = FALSE WHERE id = $1";

    /// Votes that stand and that the last refit did not know, in the order of the log.
    SINCE = "SELECT v.seq, v.subject_id, v.volunteer_id, v.answer, s.role, s.label, s.training_kind
        FROM log_entry v JOIN subject s ON s.id = v.subject_id
        WHERE v.project_id = $1 AND v.seq > $2 AND v.kind = 0
          AND NOT EXISTS (SELECT 1 FROM log_entry r WHERE r.retracts = v.id)
        ORDER BY v.seq LIMIT $3";
    /// Votes that the last refit knew and that were taken back since.
    RETRACTED_SINCE = "SELECT v.seq, v.subject_id, v.volunteer_id, v.answer, s.role, s.label, s.training_kind
        FROM log_entry r JOIN log_entry v ON v.id = r.retracts JOIN subject s ON s.id = v.subject_id
        WHERE r.project_id = $1 AND r.seq > $2 AND r.kind = 1 AND v.seq <= $2
        ORDER BY r.seq";
    /// One volunteer's standing votes since the mark.
    OF_VOLUNTEER = "SELECT v.seq, v.subject_id, v.volunteer_id, v.answer, s.role, s.label, s.training_kind
        FROM log_entry v JOIN subject s ON s.id = v.subject_id
        WHERE v.project_id = $1 AND v.volunteer_id = $2 AND v.seq > $3 AND v.kind = 0
          AND NOT EXISTS (SELECT 1 FROM log_entry r WHERE r.retracts = v.id)
        ORDER BY v.seq";
    /// Those of them on known images, before one vote: they alone decide how much it weighs. (`+ 0`:
    /// else SQLite walks everybody's votes between the two.)
    LESSONS_BEFORE = "SELECT v.seq, v.subject_id, v.volunteer_id, v.answer, s.role, s.label, s.training_kind
        FROM log_entry v JOIN subject s ON s.id = v.subject_id
        WHERE v.project_id = $1 AND v.volunteer_id = $2 AND v.seq > $3 AND v.seq + 0 < $4 AND v.kind = 0
          AND s.role <> 'survey'
          AND NOT EXISTS (SELECT 1 FROM log_entry r WHERE r.retracts = v.id)
        ORDER BY v.seq";
}
