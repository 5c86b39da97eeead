//! Plain Rust: what every other kernel is compared with, and what runs where there is none.

#![expect(unsafe_code, reason = "reads and writes through pointers that the caller answers for")]

use super::{Tile, tiles};
use crate::network::LANES;

tiles!(f32, tile, [(1, 4, 1), (1, 1, 1)]);

/// # Safety
/// As [`super::TileFn`] says.
unsafe fn tile<const RUNS: usize, const PIXELS: usize, const VECTORS: usize, const STEP: usize>(
    tile: &Tile<'_, f32>,
) {
    let mut sums = [[[[0f32; LANES]; VECTORS]; PIXELS]; RUNS];
    // SAFETY: every pointer is read and written only as far as the caller promises.
    unsafe {
        let bias = tile.bias.cast::<[f32; LANES]>();
        for run in &mut sums {
            for pixel in run {
                for (vector, sum) in pixel.iter_mut().enumerate() {
                    *sum = bias.add(vector).read_unaligned();
                }
            }
        }
        let mut weights = tile.weights.cast::<[f32; LANES]>();
        for &tap in tile.taps {
            for group in 0..tile.groups {
                for (run, source) in sums.iter_mut().zip(tile.source) {
                    for (pixel, sums) in run.iter_mut().enumerate() {
                        let value = *source.add(tap + group + pixel * STEP);
                        for (vector, sum) in sums.iter_mut().enumerate() {
                            let weights = weights.add(vector).read_unaligned();
                            for (sum, weight) in sum.iter_mut().zip(weights) {
                                *sum += value * weight;
                            }
                        }
                    }
                }
                weights = weights.add(VECTORS);
            }
        }
        for (r, run) in sums.iter().enumerate() {
            for (p, pixel) in run.iter().enumerate() {
                for (v, sum) in pixel.iter().enumerate() {
                    let place = v * tile.plane + p * LANES;
                    let mut sum = *sum;
                    if !tile.add[r].is_null() {
                        let add = tile.add[r].add(place).cast::<[f32; LANES]>().read_unaligned();
                        for (sum, add) in sum.iter_mut().zip(add) {
                            *sum += add;
                        }
                    }
                    if tile.relu {
                        for sum in &mut sum {
                            *sum = sum.max(0.0);
                        }
                    }
                    tile.target[r].add(place).cast::<[f32; LANES]>().write_unaligned(sum);
                }
            }
        }
    }
}
