//! Reviewed false positives of the network become training images for people: images that look
//! like lenses and are none. Without them, skill is measured on mocks and empty fields, and people
//! seem better at saying no than they are.
//!
//! The network decides which of the reviewed images these are, the experts alone what they are; and
//! when the experts change their mind, the image is a training image no longer.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Label, SubjectId};
use store::{NewSubject, Role, Subject};

use crate::{
    CampaignError,
    priors::Priors,
    review::{self, ReviewRow, Verdict},
    runner::{Context, Project},
    setup::training_name,
    spec::ReviewedNegatives,
};

/// What volunteers' screens and the consensus call them ([`consensus::live::TruthKind::of`]).
pub const KIND: &str = "reviewed false positive";

/// What the reviews say of every such training image the project has: a non-lens, or, where the
/// experts no longer say so, unknown.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn truths(
    context: &Context,
    project: &Project,
    reviews: &[ReviewRow],
) -> Result<Vec<(SubjectId, Label)>, CampaignError> {
    let rule = project.spec.reviewed;
    if !rule.as_training_images {
        return Ok(Vec::new());
    }
    let refuted = refuted(reviews, &rule);
    let names: BTreeSet<String> = reviews.iter().map(|row| row.subject.clone()).collect();
    let twins = twins_of(context, project, names.iter()).await?;
    let truth = |name: &String| if refuted.contains(name) { Label::NonLens } else { Label::Unknown };
    Ok(twins.into_iter().map(|(name, id)| (id, truth(&name))).collect())
}

/// Adds those that are not training images yet, as far as the project allows it; returns how many of
/// them the project has. The survey's image stays as it is; its twin has a name of its own.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn add(
    context: &Context,
    project: &Project,
    round: u32,
    priors: &Priors,
) -> Result<u64, CampaignError> {
    let rule = project.spec.reviewed;
    if !rule.as_training_images {
        return Ok(0);
    }
    let refuted = refuted(&review::read_frozen(context, project, round)?, &rule);
    let there: BTreeSet<String> = twins_of(context, project, refuted.iter()).await?.into_keys().collect();
    let names = wanted(&refuted, &there, priors, &rule);
    let survey = context.store.subject_ids(project.id, names.clone()).await?;
    let mut subjects = context.store.subjects_of(survey.values().copied().collect()).await?;
    let mut twins: Vec<(Subject, String)> = Vec::with_capacity(names.len());
    for name in names {
        let subject = survey.get(&name).and_then(|id| subjects.remove(id));
        let Some(subject) = subject.filter(|subject| subject.image.is_some()) else { continue };
        twins.push((subject, twin_name(&name)));
    }
    let subjects = twins.iter().map(|(subject, name)| twin(subject, name)).collect();
    context.store.add_subjects(project.id, subjects).await?;
    let ids =
        context.store.subject_ids(project.id, twins.iter().map(|(_, name)| name.clone()).collect()).await?;
    let images: Vec<(SubjectId, store::ImageRef)> =
        twins.iter().filter_map(|(subject, name)| Some((*ids.get(name)?, subject.image?))).collect();
    context.store.set_images(project.id, images).await?;
    Ok(twins.len() as u64)
}

/// Images that enough experts graded and most of these call no lens.
fn refuted(reviews: &[ReviewRow], rule: &ReviewedNegatives) -> BTreeSet<String> {
    let everybody = u32::try_from(review::reviewers(reviews)).unwrap_or(u32::MAX);
    let needed = rule.least_reviewers.min(everybody);
    let is_none = |verdict: &Verdict| verdict.is_lens() == Some(false) && verdict.reviewers >= needed;
    review::verdicts(reviews)
        .into_iter()
        .filter(|(_, verdict)| is_none(verdict))
        .map(|(name, _)| name)
        .collect()
}

/// Those that are there and stay, then the network's worst mistakes among the others, as far as there
/// is room: whoever is there was learned from, and is not exchanged for another round by round.
fn wanted(
    refuted: &BTreeSet<String>,
    there: &BTreeSet<String>,
    priors: &Priors,
    rule: &ReviewedNegatives,
) -> Vec<String> {
    let mut wanted: Vec<String> = refuted.intersection(there).cloned().collect();
    let mut mistakes: Vec<(f64, &String)> = refuted
        .difference(there)
        .filter_map(|name| Some((priors.get(name)?.probability, name)))
        .filter(|(probability, _)| *probability >= rule.min_probability)
        .collect();
    // The worst mistakes first; names settle what is equal.
    mistakes.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let room = rule.most.saturating_sub(wanted.len());
    wanted.extend(mistakes.into_iter().take(room).map(|(_, name)| name.clone()));
    wanted
}

/// Which of these survey images have a twin among the training images, and its id.
async fn twins_of(
    context: &Context,
    project: &Project,
    names: impl Iterator<Item = &String>,
) -> Result<BTreeMap<String, SubjectId>, CampaignError> {
    let by_twin: BTreeMap<String, &String> = names.map(|name| (twin_name(name), name)).collect();
    let ids = context.store.subject_ids(project.id, by_twin.keys().cloned().collect()).await?;
    Ok(ids.into_iter().filter_map(|(twin, id)| Some(((*by_twin.get(&twin)?).clone(), id))).collect())
}

fn twin_name(name: &str) -> String {
    training_name(&format!("reviewed:{name}"))
}

fn twin(subject: &Subject, name: &str) -> NewSubject {
    NewSubject {
        external_id: name.to_owned(),
        role: Role::TrainingNonLens,
        label: Label::NonLens,
        training_kind: Some(KIND.to_owned()),
        position: subject.position,
        cell: subject.cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::priors::Prior;

    fn grade(subject: &str, reviewer: &str, lens: bool) -> ReviewRow {
        ReviewRow {
            subject: subject.to_owned(),
            reviewer: reviewer.to_owned(),
            lens,
            stratum: "s1".to_owned(),
            inclusion_probability: 1.0,
        }
    }

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn priors(scores: &[(&str, f64)]) -> Priors {
        let prior = |(id, probability): &(&str, f64)| Prior {
            id: (*id).to_owned(),
            probability: *probability,
            model: "r0".to_owned(),
            heard: "r0".to_owned(),
        };
        scores.iter().map(|row| (row.0.to_owned(), prior(row))).collect()
    }

    #[test]
    fn one_expert_is_enough_only_where_there_is_no_other() {
        let rule = ReviewedNegatives::default();
        let alone = [grade("a", "ann", false), grade("b", "ann", true)];
        assert_eq!(refuted(&alone, &rule), set(&["a"]));
        let two = [grade("a", "ann", false), grade("b", "bob", false), grade("c", "ann", false)];
        assert_eq!(refuted(&two, &rule), set(&[]));
        let agreed = [grade("a", "ann", false), grade("a", "bob", false), grade("c", "ann", false)];
        assert_eq!(refuted(&agreed, &rule), set(&["a"]));
        assert_eq!(refuted(&two, &ReviewedNegatives { least_reviewers: 1, ..rule }), set(&["a", "b", "c"]));
    }

    #[test]
    fn experts_who_are_even_refute_nothing() {
        let rule = ReviewedNegatives::default();
        assert_eq!(refuted(&[grade("a", "ann", false), grade("a", "bob", true)], &rule), set(&[]));
    }

    #[test]
    fn the_worst_mistakes_come_first_and_the_limit_holds_over_all_rounds() {
        let rule = ReviewedNegatives { most: 3, min_probability: 0.1, ..ReviewedNegatives::default() };
        let refuted = set(&["a", "b", "c", "d", "e"]);
        let scores = priors(&[("a", 0.2), ("b", 0.9), ("c", 0.05), ("d", 0.5), ("e", 0.4)]);
        let first = wanted(&refuted, &set(&[]), &scores, &rule);
        assert_eq!(first, ["b", "d", "e"]);
        // The network has changed its mind about all of them: who is there stays, nobody is added.
        let later = priors(&[("a", 0.9), ("b", 0.01), ("d", 0.01), ("e", 0.01)]);
        let there = first.into_iter().collect();
        assert_eq!(wanted(&refuted, &there, &later, &rule), ["b", "d", "e"]);
        // One of them is withdrawn by the experts: there is room again.
        let fewer = set(&["a", "b", "d"]);
        assert_eq!(wanted(&fewer, &there, &later, &rule), ["b", "d", "a"]);
    }

    #[test]
    fn an_image_the_network_never_took_for_a_lens_is_no_mistake() {
        let rule = ReviewedNegatives::default();
        assert!(wanted(&set(&["a", "b"]), &set(&[]), &priors(&[("a", 0.05)]), &rule).is_empty());
    }
}
