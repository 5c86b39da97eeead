//! Evaluate: measures the challenger, and the champion beside it, on sets that training
//! never sees: mocks kept aside, arcs laid over real images, people's labels in the gate cells, the
//! audit, and real images where there are any; each as a whole and per footprint. The simulated
//! survey's hidden truth is not among them.

use std::collections::HashMap;

use domain::{Digest, Label, Seed};
use finder::{
    Model,
    metrics::{self, Difference, Statistic, Summary},
};
use serde::{Deserialize, Serialize};
use survey::{Dataset, Fold, Footprint, ManifestRow};

use super::{heavy, promote, train};
use crate::{
    CampaignError, audit, labels,
    runner::{Context, Project, Round},
    tiles::{self, Chosen},
    workspace::write_json,
};

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
    /// Simulated arcs over real images, and real images without.
    Injected,
    /// Images of the pool that chance chose, with people's labels. They are drawn with unequal
    /// probabilities: good for comparing networks, no estimate for the pool.
    Audit,
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
    /// The challenger on the images of each footprint, where positions are known.
    #[serde(default)]
    pub footprints: Vec<OfFootprint>,
}

/// A network on the images of one footprint.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OfFootprint {
    /// Which.
    pub footprint: Footprint,
    /// All numbers.
    pub summary: Summary,
}

/// Images to judge on.
struct JudgeSet {
    name: String,
    origin: Origin,
    images: Chosen,
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
        for set in &sets {
            context.progress.check()?;
            evaluations.push(job.compare(set, &challenger, standing.as_ref())?);
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
    fn sets(&self) -> Result<Vec<JudgeSet>, CampaignError> {
        let (spec, workspace) = (&self.project.spec, &self.context.workspace);
        let progress = self.context.progress.as_ref();
        let mocks = Dataset::open(&workspace.dataset(&spec.training_set))?;
        let mocks = tiles::labelled(&mocks, &spec.validation()?, &spec.excluded(workspace)?, progress)?;
        let examples = mocks.validation;
        let footprints = vec![None; examples.len()];
        let survey = Dataset::open(&workspace.dataset(&spec.survey))?;
        let audited = audit::judged(self.context, self.project, self.round)?;
        let set = |name: &str, origin, images| JudgeSet { name: name.to_owned(), origin, images };
        let mut sets = vec![
            set("mocks kept aside", Origin::Mocks, Chosen { examples, footprints }),
            set(
                "people's labels in gate cells",
                Origin::People,
                tiles::chosen(&survey, &self.people(&survey)?)?,
            ),
            set("the audit", Origin::Audit, tiles::chosen(&survey, &audited)?),
        ];
        let labelled = |row: &ManifestRow| match row.label {
            Label::Unknown => None,
            label => Some((f32::from(label.code()), 1.0)),
        };
        for (names, origin) in [(&spec.injected_sets, Origin::Injected), (&spec.real_sets, Origin::Real)] {
            for name in names {
                let dataset = Dataset::open(&workspace.dataset(name))?;
                sets.push(set(name, origin, tiles::picked(&dataset, labelled)?));
            }
        }
        Ok(sets)
    }

    /// Subjects in gate cells on which people are sure.
    fn people(&self, survey: &Dataset) -> Result<HashMap<String, (f32, f32)>, CampaignError> {
        let rows = labels::read(self.context, self.project, self.round)?;
        let sure: HashMap<String, f32> = rows
            .into_iter()
            .filter(|row| row.target.is_some())
            .filter_map(|row| Some((row.id, audit::verdict(row.p_votes)?)))
            .collect();
        let mut wanted = HashMap::new();
        let sky = self.project.spec.sky()?;
        for row in survey.manifest()? {
            let row = row?;
            if tiles::fold_of(&sky, row.cell, &row.id) == Fold::Gate
                && let Some(label) = sure.get(&row.id)
            {
                wanted.insert(row.id.clone(), (*label, 1.0));
            }
        }
        Ok(wanted)
    }

    fn compare(
        &self,
        set: &JudgeSet,
        challenger: &Model,
        champion: Option<&Model>,
    ) -> Result<SetEvaluation, CampaignError> {
        let JudgeSet { name, origin, images: Chosen { examples, footprints } } = set;
        let labels = examples.labels();
        let seed = Seed::root(self.project.spec.seed).child("judge").child(name);
        let part = |scores: &[f64], probabilities: &[f64], footprint: Footprint| {
            let of = footprints.iter().enumerate().filter(|(_, of)| **of == Some(footprint));
            let places: Vec<usize> = of.map(|(place, _)| place).collect();
            let pick = |from: &[f64]| -> Vec<f64> { places.iter().map(|&place| from[place]).collect() };
            let labels: Vec<bool> = places.iter().map(|&place| labels[place]).collect();
            let summary = Summary::of(&pick(scores), &pick(probabilities), &labels, seed);
            (!places.is_empty()).then_some(OfFootprint { footprint, summary })
        };
        let measure = |model: &Model| -> Result<(Vec<f64>, Summary, Vec<OfFootprint>), CampaignError> {
            let outputs = model.outputs(&examples.tiles).map_err(CampaignError::from_finder)?;
            let scores: Vec<f64> = outputs.logits.iter().map(|&logit| f64::from(logit)).collect();
            let probabilities: Vec<f64> =
                outputs.logits.iter().map(|&logit| model.probability(logit)).collect();
            let summary = Summary::of(&scores, &probabilities, &labels, seed);
            let parts = Footprint::ALL.into_iter().filter_map(|of| part(&scores, &probabilities, of));
            let parts = parts.collect();
            Ok((scores, summary, parts))
        };
        let (new, challenger, footprints) = measure(challenger)?;
        let old = champion.map(measure).transpose()?;
        let resamples = self.project.spec.gate.resamples;
        let difference = old.as_ref().and_then(|(old, ..)| {
            metrics::paired_difference(&new, old, &labels, Statistic::AveragePrecision, resamples, seed).ok()
        });
        let positives = labels.iter().filter(|&&lens| lens).count() as u64;
        Ok(SetEvaluation {
            name: name.clone(),
            origin: *origin,
            positives,
            negatives: labels.len() as u64 - positives,
            challenger,
            champion: old.map(|(_, summary, _)| summary),
            difference,
            footprints,
        })
    }
}
