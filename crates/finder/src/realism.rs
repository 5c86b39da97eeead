//! How real the mocks look: whether a straight line through a network's
//! embeddings, or through a few numbers of the bare pixels, tells one set of
//! images from another. 0.5 is what we want: they cannot be told apart.
//!
//! The network learns what sets its examples apart. If mocks differ from survey
//! images in noise or sharpness, it may learn that instead of arcs, so these
//! numbers are printed with every training set. What is compared is the
//! caller's to choose; where nothing real is at hand, [`Realism::note`] says so.

mod probe;
mod record;
mod sample;
mod statistics;
mod words;

use domain::Progress;
use serde::{Deserialize, Serialize};

pub use probe::{FoldsBy, Probed, probe};
pub use record::{record, recorded};
pub use sample::{MOST, Sample};
pub use statistics::{NAMES as STATISTICS, of_tile as statistics_of_tile};

use crate::{
    FinderError, Model,
    metrics::{Area, Outcome, auroc},
};

/// Tiles that go through the network at once.
const CHUNK: usize = 256;

/// All comparisons made for one network.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Realism {
    /// What stood for real images, or why nothing did.
    pub note: String,
    /// The comparisons, the most telling for a reader first.
    pub comparisons: Vec<Comparison>,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// Such as "mocks without a lens".
    pub what: String,
    /// Images taken.
    pub images: u64,
}

/// Whether two sets of images can be told apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// The set that counts as positive.
    pub first: Side,
    /// The other.
    pub second: Side,
    /// How images were dealt to the folds.
    pub folds_by: FoldsBy,
    /// By a linear probe of the network's embeddings; each image judged by a probe that has not
    /// seen its part of the sky.
    pub embeddings: Outcome<Area>,
    /// The same by [`STATISTICS`] of the bare tile. High here means a trivial shortcut.
    pub statistics: Outcome<Area>,
    /// The one statistic that tells most by itself: its name, and the area without any fitting
    /// (below 0.5: higher in the second set). The largest of nine, so a little too far from 0.5, and
    /// its interval, that of one statistic by itself, is not shown.
    pub most_telling: Option<(String, Area)>,
}

/// A sample as the network and bare numbers see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    what: String,
    dim: usize,
    groups: Vec<u64>,
    all_have_cells: bool,
    embeddings: Vec<f32>,
    statistics: Vec<f32>,
}

impl Seen {
    /// Shows a sample to the network.
    ///
    /// # Errors
    /// When its tiles were not made by the model's recipe, or somebody cancels.
    pub fn by(model: &Model, sample: &Sample, progress: &dyn Progress) -> Result<Self, FinderError> {
        model.check_tiles(sample.what(), sample.spec())?;
        let mut embeddings = Vec::new();
        for tiles in sample.tiles().chunks(CHUNK * sample.spec().tile_bytes()) {
            progress.check()?;
            embeddings.extend(model.outputs(tiles)?.embeddings);
        }
        let size = sample.spec().size;
        Ok(Self {
            what: sample.what().to_owned(),
            dim: model.config().network.embedding_len(),
            groups: sample.groups().to_vec(),
            all_have_cells: sample.all_have_cells(),
            embeddings,
            statistics: sample.each().flat_map(|tile| statistics::of_tile(tile, size)).collect(),
        })
    }

    /// Number of images.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}

/// Compares two sets of images. Too few images are no error: the numbers are then missing, with the
/// reason.
#[must_use]
pub fn compare(first: &Seen, second: &Seen) -> Comparison {
    let labels: Vec<bool> = (0..first.len() + second.len()).map(|i| i < first.len()).collect();
    let by_cell = first.all_have_cells && second.all_have_cells;
    let groups = if by_cell { [first.groups.as_slice(), &second.groups].concat() } else { Vec::new() };
    let by_embedding =
        probe(&[first.embeddings.as_slice(), &second.embeddings].concat(), first.dim, &labels, &groups);
    let numbers = [first.statistics.as_slice(), &second.statistics].concat();
    let by_statistics = probe(&numbers, STATISTICS.len(), &labels, &groups);
    let side = |seen: &Seen| Side { what: seen.what.clone(), images: seen.len() as u64 };
    Comparison {
        first: side(first),
        second: side(second),
        folds_by: by_embedding.folds_by,
        embeddings: by_embedding.area.into(),
        statistics: by_statistics.area.into(),
        most_telling: most_telling(&numbers, &labels),
    }
}

fn most_telling(numbers: &[f32], labels: &[bool]) -> Option<(String, Area)> {
    let areas = STATISTICS.iter().enumerate().filter_map(|(column, name)| {
        let scores: Vec<f64> =
            numbers.iter().skip(column).step_by(STATISTICS.len()).map(|&x| f64::from(x)).collect();
        Some(((*name).to_owned(), auroc(&scores, labels).ok()?))
    });
    areas.max_by(|(_, a), (_, b)| (a.value - 0.5).abs().total_cmp(&(b.value - 0.5).abs()))
}
