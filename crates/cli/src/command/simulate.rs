//! `lensfinder simulate`: a survey with hidden truth, or a training set.

use std::sync::Arc;

use ::simulate::{Config, SurveyRequest, TrainingRequest, simulate_survey, simulate_training};
use domain::Seed;

use super::{heavy, settings, tell};
use crate::{
    arguments::{Simulate, SimulateWhat},
    failure::Failure,
    terminal::Terminal,
};

/// Runs the command.
pub async fn run(wish: Simulate, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let out = wish.out.clone();
    let dataset = heavy(move || {
        let seed = Seed::root(wish.seed);
        let dataset = match wish.what {
            SimulateWhat::Survey => {
                let mut request = SurveyRequest::new(&wish.out, seed.child("survey"));
                request.config = settings(wish.config.as_deref(), Config::default())?;
                request.count = wish.count.unwrap_or(request.count);
                request.lens_rate = wish.lens_rate.unwrap_or(request.lens_rate);
                simulate_survey(&request, terminal.as_ref())?
            }
            SimulateWhat::Training => {
                let mut request = TrainingRequest::new(&wish.out, seed.child("training"));
                request.config = settings(wish.config.as_deref(), Config::training())?;
                if let Some(count) = wish.count {
                    request.positives = count / 2;
                    request.negatives = count - count / 2;
                }
                simulate_training(&request, terminal.as_ref())?
            }
        };
        Ok(dataset)
    })
    .await?;
    let value = serde_json::json!({"dataset": out, "images": dataset.len(), "digest": dataset.digest()});
    tell(json, &value, &format!("{} simulated cutouts in {}", dataset.len(), out.display()))
}
