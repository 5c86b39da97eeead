//! The lensed galaxy: redshift, shape, colours, and where it stands behind the
//! lens. Redshifts and sizes after the SIMCT pipeline of More et al. (2016).

use lensing::{CriticalCurve, ParameterError};

use crate::{
    config::Config,
    dice::{Dice, round},
    record::{Galaxy, Placement, Record, Source},
    render::{ArcImage, Seen},
};

/// Magnitudes tried for one position.
const BRIGHTNESSES: usize = 4;

/// Magnitude sources are traced with before their brightness is drawn.
const UNIT_G: f64 = 25.0;

/// Redshift behind the cluster: p(z) ∝ z² e^−(z/z0)^1.5, whose (z/z0)^1.5 is a gamma variate of shape 2.
pub fn redshift(z_cluster: f64, dice: &mut Dice) -> f64 {
    for _ in 0..100 {
        let gamma = -(dice.uniform(1e-9, 1.0) * dice.uniform(1e-9, 1.0)).ln();
        let z = 1.05 * gamma.powf(2.0 / 3.0);
        if (z_cluster + 0.35..4.5).contains(&z) {
            return round(z, 3);
        }
    }
    round(z_cluster + 1.0, 3)
}

/// Draws a source at a new place; `None` when nobody would see its arc.
pub fn draw(
    config: &Config,
    record: &Record,
    curve: &CriticalCurve,
    z: f64,
    dice: &mut Dice,
) -> Result<Option<(Source, Seen)>, ParameterError> {
    let limits = &config.lens;
    let placement = [Placement::Area, Placement::Arc, Placement::Ring][dice.choose(&limits.placement)];
    let r_e = dice.log_normal(0.33, 0.35).clamp(0.12, 0.9);
    let [x, y] = place(placement, curve, r_e, dice);
    let mut source = Source { z, placement, components: components(limits.clumpy_share, [x, y], r_e, dice) };
    let image = ArcImage::trace(record, &source)?;
    if image.magnification() < limits.min_magnification {
        return Ok(None);
    }
    for _ in 0..BRIGHTNESSES {
        let shift = round(dice.magnitude(0.3, limits.source_g) - UNIT_G, 3);
        let seen = image.seen(record, shift);
        let scale = record.cutout.pixel_scale_arcsec / 0.262;
        let visible = seen.sn[0].max(seen.sn[1]) >= limits.min_arc_sn
            && seen.length_arcsec >= limits.min_length_fwhm * record.psf.fwhm_arcsec[1]
            && seen.peak_sigma >= limits.min_peak_sigma * scale;
        if visible {
            for component in &mut source.components {
                component.mag = component.mag.map(|m| round(m + shift, 3));
            }
            return Ok(Some((source, seen)));
        }
    }
    Ok(None)
}

/// A place in the source plane.
fn place(placement: Placement, curve: &CriticalCurve, r_e: f64, dice: &mut Dice) -> [f64; 2] {
    let caustic = &curve.caustic;
    let middle = |axis: usize| caustic.iter().map(|p| p[axis]).sum::<f64>() / caustic.len() as f64;
    let [mx, my] = [middle(0), middle(1)];
    let [x, y] = match placement {
        Placement::Ring => [mx + dice.uniform(-0.3, 0.3), my + dice.uniform(-0.3, 0.3)],
        Placement::Arc => {
            let [px, py] = caustic[dice.integer(0, caustic.len() - 1)];
            let (dx, dy) = (mx - px, my - py);
            let length = dx.hypot(dy).max(1e-9);
            // Inward is where the extra images are.
            let offset = dice.normal(0.5 * r_e, r_e);
            [px + offset * dx / length, py + offset * dy / length]
        }
        Placement::Area => {
            let extent =
                |axis: usize, m: f64| caustic.iter().map(|p| (p[axis] - m).abs()).fold(0.0, f64::max);
            let (ex, ey) = (extent(0, mx) + 0.5, extent(1, my) + 0.5);
            [mx + dice.uniform(-ex, ex), my + dice.uniform(-ey, ey)]
        }
    };
    [round(x, 4), round(y, 4)]
}

/// A disc of g magnitude [`UNIT_G`], and knots in some.
fn components(clumpy_share: f64, [x, y]: [f64; 2], r_e: f64, dice: &mut Dice) -> Vec<Galaxy> {
    let red = dice.chance(0.08);
    let (g_r, r_z) = if red {
        (dice.normal(0.9, 0.2), dice.normal(0.8, 0.2))
    } else {
        let g_r = dice.normal(0.18, 0.18);
        (g_r, dice.normal(0.12 + 0.5 * g_r, 0.12))
    };
    let total = [UNIT_G, UNIT_G - g_r, UNIT_G - g_r - r_z];
    let q = dice.uniform(0.4, 0.95);
    let pa = dice.uniform(0.0, 180.0);
    let clumpy = dice.chance(clumpy_share);
    let knots = if clumpy { dice.integer(3, 8) } else { 0 };
    let in_knots = if clumpy { dice.uniform(0.15, 0.45) } else { 0.0 };
    let fainter = |share: f64| -2.5 * share.log10();
    let mut all = vec![Galaxy {
        x,
        y,
        n: if red { 2.5 } else { 1.0 },
        r_e: round(r_e, 3),
        q: round(q, 3),
        pa: round(pa, 1),
        mag: total.map(|m| round(m + fainter(1.0 - in_knots), 3)),
    }];
    for _ in 0..knots {
        let bluer = dice.uniform(0.1, 0.35);
        let dim = fainter(in_knots / knots as f64) + dice.normal(0.0, 0.3);
        all.push(Galaxy {
            x: round(x + dice.normal(0.0, 0.8 * r_e), 4),
            y: round(y + dice.normal(0.0, 0.8 * r_e), 4),
            n: 0.5,
            r_e: round(dice.uniform(0.04, 0.09), 3),
            q: 1.0,
            pa: 0.0,
            mag: [total[0] + dim - bluer, total[1] + dim, total[2] + dim + 0.5 * bluer].map(|m| round(m, 3)),
        });
    }
    all
}
