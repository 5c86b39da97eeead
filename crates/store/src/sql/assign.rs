//! Handing out images: leases end, subjects are picked, impressions are written.

statements! {
    /// Leases that are over; marked so that a late vote on one cannot slip in beside its successor.
    EXPIRE = "UPDATE assignment SET state = 'expired'
        WHERE project_id = $1 AND state = 'open' AND expires_at <= $2
        RETURNING round, subject_id, training";
    ADD_LEASES = "UPDATE queue_item SET open_leases = open_leases + $4
        WHERE project_id = $1 AND round = $2 AND subject_id = $3";
    /// The queue now open, and what its votes and leases already take of the budget.
    OPEN_QUEUE = "SELECT q.round, q.votes_budget, q.min_votes, q.max_votes,
            COALESCE(CAST(SUM(i.no_lens + i.unsure + i.lens + i.open_leases) AS BIGINT), 0) AS taken
        FROM queue q JOIN project p ON p.id = q.project_id AND p.active = TRUE
            LEFT JOIN queue_item i ON i.project_id = q.project_id AND i.round = q.round
        WHERE q.project_id = $1 AND q.open = TRUE
        GROUP BY q.round, q.votes_budget, q.min_votes, q.max_votes";
    /// The best-ranked subjects that still want votes and that this volunteer neither holds nor answered.
    PICK_SURVEY = "SELECT q.subject_id, q.rank, q.strategy, q.inclusion_probability, q.model_version,
            s.image_digest, s.image_width, s.image_height, s.pixel_scale_arcsec
        FROM queue_item q JOIN subject s ON s.id = q.subject_id
        WHERE q.project_id = $1 AND q.round = $2 AND q.done = FALSE
          AND q.no_lens + q.unsure + q.lens + q.open_leases
              < CASE WHEN q.unsure + q.lens = 0 THEN CAST($3 AS BIGINT) ELSE CAST($4 AS BIGINT) END
          AND NOT EXISTS (SELECT 1 FROM assignment a
              WHERE a.volunteer_id = $5 AND a.subject_id = q.subject_id AND a.state <> 'expired')
        ORDER BY q.rank, q.subject_id LIMIT $6";
    COUNT_TRAINING = "SELECT COUNT(*) AS subjects FROM subject s
        WHERE s.project_id = $1 AND s.role = $2 AND s.image_digest IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM assignment a
              WHERE a.volunteer_id = $3 AND a.subject_id = s.id AND a.state <> 'expired')";
    PICK_TRAINING = "SELECT s.id AS subject_id,
            s.image_digest, s.image_width, s.image_height, s.pixel_scale_arcsec
        FROM subject s
        WHERE s.project_id = $1 AND s.role = $2 AND s.image_digest IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM assignment a
              WHERE a.volunteer_id = $3 AND a.subject_id = s.id AND a.state <> 'expired')
        ORDER BY s.id LIMIT 1 OFFSET $4";
    INSERT = "INSERT INTO assignment (id, project_id, volunteer_id, subject_id, round, training, strategy,
            rank, inclusion_probability, model_version, state, assigned_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11, $12)";
    BY_ID = "SELECT a.id, a.project_id, a.volunteer_id, a.subject_id, a.round, a.training, a.state,
            a.assigned_at, a.expires_at,
            s.image_digest, s.image_width, s.image_height, s.pixel_scale_arcsec
        FROM assignment a JOIN subject s ON s.id = a.subject_id WHERE a.id = $1";
    OPEN_OF = "SELECT a.id, a.project_id, a.volunteer_id, a.subject_id, a.round, a.training, a.state,
            a.assigned_at, a.expires_at,
            s.image_digest, s.image_width, s.image_height, s.pixel_scale_arcsec
        FROM assignment a JOIN subject s ON s.id = a.subject_id
        WHERE a.project_id = $1 AND a.volunteer_id = $2 AND a.state = 'open' AND a.expires_at > $3
        ORDER BY a.assigned_at, a.id";
    RENEW = "UPDATE assignment SET expires_at = $4
        WHERE id = $1 AND volunteer_id = $2 AND state = 'open' AND expires_at > $3";
}
