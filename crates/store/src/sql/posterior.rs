//! What is believed of each subject after a round.

statements! {
    OF_ROUND = "SELECT subject_id, p_votes, p_joint, status, no_lens, unsure, lens
        FROM posterior WHERE project_id = $1 AND round = $2 ORDER BY subject_id";
    CANDIDATES = "SELECT p.subject_id, p.p_votes, p.p_joint, p.status, p.no_lens, p.unsure, p.lens,
            s.id, s.project_id, s.external_id, s.role, s.label, s.training_kind, s.ra_deg, s.dec_deg, s.cell,
            s.image_digest, s.image_encoding, s.image_width, s.image_height, s.pixel_scale_arcsec
        FROM posterior p JOIN subject s ON s.id = p.subject_id
        WHERE p.project_id = $1 AND p.round = $2 AND s.role = 'survey'
          AND COALESCE(p.p_joint, p.p_votes) >= $3
        ORDER BY COALESCE(p.p_joint, p.p_votes) DESC, p.subject_id LIMIT $4";
}
