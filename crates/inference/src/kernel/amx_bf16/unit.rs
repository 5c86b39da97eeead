//! The matrix unit itself: its five instructions, and whether this process may use it.

#![expect(unsafe_code, reason = "instructions that the compiler has no stable functions for")]

use std::{
    arch::{
        asm,
        x86_64::{__cpuid, __cpuid_count, _xgetbv},
    },
    sync::OnceLock,
};

use super::{Config, MatrixUnit, ROW_BYTES, ROWS, tiles_of_unit};

/// The instructions.
pub(crate) struct Instructions;

tiles_of_unit!(Instructions);

// SAFETY of what the blocks below leave in the unit's registers from one to the next: the compiler itself uses
// the unit only in functions with the target feature `amx-tile`, which stable Rust does not have, so nothing comes in
// between. The kernel keeps the registers of a thread apart from those of another.
impl MatrixUnit for Instructions {
    #[inline(always)]
    unsafe fn configure(config: &Config) {
        // SAFETY: reads the 64 bytes of the configuration, which is one the unit has (`is_available` asked).
        unsafe { asm!("ldtilecfg [{}]", in(reg) config, options(nostack, preserves_flags, readonly)) }
    }

    #[inline(always)]
    unsafe fn release() {
        // SAFETY: touches no memory.
        unsafe { asm!("tilerelease", options(nostack, preserves_flags, nomem)) }
    }

    #[inline(always)]
    unsafe fn load<const TO: u8>(from: *const u8, stride: usize) {
        // SAFETY: the caller promises the bytes.
        unsafe {
            asm!(
                "tileloadd tmm{to}, [{from} + {stride}*1]",
                to = const TO,
                from = in(reg) from,
                stride = in(reg) stride,
                options(nostack, preserves_flags, readonly)
            );
        }
    }

    #[inline(always)]
    unsafe fn dot<const SUM: u8, const INPUT: u8, const WEIGHT: u8>() {
        // SAFETY: works on the unit's registers alone.
        unsafe {
            asm!(
                "tdpbf16ps tmm{sum}, tmm{input}, tmm{weight}",
                sum = const SUM,
                input = const INPUT,
                weight = const WEIGHT,
                options(nostack, preserves_flags, nomem)
            );
        }
    }

    #[inline(always)]
    unsafe fn store<const FROM: u8>(to: *mut u8, stride: usize) {
        // SAFETY: the caller promises the bytes.
        unsafe {
            asm!(
                "tilestored [{to} + {stride}*1], tmm{from}",
                from = const FROM,
                to = in(reg) to,
                stride = in(reg) stride,
                options(nostack, preserves_flags)
            );
        }
    }
}

/// Whether the processor has the unit with registers of the size meant here, and the system lets this process
/// use it. Asks the system once for all threads.
pub(crate) fn is_available() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| has_unit() && may_use_unit())
}

fn has_unit() -> bool {
    const BF16: u32 = 1 << 22;
    const TILE: u32 = 1 << 24;
    /// The leaf that describes tile registers.
    const PALETTES: u32 = 0x1d;
    /// What the system must save of a thread: configuration and data of the tile registers.
    const STATE: u64 = 0b11 << 17;
    if !is_x86_feature_detected!("xsave") || __cpuid(0).eax < PALETTES {
        return false;
    }
    let features = __cpuid_count(7, 0).edx;
    let palettes = __cpuid_count(PALETTES, 0).eax;
    if features & (BF16 | TILE) != BF16 | TILE || palettes == 0 {
        return false;
    }
    let palette = __cpuid_count(PALETTES, 1);
    let has_registers = palette.ebx >> 16 >= 8
        && palette.ebx & 0xffff == ROW_BYTES as u32
        && palette.ecx & 0xffff == ROWS as u32;
    // SAFETY: `xsave` was detected, which includes that the system switched XGETBV on.
    let saved = unsafe { _xgetbv(0) };
    has_registers && saved & STATE == STATE
}

/// Linux gives the 8 KiB of registers to processes that ask.
#[cfg(target_os = "linux")]
fn may_use_unit() -> bool {
    const ARCH_PRCTL: i64 = 158;
    const ARCH_REQ_XCOMP_PERM: u64 = 0x1023;
    const XFEATURE_XTILEDATA: u64 = 18;
    let mut result = ARCH_PRCTL;
    // SAFETY: a call of the system that takes two numbers and touches no memory of ours; it changes `rcx` and
    // `r11`, as every one does.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") result,
            in("rdi") ARCH_REQ_XCOMP_PERM,
            in("rsi") XFEATURE_XTILEDATA,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack)
        );
    }
    result == 0
}

#[cfg(not(target_os = "linux"))]
fn may_use_unit() -> bool {
    false
}
