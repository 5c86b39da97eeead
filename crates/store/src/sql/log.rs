//! Reading the log.

statements! {
    HIGH_WATER_MARK = "SELECT COALESCE(MAX(seq), 0) AS seq FROM log_entry WHERE project_id = $1";
    PAGE = "SELECT seq, id, kind, assignment_id, subject_id, volunteer_id, answer, retracts, at
        FROM log_entry WHERE project_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4";
    EXPORT = "SELECT v.seq, v.id, v.volunteer_id, v.answer, v.at, v.seconds, v.mark_x, v.mark_y,
            s.external_id, s.role, s.label,
            a.round, a.strategy, a.rank, a.inclusion_probability, a.model_version,
            (CASE WHEN r.id IS NULL THEN FALSE ELSE TRUE END) AS retracted
        FROM log_entry v
            JOIN subject s ON s.id = v.subject_id
            JOIN assignment a ON a.id = v.assignment_id
            LEFT JOIN log_entry r ON r.retracts = v.id AND r.seq <= $3
        WHERE v.project_id = $1 AND v.kind = 0 AND v.seq > $2 AND v.seq <= $3
        ORDER BY v.seq LIMIT $4";
}
