//! What a volunteer sees of their own votes. The outcome of an image is joined only where it may be
//! told (see `crate::history`): for a vote that stands on an image of the survey, cast before `$4`,
//! and then as it was decided before `$5`.

/// Votes with their image, what became of it where that may be told, and the last remark: which of them.
macro_rules! votes {
    ($which:literal) => {
        concat!(
            "SELECT v.project_id, v.seq, v.id, v.answer, v.at, v.seconds, v.mark_x, v.mark_y, v.feedback,
            s.label, s.training_kind, s.outline, s.image_digest, s.image_encoding, s.image_width,
            s.image_height, s.pixel_scale_arcsec,
            (CASE WHEN r.id IS NULL THEN FALSE ELSE TRUE END) AS retracted,
            d.to_outcome, d.at AS decided_at,
            (SELECT f.text FROM feedback f
                WHERE f.assignment_id = v.assignment_id AND f.volunteer_id = v.volunteer_id
                ORDER BY f.id DESC LIMIT 1) AS note
        FROM log_entry v
            JOIN subject s ON s.id = v.subject_id
            LEFT JOIN log_entry r ON r.retracts = v.id
            LEFT JOIN decision d ON s.role = 'survey' AND r.id IS NULL AND v.at < $4
                AND d.seq = (SELECT MAX(x.seq) FROM decision x
                    WHERE x.project_id = v.project_id AND x.subject_id = v.subject_id AND x.at < $5)
        ",
            $which
        )
    };
}

statements! {
    /// Newest first, before `$3`; `$6` an answer or −1 for any, `$7` only what became a candidate.
    PAGE = votes!("WHERE v.project_id = $1 AND v.volunteer_id = $2 AND v.kind = 0 AND v.seq < $3
          AND ($6 < 0 OR v.answer = $6) AND ($7 = FALSE OR d.to_outcome = 'detected')
        ORDER BY v.seq DESC LIMIT $8");
    /// Those whose truth was told.
    TOLD_PAGE = "SELECT v.seq, v.id, v.answer, v.at, v.seconds, v.mark_x, v.mark_y, v.feedback,
            s.label, s.training_kind, s.outline, s.image_digest, s.image_encoding, s.image_width,
            s.image_height, s.pixel_scale_arcsec, FALSE AS retracted,
            CAST(NULL AS TEXT) AS to_outcome, CAST(NULL AS BIGINT) AS decided_at,
            (SELECT f.text FROM feedback f
                WHERE f.assignment_id = v.assignment_id AND f.volunteer_id = v.volunteer_id
                ORDER BY f.id DESC LIMIT 1) AS note
        FROM log_entry v JOIN subject s ON s.id = v.subject_id
        WHERE v.project_id = $1 AND v.volunteer_id = $2 AND v.feedback = TRUE AND v.seq < $3
        ORDER BY v.seq DESC LIMIT $4";
    /// Candidates that were called a lens.
    CANDIDATE_PAGE = "SELECT v.seq, v.id, v.answer, v.at, v.seconds, v.mark_x, v.mark_y, v.feedback,
            s.label, s.training_kind, s.outline, s.image_digest, s.image_encoding, s.image_width,
            s.image_height, s.pixel_scale_arcsec, FALSE AS retracted,
            d.to_outcome, d.at AS decided_at,
            (SELECT f.text FROM feedback f
                WHERE f.assignment_id = v.assignment_id AND f.volunteer_id = v.volunteer_id
                ORDER BY f.id DESC LIMIT 1) AS note
        FROM log_entry v
            JOIN subject s ON s.id = v.subject_id
            JOIN decision d ON d.seq = (SELECT MAX(x.seq) FROM decision x
                WHERE x.project_id = v.project_id AND x.subject_id = v.subject_id AND x.at < $5)
        WHERE v.project_id = $1 AND v.volunteer_id = $2 AND v.answer = 2 AND v.seq < $3
          AND s.role = 'survey' AND v.at < $4 AND d.to_outcome = 'detected'
          AND NOT EXISTS (SELECT 1 FROM log_entry r WHERE r.retracts = v.id)
        ORDER BY v.seq DESC LIMIT $6";
    /// One vote of theirs.
    ONE = votes!("WHERE v.project_id = $1 AND v.volunteer_id = $2 AND v.id = $3 AND v.kind = 0");
    /// Oldest first, after `$3`: for the copy of one's own data.
    ASCENDING = votes!("WHERE v.project_id = $1 AND v.volunteer_id = $2 AND v.kind = 0 AND v.seq > $3
        ORDER BY v.seq LIMIT $6");
    /// Votes between two places of the log, both left out.
    BETWEEN = "SELECT COUNT(*) AS votes FROM log_entry v
        WHERE v.project_id = $1 AND v.volunteer_id = $2 AND v.kind = 0 AND v.seq > $3 AND v.seq < $4";

    /// The projects somebody ever voted in.
    PROJECTS_OF = "SELECT project_id FROM participation WHERE volunteer_id = $1 ORDER BY project_id";
    /// Votes that stand, those told, and when the first and the last were cast.
    COUNTS = "SELECT
            (SELECT COALESCE(CAST(SUM(p.votes) AS BIGINT), 0) FROM participation p
                WHERE p.volunteer_id = $2 AND p.project_id = $1) AS votes,
            (SELECT COUNT(*) FROM log_entry t
                WHERE t.project_id = $1 AND t.volunteer_id = $2 AND t.feedback = TRUE) AS told,
            (SELECT f.at FROM log_entry f WHERE f.project_id = $1 AND f.volunteer_id = $2 AND f.kind = 0
                ORDER BY f.seq LIMIT 1) AS first_at,
            (SELECT l.at FROM log_entry l WHERE l.project_id = $1 AND l.volunteer_id = $2 AND l.kind = 0
                ORDER BY l.seq DESC LIMIT 1) AS last_at";
    /// Candidates that were called a lens, and those of them that reviewers agree on. (`+ 0`: else SQLite
    /// walks all of somebody's votes by time.)
    CANDIDATES = "SELECT COUNT(*) AS candidates,
            COALESCE(CAST(SUM(CASE WHEN EXISTS (SELECT 1 FROM review w WHERE w.project_id = v.project_id
                        AND w.subject_id = v.subject_id AND w.lens = TRUE AND w.at < $4)
                    AND NOT EXISTS (SELECT 1 FROM review w WHERE w.project_id = v.project_id
                        AND w.subject_id = v.subject_id AND w.lens = FALSE AND w.at < $4)
                THEN 1 ELSE 0 END) AS BIGINT), 0) AS confirmed
        FROM log_entry v
            JOIN subject s ON s.id = v.subject_id
            JOIN decision d ON d.seq = (SELECT MAX(x.seq) FROM decision x
                WHERE x.project_id = v.project_id AND x.subject_id = v.subject_id AND x.at < $4)
        WHERE v.project_id = $1 AND v.volunteer_id = $2 AND v.answer = 2 AND v.at + 0 < $3
          AND s.role = 'survey' AND d.to_outcome = 'detected'
          AND NOT EXISTS (SELECT 1 FROM log_entry r WHERE r.retracts = v.id)";
    /// Votes that stand by week, counted as `Week` does.
    WEEKS = "SELECT (v.at + 259200000000) / 604800000000 AS week, COUNT(*) AS votes FROM log_entry v
        WHERE v.volunteer_id = $2 AND v.at >= $3 AND v.project_id = $1 AND v.kind = 0
          AND NOT EXISTS (SELECT 1 FROM log_entry r WHERE r.retracts = v.id)
        GROUP BY (v.at + 259200000000) / 604800000000 ORDER BY 1";
    /// The last votes whose truth was told, newest first.
    TOLD = "SELECT v.answer, s.role, s.label, s.training_kind
        FROM log_entry v JOIN subject s ON s.id = v.subject_id
        WHERE v.project_id = $1 AND v.volunteer_id = $2 AND v.feedback = TRUE
        ORDER BY v.seq DESC LIMIT $3";
}
