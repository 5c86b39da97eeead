//! The lenses the posteriors add up to, beside those that experts confirmed.

use serde::{Deserialize, Serialize};

use super::{Believed, Reviewed};

/// ΣP, and how it fared where experts looked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// Images of unknown truth with votes.
    pub images: u64,
    /// ΣP over them.
    pub sum_p: f64,
    /// Where experts have decided any.
    pub reviewed: Option<ReviewedTotals>,
}

/// Claimed and confirmed, both scaled from the reviewed images to all they were drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReviewedTotals {
    /// Reviewed images.
    pub images: u64,
    /// Σ weight × P.
    pub claimed: f64,
    /// Σ weight over what experts called a lens.
    pub confirmed: f64,
    /// Standard error of claimed − confirmed.
    pub standard_error: f64,
    /// Σ weight × P with the correction in force.
    pub corrected: f64,
    /// Standard error of corrected − confirmed.
    pub corrected_error: f64,
}

impl ReviewedTotals {
    /// (claimed − confirmed) in standard errors; positive is over-confident.
    #[must_use]
    pub fn z(&self) -> f64 {
        in_errors(self.claimed - self.confirmed, self.standard_error)
    }

    /// (corrected − confirmed) in standard errors. A correction learnt from the same reviews makes it
    /// small: it tells whether the correction took, and is no test of it.
    #[must_use]
    pub fn z_corrected(&self) -> f64 {
        in_errors(self.corrected - self.confirmed, self.corrected_error)
    }
}

fn in_errors(difference: f64, error: f64) -> f64 {
    if error > 0.0 { difference / error } else { 0.0 }
}

/// Adds up what is believed, and compares where experts decided: the difference is
/// Σ w (P − lens), its variance Σ w² (P − lens)² (Horvitz–Thompson, images drawn independently).
/// Numbers that are not finite are left out.
#[must_use]
pub fn totals(believed: &[Believed], reviewed: &[Reviewed]) -> Totals {
    let claims = believed.iter().filter(|b| b.p.is_finite());
    let (images, sum_p) = claims.fold((0, 0.0), |(images, sum), b| (images + 1, sum + b.p));
    let finite = |r: &&Reviewed| r.p.is_finite() && r.corrected.is_finite();
    let usable = reviewed.iter().filter(finite).filter(|r| r.weight.is_finite() && r.weight > 0.0);
    let empty = ReviewedTotals {
        images: 0,
        claimed: 0.0,
        confirmed: 0.0,
        standard_error: 0.0,
        corrected: 0.0,
        corrected_error: 0.0,
    };
    let mut of_reviewed = usable.fold(empty, |sum, r| {
        let lens = f64::from(u8::from(r.lens));
        ReviewedTotals {
            images: sum.images + 1,
            claimed: sum.claimed + r.weight * r.p,
            confirmed: sum.confirmed + r.weight * lens,
            standard_error: sum.standard_error + (r.weight * (r.p - lens)).powi(2),
            corrected: sum.corrected + r.weight * r.corrected,
            corrected_error: sum.corrected_error + (r.weight * (r.corrected - lens)).powi(2),
        }
    });
    of_reviewed.standard_error = of_reviewed.standard_error.sqrt();
    of_reviewed.corrected_error = of_reviewed.corrected_error.sqrt();
    Totals { images, sum_p, reviewed: (of_reviewed.images > 0).then_some(of_reviewed) }
}
