//! Pictures that a record names: galaxies for the source plane, and images of a
//! point source. Each is read once per program and checked against its digest.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use domain::Digest;
use imaging::{Band, fits};

use crate::record::Picture;

/// Pictures kept in memory; when there are more, all are forgotten.
const KEPT: usize = 512;
/// Longest side of a picture.
const LONGEST: usize = 2048;

/// A picture's pixels, adding up to 1; row 0 is its lower side.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureImage {
    /// Pixels along x.
    pub width: usize,
    /// Pixels along y.
    pub height: usize,
    /// Light of each pixel.
    pub data: Vec<f32>,
}

/// A picture cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("picture {path}: {problem}")]
pub struct PictureError {
    /// The file.
    pub path: String,
    /// What is wrong and what to do.
    pub problem: String,
}

/// Pictures by path and digest.
type Known = BTreeMap<(String, String), Arc<PictureImage>>;

static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(|| Mutex::new(BTreeMap::new()));

/// Describes a FITS file for a record: its digest, and its pixel scale unless one is given.
///
/// # Errors
/// When it cannot be read or nobody says how large its pixels are.
pub fn describe(path: &Path, pixel_scale_arcsec: Option<f64>) -> Result<Picture, PictureError> {
    let source = path.to_string_lossy().into_owned();
    let wrong = |problem: String| PictureError { path: source.clone(), problem };
    let bytes = fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let cube = decode(&bytes).map_err(wrong)?;
    let scale = pixel_scale_arcsec.or(cube.pixel_scale_arcsec).filter(|s| *s > 0.0).ok_or_else(|| {
        wrong(
            "its header does not say how large its pixels are; give the pixel scale in the settings"
                .to_owned(),
        )
    })?;
    Ok(Picture { sha256: Digest::of(&bytes).to_string(), pixel_scale_arcsec: scale, source })
}

/// The same, with a pixel scale for a file that does not give its own.
///
/// # Errors
/// When it cannot be read.
pub fn describe_or(path: &Path, pixel_scale_arcsec: f64) -> Result<Picture, PictureError> {
    let own = fs::read(path).ok().and_then(|bytes| decode(&bytes).ok()?.pixel_scale_arcsec);
    describe(path, own.or(Some(pixel_scale_arcsec)))
}

/// The pixels of a picture.
///
/// # Errors
/// When the file is missing, changed since, or holds no light.
pub fn load(picture: &Picture) -> Result<Arc<PictureImage>, PictureError> {
    let key = (picture.source.clone(), picture.sha256.clone());
    // A poisoned lock only means another thread stopped; the pictures in it are whole.
    if let Some(found) = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Ok(Arc::clone(found));
    }
    let wrong = |problem: String| PictureError { path: picture.source.clone(), problem };
    let bytes = fs::read(&picture.source).map_err(|error| wrong(error.to_string()))?;
    let found = Digest::of(&bytes).to_string();
    if found != picture.sha256 {
        let problem =
            format!("its SHA-256 is {found}, the record wants {}; bring the file back", picture.sha256);
        return Err(wrong(problem));
    }
    let cube = decode(&bytes).map_err(wrong)?;
    let mut data = cube.plane_at(0).to_vec();
    let sum: f64 = data.iter().map(|&v| f64::from(v)).sum();
    if !(sum.is_finite() && sum > 0.0) {
        return Err(wrong(format!("its pixels sum to {sum}; take out the sky and replace masked pixels")));
    }
    data.iter_mut().for_each(|v| *v = (f64::from(*v) / sum) as f32);
    let image = Arc::new(PictureImage { width: cube.width, height: cube.height, data });
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= KEPT {
        known.clear();
    }
    known.insert(key, Arc::clone(&image));
    Ok(image)
}

/// The first plane counts, whatever its band.
fn decode(bytes: &[u8]) -> Result<imaging::Cube, String> {
    let unnamed = fits::ReadOptions { bands: Some(vec![Band::R]), plane: None };
    let cube = fits::read(bytes).or_else(|_| fits::read_with(bytes, &unnamed)).map_err(|e| e.to_string())?;
    if cube.width.max(cube.height) > LONGEST {
        return Err(format!(
            "{}×{} pixels are too many, at most {LONGEST} along a side",
            cube.width, cube.height
        ));
    }
    Ok(cube)
}
