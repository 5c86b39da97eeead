//! When to stop asking: rules, each a question with a threshold, and what they look at.

use serde::{Deserialize, Serialize};

use crate::{Estimate, SelectError};

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum StoppingRule {
    /// The lenses left, at the upper end of their interval, are at most this share of all.
    LensesLeft {
        /// In (0, 1).
        share: f64,
    },
    /// The completeness, at the lower end of its interval, reaches this.
    Recall {
        /// In (0, 1].
        target: f64,
    },
    /// The last so many images held fewer lenses than this share.
    Yield {
        /// How many images.
        window: usize,
        /// Lenses per image, above 0.
        least: f64,
    },
    /// Two rankings after each other agree on what is at the top (Cohen's κ; Bloodgood and
    /// Vijay-Shanker 2009).
    Stable {
        /// κ at least.
        kappa: f64,
    },
    /// So many images since the last lens.
    Quiet {
        /// How many, 1 at least.
        images: usize,
    },
}

/// What rules look at; what is missing makes a rule that needs it wait.
#[derive(Debug, Clone, Copy, Default)]
pub struct Evidence<'a> {
    /// The audits' estimate.
    pub estimate: Option<&'a Estimate>,
    /// Whether each image was a lens, in the order they were judged.
    pub judged: &'a [bool],
    /// κ between the last two rankings, see [`kappa_of_rankings`].
    pub kappa: Option<f64>,
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether to stop.
    pub stop: bool,
    /// Why, or why not, with the numbers.
    pub reason: String,
}

impl StoppingRule {
    /// Refuses thresholds that are always or never met.
    ///
    /// # Errors
    /// Names the setting.
    pub fn check(&self) -> Result<(), SelectError> {
        match *self {
            Self::LensesLeft { share } => {
                SelectError::check("share", share, share > 0.0 && share < 1.0, "give a share between 0 and 1")
            }
            Self::Recall { target } => {
                let valid = target > 0.0 && target <= 1.0;
                SelectError::check("target", target, valid, "give a share above 0, 1 at most")
            }
            Self::Yield { window, least } => {
                SelectError::check("window", window as f64, window > 0, "give 1 image or more")?;
                SelectError::check(
                    "least",
                    least,
                    least > 0.0 && least <= 1.0,
                    "give lenses per image, above 0",
                )
            }
            Self::Stable { kappa } => SelectError::check(
                "kappa",
                kappa,
                kappa > 0.0 && kappa <= 1.0,
                "give a number above 0, 1 at most",
            ),
            Self::Quiet { images } => {
                SelectError::check("images", images as f64, images > 0, "give 1 image or more")
            }
        }
    }

    /// Asks it.
    #[must_use]
    pub fn asked(&self, evidence: &Evidence<'_>) -> Verdict {
        let wait = |what: &str| Verdict { stop: false, reason: format!("{what}: wait") };
        match *self {
            Self::LensesLeft { share } => {
                let Some(estimate) = evidence.estimate else { return wait("no audit yet") };
                let (left, most) = (estimate.left.high, share * estimate.total.estimate);
                let reason = format!("up to {left:.1} lenses are left; {most:.1} may be");
                Verdict { stop: left <= most, reason }
            }
            Self::Recall { target } => {
                let Some(estimate) = evidence.estimate else { return wait("no audit yet") };
                let low = estimate.completeness.low;
                let (sure, wanted) = (100.0 * low, 100.0 * target);
                Verdict {
                    stop: low >= target,
                    reason: format!("{sure:.1} % are found for sure; {wanted:.1} % are wanted"),
                }
            }
            Self::Yield { window, least } => {
                let Some(start) = evidence.judged.len().checked_sub(window) else {
                    return wait("fewer images than the window");
                };
                let lenses = evidence.judged[start..].iter().filter(|lens| **lens).count();
                let found = lenses as f64 / window as f64;
                let reason = format!(
                    "{lenses} lenses in the last {window} images; {:.1} are worth it",
                    least * window as f64
                );
                Verdict { stop: found < least, reason }
            }
            Self::Stable { kappa } => {
                let Some(found) = evidence.kappa else { return wait("fewer than two rankings") };
                Verdict {
                    stop: found >= kappa,
                    reason: format!("two rankings agree to κ = {found:.3}; {kappa} is enough"),
                }
            }
            Self::Quiet { images } => {
                let since = evidence.judged.iter().rev().take_while(|lens| !**lens).count();
                Verdict {
                    stop: since >= images,
                    reason: format!("{since} images since the last lens; {images} are enough"),
                }
            }
        }
    }
}

/// Cohen's κ of two judges of the same images; 1 where they agree throughout, `None` when the lengths
/// differ or there is nothing.
#[must_use]
pub fn cohen_kappa(one: &[bool], other: &[bool]) -> Option<f64> {
    if one.len() != other.len() || one.is_empty() {
        return None;
    }
    let count = one.len() as f64;
    let share = |of: &[bool]| of.iter().filter(|yes| **yes).count() as f64 / count;
    let agreed = one.iter().zip(other).filter(|(a, b)| a == b).count() as f64 / count;
    let (a, b) = (share(one), share(other));
    let chance = a * b + (1.0 - a) * (1.0 - b);
    Some(if chance < 1.0 { (agreed - chance) / (1.0 - chance) } else { 1.0 })
}

/// κ of "is among the `n` highest" between two scores of the same images (ties by position). `None`
/// when the lengths differ or there is nothing.
#[must_use]
pub fn kappa_of_rankings(one: &[f64], other: &[f64], n: usize) -> Option<f64> {
    let top = |scores: &[f64]| {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        if n < order.len() {
            order.select_nth_unstable_by(n, |a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
        }
        let mut is = vec![false; scores.len()];
        order.iter().take(n).for_each(|i| is[*i] = true);
        is
    };
    cohen_kappa(&top(one), &top(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Interval;

    fn estimate() -> Estimate {
        let of = |estimate, low, high| Interval { estimate, low, high };
        Estimate {
            total: of(100.0, 90.0, 115.0),
            left: of(3.0, 1.0, 6.0),
            completeness: of(0.97, 0.93, 0.99),
            horvitz_thompson: None,
            difference: None,
            audited: 100,
            seen: 3.0,
        }
    }

    #[test]
    fn each_rule_stops_at_its_threshold_and_says_why() {
        let estimate = estimate();
        let judged: Vec<bool> = (0..100).map(|i| i < 20 && i % 2 == 0).collect();
        let evidence = Evidence { estimate: Some(&estimate), judged: &judged, kappa: Some(0.98) };
        let stops = |rule: StoppingRule| rule.asked(&evidence).stop;
        assert!(stops(StoppingRule::LensesLeft { share: 0.06 }));
        assert!(!stops(StoppingRule::LensesLeft { share: 0.05 }));
        assert!(
            stops(StoppingRule::Recall { target: 0.93 }) && !stops(StoppingRule::Recall { target: 0.95 })
        );
        assert!(stops(StoppingRule::Yield { window: 50, least: 0.01 }));
        assert!(!stops(StoppingRule::Yield { window: 100, least: 0.05 }));
        assert!(!stops(StoppingRule::Yield { window: 101, least: 0.05 }), "waits for the window");
        assert!(stops(StoppingRule::Stable { kappa: 0.98 }) && !stops(StoppingRule::Stable { kappa: 0.99 }));
        assert!(stops(StoppingRule::Quiet { images: 81 }) && !stops(StoppingRule::Quiet { images: 82 }));
        let reason = StoppingRule::Recall { target: 0.95 }.asked(&evidence).reason;
        assert_eq!(reason, "93.0 % are found for sure; 95.0 % are wanted");
        assert!(!StoppingRule::LensesLeft { share: 0.9 }.asked(&Evidence::default()).stop);
    }

    #[test]
    fn rules_are_read_strictly() {
        let read = |text: &str| serde_json::from_str::<StoppingRule>(text);
        assert_eq!(read(r#"{"rule":"recall","target":0.9}"#).unwrap(), StoppingRule::Recall { target: 0.9 });
        assert!(read(r#"{"rule":"recall","traget":0.9}"#).is_err());
        assert!(read(r#"{"rule":"bored"}"#).unwrap_err().to_string().contains("lenses_left"));
        assert!(StoppingRule::Recall { target: 1.2 }.check().is_err());
        assert!(StoppingRule::Yield { window: 0, least: 0.1 }.check().is_err());
    }

    #[test]
    fn kappa_takes_chance_away() {
        let (one, other) = ([true, true, false, false], [true, false, false, false]);
        assert!((cohen_kappa(&one, &other).unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(cohen_kappa(&one, &one), Some(1.0));
        assert_eq!(cohen_kappa(&[], &[]), None);
        assert_eq!(kappa_of_rankings(&[0.9, 0.8, 0.1, 0.0], &[0.1, 0.8, 0.9, 0.0], 2), Some(0.0));
        assert_eq!(kappa_of_rankings(&[0.9, 0.8, 0.1], &[9.0, 8.0, 1.0], 2), Some(1.0));
    }
}
