//! Where the pixels of an image are, and how to read them: one file, several
//! single-band files, or one plane of a stack. Serves ingest and, later, the
//! pictures people see of the same image.

use std::{
    fmt, fs,
    io::Read as _,
    path::{Path, PathBuf},
    str::FromStr,
};

use domain::Digest;
use imaging::{
    Band, CENTRE_RADIUS_ARCSEC, Crop, CropError, Cube, CubeError, MaskPlane, Rgb8, fits, fits::Cards, lupton,
    raster,
};
use serde::{Deserialize, Serialize};

/// Largest file taken.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// As much of a file as holds its first headers, usually.
const BEGINNING: u64 = 1 << 16;

/// The files an image is made of. Written as `a.fits`, `g.fits;r.fits;z.fits`, or with the plane of
/// a stack as `g.fits;r.fits;z.fits#plane=7`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Source {
    /// One file, or one per band in band order.
    pub files: Vec<PathBuf>,
    /// The plane of each file, from 0; `None` when the file holds one image.
    pub plane: Option<usize>,
}

/// What has to be known beside the files.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceOptions {
    /// Bands in plane order, where the header does not say.
    pub bands: Option<Vec<Band>>,
    /// Side of a pixel in arcsec, where the header does not say.
    pub pixel_scale_arcsec: Option<f64>,
    /// The part of the image that is kept.
    pub crop: Crop,
    /// AB magnitude of one unit of the pixels, where they are not nanomaggies (22.5). Only the colours
    /// of the picture depend on it; the network's tile is normalised by its own noise.
    pub zero_point: Option<f64>,
}

/// One image cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file is not there or not readable.
    #[error("{path}: {reason}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A damaged or unsuitable FITS file.
    #[error("{path}: {source}", path = path.display())]
    Fits {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: fits::FitsError,
    },
    /// A damaged or unsuitable picture.
    #[error("{path}: {source}", path = path.display())]
    Raster {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: raster::RasterError,
    },
    /// Several files that do not belong together.
    #[error("{source_text}: {reason}")]
    Parts {
        /// The source in writing.
        source_text: String,
        /// What is wrong.
        reason: String,
    },
    /// The crop does not fit.
    #[error(transparent)]
    Crop(#[from] CropError),
    /// The planes do not fit together.
    #[error(transparent)]
    Cube(#[from] CubeError),
}

impl SourceError {
    /// What is wrong, without the path when `source` is a single file and the reader knows it.
    pub(crate) fn reason(&self, source: &Source) -> String {
        match self {
            Self::File { reason, .. } if source.files.len() == 1 => reason.clone(),
            Self::Fits { source: error, .. } if source.files.len() == 1 => error.to_string(),
            Self::Raster { source: error, .. } if source.files.len() == 1 => error.to_string(),
            _ => self.to_string(),
        }
    }
}

/// An image that was read.
pub(crate) struct Loaded {
    pub cube: Cube,
    /// The picture itself, for sources that are pictures.
    pub picture: Option<Rgb8>,
    pub digest: Digest,
    /// The headers, one per FITS file.
    pub cards: Vec<Cards>,
    /// MASKBITS near the middle, for a file that has them.
    pub flags: Option<i32>,
}

impl Source {
    /// One file with one image.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { files: vec![path.into()], plane: None }
    }

    /// The same source with relative paths taken from `folder`.
    #[must_use]
    pub fn relative_to(self, folder: &Path) -> Self {
        Self { files: self.files.into_iter().map(|file| folder.join(file)).collect(), ..self }
    }

    /// Whether the files hold bands (FITS) and not a finished picture, by their names.
    #[must_use]
    pub fn is_science(&self) -> bool {
        self.files.len() > 1 || self.files.first().is_some_and(|file| is_fits_name(file))
    }

    /// Bytes of each file; `None` for one that is missing.
    pub(crate) fn sizes(&self) -> Vec<Option<u64>> {
        self.files.iter().map(|file| fs::metadata(file).ok().map(|data| data.len())).collect()
    }

    /// Header of the first file, read from its beginning when that is enough; `None` for pictures and
    /// for files that are missing or damaged.
    pub(crate) fn peek(&self) -> Option<Cards> {
        let path = self.files.first().filter(|path| is_fits_name(path))?;
        let mut beginning = Vec::new();
        fs::File::open(path).ok()?.take(BEGINNING).read_to_end(&mut beginning).ok()?;
        Cards::peek(&beginning).or_else(|| {
            let more = beginning.len() as u64 == BEGINNING;
            more.then(|| read_file(path).ok()).flatten().and_then(|bytes| Cards::peek(&bytes))
        })
    }

    /// Reads, crops and turns north up. Blocking.
    pub(crate) fn load(&self, options: &SourceOptions) -> Result<Loaded, SourceError> {
        let mut files = Vec::with_capacity(self.files.len());
        for path in &self.files {
            files.push(read_file(path)?);
        }
        let digest = match (files.as_slice(), self.plane) {
            ([one], None) => Digest::of(one),
            _ => {
                let plane = self.plane.map(|plane| plane.to_string()).unwrap_or_default().into_bytes();
                Digest::of_parts(files.iter().chain(std::iter::once(&plane)))
            }
        };
        let first = (self.files[0].as_path(), files[0].as_slice());
        let (cube, picture) = if files.len() == 1 && !is_fits_name(first.0) {
            let picture = raster::decode(first.1, raster::Limits::default())
                .map_err(|source| SourceError::Raster { path: first.0.to_owned(), source })?;
            let cube = raster::to_cube(&picture, options.crop, options.pixel_scale_arcsec)
                .map_err(|source| SourceError::Raster { path: first.0.to_owned(), source })?;
            (cube, Some(picture.cropped(options.crop)?))
        } else {
            let cube = self.read_fits(&files, options)?;
            let factor = options.zero_point.map_or(1.0, |zero| 10_f64.powf((22.5 - zero) / 2.5));
            let cube = cube.north_up().cropped(options.crop)?;
            (if factor == 1.0 { cube } else { cube.scaled(factor) }, None)
        };
        let cards = files.iter().filter_map(|bytes| Cards::peek(bytes)).collect();
        let flags = if picture.is_none() && files.len() == 1 { self.flags(&files[0], &cube)? } else { None };
        Ok(Loaded { cube, picture, digest, cards, flags })
    }

    /// The mask bits within 25″ of the middle of the image.
    fn flags(&self, bytes: &[u8], cube: &Cube) -> Result<Option<i32>, SourceError> {
        let mask = MaskPlane::of_cutout(bytes)
            .map_err(|source| SourceError::Fits { path: self.files[0].clone(), source })?;
        let near = |mask: MaskPlane, scale| mask.near_centre(scale, CENTRE_RADIUS_ARCSEC).0;
        Ok(mask.zip(cube.pixel_scale_arcsec).map(|(mask, scale)| near(mask, scale)))
    }

    fn read_fits(&self, files: &[Vec<u8>], options: &SourceOptions) -> Result<Cube, SourceError> {
        let wrong = |reason: String| SourceError::Parts { source_text: self.to_string(), reason };
        let one = |index: usize, bands: Option<Vec<Band>>| {
            let read = fits::read_with(&files[index], &fits::ReadOptions { bands, plane: self.plane });
            read.map_err(|source| SourceError::Fits { path: self.files[index].clone(), source })
        };
        let mut cube = one(0, if files.len() == 1 { options.bands.clone() } else { nth(options, 0) })?;
        if let Some(bands) =
            options.bands.as_ref().filter(|bands| files.len() > 1 && bands.len() != files.len())
        {
            return Err(wrong(format!(
                "{} files, but {} bands; name one band per file",
                files.len(),
                bands.len()
            )));
        }
        for index in 1..files.len() {
            let next = one(index, nth(options, index))?;
            if (next.width, next.height) != (cube.width, cube.height) {
                let (a, b) = ((cube.width, cube.height), (next.width, next.height));
                return Err(wrong(format!(
                    "the first file has {}×{} pixels, {} has {}×{}; cut them to the same field",
                    a.0,
                    a.1,
                    self.files[index].display(),
                    b.0,
                    b.1
                )));
            }
            cube.bands.extend(next.bands);
            cube.data.extend(next.data);
        }
        cube.check()?;
        if cube.pixel_scale_arcsec.is_none() {
            cube.pixel_scale_arcsec = options.pixel_scale_arcsec;
        }
        Ok(cube)
    }

    /// The science image, turned, cropped and in nanomaggies as the options say, and the digest of its
    /// files. Blocking.
    ///
    /// # Errors
    /// When a file is missing or damaged.
    pub fn cube(&self, options: &SourceOptions) -> Result<(Cube, Digest), SourceError> {
        self.load(options).map(|loaded| (loaded.cube, loaded.digest))
    }

    /// The picture people see: the composite of a FITS source, or the picture itself, cropped.
    /// Blocking.
    ///
    /// # Errors
    /// When a file is missing or damaged, or a band for the composite is missing.
    pub fn picture(&self, options: &SourceOptions) -> Result<Rgb8, SourceError> {
        let loaded = self.load(options)?;
        match loaded.picture {
            Some(picture) => Ok(picture),
            None => Ok(lupton::composite(&loaded.cube)?),
        }
    }
}

/// The band of one of several files.
fn nth(options: &SourceOptions, index: usize) -> Option<Vec<Band>> {
    options.bands.as_ref()?.get(index).map(|&band| vec![band])
}

pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, SourceError> {
    let wrong = |reason: String| SourceError::File { path: path.to_owned(), reason };
    let size = fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => wrong("the file is missing; correct the path or bring it".to_owned()),
        _ => wrong(error.to_string()),
    })?;
    if !size.is_file() {
        return Err(wrong("this is no file; give the path of an image".to_owned()));
    }
    if size.len() > MAX_FILE_BYTES {
        return Err(wrong(format!(
            "{} bytes are too many for a cutout (limit {MAX_FILE_BYTES})",
            size.len()
        )));
    }
    fs::read(path).map_err(|error| wrong(error.to_string()))
}

/// Whether the name says FITS (`.fits.gz` too, to be refused with the remedy); everything else is
/// judged as a picture by its first bytes.
pub(crate) fn is_fits_name(path: &Path) -> bool {
    let name = path.to_string_lossy().to_ascii_lowercase();
    [".fits", ".fit", ".fts", ".fz", ".fits.gz"].iter().any(|ending| name.ends_with(ending))
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, file) in self.files.iter().enumerate() {
            write!(f, "{}{}", if i > 0 { ";" } else { "" }, file.display())?;
        }
        self.plane.map_or(Ok(()), |plane| write!(f, "#plane={plane}"))
    }
}

/// The text names no file, or no plane where it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} names no image file; write a path, several joined by ';', and perhaps '#plane=<number>' at the end"
)]
pub struct SourceParseError(String);

impl FromStr for Source {
    type Err = SourceParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || SourceParseError(text.to_owned());
        let (paths, plane) = match text.rsplit_once("#plane=") {
            Some((paths, plane)) => (paths, Some(plane.trim().parse().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let files: Vec<PathBuf> = paths.split(';').map(|path| PathBuf::from(path.trim())).collect();
        if files.iter().any(|file| file.as_os_str().is_empty()) {
            return Err(wrong());
        }
        Ok(Self { files, plane })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for text in ["a.fits", "g.fits;r.fits;z.fits", "g.fits;r.fits#plane=7"] {
            assert_eq!(text.parse::<Source>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_text_without_a_file() {
        for text in ["", ";", "a.fits;", "a.fits#plane=x"] {
            assert!(text.parse::<Source>().is_err(), "{text:?}");
        }
    }
}
