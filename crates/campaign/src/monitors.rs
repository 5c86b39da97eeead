//! The monitors of a round: fills `consensus::monitors` from the frozen log, the fit and the expert
//! reviews, adds what the re-tests of retired images showed, and keeps it all under pseudonyms.
//! What the numbers mean to a lead is said in `monitors::words`.

mod input;
mod retests;
mod words;

use consensus::{live::Refit, monitors::watch};
use domain::{Digest, LogEntry, SubjectId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::LogSeq;

use crate::{
    CampaignError,
    labels::LabelRow,
    report::MonitorReport,
    review::ReviewRow,
    runner::{Context, Project},
    subjects::Subjects,
    workspace::write_json,
};

pub use retests::Retests;

/// What is stored, round by round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoundMonitors {
    /// The round.
    pub round: u32,
    /// Who made the posteriors.
    pub aggregator: String,
    /// Every number, as `consensus` computes it; volunteers by the pseudonyms that exports use.
    pub numbers: Value,
    /// What the re-tests showed.
    pub retests: Retests,
    /// In words, as the report shows it.
    pub report: MonitorReport,
}

/// Everything the monitors look at.
pub(crate) struct Seen<'a> {
    pub log: &'a [LogEntry],
    pub mark: LogSeq,
    pub refit: &'a Refit,
    pub subjects: &'a Subjects,
    pub labels: &'a [(SubjectId, LabelRow)],
    pub reviews: &'a [ReviewRow],
    pub aggregator: &'a str,
}

/// The file of a round.
pub(crate) fn path(context: &Context, project: &Project, round: u32) -> std::path::PathBuf {
    context.workspace.round(&project.slug, round).join("monitors.json")
}

/// Computes the monitors, writes `monitors.json` and puts them into the database.
///
/// # Errors
/// When the database or the disk refuses.
pub(crate) async fn keep(
    context: &Context,
    project: &Project,
    round: u32,
    seen: &Seen<'_>,
) -> Result<Digest, CampaignError> {
    let impressions = input::Impressions::of(context, project, seen.mark).await?;
    let input = input::fill(project, round, seen, &impressions);
    let monitors = watch(&input, &project.spec.monitors);
    let retests = retests::measure(project, seen, &impressions.retests);
    let calibration = &seen.refit.engine.anchor().calibration;
    let report = words::report(round, &monitors, &retests, &impressions, &project.spec.monitors, calibration);
    let mut numbers = serde_json::to_value(&monitors).map_err(CampaignError::Json)?;
    input::name_by_pseudonym(&mut numbers);
    let all = RoundMonitors { round, aggregator: seen.aggregator.to_owned(), numbers, retests, report };
    let digest = write_json(&path(context, project, round), &all)?;
    let value = serde_json::to_value(&all).map_err(CampaignError::Json)?;
    context.store.save_monitors(project.id, round, value).await?;
    Ok(digest)
}
