//! What the ranking is made of: a fold over the log, some minutes late.

statements! {
    PLACE = "SELECT seq FROM contribution_place WHERE project_id = $1";
    /// The next entries; of a retraction also the vote it takes back.
    ENTRIES = "SELECT e.seq, e.kind, e.volunteer_id, e.feedback, e.at, r.at AS of_at
        FROM log_entry e LEFT JOIN log_entry r ON r.id = e.retracts
        WHERE e.project_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3";
    MAKE_PLACE = "INSERT INTO contribution_place (project_id, seq) VALUES ($1, 0)
        ON CONFLICT (project_id) DO NOTHING";
    /// No row if somebody else was faster.
    MOVE_PLACE = "UPDATE contribution_place SET seq = $3 WHERE project_id = $1 AND seq = $2";
    ADD = "INSERT INTO contribution (project_id, volunteer_id, answers, useful, week, week_useful)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (project_id, volunteer_id) DO UPDATE SET
            answers = contribution.answers + excluded.answers,
            useful = contribution.useful + excluded.useful,
            week_useful = (CASE WHEN excluded.week > contribution.week THEN excluded.week_useful
                WHEN excluded.week = contribution.week THEN contribution.week_useful + excluded.week_useful
                ELSE contribution.week_useful END),
            week = (CASE WHEN excluded.week > contribution.week THEN excluded.week ELSE contribution.week END)
        RETURNING answers, steps";
    /// What an answer of theirs is worth, looked up again only after so many answers (`$3`).
    WEIGH = "UPDATE contribution SET steps = answers / $3,
            bits = COALESCE((SELECT p.bits FROM participation p
                WHERE p.project_id = contribution.project_id AND p.volunteer_id = contribution.volunteer_id), 0)
        WHERE project_id = $1 AND volunteer_id = $2 AND answers / $3 > steps";
    /// Whose number of found candidates has changed. Walks the detected subjects and, of each, those
    /// who called it a lens, in this order (which CROSS JOIN tells SQLite).
    FOUND = "SELECT c.volunteer_id, COALESCE(n.found, 0) AS found
        FROM contribution c LEFT JOIN (
            SELECT e.volunteer_id, COUNT(*) AS found
            FROM belief b CROSS JOIN log_entry e
            WHERE b.project_id = $1 AND b.outcome = 'detected'
              AND e.project_id = $1 AND e.subject_id = b.subject_id AND e.answer = 2 AND e.at <= $2
              AND NOT EXISTS (SELECT 1 FROM log_entry r WHERE r.retracts = e.id)
            GROUP BY e.volunteer_id) n ON n.volunteer_id = c.volunteer_id
        WHERE c.project_id = $1 AND c.found <> COALESCE(n.found, 0) LIMIT $3";
    SET_FOUND = "UPDATE contribution SET found = $3 WHERE project_id = $1 AND volunteer_id = $2";
    /// Those who want to be seen and whose address is known to be theirs.
    RANKED = "SELECT c.volunteer_id, c.useful, c.week, c.week_useful, c.bits, c.found
        FROM contribution c JOIN volunteer v ON v.id = c.volunteer_id
        WHERE c.project_id = $1 AND c.bits > 0 AND c.useful > 0
          AND v.in_ranking = TRUE AND v.email_verified_at IS NOT NULL AND v.deleted_at IS NULL
        ORDER BY c.useful * c.bits DESC, c.volunteer_id LIMIT $2";
    EVERYBODY = "SELECT
            COALESCE(CAST(SUM(CASE WHEN answers > 0 THEN 1 ELSE 0 END) AS BIGINT), 0) AS people,
            COALESCE(CAST(SUM(useful) AS BIGINT), 0) AS useful,
            COALESCE(SUM(useful * bits), 0.0) AS bits,
            COALESCE(CAST(SUM(CASE WHEN week = $2 AND week_useful > 0 THEN 1 ELSE 0 END) AS BIGINT), 0)
                AS week_people,
            COALESCE(CAST(SUM(CASE WHEN week = $2 THEN week_useful ELSE 0 END) AS BIGINT), 0) AS week_useful,
            COALESCE(SUM(CASE WHEN week = $2 THEN week_useful * bits ELSE 0.0 END), 0.0) AS week_bits
        FROM contribution WHERE project_id = $1";
    OF = "SELECT volunteer_id, useful, week, week_useful, bits, found FROM contribution
        WHERE project_id = $1 AND volunteer_id = $2";
    /// Asked when a name is about to be shown: whoever has just left the ranking is gone at once.
    NAME = "SELECT display_name FROM volunteer
        WHERE id = $1 AND in_ranking = TRUE AND email_verified_at IS NOT NULL AND deleted_at IS NULL";
}
