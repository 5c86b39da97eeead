//! The reviews a round goes by: frozen into `reviews.csv` together with the log, so that a step
//! that is done again does the same.

use std::collections::{BTreeMap, BTreeSet};

use domain::Digest;
use serde::{Deserialize, Serialize};

use crate::{
    CampaignError,
    runner::{Context, Project},
    selection_log::{read_csv, write_csv},
};

/// One grade, by the image's name in the dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReviewRow {
    /// What was graded.
    pub subject: String,
    /// By whom.
    pub reviewer: String,
    /// Whether they see a lens.
    pub lens: bool,
    /// The stratum it was drawn from.
    pub stratum: String,
    /// The chance it had in its draw; kept as a record (see [`super::Decided`]).
    pub inclusion_probability: f64,
}

/// What the reviewers of one image say together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Share of them who see a lens.
    pub lens_share: f64,
    /// How many they are.
    pub reviewers: u32,
}

impl Verdict {
    /// Whether it is a lens; `None` when they are even.
    #[must_use]
    pub fn is_lens(&self) -> Option<bool> {
        if self.lens_share == 0.5 { None } else { Some(self.lens_share > 0.5) }
    }
}

fn path(context: &Context, project: &Project, round: u32) -> std::path::PathBuf {
    context.workspace.round(&project.slug, round).join("reviews.csv")
}

/// Writes the project's reviews as they are now; returns how many, and the digest.
///
/// # Errors
/// When the database or the disk refuses.
pub async fn freeze(
    context: &Context,
    project: &Project,
    round: u32,
) -> Result<(usize, Digest), CampaignError> {
    let mut rows = Vec::new();
    let reviews = context.store.reviews(project.id).await?;
    let subjects = context.store.subjects_of(reviews.iter().map(|review| review.subject).collect()).await?;
    for review in reviews {
        let Some(subject) = subjects.get(&review.subject) else { continue };
        rows.push(ReviewRow {
            subject: subject.external_id.clone(),
            reviewer: review.reviewer,
            lens: review.lens,
            stratum: review.stratum,
            inclusion_probability: review.inclusion_probability,
        });
    }
    rows.sort_by(|a, b| (&a.subject, &a.reviewer).cmp(&(&b.subject, &b.reviewer)));
    Ok((rows.len(), write_csv(&path(context, project, round), &rows)?))
}

/// Reads what [`freeze`] wrote.
///
/// # Errors
/// When the file is missing or of another version.
pub fn read_frozen(
    context: &Context,
    project: &Project,
    round: u32,
) -> Result<Vec<ReviewRow>, CampaignError> {
    read_csv(&path(context, project, round))
}

/// What the reviewers say of each image, by name.
#[must_use]
pub fn verdicts(rows: &[ReviewRow]) -> BTreeMap<String, Verdict> {
    let mut counts: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for row in rows {
        let (lens, all) = counts.entry(&row.subject).or_default();
        *lens += u32::from(row.lens);
        *all += 1;
    }
    counts
        .into_iter()
        .map(|(subject, (lens, all))| {
            let lens_share = f64::from(lens) / f64::from(all);
            (subject.to_owned(), Verdict { lens_share, reviewers: all })
        })
        .collect()
}

/// How many people graded anything.
#[must_use]
pub fn reviewers(rows: &[ReviewRow]) -> usize {
    rows.iter().map(|row| row.reviewer.as_str()).collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(subject: &str, reviewer: &str, lens: bool, stratum: &str, p: f64) -> ReviewRow {
        ReviewRow {
            subject: subject.into(),
            reviewer: reviewer.into(),
            lens,
            stratum: stratum.into(),
            inclusion_probability: p,
        }
    }

    #[test]
    fn reviewers_of_one_image_are_put_together() {
        let rows = [
            row("a", "ann", true, "s1", 0.5),
            row("a", "bob", true, "s1", 0.5),
            row("a", "cem", false, "s1", 0.5),
            row("b", "ann", true, "s2", 1.0),
            row("b", "bob", false, "s2", 1.0),
        ];
        let found = verdicts(&rows);
        assert_eq!(found["a"].is_lens(), Some(true));
        assert_eq!((found["b"].is_lens(), found["b"].reviewers), (None, 2));
        assert_eq!(reviewers(&rows), 3);
    }
}
