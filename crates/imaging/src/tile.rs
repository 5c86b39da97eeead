//! The network's input: a small square of bytes made from a cube, normalised
//! by the cube's own sky noise so that any zero point gives the same tile.
//! The recipe is data ([`TileSpec`]) and is stored beside every dataset.

use serde::{Deserialize, Serialize};

use crate::{Band, Cube, CubeError, SkyLevel, format_bands, resample, sky_level, sky_level_of_render};

/// How a tile is made from a cube.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TileSpec {
    /// Pixels along each side; the whole field is resampled to it.
    pub size: usize,
    /// Bands of the R, G, B channels. Where a cube has no z, its i stands in.
    pub channels: [Band; 3],
    /// Signal in σ up to which the scale is about linear.
    pub softening_sigma: f32,
    /// Signal in σ that becomes byte 0.
    pub low_sigma: f32,
    /// Signal in σ that becomes byte 255.
    pub high_sigma: f32,
    /// Sky pixels further than this many σ from the median are left out of the sky.
    pub clip_sigma: f32,
    /// How often that is repeated.
    pub clip_rounds: u32,
}

impl Default for TileSpec {
    fn default() -> Self {
        Self {
            size: 96,
            channels: [Band::Z, Band::R, Band::G],
            softening_sigma: 2.0,
            low_sigma: -4.0,
            high_sigma: 1000.0,
            clip_sigma: 3.0,
            clip_rounds: 2,
        }
    }
}

/// What the network reads: `size · size · 3` bytes in HWC order, channels as [`TileSpec::channels`],
/// row 0 = north.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Pixels along each side.
    pub size: usize,
    /// The bytes.
    pub data: Vec<u8>,
}

/// No tile can be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TileError {
    /// The cube is not usable.
    #[error(transparent)]
    Cube(#[from] CubeError),
    /// The recipe is not usable.
    #[error("tile recipe: {field} is {value}; {remedy}")]
    Spec {
        /// The field of [`TileSpec`].
        field: &'static str,
        /// Its value.
        value: String,
        /// What it should be.
        remedy: &'static str,
    },
    /// A plane without any noise.
    #[error(
        "band {band} has no sky noise (σ = 0 around {median}): the plane is constant or mostly blank; \
         take a cutout that the survey covers fully"
    )]
    NoNoise {
        /// The band.
        band: Band,
        /// Its median.
        median: f32,
    },
}

impl TileSpec {
    /// Bytes of one tile.
    #[must_use]
    pub const fn tile_bytes(&self) -> usize {
        self.size * self.size * 3
    }

    /// Whether a tile can be made by this recipe.
    ///
    /// # Errors
    /// Names the field and what it should be.
    pub fn check(&self) -> Result<(), TileError> {
        let wrong = |field, value: &dyn ToString, remedy| {
            Err(TileError::Spec { field, value: value.to_string(), remedy })
        };
        if !(8..=4096).contains(&self.size) {
            return wrong("size", &self.size, "choose 8 to 4096 pixels");
        }
        if !(self.softening_sigma > 0.0 && self.softening_sigma.is_finite()) {
            return wrong("softening_sigma", &self.softening_sigma, "choose a positive number");
        }
        if !(self.low_sigma.is_finite() && self.high_sigma.is_finite() && self.low_sigma < self.high_sigma) {
            return wrong("high_sigma", &self.high_sigma, "choose a number above low_sigma");
        }
        if self.clip_sigma.is_nan() || self.clip_sigma < 1.0 {
            return wrong("clip_sigma", &self.clip_sigma, "choose at least 1");
        }
        Ok(())
    }
}

/// Makes the tile of a cube: resamples the whole field to `size · size`, subtracts each band's sky
/// and divides by its σ (both measured after resampling), and compands with an asinh.
///
/// # Errors
/// When a band is missing, a pixel is not finite, a plane has no noise, or the recipe is wrong.
pub fn tile(cube: &Cube, spec: &TileSpec) -> Result<Tile, TileError> {
    tile_with(cube, spec, sky_level)
}

/// As [`tile`], for a cube made from a rendered picture ([`crate::raster::to_cube`]), whose sky may be
/// clipped to black.
///
/// # Errors
/// As [`tile`].
pub fn tile_of_render(cube: &Cube, spec: &TileSpec) -> Result<Tile, TileError> {
    tile_with(cube, spec, sky_level_of_render)
}

fn tile_with(
    cube: &Cube,
    spec: &TileSpec,
    sky_level: fn(&[f32], f32, u32) -> SkyLevel,
) -> Result<Tile, TileError> {
    spec.check()?;
    cube.check()?;
    cube.check_finite()?;
    let size = spec.size;
    let compand = |sigmas: f32| asinh(sigmas / spec.softening_sigma);
    let (low, high) = (compand(spec.low_sigma), compand(spec.high_sigma));
    let mut data = vec![0; spec.tile_bytes()];
    for (channel, &wanted) in spec.channels.iter().enumerate() {
        let (band, plane) = channel_plane(cube, wanted)?;
        let small = resample::fit(plane, cube.width, cube.height, size, size);
        let sky = sky_level(&small, spec.clip_sigma, spec.clip_rounds);
        // Neither zero nor so small or large that dividing by it would leave the range of a float.
        if !sky.sigma.is_normal() {
            return Err(TileError::NoNoise { band, median: sky.median });
        }
        // Row 0 of the cube is south, row 0 of the tile north.
        for (row, values) in data.chunks_exact_mut(size * 3).zip(small.chunks_exact(size).rev()) {
            for (pixel, value) in row.chunks_exact_mut(3).zip(values) {
                let level = (compand((value - sky.median) / sky.sigma) - low) / (high - low);
                pixel[channel] = (255.0 * level + 0.5).clamp(0.0, 255.0) as u8;
            }
        }
    }
    Ok(Tile { size, data })
}

/// asinh by its logarithm: a third of the time of the library's, whose care near zero a byte cannot show.
fn asinh(x: f32) -> f32 {
    let size = x.abs();
    (size + (size * size + 1.0).sqrt()).ln().copysign(x)
}

fn channel_plane(cube: &Cube, wanted: Band) -> Result<(Band, &[f32]), CubeError> {
    match cube.plane(wanted) {
        Err(_) if wanted == Band::Z => cube
            .plane(Band::I)
            .map(|plane| (Band::I, plane))
            .map_err(|_| CubeError::MissingBand { wanted, present: format_bands(&cube.bands) }),
        found => found.map(|plane| (wanted, plane)),
    }
}
