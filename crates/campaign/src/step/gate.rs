//! Gate: decides whether the challenger may become champion, and says why in words.
//! What people or catalogues say of real images decides where there is enough of it: the audit,
//! people's labels in the gate cells, known lenses. The challenger must be better on them together and
//! surely worse on none. A set on which both are guessing cannot tell them apart and is not asked. Simulated sets then only have a veto; alone they decide while there is
//! nothing else.

use finder::metrics::Difference;
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
    let wanted = config.min_people_labels as u64;
    let is_simulated = |set: &SetEvaluation| matches!(set.origin, Origin::Mocks | Origin::Injected);
    let compared = |set: &'_ SetEvaluation| Some((set.clone(), set.difference?));
    let (simulated, real): (Vec<_>, Vec<_>) =
        sets.iter().filter_map(compared).partition(|(set, _)| is_simulated(set));
    let enough = |set: &SetEvaluation| set.positives >= wanted && set.negatives >= wanted;
    let real: Vec<_> = real.into_iter().filter(|(set, _)| enough(set) && tells(set)).collect();
    let judges = if real.is_empty() { &simulated } else { &real };
    if judges.is_empty() {
        return (false, "no set has both lenses and non-lenses to compare on".to_owned());
    }
    let numbers =
        judges.iter().map(|(set, difference)| words(set, difference)).collect::<Vec<_>>().join("; ");
    // Each set counts as its interval is narrow.
    let weight = |difference: &Difference| 1.0 / (difference.high - difference.low).max(1e-3).powi(2);
    let total: f64 = judges.iter().map(|(_, difference)| weight(difference)).sum();
    let mean = |of: &dyn Fn(&Difference) -> f64| {
        judges.iter().map(|(_, difference)| weight(difference) * of(difference)).sum::<f64>() / total
    };
    let (value, share) = (mean(&|d| d.value), mean(&|d| d.share_above_zero));
    if value <= 0.0 || share < config.min_probability_better {
        return (false, format!("not better: {numbers}"));
    }
    if let Some((worse, _)) = judges.iter().find(|(_, difference)| difference.high < 0.0) {
        return (false, format!("surely worse on {}: {numbers}", worse.name));
    }
    if !real.is_empty() {
        let lost = simulated.iter().find(|(_, difference)| difference.value < -config.max_mock_loss);
        if let Some((set, difference)) = lost {
            let (name, limit) = (&set.name, config.max_mock_loss);
            let words = format!("but on {name} it loses {:.3}, more than {limit:.3}", -difference.value);
            return (false, format!("{numbers}, {words}"));
        }
    }
    (true, numbers)
}

/// Whether one of the two networks surely does better than chance on the set.
fn tells(set: &SetEvaluation) -> bool {
    let both = [Some(&set.challenger), set.champion.as_ref()];
    both.into_iter().flatten().any(|said| said.auroc.value().is_some_and(|area| area.low > 0.5))
}

fn words(set: &SetEvaluation, difference: &Difference) -> String {
    format!(
        "average precision on {} ({} lenses, {} non-lenses) changes by {:+.3} (95 % {:+.3} to {:+.3}; better in {:.0} % of resamples)",
        set.name,
        set.positives,
        set.negatives,
        difference.value,
        difference.low,
        difference.high,
        100.0 * difference.share_above_zero,
    )
}

#[cfg(test)]
mod tests {
    use domain::Seed;
    use finder::metrics::Summary;

    use super::*;

    /// A set on which the challenger changes by `value`, known to half of `width`.
    fn set(origin: Origin, count: u64, value: f64, width: f64) -> SetEvaluation {
        let labels: Vec<bool> = (0..40).map(|image| image < 20).collect();
        let scores: Vec<f64> = (0..40).map(|image| -f64::from(image % 37)).collect();
        let difference = Difference {
            value,
            low: value - width / 2.0,
            high: value + width / 2.0,
            share_above_zero: if value > 0.0 { 0.9 } else { 0.1 },
            positives: count,
            negatives: count,
            resamples: 100,
        };
        SetEvaluation {
            name: format!("{origin:?}"),
            origin,
            positives: count,
            negatives: count,
            challenger: Summary::of(&scores, &vec![0.5; 40], &labels, Seed::root(1)),
            champion: None,
            difference: Some(difference),
            footprints: Vec::new(),
        }
    }

    fn accepts(sets: &[SetEvaluation]) -> bool {
        decide(sets, &GateConfig::default()).0
    }

    #[test]
    fn mocks_decide_while_there_is_nothing_else() {
        assert!(accepts(&[set(Origin::Mocks, 100, 0.1, 0.05)]));
        assert!(!accepts(&[set(Origin::Mocks, 100, -0.1, 0.05)]));
        // Two audited lenses are too few to overrule them.
        assert!(accepts(&[set(Origin::Mocks, 100, 0.1, 0.05), set(Origin::Audit, 2, -0.3, 0.1)]));
        assert!(!accepts(&[]));
    }

    #[test]
    fn real_images_decide_and_simulated_ones_have_a_veto() {
        let people = set(Origin::People, 20, 0.1, 0.1);
        assert!(accepts(&[set(Origin::Mocks, 100, -0.02, 0.01), people.clone()]));
        assert!(!accepts(&[set(Origin::Mocks, 100, -0.2, 0.01), people.clone()]));
        assert!(!accepts(&[set(Origin::Injected, 100, -0.2, 0.01), people]));
        assert!(!accepts(&[set(Origin::Mocks, 100, 0.2, 0.01), set(Origin::Real, 90, -0.05, 0.2)]));
    }

    #[test]
    fn a_sure_loss_anywhere_real_is_a_no() {
        let better = set(Origin::People, 50, 0.2, 0.05);
        let (accepted, why) = decide(&[better, set(Origin::Real, 90, -0.15, 0.2)], &GateConfig::default());
        assert!(!accepted && why.contains("surely worse on Real"), "{why}");
    }

    #[test]
    fn a_set_on_which_both_guess_is_not_asked() {
        let people = set(Origin::People, 20, 0.1, 0.3);
        let mut elsewhere = set(Origin::Real, 90, -0.01, 0.02);
        assert!(!accepts(&[people.clone(), elsewhere.clone()]));
        let guesses: Vec<f64> = (0..40).map(|image| f64::from(image % 20)).collect();
        let labels: Vec<bool> = (0..40).map(|image| image < 20).collect();
        elsewhere.challenger = Summary::of(&guesses, &vec![0.5; 40], &labels, Seed::root(1));
        assert!(accepts(&[people, elsewhere]));
    }

    #[test]
    fn a_narrow_interval_counts_more() {
        let narrow = set(Origin::Audit, 50, 0.05, 0.05);
        assert!(accepts(&[narrow.clone(), set(Origin::People, 10, -0.1, 0.5)]));
        assert!(!accepts(&[set(Origin::Audit, 50, 0.05, 0.5), set(Origin::People, 10, -0.1, 0.3)]));
    }
}
