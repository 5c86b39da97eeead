//! `priors.csv` of a round: what the network thought of each subject that was ever chosen, before
//! the votes on it could teach that network. `p_joint` starts from here.
//!
//! The first entry is the score by which a subject was first chosen: its network had seen no vote
//! on it. A new network may have been trained on the subject's own votes; taken as it is, its score
//! would count those votes twice. So where the new network learned from the subject, its score is
//! used only as far as it speaks *against* the votes it learned from.

use std::{collections::BTreeMap, path::PathBuf};

use domain::Digest;
use serde::{Deserialize, Serialize};

use crate::{
    CampaignError,
    labels::LabelRow,
    runner::{Context, Project},
    selection_log::{read_csv, write_csv},
};

/// One row of `priors.csv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prior {
    /// Id in the dataset.
    pub id: String,
    /// The network's calibrated probability.
    pub probability: f64,
    /// The network's version.
    pub model: String,
}

/// Priors by id.
pub type Priors = BTreeMap<String, Prior>;

/// The file of a round: `priors.csv` after its selection.
#[must_use]
pub fn path(context: &Context, project: &Project, round: u32) -> PathBuf {
    context.workspace.round(&project.slug, round).join("priors.csv")
}

/// The file of a round between scoring and selection.
#[must_use]
pub fn rescored_path(context: &Context, project: &Project, round: u32) -> PathBuf {
    context.workspace.round(&project.slug, round).join("rescored.csv")
}

/// What the round before `round` left; nothing in round 0.
///
/// # Errors
/// When the file is missing or of another version.
pub fn before(context: &Context, project: &Project, round: u32) -> Result<Priors, CampaignError> {
    match round.checked_sub(1) {
        None => Ok(Priors::new()),
        Some(before) => read(&path(context, project, before)),
    }
}

/// Reads a file of priors.
///
/// # Errors
/// When the file is missing or of another version.
pub fn read(path: &std::path::Path) -> Result<Priors, CampaignError> {
    Ok(read_csv::<Prior>(path)?.into_iter().map(|prior| (prior.id.clone(), prior)).collect())
}

/// Writes a file of priors, by id.
///
/// # Errors
/// When the disk refuses.
pub fn write(path: &std::path::Path, priors: &Priors) -> Result<Digest, CampaignError> {
    write_csv(path, &priors.values().collect::<Vec<_>>())
}

/// The prior of a subject after a network gave it a new score. `learned_from` is the label that this
/// network may have been trained on.
#[must_use]
pub fn renewed(was: &Prior, score: f64, model: &str, learned_from: Option<&LabelRow>) -> Prior {
    if was.model == model {
        return was.clone();
    }
    let target = learned_from.and_then(|row| row.target);
    let probability = match target {
        None => score,
        Some(target) if target < 0.5 => was.probability.max(score),
        Some(_) => was.probability.min(score),
    };
    // What stands is still the older network's word.
    let model = if probability == score { model } else { &was.model };
    Prior { id: was.id.clone(), probability, model: model.to_owned() }
}

#[cfg(test)]
mod tests {
    use consensus::live::{Engine, Evidence, LabelRule};
    use domain::Tally;

    use super::*;
    use crate::labels::Voted;

    fn row(nats: [f64; 3], tally: Tally) -> LabelRow {
        let voted = Voted { evidence: Evidence::from_nats(nats), tally, network: Some(0.1) };
        LabelRow::of("a", &voted, &Engine::default(), 0.01, &LabelRule::default())
    }

    fn after(score: f64, learned_from: Option<&LabelRow>) -> f64 {
        let was = Prior { id: "a".into(), probability: 0.1, model: "r0".into() };
        renewed(&was, score, "r1", learned_from).probability
    }

    #[test]
    fn a_network_that_did_not_learn_from_the_image_is_believed() {
        assert_eq!(after(0.3, None), 0.3);
        assert_eq!(after(0.02, None), 0.02);
        let few = row([0.0, -0.5, 0.0], Tally { lens: 1, ..Tally::default() });
        assert_eq!(few.target, None);
        assert_eq!(after(0.3, Some(&few)), 0.3);
    }

    #[test]
    fn a_network_that_learned_from_the_votes_cannot_repeat_them() {
        let no = row([-8.0, 0.0, -2.0], Tally { no_lens: 4, ..Tally::default() });
        let yes = row([0.0, -8.0, -4.0], Tally { lens: 4, ..Tally::default() });
        assert_eq!((after(0.001, Some(&no)), after(0.4, Some(&no))), (0.1, 0.4));
        assert_eq!((after(0.9, Some(&yes)), after(0.02, Some(&yes))), (0.1, 0.02));
    }

    #[test]
    fn the_same_network_changes_nothing() {
        let was = Prior { id: "a".into(), probability: 0.1, model: "r0".into() };
        assert_eq!(renewed(&was, 0.9, "r0", None), was);
    }
}
