//! How many lenses are left, and how many more votes it takes to reach a share of them: from what
//! may be ([`crate::Survey`]) and the pace so far.

use std::fmt;

use domain::Seed;
use serde::{Deserialize, Serialize};

use crate::{
    Interval, SelectError, Survey,
    estimate::{Possibilities, Possible},
    interval::rounded,
};

/// What looking costs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pace {
    /// Votes an image takes until it is judged, on the mean so far.
    pub votes_per_image: f64,
    /// Share of these images that come from the top of the ranking; the others (exploration, audits)
    /// are taken to find nothing.
    pub share_by_rank: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { votes_per_image: 4.0, share_by_rank: 1.0 }
    }
}

/// What is to be expected. Its [`fmt::Display`] is a sentence for people.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// Lenses among the open images.
    pub lenses_left: Interval,
    /// Votes until `target` of all recognisable lenses are judged; `None` when votes have no pace.
    pub votes_to_target: Option<Interval>,
    /// The share of lenses wanted.
    pub target: f64,
}

/// Expects that images are looked at by falling probability.
///
/// # Errors
/// When the target is not in (0, 1] or the pace is not above 0.
pub fn forecast(survey: &Survey<'_>, target: f64, pace: Pace, seed: Seed) -> Result<Forecast, SelectError> {
    SelectError::check("target", target, target > 0.0 && target <= 1.0, "give a share above 0, 1 at most")?;
    let Pace { votes_per_image, share_by_rank } = pace;
    let some = votes_per_image > 0.0 && votes_per_image.is_finite();
    SelectError::check("votes_per_image", votes_per_image, some, "give a finite number above 0")?;
    let some = share_by_rank > 0.0 && share_by_rank <= 1.0;
    SelectError::check("share_by_rank", share_by_rank, some, "give a share above 0, 1 at most")?;
    let Possibilities { draws, left } = survey.possibilities(seed);
    let per_image = votes_per_image / share_by_rank;
    let mut votes: Vec<f64> = draws.iter().map(|one| images_to(one, target) * per_image).collect();
    votes.sort_unstable_by(f64::total_cmp);
    let middle = votes[votes.len() / 2];
    Ok(Forecast {
        lenses_left: Interval::of_draws(left, draws.iter().map(|one| one.left).collect()).whole(),
        votes_to_target: Some(Interval::of_draws(middle, votes)),
        target,
    })
}

/// Images to look at, from the highest probability down, until the judged lenses are this share.
fn images_to(one: &Possible, target: f64) -> f64 {
    let mut missing = target * (one.judged + one.left) - one.judged;
    let mut looked = 0.0;
    for &(images, lenses) in &one.open {
        if missing <= 0.0 {
            break;
        }
        if lenses >= missing {
            // The lenses of a bin lie evenly in it.
            return looked + images * (missing / lenses);
        }
        missing -= lenses;
        looked += images;
    }
    looked
}

impl fmt::Display for Forecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Interval { estimate, low, high } = self.lenses_left;
        let spread = rounded(self.lenses_left.spread());
        let (left, low, high) = (rounded(estimate), rounded(low), rounded(high));
        write!(f, "about {left} ± {spread} lenses left (95 %: {low} to {high})")?;
        let share = format!("{:.3}", 100.0 * self.target);
        let share = share.trim_end_matches('0').trim_end_matches('.');
        match &self.votes_to_target {
            Some(votes) if votes.estimate < 0.5 => write!(f, ", {share} % reached by now"),
            Some(votes) => {
                let (low, high) = (rounded(votes.low), rounded(votes.high));
                write!(f, ", {} more votes to reach {share} % ({low} to {high})", rounded(votes.estimate))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Frame, Known};

    #[test]
    fn it_reads_as_a_person_would_say_it() {
        let forecast = Forecast {
            lenses_left: Interval { estimate: 37.0, low: 15.0, high: 62.0 },
            votes_to_target: Some(Interval { estimate: 4_100.0, low: 900.0, high: 12_345.0 }),
            target: 0.95,
        };
        assert_eq!(
            forecast.to_string(),
            "about 37 ± 12 lenses left (95 %: 15 to 62), 4,100 more votes to reach 95 % (900 to 12,000)"
        );
    }

    #[test]
    fn votes_follow_the_ranking() {
        let one = Possible { judged: 8.0, open: vec![(10.0, 1.0), (90.0, 1.0), (900.0, 0.0)], left: 2.0 };
        assert_eq!(images_to(&one, 0.8), 0.0);
        assert_eq!(images_to(&one, 0.85), 5.0);
        assert_eq!(images_to(&one, 0.95), 55.0);
        assert_eq!(images_to(&one, 1.0), 100.0);
    }

    #[test]
    fn certain_probabilities_are_forecast_but_for_lenses_nobody_expects() {
        let open = Frame::of((0..2_000).map(|i| if i < 40 { 0.999 } else { 1e-9 }));
        let survey = Survey { rounds: &[], judged: Known { lenses: 60.0, variance: 0.0 }, open: &open };
        let pace = Pace { votes_per_image: 5.0, share_by_rank: 0.5 };
        let forecast = forecast(&survey, 0.9, pace, Seed::root(1)).unwrap();
        assert!((forecast.lenses_left.estimate - 40.0).abs() < 0.5, "{forecast}");
        let votes = forecast.votes_to_target.unwrap();
        // 30 images of 10 votes; a little more for lenses that may lie where the network sees nothing.
        assert!((300.0..390.0).contains(&votes.estimate) && votes.holds(300.0), "{votes:?}");
    }

    #[test]
    fn a_target_out_of_reach_is_named() {
        let open = Frame::of([]);
        let survey = Survey { rounds: &[], judged: Known::default(), open: &open };
        let error = forecast(&survey, 1.5, Pace::default(), Seed::root(1)).unwrap_err().to_string();
        assert!(error.contains("`target` is 1.5"), "{error}");
        let nothing = forecast(&survey, 0.95, Pace::default(), Seed::root(1)).unwrap();
        assert_eq!(nothing.to_string(), "about 0 ± 0 lenses left (95 %: 0 to 0), 95 % reached by now");
    }
}
