//! What a reviewed image stands for: the images of its stratum now, shared among those of them that are
//! reviewed (post-stratification).
//!
//! The chances of single draws are not put together. A stratum grows between draws, images change their
//! stratum when votes come in, and a later draw leaves out what is reviewed: the chance that an image
//! had in any of them cannot be told from the files. What is needed is only that, among images of which
//! about the same is claimed, experts were not given the lenses rather than the others; this holds for
//! every draw.

use std::collections::HashMap;

use super::{ReviewRow, draw, verdicts};

/// An image that experts have decided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decided {
    /// What was claimed of it, before any correction.
    pub claimed: f64,
    /// What the experts say.
    pub lens: bool,
    /// The part of its stratum that is reviewed, in (0, 1].
    pub inclusion: f64,
}

/// The decided images among all that have votes, given as (name, claimed); images on which the experts
/// are even, or that nobody voted on, are left out.
#[must_use]
pub fn decided(rows: &[ReviewRow], images: &[(&str, f64)]) -> Vec<Decided> {
    let claimed: HashMap<&str, f64> = images.iter().copied().collect();
    let found: Vec<(f64, bool)> = verdicts(rows)
        .into_iter()
        .filter_map(|(name, verdict)| Some((*claimed.get(name.as_str())?, verdict.is_lens()?)))
        .collect();
    let count = |claims: &mut dyn Iterator<Item = f64>| {
        let mut strata = [0_u32; draw::STRATA];
        claims.for_each(|claimed| strata[draw::stratum_of(claimed)] += 1);
        strata.map(f64::from)
    };
    let all = count(&mut claimed.values().copied());
    let reviewed = count(&mut found.iter().map(|(claimed, _)| *claimed));
    found
        .into_iter()
        .map(|(claimed, lens)| {
            let stratum = draw::stratum_of(claimed);
            Decided { claimed, lens, inclusion: reviewed[stratum] / all[stratum] }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use domain::Seed;

    use super::*;
    use crate::review::Allocation;

    fn graded(drawn: Vec<draw::Drawn>) -> impl Iterator<Item = ReviewRow> {
        drawn.into_iter().map(|drawn| ReviewRow {
            subject: drawn.subject,
            reviewer: "ann".to_owned(),
            lens: false,
            stratum: drawn.stratum,
            inclusion_probability: drawn.inclusion_probability,
        })
    }

    #[test]
    fn two_draws_from_a_stratum_that_grows_weigh_as_the_part_that_is_reviewed() {
        let mut images: Vec<(String, f64)> = (0..2).map(|n| (format!("early-{n}"), 0.3)).collect();
        let (_, drawn) = draw(&images, 2, Allocation::Equal, Seed::root(1));
        assert!(drawn.iter().all(|drawn| drawn.inclusion_probability == 1.0));
        let mut rows: Vec<ReviewRow> = graded(drawn).collect();

        let later: Vec<(String, f64)> = (0..60).map(|n| (format!("later-{n}"), 0.3)).collect();
        let (_, drawn) = draw(&later, 5, Allocation::Equal, Seed::root(2));
        rows.extend(graded(drawn));
        images.extend(later);

        let images: Vec<(&str, f64)> = images.iter().map(|(name, p)| (name.as_str(), *p)).collect();
        let found = decided(&rows, &images);
        assert_eq!(found.len(), 7);
        assert!(found.iter().all(|one| (one.inclusion - 7.0 / 62.0).abs() < 1e-12));
        let stands_for: f64 = found.iter().map(|one| 1.0 / one.inclusion).sum();
        assert!((stands_for - 62.0).abs() < 1e-9);
    }

    #[test]
    fn equal_chances_in_two_draws_are_two_draws() {
        let images: Vec<(String, f64)> = (0..100).map(|n| (format!("image-{n}"), 0.3)).collect();
        let row = |n: usize| ReviewRow {
            subject: format!("image-{n}"),
            reviewer: "ann".to_owned(),
            lens: n.is_multiple_of(2),
            stratum: "s3".to_owned(),
            inclusion_probability: 0.2,
        };
        let rows: Vec<ReviewRow> = (0..36).map(row).collect();
        let images: Vec<(&str, f64)> = images.iter().map(|(name, p)| (name.as_str(), *p)).collect();
        assert!(decided(&rows, &images).iter().all(|one| (one.inclusion - 0.36).abs() < 1e-12));
    }

    #[test]
    fn images_without_votes_or_without_a_majority_of_experts_stand_for_nothing() {
        let row = |subject: &str, reviewer: &str, lens| ReviewRow {
            subject: subject.to_owned(),
            reviewer: reviewer.to_owned(),
            lens,
            stratum: "s1".to_owned(),
            inclusion_probability: 1.0,
        };
        let rows =
            [row("a", "ann", true), row("a", "bob", false), row("b", "ann", true), row("c", "ann", true)];
        let found = decided(&rows, &[("a", 0.3), ("b", 0.3)]);
        assert_eq!(found, [Decided { claimed: 0.3, lens: true, inclusion: 0.5 }]);
    }
}
