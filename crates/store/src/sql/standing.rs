//! How a volunteer stands in a project.

statements! {
    STANDING = "SELECT p.id AS project_id,
            (SELECT CAST(COALESCE(SUM(a.votes), 0) AS BIGINT) FROM participation a WHERE a.volunteer_id = $2)
                AS answered,
            (SELECT COUNT(*) FROM assignment o WHERE o.volunteer_id = $2 AND o.project_id = p.id
                AND o.state = 'open' AND o.expires_at > $3) AS held,
            (SELECT r.record FROM participation r WHERE r.project_id = p.id AND r.volunteer_id = $2) AS record,
            (SELECT n.id FROM anchor n WHERE n.project_id = p.id ORDER BY n.seq DESC LIMIT 1) AS anchor_id
        FROM project p WHERE p.slug = $1";
}
