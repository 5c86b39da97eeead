//! What the processor does in registers alone: independent chains of the instruction the kernels live on.

#![expect(unsafe_code, reason = "instructions of a processor that was asked whether it has them")]

use serde_json::{Value, json};

/// 10⁹ operations a second on all threads (a product and its sum are two), the best of so long for each instruction.
#[cfg(target_arch = "x86_64")]
pub fn measure(seconds: f64) -> Value {
    let mut peaks = serde_json::Map::new();
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        // SAFETY: asked just now.
        peaks.insert("avx2 f32".into(), json!(best(seconds, 16.0, || unsafe { x86::avx2() })));
    }
    if is_x86_feature_detected!("avx512f") {
        // SAFETY: asked just now.
        peaks.insert("avx512 f32".into(), json!(best(seconds, 32.0, || unsafe { x86::avx512() })));
    }
    if is_x86_feature_detected!("avx512bf16") {
        // SAFETY: asked just now.
        peaks.insert("avx512 bf16".into(), json!(best(seconds, 64.0, || unsafe { x86::bf16() })));
    }
    json!({ "peaks": peaks })
}

/// No instructions are known here.
#[cfg(not(target_arch = "x86_64"))]
pub fn measure(_: f64) -> Value {
    json!({ "peaks": {} })
}

#[cfg(target_arch = "x86_64")]
fn best(seconds: f64, operations: f64, run: impl Fn() + Sync) -> f64 {
    let start = std::time::Instant::now();
    let mut best = 0f64;
    while start.elapsed().as_secs_f64() < seconds {
        let begin = std::time::Instant::now();
        rayon::broadcast(|_| run());
        let threads = rayon::current_num_threads() as f64;
        let done = operations * (x86::STEPS * x86::CHAINS) as f64 * threads;
        best = best.max(done * 1e-9 / begin.elapsed().as_secs_f64());
    }
    best
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::asm;

    /// Turns of a loop.
    pub const STEPS: usize = 200_000;
    /// Chains of each: more than an instruction takes cycles, times those begun in a cycle.
    pub const CHAINS: usize = 14;

    /// Written out, as the compiler moves registers about that it need not move.
    macro_rules! chains {
        ($name:ident, $operation:literal, $register:literal, $clear:literal) => {
            /// # Safety
            /// The processor has the instruction.
            pub unsafe fn $name() {
                // SAFETY: works on registers alone, all of which are named.
                unsafe {
                    chains!(@ $operation, $register, $clear, 0 1 2 3 4 5 6 7 8 9 10 11 12 13);
                }
            }
        };
        (@ $operation:literal, $register:literal, $clear:literal, $($chain:literal)*) => {
            asm!(
                $(concat!($clear, " ", $register, $chain, ", ", $register, $chain, ", ", $register, $chain),)*
                concat!($clear, " ", $register, "14, ", $register, "14, ", $register, "14"),
                "2:",
                $(concat!($operation, " ", $register, $chain, ", ", $register, "14, ", $register, "14"),)*
                "dec {left}",
                "jnz 2b",
                left = inout(reg) STEPS => _,
                out("xmm0") _, out("xmm1") _, out("xmm2") _, out("xmm3") _, out("xmm4") _, out("xmm5") _,
                out("xmm6") _, out("xmm7") _, out("xmm8") _, out("xmm9") _, out("xmm10") _, out("xmm11") _,
                out("xmm12") _, out("xmm13") _, out("xmm14") _,
                options(nomem, nostack)
            )
        };
    }
    chains!(avx2, "vfmadd231ps", "ymm", "vpxor");
    chains!(avx512, "vfmadd231ps", "zmm", "vpxord");
    chains!(bf16, "vdpbf16ps", "zmm", "vpxord");
}
