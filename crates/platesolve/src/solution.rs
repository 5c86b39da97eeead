//! What the solver is told and what it answers.

use domain::SkyCoord;
use imaging::{TanSip, TanWcs};
use serde::{Deserialize, Serialize};

/// What is known before; all of it optional. A hint narrows the search and so lets fields with few
/// sources pass honestly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Hints {
    /// The centre lies within so many degrees of a position.
    pub position: Option<(SkyCoord, f64)>,
    /// The smallest and the largest pixel scale, arcsec per pixel.
    pub scale_arcsec: Option<(f64, f64)>,
    /// Sign of the determinant of the CD matrix, 1 or −1.
    pub parity: Option<i8>,
}

/// A source and the catalogue star it was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// Which source of the field.
    pub source: usize,
    /// Where the star is.
    pub star: SkyCoord,
    /// Its magnitude, if the index has it.
    pub magnitude: Option<f64>,
    /// Source minus star, pixels.
    pub residual_px: [f64; 2],
    /// Probability that they belong together.
    pub probability: f64,
}

/// Where the image lies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Solution {
    /// The projection. Pixels are counted as FITS does, from 1.
    pub wcs: TanSip,
    /// The projection without distortion.
    pub linear: TanWcs,
    /// Middle of the image.
    pub centre: SkyCoord,
    /// Side of a pixel in the middle of the image, arcsec.
    pub scale_arcsec: f64,
    /// Sign of the determinant of CD: 1 for an image seen as the eye sees the sky, rows from top to bottom.
    pub parity: i8,
    /// Position angle of the direction of rising rows: degrees from north to east.
    pub rotation_deg: f64,
    /// Logarithm of the odds of this place against chance, before the number of hypotheses is taken off.
    pub log_odds: f64,
    /// Logarithm of the number of places that were looked at.
    pub ln_trials: f64,
    /// Which of the indexes, and which quad of it.
    pub index: usize,
    /// See `index`.
    pub quad: usize,
    /// Sources with their stars.
    pub matches: Vec<Match>,
    /// Corners of the image, in the order (1,1), (W,1), (W,H), (1,H) of its pixels' outer edges.
    pub footprint: [SkyCoord; 4],
}

/// Why there is no solution.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// Too little to go by.
    #[error("only {found} sources were found; at least {needed} are needed")]
    TooFewSources {
        /// Sources of the field.
        found: usize,
        /// The least.
        needed: usize,
    },
    /// None of the indexes has quads that would fit into the image.
    #[error(
        "no index has quads of the size of this image; it would need some between {low_arcmin:.3} and {high_arcmin:.1} arcmin"
    )]
    NoIndexForScale {
        /// Shortest useful quad.
        low_arcmin: f64,
        /// Longest useful quad.
        high_arcmin: f64,
    },
    /// Everything was tried.
    #[error(
        "no place on the sky fits: {hypotheses} were looked at, the best has log odds of {best:.1} where {needed:.1} are needed"
    )]
    NothingFits {
        /// Hypotheses that came to a closer look.
        hypotheses: u64,
        /// Log odds of the best.
        best: f64,
        /// What acceptance takes.
        needed: f64,
    },
    /// The effort that was allowed is spent.
    #[error("gave up after {codes} quads; allow more effort, or say what is known of position and scale")]
    OutOfEffort {
        /// Codes of the image that were looked up.
        codes: u64,
    },
    /// Somebody asked to stop.
    #[error("stopped on request")]
    Cancelled,
}
