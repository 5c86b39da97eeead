//! News and discoveries. Lists leave the bodies out.

/// An article with one of its revisions, its author and image: with which bodies, which revision, which of them.
macro_rules! article {
    ($bodies:literal, $revision:literal, $which:literal) => {
        concat!(
            "SELECT a.id, a.kind, a.slug, a.revision, a.published_revision, a.published_at, a.created_at,
            a.changed_at, r.number, r.title_en, r.title_zh, r.summary_en, r.summary_zh, ",
            $bodies,
            ", r.picture, r.subject_id, r.finders, r.grade, r.ra_deg, r.dec_deg, r.at, v.display_name AS author,
            s.external_id, s.image_digest, s.image_encoding, s.image_width, s.image_height, s.pixel_scale_arcsec,
            p.slug AS project
        FROM article a JOIN article_revision r ON r.article_id = a.id AND r.number = ",
            $revision,
            " LEFT JOIN volunteer v ON v.id = r.author_id
            LEFT JOIN subject s ON s.id = r.subject_id
            LEFT JOIN project p ON p.id = s.project_id
        ",
            $which
        )
    };
}

statements! {
    INSERT = "INSERT INTO article (kind, slug, revision, created_at, changed_at)
        VALUES ($1, $2, 1, $3, $3) ON CONFLICT (kind, slug) DO NOTHING RETURNING id";
    INSERT_REVISION = "INSERT INTO article_revision (article_id, number, title_en, title_zh, summary_en,
            summary_zh, body_en, body_zh, picture, subject_id, finders, grade, ra_deg, dec_deg, author_id, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    INSERT_ACT = "INSERT INTO article_act (article_id, act, revision, by_id, at) VALUES ($1, $2, $3, $4, $5)";
    /// No row if somebody else edited it meanwhile.
    NEXT_REVISION = "UPDATE article SET revision = revision + 1, changed_at = $3
        WHERE id = $1 AND revision = $2 RETURNING revision, slug, published_at";
    SET_SLUG = "UPDATE article SET slug = $2 WHERE id = $1";
    SLUG_TAKEN = "SELECT o.id FROM article o JOIN article a ON a.kind = o.kind
        WHERE a.id = $1 AND o.slug = $2 AND o.id <> a.id";
    PUBLISH = "UPDATE article SET published_revision = revision, published_at = COALESCE(published_at, $3),
            changed_at = $3
        WHERE id = $1 AND revision = $2 RETURNING id";
    WITHDRAW = "UPDATE article SET published_revision = NULL, changed_at = $2
        WHERE id = $1 AND published_revision IS NOT NULL RETURNING revision";
    EXISTS = "SELECT revision, published_revision FROM article WHERE id = $1";
    /// The newest revision.
    ONE = article!("r.body_en, r.body_zh", "a.revision", "WHERE a.id = $1");
    PAGE = article!("'' AS body_en, '' AS body_zh", "a.revision", "WHERE (CAST($1 AS TEXT) IS NULL OR a.kind = $1)
          AND (a.changed_at < $2 OR (a.changed_at = $2 AND a.id < $3))
        ORDER BY a.changed_at DESC, a.id DESC LIMIT $4");
    /// What everybody sees.
    PUBLIC_ONE = article!("r.body_en, r.body_zh", "a.published_revision", "WHERE a.kind = $1 AND a.slug = $2");
    PUBLIC_PAGE = article!("'' AS body_en, '' AS body_zh", "a.published_revision", "WHERE a.kind = $1 AND a.published_revision IS NOT NULL
          AND (a.published_at < $2 OR (a.published_at = $2 AND a.id < $3))
        ORDER BY a.published_at DESC, a.id DESC LIMIT $4");
    HISTORY = "SELECT c.act, c.revision, c.at, v.display_name AS author
        FROM article_act c LEFT JOIN volunteer v ON v.id = c.by_id
        WHERE c.article_id = $1 ORDER BY c.seq DESC LIMIT 200";
    /// Whether people are still asked about an image, and whether it is one of the survey.
    SUBJECT = "SELECT s.role, COALESCE(b.crowd_wanted, 0) + COALESCE(b.expert_wanted, 0) AS wanted
        FROM subject s LEFT JOIN belief b ON b.project_id = s.project_id AND b.subject_id = s.id
        WHERE s.id = $1";
}
