//! Heads and tails of the multi-row inserts; the rows between are bound by sqlx's builder.

pub(crate) const SUBJECTS: &str =
    "INSERT INTO subject (project_id, external_id, role, label, training_kind, ra_deg, dec_deg, cell) ";
pub(crate) const SUBJECTS_TAIL: &str = " ON CONFLICT (project_id, external_id) DO NOTHING";

pub(crate) const QUEUE_ITEMS: &str = "INSERT INTO queue_item
    (project_id, round, subject_id, rank, strategy, inclusion_probability, model_version, value) ";

pub(crate) const POSTERIORS: &str = "INSERT INTO posterior
    (project_id, round, subject_id, p_votes, p_joint, status, no_lens, unsure, lens, aggregator, high_water_mark) ";
pub(crate) const POSTERIORS_TAIL: &str = " ON CONFLICT (project_id, round, subject_id) DO UPDATE SET
    p_votes = excluded.p_votes, p_joint = excluded.p_joint, status = excluded.status,
    no_lens = excluded.no_lens, unsure = excluded.unsure, lens = excluded.lens,
    aggregator = excluded.aggregator, high_water_mark = excluded.high_water_mark";

/// Everything but the leases, which stay what they are.
pub(crate) const BELIEFS: &str = "INSERT INTO belief
    (project_id, subject_id, evidence_lens, evidence_plain, evidence_look_alike, no_lens, unsure, lens,
    network, model_version, p_votes, p_joint, log_odds, outcome, crowd_wanted, expert_wanted,
    round, rank, value, least_bits, priority) ";
pub(crate) const BELIEFS_TAIL: &str = " ON CONFLICT (project_id, subject_id) DO UPDATE SET
    evidence_lens = excluded.evidence_lens, evidence_plain = excluded.evidence_plain,
    evidence_look_alike = excluded.evidence_look_alike,
    no_lens = excluded.no_lens, unsure = excluded.unsure, lens = excluded.lens,
    network = excluded.network, model_version = excluded.model_version,
    p_votes = excluded.p_votes, p_joint = excluded.p_joint, log_odds = excluded.log_odds,
    outcome = excluded.outcome, crowd_wanted = excluded.crowd_wanted, expert_wanted = excluded.expert_wanted,
    round = excluded.round, rank = excluded.rank, value = excluded.value,
    least_bits = excluded.least_bits, priority = excluded.priority";

/// Subjects of a project with their beliefs, if they have any; a list of ids and `)` follow.
pub(crate) const BELIEFS_OF: &str = "SELECT s.id AS subject_id, b.evidence_lens, b.evidence_plain,
    b.evidence_look_alike, b.no_lens, b.unsure, b.lens, b.network, b.model_version, b.p_votes, b.p_joint,
    b.log_odds, b.outcome, b.crowd_wanted, b.expert_wanted, b.open_leases, b.round, b.rank, b.value, b.least_bits,
    b.priority, s.role, s.label, s.training_kind
    FROM subject s LEFT JOIN belief b ON b.project_id = s.project_id AND b.subject_id = s.id
    WHERE s.project_id = ";
pub(crate) const BELIEFS_OF_THESE: &str = " AND s.id IN (";

/// What is written down of routed subjects, and their pictures; the round, a list of subjects and `)` follow.
pub(crate) const ROUTED: &str = "SELECT s.id AS subject_id, q.rank, q.strategy, q.inclusion_probability,
    COALESCE(q.model_version, b.model_version) AS model_version,
    s.image_digest, s.image_encoding, s.image_width, s.image_height, s.pixel_scale_arcsec
    FROM subject s JOIN belief b ON b.project_id = s.project_id AND b.subject_id = s.id
    LEFT JOIN queue_item q ON q.project_id = s.project_id AND q.subject_id = s.id AND q.round = ";
pub(crate) const ROUTED_THESE: &str = " WHERE s.id IN (";

/// Leases; a list of subjects and one of the tails follow. Each takes a place only while there is
/// one: votes may have come in since the search.
pub(crate) const LEASE: &str = "UPDATE belief SET open_leases = open_leases + 1 WHERE project_id = ";
pub(crate) const LEASE_THESE: &str = " AND subject_id IN (";
pub(crate) const LEASE_NONE: &str = ") AND open_leases < 0 RETURNING subject_id";
pub(crate) const LEASE_CROWD: &str = ") AND open_leases < crowd_wanted RETURNING subject_id";
pub(crate) const LEASE_EXPERTS: &str = ") AND open_leases < expert_wanted RETURNING subject_id";
pub(crate) const LEASE_RETIRED: &str =
    ") AND open_leases = 0 AND outcome IN ('detected', 'rejected') RETURNING subject_id";
pub(crate) const ASSIGNMENTS: &str = "INSERT INTO assignment
    (id, project_id, volunteer_id, subject_id, image_digest, round, training, silent, strategy, rank,
    inclusion_probability, model_version, state, assigned_at, expires_at) ";
