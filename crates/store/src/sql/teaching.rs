//! Outlines, and the images of quiz, practice and gallery.

statements! {
    SET_OUTLINE = "UPDATE subject SET outline = $3 WHERE project_id = $1 AND id = $2
          AND role IN ('training_lens', 'training_non_lens')";
    OUTLINE = "SELECT outline FROM subject WHERE id = $1";
    /// Whether a subject shows this very picture.
    TAKEN = "SELECT id FROM subject WHERE project_id = $1 AND image_digest = $2 LIMIT 1";
    PUT = "INSERT INTO teaching_image (project_id, purpose, place, name, image_digest, image_encoding,
            image_width, image_height, pixel_scale_arcsec, label, kind, simulated, outline,
            words_en, words_zh, title, ra_deg, dec_deg, reference, credit)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
    CLEAR = "DELETE FROM teaching_image WHERE project_id = $1 AND purpose = $2";
    ONE = "SELECT place, name, image_digest, image_encoding, image_width, image_height, pixel_scale_arcsec,
            label, kind, simulated, outline, words_en, words_zh, title, ra_deg, dec_deg, reference, credit
        FROM teaching_image WHERE project_id = $1 AND purpose = $2 AND place = $3";
    PAGE = "SELECT place, name, image_digest, image_encoding, image_width, image_height, pixel_scale_arcsec,
            label, kind, simulated, outline, words_en, words_zh, title, ra_deg, dec_deg, reference, credit
        FROM teaching_image WHERE project_id = $1 AND purpose = $2 AND place > $3 ORDER BY place LIMIT $4";
    KINDS = "SELECT place, label, kind FROM teaching_image
        WHERE project_id = $1 AND purpose = $2 ORDER BY place";
}
