//! What is hidden in an image, and how hard it is to see.

use domain::LookAlike;
use serde::{Deserialize, Serialize};

/// How easily it is taken for a lens, between 0 (never) and 1. Assumed, not measured.
const fn resemblance(kind: LookAlike) -> f64 {
    match kind {
        LookAlike::Ring => 0.85,
        LookAlike::Merger => 0.70,
        LookAlike::EdgeOnPair => 0.60,
        LookAlike::Spiral => 0.55,
        LookAlike::StarSpike => 0.30,
        LookAlike::SatelliteTrail => 0.20,
    }
}

/// The truth about one image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TruthEntry {
    /// Whether there is a lens.
    pub is_lens: bool,
    /// What else it could be taken for.
    #[serde(default)]
    pub look_alike: Option<LookAlike>,
    /// From 0 (anyone sees what it is) to 1 (hardly anyone does).
    pub difficulty: f64,
    /// Einstein radius in arcsec, of a lens.
    #[serde(default)]
    pub theta_e_arcsec: Option<f64>,
    /// Signal-to-noise ratio of the arc, of a lens.
    #[serde(default)]
    pub arc_sn: Option<f64>,
}

impl TruthEntry {
    /// A lens. Hard when the arc is faint or close to the centre: experts rarely recover arcs below a
    /// signal-to-noise ratio of 25 or hardly wider than the seeing (Rojas et al. 2023). The scale is
    /// logarithmic in both, from S/N 5 to 100 (seven tenths) and from 2″ to 12″ (three tenths).
    #[must_use]
    pub fn lens(theta_e_arcsec: f64, arc_sn: f64) -> Self {
        let bright = log_scale(arc_sn, 5.0, 100.0);
        let wide = log_scale(theta_e_arcsec, 2.0, 12.0);
        let known = |value: f64| value.is_finite().then_some(value);
        Self {
            is_lens: true,
            look_alike: None,
            difficulty: 1.0 - 0.7f64.mul_add(bright, 0.3 * wide),
            theta_e_arcsec: known(theta_e_arcsec),
            arc_sn: known(arc_sn),
        }
    }

    /// Not a lens, but similar to one.
    #[must_use]
    pub const fn look_alike(kind: LookAlike) -> Self {
        Self {
            is_lens: false,
            look_alike: Some(kind),
            difficulty: resemblance(kind),
            theta_e_arcsec: None,
            arc_sn: None,
        }
    }

    /// Nothing that resembles a lens.
    #[must_use]
    pub const fn plain() -> Self {
        Self { is_lens: false, look_alike: None, difficulty: 0.1, theta_e_arcsec: None, arc_sn: None }
    }
}

/// Where `value` lies between `low` (0) and `high` (1) on a logarithmic scale; 0 for what is no number.
fn log_scale(value: f64, low: f64, high: f64) -> f64 {
    if value > 0.0 { ((value / low).ln() / (high / low).ln()).clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faint_and_small_arcs_are_hard() {
        let difficulty = |theta_e, sn| TruthEntry::lens(theta_e, sn).difficulty;
        assert!(difficulty(15.0, 200.0) < 1e-9);
        assert!((difficulty(1.0, 3.0) - 1.0).abs() < 1e-9);
        assert!(difficulty(5.0, 20.0) > difficulty(5.0, 40.0));
        assert!(difficulty(3.0, 20.0) > difficulty(8.0, 20.0));
        assert!((difficulty(f64::NAN, f64::NAN) - 1.0).abs() < 1e-9);
    }
}
