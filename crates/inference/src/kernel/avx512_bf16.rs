//! 16-bit floats: each instruction multiplies 16 pairs and sums them in 32 bits.

#![expect(
    unsafe_code,
    clippy::needless_range_loop,
    reason = "reads and writes through pointers that the caller answers for; plain counts unroll into registers"
)]

use std::arch::x86_64::{
    __m256i, __m512, __m512bh, __m512i, _mm256_loadu_si256, _mm256_storeu_si256, _mm512_add_ps,
    _mm512_castsi512_ps, _mm512_cvtepu16_epi32, _mm512_cvtneps_pbh, _mm512_dpbf16_ps, _mm512_loadu_ps,
    _mm512_loadu_si512, _mm512_max_ps, _mm512_set1_epi32, _mm512_setzero_ps, _mm512_slli_epi32,
};

use super::{Bf16, Tile, tiles_of_32_registers};
use crate::network::LANES;

tiles_of_32_registers!(Bf16, tile);

/// # Safety
/// As [`super::TileFn`] says; the instructions are AVX-512 F and BF16.
#[target_feature(enable = "avx512f,avx512bf16")]
unsafe fn tile<const RUNS: usize, const PIXELS: usize, const VECTORS: usize, const STEP: usize>(
    tile: &Tile<'_, Bf16>,
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
            let mut source: [*const Bf16; RUNS] = std::array::from_fn(|r| tile.source[r].add(tap));
            for _ in 0..tile.groups {
                let factors: [__m512bh; VECTORS] =
                    std::array::from_fn(|v| pairs(_mm512_loadu_si512(weights.add(v * 2 * LANES).cast())));
                for r in 0..RUNS {
                    for p in 0..PIXELS {
                        let pair = source[r].add(p * STEP).cast::<i32>().read_unaligned();
                        let value = pairs(_mm512_set1_epi32(pair));
                        for v in 0..VECTORS {
                            sums[r][p][v] = _mm512_dpbf16_ps(sums[r][p][v], value, factors[v]);
                        }
                    }
                    source[r] = source[r].add(2);
                }
                weights = weights.add(VECTORS * 2 * LANES);
            }
        }
        for r in 0..RUNS {
            for p in 0..PIXELS {
                for v in 0..VECTORS {
                    finish(tile, r, v * tile.plane + p * LANES, sums[r][p][v]);
                }
            }
        }
    }
}

/// What follows the sum of a pixel's products: the added value, the activation, the narrower number.
///
/// # Safety
/// `place` is one that the caller of the tile promised for this row, in `add` and in `target`.
#[inline]
#[target_feature(enable = "avx512f,avx512bf16")]
pub(super) unsafe fn finish(tile: &Tile<'_, Bf16>, run: usize, place: usize, mut sum: __m512) {
    // SAFETY: the caller's promise; 256 bits mean the same in either type.
    unsafe {
        if !tile.add[run].is_null() {
            sum = _mm512_add_ps(sum, wide(_mm256_loadu_si256(tile.add[run].add(place).cast())));
        }
        if tile.relu {
            sum = _mm512_max_ps(sum, _mm512_setzero_ps());
        }
        let narrow: __m256i = std::mem::transmute(_mm512_cvtneps_pbh(sum));
        _mm256_storeu_si256(tile.target[run].add(place).cast(), narrow);
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bf16")]
fn pairs(bits: __m512i) -> __m512bh {
    // SAFETY: both are 512 bits, all of which mean something in either.
    unsafe { std::mem::transmute(bits) }
}

/// 32-bit floats of 16-bit ones.
#[inline]
#[target_feature(enable = "avx512f")]
fn wide(narrow: __m256i) -> __m512 {
    _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(narrow)))
}
