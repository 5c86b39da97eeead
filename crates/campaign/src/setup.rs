//! Setting a project up: its entry in the database, its subjects, and the training
//! images whose truth is known. Can be interrupted and repeated.

use std::collections::HashMap;

use domain::{Digest, Label, Seed};
use serde_json::Value;
use simulate::Kind;
use store::{NewProject, NewSubject, Role};
use survey::{Dataset, Fold, ManifestRow};

use crate::{
    CampaignError, CampaignSpec, hidden_truth,
    preview::{self, materialise},
    runner::{Context, Project},
    step::heavy,
    teaching,
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
    if project.is_former {
        let reason = format!(
            "project {slug} was set up by a former version and its loop cannot go on; choose another name or workspace"
        );
        return Err(CampaignError::Setting { field: "spec", reason });
    }
    if project.spec != spec {
        let reason = format!("project {slug} exists with other settings; choose another name or workspace");
        return Err(CampaignError::Setting { field: "spec", reason });
    }
    // Votes are weighed by the project's own rules from the first one on.
    context.store.configure(project.id, &spec.consensus).await?;
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
    let gold = training_images(context, &project, training).await?;
    teaching::fill(context, &project, gold).await?;
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
    let pseudonyms = Digest::of_parts([slug.as_bytes(), spec.to_string().as_bytes()]);
    let (spec, is_former) = CampaignSpec::stored(spec).map_err(|error| CampaignError::Setting {
        field: "spec",
        reason: format!("project {slug} was made by another version ({error}); start a new one"),
    })?;
    Ok(Project { id, slug: slug.to_owned(), spec, is_former, pseudonyms })
}

/// Puts images of known truth into the project: from the training set's learning part, never
/// from what networks are judged on.
async fn training_images(
    context: &Context,
    project: &Project,
    training: Dataset,
) -> Result<Vec<ManifestRow>, CampaignError> {
    let spec = &project.spec;
    let split = spec.validation()?;
    let drawn = drawn_kinds(&training)?;
    let seed = Seed::root(spec.seed).child("training-images");
    let mut known: Vec<ManifestRow> = Vec::new();
    for label in [Label::Lens, Label::NonLens] {
        let mut rows: Vec<ManifestRow> = training
            .rows()?
            .into_iter()
            .filter(|row| row.label == label && fold_of(&split, row.cell, &row.id) != Fold::HeldOut)
            // Whose truth is public before the vote cannot measure anybody.
            .filter(|row| !spec.quiz.is_chosen(&row.id))
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
            let simulated = row.provenance.contains("simulated");
            let kind = match (simulated, lens, drawn.get(&row.id)) {
                (true, true, _) => "simulated lens".to_owned(),
                (true, false, Some(Kind::LookAlike(kind))) => {
                    format!("simulated look-alike: {}", Kind::LookAlike(*kind))
                }
                (true, false, Some(Kind::Plain)) => "simulated plain cluster".to_owned(),
                (true, false, _) => "simulated cluster without a lens".to_owned(),
                (false, true, _) => "confirmed lens".to_owned(),
                (false, false, _) => "confirmed non-lens".to_owned(),
            };
            subject(row, role, Some(kind))
        })
        .collect();
    context.store.add_subjects(project.id, subjects).await?;
    let gold = known.clone();
    let job = context.clone();
    let wish = spec.clone();
    let images = heavy(move || {
        let shown = (preview::encoding(&job.workspace, &wish)?, wish.show_scale);
        materialise(&job.workspace, &training, &known, shown, job.progress.as_ref())
    })
    .await?;
    let names = images.iter().map(|(name, _)| training_name(name)).collect();
    let ids = context.store.subject_ids(project.id, names).await?;
    let images = images
        .into_iter()
        .filter_map(|(name, image)| Some((*ids.get(&training_name(&name))?, image)))
        .collect();
    context.store.set_images(project.id, images).await?;
    Ok(gold)
}

/// What the simulator drew, where the training set is simulated: people are not equally good at all
/// kinds of non-lenses, so the consensus learns them apart. (A training set's truth is no secret.)
pub(crate) fn drawn_kinds(training: &Dataset) -> Result<HashMap<String, Kind>, CampaignError> {
    if !training.dir().join("truth.csv").exists() {
        return Ok(HashMap::new());
    }
    Ok(hidden_truth::read(training.dir())?.into_iter().map(|(id, truth)| (id, truth.kind)).collect())
}

/// What the names of training subjects begin with: a survey may hold the same id.
pub(crate) const TRAINING: &str = "training:";

/// The name of a training subject.
pub(crate) fn training_name(id: &str) -> String {
    format!("{TRAINING}{id}")
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
