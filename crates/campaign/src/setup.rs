//! Setting a project up: its entry in the database, its subjects, and the training
//! images whose truth is known. Can be interrupted and repeated.

use domain::{Label, Seed};
use serde_json::Value;
use store::{NewProject, NewSubject, Role};
use survey::{Dataset, Fold, ManifestRow};

use crate::{
    CampaignError, CampaignSpec,
    preview::materialise,
    runner::{Context, Project},
    step::heavy,
    tiles::fold_of,
};

/// Subjects handed to the database at once.
const CHUNK: usize = 5_000;

/// Registers a project with this spec, or finds the one that is there.
///
/// # Errors
/// When a dataset is missing, or the project exists with other settings.
pub async fn create(
    context: &Context,
    slug: &str,
    name: &str,
    description: &str,
    spec: CampaignSpec,
) -> Result<Project, CampaignError> {
    spec.check()?;
    let survey = Dataset::open(&context.workspace.dataset(&spec.survey))?;
    let training = Dataset::open(&context.workspace.dataset(&spec.training_set))?;
    if let Some(name) = &spec.controls {
        let controls = Dataset::open(&context.workspace.dataset(name))?;
        if controls.spec() != training.spec() {
            let reason = format!("the tiles of {name} are made otherwise than those of {}", training.name());
            return Err(CampaignError::Setting { field: "controls", reason });
        }
    }
    let stored = context
        .store
        .create_project(NewProject {
            slug: slug.to_owned(),
            name: name.to_owned(),
            description: description.to_owned(),
            spec: serde_json::to_value(&spec).map_err(CampaignError::Json)?,
        })
        .await?;
    let project = project_of(stored.id, slug, stored.spec)?;
    if project.spec != spec {
        let reason = format!("project {slug} exists with other settings; choose another name or workspace");
        return Err(CampaignError::Setting { field: "spec", reason });
    }
    let sky = spec.sky()?;
    let mut waiting = Vec::with_capacity(CHUNK);
    for row in survey.manifest()? {
        context.progress.check()?;
        let row = row?;
        // Held-out sky is never shown, so it never becomes a subject.
        if fold_of(&sky, row.cell, &row.id) == Fold::HeldOut {
            continue;
        }
        waiting.push(subject(&row, Role::Survey, None));
        if waiting.len() == CHUNK {
            context.store.add_subjects(project.id, std::mem::take(&mut waiting)).await?;
        }
    }
    context.store.add_subjects(project.id, waiting).await?;
    training_images(context, &project, training).await?;
    context.store.set_project_active(project.id, true).await?;
    Ok(project)
}

/// The project with this slug.
///
/// # Errors
/// When there is none, or its stored settings are of another version.
pub async fn open(context: &Context, slug: &str) -> Result<Project, CampaignError> {
    let stored =
        context.store.project(slug).await?.ok_or_else(|| CampaignError::NoProject(slug.to_owned()))?;
    project_of(stored.id, slug, stored.spec)
}

fn project_of(id: domain::ProjectId, slug: &str, spec: Value) -> Result<Project, CampaignError> {
    let spec = serde_json::from_value(spec).map_err(|error| CampaignError::Setting {
        field: "spec",
        reason: format!("project {slug} was made by another version ({error}); start a new one"),
    })?;
    Ok(Project { id, slug: slug.to_owned(), spec })
}

/// Puts images of known truth into the project: from the training set's learning part, never
/// from what networks are judged on.
async fn training_images(
    context: &Context,
    project: &Project,
    training: Dataset,
) -> Result<(), CampaignError> {
    let spec = &project.spec;
    let split = spec.validation()?;
    let seed = Seed::root(spec.seed).child("training-images");
    let mut known: Vec<ManifestRow> = Vec::new();
    for label in [Label::Lens, Label::NonLens] {
        let mut rows: Vec<ManifestRow> = training
            .rows()?
            .into_iter()
            .filter(|row| row.label == label && fold_of(&split, row.cell, &row.id) != Fold::HeldOut)
            .collect();
        rows.sort_by_key(|row| seed.child(&row.id).to_u64());
        rows.truncate(spec.training_images);
        known.extend(rows);
    }
    let subjects = known
        .iter()
        .map(|row| {
            let lens = row.label == Label::Lens;
            let role = if lens { Role::TrainingLens } else { Role::TrainingNonLens };
            let kind = match (row.provenance.contains("simulated"), lens) {
                (true, true) => "simulated lens",
                (true, false) => "simulated cluster without a lens",
                (false, true) => "confirmed lens",
                (false, false) => "confirmed non-lens",
            };
            subject(row, role, Some(kind.to_owned()))
        })
        .collect();
    context.store.add_subjects(project.id, subjects).await?;
    let job = context.clone();
    let show_scale = spec.show_scale;
    let images =
        heavy(move || materialise(&job.workspace, &training, &known, show_scale, job.progress.as_ref()))
            .await?;
    let names = images.iter().map(|(name, _)| training_name(name)).collect();
    let ids = context.store.subject_ids(project.id, names).await?;
    let images = images
        .into_iter()
        .filter_map(|(name, image)| Some((*ids.get(&training_name(&name))?, image)))
        .collect();
    context.store.set_images(project.id, images).await?;
    Ok(())
}

/// Training subjects have names of their own: a survey may hold the same id.
fn training_name(id: &str) -> String {
    format!("training:{id}")
}

fn subject(row: &ManifestRow, role: Role, training_kind: Option<String>) -> NewSubject {
    let training = role != Role::Survey;
    NewSubject {
        external_id: if training { training_name(&row.id) } else { row.id.clone() },
        role,
        label: row.label,
        training_kind,
        position: row.position,
        cell: row.cell.map(u64::cast_signed),
    }
}
