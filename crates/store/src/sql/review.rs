//! Experts' reviews and the monitors of each round.

statements! {
    SAVE = "INSERT INTO review (project_id, subject_id, reviewer, lens, stratum, inclusion_probability, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (project_id, subject_id, reviewer) DO UPDATE SET lens = excluded.lens,
            stratum = excluded.stratum, inclusion_probability = excluded.inclusion_probability,
            at = excluded.at";
    OF_PROJECT = "SELECT subject_id, reviewer, lens, stratum, inclusion_probability FROM review
        WHERE project_id = $1 ORDER BY subject_id, reviewer";
    SAVE_MONITORS = "INSERT INTO monitor (project_id, round, monitors, at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (project_id, round) DO UPDATE SET monitors = excluded.monitors, at = excluded.at";
    MONITORS = "SELECT round, monitors FROM monitor WHERE project_id = $1 ORDER BY round";
}
