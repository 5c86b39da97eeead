//! The lists of bricks of the Legacy Surveys (`survey-bricks.fits.gz` and
//! `survey-bricks-dr9-<region>.fits.gz`): which brick owns a position, and what
//! the survey says of it there. Their images are [`crate::BrickFolder`]'s.

use std::{
    collections::BTreeMap,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use domain::SkyCoord;
use imaging::fits::Table;

use crate::Conditions;

/// Longest list taken, unpacked.
const MAX_BYTES: u64 = 1 << 30;
/// Bands of the numbers by band, as in [`crate::CONDITION_BANDS`].
const BANDS: [char; 3] = ['g', 'r', 'z'];
/// Side of a brick in declination, degrees.
const ROW_DEG: f64 = 0.25;

/// Bricks cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BrickError {
    /// The file system said no.
    #[error("cannot read {path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// A file is damaged or not what it should be.
    #[error("{path}: {reason}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The wish cannot be met.
    #[error("{0}")]
    Wish(String),
}

/// One brick.
#[derive(Debug, Clone, PartialEq)]
pub struct Brick {
    /// Its name, such as `1498p022`.
    pub name: String,
    /// Its middle.
    pub centre: SkyCoord,
    /// Right ascensions it owns: from the first, up to but without the second, degrees. The second is
    /// 360 for the last brick of a row.
    pub ra_deg: [f64; 2],
    /// Declinations it owns: from the first, up to but without the second (at the pole with it).
    pub dec_deg: [f64; 2],
    /// Exposures in g, r, z (median).
    pub exposures: [Option<u32>; 3],
    /// FWHM of the PSF in g, r, z, arcsec (median).
    pub psf_fwhm_arcsec: [Option<f64>; 3],
    /// 5σ depth for a point source in g, r, z, AB magnitudes.
    pub psf_depth_mag: [Option<f64>; 3],
    /// 5σ depth for a round galaxy of 0.45″ in g, r, z, AB magnitudes.
    pub galaxy_depth_mag: [Option<f64>; 3],
    /// E(B−V) of the Milky Way, magnitudes.
    pub ebv: Option<f64>,
    /// Share of the light in g, r, z that the Milky Way lets through, (0, 1].
    pub mw_transmission: [Option<f64>; 3],
}

impl Brick {
    /// Whether the brick owns the position: every position has exactly one owner.
    #[must_use]
    pub fn owns(&self, position: SkyCoord) -> bool {
        let ra = position.ra_deg.rem_euclid(360.0);
        let [west, east] = self.ra_deg;
        let inside = if west < east { (west..east).contains(&ra) } else { ra >= west || ra < east };
        let [low, high] = self.dec_deg;
        let dec = position.dec_deg;
        inside && dec >= low && (dec < high || (high >= 90.0 && dec <= 90.0))
    }

    /// What the brick says of images cut from it.
    #[must_use]
    pub fn conditions(&self) -> Conditions {
        Conditions {
            psf_fwhm_arcsec: self.psf_fwhm_arcsec,
            depth_mag: self.psf_depth_mag,
            ..Conditions::default()
        }
    }
}

/// AB magnitude of a point source at 5σ, from the inverse variance of its flux in 1/nanomaggy², as
/// Tractor catalogues and depth maps give it: 22.5 − 2.5 log10(5/√psfdepth). `None` where there is no depth.
#[must_use]
pub fn depth_mag(inverse_variance: f64) -> Option<f64> {
    (inverse_variance > 0.0 && inverse_variance.is_finite())
        .then(|| 22.5 - 2.5 * (5.0 / inverse_variance.sqrt()).log10())
}

/// A list of bricks, quick to ask by position.
#[derive(Debug, Clone, Default)]
pub struct BrickTable {
    bricks: Vec<Brick>,
    /// By lower declination (in 10⁻⁶ degrees): bricks of the row by lower right ascension.
    rows: BTreeMap<i64, Vec<usize>>,
}

impl BrickTable {
    /// Reads a list, packed with gzip or not. Bounds are exact although some lists keep them in 32 bits;
    /// where a list has none they follow from the survey's tiling.
    ///
    /// # Errors
    /// When the file is missing, damaged or no such list.
    pub fn read(path: &Path) -> Result<Self, BrickError> {
        let io = |source| BrickError::Io { path: path.to_owned(), source };
        let wrong = |reason: String| BrickError::File { path: path.to_owned(), reason };
        let mut bytes = fs::read(path).map_err(io)?;
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut unpacked = Vec::new();
            let mut reader = flate2::read::MultiGzDecoder::new(bytes.as_slice()).take(MAX_BYTES + 1);
            reader.read_to_end(&mut unpacked).map_err(io)?;
            if unpacked.len() as u64 > MAX_BYTES {
                return Err(wrong(format!(
                    "unpacks to more than {MAX_BYTES} bytes, which no list of bricks has"
                )));
            }
            bytes = unpacked;
        }
        Self::of(&bytes).map_err(wrong)
    }

    /// A list from the bytes of its FITS file.
    ///
    /// # Errors
    /// When it lacks a column or a brick's bounds make no sense.
    pub fn of(bytes: &[u8]) -> Result<Self, String> {
        let table = Table::open(bytes).map_err(|error| error.to_string())?;
        let reals = |name: &str| table.reals(name).map_err(|error| error.to_string());
        let need = |name: &str| {
            reals(name)?.ok_or_else(|| {
                format!("has no column {name} (found: {}); is it a list of bricks?", table.names().join(", "))
            })
        };
        let names = table.texts("brickname").map_err(|error| error.to_string())?;
        let names = names.ok_or("has no column brickname; is it a list of bricks?")?;
        let (ra, dec) = (need("ra")?, need("dec")?);
        let (ra1, ra2) = (reals("ra1")?, reals("ra2")?);
        let by_band = |what: &str| -> Result<Vec<Option<Vec<f64>>>, String> {
            BANDS.iter().map(|band| reals(&format!("{what}_{band}"))).collect()
        };
        let (exposures, psf) = (by_band("nexp")?, by_band("psfsize")?);
        let depth = |what: &str| by_band(what).map(magnitudes);
        let (psf_depth, galaxy_depth) = (depth("psfdepth")?, depth("galdepth")?);
        let (ebv, transmission) = (reals("ebv")?, by_band("trans")?);
        let mut bricks = Vec::with_capacity(table.rows());
        for (row, name) in names.into_iter().enumerate() {
            let centre = SkyCoord::new(ra[row], dec[row])
                .ok_or_else(|| format!("row {row}: ra {}, dec {} is no position", ra[row], dec[row]))?;
            let stated = ra1.as_ref().zip(ra2.as_ref()).map(|(a, b)| [a[row], b[row]]);
            let (ra_deg, dec_deg) =
                bounds(centre, stated).map_err(|reason| format!("brick {name}: {reason}"))?;
            let positive = |columns: &[Option<Vec<f64>>]| {
                each(columns, row).map(|value| value.filter(|v| *v > 0.0 && v.is_finite()))
            };
            bricks.push(Brick {
                name,
                centre,
                ra_deg,
                dec_deg,
                exposures: each(&exposures, row).map(|n| n.filter(|n| *n >= 0.0).map(|n| n as u32)),
                psf_fwhm_arcsec: positive(&psf),
                psf_depth_mag: positive(&psf_depth),
                galaxy_depth_mag: positive(&galaxy_depth),
                ebv: ebv.as_ref().map(|column| column[row]).filter(|value| value.is_finite()),
                mw_transmission: positive(&transmission).map(|share| share.filter(|share| *share <= 1.0)),
            });
        }
        Ok(Self::new(bricks))
    }

    /// A list of these bricks.
    #[must_use]
    pub fn new(bricks: Vec<Brick>) -> Self {
        let mut rows: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for (index, brick) in bricks.iter().enumerate() {
            rows.entry((brick.dec_deg[0] * 1e6).round() as i64).or_default().push(index);
        }
        for row in rows.values_mut() {
            row.sort_by(|&a, &b| bricks[a].ra_deg[0].total_cmp(&bricks[b].ra_deg[0]));
        }
        Self { bricks, rows }
    }

    /// Every brick, in the order of the list.
    #[must_use]
    pub fn bricks(&self) -> &[Brick] {
        &self.bricks
    }

    /// The brick that owns a position; `None` where the list has none.
    #[must_use]
    pub fn at(&self, position: SkyCoord) -> Option<&Brick> {
        let ra = position.ra_deg.rem_euclid(360.0);
        // Rows are 0.25° high: the row below may begin up to that much lower.
        let key = |dec: f64| (dec * 1e6).round() as i64;
        let low = key(position.dec_deg - ROW_DEG) - 2;
        self.rows.range(low..=key(position.dec_deg) + 2).rev().find_map(|(_, row)| {
            let after = row.partition_point(|&index| self.bricks[index].ra_deg[0] <= ra);
            // The one that begins last before it, or the last of the row, which may reach over 0h.
            let candidates = [after.checked_sub(1), row.len().checked_sub(1)];
            candidates
                .into_iter()
                .flatten()
                .map(|at| &self.bricks[row[at]])
                .find(|brick| brick.owns(position))
        })
    }
}

/// The numbers of a row, by band.
fn each(columns: &[Option<Vec<f64>>], row: usize) -> [Option<f64>; 3] {
    std::array::from_fn(|band| columns.get(band)?.as_ref()?.get(row).copied())
}

/// Depths as magnitudes. The lists of bricks keep magnitudes; a column that goes beyond what a
/// magnitude can be holds inverse variances in 1/nanomaggy².
fn magnitudes(mut columns: Vec<Option<Vec<f64>>>) -> Vec<Option<Vec<f64>>> {
    for column in columns.iter_mut().flatten() {
        if column.iter().any(|value| *value > 40.0) {
            for value in column {
                *value = depth_mag(*value).unwrap_or(f64::NAN);
            }
        }
    }
    columns
}

/// The area a brick owns. Rows are 0.25° high; each is cut into equally many bricks all around.
fn bounds(centre: SkyCoord, stated: Option<[f64; 2]>) -> Result<([f64; 2], [f64; 2]), String> {
    let (ra, dec) = (centre.ra_deg, centre.dec_deg);
    let half = ROW_DEG / 2.0;
    let dec_deg = [dec - half, dec + half].map(|edge| ((edge * 8.0).round() / 8.0).clamp(-90.0, 90.0));
    let width = match stated {
        Some([west, east]) => (east - west).rem_euclid(360.0),
        // Four times as many bricks as fit a quarter of the row's longer edge.
        None => {
            let edge = (dec.abs() - half).max(0.0).to_radians().cos();
            360.0 / ((360.0 / ROW_DEG * edge / 4.0).ceil() * 4.0).max(1.0)
        }
    };
    let width = if width <= 0.0 { 360.0 } else { width };
    let count = (360.0 / width).round().max(1.0);
    let column = (ra / 360.0 * count - 0.5).round();
    let exact = [column * 360.0 / count, (column + 1.0) * 360.0 / count];
    let agrees = ((exact[0] + exact[1]) / 2.0 - ra).abs() < 1e-3;
    match stated {
        _ if agrees => Ok((exact, dec_deg)),
        Some(stated) if stated.iter().all(|edge| edge.is_finite()) => {
            Ok((stated.map(|edge| edge.clamp(0.0, 360.0)), dec_deg))
        }
        _ => Err(format!(
            "RA {ra}, Dec {dec} lies on no tiling we know and the list has no ra1, ra2; use survey-bricks.fits.gz"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brick(name: &str, ra: f64, dec: f64, stated: Option<[f64; 2]>) -> Brick {
        let centre = SkyCoord { ra_deg: ra, dec_deg: dec };
        let (ra_deg, dec_deg) = bounds(centre, stated).unwrap();
        Brick {
            name: name.to_owned(),
            centre,
            ra_deg,
            dec_deg,
            exposures: [None; 3],
            psf_fwhm_arcsec: [None; 3],
            psf_depth_mag: [None; 3],
            galaxy_depth_mag: [None; 3],
            ebv: None,
            mw_transmission: [None; 3],
        }
    }

    /// A row of the tiling.
    fn row(dec: f64) -> Vec<Brick> {
        let first = bounds(SkyCoord { ra_deg: 0.0, dec_deg: dec }, Some([0.0, 0.25])).unwrap();
        assert_eq!(first.1, [dec - 0.125, dec + 0.125]);
        let edge = (dec.abs() - 0.125).max(0.0).to_radians().cos();
        let count = (1440.0 * edge / 4.0).ceil() * 4.0;
        (0..count as u32)
            .map(|k| brick(&format!("{k}@{dec}"), (f64::from(k) + 0.5) * 360.0 / count, dec, None))
            .collect()
    }

    #[test]
    fn every_position_has_exactly_one_owner() {
        let bricks: Vec<Brick> = [-0.25, 0.0, 0.25, 59.75, 60.0].into_iter().flat_map(row).collect();
        let table = BrickTable::new(bricks);
        let mut count = 0;
        for dec in [-0.375, -0.2, -0.125, 0.0, 0.124_999, 0.125, 0.3, 59.7, 59.875, 60.1] {
            for step in 0..997 {
                let ra = f64::from(step) * 360.0 / 997.0;
                let position = SkyCoord { ra_deg: ra, dec_deg: dec };
                let owners: Vec<&Brick> =
                    table.bricks().iter().filter(|brick| brick.owns(position)).collect();
                assert_eq!(owners.len(), 1, "{ra} {dec}");
                assert_eq!(table.at(position), Some(owners[0]));
                count += 1;
            }
        }
        assert_eq!(count, 9970);
        for (ra, dec) in [(0.0, 0.0), (359.999_999, 0.0), (-0.000_001, 0.0), (360.0, 0.0)] {
            assert!(table.at(SkyCoord { ra_deg: ra, dec_deg: dec }).is_some(), "{ra}");
        }
        assert_eq!(table.at(SkyCoord { ra_deg: 10.0, dec_deg: 30.0 }), None);
    }

    #[test]
    fn bounds_in_32_bits_become_exact_again() {
        // The row at Dec 59.75: 724 bricks.
        let count = 724.0;
        let west = f64::from((100.0 * 360.0 / count) as f32);
        let east = f64::from((101.0 * 360.0 / count) as f32);
        let found = brick("x", 100.5 * 360.0 / count, 59.75, Some([west, east]));
        assert_eq!(found.ra_deg, [100.0 * 360.0 / count, 101.0 * 360.0 / count]);
        assert_ne!(found.ra_deg[0], west);
    }

    #[test]
    fn the_pole_belongs_to_the_last_row() {
        let cap = brick("pole", 180.0, 89.875, Some([0.0, 360.0]));
        assert!(cap.owns(SkyCoord { ra_deg: 12.0, dec_deg: 90.0 }));
    }

    #[test]
    fn inverse_variances_become_depths() {
        // 24.7 mag are 0.1318 nanomaggies; that at 5σ is an inverse variance of 1439.
        assert!((depth_mag(1439.2).unwrap() - 24.7).abs() < 1e-3);
        assert_eq!((depth_mag(0.0), depth_mag(-1.0)), (None, None));
        let columns = magnitudes(vec![Some(vec![1439.2, 25.0]), Some(vec![23.9, 24.1]), None]);
        let first = columns[0].as_ref().unwrap();
        assert!((first[0] - 24.7).abs() < 1e-3 && (first[1] - 22.5).abs() < 1e-12);
        assert_eq!((&columns[1], &columns[2]), (&Some(vec![23.9, 24.1]), &None));
    }
}
