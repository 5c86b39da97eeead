//! Lines of right ascension and declination across a placed picture, in shares of it as it is shown.

use domain::SkyCoord;
use serde::Serialize;
use utoipa::ToSchema;

use super::verdict::Placed;

/// Steps between lines, arcsec: round in degrees, minutes and seconds.
const STEPS: [f64; 22] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 18_000.0,
    36_000.0, 54_000.0, 72_000.0, 108_000.0, 162_000.0, 216_000.0, 324_000.0,
];
/// Lines across the longer side, about.
const WANTED: f64 = 5.0;
/// Points of a line before it is cut at the edges.
const POINTS: usize = 121;
/// Lines of each kind at most.
const MOST: usize = 24;

/// One line of the grid.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct GridLine {
    /// Whether it is a circle of equal right ascension; equal declination otherwise.
    pub is_ra: bool,
    /// Its right ascension or declination, degrees.
    pub degrees: f64,
    /// Its pieces within the picture: points in shares from the top left corner.
    #[schema(value_type = Vec<Vec<Vec<f64>>>)]
    pub pieces: Vec<Vec<[f64; 2]>>,
}

/// The lines across a picture.
pub(crate) fn lines(placed: &Placed) -> Vec<GridLine> {
    let side = f64::from(placed.width.max(placed.height)) * placed.scale_arcsec;
    if !side.is_finite() || side <= 0.0 {
        return Vec::new();
    }
    let diagonal = f64::from(placed.width).hypot(f64::from(placed.height)) * placed.scale_arcsec / 3600.0;
    let (low, high) =
        ((placed.dec_deg - diagonal * 0.6).max(-90.0), (placed.dec_deg + diagonal * 0.6).min(90.0));
    let cos = placed.dec_deg.to_radians().cos();
    // Near a pole every right ascension may be in the picture.
    let half_ra =
        if cos > 0.05 && low > -89.0 && high < 89.0 { (diagonal * 0.6 / cos).min(180.0) } else { 180.0 };

    let dec_step = step(side);
    let ra_step = step(side / cos.max(0.05));
    let mut all = Vec::new();
    for dec in multiples(low, high, dec_step) {
        let along = |t: f64| (placed.ra_deg + (2.0 * t - 1.0) * half_ra, dec);
        all.extend(line(placed, false, dec, along));
    }
    for ra in multiples(placed.ra_deg - half_ra, placed.ra_deg + half_ra, ra_step) {
        let along = |t: f64| (ra, low + t * (high - low));
        all.extend(line(placed, true, ra.rem_euclid(360.0), along));
    }
    all
}

/// Degrees between lines.
fn step(side_arcsec: f64) -> f64 {
    let fits = STEPS.into_iter().find(|step| side_arcsec / step <= WANTED);
    fits.unwrap_or(STEPS[STEPS.len() - 1]) / 3600.0
}

fn multiples(low: f64, high: f64, step: f64) -> impl Iterator<Item = f64> {
    let first = (low / step).ceil();
    let count = ((high - first * step) / step).floor().clamp(-1.0, MOST as f64 - 1.0) + 1.0;
    (0..count as usize).map(move |n| (first + n as f64) * step)
}

fn line(placed: &Placed, is_ra: bool, degrees: f64, along: impl Fn(f64) -> (f64, f64)) -> Option<GridLine> {
    let mut pieces: Vec<Vec<[f64; 2]>> = Vec::new();
    let mut was_inside = false;
    for n in 0..POINTS {
        let (ra, dec) = along(n as f64 / (POINTS - 1) as f64);
        let share = SkyCoord::new(ra, dec).and_then(|sky| placed.share_of(sky.ra_deg, sky.dec_deg));
        // A little beyond the edge, so that lines reach it.
        let inside = share.filter(|share| share.iter().all(|one| (-0.05..=1.05).contains(one)));
        if let Some([x, y]) = inside {
            let point = [round(x), round(y)];
            match pieces.last_mut() {
                Some(piece) if was_inside => piece.push(point),
                _ => pieces.push(vec![point]),
            }
        }
        was_inside = inside.is_some();
    }
    pieces.retain(|piece| piece.len() > 1);
    (!pieces.is_empty()).then_some(GridLine { is_ra, degrees, pieces })
}

/// A ten-thousandth of the picture is finer than a pixel of any screen.
fn round(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::{
        super::{orientation::Orientation, verdict::tests::placed},
        *,
    };

    #[test]
    fn a_few_lines_of_each_kind_cross_a_picture_anywhere_on_the_sky() {
        for (ra, dec) in [(150.0, 30.0), (0.1, 0.0), (359.9, -45.0), (10.0, 89.5), (200.0, -90.0)] {
            let lines = lines(&placed(ra, dec, Orientation::LOWEST_FIRST));
            for is_ra in [true, false] {
                let count = lines.iter().filter(|line| line.is_ra == is_ra).count();
                assert!((1..=MOST).contains(&count), "{ra} {dec}: {count}");
            }
            assert!(lines.iter().flat_map(|line| &line.pieces).all(|piece| piece.len() > 1));
        }
    }

    #[test]
    fn a_line_lies_where_its_number_says() {
        let placed = placed(150.0, 30.0, Orientation::LOWEST_FIRST);
        let lines = lines(&placed);
        let line = lines.iter().find(|line| !line.is_ra && (line.degrees - 30.0).abs() < 1e-9);
        let piece = &line.expect("the line through the middle").pieces[0];
        let middle = piece[piece.len() / 2];
        assert!((middle[1] - 0.5).abs() < 1e-3, "{middle:?}");
    }
}
