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
    subjects::Subjects,
};

/// Stands in the version of every score that the live head gave while people voted.
pub(crate) const LIVE: &str = "+live";
/// Subjects read from the database at a time.
const PAGE: u32 = 10_000;

/// One row of `priors.csv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prior {
    /// Id in the dataset.
    pub id: String,
    /// The network's calibrated probability.
    pub probability: f64,
    /// The network whose probability this is.
    pub model: String,
    /// The last network that was heard, whether or not its word was taken: it is not heard twice.
    #[serde(default)]
    pub heard: String,
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

/// The file of a round after people voted, where the live head gave its word meanwhile.
#[must_use]
pub fn collected_path(context: &Context, project: &Project, round: u32) -> PathBuf {
    context.workspace.round(&project.slug, round).join("priors-collected.csv")
}

/// What the round before `round` left; nothing in round 0.
///
/// # Errors
/// When the file is missing or of another version.
pub fn before(context: &Context, project: &Project, round: u32) -> Result<Priors, CampaignError> {
    let Some(before) = round.checked_sub(1) else { return Ok(Priors::new()) };
    let collected = collected_path(context, project, before);
    read(&if collected.exists() { collected } else { path(context, project, before) })
}

/// Takes over what the live head said while people voted: of images nobody had voted on, of such as it
/// brought into the queue, and of retired ones that it surely contradicted. `None` when it said nothing.
///
/// # Errors
/// When the database or a file cannot be read.
pub(crate) async fn collect(
    context: &Context,
    project: &Project,
    round: u32,
    champion: &str,
) -> Result<Option<Digest>, CampaignError> {
    let mut priors = read(&path(context, project, round))?;
    let subjects = Subjects::of(context, project).await?;
    let mut news = false;
    let mut after = None;
    loop {
        let page = context.store.beliefs(project.id, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.subject);
        for row in page {
            let (Some(probability), Some(model)) = (row.network, row.model_version) else { continue };
            let Some(id) = subjects.names.get(&row.subject) else { continue };
            if !model.contains(LIVE) || priors.get(id).is_some_and(|prior| prior.model == model) {
                continue;
            }
            let heard = priors.get(id).map_or_else(|| champion.to_owned(), |prior| prior.heard.clone());
            priors.insert(id.clone(), Prior { id: id.clone(), probability, model, heard });
            news = true;
        }
    }
    news.then(|| write(&collected_path(context, project, round), &priors)).transpose()
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

/// Tells the database, each prior under the name of the network whose word it is.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn announce<'a>(
    context: &Context,
    project: &Project,
    priors: impl Iterator<Item = &'a Prior>,
) -> Result<(), CampaignError> {
    let mut by_model: BTreeMap<&str, Vec<&Prior>> = BTreeMap::new();
    for prior in priors {
        by_model.entry(&prior.model).or_default().push(prior);
    }
    for (model, priors) in by_model {
        let names = priors.iter().map(|prior| prior.id.clone()).collect();
        let ids = context.store.subject_ids(project.id, names).await?;
        let scores =
            priors.iter().filter_map(|prior| Some((*ids.get(&prior.id)?, prior.probability))).collect();
        context.store.set_priors(project.id, scores, model).await?;
    }
    Ok(())
}

/// The prior of a subject after a network gave it a new score. `learned_from` is the label that this
/// network was trained on: that of the round it was trained in, not of the present one. A network is
/// heard once: what it says again is no news, whatever the votes have become meanwhile.
#[must_use]
pub fn renewed(was: &Prior, score: f64, model: &str, learned_from: Option<&LabelRow>) -> Prior {
    if was.model == model || was.heard == model {
        return was.clone();
    }
    let target = learned_from.and_then(|row| row.target);
    let probability = match target {
        None => score,
        Some(target) if target < 0.5 => was.probability.max(score),
        Some(_) => was.probability.min(score),
    };
    // What stands is still the older network's word.
    let whose = if probability == score { model } else { &was.model };
    Prior { id: was.id.clone(), probability, model: whose.to_owned(), heard: model.to_owned() }
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
        renewed(&first(), score, "r1", learned_from).probability
    }

    fn first() -> Prior {
        Prior { id: "a".into(), probability: 0.1, model: "r0".into(), heard: "r0".into() }
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
        assert_eq!(renewed(&first(), 0.9, "r0", None), first());
    }

    #[test]
    fn a_network_that_stays_champion_is_not_heard_again_when_the_votes_have_turned() {
        let no = row([-8.0, 0.0, -2.0], Tally { no_lens: 4, ..Tally::default() });
        let yes = row([0.0, -8.0, -4.0], Tally { lens: 4, ..Tally::default() });
        let once = renewed(&first(), 0.6, "r1", Some(&yes));
        let again = renewed(&once, 0.6, "r1", Some(&no));
        assert_eq!((once.probability, once.model.as_str()), (0.1, "r0"));
        assert_eq!(again, once);
        assert_eq!(renewed(&again, 0.6, "r2", Some(&no)).probability, 0.6, "another network is");
    }
}
