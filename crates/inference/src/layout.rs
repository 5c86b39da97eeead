//! Where the numbers of a value lie: blocks of 16 channels, each a plane of pixels within a border of zeros,
//! so that a convolution reads its neighbours at constant distances and never asks where the edge is.

use crate::network::{LANES, Shape};

/// How one picture of a value lies in memory. Distances count numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Layout {
    pub shape: Shape,
    /// Pixels of zeros around it.
    pub border: usize,
    /// Three bands next to each other in place of blocks of 16 channels: a picture that is not folded.
    pub is_bands: bool,
}

/// Numbers behind the last picture that may be read but mean nothing: a group may be wider than what is left.
pub(crate) const SLACK: usize = 2 * LANES;

impl Layout {
    /// Channels that lie next to each other.
    pub const fn lanes(&self) -> usize {
        if self.is_bands { self.shape.channels } else { LANES }
    }

    /// Planes of so many channels; what the last has too many is 0.
    pub const fn blocks(&self) -> usize {
        self.shape.channels.div_ceil(self.lanes())
    }

    /// From a row to the next.
    pub const fn row(&self) -> usize {
        (self.shape.side + 2 * self.border) * self.lanes()
    }

    /// From a block of channels to the next.
    pub const fn plane(&self) -> usize {
        (self.shape.side + 2 * self.border) * self.row()
    }

    /// From a picture to the next.
    pub const fn picture(&self) -> usize {
        self.blocks() * self.plane()
    }

    /// Where a pixel of the first block lies in its picture; coordinates count from the border's corner.
    pub const fn at(&self, row: usize, column: usize) -> usize {
        row * self.row() + column * self.lanes()
    }

    /// Where an inner pixel of the first block lies.
    pub const fn inner(&self, row: usize, column: usize) -> usize {
        self.at(row + self.border, column + self.border)
    }
}
