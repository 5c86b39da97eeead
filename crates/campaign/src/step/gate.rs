//! Gate: decides whether the challenger may become champion, and says why in words.
//! People's labels decide where there are enough of them; mocks then only have a veto.

use serde::{Deserialize, Serialize};
use store::Decision;

use super::evaluate::{self, Origin, SetEvaluation};
use crate::{
    CampaignError, GateConfig,
    runner::{Context, Project, Round},
    workspace::read_json,
};

/// The verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// Who asked to be champion.
    pub challenger: String,
    /// Who was champion.
    pub champion: Option<String>,
    /// Whether the challenger passes.
    pub accepted: bool,
    /// Why, for a person.
    pub reason: String,
}

/// Reads the evaluation and decides.
pub(crate) async fn run(
    context: &Context,
    project: &Project,
    round: &Round,
) -> Result<Output, CampaignError> {
    let evaluated: evaluate::Output = round.output("evaluate")?;
    let path = context.workspace.round(&project.slug, round.number).join("evaluation.json");
    let sets: Vec<SetEvaluation> = read_json(&path)?;
    let (accepted, reason) = if evaluated.champion.is_none() {
        (true, "the first network of the project; there is no champion to beat".to_owned())
    } else {
        decide(&sets, &project.spec.gate)
    };
    let decision = if accepted { Decision::Accepted } else { Decision::Refused };
    context.store.decide_model(project.id, &evaluated.challenger, decision, &reason).await?;
    Ok(Output { challenger: evaluated.challenger, champion: evaluated.champion, accepted, reason })
}

/// The rule, as a function of the numbers alone.
fn decide(sets: &[SetEvaluation], config: &GateConfig) -> (bool, String) {
    let of = |origin| sets.iter().find(|set: &&SetEvaluation| set.origin == origin);
    let wanted = config.min_people_labels as u64;
    let people = of(Origin::People).filter(|set| set.positives >= wanted && set.negatives >= wanted);
    let mocks = of(Origin::Mocks);
    let Some((judge, difference)) = people.or(mocks).and_then(|set| Some((set, set.difference.as_ref()?)))
    else {
        return (false, "no set has both lenses and non-lenses to compare on".to_owned());
    };
    let numbers = format!(
        "average precision on {} ({} lenses, {} non-lenses) changes by {:+.3} (95 % {:+.3} to {:+.3}; better in {:.0} % of resamples)",
        judge.name,
        judge.positives,
        judge.negatives,
        difference.value,
        difference.low,
        difference.high,
        100.0 * difference.share_above_zero,
    );
    if difference.value <= 0.0 || difference.share_above_zero < config.min_probability_better {
        return (false, format!("not better: {numbers}"));
    }
    if let (Origin::People, Some(veto)) = (judge.origin, mocks.and_then(|set| set.difference.as_ref()))
        && veto.value < -config.max_mock_loss
    {
        let lost = format!("but on mocks it loses {:.3}, more than {:.3}", -veto.value, config.max_mock_loss);
        return (false, format!("{numbers}, {lost}"));
    }
    (true, numbers)
}
