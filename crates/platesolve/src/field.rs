//! What an image shows: sources in the order in which the solver tries them.

use serde::{Deserialize, Serialize};

/// A source of light in an image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Column of its centre; the middle of the first pixel is 0.
    pub x: f64,
    /// Row of its centre, in the order of the file; the middle of the first row is 0.
    pub y: f64,
    /// Light above the background, in the image's unit.
    pub flux: f32,
    /// The background beneath it, in the image's unit per pixel.
    pub background: f32,
}

/// The sources of one image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// The order is the solver's: most likely stars first.
    pub sources: Vec<Source>,
    /// Standard error of a centre along one axis, pixels.
    pub sigma_px: f64,
}
