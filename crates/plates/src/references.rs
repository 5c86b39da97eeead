//! Stars to check coordinates with: index files, or a catalogue.

use std::path::{Path, PathBuf};

use domain::{Progress, Silent, SkyCoord};
use platesolve::{
    Field, Solution, SolveSettings,
    catalogue::{Catalogue, Star},
    local::{LocalError, Surroundings, solve_around, stars_around},
    vector::{angle_to_chord, distance2, from_sky, to_sky},
    verify_wcs::{CheckSettings, RefStar, Verdict, verify_wcs},
};

use crate::{
    CatalogueFileError, IndexFile, IndexFileError, IndexFolder, Picture, ReadCatalogue, read_catalogue,
};

/// Positions of stars between now and a catalogue's year are hardly worse than this, arcsec; what index files
/// say of themselves is mostly a round number.
const WORST_SIGMA_ARCSEC: f64 = 0.5;
/// Standard error of a catalogue that does not say, arcsec.
const USUAL_SIGMA_ARCSEC: f64 = 0.2;

/// Stars with positions.
#[derive(Debug)]
pub struct References {
    path: PathBuf,
    stars: Stars,
}

#[derive(Debug)]
enum Stars {
    Indexes(IndexFolder),
    /// Sorted by declination.
    Catalogue {
        stars: Vec<Star>,
        epoch: Option<f64>,
    },
}

/// No stars to check with.
#[derive(Debug, thiserror::Error)]
pub enum ReferencesError {
    /// An index file or folder cannot be read.
    #[error(transparent)]
    Index(#[from] IndexFileError),
    /// It is no catalogue either.
    #[error(transparent)]
    Catalogue(#[from] CatalogueFileError),
    /// The folder has no index.
    #[error("{} has no index file (.sqx or .fits){reason}; make one with `lensfinder index build`", path.display())]
    NoIndex {
        /// The folder.
        path: PathBuf,
        /// What was wrong with a file in it.
        reason: String,
    },
}

impl References {
    /// A folder of index files, one index file, or a catalogue of stars as `lensfinder index build` takes it.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn open(path: &Path, progress: &dyn Progress) -> Result<Self, ReferencesError> {
        if path.is_dir() || IndexFile::open(path).is_ok() {
            return Ok(Self { path: path.to_owned(), stars: Stars::Indexes(indexes_in(&[path])?) });
        }
        let read = read_catalogue(path, &ReadCatalogue::default(), progress)?;
        let stars = Self::of_catalogue(&read.catalogue).stars;
        Ok(Self { path: path.to_owned(), stars })
    }

    /// A catalogue that is in memory.
    #[must_use]
    pub fn of_catalogue(catalogue: &Catalogue) -> Self {
        let mut stars = catalogue.stars().to_vec();
        stars.sort_by(|a, b| a.position.dec_deg.total_cmp(&b.position.dec_deg));
        let path = PathBuf::from(catalogue.name());
        Self { path, stars: Stars::Catalogue { stars, epoch: catalogue.epoch() } }
    }

    /// Where they come from, and how many there are: what answers depend on.
    #[must_use]
    pub fn describe(&self) -> serde_json::Value {
        let parts = match &self.stars {
            Stars::Catalogue { stars, epoch } => serde_json::json!({ "stars": stars.len(), "epoch": epoch }),
            Stars::Indexes(folder) => describe_indexes(folder),
        };
        serde_json::json!({ "path": self.path, "contents": parts })
    }

    /// Standard error of a position along one axis, arcsec.
    #[must_use]
    pub fn sigma_arcsec(&self) -> f64 {
        match &self.stars {
            Stars::Catalogue { .. } => USUAL_SIGMA_ARCSEC,
            Stars::Indexes(folder) => {
                let stated = folder.files().iter().map(|file| file.meta().jitter_arcsec);
                stated.fold(WORST_SIGMA_ARCSEC, f64::min).max(0.05)
            }
        }
    }

    /// Stars within an angle of a position, in a Julian year where their motion is known. Of several series of
    /// indexes, that which has most.
    #[must_use]
    pub fn around(&self, centre: SkyCoord, radius_arcmin: f64, year: Option<f64>) -> Vec<RefStar> {
        match &self.stars {
            Stars::Catalogue { stars, epoch } => {
                let years = year.zip(*epoch).map_or(0.0, |(year, epoch)| year - epoch);
                in_cone(stars, centre, radius_arcmin, years)
            }
            Stars::Indexes(folder) => {
                // Files of one series are parts of the sky, and have quads of one scale.
                let mut series: Vec<(u64, Vec<RefStar>)> = Vec::new();
                for index in folder.views() {
                    let scale = index.meta.scale_low_rad.to_bits();
                    let found = stars_around(&index, centre, radius_arcmin, year);
                    match series.iter_mut().find(|(known, _)| *known == scale) {
                        Some((_, stars)) => stars.extend(found),
                        None => series.push((scale, found)),
                    }
                }
                let most = series.into_iter().rev().max_by_key(|(_, stars)| stars.len());
                most.map(|(_, stars)| stars).unwrap_or_default()
            }
        }
    }

    /// Checks the coordinates a picture claims; `None` if it claims none. `field` are its sources.
    #[must_use]
    pub fn check(&self, picture: &Picture, field: &Field, settings: &CheckSettings) -> Option<Verdict> {
        let claimed = picture.claimed.as_ref()?;
        let (width, height) = (f64::from(field.width), f64::from(field.height));
        let middle = claimed.pixel_to_sky(f64::midpoint(1.0, width), f64::midpoint(1.0, height));
        let reach = settings.reach.clamp(0.0, 10.0) * width.max(height) * std::f64::consts::SQRT_2;
        let radius = (width.hypot(height) / 2.0 + reach) * claimed.tan.pixel_scale_arcsec() / 60.0;
        let stars = match SkyCoord::new(middle.ra_deg, middle.dec_deg) {
            Some(centre) if radius.is_finite() => self.around(centre, radius, picture.date),
            _ => Vec::new(),
        };
        let settings = CheckSettings { star_sigma_arcsec: self.sigma_arcsec(), ..*settings };
        Some(verify_wcs(field, claimed, &stars, &settings))
    }

    /// Places a picture whose surroundings are known, by an index made of the stars there.
    ///
    /// # Errors
    /// When there are too few of them, or the picture fits nowhere there.
    pub fn place(
        &self,
        field: &Field,
        around: &Surroundings,
        settings: &SolveSettings,
    ) -> Result<Solution, LocalError> {
        let diagonal = f64::from(field.width).hypot(f64::from(field.height)) * around.scale_arcsec.1 / 60.0;
        let stars = self.around(around.centre, around.radius_arcmin + diagonal / 2.0, settings.epoch);
        let star = |star: RefStar| {
            Star::new(star.position.ra_deg, star.position.dec_deg, star.magnitude as f32, None).ok()
        };
        // They are where they were when the picture was taken.
        let name = self.path.to_string_lossy();
        let catalogue = Catalogue::new(name, None, stars.into_iter().filter_map(star).collect());
        solve_around(field, &catalogue, around, &SolveSettings { epoch: None, ..settings.clone() }, &Silent)
    }
}

/// The indexes of folders and files.
///
/// # Errors
/// When there is none.
pub(crate) fn indexes_in(paths: &[impl AsRef<Path>]) -> Result<IndexFolder, ReferencesError> {
    let folder = IndexFolder::open_all(paths)?;
    if folder.files().is_empty() {
        let path = paths.first().map(|path| path.as_ref().to_owned()).unwrap_or_default();
        let reason = folder.refused().first().map(|error| format!(" ({error})")).unwrap_or_default();
        return Err(ReferencesError::NoIndex { path, reason });
    }
    Ok(folder)
}

/// Which files, and their sizes.
pub(crate) fn describe_indexes(folder: &IndexFolder) -> serde_json::Value {
    folder.files().iter().map(|file| serde_json::json!([file.path(), file.size()])).collect()
}

fn in_cone(stars: &[Star], centre: SkyCoord, radius_arcmin: f64, years: f64) -> Vec<RefStar> {
    let radius_deg = (radius_arcmin / 60.0).clamp(0.0, 180.0);
    let direction = from_sky(centre);
    let most = angle_to_chord(radius_deg.to_radians()).powi(2);
    let margin = 1e-9;
    let from = stars.partition_point(|s| s.position.dec_deg < centre.dec_deg - radius_deg - margin);
    let to = stars.partition_point(|s| s.position.dec_deg <= centre.dec_deg + radius_deg + margin);
    let near =
        stars[from..to.max(from)].iter().filter(|s| distance2(from_sky(s.position), direction) <= most);
    near.map(|s| RefStar { position: to_sky(s.direction_after(years)), magnitude: f64::from(s.magnitude) })
        .collect()
}
