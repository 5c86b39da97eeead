//! Previews: the picture of a cutout that people see, made when it is routed and
//! stored under its own digest. All have one size, so that size tells nothing.

use domain::{Digest, Progress};
use imaging::{Rgb8, lupton, preview, resample};
use rayon::prelude::*;
use simulate::Remake;
use store::ImageRef;
use survey::{Dataset, ManifestRow};

use crate::{CampaignError, Workspace, workspace::write_atomically};

/// Pixels on each side of every preview.
pub const SIDE: usize = 384;

/// How an index marks a source that is a simulator's record rather than a file.
const RECORD: &str = "record:";

/// Pictures made between two looks at whether to stop.
const BATCH: usize = 32;

/// Makes the previews of these rows; returns the id in the dataset and the image of each.
/// With `show_scale` the image says how many arcsec a pixel spans; leave it off when a project
/// mixes fields of different size, or the scale would tell them apart.
///
/// # Errors
/// When pixels cannot be read, the disk refuses, or the person asks to stop.
pub fn materialise(
    workspace: &Workspace,
    dataset: &Dataset,
    rows: &[ManifestRow],
    show_scale: bool,
    progress: &dyn Progress,
) -> Result<Vec<(String, ImageRef)>, CampaignError> {
    let remake = if rows.iter().any(|row| row.source.starts_with(RECORD)) {
        Some(Remake::open(dataset.dir())?)
    } else {
        None
    };
    progress.begin("pictures for people", rows.len() as u64);
    let mut images = Vec::with_capacity(rows.len());
    for batch in rows.chunks(BATCH) {
        progress.check()?;
        let made: Result<Vec<_>, CampaignError> = batch
            .par_iter()
            .map(|row| {
                let picture = picture(dataset, remake.as_ref(), row)?;
                let scale = row
                    .pixel_scale_arcsec
                    .filter(|_| show_scale)
                    .map(|arcsec| arcsec * picture.width as f64 / SIDE as f64);
                let bytes = preview::webp(&squared(&picture)).map_err(|error| CampaignError::Pixels {
                    source_name: row.source.clone(),
                    reason: error.to_string(),
                })?;
                let digest = Digest::of(&bytes);
                let path = workspace.image(&digest);
                if !path.exists() {
                    write_atomically(&path, &bytes)?;
                }
                let image =
                    ImageRef { digest, width: SIDE as u32, height: SIDE as u32, pixel_scale_arcsec: scale };
                Ok((row.id.clone(), image))
            })
            .collect();
        images.extend(made?);
        progress.advance(batch.len() as u64);
    }
    progress.end();
    Ok(images)
}

/// The picture of a row: from its file, or drawn again from its record.
fn picture(dataset: &Dataset, remake: Option<&Remake>, row: &ManifestRow) -> Result<Rgb8, CampaignError> {
    let fail = |reason: String| CampaignError::Pixels { source_name: row.source.clone(), reason };
    match (remake, row.source.strip_prefix(RECORD)) {
        (Some(remake), Some(id)) => {
            let cube = remake.image(id).map_err(|error| fail(error.to_string()))?;
            lupton::composite(&cube).map_err(|error| fail(error.to_string()))
        }
        _ => dataset.picture(row).map_err(|error| fail(error.to_string())),
    }
}

/// The picture resampled to [`SIDE`]².
fn squared(picture: &Rgb8) -> Rgb8 {
    if (picture.width, picture.height) == (SIDE, SIDE) {
        return picture.clone();
    }
    let mut data = vec![0; SIDE * SIDE * 3];
    for channel in 0..3 {
        let plane: Vec<f32> =
            picture.data.iter().skip(channel).step_by(3).map(|&byte| f32::from(byte)).collect();
        let plane = resample::fit(&plane, picture.width, picture.height, SIDE, SIDE);
        for (byte, value) in data.iter_mut().skip(channel).step_by(3).zip(plane) {
            *byte = value.round().clamp(0.0, 255.0) as u8;
        }
    }
    Rgb8 { width: SIDE, height: SIDE, data }
}
