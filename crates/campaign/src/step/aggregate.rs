//! Aggregate: weighs all votes of the frozen log at once, hands what was learnt to the database
//! for the votes to come, and writes posteriors and the labels that the votes justify.
//!
//! Two posteriors: `p_votes` comes from people alone and is what networks are trained on; `p_joint`
//! starts from what the network thought of an image before it could learn from its votes. The fit
//! of people's skills never sees a network's score.

use consensus::live::{self, Anchor, Engine, Outcome, Refit};
use domain::Digest;
use serde::{Deserialize, Serialize};
use store::{LogSeq, PosteriorBatch, PosteriorRow};

use super::{freeze, heavy};
use crate::{
    CampaignError,
    labels::{self, LabelRow, Voted},
    monitors::{self, Seen},
    priors::{self, Priors},
    review,
    runner::{Context, Project, Round},
    selection_log::write_csv,
    subjects::Subjects,
    workspace::{read_json, write_json},
};

/// What the votes say.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Output {
    /// Votes on unknown subjects that counted.
    pub votes: u64,
    /// Subjects with at least one vote.
    pub subjects: usize,
    /// Volunteers with at least one vote.
    pub volunteers: usize,
    /// Subjects above the candidate threshold.
    pub candidates: usize,
    /// Subjects by where they stand.
    pub outcomes: std::collections::BTreeMap<String, usize>,
    /// Digest of `labels.csv`.
    pub labels: Digest,
    /// Digest of `anchor.json`: what the refit learnt of the crowd.
    pub anchor: Digest,
    /// Digest of `monitors.json`.
    pub monitors: Digest,
}

/// Folds the log and writes posteriors and labels.
pub(crate) async fn run(
    context: &Context,
    project: &Project,
    round: &Round,
) -> Result<Output, CampaignError> {
    let frozen: freeze::Output = round.output("freeze")?;
    let mark = LogSeq(frozen.high_water_mark);
    let log = context.store.log(project.id, mark).await?;
    let subjects = Subjects::of(context, project).await?;
    let reviews = review::read_frozen(context, project, round.number)?;
    let settings = project.spec.consensus.clone();
    let (refit, subjects, log) = heavy(move || {
        let refit = live::refit(&log, &subjects.known, &settings).map_err(setting)?;
        Ok((refit, subjects, log))
    })
    .await?;
    context.store.adopt(project.id, refit.clone(), mark).await?;
    let folder = context.workspace.round(&project.slug, round.number);
    let anchor = write_json(&folder.join("anchor.json"), refit.engine.anchor())?;

    let priors = priors::before(context, project, round.number)?;
    let believed = believed(project, &refit, &subjects, &priors);
    let rows = believed
        .iter()
        .map(|(id, row)| PosteriorRow {
            subject: *id,
            p_votes: row.p_votes,
            p_joint: Some(row.p_joint),
            status: row.status.clone(),
            tally: row.tally(),
        })
        .collect();
    let aggregator = aggregator(&refit.engine, &anchor);
    let seen = Seen {
        log: &log,
        mark,
        refit: &refit,
        subjects: &subjects,
        labels: &believed,
        reviews: &reviews,
        aggregator: &aggregator,
    };
    let monitors = monitors::keep(context, project, round.number, &seen).await?;
    let mut labels: Vec<LabelRow> = believed.into_iter().map(|(_, row)| row).collect();
    labels.sort_by(|a, b| a.id.cmp(&b.id));
    let digest = write_csv(&labels::path(context, project, round.number), &labels)?;
    let batch = PosteriorBatch { round: round.number, aggregator, high_water_mark: mark, rows };
    context.store.save_posteriors(project.id, batch).await?;
    let mut outcomes = std::collections::BTreeMap::new();
    for row in &labels {
        *outcomes.entry(row.status.clone()).or_default() += 1;
    }
    Ok(Output {
        votes: labels.iter().map(|row| u64::from(row.tally().total())).sum(),
        subjects: labels.len(),
        volunteers: refit.records.len(),
        candidates: labels.iter().filter(|row| row.p_joint >= project.spec.candidate_threshold).count(),
        outcomes,
        labels: digest,
        anchor,
        monitors,
    })
}

/// Everything believed of the survey's subjects, in the order of their ids.
fn believed(
    project: &Project,
    refit: &Refit,
    subjects: &Subjects,
    priors: &Priors,
) -> Vec<(domain::SubjectId, LabelRow)> {
    let spec = &project.spec;
    refit
        .subjects
        .iter()
        .filter_map(|(id, (evidence, tally))| {
            let name = subjects.names.get(id)?;
            let network = priors.get(name).map(|prior| prior.probability);
            let voted = Voted { evidence: *evidence, tally: *tally, network };
            Some((*id, LabelRow::of(name, &voted, &refit.engine, spec.base_rate, &spec.labels)))
        })
        .collect()
}

/// Who made the posteriors: the method, the program's version, and what it had learnt.
fn aggregator(engine: &Engine, anchor: &Digest) -> String {
    let method = engine.settings().method.name();
    format!("{method} {}, anchor {}", env!("CARGO_PKG_VERSION"), anchor.short())
}

/// The rules in force in a round after its aggregate step.
///
/// # Errors
/// When what the step wrote is gone or of another version.
pub fn engine(context: &Context, project: &Project, round: u32) -> Result<Engine, CampaignError> {
    let path = context.workspace.round(&project.slug, round).join("anchor.json");
    let anchor: Anchor = read_json(&path)?;
    Engine::new(project.spec.consensus.clone(), anchor).map_err(setting)
}

/// Whether people need not be asked about a subject that stands there.
#[must_use]
pub const fn is_judged(outcome: Outcome) -> bool {
    !matches!(outcome, Outcome::Open)
}

fn setting(error: consensus::ConfigError) -> CampaignError {
    CampaignError::Setting { field: "consensus", reason: error.to_string() }
}
