//! What a run keeps of each pool for its report: how good the network is, where the
//! images come from, how the sky was split. Plain numbers; the page draws them.

use campaign::report::RealSet;
use domain::Digest;
use finder::{
    Realism,
    metrics::{Rate, Summary},
};
use serde::{Deserialize, Serialize};

use super::curves::NetworkCurves;

/// Everything about one pool.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PoolReport {
    /// Its name.
    pub name: String,
    /// Over everything a replay sees of it.
    pub digest: Digest,
    /// Whether its images are simulated.
    pub is_simulated: bool,
    /// One sentence on where it comes from.
    pub origin: String,
    /// Images that people can be asked about.
    pub images: u64,
    /// Lenses among them.
    pub lenses: u64,
    /// Look-alikes among them.
    pub look_alikes: u64,
    /// Numbers of one embedding; 0 without any.
    pub embedding: usize,
    /// The network, measured; `None` where only its scores are known.
    pub network: Option<NetworkReport>,
    /// The datasets behind it.
    pub datasets: Vec<DatasetEntry>,
    /// How the sky was split.
    pub split: Option<SplitReport>,
}

/// How good the network is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NetworkReport {
    /// Its digest; empty where only scores are known.
    pub model: String,
    /// What computed the scores.
    pub kernel: String,
    /// On which images all of this was measured.
    pub measured_on: String,
    /// The usual numbers, with intervals.
    pub summary: Summary,
    /// Curves.
    pub curves: NetworkCurves,
    /// Completeness by size and brightness at one false positive in a hundred.
    pub completeness: Vec<Bin>,
    /// Images that fooled it, the worst first.
    pub worst: Vec<Example>,
    /// Whether mocks and survey can be told apart.
    pub realism: Option<Realism>,
    /// On real images.
    pub real: Vec<RealReport>,
    /// Mean loss of every pass of the training, if it was trained here.
    pub losses: Vec<(usize, f64, Option<f64>)>,
}

/// Lenses of a range of sizes or brightnesses.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bin {
    /// `theta_e_arcsec` or `arc_sn`.
    pub of: String,
    /// Lower edge.
    pub from: f64,
    /// Upper edge.
    pub to: f64,
    /// Found of all.
    pub found: Rate,
}

/// One image of the gallery.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Example {
    /// Its id.
    pub id: String,
    /// Whether it is a lens.
    pub is_lens: bool,
    /// What is in it, in words.
    pub what: String,
    /// What the network says.
    pub probability: f64,
    /// How many images of the other kind it is on the wrong side of, as a share.
    pub wrong_side_of: f64,
    /// PNG of what the network sees, base64.
    pub tile_png: String,
    /// PNG of the same with the network's map over it, base64.
    pub map_png: String,
}

/// The network on real images.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RealReport {
    /// Where the images come from, and which count as what.
    pub set: RealSet,
}

/// One dataset.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DatasetEntry {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: String,
    /// Over its index and shards.
    pub digest: Digest,
    /// Images.
    pub images: u64,
    /// Who says what is in them.
    pub labels: String,
    /// How it was split.
    pub split: String,
    /// What one image counts in training.
    pub weight: f64,
}

/// How the sky was split, and whether anything stands on both sides.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SplitReport {
    /// Training, gate, held-out, pool.
    pub parts: Vec<SplitPart>,
    /// Cells that two parts share.
    pub shared: Vec<(String, String, u64)>,
    /// What else was looked for, and how often it was found.
    pub findings: Vec<(String, u64)>,
    /// Everything that makes the split unfit, counted.
    pub leaks: u64,
}

/// One part of the sky.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SplitPart {
    /// Its name.
    pub name: String,
    /// Images.
    pub images: u64,
    /// HEALPix cells with at least one.
    pub cells: u64,
}
