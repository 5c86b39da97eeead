//! Real cutouts to put arcs into: a dataset of FITS images with what is known of
//! each (seeing, redshift, mass) and what can be measured on it (noise, its
//! texture, the cluster's galaxies). Ingest belongs to `survey`, arcs to
//! [`crate::render_over`].

mod galaxies;
mod measure;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use domain::{Seed, SkyCoord};
use imaging::{Band, Cube, CubeError, MaskBits, parse_bands};
use rand::RngExt as _;
use survey::{Dataset, ManifestRow, SourceError, SurveyError};

pub use galaxies::Seen;

use crate::record::Background;

/// Bands a background has, in the order of its planes.
const BANDS: [Band; 3] = [Band::G, Band::R, Band::Z];

/// A real cutout cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BackgroundError {
    /// The dataset cannot be read.
    #[error(transparent)]
    Survey(#[from] SurveyError),
    /// The cutout's files cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The cutout's planes cannot be used.
    #[error("background {id}: {source}")]
    Cube {
        /// The cutout.
        id: String,
        /// What is wrong.
        source: CubeError,
    },
    /// Nothing in the dataset can carry an arc.
    #[error(
        "{dir}: none of its {rows} images can carry an arc; backgrounds are FITS images with bands g, r and z \
         and a known pixel scale",
        dir = dir.display()
    )]
    NoneFit {
        /// The dataset.
        dir: PathBuf,
        /// Its images.
        rows: usize,
    },
    /// The dataset has no such image.
    #[error("{dir}: it has no background {id:?}; open the dataset the record was made over", dir = dir.display())]
    Unknown {
        /// The dataset.
        dir: PathBuf,
        /// The id asked for.
        id: String,
    },
    /// The files are not those of the record.
    #[error("background {id}: its SHA-256 is {found}, the record wants {expected}; bring the files back")]
    Changed {
        /// The cutout.
        id: String,
        /// Digest of the record.
        expected: String,
        /// Digest of the files.
        found: String,
    },
}

/// A real cutout, and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct BackgroundCutout {
    /// Its id in its dataset.
    pub id: String,
    /// SHA-256 of its files.
    pub sha256: String,
    /// Its files, relative to the dataset.
    pub source: String,
    /// Planes g, r, z in nanomaggies; a square.
    pub cube: Cube,
    /// Side of a pixel, arcsec.
    pub pixel_scale_arcsec: f64,
    /// Its middle, where the cluster is.
    pub sky: Option<SkyCoord>,
    /// Full width at half maximum of the PSF in g, r, z, arcsec, where known.
    pub psf_fwhm_arcsec: [Option<f64>; 3],
    /// σ of the sky per pixel, measured, in g, r, z.
    pub sky_sigma_nmgy: [f64; 3],
    /// Correlation of the sky's noise between neighbours along x and y, measured, in g, r, z.
    pub texture: [[f64; 2]; 3],
    /// What the Milky Way's dust lets through in g, r, z, where the catalogue said.
    pub mw_transmission: Option<[f64; 3]>,
    /// Redshift of the cluster, where known.
    pub z_cluster: Option<f64>,
    /// Its id in its catalogue.
    pub cluster_id: Option<i64>,
    /// Its mass within 200 times the critical density, M☉, where known.
    pub m200_msun: Option<f64>,
    /// Its mass within 500 times the critical density, M☉, where known.
    pub m500_msun: Option<f64>,
    /// The brightest galaxy near the middle.
    pub bcg: Option<Seen>,
    /// Galaxies of the brightest one's colours, the brightest first.
    pub members: Vec<Seen>,
    /// Mask bits seen near the middle, where known.
    pub flags: Option<i32>,
}

impl BackgroundCutout {
    /// Why no arc may be laid over this cutout, if so; `z_source` is the farthest source there is.
    #[must_use]
    pub fn unusable(&self, z_source: f64) -> Option<String> {
        if let Some(band) = self.sky_sigma_nmgy.iter().position(|sigma| *sigma < 2.0 * BLANK) {
            return Some(format!("band {} is blank over half of it", ["g", "r", "z"][band]));
        }
        if self.flags.is_some_and(|flags| MaskBits(flags).spoils()) {
            return Some("a bright star or a saturated pixel is near its middle".to_owned());
        }
        if let Some(z) = self.z_cluster.filter(|z| z + 0.1 > z_source) {
            return Some(format!("its redshift {z} leaves no room for a source behind it"));
        }
        let mass = self.m200_msun.or(self.m500_msun);
        mass.filter(|m| !(1e12..=3e16).contains(m))
            .map(|m| format!("its mass {m} is none of a cluster in solar masses"))
    }
}

/// A σ of the sky no real band has, nanomaggies.
const BLANK: f64 = 1e-9;

/// A dataset of real cutouts.
pub struct Backgrounds {
    dataset: Dataset,
    rows: Vec<ManifestRow>,
}

impl fmt::Debug for Backgrounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Backgrounds({}, {} images)", self.dataset.dir().display(), self.rows.len())
    }
}

impl Backgrounds {
    /// Opens a dataset; only its index is read.
    ///
    /// # Errors
    /// When it is no dataset, or none of its images can carry an arc.
    pub fn open(dataset_dir: &Path) -> Result<Self, BackgroundError> {
        let dataset = Dataset::open(dataset_dir)?;
        let all = dataset.rows()?;
        let count = all.len();
        let fits = |row: &ManifestRow| {
            let image = &row.image;
            let bands = parse_bands(&image.bands).unwrap_or_default();
            BANDS.iter().all(|band| bands.contains(band))
                && image.pixel_scale_arcsec.is_some_and(|scale| scale > 0.0)
                && !image.source.starts_with("record:")
                && !is_picture(&image.source)
        };
        let rows: Vec<ManifestRow> = all.into_iter().filter(fits).collect();
        if rows.is_empty() {
            return Err(BackgroundError::NoneFit { dir: dataset_dir.to_owned(), rows: count });
        }
        Ok(Self { dataset, rows })
    }

    /// Number of cutouts that can carry an arc.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Never true: [`Backgrounds::open`] refuses such a dataset.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Digest of the dataset.
    #[must_use]
    pub fn digest(&self) -> domain::Digest {
        self.dataset.digest()
    }

    /// One of the cutouts, the same for the same seed, measured.
    ///
    /// # Errors
    /// When its files are missing or damaged.
    pub fn pick(&self, seed: Seed) -> Result<BackgroundCutout, BackgroundError> {
        let index = seed.rng().random_range(0..self.rows.len());
        self.measured(&self.rows[index])
    }

    /// The cutout with this index, in the order of the dataset, measured; `None` beyond the last.
    ///
    /// # Errors
    /// As [`Backgrounds::pick`].
    pub fn get(&self, index: usize) -> Option<Result<BackgroundCutout, BackgroundError>> {
        self.rows.get(index).map(|row| self.measured(row))
    }

    /// Where the cutout with this index lies, as its dataset has it.
    #[must_use]
    pub fn position(&self, index: usize) -> Option<SkyCoord> {
        self.rows.get(index)?.image.position
    }

    /// The pixels a record was made over, for [`crate::render_over`].
    ///
    /// # Errors
    /// When the dataset does not have it, or its files changed since.
    pub fn load(&self, background: &Background) -> Result<Cube, BackgroundError> {
        let row = self.rows.iter().find(|row| row.image.id == background.id).ok_or_else(|| {
            BackgroundError::Unknown { dir: self.dataset.dir().to_owned(), id: background.id.clone() }
        })?;
        let (cube, found) = self.read(row)?;
        if found != background.sha256 {
            let (id, expected) = (background.id.clone(), background.sha256.clone());
            return Err(BackgroundError::Changed { id, expected, found });
        }
        Ok(cube)
    }

    /// Planes g, r, z of the square in the middle, and the digest of the files.
    fn read(&self, row: &ManifestRow) -> Result<(Cube, String), BackgroundError> {
        let (cube, digest) = self.dataset.cube(row)?;
        let wrong = |source| BackgroundError::Cube { id: row.image.id.clone(), source };
        Ok((measure::square(&cube, BANDS).map_err(wrong)?, digest.to_string()))
    }

    fn measured(&self, row: &ManifestRow) -> Result<BackgroundCutout, BackgroundError> {
        let (cube, sha256) = self.read(row)?;
        let image = &row.image;
        let scale = cube.pixel_scale_arcsec.or(image.pixel_scale_arcsec).unwrap_or(0.262);
        let known = &image.conditions;
        let number = |name: &str| image.provenance_value(name).and_then(|text| text.parse::<f64>().ok());
        let dust = ["g", "r", "z"].map(|band| number(&format!("mw_transmission_{band}")));
        let sky = [0, 1, 2].map(|band| measure::sky(cube.plane_at(band), cube.width));
        let found = galaxies::find(&cube, scale, sky.map(|s| (s.level, s.sigma)));
        Ok(BackgroundCutout {
            id: image.id.clone(),
            sha256,
            source: image.source.clone(),
            pixel_scale_arcsec: scale,
            sky: image.position.or_else(|| cube.centre()),
            psf_fwhm_arcsec: known.psf_fwhm_arcsec,
            sky_sigma_nmgy: sky.map(|s| crate::dice::round_significant(s.sigma.max(BLANK))),
            texture: sky.map(|s| s.texture),
            mw_transmission: match dust {
                [Some(g), Some(r), Some(z)] => Some([g, r, z].map(|t| t.clamp(0.0, 1.0))),
                _ => None,
            },
            z_cluster: known.z_cluster.filter(|z| *z > 0.01),
            cluster_id: known.cluster_id,
            m200_msun: known.m200_msun,
            m500_msun: known.m500_msun,
            bcg: found.bcg,
            members: found.members,
            flags: known.flags,
            cube,
        })
    }
}

/// Whether the name says PNG, JPEG or WebP: pictures hold no fluxes.
fn is_picture(source: &str) -> bool {
    let name = source.split('#').next().unwrap_or_default().to_ascii_lowercase();
    [".png", ".jpg", ".jpeg", ".webp"].iter().any(|ending| name.ends_with(ending))
}
