//! Making posteriors mean what they say, by what experts said of a sample of images: a curve from
//! claimed to actual probability (none, Platt's, or isotonic, whichever does best on reviews it was
//! not fitted to), weighted by how the sample was drawn, and a limit to what may be claimed at all.
//!
//! Measuring calibration without correcting it is in `monitors`; drawing the sample is left to
//! `acquisition` and `campaign`.

mod curve;
mod fit;
mod isotonic;
mod platt;
mod review;

pub use curve::{Calibration, Curve};
pub use fit::{CalibrationConfig, fit};
pub use review::{CalibrationError, Review};
