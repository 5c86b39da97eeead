//! The matrix unit as the pseudo-code of Intel's manual (volume 2, TILELOADD, TDPBF16PS, TILESTORED) has it, for
//! tests on machines without one. What the manual calls a fault is a panic here.

#![expect(unsafe_code, reason = "reads and writes through pointers that the caller answers for")]

use std::cell::RefCell;

use super::{Config, MatrixUnit, ROW_BYTES, ROWS, tiles_of_unit};

/// The unit of each thread.
pub(crate) struct Emulation;

tiles_of_unit!(Emulation);

#[derive(Clone, Copy, Default)]
struct Register {
    rows: usize,
    row_bytes: usize,
    /// Four bytes each.
    words: [[u32; ROW_BYTES / 4]; ROWS],
}

thread_local! {
    static REGISTERS: RefCell<Option<[Register; 8]>> = const { RefCell::new(None) };
}

fn with<T>(act: impl FnOnce(&mut [Register; 8]) -> T) -> T {
    REGISTERS.with_borrow_mut(|registers| act(registers.as_mut().expect("the unit is configured")))
}

impl MatrixUnit for Emulation {
    unsafe fn configure(config: &Config) {
        assert!(config.palette == 1 && config.start_row == 0 && config.reserved == [0; 14]);
        assert_eq!(size_of_val(config), 64);
        assert!(config.rows[8..].iter().all(|rows| *rows == 0));
        let register = |number: usize| {
            let (rows, row_bytes) = (usize::from(config.rows[number]), usize::from(config.row_bytes[number]));
            assert!(rows <= ROWS && row_bytes <= ROW_BYTES && (rows == 0) == (row_bytes == 0));
            Register { rows, row_bytes, ..Register::default() }
        };
        REGISTERS.set(Some(std::array::from_fn(register)));
    }

    unsafe fn release() {
        REGISTERS.set(None);
    }

    unsafe fn load<const TO: u8>(from: *const u8, stride: usize) {
        with(|registers| {
            let register = &mut registers[usize::from(TO)];
            // What a row has not is filled with 0, rows that are not there too.
            register.words = Default::default();
            for row in 0..register.rows {
                for word in 0..register.row_bytes / 4 {
                    // SAFETY: the caller promises the bytes.
                    let bytes =
                        unsafe { from.add(row * stride + 4 * word).cast::<[u8; 4]>().read_unaligned() };
                    register.words[row][word] = u32::from_le_bytes(bytes);
                }
            }
        });
    }

    unsafe fn dot<const SUM: u8, const INPUT: u8, const WEIGHT: u8>() {
        assert!(SUM != INPUT && SUM != WEIGHT && INPUT != WEIGHT);
        with(|registers| {
            let [inputs, weights] = [INPUT, WEIGHT].map(|register| registers[usize::from(register)]);
            let sums = &mut registers[usize::from(SUM)];
            assert!(inputs.rows == sums.rows && weights.row_bytes == sums.row_bytes);
            assert!(inputs.row_bytes == 4 * weights.rows);
            for row in 0..sums.rows {
                let mut pairs = [[0f32; 2]; ROW_BYTES / 4];
                for pair in 0..inputs.row_bytes / 4 {
                    for (column, sums) in pairs[..sums.row_bytes / 4].iter_mut().enumerate() {
                        for (half, sum) in sums.iter_mut().enumerate() {
                            let input = widened(inputs.words[row][pair], half);
                            let weight = widened(weights.words[pair][column], half);
                            *sum = flushed(input.mul_add(weight, *sum));
                        }
                    }
                }
                for (sum, [even, odd]) in sums.words[row].iter_mut().zip(pairs).take(sums.row_bytes / 4) {
                    *sum = flushed(flushed(f32::from_bits(*sum)) + flushed(even + odd)).to_bits();
                }
            }
        });
    }

    unsafe fn store<const FROM: u8>(to: *mut u8, stride: usize) {
        with(|registers| {
            let register = &registers[usize::from(FROM)];
            for row in 0..register.rows {
                for word in 0..register.row_bytes / 4 {
                    let bytes = register.words[row][word].to_le_bytes();
                    // SAFETY: the caller promises the bytes.
                    unsafe { to.add(row * stride + 4 * word).cast::<[u8; 4]>().write_unaligned(bytes) };
                }
            }
        });
    }
}

/// The lower or upper 16-bit float of a word.
fn widened(word: u32, half: usize) -> f32 {
    flushed(f32::from_bits(if half == 0 { word << 16 } else { word & 0xffff_0000 }))
}

/// Numbers below the normal ones are 0 to the unit, before and after.
fn flushed(value: f32) -> f32 {
    if value.is_subnormal() { 0f32.copysign(value) } else { value }
}
