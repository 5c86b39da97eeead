//! The manifest of a dataset: every image with its digest, what is known of it and by
//! whom, which part of the split it is in, what it counts.

use std::path::Path;

use domain::Label;
use survey::{Dataset, Fold, ManifestRow};

use super::report::DatasetEntry;
use crate::{
    LabError,
    export::parquet::{Column, Writer},
};

/// Writes `manifest/<pool>-<dataset>.parquet` below the run's folder and gives the dataset's entry.
///
/// # Errors
/// When the index cannot be read or the disk refuses.
pub fn write(
    run: &Path,
    pool: &str,
    dataset: &Dataset,
    (role, labels, split): (&str, &str, &str),
    part: &dyn Fn(&ManifestRow) -> Option<Fold>,
) -> Result<DatasetEntry, LabError> {
    let mut ids = Vec::new();
    let (mut digests, mut bands, mut scales) = (Vec::new(), Vec::new(), Vec::new());
    let (mut sources, mut known, mut parts, mut weights, mut cells) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in dataset.manifest()? {
        let row = row?;
        let fold = part(&row);
        ids.push(row.id.clone());
        digests.push(row.digest.to_string());
        bands.push(row.bands.clone());
        scales.push(row.pixel_scale_arcsec);
        sources.push(row.provenance.clone());
        known.push(
            match row.label {
                Label::Lens => "lens",
                Label::NonLens => "no lens",
                Label::Unknown => "hidden",
            }
            .to_owned(),
        );
        parts.push(
            match (role, fold) {
                (_, None) => "left out",
                ("training", Some(Fold::HeldOut)) => "gate",
                ("training", Some(_)) => "training",
                (_, Some(Fold::HeldOut)) => "held-out",
                (_, Some(_)) => "pool",
            }
            .to_owned(),
        );
        weights.push(fold.map(|_| 1.0));
        cells.push(row.cell.map_or(-1, u64::cast_signed));
    }
    let name = format!("{}-{}.parquet", file_name(pool), dataset.name());
    let mut writer = Writer::new(&run.join("manifest").join(name));
    if !ids.is_empty() {
        writer.push(&[
            ("id", Column::Text(ids)),
            ("sha256", Column::Text(digests)),
            ("bands", Column::Text(bands)),
            ("pixel_scale_arcsec", Column::Number(scales)),
            ("provenance", Column::Text(sources)),
            ("label", Column::Text(known)),
            ("split", Column::Text(parts)),
            ("cell", Column::Count(cells)),
            ("weight", Column::Number(weights)),
        ])?;
    }
    writer.finish()?;
    Ok(DatasetEntry {
        name: dataset.name().to_owned(),
        role: role.to_owned(),
        digest: dataset.digest(),
        images: dataset.len(),
        labels: labels.to_owned(),
        split: split.to_owned(),
        weight: 1.0,
    })
}

/// A name as part of a file's name.
#[must_use]
pub fn file_name(name: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    name.chars().map(fits).collect()
}
