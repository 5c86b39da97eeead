//! What people write to the leads.

statements! {
    /// Whose an image is, and whether it is answered or in their hands.
    HELD = "SELECT volunteer_id, state, expires_at FROM assignment WHERE id = $1";
    INSERT = "INSERT INTO feedback (kind, text, page, volunteer_id, assignment_id, at)
        VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
    /// Newest first; `$1` a kind or NULL.
    PAGE = "SELECT f.id, f.kind, f.text, f.page, f.at, f.done_at, v.display_name AS author,
            s.external_id, s.image_digest, s.image_encoding, s.image_width, s.image_height, s.pixel_scale_arcsec
        FROM feedback f
            LEFT JOIN volunteer v ON v.id = f.volunteer_id
            LEFT JOIN assignment a ON a.id = f.assignment_id
            LEFT JOIN subject s ON s.id = a.subject_id
        WHERE f.id < $2 AND (CAST($1 AS TEXT) IS NULL OR f.kind = $1)
        ORDER BY f.id DESC LIMIT $3";
    /// The same of what is not done.
    OPEN_PAGE = "SELECT f.id, f.kind, f.text, f.page, f.at, f.done_at, v.display_name AS author,
            s.external_id, s.image_digest, s.image_encoding, s.image_width, s.image_height, s.pixel_scale_arcsec
        FROM feedback f
            LEFT JOIN volunteer v ON v.id = f.volunteer_id
            LEFT JOIN assignment a ON a.id = f.assignment_id
            LEFT JOIN subject s ON s.id = a.subject_id
        WHERE f.done_at IS NULL AND f.id < $2 AND (CAST($1 AS TEXT) IS NULL OR f.kind = $1)
        ORDER BY f.id DESC LIMIT $3";
    /// The same of what is done.
    DONE_PAGE = "SELECT f.id, f.kind, f.text, f.page, f.at, f.done_at, v.display_name AS author,
            s.external_id, s.image_digest, s.image_encoding, s.image_width, s.image_height, s.pixel_scale_arcsec
        FROM feedback f
            LEFT JOIN volunteer v ON v.id = f.volunteer_id
            LEFT JOIN assignment a ON a.id = f.assignment_id
            LEFT JOIN subject s ON s.id = a.subject_id
        WHERE f.done_at IS NOT NULL AND f.id < $2 AND (CAST($1 AS TEXT) IS NULL OR f.kind = $1)
        ORDER BY f.id DESC LIMIT $3";
    WAITING = "SELECT COUNT(*) AS waiting FROM feedback WHERE done_at IS NULL";
    SET_DONE = "UPDATE feedback SET done_at = $2, done_by = $3 WHERE id = $1";
    /// Somebody leaves: what they wrote stays, not who wrote it.
    FORGET_AUTHOR = "UPDATE feedback SET volunteer_id = NULL WHERE volunteer_id = $1";
}
