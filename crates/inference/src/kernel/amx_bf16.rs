//! 16-bit floats on the matrix unit of newer Xeons: one instruction multiplies 16 pixels of 32 inputs with 32
//! inputs of 16 outputs. The loop is written over the few operations the unit has; [`unit`] does them with
//! instructions, [`emulated`] as Intel's manual describes them.
//!
//! The machines this was developed on lack the unit: the loop, its data and its order are tested through
//! the emulation, the instructions themselves have only been assembled and read back.

#![expect(unsafe_code, reason = "reads and writes through pointers that the caller answers for")]

#[cfg(test)]
pub(crate) mod emulated;
pub(crate) mod unit;

use std::arch::x86_64::_mm512_loadu_ps;

use super::{Bf16, Tile, TileShape, avx512_bf16::finish};
use crate::network::LANES;

/// Rows of a register.
const ROWS: usize = 16;
/// Bytes of a row.
const ROW_BYTES: usize = 64;
/// Inputs that one product takes.
const DEPTH: usize = ROW_BYTES / size_of::<Bf16>();

/// What the unit's registers are for: four of sums, then two of inputs, then two of weights.
const SUMS: [u8; 4] = [0, 1, 2, 3];
const INPUTS: [u8; 2] = [4, 5];
const WEIGHTS: [u8; 2] = [6, 7];

/// What LDTILECFG reads.
#[repr(C, align(64))]
pub(crate) struct Config {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

impl Config {
    /// Every register whole, but for sums and inputs of fewer pixels.
    fn of(pixels: usize) -> Self {
        let (mut row_bytes, mut rows) = ([0; 16], [0; 16]);
        for register in SUMS.into_iter().chain(INPUTS).chain(WEIGHTS).map(usize::from) {
            row_bytes[register] = ROW_BYTES as u16;
            rows[register] = ROWS as u8;
        }
        for register in SUMS.into_iter().chain(INPUTS).map(usize::from) {
            rows[register] = pixels as u8;
        }
        Self { palette: 1, start_row: 0, reserved: [0; 14], row_bytes, rows }
    }
}

/// The operations of the matrix unit.
///
/// # Safety
/// Of all: the processor has the unit and the process may use it. `load` and `store` reach, for each row that the
/// register is configured for, `ROW_BYTES` bytes at `row · stride` from the pointer; all but `configure` come
/// between it and `release` on the same thread.
pub(crate) trait MatrixUnit {
    /// Shapes the registers and fills them with 0.
    unsafe fn configure(config: &Config);
    /// Back to the state in which nothing needs keeping.
    unsafe fn release();
    unsafe fn load<const TO: u8>(from: *const u8, stride: usize);
    /// Adds to the sums the products of rows of inputs and weights.
    unsafe fn dot<const SUM: u8, const INPUT: u8, const WEIGHT: u8>();
    unsafe fn store<const FROM: u8>(to: *mut u8, stride: usize);
}

/// Makes the unit ready for tiles of a shape, or, for none, gives it back.
///
/// # Safety
/// The processor has the unit and the process may use it.
unsafe fn prepare<U: MatrixUnit>(shape: Option<TileShape>) {
    // SAFETY: the caller's promise; giving back needs no configuration.
    unsafe {
        match shape {
            Some(shape) => U::configure(&Config::of(shape.pixels)),
            None => U::release(),
        }
    }
}

/// # Safety
/// As [`super::TileFn`] says; the instructions are the matrix unit's and AVX512-BF16, and the unit was made
/// ready for this shape.
#[inline]
#[target_feature(enable = "avx512f,avx512bf16")]
unsafe fn tile<
    U: MatrixUnit,
    const RUNS: usize,
    const PIXELS: usize,
    const VECTORS: usize,
    const STEP: usize,
>(
    tile: &Tile<'_, Bf16>,
) {
    const { assert!(RUNS * VECTORS <= SUMS.len() && VECTORS <= WEIGHTS.len() && PIXELS <= ROWS) };
    // SAFETY: registers are configured for PIXELS rows of sums and inputs and 16 of weights. A load of inputs reads
    // DEPTH numbers for each of PIXELS pixels from where the caller promises `groups · 2`, a multiple of DEPTH; one
    // of weights reads 16 rows of 16 pairs, DEPTH · 16 numbers of each vector, as they are packed; stride 0 reads the
    // 16 biases of a vector again and again; a store fills `sums`, which has as many rows.
    unsafe {
        let bias = tile.bias.cast::<u8>();
        for sum in 0..RUNS * VECTORS {
            load_sum::<U>(sum, bias.add(sum % VECTORS * ROW_BYTES));
        }
        let mut weights = tile.weights;
        for &tap in tile.taps {
            let mut source: [*const Bf16; RUNS] = std::array::from_fn(|r| tile.source[r].add(tap));
            for _ in 0..2 * tile.groups / DEPTH {
                products::<U, RUNS, VECTORS, STEP>(source, weights);
                source = source.map(|source| source.add(DEPTH));
                weights = weights.add(DEPTH * VECTORS * LANES);
            }
        }
        let mut sums = [[0f32; LANES]; PIXELS];
        for r in 0..RUNS {
            for v in 0..VECTORS {
                store_sum::<U>(r * VECTORS + v, sums.as_mut_ptr().cast());
                for (p, sum) in sums.iter().enumerate() {
                    finish(tile, r, v * tile.plane + p * LANES, _mm512_loadu_ps(sum.as_ptr()));
                }
            }
        }
    }
}

/// One step along the inputs, for all sums: `sum[r · VECTORS + v] += inputs[r] · weights[v]`.
///
/// # Safety
/// As in [`tile`].
#[inline(always)]
unsafe fn products<U: MatrixUnit, const RUNS: usize, const VECTORS: usize, const STEP: usize>(
    source: [*const Bf16; RUNS],
    weights: *const Bf16,
) {
    let from = |run: usize| source[run].cast::<u8>();
    let pixel = STEP * size_of::<Bf16>();
    let row = VECTORS * ROW_BYTES;
    // SAFETY: the caller's promise.
    unsafe {
        U::load::<{ WEIGHTS[0] }>(weights.cast(), row);
        if VECTORS == 2 {
            U::load::<{ WEIGHTS[1] }>(weights.add(DEPTH).cast(), row);
            U::load::<{ INPUTS[0] }>(from(0), pixel);
            U::dot::<{ SUMS[0] }, { INPUTS[0] }, { WEIGHTS[0] }>();
            U::dot::<{ SUMS[1] }, { INPUTS[0] }, { WEIGHTS[1] }>();
            if RUNS == 2 {
                U::load::<{ INPUTS[1] }>(from(1), pixel);
                U::dot::<{ SUMS[2] }, { INPUTS[1] }, { WEIGHTS[0] }>();
                U::dot::<{ SUMS[3] }, { INPUTS[1] }, { WEIGHTS[1] }>();
            }
        } else {
            U::load::<{ INPUTS[0] }>(from(0), pixel);
            U::dot::<{ SUMS[0] }, { INPUTS[0] }, { WEIGHTS[0] }>();
            if RUNS > 1 {
                U::load::<{ INPUTS[1] }>(from(1), pixel);
                U::dot::<{ SUMS[1] }, { INPUTS[1] }, { WEIGHTS[0] }>();
            }
            if RUNS == 4 {
                U::load::<{ INPUTS[0] }>(from(2), pixel);
                U::dot::<{ SUMS[2] }, { INPUTS[0] }, { WEIGHTS[0] }>();
                U::load::<{ INPUTS[1] }>(from(3), pixel);
                U::dot::<{ SUMS[3] }, { INPUTS[1] }, { WEIGHTS[0] }>();
            }
        }
    }
}

/// # Safety
/// As in [`tile`].
#[inline(always)]
unsafe fn load_sum<U: MatrixUnit>(sum: usize, from: *const u8) {
    // SAFETY: the caller's promise.
    unsafe {
        match sum {
            0 => U::load::<{ SUMS[0] }>(from, 0),
            1 => U::load::<{ SUMS[1] }>(from, 0),
            2 => U::load::<{ SUMS[2] }>(from, 0),
            _ => U::load::<{ SUMS[3] }>(from, 0),
        }
    }
}

/// # Safety
/// As in [`tile`].
#[inline(always)]
unsafe fn store_sum<U: MatrixUnit>(sum: usize, to: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe {
        match sum {
            0 => U::store::<{ SUMS[0] }>(to, ROW_BYTES),
            1 => U::store::<{ SUMS[1] }>(to, ROW_BYTES),
            2 => U::store::<{ SUMS[2] }>(to, ROW_BYTES),
            _ => U::store::<{ SUMS[3] }>(to, ROW_BYTES),
        }
    }
}

/// `TILES` of a unit: rows of up to 16 pixels that fill as many of the registers' rows as the picture allows.
macro_rules! tiles_of_unit {
    ($unit:ty) => {
        pub(crate) const TILES: crate::kernel::Tiles<crate::kernel::Bf16> = crate::kernel::Tiles {
            depth: super::DEPTH,
            is_joined: true,
            prepare: Some(super::prepare::<$unit>),
            ..SHAPES
        };
        const SHAPES: crate::kernel::Tiles<crate::kernel::Bf16> = {
            crate::kernel::tiles!(
                crate::kernel::Bf16,
                tile,
                [
                    (2, 16, 2),
                    (2, 12, 2),
                    (2, 8, 2),
                    (2, 6, 2),
                    (2, 4, 2),
                    (2, 3, 2),
                    (1, 16, 2),
                    (1, 12, 2),
                    (1, 8, 2),
                    (1, 6, 2),
                    (1, 4, 2),
                    (1, 3, 2),
                    (1, 2, 2),
                    (1, 1, 2),
                    (4, 16, 1),
                    (4, 12, 1),
                    (4, 8, 1),
                    (4, 6, 1),
                    (4, 4, 1),
                    (4, 3, 1),
                    (2, 16, 1),
                    (2, 12, 1),
                    (2, 8, 1),
                    (2, 6, 1),
                    (2, 4, 1),
                    (2, 3, 1),
                    (1, 16, 1),
                    (1, 12, 1),
                    (1, 8, 1),
                    (1, 6, 1),
                    (1, 4, 1),
                    (1, 3, 1),
                    (1, 2, 1),
                    (1, 1, 1),
                ]
            );
            TILES
        };

        /// # Safety
        /// As in [`super::tile`].
        #[target_feature(enable = "avx512f,avx512bf16")]
        unsafe fn tile<const RUNS: usize, const PIXELS: usize, const VECTORS: usize, const STEP: usize>(
            tile: &crate::kernel::Tile<'_, crate::kernel::Bf16>,
        ) {
            // SAFETY: the caller's promise.
            unsafe { super::tile::<$unit, RUNS, PIXELS, VECTORS, STEP>(tile) }
        }
    };
}
use tiles_of_unit;
