//! 32-bit floats, 8 lanes: a block of 16 channels is two vectors, 12 sums stay in registers.

#![expect(
    unsafe_code,
    clippy::needless_range_loop,
    reason = "reads and writes through pointers that the caller answers for; plain counts unroll into registers"
)]

use std::arch::x86_64::{
    _mm256_add_ps, _mm256_broadcast_ss, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_max_ps, _mm256_setzero_ps,
    _mm256_storeu_ps,
};

use super::{Tile, tiles};
use crate::network::LANES;

/// Lanes of a vector.
const HALF: usize = LANES / 2;

tiles!(f32, tile, [(1, 6, 1), (2, 3, 1), (1, 3, 1), (1, 1, 1)]);

/// # Safety
/// As [`super::TileFn`] says; the instructions are AVX2 and FMA.
#[target_feature(enable = "avx2,fma")]
unsafe fn tile<const RUNS: usize, const PIXELS: usize, const VECTORS: usize, const STEP: usize>(
    tile: &Tile<'_, f32>,
) {
    let mut sums = [[[[_mm256_setzero_ps(); 2]; VECTORS]; PIXELS]; RUNS];
    // SAFETY: every pointer is read and written only as far as the caller promises.
    unsafe {
        for v in 0..VECTORS {
            for h in 0..2 {
                let bias = _mm256_loadu_ps(tile.bias.add(v * LANES + h * HALF));
                for r in 0..RUNS {
                    for p in 0..PIXELS {
                        sums[r][p][v][h] = bias;
                    }
                }
            }
        }
        let mut weights = tile.weights;
        for &tap in tile.taps {
            let mut source: [*const f32; RUNS] = std::array::from_fn(|r| tile.source[r].add(tap));
            for _ in 0..tile.groups {
                let factors: [[_; 2]; VECTORS] = std::array::from_fn(|v| {
                    std::array::from_fn(|h| _mm256_loadu_ps(weights.add(v * LANES + h * HALF)))
                });
                for r in 0..RUNS {
                    for p in 0..PIXELS {
                        let value = _mm256_broadcast_ss(&*source[r].add(p * STEP));
                        for v in 0..VECTORS {
                            for h in 0..2 {
                                sums[r][p][v][h] = _mm256_fmadd_ps(value, factors[v][h], sums[r][p][v][h]);
                            }
                        }
                    }
                    source[r] = source[r].add(1);
                }
                weights = weights.add(VECTORS * LANES);
            }
        }
        for r in 0..RUNS {
            for p in 0..PIXELS {
                for v in 0..VECTORS {
                    for h in 0..2 {
                        let place = v * tile.plane + p * LANES + h * HALF;
                        let mut sum = sums[r][p][v][h];
                        if !tile.add[r].is_null() {
                            sum = _mm256_add_ps(sum, _mm256_loadu_ps(tile.add[r].add(place)));
                        }
                        if tile.relu {
                            sum = _mm256_max_ps(sum, _mm256_setzero_ps());
                        }
                        _mm256_storeu_ps(tile.target[r].add(place), sum);
                    }
                }
            }
        }
    }
}
