//! Whether the believed share of lenses moves: the last round (or window) against all before.
//! A move is news about the survey, the crowd, the network or the selection; which one is for a
//! person to find out.

use serde::{Deserialize, Serialize};

use super::Believed;

/// A believed share of lenses.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Images.
    pub images: u64,
    /// ΣP, unweighted.
    pub sum_p: f64,
    /// Weighted mean of P.
    pub share: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// Before and now.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// Images whose votes fall before.
    pub before: Share,
    /// Images whose votes fall in the last round.
    pub recent: Share,
    /// (recent − before) in standard errors of the difference; 0 where there is none.
    pub z: f64,
}

/// Compares; `None` unless both sides have two images.
#[must_use]
pub fn drift(believed: &[Believed]) -> Option<Drift> {
    let (before, recent) = (share(believed, false)?, share(believed, true)?);
    let error = before.standard_error.hypot(recent.standard_error);
    let z = if error > 0.0 { (recent.share - before.share) / error } else { 0.0 };
    Some(Drift { before, recent, z })
}

/// Weighted mean m (Hájek), with variance Σ w² (P − m)² / (Σ w)² × n / (n − 1).
fn share(believed: &[Believed], recent: bool) -> Option<Share> {
    let side: Vec<&Believed> = believed
        .iter()
        .filter(|b| b.recent == recent && b.p.is_finite() && b.weight.is_finite() && b.weight > 0.0)
        .collect();
    if side.len() < 2 {
        return None;
    }
    let weights: f64 = side.iter().map(|b| b.weight).sum();
    let share = side.iter().map(|b| b.weight * b.p).sum::<f64>() / weights;
    let squares: f64 = side.iter().map(|b| (b.weight * (b.p - share)).powi(2)).sum();
    let n = side.len() as f64;
    Some(Share {
        images: side.len() as u64,
        sum_p: side.iter().map(|b| b.p).sum(),
        share,
        standard_error: (squares * n / (n - 1.0)).sqrt() / weights,
    })
}
