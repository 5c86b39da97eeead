//! Score: the champion scores the whole survey, shard by shard. Shards it has scored
//! before are left alone, so a round without a new champion costs nothing. What it thinks of
//! subjects that people were asked about goes into their prior (see [`crate::priors`]), and one
//! that it contradicts comes back.

use std::collections::{HashMap, HashSet};

use consensus::live::Outcome;
use domain::Digest;
use finder::Model;
use serde::{Deserialize, Serialize};
use survey::{Dataset, Fold};

use super::{aggregate, heavy, promote, train};
use crate::{
    CampaignError,
    labels::{self, LabelRow},
    priors::{self, Priors},
    runner::{Context, Project, Round},
    tiles,
};

/// Where the scores are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Output {
    /// Who scored.
    pub model: String,
    /// How many images.
    pub rows: u64,
    /// Digest over all score files.
    pub scores: Digest,
    /// Digest of `rescored.csv`.
    pub rescored: Digest,
    /// Retired subjects that come back because of what the network says now.
    pub returned: u64,
}

/// Scores what is not scored yet.
pub(crate) async fn run(
    context: &Context,
    project: &Project,
    round: &Round,
) -> Result<Output, CampaignError> {
    let champion = round.output::<promote::Output>("promote")?.champion;
    let job = Job { context: context.clone(), project: project.clone(), round: round.number, champion };
    let (output, priors) = heavy(move || job.run()).await?;
    priors::announce(context, project, priors.values()).await?;
    Ok(output)
}

struct Job {
    context: Context,
    project: Project,
    round: u32,
    champion: String,
}

impl Job {
    fn run(&self) -> Result<(Output, Priors), CampaignError> {
        let Self { context, project, champion, .. } = self;
        let spec = &project.spec;
        let model = Model::load(&context.workspace.model(&spec.model_name, champion), context.device)
            .map_err(CampaignError::from_finder)?
            .with_base_rate(spec.base_rate)
            .map_err(CampaignError::from_finder)?;
        let survey = Dataset::open(&context.workspace.dataset(&spec.survey))?;
        let out = context.workspace.scores(&spec.survey, champion);
        let report = finder::score_dataset(&model, &survey, &out, context.progress.as_ref())
            .map_err(CampaignError::from_finder)?;
        let (priors, returned) = self.rescored(&survey)?;
        let rescored = priors::write(&priors::rescored_path(context, project, self.round), &priors)?;
        let output =
            Output { model: champion.clone(), rows: report.rows, scores: report.digest, rescored, returned };
        Ok((output, priors))
    }

    /// The priors with the champion's word, and how many retired subjects it brings back.
    fn rescored(&self, survey: &Dataset) -> Result<(Priors, u64), CampaignError> {
        let Self { context, project, round, champion } = self;
        let before = priors::before(context, project, *round)?;
        let scores = self.scores(&before)?;
        let rows = labels::read(context, project, *round)?;
        let judged: HashMap<&str, &LabelRow> = rows.iter().map(|row| (row.id.as_str(), row)).collect();
        let learned = self.learned()?;
        let trained_on = if learned.is_empty() { HashSet::new() } else { self.trained_on(survey)? };
        let engine = aggregate::engine(context, project, *round)?;
        let mut after = Priors::new();
        let mut returned = 0;
        for (id, was) in before {
            let row = judged.get(id.as_str()).copied();
            let learned_from = learned.get(&id).filter(|_| trained_on.contains(&id));
            let now = match scores.get(&id) {
                Some(score) => priors::renewed(&was, *score, champion, learned_from),
                None => was.clone(),
            };
            let stands =
                |prior: &priors::Prior| row.map(|row| row.judged(&engine, prior.probability).outcome);
            let came_back = stands(&was).is_some_and(Outcome::is_settled)
                && stands(&now).is_some_and(|outcome| !outcome.is_settled());
            returned += u64::from(came_back);
            after.insert(id, now);
        }
        Ok((after, returned))
    }

    /// The labels that the champion learned from: those of the round it was trained in, which is an
    /// earlier one where no challenger passed since. The first network learned from mocks alone.
    fn learned(&self) -> Result<HashMap<String, LabelRow>, CampaignError> {
        let Self { context, project, round, champion } = self;
        let trained = train::round_of(champion).filter(|trained| trained <= round).ok_or_else(|| {
            let reason = format!(
                "version {champion} does not say in which round it was trained; promote one that does"
            );
            CampaignError::Inconsistent { round: *round, step: "score".into(), reason }
        })?;
        if trained == 0 {
            return Ok(HashMap::new());
        }
        let rows = labels::read(context, project, trained)?;
        Ok(rows.into_iter().map(|row| (row.id.clone(), row)).collect())
    }

    /// The champion's probabilities of these subjects.
    fn scores(&self, of: &Priors) -> Result<HashMap<String, f64>, CampaignError> {
        let mut scores = HashMap::new();
        if of.is_empty() {
            return Ok(scores);
        }
        let dir = self.context.workspace.scores(&self.project.spec.survey, &self.champion);
        for batch in finder::read_scores(&dir).map_err(CampaignError::from_finder)? {
            let batch = batch.map_err(CampaignError::from_finder)?;
            let rows = batch.ids.iter().zip(&batch.probabilities);
            scores.extend(rows.filter(|(id, _)| of.contains_key(*id)).map(|(id, p)| (id.clone(), *p)));
        }
        Ok(scores)
    }

    /// Subjects in the part of the sky whose labels networks learn from.
    fn trained_on(&self, survey: &Dataset) -> Result<HashSet<String>, CampaignError> {
        let sky = self.project.spec.sky()?;
        let mut ids = HashSet::new();
        for row in survey.manifest()? {
            let row = row?;
            if tiles::fold_of(&sky, row.cell, &row.id) == Fold::Pool {
                ids.insert(row.id.clone());
            }
        }
        Ok(ids)
    }
}
