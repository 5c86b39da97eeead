//! Galaxies and stars that have nothing to do with the cluster. Counts, sizes
//! and colours are rough fits to deep ground-based surveys: priors, not
//! measurements.

use crate::{
    config::Config,
    dice::{Dice, round},
    draw::half_field,
    record::{Galaxy, Record, Star},
};

/// Draws field galaxies and stars into the record.
pub fn draw(config: &Config, dice: &mut Dice, record: &mut Record) {
    let half = half_field(record);
    let area_arcmin2 = (2.0 * half / 60.0).powi(2);
    let galaxies = dice.poisson(config.field.galaxies_per_arcmin2 * area_arcmin2);
    record.field = (0..galaxies).map(|_| galaxy(config.field.faintest_r, half, dice)).collect();
    let stars = dice.poisson(config.field.stars_per_arcmin2 * area_arcmin2);
    record.stars = (0..stars).map(|_| star(half, dice)).collect();
}

fn galaxy(faintest: f64, half: f64, dice: &mut Dice) -> Galaxy {
    let r = dice.magnitude(0.34, [17.5, faintest]);
    let red = dice.chance(0.3);
    // Star-forming galaxies lie along a line in the two colours.
    let (g_r, r_z) = if red {
        (dice.normal(1.25, 0.25), dice.normal(0.85, 0.25))
    } else {
        let g_r = dice.normal(0.55, 0.25);
        (g_r, dice.normal(0.15 + 0.5 * g_r, 0.13))
    };
    let bulge = red && dice.chance(0.7);
    let shape = if bulge { 0.72 } else { 0.58 };
    Galaxy {
        x: round(dice.uniform(-half, half), 2),
        y: round(dice.uniform(-half, half), 2),
        n: if bulge { round(dice.uniform(2.0, 4.5), 1) } else { round(dice.uniform(0.7, 1.5), 1) },
        r_e: round(dice.log_normal(0.62 * 10f64.powf(-0.11 * (r - 22.0)), 0.35).clamp(0.08, 5.0), 3),
        q: round(dice.normal_within(shape, 0.22, [0.15, 0.99]), 2),
        pa: round(dice.uniform(0.0, 180.0), 1),
        mag: [round(r + g_r, 3), round(r, 3), round(r - r_z, 3)],
    }
}

fn star(half: f64, dice: &mut Dice) -> Star {
    let r = dice.magnitude(0.16, [15.0, 23.5]);
    // The stellar locus: r − z climbs steeply once g − r saturates at the M dwarfs.
    let g_r = dice.uniform(0.25, 1.5);
    let r_z = if g_r < 1.3 { 0.55 * g_r - 0.05 } else { dice.uniform(0.7, 2.2) };
    Star {
        x: round(dice.uniform(-half, half), 2),
        y: round(dice.uniform(-half, half), 2),
        mag: [round(r + g_r, 3), round(r, 3), round(r - r_z, 3)],
    }
}
