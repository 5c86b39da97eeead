//! Things that people and networks take for arcs, put where an arc could be.

use crate::{
    dice::{Dice, round},
    draw::half_field,
    record::{Feature, Galaxy, Record, Star},
};
use domain::LookAlike;

/// Magnitudes of a galaxy that is not there.
const NO_LIGHT: [f64; 3] = [99.0; 3];
/// Distances from the central galaxy of one that stands in its place, arcsec.
const IN_ITS_PLACE: [f64; 2] = [0.0, 0.3];
/// How far from the middle a look-alike may be, as a share of half the field.
const INSIDE: f64 = 0.9;

/// Draws a look-alike into the record; a galaxy, with this chance, in the place of the central one.
pub fn draw(kind: LookAlike, central_share: f64, dice: &mut Dice, record: &mut Record) {
    let galaxy = !matches!(kind, LookAlike::StarSpike | LookAlike::SatelliteTrail);
    // No dice are thrown where there is no choice: what was drawn before this setting stays.
    let central = galaxy && central_share > 0.0 && dice.chance(central_share);
    if central {
        record.bcg.light.mag = NO_LIGHT;
    }
    match kind {
        LookAlike::Spiral => spiral(central, dice, record),
        LookAlike::Ring => ring(central, dice, record),
        LookAlike::EdgeOnPair => edge_on(central, dice, record),
        LookAlike::Merger => merger(central, dice, record),
        LookAlike::StarSpike => star(dice, record),
        LookAlike::SatelliteTrail => trail(dice, record),
    }
}

/// A place between two distances from the BCG, and its direction in radians from +x. In a small field
/// both shrink.
fn around(dice: &mut Dice, record: &Record, [near, far]: [f64; 2]) -> (f64, f64, f64) {
    let shrink = (INSIDE * half_field(record) / far.max(1.0)).min(1.0);
    let [near, far] = [near * shrink, far * shrink];
    let (radius, angle) = (dice.uniform(near, far), dice.uniform(0.0, std::f64::consts::TAU));
    let (x, y) = (record.bcg.light.x + radius * angle.cos(), record.bcg.light.y + radius * angle.sin());
    (round(x, 2), round(y, 2), angle)
}

/// Magnitudes of a star-forming galaxy of this r magnitude.
fn blue(dice: &mut Dice, r: f64) -> [f64; 3] {
    let g_r = dice.normal(0.25, 0.15);
    let r_z = dice.normal(0.12 + 0.5 * g_r, 0.1);
    [round(r + g_r, 3), round(r, 3), round(r - r_z, 3)]
}

/// Magnitudes of an old population of this r magnitude.
fn old(dice: &mut Dice, r: f64) -> [f64; 3] {
    let (g_r, r_z) = (dice.normal(1.0, 0.15), dice.normal(0.7, 0.1));
    [round(r + g_r, 3), round(r, 3), round(r - r_z, 3)]
}

/// Redder by this much in g − r, and half of it in r − z.
fn reddened([g, r, z]: [f64; 3], by: f64) -> [f64; 3] {
    [round(g + by, 3), r, round(z - 0.5 * by, 3)]
}

fn fainter(mag: [f64; 3], by: f64) -> [f64; 3] {
    mag.map(|m| round(m + by, 3))
}

fn spiral(central: bool, dice: &mut Dice, record: &mut Record) {
    if central {
        return disc_galaxy(dice, record);
    }
    let (x, y, _) = around(dice, record, [6.0, 30.0]);
    let scale = round(dice.uniform(1.3, 3.2), 2);
    // Larger discs are brighter: about the same surface brightness.
    let r = 19.2 - 4.0 * (scale / 2.0).log10() + dice.normal(0.0, 0.5);
    let shape = disc_shape(dice);
    let light = blue(dice, r);
    let (q, pa) = (shape.q, shape.pa);
    record.features.push(arms([x, y], scale, &shape, fainter(light, 0.55), dice));
    let disc = Galaxy { x, y, n: 1.0, r_e: round(1.4 * scale, 2), q, pa, mag: fainter(light, 1.3) };
    let dimmer = dice.uniform(1.0, 2.0);
    let bulge = old(dice, r + dimmer);
    record.field.push(disc);
    record.field.push(Galaxy { n: 2.5, r_e: round(0.25 * scale, 2), q: 0.9, mag: bulge, ..disc });
}

/// A galaxy that is taken for a lens as a whole: of any size down to the seeing's, any colour, from
/// nearly smooth to all arms, from bulge to disc.
fn disc_galaxy(dice: &mut Dice, record: &mut Record) {
    let (x, y, _) = around(dice, record, IN_ITS_PLACE);
    let scale = round(dice.log_normal(0.8, 0.5), 2);
    let r = dice.uniform(17.8, 22.0);
    let g_r = dice.uniform(0.1, 1.3);
    let r_z = dice.normal(0.1 + 0.5 * g_r, 0.12);
    let light = [r + g_r, r, r - r_z];
    let share = dice.uniform(0.02, 0.6);
    let shape = disc_shape(dice);
    let (q, pa) = (shape.q, shape.pa);
    record.features.push(arms([x, y], scale, &shape, fainter(light, -2.5 * share.log10()), dice));
    let smooth = fainter(light, -2.5 * (1.0 - share).log10());
    let disc = Galaxy { x, y, n: 1.0, r_e: round(1.4 * scale, 2), q, pa, mag: smooth };
    let dimmer = dice.uniform(-1.5, 2.0);
    let bulge = old(dice, r + dimmer);
    let (n, r_e) = (round(dice.uniform(1.5, 4.0), 1), round((0.3 * scale).max(0.1), 2));
    record.field.push(disc);
    record.field.push(Galaxy { n, r_e, q: 0.9, mag: bulge, ..disc });
}

/// How a disc lies, and which way its arms wind.
struct DiscShape {
    q: f64,
    pa: f64,
    sense: f64,
}

fn disc_shape(dice: &mut Dice) -> DiscShape {
    let (q, pa) = (round(dice.uniform(0.55, 0.98), 2), round(dice.uniform(0.0, 180.0), 1));
    DiscShape { q, pa, sense: if dice.chance(0.5) { 1.0 } else { -1.0 } }
}

fn arms([x, y]: [f64; 2], scale: f64, shape: &DiscShape, mag: [f64; 3], dice: &mut Dice) -> Feature {
    Feature::Spiral {
        x,
        y,
        scale,
        q: shape.q,
        pa: shape.pa,
        arms: if dice.chance(0.7) { 2 } else { 3 },
        pitch: round(shape.sense * dice.uniform(12.0, 28.0), 1),
        phase: round(dice.uniform(0.0, 360.0), 1),
        width: round(dice.uniform(0.4, 0.7), 2),
        mag,
    }
}

fn ring(central: bool, dice: &mut Dice, record: &mut Record) {
    // Half of them around a galaxy of their own, half so that the ring runs near the BCG.
    let distance = if central {
        IN_ITS_PLACE
    } else if dice.chance(0.4) {
        [0.0, 1.0]
    } else {
        [6.0, 28.0]
    };
    let (x, y, _) = around(dice, record, distance);
    let radius = round(if central { dice.log_normal(1.5, 0.4) } else { dice.uniform(2.2, 5.5) }, 2);
    let (q, pa) = (round(dice.uniform(0.6, 0.98), 2), round(dice.uniform(0.0, 180.0), 1));
    let r = 20.7 - 2.5 * (radius / 3.5).log10() + dice.normal(0.0, 0.5);
    let redder = if central { dice.uniform(0.0, 0.7) } else { 0.0 };
    record.features.push(Feature::Ring {
        x,
        y,
        radius,
        width: round(dice.uniform(0.3, 0.7), 2),
        q,
        pa,
        contrast: round(dice.uniform(0.0, 0.5), 2),
        phase: round(dice.uniform(0.0, 360.0), 1),
        mag: reddened(blue(dice, r), redder),
    });
    let brighter = dice.uniform(0.2, 1.2);
    let core = old(dice, r - brighter);
    record.field.push(Galaxy { x, y, n: 3.0, r_e: round(dice.uniform(0.5, 1.0), 2), q: 0.85, pa, mag: core });
}

fn edge_on(central: bool, dice: &mut Dice, record: &mut Record) {
    let [near, far] = if central {
        [0.0, dice.uniform(0.3, 3.0)]
    } else {
        [dice.uniform(5.0, 14.0), dice.uniform(10.0, 24.0)]
    };
    for _ in 0..dice.integer(1, 3) {
        let (x, y, angle) = around(dice, record, [near.min(far), near.max(far)]);
        // Along the circle, so the major axis is at right angles to the radius: a position angle
        // (from +y towards −x) of the radius' direction from +x.
        let pa = (angle.to_degrees() + dice.normal(0.0, 12.0)).rem_euclid(180.0);
        let r_e = dice.uniform(0.8, 1.9);
        let r = 21.5 - 3.0 * r_e.log10() + dice.normal(0.0, 0.5);
        let mag = blue(dice, r);
        let q = round(dice.uniform(0.12, 0.25), 2);
        record.field.push(Galaxy { x, y, n: 1.0, r_e: round(r_e, 2), q, pa: round(pa, 1), mag });
    }
}

fn merger(central: bool, dice: &mut Dice, record: &mut Record) {
    let (x, y, _) = around(dice, record, if central { IN_ITS_PLACE } else { [7.0, 28.0] });
    let r = dice.uniform(18.8, if central { 22.0 } else { 20.6 });
    let apart = dice.uniform(if central { 0.5 } else { 1.2 }, 3.0);
    let direction = dice.uniform(0.0, std::f64::consts::TAU);
    let light = blue(dice, r);
    for (sign, share) in [(0.5, 0.6), (-0.5, 1.0)] {
        let (gx, gy) = (x + sign * apart * direction.cos(), y + sign * apart * direction.sin());
        let (q, pa) = (round(dice.uniform(0.5, 0.9), 2), round(dice.uniform(0.0, 180.0), 1));
        let r_e = round(dice.uniform(0.6, 1.2), 2);
        let mag = fainter(light, share);
        record.field.push(Galaxy { x: round(gx, 2), y: round(gy, 2), n: 1.5, r_e, q, pa, mag });
        // The tail leaves its galaxy and bends around: its circle's centre lies to the side.
        let radius = dice.uniform(2.5, 6.5);
        let side = direction + std::f64::consts::FRAC_PI_2 * sign.signum();
        let (cx, cy) = (gx + radius * side.cos(), gy + radius * side.sin());
        let from = (gy - cy).atan2(gx - cx).to_degrees();
        let sense = if dice.chance(0.8) { 1.0 } else { -1.0 };
        record.features.push(Feature::Tail {
            x: round(cx, 2),
            y: round(cy, 2),
            radius: round(radius, 2),
            from: round(from, 1),
            sweep: round(sense * dice.uniform(50.0, 130.0), 1),
            width: round(dice.uniform(0.35, 0.7), 2),
            mag: fainter(light, 0.7 + dice.uniform(0.0, 0.8)),
        });
    }
}

fn star(dice: &mut Dice, record: &mut Record) {
    let half = half_field(record);
    let (x, y) =
        (round(dice.uniform(-0.8 * half, 0.8 * half), 2), round(dice.uniform(-0.8 * half, 0.8 * half), 2));
    let r = dice.uniform(11.0, 14.5);
    let g_r = dice.uniform(0.3, 1.2);
    let mag = [round(r + g_r, 3), round(r, 3), round(r - 0.5 * g_r, 3)];
    record.stars.push(Star { x, y, mag });
    record.features.push(Feature::Spikes {
        x,
        y,
        angle: round(dice.normal(45.0, 4.0), 1),
        length: round(4.0 * 10f64.powf(0.12 * (14.0 - r)), 2),
        share: round(dice.uniform(0.004, 0.012), 4),
        ghost: round(dice.uniform(9.0, 18.0), 1),
        ghost_share: round(dice.uniform(0.001, 0.004), 4),
        mag,
    });
}

fn trail(dice: &mut Dice, record: &mut Record) {
    let (x, y, _) = around(dice, record, [2.0, 25.0]);
    record.features.push(Feature::Trail {
        x,
        y,
        angle: round(dice.uniform(0.0, 180.0), 1),
        width: round(dice.uniform(0.2, 0.9), 2),
        band: dice.choose(&[1.0, 1.0, 1.0]),
        peak_sigma: round(dice.uniform(1.2, 6.0), 2),
    });
}
