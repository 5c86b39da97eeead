//! Subjects and their images.

statements! {
    BY_ID = "SELECT id, project_id, external_id, role, label, training_kind, ra_deg, dec_deg, cell,
            image_digest, image_encoding, image_width, image_height, pixel_scale_arcsec
        FROM subject WHERE id = $1";
    PAGE = "SELECT id, project_id, external_id, role, label, training_kind, ra_deg, dec_deg, cell,
            image_digest, image_encoding, image_width, image_height, pixel_scale_arcsec
        FROM subject WHERE project_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    ID_OF = "SELECT id FROM subject WHERE project_id = $1 AND external_id = $2";
    SET_IMAGE = "UPDATE subject
        SET image_digest = $3, image_width = $4, image_height = $5, pixel_scale_arcsec = $6, image_encoding = $7
        WHERE project_id = $1 AND id = $2 RETURNING role";
    /// Numbers a training image that got its first picture.
    NUMBER = "INSERT INTO training_image (project_id, role, place, subject_id) VALUES ($1, $2,
            (SELECT COALESCE(MAX(place) + 1, 0) FROM training_image WHERE project_id = $1 AND role = $2), $3)
        ON CONFLICT (subject_id) DO NOTHING";
    IMAGE = "SELECT image_digest, image_encoding, image_width, image_height, pixel_scale_arcsec
        FROM subject WHERE image_digest = $1 ORDER BY id LIMIT 1";
    /// Says what a training image is now; a row comes back if that is news.
    SET_TRUTH = "UPDATE subject SET label = $3
        WHERE project_id = $1 AND id = $2 AND label <> $3
          AND role IN ('training_lens', 'training_non_lens') RETURNING id";
    TRAINING_TRUTHS = "SELECT id, label FROM subject
        WHERE project_id = $1 AND role IN ('training_lens', 'training_non_lens') AND label >= 0 ORDER BY id";
}
