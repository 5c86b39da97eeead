//! FITS in and out: bytes to a [`Cube`] and back. Understands what the house
//! meets: float and integer cubes, single-band images, one band per HDU, and
//! tile-compressed `.fz` files. Files and folders are not its business.

mod bands;
mod cards;
mod codec;
mod distortion;
mod error;
mod header;
mod planes;
mod projection;
mod structure;
mod table;
mod write;

pub use cards::Cards;
pub use error::FitsError;
pub use planes::{Pixels, Plane, Wanted, append, read_plane};
pub use table::Table;
pub use write::{Compression, write, write_described, write_with};

use crate::{Band, Cube, format_bands};
use codec::{FitsCodec, FitsioPure};
use structure::{Hdu, Image};

/// What the caller knows that the file may not say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadOptions {
    /// Bands in plane order, for files whose header does not name them.
    pub bands: Option<Vec<Band>>,
    /// Only this plane (from 0) of a stack of images, one of which is wanted.
    pub plane: Option<usize>,
}

/// Reads a file whose header names its bands.
///
/// The first image HDU decides the shape: a cube is taken whole, a single plane together with the
/// planes of the same shape in later HDUs, if each names another band. Inverse variances, masks and
/// the like (by `EXTNAME` or `IMAGETYP`) are passed over. Integers are scaled by `BSCALE` and
/// `BZERO`, blank pixels become NaN.
///
/// # Errors
/// Says which HDU and keyword is wrong, and what to do.
pub fn read(bytes: &[u8]) -> Result<Cube, FitsError> {
    read_with(bytes, &ReadOptions::default())
}

/// As [`read`], with what the caller knows about the file.
///
/// # Errors
/// As [`read`]; also when header and caller disagree about the bands.
pub fn read_with(bytes: &[u8], options: &ReadOptions) -> Result<Cube, FitsError> {
    let hdus = structure::scan(bytes)?;
    let science: Vec<(&Hdu, &Image)> = hdus
        .iter()
        .filter_map(|hdu| hdu.image.as_ref().map(|image| (hdu, image)))
        .filter(|(hdu, _)| !bands::is_auxiliary(&hdu.header))
        .collect();
    let &(first, image) = science.first().ok_or(FitsError::NoImage { hdus: hdus.len() })?;
    image.check(first.index)?;
    let cube = if image.planes > 1 || options.plane.is_some() {
        one_hdu(bytes, first, image, options)?
    } else {
        several_hdus(bytes, &science, options)?
    };
    cube.check()?;
    Ok(projection::place(cube, &first.header))
}

/// A cube, or one plane of it.
fn one_hdu(bytes: &[u8], hdu: &Hdu, image: &Image, options: &ReadOptions) -> Result<Cube, FitsError> {
    let mut data = pixels(bytes, hdu, image)?;
    let mut planes = image.planes;
    if let Some(plane) = options.plane {
        let size = image.width * image.height;
        let (index, count) = (hdu.index, planes);
        data = data
            .get(plane * size..(plane + 1) * size)
            .ok_or(FitsError::NoPlane { hdu: index, plane, planes: count })?
            .to_vec();
        planes = 1;
    }
    let stated = bands::of_planes(hdu, planes)?;
    let bands = agree(hdu, stated, options.bands.clone(), planes)?;
    Ok(Cube::new(image.width, image.height, bands, data)?)
}

/// Single planes, one per HDU.
fn several_hdus(bytes: &[u8], science: &[(&Hdu, &Image)], options: &ReadOptions) -> Result<Cube, FitsError> {
    let (width, height) = (science[0].1.width, science[0].1.height);
    let alike = |image: &Image| (image.width, image.height, image.planes) == (width, height, 1);
    let mut names: Vec<Option<Band>> = Vec::new();
    let mut data = Vec::new();
    for &(hdu, image) in science.iter().filter(|(_, image)| alike(image)) {
        let name = bands::of_planes(hdu, 1)?.and_then(|bands| bands.first().copied());
        if name.is_some() && names.contains(&name) {
            return Err(FitsError::BandTwice {
                hdu: hdu.index,
                band: format_bands(&name.into_iter().collect::<Vec<_>>()),
            });
        }
        data.extend(pixels(bytes, hdu, image)?);
        names.push(name);
        let wanted = options.bands.as_ref().map(Vec::len);
        if name.is_none() && wanted.is_none_or(|wanted| names.len() >= wanted) {
            break;
        }
    }
    let stated: Option<Vec<Band>> = names.iter().copied().collect();
    let bands = agree(science[0].0, stated, options.bands.clone(), names.len())?;
    Ok(Cube::new(width, height, bands, data)?)
}

fn pixels(bytes: &[u8], hdu: &Hdu, image: &Image) -> Result<Vec<f32>, FitsError> {
    image.check(hdu.index)?;
    let data = FitsioPure.decode(bytes, hdu)?;
    let expected = image.width * image.height * image.planes;
    if data.len() == expected {
        Ok(data)
    } else {
        let reason = format!("it gave {} pixels instead of {expected}", data.len());
        Err(FitsError::Decoder { hdu: hdu.index, reason })
    }
}

/// Header and caller must not contradict each other, and one of them must know.
fn agree(
    hdu: &Hdu,
    stated: Option<Vec<Band>>,
    given: Option<Vec<Band>>,
    planes: usize,
) -> Result<Vec<Band>, FitsError> {
    let hdu = hdu.index;
    let bands = match (stated, given) {
        (Some(stated), Some(given)) if stated != given => {
            let (stated, given) = (format_bands(&stated), format_bands(&given));
            return Err(FitsError::BandsDisagree { hdu, stated, given });
        }
        (Some(bands), _) | (None, Some(bands)) => bands,
        (None, None) => return Err(FitsError::BandsUnknown { hdu, planes }),
    };
    if bands.len() != planes {
        return Err(FitsError::BandCount { hdu, bands: format_bands(&bands), planes });
    }
    Ok(bands)
}
