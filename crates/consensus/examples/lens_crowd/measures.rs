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
    /// Mean P of those; not a number when there are none.
    pub claimed: f64,
    /// Lenses among those, as a share.
    pub actual: f64,
}

impl Measures {
    /// Their names in files.
    pub const NAMES: [&str; 6] = ["ap", "log_loss_x1000", "sum_p_over_lenses", "claims", "claimed", "actual"];

    /// In the order of the names.
    pub const fn values(&self) -> [f64; 6] {
        [self.ap, self.log_loss, self.sum_ratio, self.claims, self.claimed, self.actual]
    }
}

/// From (probability, is a lens, how many images it stands for).
pub fn measure(images: impl IntoIterator<Item = (f64, bool, f64)>) -> Measures {
    let mut images: Vec<(f64, bool, f64)> = images.into_iter().filter(|(.., weight)| *weight > 0.0).collect();
    images.sort_by(|a, b| b.0.total_cmp(&a.0));
    let of_lenses = |part: &[(f64, bool, f64)]| -> f64 {
        part.iter().filter(|(_, lens, _)| *lens).map(|(.., weight)| weight).sum()
    };
    let all: f64 = images.iter().map(|(.., weight)| weight).sum();
    let lenses = of_lenses(&images);
    // Equal probabilities share one precision, so that the order among them does not matter.
    let (mut found, mut seen, mut ap) = (0.0, 0.0, 0.0);
    for group in images.chunk_by(|a, b| a.0 == b.0) {
        let here = of_lenses(group);
        seen += group.iter().map(|(.., weight)| weight).sum::<f64>();
        found += here;
        ap += here * found / seen;
    }
    let loss = |&(p, lens, weight): &(f64, bool, f64)| {
        -weight * (if lens { p } else { 1.0 - p }).clamp(1e-6, 1.0).ln()
    };
    let claims = &images[..images.partition_point(|(p, ..)| *p > 0.95)];
    // The empty sum is −0.
    let n = claims.iter().map(|(.., weight)| weight).sum::<f64>() + 0.0;
    Measures {
        ap: ap / lenses,
        log_loss: 1000.0 * images.iter().map(loss).sum::<f64>() / all,
        sum_ratio: images.iter().map(|(p, _, weight)| p * weight).sum::<f64>() / lenses,
        claims: n,
        claimed: claims.iter().map(|(p, _, weight)| p * weight).sum::<f64>() / n,
        actual: of_lenses(claims) / n,
    }
}
