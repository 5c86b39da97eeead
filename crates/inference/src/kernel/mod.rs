//! The inner loops: one tile of outputs of a convolution, for every kind of processor. What is common to
//! them is [`Tile`]; the loops themselves lie one file each.

#[cfg(target_arch = "x86_64")]
pub(crate) mod amx_bf16;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod avx512_bf16;
mod portable;

use crate::{InferenceError, network::LANES};

/// How a number is kept between layers.
pub(crate) trait Number: Copy + Default + Send + Sync + PartialOrd + 'static {
    /// Numbers that one step along the channels takes: weights are packed so.
    const GROUP: usize;
    fn of(value: f32) -> Self;
    fn value(self) -> f32;
    /// The greater of two that are not below 0.
    fn greater(self, other: Self) -> Self;
}

impl Number for f32 {
    const GROUP: usize = 1;

    #[inline(always)]
    fn of(value: f32) -> Self {
        value
    }

    #[inline(always)]
    fn value(self) -> f32 {
        self
    }

    #[inline(always)]
    fn greater(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
}

/// The upper half of a 32-bit float.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd)]
#[repr(transparent)]
pub(crate) struct Bf16(pub i16);

impl Number for Bf16 {
    const GROUP: usize = 2;

    /// Rounds to nearest, ties to even. For finite numbers.
    #[inline(always)]
    fn of(value: f32) -> Self {
        let bits = value.to_bits();
        let odd = (bits >> 16) & 1;
        Self((bits.wrapping_add(0x7fff + odd) >> 16) as u16 as i16)
    }

    #[inline(always)]
    fn value(self) -> f32 {
        f32::from_bits(u32::from(self.0 as u16) << 16)
    }

    /// Floats that are not below 0 are in the order of their bits.
    #[inline(always)]
    fn greater(self, other: Self) -> Self {
        if self.0 > other.0 { self } else { other }
    }
}

/// Rows of pixels that one tile may span.
pub(crate) const MOST_RUNS: usize = 4;

/// The shape of a tile: `runs` rows of `pixels` outputs next to each other, of `vectors` · 16 channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TileShape {
    pub runs: usize,
    pub pixels: usize,
    pub vectors: usize,
}

/// One tile to compute. Offsets count numbers, not bytes.
pub(crate) struct Tile<'a, N> {
    /// Where the input of the first output of each row of pixels begins.
    pub source: [*const N; MOST_RUNS],
    /// From there to each stretch of inputs that lie next to each other.
    pub taps: &'a [usize],
    /// Groups of such a stretch.
    pub groups: usize,
    /// `taps · groups · vectors · 16 · GROUP` numbers.
    pub weights: *const N,
    /// `vectors · 16` numbers.
    pub bias: *const f32,
    /// What is added, where the outputs lie in `target`; null for nothing.
    pub add: [*const N; MOST_RUNS],
    /// Where the first output of each row goes; the pixels after it every 16 numbers.
    pub target: [*mut N; MOST_RUNS],
    /// From a block of 16 channels to the next, in `target` and `add`.
    pub plane: usize,
    pub relu: bool,
}

/// Computes a tile.
///
/// # Safety
/// The processor has the kernel's instructions. For each row `r` of the shape, each pixel `p` and each tap `t`,
/// `source[r] + p · step + t` points to `groups · GROUP` readable numbers, where `step` is what the function was
/// got for; `weights` and `bias` to as many as [`Tile`] says; `target[r] + v · plane + p · 16` to 16 writable
/// numbers that nothing else reads or writes meanwhile, and `add`, if not null, to as many readable ones.
pub(crate) type TileFn<N> = unsafe fn(&Tile<'_, N>);

/// Numbers from a pixel's input to the next one's: what kernels are compiled for.
pub(crate) mod step {
    /// Blocks of channels, stride 1.
    pub const BLOCK: usize = super::LANES;
    /// Blocks of channels, stride 2.
    pub const BLOCK_TWO: usize = 2 * super::LANES;
    /// Three channels next to each other, stride 1.
    pub const BANDS: usize = 3;
    /// Three channels next to each other, stride 2.
    pub const BANDS_TWO: usize = 6;
}

/// The functions of one kernel for every shape it has.
pub(crate) struct Tiles<N: 'static> {
    /// The better ones first: those that do the most at once.
    pub shapes: &'static [TileShape],
    /// For one of the shapes and a step.
    pub of: fn(TileShape, usize) -> Option<TileFn<N>>,
    /// Stretches of inputs are a multiple of this long, with weights of 0 for what is too much.
    pub depth: usize,
    /// Whether a row of a convolution's kernel is one stretch: its pixels lie next to each other.
    pub is_joined: bool,
    /// Called before the first tile of a shape and with `None` after the last, on the thread that computes;
    /// the processor must have the kernel's instructions.
    pub prepare: Option<unsafe fn(Option<TileShape>)>,
}

/// Instantiates `tile::<RUNS, PIXELS, VECTORS, STEP>` for each shape and step.
macro_rules! tiles {
    ($number:ty, $tile:ident, [$(($runs:literal, $pixels:literal, $vectors:literal)),* $(,)?]) => {
        pub(crate) const TILES: $crate::kernel::Tiles<$number> = $crate::kernel::Tiles {
            shapes: &[$($crate::kernel::TileShape { runs: $runs, pixels: $pixels, vectors: $vectors }),*],
            of: |shape, step| {
                use $crate::kernel::step::{BANDS, BANDS_TWO, BLOCK, BLOCK_TWO};
                let found: $crate::kernel::TileFn<$number> = match (shape.runs, shape.pixels, shape.vectors, step) {
                    $(
                        ($runs, $pixels, $vectors, BLOCK) => $tile::<$runs, $pixels, $vectors, BLOCK>,
                        ($runs, $pixels, $vectors, BLOCK_TWO) => $tile::<$runs, $pixels, $vectors, BLOCK_TWO>,
                        ($runs, $pixels, $vectors, BANDS) => $tile::<$runs, $pixels, $vectors, BANDS>,
                        ($runs, $pixels, $vectors, BANDS_TWO) => $tile::<$runs, $pixels, $vectors, BANDS_TWO>,
                    )*
                    _ => return None,
                };
                Some(found)
            },
            depth: <$number as $crate::kernel::Number>::GROUP,
            is_joined: false,
            prepare: None,
        };
    };
}
use tiles;

/// The same for kernels with 32 registers of 16 lanes: up to 24 sums at once.
#[cfg(target_arch = "x86_64")]
macro_rules! tiles_of_32_registers {
    ($number:ty, $tile:ident) => {
        super::tiles!(
            $number,
            $tile,
            [
                (1, 12, 2),
                (2, 6, 2),
                (3, 3, 2),
                (1, 6, 2),
                (1, 3, 2),
                (1, 1, 2),
                (1, 24, 1),
                (2, 12, 1),
                (1, 12, 1),
                (2, 6, 1),
                (3, 3, 1),
                (1, 6, 1),
                (1, 3, 1),
                (1, 1, 1),
            ]
        );
    };
}
#[cfg(target_arch = "x86_64")]
use tiles_of_32_registers;

/// The kinds of inner loops there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kernel {
    /// Tiles of 16 × 32 numbers on the matrix unit, products of 16-bit floats summed in 32 bits. x86-64 with
    /// AMX-BF16 (and AVX512-BF16), on Linux. Tested through an emulation of the unit; no machine with one was at hand.
    AmxBf16,
    /// 512-bit vectors, products of 16-bit floats summed in 32 bits. x86-64 with AVX512-BF16.
    Avx512Bf16,
    /// 512-bit vectors of 32-bit floats. x86-64 with AVX-512.
    Avx512,
    /// 256-bit vectors of 32-bit floats. x86-64 with AVX2 and FMA.
    Avx2,
    /// Plain Rust, 32-bit floats, on any processor.
    Portable,
}

impl Kernel {
    /// The fastest first.
    pub const ALL: [Self; 5] = [Self::AmxBf16, Self::Avx512Bf16, Self::Avx512, Self::Avx2, Self::Portable];

    /// As it is named on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AmxBf16 => "amx-bf16",
            Self::Avx512Bf16 => "avx512-bf16",
            Self::Avx512 => "avx512",
            Self::Avx2 => "avx2",
            Self::Portable => "portable",
        }
    }

    /// The kernel of this name, whether or not this processor can run it.
    ///
    /// # Errors
    /// When there is none of this name; the message lists them.
    pub fn named(name: &str) -> Result<Self, InferenceError> {
        Self::ALL.into_iter().find(|kernel| kernel.name() == name).ok_or_else(|| {
            InferenceError::UnknownKernel {
                asked: name.to_owned(),
                known: Self::ALL.map(Self::name).join(", "),
            }
        })
    }

    /// Whether numbers between layers have 16 bits.
    #[must_use]
    pub const fn is_half(self) -> bool {
        matches!(self, Self::AmxBf16 | Self::Avx512Bf16)
    }

    /// Whether this processor can run it.
    #[must_use]
    pub fn is_available(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        let has = match self {
            Self::AmxBf16 => Self::Avx512Bf16.is_available() && amx_bf16::unit::is_available(),
            Self::Avx512Bf16 => is_x86_feature_detected!("avx512bf16") && Self::Avx512.is_available(),
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vl")
            }
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            Self::Portable => true,
        };
        #[cfg(not(target_arch = "x86_64"))]
        let has = self == Self::Portable;
        has
    }

    /// Those this processor can run, the fastest first.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|kernel| kernel.is_available())
    }

    /// # Errors
    /// When this processor cannot run it.
    pub fn check(self) -> Result<Self, InferenceError> {
        if self.is_available() {
            return Ok(self);
        }
        let names: Vec<_> = Self::available().map(Self::name).collect();
        Err(InferenceError::Kernel { asked: self.name(), available: names.join(", ") })
    }
}

impl std::fmt::Display for Kernel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The loops of a kernel.
pub(crate) enum Loops {
    Single(Tiles<f32>),
    Half(Tiles<Bf16>),
}

/// The loops of a kernel that this processor has.
pub(crate) fn loops(kernel: Kernel) -> Loops {
    match kernel {
        #[cfg(target_arch = "x86_64")]
        Kernel::AmxBf16 => Loops::Half(amx_bf16::unit::TILES),
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx512Bf16 => Loops::Half(avx512_bf16::TILES),
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx512 => Loops::Single(avx512::TILES),
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx2 => Loops::Single(avx2::TILES),
        _ => Loops::Single(portable::TILES),
    }
}
