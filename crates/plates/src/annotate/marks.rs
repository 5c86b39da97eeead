//! Sources and stars, named things, compass and scale bar.

use domain::SkyCoord;
use platesolve::{Field, Solution};

use super::{
    Label, LabelKind, View,
    canvas::{Canvas, Colour, Place, text_width},
    graticule::overlap,
};

const SOURCE: Colour = [150, 160, 180];
const STAR: Colour = [110, 231, 183];
const CLUSTER: Colour = [255, 209, 102];
const CANDIDATE: Colour = [255, 140, 190];
const PLAIN: Colour = [240, 244, 255];
const EAST: Colour = [176, 204, 255];
/// Sources that are drawn.
const MOST_SOURCES: usize = 400;

/// Lengths of the scale bar, arcsec, and what they are called.
const BARS: [(f64, &str); 21] = [
    (1.0, "1″"),
    (2.0, "2″"),
    (5.0, "5″"),
    (10.0, "10″"),
    (20.0, "20″"),
    (30.0, "30″"),
    (60.0, "1′"),
    (120.0, "2′"),
    (300.0, "5′"),
    (600.0, "10′"),
    (1200.0, "20′"),
    (1800.0, "30′"),
    (3600.0, "1°"),
    (7200.0, "2°"),
    (10_800.0, "3°"),
    (18_000.0, "5°"),
    (36_000.0, "10°"),
    (54_000.0, "15°"),
    (72_000.0, "20°"),
    (108_000.0, "30°"),
    (216_000.0, "60°"),
];

/// Sources as small circles, those that are known stars as larger ones.
pub(super) fn stars(canvas: &mut Canvas, view: &View<'_>, field: &Field, solution: &Solution, size: f64) {
    let is_matched = |k: usize| solution.matches.iter().any(|m| m.source == k);
    let mut matched: Vec<bool> = vec![false; field.sources.len()];
    (0..matched.len().min(MOST_SOURCES)).for_each(|k| matched[k] = is_matched(k));
    for (source, _) in field.sources.iter().zip(&matched).take(MOST_SOURCES).filter(|(_, known)| !**known) {
        canvas.circle(view.of_pixel(source.x, source.y), size * 0.45, 1.0);
    }
    canvas.paint(SOURCE, 0.6);
    for hit in &solution.matches {
        if let Some(source) = field.sources.get(hit.source) {
            canvas.circle(view.of_pixel(source.x, source.y), size * 0.75, 1.6);
        }
    }
    canvas.paint(STAR, 0.95);
}

/// Named things: clusters as dashed rings, candidates as open crosses; names where there is room.
pub(super) fn labels(
    canvas: &mut Canvas,
    view: &View<'_>,
    labels: &[Label],
    size: f64,
    taken: &mut Vec<[f64; 4]>,
) {
    let (width, height) = canvas.size();
    let inside = |at: &Place| at.0 >= 0.0 && at.1 >= 0.0 && at.0 < width && at.1 < height;
    let places: Vec<Option<Place>> =
        labels.iter().map(|label| view.place(label.position).filter(inside)).collect();
    // No name over another's mark.
    taken.extend(places.iter().flatten().map(|at| [at.0 - size, at.1 - size, at.0 + size, at.1 + size]));
    for (label, place) in labels.iter().zip(places) {
        let Some(at) = place else { continue };
        let (colour, reach) = match label.kind {
            LabelKind::Cluster => (CLUSTER, ring(canvas, view, at, label, size)),
            LabelKind::Candidate => (CANDIDATE, cross(canvas, at, size)),
        };
        canvas.paint(colour, 1.0);
        let long = text_width(&label.name, size);
        let sides = [
            (at.0 + reach + 6.0, at.1 + size / 2.0),
            (at.0 - reach - 6.0 - long, at.1 + size / 2.0),
            (at.0 - long / 2.0, at.1 - reach - 7.0),
            (at.0 - long / 2.0, at.1 + reach + 7.0 + size),
        ];
        let room = |(x, y): Place| [x - 3.0, y - size - 3.0, x + long + 3.0, y + 3.0];
        let is_free = |&at: &Place| {
            let r = room(at);
            let is_in = r[0] > 0.0 && r[1] > 0.0 && r[2] < width && r[3] < height;
            is_in && taken.iter().all(|other| !overlap(*other, r))
        };
        if let Some(place) = sides.into_iter().find(is_free) {
            canvas.text(&label.name, place, size, colour);
            taken.push(room(place));
        }
    }
}

/// A dashed ring as large as the thing, or as is legible; gives its radius.
fn ring(canvas: &mut Canvas, view: &View<'_>, at: Place, label: &Label, size: f64) -> f64 {
    let wanted = label.radius_arcsec.map_or(0.0, |arcsec| arcsec / view.arcsec_per_unit());
    let (width, height) = canvas.size();
    let radius = wanted.clamp(size * 1.3, width.min(height) * 0.3);
    for k in 0..24_u32 {
        let angle = |part: f64| (f64::from(k) + part) * std::f64::consts::TAU / 24.0;
        let on = |part: f64| (at.0 + radius * angle(part).cos(), at.1 + radius * angle(part).sin());
        canvas.polyline(&[on(0.0), on(0.2), on(0.4), on(0.6)], 2.0);
    }
    radius
}

/// Four strokes that leave the middle free; gives how far they reach.
fn cross(canvas: &mut Canvas, at: Place, size: f64) -> f64 {
    let (near, far) = (size * 0.55, size * 1.25);
    for (dx, dy) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
        canvas.line((at.0 + dx * near, at.1 + dy * near), (at.0 + dx * far, at.1 + dy * far), 2.0);
    }
    far
}

/// The longest scale bar that is not too long, and its length.
fn bar(canvas: &Canvas, view: &View<'_>) -> (f64, &'static str) {
    let longest = canvas.size().0 * 0.22;
    let length = |bar: &(f64, &'static str)| bar.0 / view.arcsec_per_unit();
    let bar = BARS.iter().rev().find(|bar| length(bar) <= longest).unwrap_or(&BARS[0]);
    (length(bar), bar.1)
}

/// Length of the compass's arms and its middle.
fn compass(canvas: &Canvas, size: f64) -> (f64, Place) {
    let (width, height) = canvas.size();
    let arm = size * 2.6;
    (arm, (width - arm - size * 2.6, height - arm - size * 2.6))
}

/// The rectangles that compass and scale bar take.
pub(super) fn rooms(canvas: &Canvas, view: &View<'_>, size: f64) -> Vec<[f64; 4]> {
    let (width, height) = canvas.size();
    let (arm, hub) = compass(canvas, size);
    let corner = [hub.0 - arm - size * 2.0, hub.1 - arm - size * 2.0, width, height];
    vec![corner, [0.0, height - size * 4.0, bar(canvas, view).0 + size * 2.5, height]]
}

/// The middle, the compass in the corner and the scale bar in the other, over a darkened ground.
pub(super) fn furniture(canvas: &mut Canvas, view: &View<'_>, centre: SkyCoord, size: f64) {
    let height = canvas.size().1;
    let middle = view.of_pixel(f64::from(view.width) / 2.0 - 0.5, f64::from(view.height) / 2.0 - 0.5);
    for (dx, dy) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
        let on = |r: f64| (middle.0 + dx * r, middle.1 + dy * r);
        canvas.line(on(size * 0.5), on(size * 1.2), 1.4);
    }
    canvas.paint(PLAIN, 0.7);
    let (arm, hub) = compass(canvas, size);
    let towards = |north: f64, east: f64| {
        // A step small against the picture, along the great circles at its middle.
        let step = view.arcsec_per_unit() / 3600.0;
        let cos = centre.dec_deg.to_radians().cos().max(1e-6);
        let sky = SkyCoord {
            ra_deg: (centre.ra_deg + east * step / cos).rem_euclid(360.0),
            dec_deg: (centre.dec_deg + north * step).clamp(-90.0, 90.0),
        };
        let (from, to) = (view.place(centre)?, view.place(sky)?);
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        (length > 0.0).then_some((dx / length, dy / length))
    };
    let (long, name) = bar(canvas, view);
    canvas.disc(hub, arm + size * 1.9);
    canvas.paint([4, 7, 15], 0.45);
    for (name, direction, colour) in [("N", towards(1.0, 0.0), PLAIN), ("E", towards(0.0, 1.0), EAST)] {
        let Some((dx, dy)) = direction else { continue };
        let tip = (hub.0 + dx * arm, hub.1 + dy * arm);
        canvas.line(hub, tip, 2.0);
        for turn in [2.6_f64, -2.6] {
            let (sin, cos) = turn.sin_cos();
            let back = (dx * cos - dy * sin, dx * sin + dy * cos);
            canvas.line(tip, (tip.0 + back.0 * size * 0.6, tip.1 + back.1 * size * 0.6), 2.0);
        }
        canvas.paint(colour, 1.0);
        let at = (hub.0 + dx * (arm + size), hub.1 + dy * (arm + size));
        canvas.text(name, (at.0 - text_width(name, size) / 2.0, at.1 + size / 2.0), size, colour);
    }
    let (left, base) = (size * 1.5, height - size * 1.6);
    canvas.line((left, base), (left + long, base), 2.4);
    canvas.line((left, base - size * 0.4), (left, base + size * 0.4), 2.4);
    canvas.line((left + long, base - size * 0.4), (left + long, base + size * 0.4), 2.4);
    canvas.paint(PLAIN, 1.0);
    canvas.text(name, (left + long / 2.0 - text_width(name, size) / 2.0, base - size * 0.8), size, PLAIN);
}
