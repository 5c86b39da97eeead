//! Reviewed false positives of the network become training images for people: images that look
//! like lenses and are none. Without them, skill is measured on mocks and empty fields, and people
//! seem better at saying no than they are.

use domain::{Label, SubjectId};
use store::{NewSubject, Role, Subject};

use crate::{
    CampaignError,
    priors::Priors,
    review,
    runner::{Context, Project},
    setup::training_name,
};

/// What volunteers' screens and the consensus call them ([`consensus::live::TruthKind::of`]).
pub const KIND: &str = "reviewed false positive";

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
    let mut mistakes: Vec<(f64, String)> = review::verdicts(&review::read_frozen(context, project, round)?)
        .into_iter()
        .filter(|(_, verdict)| verdict.is_lens() == Some(false))
        .filter_map(|(name, _)| Some((priors.get(&name)?.probability, name)))
        .filter(|(probability, _)| *probability >= rule.min_probability)
        .collect();
    // The worst mistakes first; names settle what is equal.
    mistakes.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    mistakes.truncate(rule.most);
    let names: Vec<String> = mistakes.into_iter().map(|(_, name)| name).collect();
    let survey = context.store.subject_ids(project.id, names.clone()).await?;
    let mut twins: Vec<(Subject, String)> = Vec::with_capacity(names.len());
    for name in names {
        let Some(id) = survey.get(&name).copied() else { continue };
        let Some(subject) = context.store.subject(id).await?.filter(|subject| subject.image.is_some()) else {
            continue;
        };
        twins.push((subject, training_name(&format!("reviewed:{name}"))));
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
