//! A page that shows what the mocks look like: each arc as people see it, and
//! beside it the same picture with the lens's critical curves and caustics. One
//! HTML file without scripts or other files; drawings are SVG over inlined PNGs,
//! so lines stay sharp at any size and every picture has words for those who do
//! not see it.

mod card;
mod page;

use std::path::{Path, PathBuf};

use domain::Progress;
use rayon::prelude::*;
use survey::Dataset;

use crate::{error::SimulateError, kind::Kind, remake::Remake, whole_file};

/// Name of the file in a dataset's folder.
const FILE: &str = "gallery.html";
/// Cards made together.
const BATCH: usize = 8;

/// Writes `gallery.html` into the folder of a simulated dataset: `count` of its lenses, spread evenly over
/// it. Returns the file's path; `None` when the dataset has no lens to show.
///
/// # Errors
/// When the dataset is none or was not simulated, a record is damaged, or when asked to stop.
pub fn gallery(dir: &Path, count: usize, progress: &dyn Progress) -> Result<Option<PathBuf>, SimulateError> {
    let dataset = Dataset::open(dir)?;
    let remake = Remake::of(&dataset)?;
    let lenses = lenses(dir)?;
    let count = count.min(lenses.len());
    if count == 0 {
        return Ok(None);
    }
    let chosen: Vec<&String> = (0..count).map(|i| &lenses[i * lenses.len() / count]).collect();
    let mut cards = Vec::with_capacity(count);
    progress.begin(&format!("gallery of {}", dataset.name()), count as u64);
    for batch in chosen.chunks(BATCH) {
        progress.check()?;
        let made: Vec<String> = batch
            .par_iter()
            .map(|id| {
                let record = remake.records().get(id)?;
                card::card(&record, &remake.image_of(&record)?)
            })
            .collect::<Result<_, SimulateError>>()?;
        cards.extend(made);
        progress.advance(batch.len() as u64);
    }
    progress.end();
    let path = dir.join(FILE);
    whole_file::write(
        &path,
        page::page(dataset.name(), lenses.len(), remake.over_real(), &cards).as_bytes(),
    )?;
    Ok(Some(path))
}

/// Ids of the lenses, in the dataset's order.
fn lenses(dir: &Path) -> Result<Vec<String>, SimulateError> {
    let path = dir.join("truth.csv");
    let text = std::fs::read_to_string(&path).map_err(SimulateError::io("cannot read", &path))?;
    let id = |line: &str| {
        let mut fields = line.split(',');
        let (id, kind) = (fields.next()?, fields.next()?);
        (kind.parse() == Ok(Kind::Lens)).then(|| id.to_owned())
    };
    Ok(text.lines().skip(1).filter_map(id).collect())
}
