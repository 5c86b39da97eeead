//! Why an index cannot be built.

use domain::Cancelled;

/// An index cannot be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BuildError {
    /// A setting out of its range.
    #[error("{field} is {value}, it must be {range}")]
    Setting {
        /// Which.
        field: &'static str,
        /// What it is.
        value: f64,
        /// What it can be.
        range: &'static str,
    },
    /// Cells far smaller than quads.
    #[error(
        "a grid of Nside {nside} is too fine for quads up to {high_arcmin:.2} arcmin; take one near {better}"
    )]
    TooFine {
        /// The grid's Nside.
        nside: u32,
        /// Longest AB, arcmin.
        high_arcmin: f64,
        /// What the presets would take.
        better: u32,
    },
    /// Too many stars for one cell.
    #[error(
        "{stars} stars lie within reach of one cell, 65535 are the most; take fewer sweeps or a coarser grid for the brightest stars"
    )]
    Crowded {
        /// Stars within reach.
        stars: usize,
    },
    /// More than numbers of 31 bits can count.
    #[error("{count} {what} are more than an index can hold (2147483647); build it of parts of the sky")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        count: usize,
    },
    /// Too few stars between the limits of magnitude.
    #[error("only {stars} stars are left after the limits of magnitude and doubles; a quad takes {needed}")]
    TooFewStars {
        /// Stars left.
        stars: usize,
        /// Stars of a quad.
        needed: usize,
    },
    /// No quad of this scale.
    #[error(
        "none of the {stars} stars make a quad of this scale: they are too far apart; take a larger scale or a deeper catalogue"
    )]
    NoQuads {
        /// Stars that were tried.
        stars: usize,
    },
    /// An epoch is wanted, but from where to go is not known.
    #[error("the catalogue has proper motions but no epoch; say for which year its positions are")]
    NoEpoch,
    /// On request.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}
