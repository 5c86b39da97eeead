//! Things that people and networks take for arcs, put where an arc could be.

use crate::{
    dice::{Dice, round},
    draw::half_field,
    kind::LookAlike,
    record::{Feature, Galaxy, Record, Star},
};

/// Draws a look-alike into the record.
pub fn draw(kind: LookAlike, dice: &mut Dice, record: &mut Record) {
    match kind {
        LookAlike::Spiral => spiral(dice, record),
        LookAlike::Ring => ring(dice, record),
        LookAlike::EdgeOnPair => edge_on(dice, record),
        LookAlike::Merger => merger(dice, record),
        LookAlike::StarSpike => star(dice, record),
        LookAlike::SatelliteTrail => trail(dice, record),
    }
}

/// A place between two distances from the BCG, and its direction in radians from +x.
fn around(dice: &mut Dice, record: &Record, [near, far]: [f64; 2]) -> (f64, f64, f64) {
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

fn fainter(mag: [f64; 3], by: f64) -> [f64; 3] {
    mag.map(|m| round(m + by, 3))
}

fn spiral(dice: &mut Dice, record: &mut Record) {
    let (x, y, _) = around(dice, record, [6.0, 30.0]);
    let scale = round(dice.uniform(1.3, 3.2), 2);
    // Larger discs are brighter: about the same surface brightness.
    let r = 19.2 - 4.0 * (scale / 2.0).log10() + dice.normal(0.0, 0.5);
    let (q, pa) = (round(dice.uniform(0.55, 0.98), 2), round(dice.uniform(0.0, 180.0), 1));
    let sense = if dice.chance(0.5) { 1.0 } else { -1.0 };
    let light = blue(dice, r);
    record.features.push(Feature::Spiral {
        x,
        y,
        scale,
        q,
        pa,
        arms: if dice.chance(0.7) { 2 } else { 3 },
        pitch: round(sense * dice.uniform(12.0, 28.0), 1),
        phase: round(dice.uniform(0.0, 360.0), 1),
        width: round(dice.uniform(0.4, 0.7), 2),
        mag: fainter(light, 0.55),
    });
    let disc = Galaxy { x, y, n: 1.0, r_e: round(1.4 * scale, 2), q, pa, mag: fainter(light, 1.3) };
    let dimmer = dice.uniform(1.0, 2.0);
    let bulge = old(dice, r + dimmer);
    record.field.push(disc);
    record.field.push(Galaxy { n: 2.5, r_e: round(0.25 * scale, 2), q: 0.9, mag: bulge, ..disc });
}

fn ring(dice: &mut Dice, record: &mut Record) {
    // Half of them around a galaxy of their own, half so that the ring runs near the BCG.
    let distance = if dice.chance(0.4) { [0.0, 1.0] } else { [6.0, 28.0] };
    let (x, y, _) = around(dice, record, distance);
    let radius = round(dice.uniform(2.2, 5.5), 2);
    let (q, pa) = (round(dice.uniform(0.6, 0.98), 2), round(dice.uniform(0.0, 180.0), 1));
    let r = 20.7 - 2.5 * (radius / 3.5).log10() + dice.normal(0.0, 0.5);
    record.features.push(Feature::Ring {
        x,
        y,
        radius,
        width: round(dice.uniform(0.3, 0.7), 2),
        q,
        pa,
        contrast: round(dice.uniform(0.0, 0.5), 2),
        phase: round(dice.uniform(0.0, 360.0), 1),
        mag: blue(dice, r),
    });
    let brighter = dice.uniform(0.2, 1.2);
    let core = old(dice, r - brighter);
    record.field.push(Galaxy { x, y, n: 3.0, r_e: round(dice.uniform(0.5, 1.0), 2), q: 0.85, pa, mag: core });
}

fn edge_on(dice: &mut Dice, record: &mut Record) {
    let [near, far] = [dice.uniform(5.0, 14.0), dice.uniform(10.0, 24.0)];
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

fn merger(dice: &mut Dice, record: &mut Record) {
    let (x, y, _) = around(dice, record, [7.0, 28.0]);
    let r = dice.uniform(18.8, 20.6);
    let apart = dice.uniform(1.2, 3.0);
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
