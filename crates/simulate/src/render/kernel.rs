//! The exact point-spread function of one band, as the convolution needs it:
//! Gaussians as one standard deviation, Moffat profiles by their transform, and
//! pictures of a point source.
//!
//! The widths that surveys quote include the pixel; nothing of it is added here.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex},
};

/// One band's function; lengths in pixels.
#[derive(Debug, Clone)]
pub enum Kernel {
    /// A Gaussian.
    Gaussian {
        /// Standard deviation.
        sigma: f64,
    },
    /// (1 + r²/α²)^−β.
    Moffat {
        /// α.
        alpha: f64,
        /// Its full width at half maximum.
        fwhm: f64,
        /// Its transform.
        transform: Arc<MoffatTransform>,
    },
    /// A picture of a point source with an odd number of pixels along the side, adding up to 1.
    Picture {
        /// Pixels along the side.
        side: usize,
        /// Light of each pixel, row 0 = south.
        data: Arc<Vec<f32>>,
    },
}

impl Kernel {
    /// A Gaussian of this full width at half maximum.
    pub fn gaussian(fwhm: f64) -> Self {
        Self::Gaussian { sigma: fwhm / (8.0 * std::f64::consts::LN_2).sqrt() }
    }

    /// A Moffat profile of this full width at half maximum.
    pub fn moffat(fwhm: f64, beta: f64) -> Self {
        let alpha = 0.5 * fwhm / (2f64.powf(1.0 / beta) - 1.0).sqrt();
        Self::Moffat { alpha, fwhm, transform: MoffatTransform::of(beta) }
    }

    /// How far light spreads, pixels: the margin a stamp needs.
    pub fn margin(&self) -> usize {
        match self {
            Self::Gaussian { sigma } => (5.0 * sigma).ceil() as usize + 1,
            // 63 pixels as the survey's own functions, or more where the seeing is wide.
            Self::Moffat { fwhm, .. } => ((7.0 * fwhm).ceil() as usize).max(31),
            Self::Picture { side, .. } => side / 2 + 1,
        }
    }
}

/// The two-dimensional Fourier transform of (1 + r²)^−β over its value at 0, against the angular
/// frequency: 2/Γ(β−1) (k/2)^(β−1) K_{β−1}(k).
#[derive(Debug)]
pub struct MoffatTransform {
    table: Vec<f32>,
}

/// Steps of the table per unit, and the frequency where it ends (the value there is below 1e-6).
const PER_UNIT: f64 = 128.0;
const END: f64 = 20.0;

static TRANSFORMS: LazyLock<Mutex<BTreeMap<u64, Arc<MoffatTransform>>>> =
    LazyLock::new(|| Mutex::new(BTreeMap::new()));

impl MoffatTransform {
    /// The transform for this β > 1, computed once per program.
    pub fn of(beta: f64) -> Arc<Self> {
        // A poisoned lock only means another thread stopped; the tables in it are whole.
        let mut known = TRANSFORMS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(found) = known.get(&beta.to_bits()) {
            return Arc::clone(found);
        }
        if known.len() > 1000 {
            known.clear();
        }
        let new = Arc::new(Self::new(beta));
        known.insert(beta.to_bits(), Arc::clone(&new));
        new
    }

    /// (1 + r²)^−β is a mixture of Gaussians e^(−t r²) with density t^(β−1) e^−t, so the transform is
    /// ∫ t^(β−2) e^(−t − k²/4t) dt; in ln t the trapezoid rule gives it almost exactly.
    fn new(beta: f64) -> Self {
        let value = |k: f64| {
            let term = |i: i32| {
                let log = f64::from(i) * 0.15;
                let t = log.exp();
                ((beta - 1.0) * log - t - 0.25 * k * k / t).exp()
            };
            (-400..34).map(term).sum::<f64>()
        };
        let whole = value(0.0);
        let steps = (PER_UNIT * END) as usize;
        Self { table: (0..=steps + 1).map(|i| (value(i as f64 / PER_UNIT) / whole) as f32).collect() }
    }

    /// At this angular frequency in units of 1/α.
    #[inline]
    pub fn at(&self, k: f64) -> f32 {
        let at = k * PER_UNIT;
        let index = at as usize;
        let Some([low, high]) = self.table.get(index..index + 2) else { return 0.0 };
        low + (at - index as f64) as f32 * (high - low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transform_for_beta_two_and_a_half_is_known_in_closed_form() {
        // K_{3/2}: (1 + k) e^−k.
        let transform = MoffatTransform::of(2.5);
        for k in [0.0, 0.3, 1.0, 4.7, 12.0] {
            let exact = (1.0 + k) * f64::exp(-k);
            assert!((f64::from(transform.at(k)) - exact).abs() < 1e-5, "{k}: {} {exact}", transform.at(k));
        }
        assert_eq!(transform.at(20.1), 0.0);
    }

    #[test]
    fn a_margin_holds_the_survey_s_63_pixels_or_more() {
        assert_eq!(Kernel::moffat(4.2, 3.5).margin(), 31);
        assert!(Kernel::moffat(8.0, 3.5).margin() > 31);
        assert_eq!(Kernel::gaussian(4.0).margin(), 10);
    }
}
