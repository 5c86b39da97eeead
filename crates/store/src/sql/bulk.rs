//! Heads and tails of the multi-row inserts; the rows between are bound by sqlx's builder.

pub(crate) const SUBJECTS: &str =
    "INSERT INTO subject (project_id, external_id, role, label, training_kind, ra_deg, dec_deg, cell) ";
pub(crate) const SUBJECTS_TAIL: &str = " ON CONFLICT (project_id, external_id) DO NOTHING";

pub(crate) const QUEUE_ITEMS: &str = "INSERT INTO queue_item
    (project_id, round, subject_id, rank, strategy, inclusion_probability, model_version) ";

pub(crate) const POSTERIORS: &str = "INSERT INTO posterior
    (project_id, round, subject_id, p_votes, p_joint, status, no_lens, unsure, lens, aggregator, high_water_mark) ";
pub(crate) const POSTERIORS_TAIL: &str = " ON CONFLICT (project_id, round, subject_id) DO UPDATE SET
    p_votes = excluded.p_votes, p_joint = excluded.p_joint, status = excluded.status,
    no_lens = excluded.no_lens, unsure = excluded.unsure, lens = excluded.lens,
    aggregator = excluded.aggregator, high_water_mark = excluded.high_water_mark";
