//! Pictures that people had placed on the sky, and what of the project may lie in them.

statements! {
    COUNT_OF = "SELECT COUNT(*) AS placements FROM placement WHERE volunteer_id = $1";
    /// Whoever left stays as a row without a name.
    OWNER_IS_HERE = "SELECT id FROM volunteer WHERE id = $1 AND deleted_at IS NULL";
    INSERT = "INSERT INTO placement (id, volunteer_id, file_name, at, placed, result)
        VALUES ($1, $2, $3, $4, $5, $6)";
    INSERT_PICTURE = "INSERT INTO placement_picture (placement_id, media_type, bytes) VALUES ($1, $2, $3)";
    ONE = "SELECT p.id, p.volunteer_id, v.display_name, p.file_name, p.at, p.placed, p.result, p.note, p.sent_at,
            p.done_at, EXISTS (SELECT 1 FROM placement_picture i WHERE i.placement_id = p.id) AS has_picture
        FROM placement p JOIN volunteer v ON v.id = p.volunteer_id WHERE p.id = $1";
    PICTURE = "SELECT media_type, bytes FROM placement_picture WHERE placement_id = $1";
    /// Newest first.
    PAGE_OF = "SELECT p.id, p.volunteer_id, v.display_name, p.file_name, p.at, p.placed, p.result, p.note,
            p.sent_at, p.done_at,
            EXISTS (SELECT 1 FROM placement_picture i WHERE i.placement_id = p.id) AS has_picture
        FROM placement p JOIN volunteer v ON v.id = p.volunteer_id
        WHERE p.volunteer_id = $1 AND (p.at < $2 OR (p.at = $2 AND p.id < $3))
        ORDER BY p.at DESC, p.id DESC LIMIT $4";
    /// What was sent to the leads, last sent first; `$1`: only what is done (1), only what is not (0), all (-1).
    PAGE_SENT = "SELECT p.id, p.volunteer_id, v.display_name, p.file_name, p.at, p.placed, p.result, p.note,
            p.sent_at, p.done_at,
            EXISTS (SELECT 1 FROM placement_picture i WHERE i.placement_id = p.id) AS has_picture
        FROM placement p JOIN volunteer v ON v.id = p.volunteer_id
        WHERE p.sent_at IS NOT NULL
          AND ($1 < 0 OR ($1 = 1 AND p.done_at IS NOT NULL) OR ($1 = 0 AND p.done_at IS NULL))
          AND (p.sent_at < $2 OR (p.sent_at = $2 AND p.id < $3))
        ORDER BY p.sent_at DESC, p.id DESC LIMIT $4";
    SEND = "UPDATE placement SET note = $3, sent_at = $4, done_at = NULL, done_by = NULL
        WHERE id = $1 AND volunteer_id = $2";
    SET_DONE = "UPDATE placement SET done_at = $2, done_by = $3 WHERE id = $1 AND sent_at IS NOT NULL";
    DELETE_PICTURE = "DELETE FROM placement_picture WHERE placement_id = $1";
    DELETE = "DELETE FROM placement WHERE id = $1";
    /// Somebody leaves (`own_account`): pictures go with them, sent or not.
    FORGET_PICTURES = "DELETE FROM placement_picture WHERE placement_id IN
        (SELECT id FROM placement WHERE volunteer_id = $1)";
    FORGET = "DELETE FROM placement WHERE volunteer_id = $1";
    FORGET_MARKS = "UPDATE placement SET done_by = NULL WHERE done_by = $1";
    /// What was sent to nobody goes after a while.
    DELETE_OLD_PICTURES = "DELETE FROM placement_picture WHERE placement_id IN
        (SELECT id FROM placement WHERE sent_at IS NULL AND at < $1)";
    DELETE_OLD = "DELETE FROM placement WHERE sent_at IS NULL AND at < $1";

    /// Published discoveries in a box of the sky; `$3` > `$4`: right ascensions across 0.
    DISCOVERIES = "SELECT a.slug, r.title_en, r.title_zh, r.grade, r.ra_deg, r.dec_deg
        FROM article a JOIN article_revision r ON r.article_id = a.id AND r.number = a.published_revision
        WHERE a.kind = 'discovery' AND r.dec_deg BETWEEN $1 AND $2
          AND ((r.ra_deg >= $3 AND r.ra_deg <= $4) OR ($3 > $4 AND (r.ra_deg >= $3 OR r.ra_deg <= $4)))
        ORDER BY a.id LIMIT $5";
    /// Detected images of every project in such a box, the most probable first. For leads.
    CANDIDATES = "SELECT s.external_id, s.ra_deg, s.dec_deg, b.p_joint, p.slug
        FROM belief b JOIN subject s ON s.id = b.subject_id JOIN project p ON p.id = b.project_id
        WHERE b.outcome = 'detected' AND s.role = 'survey' AND s.dec_deg BETWEEN $1 AND $2
          AND ((s.ra_deg >= $3 AND s.ra_deg <= $4) OR ($3 > $4 AND (s.ra_deg >= $3 OR s.ra_deg <= $4)))
        ORDER BY b.p_joint DESC, s.id LIMIT $5";
}
