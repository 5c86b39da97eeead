//! Expert reviews: a stratified draw of images that people judged, a file for experts to grade,
//! and its way back into the project. What the grades are used for (calibration, monitors, training
//! images) is decided in the steps of a round.

mod allocation;
mod draw;
mod file;
mod frozen;
mod weight;

use std::{collections::HashSet, path::Path};

use domain::{Digest, Seed, SubjectId, sigmoid};
use serde::{Deserialize, Serialize};

use crate::{
    CampaignError, preview,
    runner::{Context, Project},
    selection_log::write_csv,
    workspace::write_json,
};

pub use allocation::Allocation;
pub use draw::{Drawn, Stratum, draw};
pub use file::{Graded, Sheet, read};
pub use frozen::{ReviewRow, Verdict, freeze, read_frozen, reviewers, verdicts};
pub use weight::{Decided, decided};

/// Beliefs read at a time.
const PAGE: u32 = 10_000;

/// What a lead asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    /// Images to draw.
    pub count: usize,
    /// How they are shared out among the strata.
    pub allocation: Allocation,
    /// Root of the luck.
    pub seed: u64,
}

/// What was drawn; kept in the workspace beside the rounds, so that a lead can look it up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrawReport {
    /// How they were shared out.
    pub allocation: Allocation,
    /// Root of the luck.
    pub seed: u64,
    /// The strata, with the chance of an image in each.
    pub strata: Vec<Stratum>,
    /// Images that people judged and nobody has reviewed.
    pub population: usize,
    /// Images left out because they are reviewed already.
    pub reviewed: usize,
    /// What was drawn.
    pub drawn: Vec<Drawn>,
}

/// One line for an expert to fill in. What is believed of the image is not among the columns.
#[derive(Debug, Serialize)]
struct Line<'a> {
    subject: &'a str,
    ra_deg: Option<f64>,
    dec_deg: Option<f64>,
    /// Path of the preview in the workspace.
    image: Option<String>,
    stratum: &'a str,
    inclusion_probability: f64,
    reviewer: &'static str,
    grade: &'static str,
}

/// Draws images for review from those that people voted on, writes the file for the experts, and
/// logs the draw under `rounds/<project>/reviews/`.
///
/// Images that are reviewed already are left out. Grades of several draws can be put together: each
/// reviewed image stands for its share of its stratum as it is then ([`decided`]).
///
/// # Errors
/// When there is nothing to draw from, or the disk refuses.
pub async fn draw_for_experts(
    context: &Context,
    project: &Project,
    wish: &Wish,
    out: &Path,
) -> Result<DrawReport, CampaignError> {
    let reviewed: HashSet<SubjectId> =
        context.store.reviews(project.id).await?.into_iter().map(|review| review.subject).collect();
    let (mut images, mut subjects) = (Vec::new(), Vec::new());
    let mut after = None;
    loop {
        let page = context.store.beliefs(project.id, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.subject);
        subjects.extend(
            page.into_iter().filter(|row| {
                row.truth.is_none() && row.tally.total() > 0 && !reviewed.contains(&row.subject)
            }),
        );
    }
    let mut found = std::collections::HashMap::new();
    let mut by_id = context.store.subjects_of(subjects.iter().map(|row| row.subject).collect()).await?;
    for row in subjects {
        // A training image that was withdrawn is none of the survey's.
        let subject = by_id.remove(&row.subject).filter(|subject| !subject.role.is_training());
        let Some(subject) = subject else { continue };
        images.push((subject.external_id.clone(), sigmoid(row.belief.log_odds)));
        found.insert(subject.external_id.clone(), subject);
    }
    if images.is_empty() {
        let reason = format!(
            "nobody has voted on an image of {} that is not reviewed yet; ask people first",
            project.slug
        );
        return Err(CampaignError::Setting { field: "count", reason });
    }
    if wish.count == 0 {
        let reason = "draw at least one image".to_owned();
        return Err(CampaignError::Setting { field: "count", reason });
    }
    let (strata, drawn) = draw(&images, wish.count, wish.allocation, Seed::root(wish.seed).child("review"));
    let lines: Vec<Line<'_>> = drawn
        .iter()
        .map(|row| {
            let subject = found.get(&row.subject);
            let position = subject.and_then(|subject| subject.position);
            let image = subject.and_then(|subject| subject.image).map(|image| -> Result<_, CampaignError> {
                let path = preview::for_reviewers(&context.workspace, &image)?;
                Ok(path.strip_prefix(context.workspace.root()).unwrap_or(&path).display().to_string())
            });
            let image = image.transpose()?;
            Ok(Line {
                subject: &row.subject,
                ra_deg: position.map(|sky| sky.ra_deg),
                dec_deg: position.map(|sky| sky.dec_deg),
                image,
                stratum: &row.stratum,
                inclusion_probability: row.inclusion_probability,
                reviewer: "",
                grade: "",
            })
        })
        .collect::<Result<_, CampaignError>>()?;
    let digest = write_csv(out, &lines)?;
    let report = DrawReport {
        allocation: wish.allocation,
        seed: wish.seed,
        strata,
        population: images.len(),
        reviewed: reviewed.len(),
        drawn,
    };
    write_json(&log_path(context, project, &digest), &report)?;
    Ok(report)
}

/// Where a draw is logged, by the digest of its file.
fn log_path(context: &Context, project: &Project, digest: &Digest) -> std::path::PathBuf {
    let rounds = context.workspace.root().join("rounds").join(&project.slug);
    rounds.join("reviews").join(format!("draw-{}.json", digest.short()))
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Grades nobody had given before.
    pub new: u64,
    /// Grades that say otherwise than the same reviewer did before; the later counts.
    pub changed: u64,
    /// Grades that were there already.
    pub known: u64,
    /// Lines without a grade.
    pub not_graded: u64,
    /// Grades of the project altogether.
    pub total: u64,
}

/// Takes a file of grades into the project, all of it or none. The same file again changes nothing.
///
/// # Errors
/// At the first line that cannot be: a wrong word, an image the project does not have, a training
/// image (its truth is known).
pub async fn import(context: &Context, project: &Project, path: &Path) -> Result<Imported, CampaignError> {
    let sheet = read(path)?;
    let names = sheet.grades.iter().map(|graded| graded.subject.clone()).collect();
    let ids = context.store.subject_ids(project.id, names).await?;
    let before: std::collections::HashMap<(SubjectId, String), store::Review> = context
        .store
        .reviews(project.id)
        .await?
        .into_iter()
        .map(|review| ((review.subject, review.reviewer.clone()), review))
        .collect();
    let mut done = Imported {
        new: 0,
        changed: 0,
        known: sheet.repeated,
        not_graded: sheet.not_graded,
        total: before.len() as u64,
    };
    let mut fresh = Vec::new();
    for graded in sheet.grades {
        let wrong = |reason: String| CampaignError::Line { path: path.into(), line: graded.line, reason };
        if graded.subject.starts_with(crate::setup::TRAINING) {
            return Err(wrong(format!("{} is a training image; its truth is known", graded.subject)));
        }
        let subject = *ids.get(&graded.subject).ok_or_else(|| {
            let slug = &project.slug;
            wrong(format!("project {slug} has no image {:?}; names are those of its dataset", graded.subject))
        })?;
        let review = store::Review {
            subject,
            reviewer: graded.reviewer,
            lens: graded.lens,
            stratum: graded.stratum,
            inclusion_probability: graded.inclusion_probability,
        };
        match before.get(&(subject, review.reviewer.clone())) {
            Some(was) if *was == review => {
                done.known += 1;
                continue;
            }
            Some(_) => done.changed += 1,
            None => (done.new, done.total) = (done.new + 1, done.total + 1),
        }
        fresh.push(review);
    }
    context.store.save_reviews(project.id, fresh).await?;
    Ok(done)
}
