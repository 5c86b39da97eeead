//! Previews: the picture of a cutout that people see, made when it is routed and stored under its own
//! digest. Simulated and real cutouts take the same way, all pictures of a project have one size and one
//! encoding, and the length of a file is one of few, so that nothing but the pixels differs.

use std::path::PathBuf;

use domain::{Digest, Progress};
use imaging::{Cube, Rgb8, compand, lupton, parse_bands, preview, raster, resample};
use rayon::prelude::*;
use simulate::Remake;
use store::{ImageEncoding, ImageRef};
use survey::{Dataset, ManifestRow, Source};

use crate::{CampaignError, CampaignSpec, Workspace, workspace::write_atomically};

/// Pixels on each side of every preview.
pub const SIDE: usize = 384;
/// The same for who saves data. Still finer than the seeing of a survey from the ground.
pub const SMALL_SIDE: usize = 192;
/// Pixels on each side of a thumbnail.
pub const THUMBNAIL_SIDE: usize = 192;
const THUMBNAIL_QUALITY: u8 = 75;
const REVIEW_QUALITY: u8 = 95;

/// How an index marks a source that is a simulator's record rather than a file.
const RECORD: &str = "record:";

/// Pictures made between two looks at whether to stop.
const BATCH: usize = 32;

/// The encoding of all pictures of a project: the bands themselves if every image of its survey and of
/// its training set has them, finished colours otherwise.
///
/// # Errors
/// When a dataset cannot be read.
pub fn encoding(workspace: &Workspace, spec: &CampaignSpec) -> Result<ImageEncoding, CampaignError> {
    for name in [&spec.training_set, &spec.survey] {
        for row in Dataset::open(&workspace.dataset(name))?.manifest()? {
            if !has_bands(&row?) {
                return Ok(ImageEncoding::Composite);
            }
        }
    }
    Ok(ImageEncoding::Companded)
}

fn has_bands(row: &ManifestRow) -> bool {
    let is_science = row.source.starts_with(RECORD)
        || row.source.parse::<Source>().is_ok_and(|source| source.is_science());
    is_science && parse_bands(&row.bands).is_ok_and(|bands| compand::is_possible(&bands))
}

/// Makes the previews of these rows, all in one encoding; returns the id in the dataset and the image of
/// each. With `show_scale` the image says how many arcsec a pixel spans; leave it off when a project
/// mixes fields of different size, or the scale would tell them apart.
///
/// # Errors
/// When pixels cannot be read, the disk refuses, or the person asks to stop.
pub fn materialise(
    workspace: &Workspace,
    dataset: &Dataset,
    rows: &[ManifestRow],
    (encoding, show_scale): (ImageEncoding, bool),
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
                let Forms { whole, small, thumbnail, width } =
                    forms(dataset, remake.as_ref(), row, encoding)?;
                let digest = Digest::of(&whole);
                for (form, bytes) in [(".webp", whole), (".small.webp", small), (".jpg", thumbnail)] {
                    let path = workspace.image(&digest, form);
                    if !path.exists() {
                        write_atomically(&path, &bytes)?;
                    }
                }
                let scale = row
                    .pixel_scale_arcsec
                    .filter(|_| show_scale)
                    .map(|arcsec| arcsec * width as f64 / SIDE as f64);
                let (width, height) = (SIDE as u32, SIDE as u32);
                let image = ImageRef { digest, width, height, pixel_scale_arcsec: scale, encoding };
                Ok((row.id.clone(), image))
            })
            .collect();
        images.extend(made?);
        progress.advance(batch.len() as u64);
    }
    progress.end();
    Ok(images)
}

/// The file of a picture in finished colours and full size, for people who grade outside of the web app.
///
/// # Errors
/// When its preview is missing or the disk refuses.
pub fn for_reviewers(workspace: &Workspace, image: &ImageRef) -> Result<PathBuf, CampaignError> {
    let whole = workspace.image(&image.digest, ".webp");
    if image.encoding == ImageEncoding::Composite {
        return Ok(whole);
    }
    let path = workspace.image(&image.digest, ".colours.jpg");
    if !path.exists() {
        let file = |source| CampaignError::File { path: whole.clone(), source };
        let fail = |error: &dyn std::fmt::Display| CampaignError::Pixels {
            source_name: whole.display().to_string(),
            reason: error.to_string(),
        };
        let bytes = std::fs::read(&whole).map_err(file)?;
        let companded = raster::decode(&bytes, raster::Limits::default()).map_err(|error| fail(&error))?;
        let bytes =
            preview::jpeg(&compand::composite(&companded), REVIEW_QUALITY).map_err(|error| fail(&error))?;
        write_atomically(&path, &bytes)?;
    }
    Ok(path)
}

/// The files of one picture, and how many pixels wide its source is.
struct Forms {
    whole: Vec<u8>,
    small: Vec<u8>,
    thumbnail: Vec<u8>,
    width: usize,
}

fn forms(
    dataset: &Dataset,
    remake: Option<&Remake>,
    row: &ManifestRow,
    encoding: ImageEncoding,
) -> Result<Forms, CampaignError> {
    let fail = |error: &dyn std::fmt::Display| CampaignError::Pixels {
        source_name: row.source.clone(),
        reason: error.to_string(),
    };
    let (whole, small, colours, width) = match (encoding, cube(dataset, remake, row)?) {
        (ImageEncoding::Companded, cube) => {
            let cube = cube.ok_or_else(|| fail(&"it is a finished picture; the project shows bands"))?;
            let sized = |side| compand::compand(&cube, side).map_err(|error| fail(&error));
            let (whole, small) = (sized(SIDE)?, sized(SMALL_SIDE)?);
            let colours = compand::composite(&small);
            (whole, small, colours, cube.width)
        }
        (ImageEncoding::Composite, cube) => {
            let picture = match cube {
                Some(cube) => lupton::composite(&cube).map_err(|error| fail(&error))?,
                None => dataset.picture(row).map_err(|error| fail(&error))?,
            };
            let small = squared(&picture, SMALL_SIDE);
            (squared(&picture, SIDE), small.clone(), small, picture.width)
        }
    };
    let webp =
        |picture: &Rgb8| preview::webp(picture).map(preview::padded_webp).map_err(|error| fail(&error));
    let thumbnail = squared(&colours, THUMBNAIL_SIDE);
    let thumbnail = preview::jpeg(&thumbnail, THUMBNAIL_QUALITY).map_err(|error| fail(&error))?;
    let thumbnail = preview::padded_jpeg(&thumbnail);
    Ok(Forms { whole: webp(&whole)?, small: webp(&small)?, thumbnail, width })
}

/// The bands of a row, from its file or drawn again from its record; `None` for a finished picture.
fn cube(
    dataset: &Dataset,
    remake: Option<&Remake>,
    row: &ManifestRow,
) -> Result<Option<Cube>, CampaignError> {
    let fail = |reason: String| CampaignError::Pixels { source_name: row.source.clone(), reason };
    match (remake, row.source.strip_prefix(RECORD)) {
        (Some(remake), Some(id)) => remake.image(id).map(Some).map_err(|error| fail(error.to_string())),
        _ if has_bands(row) => {
            dataset.cube(row).map(|(cube, _)| Some(cube)).map_err(|error| fail(error.to_string()))
        }
        _ => Ok(None),
    }
}

/// The picture resampled to a square.
fn squared(picture: &Rgb8, side: usize) -> Rgb8 {
    if (picture.width, picture.height) == (side, side) {
        return picture.clone();
    }
    let mut data = vec![0; side * side * 3];
    for channel in 0..3 {
        let plane: Vec<f32> =
            picture.data.iter().skip(channel).step_by(3).map(|&byte| f32::from(byte)).collect();
        let plane = resample::fit(&plane, picture.width, picture.height, side, side);
        for (byte, value) in data.iter_mut().skip(channel).step_by(3).zip(plane) {
            *byte = value.round().clamp(0.0, 255.0) as u8;
        }
    }
    Rgb8 { width: side, height: side, data }
}
