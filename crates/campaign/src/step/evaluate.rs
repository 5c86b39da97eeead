//! Evaluate: measures the challenger, and the champion beside it, on sets that training
//! never sees: mocks kept aside, people's labels in the gate cells, and real images
//! where there are any. The simulated survey's hidden truth is not among them.

use std::collections::HashMap;

use domain::{Digest, Label, Seed};
use finder::{
    Examples, Model,
    metrics::{self, Difference, Statistic, Summary},
};
use serde::{Deserialize, Serialize};
use survey::{Dataset, Fold};

use super::{heavy, promote, train};
use crate::{
    CampaignError, labels,
    runner::{Context, Project, Round},
    tiles,
    workspace::write_json,
};

/// Posteriors beyond these count as people's yes and no when networks are judged.
const PEOPLE_SURE: (f64, f64) = (0.2, 0.8);

/// Where the evaluation is written, and between whom it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Output {
    /// The challenger's version.
    pub challenger: String,
    /// The champion's version, if there is one.
    pub champion: Option<String>,
    /// Digest of `evaluation.json`.
    pub evaluation: Digest,
}

/// What a set of images is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Simulated images with known truth.
    Mocks,
    /// Survey images in the gate cells, with people's labels.
    People,
    /// Real images with labels from elsewhere.
    Real,
}

/// Both networks on one set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetEvaluation {
    /// Its name.
    pub name: String,
    /// What it is.
    pub origin: Origin,
    /// Lenses in it.
    pub positives: u64,
    /// Non-lenses in it.
    pub negatives: u64,
    /// The challenger.
    pub challenger: Summary,
    /// The champion.
    pub champion: Option<Summary>,
    /// Average precision of the challenger less that of the champion (paired bootstrap).
    pub difference: Option<Difference>,
}

/// Measures both.
pub(crate) async fn run(
    context: &Context,
    project: &Project,
    round: &Round,
) -> Result<Output, CampaignError> {
    let trained: train::Output = round.output("train")?;
    let champion = round.previous::<promote::Output>("promote")?.map(|output| output.champion);
    let (context, project, number) = (context.clone(), project.clone(), round.number);
    heavy(move || {
        let job = Job { context: &context, project: &project, round: number };
        let sets = job.sets()?;
        let challenger = job.model(&trained.version)?;
        let standing = champion.as_deref().map(|version| job.model(version)).transpose()?;
        let mut evaluations = Vec::new();
        context.progress.begin(&format!("{}: judge on {} sets", project.slug, sets.len()), sets.len() as u64);
        for (name, origin, examples) in &sets {
            context.progress.check()?;
            evaluations.push(job.compare(name, *origin, examples, &challenger, standing.as_ref())?);
            context.progress.advance(1);
        }
        context.progress.end();
        let path = context.workspace.round(&project.slug, number).join("evaluation.json");
        let evaluation = write_json(&path, &evaluations)?;
        Ok(Output { challenger: trained.version, champion, evaluation })
    })
    .await
}

struct Job<'a> {
    context: &'a Context,
    project: &'a Project,
    round: u32,
}

impl Job<'_> {
    fn model(&self, version: &str) -> Result<Model, CampaignError> {
        let dir = self.context.workspace.model(&self.project.spec.model_name, version);
        Model::load(&dir, self.context.device).map_err(CampaignError::from_finder)
    }

    /// The sets, in a fixed order.
    fn sets(&self) -> Result<Vec<(String, Origin, Examples)>, CampaignError> {
        let (spec, workspace) = (&self.project.spec, &self.context.workspace);
        let progress = self.context.progress.as_ref();
        let mocks = Dataset::open(&workspace.dataset(&spec.training_set))?;
        let mocks = tiles::labelled(&mocks, &spec.validation()?, &spec.excluded(workspace)?, progress)?;
        let survey = Dataset::open(&workspace.dataset(&spec.survey))?;
        let people = tiles::chosen(&survey, &self.people(&survey)?)?;
        let mut sets = vec![
            ("mocks kept aside".to_owned(), Origin::Mocks, mocks.validation),
            ("people's labels in gate cells".to_owned(), Origin::People, people),
        ];
        for name in &spec.real_sets {
            let set = Dataset::open(&workspace.dataset(name))?;
            let all = Examples::of_dataset(&set, progress).map_err(CampaignError::from_finder)?;
            sets.push((name.clone(), Origin::Real, all));
        }
        Ok(sets)
    }

    /// Subjects in gate cells on which people are sure.
    fn people(&self, survey: &Dataset) -> Result<HashMap<String, (f32, f32)>, CampaignError> {
        let rows = labels::read(self.context, self.project, self.round)?;
        let sure: HashMap<String, Label> = rows
            .into_iter()
            .filter(|row| row.target.is_some())
            .filter_map(|row| match row.p_votes {
                p if p < PEOPLE_SURE.0 => Some((row.id, Label::NonLens)),
                p if p > PEOPLE_SURE.1 => Some((row.id, Label::Lens)),
                _ => None,
            })
            .collect();
        let mut wanted = HashMap::new();
        let sky = self.project.spec.sky()?;
        for row in survey.manifest()? {
            let row = row?;
            if tiles::fold_of(&sky, row.cell, &row.id) == Fold::Gate
                && let Some(label) = sure.get(&row.id)
            {
                wanted.insert(row.id.clone(), (f32::from(label.code()), 1.0));
            }
        }
        Ok(wanted)
    }

    fn compare(
        &self,
        name: &str,
        origin: Origin,
        examples: &Examples,
        challenger: &Model,
        champion: Option<&Model>,
    ) -> Result<SetEvaluation, CampaignError> {
        let labels = examples.labels();
        let seed = Seed::root(self.project.spec.seed).child("judge").child(name);
        let measure = |model: &Model| -> Result<(Vec<f64>, Summary), CampaignError> {
            let outputs = model.outputs(&examples.tiles).map_err(CampaignError::from_finder)?;
            let scores: Vec<f64> = outputs.logits.iter().map(|&logit| f64::from(logit)).collect();
            let probabilities: Vec<f64> =
                outputs.logits.iter().map(|&logit| model.probability(logit)).collect();
            Ok((scores.clone(), Summary::of(&scores, &probabilities, &labels, seed)))
        };
        let (new, challenger) = measure(challenger)?;
        let old = champion.map(measure).transpose()?;
        let resamples = self.project.spec.gate.resamples;
        let difference = old.as_ref().and_then(|(old, _)| {
            metrics::paired_difference(&new, old, &labels, Statistic::AveragePrecision, resamples, seed).ok()
        });
        let positives = labels.iter().filter(|&&lens| lens).count() as u64;
        Ok(SetEvaluation {
            name: name.to_owned(),
            origin,
            positives,
            negatives: labels.len() as u64 - positives,
            challenger,
            champion: old.map(|(_, summary)| summary),
            difference,
        })
    }
}
