//! What is believed of each subject, what is known of each volunteer, and the decisions.

statements! {
    /// A subject seen for the first time; its contents follow in the same transaction.
    MAKE = "INSERT INTO belief (project_id, subject_id, p_votes, p_joint, outcome, crowd_wanted, expert_wanted)
        VALUES ($1, $2, 0.5, 0.5, 'open', 0, 0) ON CONFLICT (project_id, subject_id) DO NOTHING";
    /// Adds a vote's evidence (or takes it away) and holds the row until the end of the transaction.
    ADD = "UPDATE belief SET evidence_lens = evidence_lens + $3, evidence_plain = evidence_plain + $4,
            evidence_look_alike = evidence_look_alike + $5,
            no_lens = no_lens + $6, unsure = unsure + $7, lens = lens + $8, open_leases = open_leases + $9
        WHERE project_id = $1 AND subject_id = $2
        RETURNING subject_id, evidence_lens, evidence_plain, evidence_look_alike, no_lens, unsure, lens,
            network, model_version, p_votes, p_joint, log_odds, outcome, crowd_wanted, expert_wanted, open_leases,
            round, rank, value, least_bits, priority";
    /// What follows from it.
    SET = "UPDATE belief SET p_votes = $3, p_joint = $4, outcome = $5, crowd_wanted = $6,
            expert_wanted = $7, priority = $8, log_odds = $9
        WHERE project_id = $1 AND subject_id = $2";
    ONE = "SELECT b.subject_id, b.evidence_lens, b.evidence_plain, b.evidence_look_alike,
            b.no_lens, b.unsure, b.lens, b.network, b.model_version, b.p_votes, b.p_joint, b.log_odds, b.outcome,
            b.crowd_wanted, b.expert_wanted, b.open_leases, b.round, b.rank, b.value, b.least_bits, b.priority,
            s.role, s.label, s.training_kind
        FROM belief b JOIN subject s ON s.id = b.subject_id
        WHERE b.project_id = $1 AND b.subject_id = $2";
    PAGE = "SELECT b.subject_id, b.evidence_lens, b.evidence_plain, b.evidence_look_alike,
            b.no_lens, b.unsure, b.lens, b.network, b.model_version, b.p_votes, b.p_joint, b.log_odds, b.outcome,
            b.crowd_wanted, b.expert_wanted, b.open_leases, b.round, b.rank, b.value, b.least_bits, b.priority,
            s.role, s.label, s.training_kind
        FROM belief b JOIN subject s ON s.id = b.subject_id
        WHERE b.project_id = $1 AND b.subject_id > $2 ORDER BY b.subject_id LIMIT $3";
    /// Survey subjects that people have said something of.
    VOTED = "SELECT b.subject_id, b.evidence_lens, b.evidence_plain, b.evidence_look_alike,
            b.no_lens, b.unsure, b.lens, b.network, b.model_version, b.p_votes, b.p_joint, b.log_odds, b.outcome,
            b.crowd_wanted, b.expert_wanted, b.open_leases, b.round, b.rank, b.value, b.least_bits, b.priority,
            s.role, s.label, s.training_kind
        FROM belief b JOIN subject s ON s.id = b.subject_id
        WHERE b.project_id = $1 AND s.role = 'survey' AND b.no_lens + b.unsure + b.lens > 0
        ORDER BY b.subject_id";
    KNOWN = "SELECT id, role, label, training_kind FROM subject
        WHERE project_id = $1 AND role IN ('training_lens', 'training_non_lens') ORDER BY id";
    SCORES = "SELECT subject_id, network FROM belief WHERE project_id = $1 AND network IS NOT NULL";
    IN_PROJECT = "SELECT role, label, training_kind FROM subject WHERE project_id = $1 AND id = $2";

    DECIDE = "INSERT INTO decision (project_id, subject_id, from_outcome, to_outcome, cause, rule, p_votes,
            p_joint, log_odds, no_lens, unsure, lens, anchor_id, model_version, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    DECISIONS = "SELECT seq, subject_id, from_outcome, to_outcome, cause, rule, p_votes, p_joint, log_odds,
            no_lens, unsure, lens, anchor_id, model_version, at
        FROM decision WHERE project_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";

    /// Counts a vote and holds the volunteer's row: their votes enter the log one after the other.
    ADD_PARTICIPATION = "UPDATE participation SET votes = votes + $3
        WHERE volunteer_id = $1 AND project_id = $2 RETURNING base, record";
    MAKE_PARTICIPATION = "INSERT INTO participation (volunteer_id, project_id, votes) VALUES ($1, $2, 0)
        ON CONFLICT (volunteer_id, project_id) DO NOTHING";
    SET_RECORD = "UPDATE participation SET record = $3, bits = $4 WHERE volunteer_id = $1 AND project_id = $2";
    SET_BASE = "UPDATE participation SET base = $3, record = $4, bits = $5
        WHERE volunteer_id = $1 AND project_id = $2";
    RECORD = "SELECT volunteer_id, base, record, bits, votes FROM participation
        WHERE project_id = $1 AND volunteer_id = $2";
    RECORD_PAGE = "SELECT volunteer_id, base, record, bits, votes FROM participation
        WHERE project_id = $1 AND volunteer_id > $2 ORDER BY volunteer_id LIMIT $3";
    RECORDS = "SELECT volunteer_id, base, record, bits, votes FROM participation
        WHERE project_id = $1 ORDER BY volunteer_id";
}
