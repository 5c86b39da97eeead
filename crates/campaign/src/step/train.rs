//! Train: makes the challenger. Round 0 learns from mocks; every later round starts
//! again from the weights of round 0 and learns from mocks and people's labels, so
//! that a wrong label of an earlier round leaves no trace once it is corrected.

use std::collections::HashMap;

use domain::{Digest, Seed};
use finder::{TrainRequest, TrainingConfig};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::NewModel;
use survey::{Dataset, Fold};

use super::{
    aggregate::{self, LabelRow, labels_path},
    heavy,
};
use crate::{
    CampaignError,
    runner::{Context, Project, Round},
    selection_log::read_csv,
    tiles,
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
        let mocks = tiles::labelled(&training_set, &spec.validation()?, context.progress.as_ref())?;
        let mut examples = mocks.training;
        let mocks_used = examples.len();
        let wanted = if self.pretrained.is_some() { self.wanted(&survey)? } else { HashMap::new() };
        let people = tiles::chosen(&survey, &wanted)?;
        let people_used = people.len();
        examples.append(&people).map_err(CampaignError::Finder)?;

        let version = self.version(&config, &training_set, people_used > 0)?;
        let request = TrainRequest {
            out: context.workspace.model(&spec.model_name, &version),
            config,
            tile_spec: training_set.spec().clone(),
            examples,
            validation: Some(mocks.validation),
            init: self.pretrained.as_ref().map(|version| context.workspace.model(&spec.model_name, version)),
            lineage: json!({
                "round": round,
                "training_set": spec.training_set,
                "mocks": mocks_used,
                "people": people_used,
                "labels": self.labels,
                "from": self.pretrained,
            }),
            simulated: true,
        };
        let report = finder::train(&request, context.device, context.progress.as_ref())
            .map_err(CampaignError::from_finder)?;
        Ok(Output {
            pretrained: self.pretrained.clone().unwrap_or_else(|| version.clone()),
            version,
            digest: report.digest,
            mocks: mocks_used,
            people: people_used,
        })
    }

    /// People's labels of the pool; those in gate cells are kept for judging.
    fn wanted(&self, survey: &Dataset) -> Result<HashMap<String, (f32, f32)>, CampaignError> {
        let spec = &self.project.spec;
        let rows: Vec<LabelRow> = read_csv(&labels_path(&self.context, &self.project, self.round))?;
        let mut wanted: HashMap<String, (f32, f32)> = rows
            .into_iter()
            .filter_map(|row| Some((row.id, (row.target? as f32, row.weight? as f32 * spec.people_weight))))
            .collect();
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
        people: bool,
    ) -> Result<String, CampaignError> {
        let mut parts = vec![serde_json::to_vec(config).map_err(CampaignError::Json)?];
        let spec = &self.project.spec;
        let json = |value: serde_json::Value| value.to_string().into_bytes();
        parts.push(mocks.digest().0.to_vec());
        parts.push(json(json!([spec.seed, spec.validation_fraction, self.pretrained])));
        if people {
            parts.push(self.labels.0.to_vec());
            parts.push(json(json!([spec.people_weight, spec.held_out_fraction, spec.gate_fraction])));
        }
        Ok(format!("r{}-{}", self.round, Digest::of_parts(parts).short()))
    }
}
