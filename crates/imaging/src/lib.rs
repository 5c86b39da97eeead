//! Pictures of the sky: the science cube, FITS, the TAN projection, colour
//! composites, resampling, the tile the network reads and the preview people
//! see. Pure: bytes in, bytes out. Files, datasets and folders are `survey`'s.

mod band;
pub mod compand;
mod crop;
mod cube;
pub mod fits;
pub mod lupton;
mod maskbits;
pub mod preview;
pub mod raster;
pub mod resample;
mod rgb8;
mod sip;
mod sky_level;
pub mod tile;
mod wcs;

pub use band::{Band, BandError, format_bands, parse_bands};
pub use crop::{Crop, CropError, CropParseError};
pub use cube::{Cube, CubeError};
pub use maskbits::{CENTRE_RADIUS_ARCSEC, InverseVariance, MaskBits, MaskPlane};
pub use rgb8::Rgb8;
pub use sip::{MAX_SIP_ORDER, Polynomial, TanSip, solve_symmetric};
pub use sky_level::{SkyLevel, sky_level, sky_level_of_render};
pub use tile::{Tile, TileError, TileSpec};
pub use wcs::TanWcs;
