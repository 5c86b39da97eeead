//! `downloads.csv`: every cluster with what became of it, in sky order, shaped
//! so that `lensfinder ingest downloads.csv` takes it.

use std::path::Path;

use survey::BrickTable;

use crate::{DownloadError, Entry, Outcome, State, list::CARRIED, store};

/// Name of the list.
pub(crate) const NAME: &str = "downloads.csv";

const OWN: [&str; 13] = [
    "path",
    "id",
    "ra_deg",
    "dec_deg",
    "state",
    "sha256",
    "bytes",
    "attempts",
    "coverage",
    "flags",
    "reason",
    "cell",
    "cluster_id",
];

/// Seeing, depth and extinction of the brick, when a list of bricks is known.
const CONDITIONS: [&str; 9] = [
    "psf_fwhm_g_arcsec",
    "psf_fwhm_r_arcsec",
    "psf_fwhm_z_arcsec",
    "depth_g_mag",
    "depth_r_mag",
    "depth_z_mag",
    "mw_transmission_g",
    "mw_transmission_r",
    "mw_transmission_z",
];

/// Writes the list anew, whole or not at all.
pub(crate) fn write(
    folder: &Path,
    entries: &[Entry],
    outcomes: &[Outcome],
    bricks: Option<&BrickTable>,
) -> Result<(), DownloadError> {
    let path = folder.join(NAME);
    let part = folder.join(format!("{NAME}.part"));
    let failed = |error: csv::Error| DownloadError::Folder {
        path: path.clone(),
        reason: format!("cannot be written: {error}"),
    };
    let mut writer = csv::Writer::from_path(&part).map_err(failed)?;
    let conditions: &[&str] = if bricks.is_some() { &CONDITIONS } else { &[] };
    writer.write_record(OWN.iter().chain(&CARRIED).chain(conditions)).map_err(failed)?;
    for (entry, outcome) in entries.iter().zip(outcomes) {
        writer.write_record(row(entry, outcome, bricks)).map_err(failed)?;
    }
    let file = writer.into_inner().map_err(|error| failed(error.into_error().into()))?;
    file.sync_all().map_err(DownloadError::io("cannot sync", &part))?;
    std::fs::rename(&part, &path).map_err(DownloadError::io("cannot rename to", &path))
}

fn row(entry: &Entry, outcome: &Outcome, bricks: Option<&BrickTable>) -> Vec<String> {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let done = outcome.state == State::Done;
    let place = done.then(|| store::place(entry).to_string_lossy().into_owned());
    let mut row = vec![
        text(place),
        entry.id.to_string(),
        entry.position.ra_deg.to_string(),
        entry.position.dec_deg.to_string(),
        outcome.state.word().to_owned(),
        text(outcome.sha256),
        text(done.then_some(outcome.bytes)),
        outcome.attempts.to_string(),
        text(outcome.coverage.map(|share| format!("{share:.4}"))),
        text(outcome.flags),
        text(outcome.reason.as_deref()),
        entry.cell.to_string(),
        text(entry.cluster_id),
    ];
    row.extend(entry.carried.map(|value| text(value.is_finite().then_some(value))));
    if let Some(bricks) = bricks {
        let brick = bricks.at(entry.position);
        let seen = |of: fn(&survey::Brick) -> [Option<f64>; 3]| brick.map_or([None; 3], of).map(text);
        row.extend(seen(|brick| brick.psf_fwhm_arcsec));
        row.extend(seen(|brick| brick.psf_depth_mag));
        row.extend(seen(|brick| brick.mw_transmission));
    }
    row
}
