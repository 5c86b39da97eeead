//! Train: makes the challenger. Round 0 learns from mocks; every later round starts
//! again from the weights of round 0 and learns from mocks and people's labels, so
//! that a wrong label of an earlier round leaves no trace once it is corrected.

use std::{collections::HashMap, path::PathBuf};

use domain::{Digest, Seed};
use finder::{Excluded, TrainReport, TrainRequest, TrainingConfig};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::NewModel;
use survey::{Dataset, Fold, ManifestRow};

use super::{aggregate, heavy};
use crate::{
    CampaignError, audit, labels,
    realism::{self, Part, Wish},
    runner::{Context, Project, Round},
    tiles,
    workspace::write_json,
};

/// The challenger.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Output {
    /// Its version.
    pub version: String,
    /// Digest of its config and weights.
    pub digest: Digest,
    /// The version trained on mocks alone.
    pub pretrained: String,
    /// Mock examples it learned from.
    pub mocks: usize,
    /// People's labels it learned from.
    pub people: usize,
}

/// Trains, or finds what an earlier run or another project trained from the same inputs.
pub(crate) async fn run(
    context: &Context,
    project: &Project,
    round: &Round,
) -> Result<Output, CampaignError> {
    let aggregated: aggregate::Output = round.output("aggregate")?;
    let pretrained = round.previous::<Output>("train")?.map(|previous| previous.pretrained);
    let job = Job {
        context: context.clone(),
        project: project.clone(),
        round: round.number,
        labels: aggregated.labels,
        pretrained,
    };
    let output = heavy(move || job.run()).await?;
    let dir = context.workspace.model(&project.spec.model_name, &output.version);
    let model = NewModel {
        version: output.version.clone(),
        digest: output.digest,
        dir: dir.display().to_string(),
        metrics: json!({ "mocks": output.mocks, "people": output.people }),
    };
    context.store.register_model(project.id, model).await?;
    Ok(output)
}

/// Where a round keeps how real its training set looks.
pub(crate) fn realism_path(context: &Context, project: &Project, round: u32) -> PathBuf {
    context.workspace.round(&project.slug, round).join("realism.json")
}

/// The round that a version was trained in, and whose labels it learned from: versions begin `r<round>-`.
pub(crate) fn round_of(version: &str) -> Option<u32> {
    version.strip_prefix('r')?.split('-').next()?.parse().ok()
}

struct Job {
    context: Context,
    project: Project,
    round: u32,
    labels: Digest,
    pretrained: Option<String>,
}

impl Job {
    fn run(self) -> Result<Output, CampaignError> {
        let Self { context, project, round, .. } = &self;
        let spec = &project.spec;
        let training_set = Dataset::open(&context.workspace.dataset(&spec.training_set))?;
        let survey = Dataset::open(&context.workspace.dataset(&spec.survey))?;
        let seed = Seed::root(spec.seed);
        let config = TrainingConfig {
            seed: seed.child("train").index(u64::from(*round)).to_u64(),
            ..if self.pretrained.is_some() { spec.fine_tuning.clone() } else { spec.training.clone() }
        };
        let excluded = spec.excluded(&context.workspace)?;
        let aside = spec.validation()?;
        let mocks = tiles::labelled(&training_set, &aside, &excluded, context.progress.as_ref())?;
        let mut examples = mocks.training;
        let mocks_used = examples.len();
        let mut wanted = if self.pretrained.is_some() { self.wanted(&survey)? } else { HashMap::new() };
        let labelled = wanted.len();
        wanted.retain(|id, _| !excluded.contains(id));
        let people_left_out = labelled - wanted.len();
        let people = tiles::chosen(&survey, &wanted)?.examples;
        let people_used = people.len();
        examples.append(&people).map_err(CampaignError::Finder)?;

        let audited = audit::judged(context, project, *round)?;
        let audit = if self.pretrained.is_some() && !audited.is_empty() {
            Some(tiles::chosen(&survey, &audited)?.examples)
        } else {
            None
        };

        let version = self.version(&config, &training_set, &excluded, people_used > 0)?;
        let mut lineage = json!({
            "round": round,
            "training_set": spec.training_set,
            "mocks": mocks_used,
            "people": people_used,
            "labels": self.labels,
            "from": self.pretrained,
        });
        if spec.exclude.is_some() {
            let left_out = json!({ "mocks": mocks.left_out, "people": people_left_out });
            lineage["excluded"] = json!({ "ids": excluded.digest(), "left_out": left_out });
            let words = format!(
                "{} {} and {people_left_out} images with people's labels left out as listed",
                mocks.left_out.total(),
                if realism::is_simulated(&training_set) { "mocks" } else { "training images" }
            );
            tracing::info!(project = project.slug, round, "{words}");
        }
        let request = TrainRequest {
            out: context.workspace.model(&spec.model_name, &version),
            config,
            tile_spec: training_set.spec().clone(),
            examples,
            validation: Some(mocks.validation),
            audit,
            init: self.pretrained.as_ref().map(|version| context.workspace.model(&spec.model_name, version)),
            lineage,
            simulated: realism::is_simulated(&training_set),
        };
        let report = finder::train(&request, context.device, context.progress.as_ref())
            .map_err(CampaignError::from_finder)?;
        self.compare(&report, &training_set, &survey)?;
        Ok(Output {
            pretrained: self.pretrained.clone().unwrap_or_else(|| version.clone()),
            version,
            digest: report.digest,
            mocks: mocks_used,
            people: people_used,
        })
    }

    /// How real the mocks look beside the pool and the real sets: kept with the round and on the
    /// model's card. Mocks the network learned from are not among them, nor is the held-out sky.
    fn compare(&self, trained: &TrainReport, mocks: &Dataset, survey: &Dataset) -> Result<(), CampaignError> {
        let Self { context, project, round, .. } = self;
        let (spec, progress) = (&project.spec, context.progress.as_ref());
        let path = realism_path(context, project, *round);
        if path.exists() {
            return Ok(());
        }
        let (sky, aside) = (spec.sky()?, spec.validation()?);
        let of_pool = |row: &ManifestRow| tiles::fold_of(&sky, row.cell, &row.id) == Fold::Pool;
        let kept_aside = |row: &ManifestRow| tiles::fold_of(&aside, row.cell, &row.id) == Fold::HeldOut;
        let mut sets = Vec::new();
        for name in &spec.real_sets {
            sets.push(Dataset::open(&context.workspace.dataset(name))?);
        }
        let mut real = vec![Part { dataset: survey, keep: &of_pool }];
        real.extend(sets.iter().map(Part::all));
        let mocks = Part { dataset: mocks, keep: &kept_aside };
        let controls = spec.controls.as_ref().map(|name| Dataset::open(&context.workspace.dataset(name)));
        let controls = controls.transpose()?;
        let controls = controls.as_ref().map(|controls| (controls, mocks));
        let wish = Wish { mocks, real: &real, controls, most: realism::MOST };
        let model = trained.open(context.device).map_err(CampaignError::from_finder)?;
        let found = realism::measure(&model, &wish, progress)?;
        finder::realism::record(&trained.dir, &found).map_err(CampaignError::from_finder)?;
        tracing::info!(project = project.slug, round, "{}", found.text());
        for line in found.lines() {
            // A stretch of its own, so that it stays on the terminal.
            progress.begin(&format!("{}: {line}", project.slug), 1);
            progress.advance(1);
            progress.end();
        }
        write_json(&path, &found).map(|_| ())
    }

    /// People's labels of the pool; the audit's and those in gate cells are kept for judging.
    fn wanted(&self, survey: &Dataset) -> Result<HashMap<String, (f32, f32)>, CampaignError> {
        let spec = &self.project.spec;
        let rows = labels::read(&self.context, &self.project, self.round)?;
        let mut wanted: HashMap<String, (f32, f32)> = rows
            .into_iter()
            .filter_map(|row| Some((row.id, (row.target? as f32, row.weight? as f32 * spec.people_weight))))
            .collect();
        for id in audit::drawn(&self.context, &self.project, self.round)?.keys() {
            wanted.remove(id);
        }
        let sky = spec.sky()?;
        for row in survey.manifest()? {
            let row = row?;
            if tiles::fold_of(&sky, row.cell, &row.id) != Fold::Pool {
                wanted.remove(&row.id);
            }
        }
        Ok(wanted)
    }

    /// A version is named by all it depends on, so the same inputs are trained once.
    fn version(
        &self,
        config: &TrainingConfig,
        mocks: &Dataset,
        excluded: &Excluded,
        people: bool,
    ) -> Result<String, CampaignError> {
        let mut parts = vec![serde_json::to_vec(config).map_err(CampaignError::Json)?];
        let spec = &self.project.spec;
        let json = |value: serde_json::Value| value.to_string().into_bytes();
        parts.push(mocks.digest().0.to_vec());
        parts.push(json(json!([spec.seed, spec.validation_fraction, self.pretrained])));
        if spec.exclude.is_some() {
            parts.push(excluded.digest().0.to_vec());
        }
        if people {
            parts.push(self.labels.0.to_vec());
            parts.push(json(json!([spec.people_weight, spec.held_out_fraction, spec.gate_fraction])));
        }
        Ok(format!("r{}-{}", self.round, Digest::of_parts(parts).short()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_tells_the_round_whose_labels_it_learned_from() {
        assert_eq!(round_of("r12-5c1e9a00"), Some(12));
        assert_eq!(round_of("r0-5c1e9a00"), Some(0));
        assert_eq!(round_of("mine"), None);
    }
}
