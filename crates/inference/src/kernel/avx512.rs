//! 32-bit floats, 16 lanes: 24 sums stay in registers while weights and inputs pass by.

#![expect(
    unsafe_code,
    clippy::needless_range_loop,
    reason = "reads and writes through pointers that the caller answers for; plain counts unroll into registers"
)]

use std::arch::x86_64::{
    _mm512_add_ps, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_max_ps, _mm512_set1_ps, _mm512_setzero_ps,
    _mm512_storeu_ps,
};

use super::{Tile, tiles_of_32_registers};
use crate::network::LANES;

tiles_of_32_registers!(f32, tile);

/// # Safety
/// As [`super::TileFn`] says; the instructions are AVX-512 F.
#[target_feature(enable = "avx512f")]
unsafe fn tile<const RUNS: usize, const PIXELS: usize, const VECTORS: usize, const STEP: usize>(
    tile: &Tile<'_, f32>,
) {
    let mut sums = [[[_mm512_setzero_ps(); VECTORS]; PIXELS]; RUNS];
    // SAFETY: every pointer is read and written only as far as the caller promises.
    unsafe {
        for v in 0..VECTORS {
            let bias = _mm512_loadu_ps(tile.bias.add(v * LANES));
            for r in 0..RUNS {
                for p in 0..PIXELS {
                    sums[r][p][v] = bias;
                }
            }
        }
        let mut weights = tile.weights;
        for &tap in tile.taps {
            let mut source: [*const f32; RUNS] = std::array::from_fn(|r| tile.source[r].add(tap));
            for _ in 0..tile.groups {
                let factors: [_; VECTORS] = std::array::from_fn(|v| _mm512_loadu_ps(weights.add(v * LANES)));
                for r in 0..RUNS {
                    for p in 0..PIXELS {
                        let value = _mm512_set1_ps(*source[r].add(p * STEP));
                        for v in 0..VECTORS {
                            sums[r][p][v] = _mm512_fmadd_ps(value, factors[v], sums[r][p][v]);
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
                    let place = v * tile.plane + p * LANES;
                    let mut sum = sums[r][p][v];
                    if !tile.add[r].is_null() {
                        sum = _mm512_add_ps(sum, _mm512_loadu_ps(tile.add[r].add(place)));
                    }
                    if tile.relu {
                        sum = _mm512_max_ps(sum, _mm512_setzero_ps());
                    }
                    _mm512_storeu_ps(tile.target[r].add(place), sum);
                }
            }
        }
    }
}
