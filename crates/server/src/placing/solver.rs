//! From the bytes of a picture to its place: reading (`plates`), sources and search (`platesolve`), and the pixels
//! that are kept. Runs on a thread of its own.

use std::{io::Cursor, mem, time::Instant};

use domain::SkyCoord;
use image::{
    DynamicImage, ImageDecoder as _, ImageReader, RgbImage, codecs::jpeg::JpegEncoder, imageops::FilterType,
    metadata,
};
use imaging::raster::Limits;
use plates::{Picture, PictureError, PictureFormat, header::header};
use platesolve::{
    Field, Hints, Refusal, Solution, SolveSettings,
    extract::{ExtractSettings, extract},
    solve,
};
use store::PlacementPicture;

use super::{
    indexes,
    orientation::Orientation,
    queue::{Placing, Upload},
    verdict::{NotPlaced, Placed, Star, Verdict, WhyNot},
    watch::{Phase, Stop, Watch},
};

/// Of what is kept.
const LONGEST_SIDE: u32 = 1600;
const JPEG_QUALITY: u8 = 86;
/// What a picture may cost: asked before a pixel is unpacked. At the worst some decoders hold what they unpack
/// twice, so that the peak is about twice `max_bytes`.
const LIMITS: Limits = Limits { max_side: 12_000, max_pixels: 40_000_000, max_bytes: 256 * 1024 * 1024 };
/// Recognised stars that are kept.
const MOST_STARS: usize = 400;

/// What the person knows before.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Wish {
    /// The middle lies within so many degrees of a position.
    pub position: Option<(SkyCoord, f64)>,
    /// The smallest and the largest side of a pixel, arcsec.
    pub scale_arcsec: Option<(f64, f64)>,
}

/// What came of an upload.
pub(crate) struct Outcome {
    pub verdict: Verdict,
    pub picture: Option<PlacementPicture>,
}

/// Whether a file begins like a picture that can be read.
pub(crate) fn is_picture(bytes: &[u8]) -> bool {
    PictureFormat::of(bytes).is_some()
}

/// Reads, looks for stars, searches.
pub(crate) fn place(placing: &Placing, upload: &Upload, watch: &Watch) -> Outcome {
    let mut picture = match Picture::read_within(&upload.bytes, "the file", LIMITS) {
        Ok(picture) => picture,
        Err(error) => return Outcome { verdict: unreadable(&error), picture: None },
    };
    let orientation = orientation(&picture, &upload.bytes);
    let kept = kept(&mut picture, orientation);
    let verdict = find(placing, upload, &picture, orientation, watch)
        .map_or_else(Verdict::NotPlaced, |placed| Verdict::Placed(Box::new(placed)));
    Outcome { verdict, picture: kept }
}

fn unreadable(error: &PictureError) -> Verdict {
    Verdict::NotPlaced(NotPlaced::because(WhyNot::Unreadable, error.to_string()))
}

fn find(
    placing: &Placing,
    upload: &Upload,
    picture: &Picture,
    orientation: Orientation,
    watch: &Watch,
) -> Result<Placed, NotPlaced> {
    #[expect(clippy::disallowed_methods, reason = "people are told how long it took")]
    let begun = Instant::now();
    let field = extract(&picture.grey, &ExtractSettings::default()).field;
    watch.enter(Phase::Searching);
    let files = placing.indexes.current();
    let indexes = files.as_ref().map(|files| files.views()).unwrap_or_default();
    let hints =
        Hints { position: upload.wish.position, scale_arcsec: upload.wish.scale_arcsec, parity: None };
    let settings = SolveSettings { hints, epoch: picture.date, ..SolveSettings::default() };
    let solution = solve(&field, &indexes, &settings, watch)
        .map_err(|refusal| NotPlaced { sources: Some(field.sources.len()), ..refused(&refusal, watch) })?;
    let file = files.as_ref().and_then(|files| files.files().get(solution.index));
    let index = file.map(|file| indexes::name(file.path())).unwrap_or_default();
    let seconds = begun.elapsed().as_secs_f64();
    Ok(placed(orientation, &field, &solution, index, seconds))
}

fn refused(refusal: &Refusal, watch: &Watch) -> NotPlaced {
    let reason = match refusal {
        Refusal::TooFewSources { .. } => WhyNot::TooFewSources,
        Refusal::NoIndexForScale { .. } => WhyNot::NoIndexForScale,
        Refusal::NothingFits { .. } => WhyNot::NothingFits,
        Refusal::OutOfEffort { .. } => WhyNot::OutOfEffort,
        Refusal::Cancelled if watch.stop_reason() == Some(Stop::Late) => WhyNot::OutOfTime,
        Refusal::Cancelled => WhyNot::Failed,
    };
    let why = NotPlaced::because(reason, refusal.to_string());
    match *refusal {
        Refusal::NoIndexForScale { low_arcmin, high_arcmin } => {
            NotPlaced { needs_arcmin: Some([low_arcmin, high_arcmin]), ..why }
        }
        Refusal::NothingFits { hypotheses, .. } => NotPlaced { looked_at: Some(hypotheses), ..why },
        _ => why,
    }
}

fn placed(
    orientation: Orientation,
    field: &Field,
    solution: &Solution,
    index: String,
    seconds: f64,
) -> Placed {
    let mut matches = solution.matches.clone();
    matches.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let stars = matches.iter().take(MOST_STARS).filter_map(|one| {
        let source = field.sources.get(one.source)?;
        Some(Star {
            x: source.x + 1.0,
            y: source.y + 1.0,
            ra_deg: one.star.ra_deg,
            dec_deg: one.star.dec_deg,
            magnitude: one.magnitude,
            off_px: one.residual_px[0].hypot(one.residual_px[1]),
        })
    });
    Placed {
        width: field.width,
        height: field.height,
        orientation,
        wcs: solution.wcs.clone(),
        ra_deg: solution.centre.ra_deg,
        dec_deg: solution.centre.dec_deg,
        scale_arcsec: solution.scale_arcsec,
        parity: solution.parity,
        rotation_deg: solution.rotation_deg,
        log_odds: solution.log_odds,
        ln_trials: solution.ln_trials,
        footprint: solution.footprint.map(|sky| [sky.ra_deg, sky.dec_deg]),
        sources: field.sources.len(),
        matched: solution.matches.len(),
        stars: stars.collect(),
        index,
        header: String::from_utf8_lossy(&header(solution, field.width, field.height, &[])).into_owned(),
        seconds,
    }
}

/// How the picture is to be shown.
fn orientation(picture: &Picture, bytes: &[u8]) -> Orientation {
    if picture.is_bottom_up() {
        return Orientation::LOWEST_FIRST;
    }
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok();
    let decoder = reader.and_then(|reader| reader.into_decoder().ok());
    let said = decoder.and_then(|mut decoder| decoder.orientation().ok());
    said.map_or(Orientation::NONE, |said| Orientation::of_exif(said.to_exif()))
}

/// The pixels that are kept: smaller, turned as they are to be shown, without anything the camera wrote.
/// They are taken out of it: the search needs the grey ones only.
fn kept(picture: &mut Picture, orientation: Orientation) -> Option<PlacementPicture> {
    let rgb = &mut picture.rgb;
    let (width, height) = (u32::try_from(rgb.width).ok()?, u32::try_from(rgb.height).ok()?);
    let mut image = DynamicImage::ImageRgb8(RgbImage::from_raw(width, height, mem::take(&mut rgb.data))?);
    if width.max(height) > LONGEST_SIDE {
        image = image.resize(LONGEST_SIDE, LONGEST_SIDE, FilterType::Triangle);
    }
    if let Some(turn) = metadata::Orientation::from_exif(orientation.exif()) {
        image.apply_orientation(turn);
    }
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY).encode_image(&image.to_rgb8()).ok()?;
    Some(PlacementPicture { media_type: "image/jpeg".to_owned(), bytes })
}
