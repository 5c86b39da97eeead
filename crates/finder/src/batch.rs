//! From tiles to the network's input: bytes to numbers through a table, blocks of pixels
//! folded into channels, and for training the eight symmetries of the square and small shifts, all
//! in one pass over the bytes.

use burn::tensor::{Device, Tensor, TensorData};
use imaging::TileSpec;

use crate::{
    augment::{Scale, View},
    network::NetworkConfig,
};

/// Makes batches for one network configuration.
#[derive(Debug, Clone)]
pub(crate) struct Batcher {
    size: usize,
    block: usize,
    table: Vec<f32>,
    scale: Scale,
}

impl Batcher {
    pub(crate) fn new(config: &NetworkConfig, spec: &TileSpec) -> Self {
        let table = (0..=255u8).map(|byte| (f32::from(byte) - config.input_offset) / config.input_scale);
        Self {
            size: config.tile_size,
            block: config.architecture.block(),
            table: table.collect(),
            scale: Scale::new(config, spec),
        }
    }

    /// Numbers of one tile in the network's input.
    pub(crate) const fn input_len(&self) -> usize {
        self.size * self.size * 3
    }

    /// Writes one tile (HWC bytes) as `[channels, side/block, side/block]`; channel =
    /// (row·block + column)·3 + band of the pixel within its block.
    pub(crate) fn write(&self, tile: &[u8], view: &View, out: &mut [f32]) {
        match &view.signal {
            None => self.fold(tile, view, |byte| self.table[usize::from(byte)], out),
            Some(signal) => self.fold(&self.scale.apply(tile, signal), view, |number| number, out),
        }
    }

    fn fold<T: Copy>(&self, image: &[T], view: &View, number: impl Fn(T) -> f32, out: &mut [f32]) {
        let (size, block) = (self.size, self.block);
        let side = size / block;
        let (columns, rows) = (Self::sources(size, view.shift[0]), Self::sources(size, view.shift[1]));
        let mirrored =
            |index: usize, bit: u8| if view.symmetry & bit != 0 { size - 1 - index } else { index };
        for y in 0..size {
            let row = rows[mirrored(y, 2)];
            for x in 0..size {
                let column = columns[mirrored(x, 1)];
                let (from_y, from_x) = if view.symmetry & 4 != 0 { (column, row) } else { (row, column) };
                let source = (from_y * size + from_x) * 3;
                let channel = ((y % block) * block + x % block) * 3;
                let place = channel * side * side + (y / block) * side + x / block;
                for band in 0..3 {
                    out[place + band * side * side] = number(image[source + band]);
                }
            }
        }
    }

    /// A tensor of tiles that lie one after another in `tiles`, unturned.
    pub(crate) fn plain(&self, tiles: &[u8], device: &Device) -> Tensor<4> {
        let count = tiles.len() / self.input_len();
        let mut numbers = vec![0.0; count * self.input_len()];
        let pairs = tiles.chunks_exact(self.input_len()).zip(numbers.chunks_exact_mut(self.input_len()));
        for (tile, out) in pairs {
            self.write(tile, &View::default(), out);
        }
        self.tensor(numbers, device)
    }

    /// A tensor of inputs made by [`Batcher::write`].
    pub(crate) fn tensor(&self, numbers: Vec<f32>, device: &Device) -> Tensor<4> {
        let side = self.size / self.block;
        let count = numbers.len() / self.input_len();
        let channels = self.block * self.block * 3;
        Tensor::from_data(TensorData::new(numbers, [count, channels, side, side]), device)
    }

    /// For each place along one axis, where its pixel comes from after the shift.
    fn sources(size: usize, shift: i32) -> Vec<usize> {
        let last = size as i64 - 1;
        let reflect = |at: i64| {
            if at < 0 {
                -at
            } else if at > last {
                2 * last - at
            } else {
                at
            }
        };
        (0..size as i64).map(|place| reflect(place - i64::from(shift)).clamp(0, last) as usize).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(size: usize) -> NetworkConfig {
        NetworkConfig { tile_size: size, input_offset: 0.0, input_scale: 1.0, ..NetworkConfig::default() }
    }

    /// A tile whose bytes all differ from their neighbours.
    fn tile(size: usize) -> Vec<u8> {
        (0..size * size * 3).map(|i| (i % 251) as u8).collect()
    }

    /// The inverse of space-to-depth, written independently.
    fn unfold(input: &[f32], size: usize) -> Vec<u8> {
        let side = size / 4;
        let mut tile = vec![0; size * size * 3];
        for (place, value) in input.iter().enumerate() {
            let (channel, block) = (place / (side * side), place % (side * side));
            let (pixel, band) = (channel / 3, channel % 3);
            let (y, x) = (block / side * 4 + pixel / 4, block % side * 4 + pixel % 4);
            tile[(y * size + x) * 3 + band] = *value as u8;
        }
        tile
    }

    fn posed(view: View) -> Vec<u8> {
        let batcher = Batcher::new(&config(16), &TileSpec::default());
        let mut out = vec![0.0; batcher.input_len()];
        batcher.write(&tile(16), &view, &mut out);
        unfold(&out, 16)
    }

    #[test]
    fn space_to_depth_loses_nothing() {
        assert_eq!(posed(View::default()), tile(16));
    }

    #[test]
    fn the_eight_symmetries_are_eight_different_permutations() {
        let mut seen: Vec<Vec<u8>> =
            (0..8).map(|symmetry| posed(View { symmetry, ..View::default() })).collect();
        for image in &seen {
            let (mut a, mut b) = (image.clone(), tile(16));
            a.sort_unstable();
            b.sort_unstable();
            assert_eq!(a, b);
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 8);
    }

    #[test]
    fn a_shift_moves_pixels_and_mirrors_the_edge() {
        let (moved, original) = (posed(View { shift: [2, -1], ..View::default() }), tile(16));
        let at = |image: &[u8], x: usize, y: usize| image[(y * 16 + x) * 3];
        assert_eq!(at(&moved, 7, 3), at(&original, 5, 4));
        assert_eq!(at(&moved, 1, 3), at(&original, 1, 4));
        assert_eq!(at(&moved, 0, 3), at(&original, 2, 4));
        assert_eq!(at(&moved, 7, 15), at(&original, 5, 14));
    }

    #[test]
    fn bytes_pass_through_the_table() {
        let config = NetworkConfig {
            tile_size: 16,
            input_offset: 40.0,
            input_scale: 20.0,
            ..NetworkConfig::default()
        };
        let batcher = Batcher::new(&config, &TileSpec::default());
        let mut out = vec![0.0; batcher.input_len()];
        batcher.write(&vec![60; 768], &View::default(), &mut out);
        assert!(out.iter().all(|&x| x == 1.0));
    }
}
