//! Projects.

statements! {
    INSERT = "INSERT INTO project (slug, name, description, spec, active, created_at)
        VALUES ($1, $2, $3, $4, TRUE, $5) ON CONFLICT (slug) DO NOTHING";
    BY_SLUG = "SELECT id, slug, name, description, spec, active, active_model, created_at
        FROM project WHERE slug = $1";
    BY_ID = "SELECT id, slug, name, description, spec, active, active_model, created_at
        FROM project WHERE id = $1";
    ALL_PROJECTS = "SELECT id, slug, name, description, spec, active, active_model, created_at
        FROM project ORDER BY slug";
    SET_ACTIVE = "UPDATE project SET active = $2 WHERE id = $1";
}
