//! The monitors in a report: what a lead watches so that a wrong belief is seen before it does
//! harm, with words for what an alarm means and what to do. Computing them is left to
//! `crate::monitors`.

use serde::{Deserialize, Serialize};

use figures::Table;

use super::{
    data::Report,
    format::{NONE, count, rate},
};

/// The monitors of one round.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MonitorReport {
    /// After which round.
    pub round: u32,
    /// One line each.
    pub lines: Vec<MonitorLine>,
    /// Claimed against actual on images whose truth is known.
    pub reliability: Vec<Claim>,
    /// Volunteers whose answers tell next to nothing.
    pub suspects: Vec<Suspect>,
}

/// One number to watch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorLine {
    /// What is watched.
    pub name: String,
    /// What it is, or why it could not be measured.
    pub value: String,
    /// What it should be.
    pub wanted: String,
    /// Whether a lead should look.
    pub alarm: bool,
    /// What an alarm means and what to do then.
    pub meaning: String,
}

/// One range of claimed probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Images in it.
    pub images: u64,
    /// What was claimed on average.
    pub claimed: f64,
    /// Lenses among them.
    pub lenses: u64,
}

/// One volunteer to look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suspect {
    /// The pseudonym that exports use.
    pub volunteer: String,
    /// Votes that stand.
    pub votes: u64,
    /// Decided votes on known images.
    pub known: u64,
    /// Those that were right.
    pub right: u64,
    /// What one answer tells, in bits.
    pub bits: f64,
    /// Why they are listed.
    pub why: String,
}

impl Report {
    /// The lines with an alarm.
    pub(super) fn alarms(&self) -> impl Iterator<Item = &MonitorLine> {
        self.monitors.iter().flat_map(|monitors| &monitors.lines).filter(|line| line.alarm)
    }
}

/// All lines.
pub(super) fn lines(report: &Report) -> Option<Table> {
    let monitors = report.monitors.as_ref()?;
    let caption = format!("What a lead watches (first arm, after round {})", monitors.round);
    let mut table = Table::new(caption, &["Monitor", "#Value", "Should be", "Alarm"]);
    for line in &monitors.lines {
        let alarm = if line.alarm { "yes" } else { NONE };
        table.push([line.name.clone(), line.value.clone(), line.wanted.clone(), alarm.to_owned()]);
    }
    Some(table)
}

/// Claimed against actual; empty ranges left out.
pub(super) fn reliability(report: &Report) -> Option<Table> {
    let monitors = report.monitors.as_ref()?;
    let caption = "Do the votes mean what they say? Training images, whose truth is known";
    let heads = ["#Claimed", "#Images", "#Mean claim", "#Lenses", "#Share of lenses"];
    let mut table = Table::new(caption, &heads);
    for claim in monitors.reliability.iter().filter(|claim| claim.images > 0) {
        table.push([
            format!("{:.1} to {:.1}", claim.low, claim.high),
            count(claim.images),
            format!("{:.2}", claim.claimed),
            count(claim.lenses),
            rate(finder::metrics::wilson(claim.lenses, claim.images).as_ref()),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

/// Volunteers to look at.
pub(super) fn suspects(report: &Report) -> Option<Table> {
    let monitors = report.monitors.as_ref()?;
    let heads = ["Volunteer", "#Votes", "#Right on known", "#Bits", "Why"];
    let mut table = Table::new("Volunteers whose answers tell next to nothing (by pseudonym)", &heads);
    for one in &monitors.suspects {
        table.push([
            one.volunteer.clone(),
            count(one.votes),
            format!("{} of {}", count(one.right), count(one.known)),
            format!("{:.3}", one.bits),
            one.why.clone(),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}
