//! Aggregate: folds the frozen log into posteriors and writes the labels that the
//! votes justify. `p_joint` starts from what the network thought of each image when
//! it was chosen, before anybody's vote on it could teach the network.

use std::collections::HashMap;

use consensus::{PriorSource, SubjectState};
use domain::{Digest, SubjectId};
use serde::{Deserialize, Serialize};
use store::{LogSeq, PosteriorBatch, PosteriorRow};

use super::freeze;
use crate::{
    CampaignError,
    runner::{Context, Project, Round},
    selection_log::{Chosen, read_csv, write_csv},
};

/// Name and version of what made the posteriors.
const AGGREGATOR: &str = concat!("consensus ", env!("CARGO_PKG_VERSION"));

/// What the votes say.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Output {
    /// Votes that counted.
    pub votes: u64,
    /// Subjects with at least one vote.
    pub subjects: usize,
    /// Volunteers with at least one vote.
    pub volunteers: usize,
    /// Subjects above the candidate threshold.
    pub candidates: usize,
    /// Digest of `labels.csv`.
    pub labels: Digest,
}

/// One row of `labels.csv`: everything believed about a subject people looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelRow {
    /// Id in the dataset.
    pub id: String,
    /// From people alone.
    pub p_votes: f64,
    /// From people and the network.
    pub p_joint: f64,
    /// `undecided`, `detected` or `rejected`.
    pub status: String,
    /// "No lens" votes.
    pub no_lens: u32,
    /// "Unsure" votes.
    pub unsure: u32,
    /// "Lens" votes.
    pub lens: u32,
    /// Training target, if the votes are enough.
    pub target: Option<f64>,
    /// Its weight: the votes' information in bits.
    pub weight: Option<f64>,
}

impl LabelRow {
    /// The tally of the row.
    #[must_use]
    pub fn tally(&self) -> domain::Tally {
        domain::Tally { no_lens: self.no_lens, unsure: self.unsure, lens: self.lens }
    }
}

/// The file of a round's labels.
pub(crate) fn labels_path(context: &Context, project: &Project, round: u32) -> std::path::PathBuf {
    context.workspace.round(&project.slug, round).join("labels.csv")
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
    let truth = context.store.training_truths(project.id).await?;
    let names = survey_names(context, project).await?;
    let scores = priors(context, project, round.number, &names)?;
    let prior = PriorSource::PerSubject { scores, otherwise: project.spec.base_rate };
    let aggregator = project
        .spec
        .consensus
        .build(prior)
        .map_err(|error| CampaignError::Setting { field: error.field, reason: error.to_string() })?;
    let folded = consensus::refit(&log, &truth, aggregator.as_ref());

    let mut rows = Vec::new();
    let mut labels = Vec::new();
    for (id, subject) in folded.state.unknown_subjects() {
        let Some(name) = names.get(&id) else { continue };
        rows.push(PosteriorRow {
            subject: id,
            p_votes: subject.p_votes,
            p_joint: Some(subject.p_joint),
            status: subject.status.name().to_owned(),
            tally: subject.tally,
        });
        labels.push(label_row(name, subject, &project.spec.labels));
    }
    labels.sort_by(|a, b| a.id.cmp(&b.id));
    let candidates = labels.iter().filter(|row| row.p_joint >= project.spec.candidate_threshold).count();
    let digest = write_csv(&labels_path(context, project, round.number), &labels)?;
    let subjects = rows.len();
    let batch =
        PosteriorBatch { round: round.number, aggregator: AGGREGATOR.into(), high_water_mark: mark, rows };
    context.store.save_posteriors(project.id, batch).await?;
    Ok(Output {
        votes: labels.iter().map(|row| u64::from(row.tally().total())).sum(),
        subjects,
        volunteers: folded.state.volunteers.len(),
        candidates,
        labels: digest,
    })
}

fn label_row(name: &str, subject: &SubjectState, rule: &consensus::LabelRule) -> LabelRow {
    let label = consensus::training_label(subject, rule);
    LabelRow {
        id: name.to_owned(),
        p_votes: subject.p_votes,
        p_joint: subject.p_joint,
        status: subject.status.name().to_owned(),
        no_lens: subject.tally.no_lens,
        unsure: subject.tally.unsure,
        lens: subject.tally.lens,
        target: label.map(|label| label.target),
        weight: label.map(|label| label.weight),
    }
}

/// The dataset's id of every survey subject of the project.
async fn survey_names(
    context: &Context,
    project: &Project,
) -> Result<HashMap<SubjectId, String>, CampaignError> {
    let mut names = HashMap::new();
    let mut after = None;
    loop {
        let page = context.store.subjects(project.id, after, 10_000).await?;
        let Some(last) = page.last() else { return Ok(names) };
        after = Some(last.id);
        names.extend(
            page.into_iter().filter(|subject| !subject.role.is_training()).map(|s| (s.id, s.external_id)),
        );
    }
}

/// What the network thought of each chosen subject at its first selection.
fn priors(
    context: &Context,
    project: &Project,
    round: u32,
    names: &HashMap<SubjectId, String>,
) -> Result<HashMap<SubjectId, f64>, CampaignError> {
    let mut by_name: HashMap<String, f64> = HashMap::new();
    for earlier in 0..round {
        let path = context.workspace.round(&project.slug, earlier).join("selection.csv");
        for chosen in read_csv::<Chosen>(&path)? {
            by_name.entry(chosen.id).or_insert(chosen.probability);
        }
    }
    Ok(names.iter().filter_map(|(&id, name)| Some((id, *by_name.get(name)?))).collect())
}
