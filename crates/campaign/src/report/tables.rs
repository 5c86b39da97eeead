//! The tables of a report: what people found, how good the network is, what the
//! gate said, the audit, the real images, the settings and the times.

use figures::Table;

use super::{
    data::{Arm, Report, Round},
    format::{NONE, area, count, duration, interval, rate, tpr},
    words::ON_SIMULATION,
};

/// What people found, against the hidden truth.
pub fn people(report: &Report) -> Table {
    let pool = report.pool;
    let caption = format!(
        "What people found ({ON_SIMULATION}; {} images, {} hidden lenses, {} look-alikes)",
        count(pool.images),
        count(pool.lenses),
        count(pool.look_alikes),
    );
    let heads =
        ["#Round", "Arm", "#Votes", "#Looked at", "#Lenses found", "#Completeness", "#Candidates", "#Purity"];
    let mut table = Table::new(caption, &heads);
    for (arm, round) in by_round(report) {
        table.push([
            round.round.to_string(),
            arm.name.clone(),
            count(round.votes_total),
            count(round.images_looked_at),
            format!("{} of {}", count(round.lenses_found), count(round.lenses_in_pool)),
            rate(round.completeness.as_ref()),
            count(round.candidates),
            rate(round.purity.as_ref()),
        ]);
    }
    table
}

/// The network on sky it never saw.
pub fn network(report: &Report) -> Table {
    let pool = report.pool;
    let caption = format!(
        "The network alone, on the held-out sky (simulated; {} lenses among {} images)",
        count(pool.held_out_lenses),
        count(pool.held_out_images),
    );
    let heads = ["#Round", "Arm", "#AP", "#AUROC", "#TPR at FPR 1 %", "#TPR at FPR 0.1 %", "Gate"];
    let mut table = Table::new(caption, &heads);
    for (arm, round) in by_round(report) {
        let gate = match &round.gate {
            None => NONE,
            Some(gate) if gate.accepted => "promoted",
            Some(_) => "refused",
        };
        table.push([
            round.round.to_string(),
            arm.name.clone(),
            area(&round.average_precision),
            area(&round.auroc),
            tpr(&round.tpr_at_fpr_1e2),
            tpr(&round.tpr_at_fpr_1e3),
            gate.to_owned(),
        ]);
    }
    table
}

/// Why each network was promoted or refused.
pub fn gates(report: &Report) -> Option<Table> {
    let mut table = Table::new("Why the gate promoted or refused", &["#Round", "Arm", "Decision", "Reason"]);
    for (arm, round) in by_round(report) {
        if let Some(gate) = &round.gate {
            let decision = if gate.accepted { "promoted" } else { "refused" };
            table.push([round.round.to_string(), arm.name.clone(), decision.to_owned(), gate.reason.clone()]);
        }
    }
    some_if_filled(table)
}

/// What the audit sample says about the number of lenses.
pub fn audit(report: &Report) -> Option<Table> {
    let caption =
        format!("Lenses in the pool, as the audits estimate them, 95 % intervals ({ON_SIMULATION})");
    let heads = [
        "#Round",
        "Arm",
        "#Estimate",
        "#By draws alone",
        "#Truth",
        "#Completeness",
        "#Votes to 95 %",
        "#Drawn",
    ];
    let mut table = Table::new(caption, &heads);
    for (arm, round) in by_round(report) {
        if let Some(audit) = &round.audit {
            table.push([
                round.round.to_string(),
                arm.name.clone(),
                whole(&audit.lenses),
                whole(&audit.by_draws),
                count(audit.truth),
                audit.completeness.map_or(NONE.to_owned(), |c| interval(c.estimate, c.low, c.high)),
                audit.votes_to_target.as_ref().map_or(NONE.to_owned(), whole),
                count(audit.sampled),
            ]);
        }
    }
    some_if_filled(table)
}

/// How the queue followed the votes.
pub fn live(report: &Report) -> Option<Table> {
    let heads =
        ["#Round", "Arm", "#Rankings", "#Labels", "#Joined", "#Came back", "#Seconds, middle and longest"];
    let mut table =
        Table::new("The live head, while people gave the votes after this round's selection", &heads);
    for (arm, round) in by_round(report) {
        if let Some(live) = &round.live {
            table.push([
                round.round.to_string(),
                arm.name.clone(),
                count(live.rerankings),
                count(live.labels),
                count(live.added),
                count(live.returned),
                format!("{:.2}, {:.2}", live.median_seconds, live.longest_seconds),
            ]);
        }
    }
    some_if_filled(table)
}

/// Real images.
pub fn real(report: &Report) -> Option<Table> {
    let heads = ["Set", "What is told apart", "#Positives", "#Negatives", "#AUROC", "Note"];
    let mut table = Table::new("Real survey images, scored by a network trained on simulated ones", &heads);
    for set in &report.real {
        let auroc = match set.auroc.value() {
            Some(area) => interval(area.value, area.low, area.high),
            None => NONE.to_owned(),
        };
        let note = match &set.auroc {
            super::data::Measured::Missing(reason) if set.note.is_empty() => reason.clone(),
            super::data::Measured::Missing(reason) => format!("{reason}; {}", set.note),
            super::data::Measured::Value(_) => set.note.clone(),
        };
        table.push([set.set.clone(), set.what.clone(), count(set.n_pos), count(set.n_neg), auroc, note]);
    }
    some_if_filled(table)
}

/// Whether training images can be told from others.
pub fn realism(report: &Report) -> Option<Table> {
    let caption = "Training images beside others: can a straight line tell them apart? (0.5: it cannot)";
    let heads = ["Images", "Against", "#By embeddings", "#By bare pixels", "Folds by"];
    let mut table = Table::new(caption, &heads);
    for one in report.realism.iter().flat_map(|realism| &realism.comparisons) {
        let side = |side: &finder::realism::Side| format!("{} ({})", side.what, count(side.images));
        let by = |outcome: &finder::metrics::Outcome<finder::metrics::Area>| {
            outcome.value().map_or(NONE.to_owned(), |area| interval(area.value, area.low, area.high))
        };
        let folds = match one.folds_by {
            finder::realism::FoldsBy::Group => "sky cell".to_owned(),
            finder::realism::FoldsBy::Image => "image".to_owned(),
        };
        table.push([side(&one.first), side(&one.second), by(&one.embeddings), by(&one.statistics), folds]);
    }
    some_if_filled(table)
}

/// How long it took.
pub fn times(report: &Report) -> Option<Table> {
    let mut table = Table::new("Wall time", &["Phase", "#Time"]);
    for time in &report.wall_times {
        table.push([time.phase.clone(), duration(time.seconds)]);
    }
    if table.rows.len() > 1 {
        let total = report.wall_times.iter().map(|time| time.seconds).sum();
        table.push(["All of it".to_owned(), duration(total)]);
    }
    some_if_filled(table)
}

/// What was configured.
pub fn settings(report: &Report) -> Option<Table> {
    let mut table = Table::new("Settings", &["Setting", "Value"]);
    for setting in &report.settings {
        table.push([setting.name.clone(), setting.value.clone()]);
    }
    some_if_filled(table)
}

fn whole(interval: &acquisition::Interval) -> String {
    let acquisition::Interval { estimate, low, high } = interval;
    format!("{estimate:.0} [{low:.0}, {high:.0}]")
}

/// Rounds in order, the arms side by side within each.
fn by_round(report: &Report) -> Vec<(&Arm, &Round)> {
    let mut rows: Vec<(&Arm, &Round)> =
        report.arms.iter().flat_map(|arm| arm.rounds.iter().map(move |round| (arm, round))).collect();
    rows.sort_by_key(|(_, round)| round.round);
    rows
}

fn some_if_filled(table: Table) -> Option<Table> {
    (!table.rows.is_empty()).then_some(table)
}
