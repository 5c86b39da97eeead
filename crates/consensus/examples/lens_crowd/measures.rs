//! How good posteriors are, on the images of unknown truth.

/// Measures of one method on one crowd.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measures {
    /// Average precision.
    pub ap: f64,
    /// Mean −ln of the probability given to the truth, × 1000; probabilities kept within 1e-6.
    pub log_loss: f64,
    /// ΣP over the number of lenses.
    pub sum_ratio: f64,
    /// Images with P > 0.95.
    pub claims: f64,
    /// Mean P of those.
    pub claimed: f64,
    /// Lenses among those, as a share.
    pub actual: f64,
}

/// From (probability, is a lens).
pub fn measure(pairs: impl IntoIterator<Item = (f64, bool)>) -> Measures {
    let mut pairs: Vec<(f64, bool)> = pairs.into_iter().collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let lenses = pairs.iter().filter(|(_, lens)| *lens).count() as f64;
    // Equal probabilities share one precision, so that the order among them does not matter.
    let (mut found, mut seen, mut ap) = (0.0, 0.0, 0.0);
    for group in pairs.chunk_by(|a, b| a.0 == b.0) {
        let here = group.iter().filter(|(_, lens)| *lens).count() as f64;
        seen += group.len() as f64;
        found += here;
        ap += here * found / seen;
    }
    let loss: f64 = pairs
        .iter()
        .map(|&(p, lens)| -(if lens { p } else { 1.0 - p }).clamp(1e-6, 1.0).ln())
        .sum();
    let sum: f64 = pairs.iter().map(|(p, _)| p).sum();
    let claims: Vec<_> = pairs.iter().filter(|(p, _)| *p > 0.95).collect();
    let n = claims.len() as f64;
    Measures {
        ap: ap / lenses,
        log_loss: 1000.0 * loss / pairs.len() as f64,
        sum_ratio: sum / lenses,
        claims: n,
        claimed: claims.iter().map(|(p, _)| p).sum::<f64>() / n,
        actual: claims.iter().filter(|(_, lens)| *lens).count() as f64 / n,
    }
}
