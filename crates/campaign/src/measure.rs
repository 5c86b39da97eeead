//! Measures what a project achieved against the hidden truth of a simulated survey,
//! round by round. Only reports call this; no step of the loop does.

use std::collections::HashMap;

use domain::Seed;
use finder::{Realism, metrics};
use simulate::Kind;
use survey::{Dataset, Fold};

use crate::{
    CampaignError,
    hidden_truth::{self, Truth},
    labels, live,
    monitors::RoundMonitors,
    report::{Arm, Audit, Gate, Live, MonitorReport, Pool, Round},
    runner::{Context, Project},
    step::{aggregate, gate, promote, select, train},
    tiles::fold_of,
    workspace::read_json,
};

/// Resamples of the bootstrap for average precision.
const RESAMPLES: usize = 500;

/// What is hidden, by part of the sky.
pub struct Hidden {
    truth: HashMap<String, Truth>,
    folds: HashMap<String, Fold>,
}

impl Hidden {
    /// Opens the hidden truth of a project's survey.
    ///
    /// # Errors
    /// When the survey is not a simulated one.
    pub fn open(context: &Context, project: &Project) -> Result<Self, CampaignError> {
        let dir = context.workspace.dataset(&project.spec.survey);
        let sky = project.spec.sky()?;
        let mut folds = HashMap::new();
        for row in Dataset::open(&dir)?.manifest()? {
            let row = row?;
            folds.insert(row.id.clone(), fold_of(&sky, row.cell, &row.id));
        }
        Ok(Self { truth: hidden_truth::read(&dir)?, folds })
    }

    fn is_lens(&self, id: &str) -> bool {
        self.truth.get(id).is_some_and(Truth::is_lens)
    }

    fn is_held_out(&self, id: &str) -> bool {
        self.folds.get(id) == Some(&Fold::HeldOut)
    }

    /// How much there is of everything.
    #[must_use]
    pub fn pool(&self) -> Pool {
        let mut pool = Pool::default();
        for (id, truth) in &self.truth {
            let lens = u64::from(truth.is_lens());
            if self.is_held_out(id) {
                pool.held_out_images += 1;
                pool.held_out_lenses += lens;
            } else {
                pool.images += 1;
                pool.lenses += lens;
                pool.look_alikes += u64::from(matches!(truth.kind, Kind::LookAlike(_)));
            }
        }
        pool
    }
}

/// The rounds of one project.
///
/// # Errors
/// When a file of a round is missing.
pub async fn arm(
    context: &Context,
    project: &Project,
    hidden: &Hidden,
    name: &str,
    what: &str,
) -> Result<Arm, CampaignError> {
    let pool = hidden.pool();
    let mut rounds: Vec<Round> = Vec::new();
    let mut votes_before = 0;
    for stored in context.store.rounds(project.id).await? {
        let output = |step: &str| stored.steps.iter().find(|s| s.name == step).and_then(|s| s.output.clone());
        let (Some(aggregated), Some(promoted), Some(verdict)) = (
            read::<aggregate::Output>(output("aggregate")),
            read::<promote::Output>(output("promote")),
            read::<gate::Output>(output("gate")),
        ) else {
            break;
        };
        let rows = labels::read(context, project, stored.number)?;
        let found = rows.iter().filter(|row| row.p_joint >= project.spec.candidate_threshold);
        let candidates = found.clone().count() as u64;
        let lenses_found = found.filter(|row| hidden.is_lens(&row.id)).count() as u64;
        let (scores, labels) = held_out(context, project, hidden, &promoted.champion)?;
        let seed = Seed::root(project.spec.seed).child("report").index(u64::from(stored.number));
        rounds.push(Round {
            round: stored.number,
            votes: aggregated.votes - votes_before,
            votes_total: aggregated.votes,
            images_looked_at: aggregated.subjects as u64,
            lenses_found,
            lenses_in_pool: pool.lenses,
            completeness: metrics::wilson(lenses_found, pool.lenses),
            candidates,
            purity: metrics::wilson(lenses_found, candidates),
            average_precision: metrics::average_precision(&scores, &labels, RESAMPLES, seed).into(),
            auroc: metrics::auroc(&scores, &labels).into(),
            tpr_at_fpr_1e2: metrics::tpr_at_fpr(&scores, &labels, 1e-2).into(),
            tpr_at_fpr_1e3: metrics::tpr_at_fpr(&scores, &labels, 1e-3).into(),
            gate: (stored.number > 0).then_some(Gate { accepted: verdict.accepted, reason: verdict.reason }),
            audit: audit(hidden, stored.number, output("select")),
            live: Live::of(&live::read(&live::path(context, project, stored.number))?),
        });
        votes_before = aggregated.votes;
    }
    Ok(Arm { name: name.to_owned(), what: what.to_owned(), rounds })
}

fn read<T: serde::de::DeserializeOwned>(output: Option<serde_json::Value>) -> Option<T> {
    serde_json::from_value(output?).ok()
}

/// Logits and truth on the held-out sky.
fn held_out(
    context: &Context,
    project: &Project,
    hidden: &Hidden,
    model: &str,
) -> Result<(Vec<f64>, Vec<bool>), CampaignError> {
    let (mut scores, mut labels) = (Vec::new(), Vec::new());
    let dir = context.workspace.scores(&project.spec.survey, model);
    for batch in finder::read_scores(&dir).map_err(CampaignError::from_finder)? {
        let batch = batch.map_err(CampaignError::from_finder)?;
        for (id, &logit) in batch.ids.iter().zip(&batch.logits) {
            if hidden.is_held_out(id) {
                scores.push(f64::from(logit));
                labels.push(hidden.is_lens(id));
            }
        }
    }
    Ok((scores, labels))
}

/// What the audits say, as the votes have it; nothing before the first of them.
fn audit(hidden: &Hidden, round: u32, selected: Option<serde_json::Value>) -> Option<Audit> {
    let search = read::<select::Output>(selected)?.search.filter(|_| round > 0)?;
    Some(Audit {
        lenses: search.lenses,
        by_draws: search.by_draws?,
        completeness: search.completeness,
        votes_to_target: search.votes_to_target,
        truth: hidden.pool().lenses,
        sampled: search.audited,
    })
}

/// What a lead watches, after the last round that has monitors.
///
/// # Errors
/// When what a round wrote cannot be read.
pub async fn monitors(context: &Context, project: &Project) -> Result<Option<MonitorReport>, CampaignError> {
    for stored in context.store.rounds(project.id).await?.iter().rev() {
        let path = crate::monitors::path(context, project, stored.number);
        if path.exists() {
            return read_json::<RoundMonitors>(&path).map(|kept| Some(kept.report));
        }
    }
    Ok(None)
}

/// How real the training images of a project's last round looked to its network; `None` before any
/// was trained.
///
/// # Errors
/// When what a round wrote cannot be read.
pub async fn realism(context: &Context, project: &Project) -> Result<Option<Realism>, CampaignError> {
    for stored in context.store.rounds(project.id).await?.iter().rev() {
        let path = train::realism_path(context, project, stored.number);
        if path.exists() {
            return read_json(&path).map(Some);
        }
    }
    Ok(None)
}

/// Measures the champion of a project's last round on real images.
///
/// # Errors
/// When the network or a dataset cannot be read.
pub async fn real(
    context: &Context,
    project: &Project,
    names: &[&str],
) -> Result<Vec<crate::report::RealSet>, CampaignError> {
    let Some(stored) = context.store.project_by_id(project.id).await?.and_then(|p| p.active_model) else {
        return Ok(Vec::new());
    };
    let dir = context.workspace.model(&project.spec.model_name, &stored);
    let model = finder::Model::load(&dir, context.device).map_err(CampaignError::from_finder)?;
    crate::real::measure(&context.workspace, names, &model)
}
