//! Whether an answer is the cutout that was asked for. Nothing a server sends
//! counts before it has passed here.

use std::time::Duration;

use domain::SkyCoord;
use imaging::{
    CENTRE_RADIUS_ARCSEC, Cube, InverseVariance, MaskPlane,
    fits::{self, Cards},
    format_bands,
};

use crate::Recipe;

/// FITS comes in blocks of this many bytes.
const BLOCK: usize = 2880;
/// How far the middle of a cutout may lie from where it was asked for, pixels: a cutout of a brick
/// begins at a whole pixel of it, up to half a pixel off in both directions.
const OFF_PIXELS: f64 = 0.75;

/// What a server sent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// Status of HTTP.
    pub status: u16,
    /// `Content-Encoding`, if any.
    pub encoding: Option<String>,
    /// `Location`, if any.
    pub location: Option<String>,
    /// `Retry-After` as time from now.
    pub retry_after: Option<Duration>,
    /// The body, whole.
    pub body: Vec<u8>,
}

/// The cutout that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Its middle.
    pub position: SkyCoord,
    /// Its shape.
    pub recipe: Recipe,
}

/// What is known of a good cutout.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts {
    /// Share of pixels with data in the band that has fewest, (0, 1].
    pub coverage: f64,
    /// Mask bits within 25″ of the middle, when masks were asked for.
    pub flags: Option<i32>,
}

/// What an answer is worth.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The cutout that was asked for.
    Cutout(Facts),
    /// The survey has no image there; asking again changes nothing.
    Outside(String),
    /// The server is busy or in trouble, or sent something damaged: ask again.
    Again {
        /// What was wrong.
        reason: String,
        /// How long the server wants to be left alone.
        after: Option<Duration>,
    },
    /// The server will not answer this request, however often it is asked.
    Refused(String),
}

/// Judges an answer.
#[must_use]
pub fn judge(answer: &Answer, wanted: &Wanted) -> Verdict {
    let again = |reason| Verdict::Again { reason, after: answer.retry_after };
    match answer.status {
        200 => {}
        _ if says_no_overlap(&answer.body) => {
            return Verdict::Outside(format!("HTTP {}: no overlap with the survey", answer.status));
        }
        status @ (408 | 425 | 429 | 500..=599) => {
            return again(format!("HTTP {status}{}", excerpt(&answer.body)));
        }
        status => return Verdict::Refused(format!("HTTP {status}{}", excerpt(&answer.body))),
    }
    if let Some(encoding) = answer.encoding.as_deref().filter(|e| !e.eq_ignore_ascii_case("identity")) {
        return again(format!("the answer is packed ({encoding}), which was not asked for"));
    }
    if !answer.body.starts_with(b"SIMPLE") && says_no_overlap(&answer.body) {
        return Verdict::Outside("HTTP 200: no overlap with the survey".to_owned());
    }
    match check(&answer.body, wanted) {
        Ok(facts) => Verdict::Cutout(facts),
        Err(Problem::Outside(reason)) => Verdict::Outside(reason),
        Err(Problem::Wrong(reason)) => again(reason),
    }
}

/// Why a body is no cutout.
pub(crate) enum Problem {
    Outside(String),
    Wrong(String),
}

/// Judges the bytes of a cutout, from a server or from disk.
pub(crate) fn check(body: &[u8], wanted: &Wanted) -> Result<Facts, Problem> {
    let wrong = |reason: String| Err(Problem::Wrong(reason));
    let damaged = |error: fits::FitsError| {
        let excerpt = if body.starts_with(b"SIMPLE") { String::new() } else { excerpt(body) };
        Problem::Wrong(format!("{error}{excerpt}"))
    };
    if body.is_empty() {
        return wrong("the answer is empty".to_owned());
    }
    // Outside the survey the file may hold a header and no pixels.
    if body.len().is_multiple_of(BLOCK) && primary_denies_overlap(body) {
        return Err(Problem::Outside("the header says OVERLAP = F".to_owned()));
    }
    let cards = Cards::of(body).map_err(damaged)?;
    if !body.len().is_multiple_of(BLOCK) {
        return wrong(format!("{} bytes are no whole number of FITS blocks: cut off", body.len()));
    }
    if cards.logical("OVERLAP") == Some(false) {
        return Err(Problem::Outside("the header says OVERLAP = F".to_owned()));
    }
    let cube = fits::read(body).map_err(damaged)?;
    let recipe = &wanted.recipe;
    if (cube.width, cube.height) != (recipe.size, recipe.size) {
        let (w, h, size) = (cube.width, cube.height, recipe.size);
        return wrong(format!("it has {w}×{h} pixels instead of {size}×{size}"));
    }
    if cube.bands != recipe.bands {
        let (found, asked) = (format_bands(&cube.bands), format_bands(&recipe.bands));
        return wrong(format!("it has bands {found} instead of {asked}"));
    }
    check_place(&cube, wanted).map_err(Problem::Wrong)?;
    let coverage = coverage(&cube)?;
    if recipe.invvar && InverseVariance::of_cutout(body, &cube).map_err(damaged)?.is_none() {
        return wrong("it has no INVVAR plane".to_owned());
    }
    let mut flags = None;
    if recipe.maskbits {
        let Some(mask) = MaskPlane::of_cutout(body).map_err(damaged)? else {
            return wrong("it has no MASKBITS plane".to_owned());
        };
        if (mask.width, mask.height) != (cube.width, cube.height) {
            return wrong("its MASKBITS plane has another shape than the image".to_owned());
        }
        flags = Some(mask.near_centre(recipe.pixel_scale_arcsec, CENTRE_RADIUS_ARCSEC).0);
    }
    Ok(Facts { coverage, flags })
}

fn check_place(cube: &Cube, wanted: &Wanted) -> Result<(), String> {
    let asked = wanted.recipe.pixel_scale_arcsec;
    let (Some(found), Some(centre)) = (cube.wcs.map(|wcs| wcs.pixel_scale_arcsec()), cube.centre()) else {
        return Err("its header has no TAN projection".to_owned());
    };
    if (found / asked - 1.0).abs() > 1e-4 {
        return Err(format!("its pixels have {found} arcsec instead of {asked}"));
    }
    let off = centre.separation_arcsec(wanted.position);
    if off > OFF_PIXELS * asked {
        let (ra, dec) = (centre.ra_deg, centre.dec_deg);
        return Err(format!("it shows RA {ra:.6}, Dec {dec:.6}, {off:.1} arcsec from what was asked for"));
    }
    Ok(())
}

/// Share of pixels that are neither 0 nor NaN in the emptiest band.
fn coverage(cube: &Cube) -> Result<f64, Problem> {
    let mut lowest = 1.0_f64;
    for (index, band) in cube.bands.iter().enumerate() {
        let plane = cube.plane_at(index);
        let seen = plane.iter().filter(|value| value.is_finite() && **value != 0.0).count();
        if seen == 0 {
            return Err(Problem::Outside(format!("band {band} has no data here")));
        }
        lowest = lowest.min(seen as f64 / plane.len() as f64);
    }
    Ok(lowest)
}

/// Whether the first header, which must end, has `OVERLAP = F`.
fn primary_denies_overlap(body: &[u8]) -> bool {
    let mut denied = false;
    for card in body.chunks_exact(80) {
        if card.starts_with(b"END     ") {
            return denied && body.starts_with(b"SIMPLE  =");
        }
        if let Some(value) = card.strip_prefix(b"OVERLAP =") {
            denied = value.trim_ascii_start().starts_with(b"F");
        }
    }
    false
}

/// Error texts of the service outside the survey.
fn says_no_overlap(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&body[..body.len().min(4096)]).to_ascii_lowercase();
    text.contains("no overlap") || text.contains("does not overlap") || text.contains("overlap = f")
}

/// The beginning of a text for people, with a space before it.
fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(400)]);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean: String = words.chars().filter(|c| !c.is_control()).take(100).collect();
    if clean.is_empty() { String::new() } else { format!(" (it says: {clean})") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging::{Band, TanWcs, fits::Compression};

    fn wanted() -> Wanted {
        let recipe = Recipe { size: 9, ..Recipe::default() };
        Wanted { position: SkyCoord { ra_deg: 150.0, dec_deg: 2.0 }, recipe }
    }

    fn cube(position: SkyCoord, size: usize, scale: f64, bands: &[Band], value: f32) -> Cube {
        let data = vec![value; size * size * bands.len()];
        let cube = Cube::new(size, size, bands.to_vec(), data).unwrap();
        cube.with_wcs(TanWcs::north_up(position, size, size, scale))
    }

    fn verdict(cube: &Cube) -> Verdict {
        let body = fits::write(cube, Compression::None).unwrap();
        judge(&Answer { status: 200, body, ..Answer::default() }, &wanted())
    }

    const GRZ: [Band; 3] = [Band::G, Band::R, Band::Z];

    fn reason(verdict: Verdict) -> String {
        match verdict {
            Verdict::Again { reason, .. } => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_cutout_that_was_asked_for_is_taken() {
        let here = wanted().position;
        let good = cube(here, 9, 0.262, &GRZ, 0.1);
        assert_eq!(verdict(&good), Verdict::Cutout(Facts { coverage: 1.0, flags: None }));
    }

    #[test]
    fn anything_else_is_asked_for_again_with_the_reason() {
        let here = wanted().position;
        let there = SkyCoord { dec_deg: 2.01, ..here };
        let cases = [
            (cube(here, 8, 0.262, &GRZ, 0.1), "8×8"),
            (cube(here, 9, 0.27, &GRZ, 0.1), "0.27"),
            (cube(there, 9, 0.262, &GRZ, 0.1), "36.0 arcsec"),
            (cube(here, 9, 0.262, &[Band::G, Band::R, Band::I], 0.1), "gri"),
        ];
        for (cube, word) in cases {
            let reason = reason(verdict(&cube));
            assert!(reason.contains(word), "{reason}");
        }
    }

    #[test]
    fn what_is_no_cutout_at_all_is_named() {
        let body = |status, body: &[u8]| {
            judge(&Answer { status, body: body.to_vec(), ..Answer::default() }, &wanted())
        };
        assert!(reason(body(200, b"<html><body>Maintenance</body></html>")).contains("Maintenance"));
        assert!(reason(body(200, b"{\"error\": \"busy\"}")).contains("busy"));
        assert!(reason(body(200, b"")).contains("empty"));
        assert!(reason(body(500, b"oops")).contains("HTTP 500 (it says: oops)"));
        assert!(matches!(body(404, b""), Verdict::Refused(_)));
        assert!(matches!(body(400, b"no overlap with this layer"), Verdict::Outside(_)));
        let whole = fits::write(&cube(wanted().position, 9, 0.262, &GRZ, 0.1), Compression::None).unwrap();
        assert!(reason(body(200, &whole[..3000])).contains("cut off"));
        assert!(reason(body(200, &whole[..whole.len() - 10])).contains("cut off"));
        let packed =
            Answer { status: 200, encoding: Some("gzip".to_owned()), body: whole, ..Answer::default() };
        assert!(reason(judge(&packed, &wanted())).contains("gzip"));
    }

    #[test]
    fn empty_planes_lie_outside_the_survey() {
        let here = wanted().position;
        for value in [0.0, f32::NAN] {
            assert!(matches!(verdict(&cube(here, 9, 0.262, &GRZ, value)), Verdict::Outside(_)));
        }
        let mut one_band = cube(here, 9, 0.262, &GRZ, 0.1);
        one_band.data[162..].fill(0.0);
        assert_eq!(verdict(&one_band), Verdict::Outside("band z has no data here".to_owned()));
        let mut edge = cube(here, 9, 0.262, &GRZ, 0.1);
        edge.data[..27].fill(0.0);
        let Verdict::Cutout(facts) = verdict(&edge) else { panic!("an edge is a cutout") };
        assert!((facts.coverage - 54.0 / 81.0).abs() < 1e-12);
    }
}
