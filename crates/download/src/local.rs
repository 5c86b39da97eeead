//! The same folder filled from coadds on disk instead of the service: no
//! network, no pace; the same checks, journal and list.

use domain::Progress;
use imaging::fits::{self, Compression, Pixels};
use survey::{BrickCut, BrickCutout, BrickError, BrickFolder};

use crate::{
    DownloadError, Folder, Outcome, Recipe, Report, State,
    answer::{Problem, check},
    folder::done,
    store,
};

/// Pixel scale of the bricks, arcsec.
const NATIVE_ARCSEC: f64 = 0.262;

/// Cuts what the folder misses out of bricks, brick by brick. However it ends, what was cut is kept
/// and `downloads.csv` tells of it. Blocking.
///
/// # Errors
/// When the disk fails, another pixel scale than the bricks' is asked for, or the person asked to stop.
pub fn cut(
    folder: &mut Folder,
    recipe: &Recipe,
    bricks: &BrickFolder,
    limit: Option<u64>,
    progress: &dyn Progress,
) -> Result<Report, DownloadError> {
    recipe.check(false)?;
    if (recipe.pixel_scale_arcsec - NATIVE_ARCSEC).abs() > 1e-9 {
        return Err(DownloadError::Setting {
            field: "--pixel-scale",
            reason: format!(
                "is {}; bricks are cut at their own {NATIVE_ARCSEC} arcsec per pixel",
                recipe.pixel_scale_arcsec
            ),
        });
    }
    let wish = BrickCut {
        size: recipe.size,
        bands: recipe.bands.clone(),
        invvar: recipe.invvar,
        maskbits: recipe.maskbits,
    };
    let mut missing = folder.missing();
    missing.truncate(limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)));
    // Brick by brick, so that each is unpacked once.
    let home =
        |index: &usize| bricks.table().at(folder.entries()[*index].position).map(|brick| brick.name.clone());
    missing.sort_by_cached_key(home);
    progress.begin("cutting out of bricks", missing.len() as u64);
    let mut written = 0;
    let mut ended = Ok(());
    for index in missing {
        ended = progress.check().map_err(DownloadError::from).and_then(|()| {
            let outcome = one(folder, recipe, bricks, &wish, index)?;
            written += outcome.bytes;
            folder.note(index, outcome)
        });
        if ended.is_err() {
            break;
        }
        progress.advance(1);
    }
    folder.write_list()?;
    progress.end();
    ended?;
    Ok(Report { summary: folder.summary(), requests: 0, bytes: written })
}

/// Cuts, checks and writes one cutout.
fn one(
    folder: &Folder,
    recipe: &Recipe,
    bricks: &BrickFolder,
    wish: &BrickCut,
    index: usize,
) -> Result<Outcome, DownloadError> {
    let position = folder.entries()[index].position;
    let attempts = folder.outcomes()[index].attempts + 1;
    let ended = |state, reason: String| {
        Ok(Outcome { state, attempts, reason: Some(reason.into()), ..Outcome::default() })
    };
    let cutout = match bricks.cut(position, wish) {
        Ok(Some(cutout)) => cutout,
        Ok(None) => {
            let name = bricks.table().at(position).map(|brick| brick.name.clone());
            return match name {
                // Perhaps only not fetched yet; a later run looks again.
                Some(name) => {
                    ended(State::Failed, format!("the images of brick {name} are not in the folder"))
                }
                None => ended(State::Outside, "no brick of the list shows this place".to_owned()),
            };
        }
        Err(error @ (BrickError::File { .. } | BrickError::Io { .. })) => {
            return ended(State::Failed, error.to_string());
        }
        Err(error @ BrickError::Wish(_)) => return Err(error.into()),
    };
    let body = match file(&cutout, recipe) {
        Ok(body) => body,
        Err(error) => return ended(State::Failed, error.to_string()),
    };
    match check(&body, &folder.wanted(index)) {
        Ok(facts) => {
            store::write(&folder.file(index), &body)?;
            Ok(done(&body, facts, attempts))
        }
        Err(Problem::Outside(reason)) => ended(State::Outside, reason),
        Err(Problem::Wrong(reason)) => ended(State::Failed, reason),
    }
}

/// The file as the service would send it, with the seeing in its header.
fn file(cutout: &BrickCutout, recipe: &Recipe) -> Result<Vec<u8>, fits::FitsError> {
    let names: Vec<String> =
        recipe.bands.iter().map(|band| format!("PSFFWHM{}", band.letter().to_ascii_uppercase())).collect();
    let seeing: Vec<(&str, f64)> = names
        .iter()
        .zip(&cutout.psf_fwhm_arcsec)
        .filter_map(|(name, fwhm)| Some((name.as_str(), (*fwhm)?)))
        .collect();
    let mut body = fits::write_with(&cutout.cube, Compression::None, &seeing)?;
    let size = recipe.size;
    if let Some(ivar) = &cutout.invvar {
        let axes = [size, size, recipe.bands.len()];
        fits::append(&mut body, "invvar", &axes, Pixels::Real(ivar), cutout.cube.wcs)?;
    }
    if let Some(mask) = &cutout.maskbits {
        fits::append(&mut body, "maskbits", &[size, size], Pixels::Whole(mask), cutout.cube.wcs)?;
    }
    Ok(body)
}
