//! The index the solver searches: quads of catalogue stars, their codes in a
//! kd-tree, the stars in another. A view of borrowed arrays: a mapped file of
//! either layout and an index built in memory are searched by the same code.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What [`Index::magnitude`] holds for a star whose magnitude is not known.
pub const UNKNOWN_MAGNITUDE: i16 = i16::MIN;

/// What an index is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndexMeta {
    /// Number of the index, as astrometry.net counts them; 0 for none.
    pub id: i32,
    /// Stars of a "quad": 3, 4 or 5.
    pub dim_quads: usize,
    /// Shortest distance of A and B, radians.
    pub scale_low_rad: f64,
    /// Longest distance of A and B, radians.
    pub scale_high_rad: f64,
    /// The HEALPix cell (of `healpix_nside`) the index covers; −1 for the whole sky.
    pub healpix: i32,
    /// See `healpix`; 0 for the whole sky.
    pub healpix_nside: u32,
    /// Nside of the grid in whose cells the brightest stars were taken; 0 where it is not known.
    pub cut_nside: u32,
    /// How many stars a cell gave at most.
    pub sweeps: u32,
    /// Standard error of a star's position, arcsec.
    pub jitter_arcsec: f64,
    /// Julian year the positions are for; `None` where it is not known.
    pub epoch: Option<f64>,
    /// Name of the catalogue; may be empty.
    pub catalogue: String,
}

/// A kd-tree in heap order over points of small integers.
///
/// Node 0 is the root, the children of node i are 2i+1 and 2i+2, and the last
/// `leaves` nodes are the leaves. Leaf i holds the points `right[i-1]+1 ..= right[i]`.
/// The number of the split of an inner node carries the dimension in its lowest bits.
#[derive(Debug, Clone)]
pub struct Tree<'a, T: Clone> {
    /// Dimensions of a point.
    pub dim: usize,
    /// Index of the last point of each leaf; −1 before the first.
    pub right: Cow<'a, [i32]>,
    /// One number an inner node.
    pub split: Cow<'a, [T]>,
    /// Points, one after another.
    pub data: Cow<'a, [T]>,
    /// Smallest value along each dimension: a coordinate is `low + stored / scale`.
    pub low: Vec<f64>,
    /// Stored units per unit of a coordinate.
    pub scale: f64,
}

impl<T: Clone> Tree<'_, T> {
    /// Number of points.
    #[must_use]
    pub fn len(&self) -> usize {
        self.data.len() / self.dim.max(1)
    }

    /// Whether it holds no point.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// Bits of a split that name the dimension: ⌈log2 dim⌉.
    #[must_use]
    pub fn dim_bits(&self) -> u32 {
        self.dim.max(1).next_power_of_two().trailing_zeros()
    }
}

/// An index, ready to be searched. Numbers that point into other arrays are not to be trusted: a
/// file may be damaged.
#[derive(Debug, Clone)]
pub struct Index<'a> {
    /// What it is.
    pub meta: IndexMeta,
    /// `dim_quads` numbers of stars a quad, A and B first; the order is that of the codes.
    pub quads: Cow<'a, [u32]>,
    /// Codes: 2 (`dim_quads` − 2) coordinates each.
    pub codes: Tree<'a, u16>,
    /// Unit vectors.
    pub stars: Tree<'a, u32>,
    /// Rank of each star among the stars, in 256 steps: 0 are those taken first.
    pub sweep: Cow<'a, [u8]>,
    /// Magnitudes in thousandths, in the order of the stars, where the file has them; [`UNKNOWN_MAGNITUDE`] for
    /// a star without. [`Index::magnitude_of`] tells them apart.
    pub magnitude: Option<Cow<'a, [i16]>>,
    /// Proper motion in milli-arcsec a year (towards east, already times cos δ; towards north), two a star, where
    /// the file has them.
    pub motion: Option<Cow<'a, [i16]>>,
}

impl Index<'_> {
    /// Number of quads.
    #[must_use]
    pub fn quad_count(&self) -> usize {
        self.quads.len() / self.meta.dim_quads.max(1)
    }

    /// Magnitude of a star; `None` where it is not known.
    #[must_use]
    pub fn magnitude_of(&self, id: usize) -> Option<f64> {
        let &milli = self.magnitude.as_ref()?.get(id)?;
        (milli != UNKNOWN_MAGNITUDE).then(|| f64::from(milli) / 1000.0)
    }

    /// Unit vector of a star in a Julian year, by its proper motion where the index has it.
    #[must_use]
    pub fn star_at(&self, id: usize, year: Option<f64>) -> Option<crate::vector::Vec3> {
        let star = self.star(id)?;
        let years = year.zip(self.meta.epoch).map_or(0.0, |(year, epoch)| year - epoch);
        let motion = self.motion.as_ref().and_then(|all| all.get(2 * id..2 * id + 2));
        let Some(&[east, north]) = motion.filter(|_| years != 0.0) else { return Some(star) };
        let radians = |mas: i16| (f64::from(mas) * years / 3.6e6).to_radians();
        let (to_east, to_north) = crate::plane::axes(star);
        let (east, north) = (radians(east), radians(north));
        Some(crate::vector::unit([0, 1, 2].map(|k| star[k] + east * to_east[k] + north * to_north[k])))
    }

    /// Unit vector of a star at the index's epoch; `None` if there is no such star.
    #[must_use]
    pub fn star(&self, id: usize) -> Option<crate::vector::Vec3> {
        let stored = self.stars.data.get(id.checked_mul(3)?..id.checked_mul(3)?.checked_add(3)?)?;
        Some([0, 1, 2].map(|k| self.stars.low[k] + f64::from(stored[k]) / self.stars.scale))
    }
}
