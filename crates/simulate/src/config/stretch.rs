//! Training tiles that are made from a picture of the cutout, 8 bits and
//! stretched, as published images are, and not from its flux.

use serde::{Deserialize, Serialize};

use super::{ConfigError, number, range, weights};

/// Which training tiles are made from a picture. Left at its default it is not written out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StretchConfig {
    /// Share of the training set's tiles.
    pub share: f64,
    /// Range of the part of the field's side that is kept.
    pub field: [f64; 2],
    /// Weights of the kinds of stretch: colours kept (Lupton et al. 2004) at one exposure for all
    /// images; the same asinh for every band, exposed for each image; anything.
    pub kinds: [f64; 3],
    /// Scatter of a band's exposure, natural logarithm.
    pub colour_scatter: f64,
    /// Mean of the sky's σ in g, r, z in the first kind, as a share of white.
    pub noise: [f64; 3],
}

impl Default for StretchConfig {
    fn default() -> Self {
        Self {
            share: 0.0,
            field: [1.0, 1.0],
            kinds: [0.45, 0.45, 0.1],
            colour_scatter: 0.05,
            noise: [0.047, 0.035, 0.035],
        }
    }
}

impl StretchConfig {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        number("stretch.share", self.share, 0.0, 1.0)?;
        range("stretch.field", self.field, 0.1, 1.0)?;
        weights("stretch.kinds", &self.kinds)?;
        number("stretch.colour_scatter", self.colour_scatter, 0.0, 2.0)?;
        for noise in self.noise {
            number("stretch.noise", noise, 1e-4, 1.0)?;
        }
        Ok(())
    }
}
