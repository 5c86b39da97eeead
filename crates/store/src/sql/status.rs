//! The numbers of the live page.

statements! {
    IMAGES = "SELECT COUNT(*) AS images FROM subject WHERE project_id = $1 AND role = 'survey'";
    LOOKED_AT = "SELECT COUNT(*) AS images FROM belief b JOIN subject s ON s.id = b.subject_id
        WHERE b.project_id = $1 AND s.role = 'survey' AND b.no_lens + b.unsure + b.lens > 0";
    PEOPLE = "SELECT COALESCE(CAST(SUM(votes) AS BIGINT), 0) AS votes, COUNT(*) AS volunteers
        FROM participation WHERE project_id = $1 AND votes > 0";
    QUEUE = "SELECT q.items, (SELECT COUNT(*) FROM belief b
            WHERE b.project_id = q.project_id AND b.round = q.round AND b.crowd_wanted > 0) AS unfinished
        FROM queue q WHERE q.project_id = $1 ORDER BY q.round DESC LIMIT 1";
    CANDIDATES = "SELECT COUNT(*) AS candidates FROM posterior p JOIN subject s ON s.id = p.subject_id
        WHERE p.project_id = $1 AND s.role = 'survey' AND COALESCE(p.p_joint, p.p_votes) >= 0.5
          AND p.round = (SELECT MAX(l.round) FROM posterior l WHERE l.project_id = $1)";
    PROJECT = "SELECT p.slug, p.created_at, p.active_model, m.digest
        FROM project p LEFT JOIN model m ON m.project_id = p.id AND m.version = p.active_model
        WHERE p.id = $1";
    LAST_ROUND = "SELECT number, state, started_at, ended_at FROM round
        WHERE project_id = $1 ORDER BY number DESC LIMIT 1";
    LAST_ENTRY = "SELECT at FROM log_entry WHERE project_id = $1 ORDER BY seq DESC LIMIT 1";
}
