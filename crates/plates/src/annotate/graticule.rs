//! Lines of equal right ascension and declination with their names.

use domain::SkyCoord;

use super::{
    View,
    canvas::{Canvas, Colour, Place, text_width},
};

const INK: Colour = [126, 170, 255];
const NAMES: Colour = [176, 204, 255];
/// Lines across the smaller side of the picture, about.
const LINES: f64 = 4.0;
/// Steps along a line.
const STEPS: usize = 240;
const DAY_SECONDS: f64 = 86_400.0;

/// Steps of declination, arcsec.
const DEC_STEPS: [f64; 18] = [
    1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 7200.0, 18_000.0,
    36_000.0, 54_000.0, 108_000.0,
];
/// Steps of right ascension, seconds of time; all of them parts of a day.
const RA_STEPS: [f64; 20] = [
    0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0,
    7200.0, 10_800.0, 14_400.0, 21_600.0,
];

/// Draws the lines, then their names where there is room; adds the rectangles the names take.
pub(super) fn draw(canvas: &mut Canvas, view: &View<'_>, size: f64, taken: &mut Vec<[f64; 4]>) {
    let sky = Reach::of(view);
    let fine = sky.span_arcsec / LINES;
    let dec_step = at_least(&DEC_STEPS, fine);
    let cos = sky.centre.dec_deg.to_radians().cos().max(0.02);
    let ra_step = at_least(&RA_STEPS, (fine / 15.0 / cos).min(21_600.0));
    let mut named = Vec::new();
    let dec = |k: i64| k as f64 * dec_step / 3600.0;
    let first = (sky.dec.0 * 3600.0 / dec_step).floor() as i64;
    let last = (sky.dec.1 * 3600.0 / dec_step).ceil() as i64;
    for k in (first..=last).filter(|&k| dec(k).abs() < 90.0) {
        let along = |t: f64| SkyCoord {
            ra_deg: (sky.centre.ra_deg + (t - 0.5) * 2.0 * sky.ra_reach).rem_euclid(360.0),
            dec_deg: dec(k),
        };
        let inside = line(canvas, view, along);
        named.extend(
            end_of(&inside, canvas.size(), |p| p.0).map(|p| (p, dec_name(k as f64 * dec_step, dec_step))),
        );
    }
    let turns = (DAY_SECONDS / ra_step).round() as i64;
    let middle = (sky.centre.ra_deg * 240.0 / ra_step).round() as i64;
    let reach = ((sky.ra_reach * 240.0 / ra_step).ceil() as i64 + 1).min(turns / 2);
    for k in (middle - reach + i64::from(2 * reach == turns))..=(middle + reach) {
        let seconds = (k.rem_euclid(turns)) as f64 * ra_step;
        let along = |t: f64| SkyCoord {
            ra_deg: seconds / 240.0,
            dec_deg: (sky.dec.0 + t * (sky.dec.1 - sky.dec.0)).clamp(-90.0, 90.0),
        };
        let inside = line(canvas, view, along);
        named.extend(end_of(&inside, canvas.size(), |p| -p.1).map(|p| (p, ra_name(seconds, ra_step))));
    }
    canvas.paint(INK, 0.5);
    names(canvas, named, size, taken);
}

/// Adds a line to the figure; gives its places within the picture.
fn line(canvas: &mut Canvas, view: &View<'_>, along: impl Fn(f64) -> SkyCoord) -> Vec<Place> {
    let (width, height) = canvas.size();
    let places: Vec<Option<Place>> =
        (0..=STEPS).map(|k| view.place(along(k as f64 / STEPS as f64))).collect();
    for pair in places.windows(2) {
        if let [Some(a), Some(b)] = pair
            && (a.0 - b.0).hypot(a.1 - b.1) < width.max(height)
        {
            canvas.line(*a, *b, 1.1);
        }
    }
    let inside = |p: &Place| p.0 >= 0.0 && p.1 >= 0.0 && p.0 < width && p.1 < height;
    places.into_iter().flatten().filter(inside).collect()
}

/// Where a line meets the edge of the picture: of its places at an edge the one that `rank` puts first,
/// else the place nearest to an edge.
fn end_of(inside: &[Place], (width, height): Place, rank: impl Fn(&Place) -> f64) -> Option<Place> {
    let from_edge = |p: &Place| p.0.min(width - p.0).min(p.1).min(height - p.1);
    let at_edge = inside.iter().filter(|p| from_edge(p) < 0.02 * width.max(height));
    let first = at_edge.min_by(|a, b| rank(a).total_cmp(&rank(b)));
    first.or_else(|| inside.iter().min_by(|a, b| from_edge(a).total_cmp(&from_edge(b)))).copied()
}

/// Writes names at the ends of lines, none over another.
fn names(canvas: &mut Canvas, named: Vec<(Place, String)>, size: f64, taken: &mut Vec<[f64; 4]>) {
    let (width, height) = canvas.size();
    for ((x, y), name) in named {
        let long = text_width(&name, size);
        let left = (x + 5.0).min(width - long - 6.0).max(5.0);
        let base = (y - 5.0).clamp(size + 5.0, height - 6.0);
        let room = [left - 5.0, base - size - 5.0, left + long + 5.0, base + 5.0];
        if taken.iter().all(|other| !overlap(*other, room)) {
            canvas.text(&name, (left, base), size, NAMES);
            taken.push(room);
        }
    }
}

/// Whether two rectangles share anything.
pub(super) fn overlap(a: [f64; 4], b: [f64; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// What part of the sky the picture shows.
struct Reach {
    centre: SkyCoord,
    /// Declinations, degrees.
    dec: (f64, f64),
    /// Right ascension to both sides of the centre, degrees.
    ra_reach: f64,
    /// Of the smaller side.
    span_arcsec: f64,
}

impl Reach {
    fn of(view: &View<'_>) -> Self {
        let (width, height) = (f64::from(view.width), f64::from(view.height));
        let centre = view.wcs.pixel_to_sky((width + 1.0) / 2.0, (height + 1.0) / 2.0);
        let (mut low, mut high, mut ra_reach) = (centre.dec_deg, centre.dec_deg, 0.0_f64);
        for i in 0..=16 {
            for j in 0..=16 {
                let at = |k: i32, size: f64| 0.5 + size * f64::from(k) / 16.0;
                let sky = view.wcs.pixel_to_sky(at(i, width), at(j, height));
                (low, high) = (low.min(sky.dec_deg), high.max(sky.dec_deg));
                let turn = (sky.ra_deg - centre.ra_deg + 540.0).rem_euclid(360.0) - 180.0;
                ra_reach = ra_reach.max(turn.abs());
            }
        }
        for pole in [90.0, -90.0] {
            let sky = SkyCoord { ra_deg: 0.0, dec_deg: pole };
            let is_in = view
                .wcs
                .sky_to_pixel(sky)
                .is_some_and(|(x, y)| x > 0.5 && x < width + 0.5 && y > 0.5 && y < height + 0.5);
            if is_in {
                (low, high, ra_reach) = (low.min(pole), high.max(pole), 180.0);
            }
        }
        let scale = view.wcs.pixel_scale_arcsec((width + 1.0) / 2.0, (height + 1.0) / 2.0);
        Self {
            centre,
            dec: (low, high),
            ra_reach: (ra_reach * 1.02).min(180.0),
            span_arcsec: scale * width.min(height),
        }
    }
}

/// The first step that is long enough, or the longest.
fn at_least(steps: &[f64], least: f64) -> f64 {
    steps.iter().copied().find(|&step| step >= least).unwrap_or_else(|| steps[steps.len() - 1])
}

/// `+57°30′`, with seconds where steps are that small.
fn dec_name(arcsec: f64, step: f64) -> String {
    let sign = if arcsec < 0.0 { '−' } else { '+' };
    let whole = arcsec.abs().round() as u64;
    let (d, m, s) = (whole / 3600, whole / 60 % 60, whole % 60);
    if step >= 3600.0 {
        format!("{sign}{d}°")
    } else if step >= 60.0 {
        format!("{sign}{d}°{m:02}′")
    } else {
        format!("{sign}{d}°{m:02}′{s:02}″")
    }
}

/// `11h20m`, with seconds where steps are that small.
fn ra_name(seconds: f64, step: f64) -> String {
    let tenths = (seconds * 10.0).round() as u64;
    let (h, m, s) = (tenths / 36_000, tenths / 600 % 60, tenths % 600);
    if step >= 3600.0 {
        format!("{h}h")
    } else if step >= 60.0 {
        format!("{h}h{m:02}m")
    } else if step >= 1.0 {
        format!("{h}h{m:02}m{:02}s", s / 10)
    } else {
        format!("{h}h{m:02}m{:02}.{}s", s / 10, s % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_fine_as_the_steps() {
        assert_eq!(dec_name(-207_000.0, 1800.0), "−57°30′");
        assert_eq!(dec_name(30.0, 10.0), "+0°00′30″");
        assert_eq!(ra_name(40_800.0, 1200.0), "11h20m");
        assert_eq!(ra_name(86_399.5, 0.5), "23h59m59.5s");
        assert!(RA_STEPS.iter().all(|step| (DAY_SECONDS / step).fract() < 1e-6));
    }
}
