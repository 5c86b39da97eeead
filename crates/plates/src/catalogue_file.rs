//! Star catalogues in files: CSV, FITS binary tables, and the compact TYC2BIN1.
//! What a file holds is told by its bytes. Rows that are no star are left out,
//! counted and told.

mod columns;
mod csv_table;
mod error;
mod fits_table;
mod packed;

use std::path::Path;

pub use columns::ColumnNames;
use domain::Progress;
pub use error::CatalogueFileError;
use platesolve::catalogue::{Catalogue, Star, StarError};

use crate::mapped::Mapped;

/// How a file is read.
#[derive(Debug, Clone, Default)]
pub struct ReadCatalogue {
    /// Names of columns where they are not the usual ones.
    pub columns: ColumnNames,
    /// Julian year of the positions, if known.
    pub epoch: Option<f64>,
    /// Name of the catalogue; the file's where there is none.
    pub name: Option<String>,
}

/// A row that is no star.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Skipped {
    /// Which, from 1, the header not counted.
    pub row: u64,
    /// Why.
    pub reason: String,
}

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct CatalogueRead {
    /// The stars.
    pub catalogue: Catalogue,
    /// Rows of the file.
    pub rows: u64,
    /// How many of them are no stars.
    pub skipped: u64,
    /// The first of those.
    pub examples: Vec<Skipped>,
}

/// Examples that are kept.
const EXAMPLES: usize = 5;

/// Stars on their way in.
#[derive(Debug, Default)]
struct Harvest {
    stars: Vec<Star>,
    rows: u64,
    skipped: u64,
    examples: Vec<Skipped>,
}

impl Harvest {
    fn add(&mut self, row: Result<Star, String>) {
        self.rows += 1;
        match row {
            Ok(star) => self.stars.push(star),
            Err(reason) => {
                self.skipped += 1;
                if self.examples.len() < EXAMPLES {
                    self.examples.push(Skipped { row: self.rows, reason });
                }
            }
        }
    }
}

/// A star from a row's numbers, NaN where there is none.
fn star(ra: f64, dec: f64, magnitude: f64, motion: Option<[f64; 2]>) -> Result<Star, String> {
    // Catalogues leave motions empty where they were not measured.
    let motion = motion.filter(|motion| motion.iter().all(|v| v.is_finite()));
    Star::new(ra, dec, magnitude as f32, motion.map(|motion| motion.map(|v| v as f32)))
        .map_err(|error: StarError| error.to_string())
}

/// Reads a catalogue.
///
/// # Errors
/// When the file cannot be read, lacks a column, or holds no star; the message names file, row and column.
pub fn read_catalogue(
    path: &Path,
    how: &ReadCatalogue,
    progress: &dyn Progress,
) -> Result<CatalogueRead, CatalogueFileError> {
    let bytes = Mapped::open(path).map_err(CatalogueFileError::io(path))?;
    progress.begin("reading stars", 0);
    let read = match &bytes[..] {
        packed if packed.starts_with(packed::MAGIC) => packed::read(packed, progress),
        fits if fits.starts_with(b"SIMPLE  =") => fits_table::read(fits, &how.columns, progress),
        [0x1f, 0x8b, ..] => Err(error::Fault::Format("it is gzip-compressed, unpack it with gunzip")),
        [] => Err(error::Fault::Format("the file is empty")),
        text if text[..text.len().min(1024)].contains(&0) => {
            Err(error::Fault::Format("it is neither CSV nor a FITS table nor TYC2BIN1"))
        }
        text => csv_table::read(text, &how.columns, progress),
    };
    let harvest = read.map_err(|fault| fault.of(path))?;
    progress.end();
    if harvest.stars.is_empty() {
        let first = harvest.examples.into_iter().next();
        return Err(CatalogueFileError::NoStars { path: path.to_owned(), rows: harvest.rows, first });
    }
    let usual = || path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = how.name.clone().unwrap_or_else(usual);
    Ok(CatalogueRead {
        catalogue: Catalogue::new(name, how.epoch, harvest.stars),
        rows: harvest.rows,
        skipped: harvest.skipped,
        examples: harvest.examples,
    })
}
