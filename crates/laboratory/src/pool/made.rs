//! A pool that the run makes itself: a simulated sky, mocks from another part of it,
//! a network trained on them. Kept in the cache under the digest of what was asked for,
//! so that a second run, or a pool that differs in its training only, finds it there.

use campaign::{Workspace, tiles::labelled};
use domain::{Digest, Seed};
use finder::{Excluded, Model, TrainRequest};
use replay::StoredPool;
use serde_json::json;
use simulate::{Footprint, SurveyRequest, TrainingRequest, simulate_survey, simulate_training};

use super::{
    Workplace,
    report::PoolReport,
    splits::Splits,
    stored::{Sources, assemble},
};
use crate::{
    LabError,
    config::{PoolPlan, RealPlan},
};

/// Where the mocks lie: a sky of their own, so that no cell is shared with the survey.
const MOCKS: Footprint = Footprint { ra_deg: [240.0, 340.0], dec_deg: [0.0, 30.0] };

/// Makes it, or goes on with it.
///
/// # Errors
/// When the simulator or the training refuses, the disk is full, or the person asks to stop.
pub fn make(
    plan: &PoolPlan,
    real: &RealPlan,
    at: Workplace<'_>,
) -> Result<(StoredPool, PoolReport), LabError> {
    let wrong = |problem: String| LabError::Pool { pool: plan.name.clone(), problem };
    // What the sky is made from; everything else about the pool may differ.
    let sky = json!({
        "seed": plan.seed,
        "cutouts": plan.cutouts,
        "lens_rate": plan.lens_rate,
        "look_alike_rate": plan.look_alike_rate,
        "mock_lenses": plan.mock_lenses,
        "mock_non_lenses": plan.mock_non_lenses,
        "mock_look_alike_share": plan.mock_look_alike_share,
        "version": env!("CARGO_PKG_VERSION"),
    });
    let name = Digest::of(sky.to_string().as_bytes()).to_string();
    let workspace = Workspace::open(&at.cache.join(&name[..12]))?;
    let seed = Seed::root(plan.seed);
    let survey = SurveyRequest {
        count: plan.cutouts,
        lens_rate: plan.lens_rate,
        look_alike_rate: plan.look_alike_rate,
        ..SurveyRequest::new(&workspace.dataset("survey"), seed.child("survey"))
    };
    let mut mocks = TrainingRequest {
        positives: plan.mock_lenses,
        negatives: plan.mock_non_lenses,
        look_alike_share: plan.mock_look_alike_share,
        ..TrainingRequest::new(&workspace.dataset("training"), seed.child("training"))
    };
    mocks.config.footprint = MOCKS;
    let survey = simulate_survey(&survey, at.progress)?;
    let mocks = simulate_training(&mocks, at.progress)?;

    let splits = Splits::new(plan.seed, plan.held_out_fraction).map_err(wrong)?;
    let mut config = plan.training.clone();
    config.base_rate = plan.base_rate;
    let training = serde_json::to_string(&config).map_err(|error| wrong(format!("`training`: {error}")))?;
    let version = Digest::of_parts([training.as_bytes(), mocks.digest().to_string().as_bytes()]).to_string();
    let version = version[..12].to_owned();
    let examples = labelled(&mocks, splits.mocks(), &Excluded::default(), at.progress)?;
    let request = TrainRequest {
        out: workspace.model("lensnet", &version),
        config,
        tile_spec: mocks.spec().clone(),
        examples: examples.training,
        validation: Some(examples.validation),
        audit: None,
        init: None,
        lineage: json!({ "training_set": mocks.name(), "digest": mocks.digest() }),
        simulated: true,
    };
    let report = finder::train(&request, at.device, at.progress)?;
    let losses = report.epochs.iter().map(|pass| (pass.epoch, pass.loss, pass.validation_loss)).collect();
    let model: Model = report.open(at.device)?.with_base_rate(plan.base_rate)?;
    let origin = format!(
        "{} simulated cutouts of 100″ ({} % lenses, {} % look-alikes), a network trained on {} mock lenses and {} others from another part of the sky",
        plan.cutouts,
        100.0 * plan.lens_rate,
        100.0 * plan.look_alike_rate,
        plan.mock_lenses,
        plan.mock_non_lenses
    );
    let sources = Sources { workspace: &workspace, survey, mocks: Some(mocks), model, version, origin };
    let in_cache = PoolPlan { survey: "survey".to_owned(), ..plan.clone() };
    let (stored, mut report) = assemble(&in_cache, &sources, real, at)?;
    if let Some(network) = &mut report.network {
        network.losses = losses;
    }
    Ok((stored, report))
}
