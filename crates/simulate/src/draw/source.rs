//! The lensed galaxy: redshift, brightness, size, colours and shape. Where it
//! stands behind the lens is [`super::place`]'s.
//!
//! Priors: redshifts and counts of the SIMCT pipeline (More et al. 2016, MNRAS
//! 455, 1191), sizes of star-forming galaxies (van der Wel et al. 2014, ApJ 788,
//! 28) or those of SIMCT, colours of young populations at z 1 to 3 with a red
//! tail of one in ten (a prior of this project), or rows of a catalogue.

use lensing::Cosmology;

use crate::{
    config::{Config, SizeRelation, SourceConfig},
    dice::{Dice, round},
    draw::{DrawError, catalogue},
    pictures,
    record::{Galaxy, Placement, Source},
};

/// Redshift behind the cluster: p(z) ∝ z² e^−(z/z0)^1.5, whose (z/z0)^1.5 is a gamma variate of shape 2;
/// z0 = 0.13 m − 2.2 at SIMCT's limit of 25.5.
pub fn redshift(settings: &SourceConfig, z_cluster: f64, dice: &mut Dice) -> f64 {
    let (low, high) = (settings.z[0].max(z_cluster + 0.1), settings.z[1]);
    for _ in 0..100 {
        let gamma = -(dice.uniform(1e-9, 1.0) * dice.uniform(1e-9, 1.0)).ln();
        let z = (0.13 * 25.5 - 2.2) * gamma.powf(2.0 / 3.0);
        if (low.max(z_cluster + 0.35)..high).contains(&z) {
            return round(z, 3);
        }
    }
    round((z_cluster + 1.0).clamp(low, high.max(low)), 3)
}

/// A magnitude between two limits from SIMCT's counts dn/dm ∝ 1/√(10^{0.6(20−m)} + 10^{1.12(20−m)}).
pub fn magnitude(limits: [f64; 2], dice: &mut Dice) -> f64 {
    const STEPS: usize = 96;
    let [bright, faint] = limits;
    let at = |i: usize| bright + (faint - bright) * i as f64 / STEPS as f64;
    let counts = |m: f64| {
        let ten = |slope: f64| 10f64.powf(slope * (20.0 - m));
        (ten(0.6) + ten(1.12)).sqrt().recip()
    };
    let weights: Vec<f64> = (0..STEPS).map(|i| counts(0.5 * (at(i) + at(i + 1)))).collect();
    let step = dice.choose(&weights);
    dice.uniform(at(step), at(step + 1))
}

/// Half-light radius in arcsec of a galaxy of this r magnitude at this redshift, without scatter. Its
/// rest-frame luminosity assumes a flat spectrum in frequency, whose magnitudes brighten by
/// 2.5 log(1 + z).
pub fn size(relation: SizeRelation, universe: &Cosmology, mag_r: f64, z: f64) -> f64 {
    let d_l_pc = universe.angular_diameter_mpc(z) * (1.0 + z).powi(2) * 1e6;
    let absolute = mag_r - 5.0 * (d_l_pc / 10.0).log10() + 2.5 * (1.0 + z).log10();
    // The Sun has 4.65 in r (AB; Willmer 2018).
    let luminosity = 10f64.powf(0.4 * (4.65 - absolute));
    let kpc = match relation {
        // Late types; half a solar mass per solar luminosity.
        SizeRelation::LateType => 8.9 * (1.0 + z).powf(-0.75) * (0.5 * luminosity / 5e10).powf(0.22),
        SizeRelation::Simct => {
            10f64.powf(0.52) * (luminosity / 10f64.powf(10.2)).powf(2.0 / 3.0) / (1.0 + z).powi(2)
        }
    };
    kpc / universe.kpc_per_arcsec(z)
}

/// Magnitudes of components together.
pub fn together(components: &[Galaxy]) -> [f64; 3] {
    [0, 1, 2].map(|band| {
        let sum = components.iter().map(|c| crate::photometry::nanomaggies(c.mag[band])).sum();
        crate::photometry::magnitude(sum)
    })
}

/// A galaxy at the origin of the source plane: components, catalogue row or picture.
pub fn galaxy(config: &Config, universe: &Cosmology, z: f64, dice: &mut Dice) -> Result<Source, DrawError> {
    let settings = &config.source;
    let row = match &settings.catalogue {
        Some(path) => Some(catalogue::load(path)?.pick(z, config.lens.source_g, dice)?),
        None => None,
    };
    let red = dice.chance(settings.red_share);
    let (mag, r_e, n) = if let Some(row) = row {
        (row.mag, row.r_e_arcsec, row.n)
    } else {
        let g = magnitude(config.lens.source_g, dice);
        let (g_r, r_z) = if red {
            (dice.normal(0.9, 0.2), dice.normal(0.8, 0.2))
        } else {
            (dice.normal(0.1, 0.2), dice.normal(0.2, 0.3))
        };
        let mag = [g, g - g_r, g - g_r - r_z];
        let median = size(settings.size, universe, mag[1], z);
        (mag, dice.log_normal(median, 0.4).clamp(0.05, 1.5), if red { 2.5 } else { 1.0 })
    };
    let shape = Galaxy {
        x: 0.0,
        y: 0.0,
        n: round(n.clamp(0.3, 8.0), 1),
        r_e: round(r_e.clamp(0.02, 5.0), 3),
        q: round(dice.uniform(settings.q[0], settings.q[1]), 3),
        pa: round(dice.uniform(0.0, 180.0), 1),
        mag: mag.map(|m| round(m, 3)),
    };
    let mut source = Source { z, placement: Placement::Arc, components: vec![shape], stamp: None };
    if !settings.stamps.is_empty() && dice.chance(settings.stamp_share) {
        let stamp = &settings.stamps[dice.integer(0, settings.stamps.len() - 1)];
        source.stamp = Some(pictures::describe(&stamp.file, Some(stamp.pixel_scale_arcsec))?);
    } else if dice.chance(config.lens.clumpy_share) {
        source.components = clumpy(shape, dice);
    } else if dice.chance(settings.bulge_share) {
        source.components = with_bulge(shape, dice);
    }
    Ok(source)
}

fn fainter(share: f64) -> f64 {
    -2.5 * share.log10()
}

/// A disc and 3 to 15 knots of star formation with 10 to 40 % of the g light, 0.2 to 0.5 mag bluer.
fn clumpy(disc: Galaxy, dice: &mut Dice) -> Vec<Galaxy> {
    let knots = dice.integer(3, 15);
    let in_knots = dice.uniform(0.1, 0.4);
    let bluer = dice.uniform(0.2, 0.5);
    // The disc gives the light away in every band, so that the whole keeps its magnitudes.
    let share = |band: usize| in_knots * 10f64.powf(-0.4 * bluer * [0.0, 1.0, 1.5][band]);
    let mut all = vec![Galaxy {
        mag: [0, 1, 2].map(|band| round(disc.mag[band] + fainter(1.0 - share(band)), 3)),
        ..disc
    }];
    let weights: Vec<f64> = (0..knots).map(|_| dice.log_normal(1.0, 0.4)).collect();
    let sum: f64 = weights.iter().sum();
    for weight in weights {
        all.push(Galaxy {
            x: round(dice.normal(0.0, 0.7 * disc.r_e), 4),
            y: round(dice.normal(0.0, 0.7 * disc.r_e), 4),
            n: 0.5,
            r_e: round(dice.uniform(0.04, 0.09), 3),
            q: 1.0,
            pa: 0.0,
            mag: [0, 1, 2].map(|band| round(disc.mag[band] + fainter(share(band) * weight / sum), 3)),
        });
    }
    all
}

/// A disc and a redder bulge a fifth to a third of its size, with 10 to 40 % of the r light.
fn with_bulge(whole: Galaxy, dice: &mut Dice) -> Vec<Galaxy> {
    let in_bulge = dice.uniform(0.1, 0.4);
    let (redder_g_r, redder_r_z) = (dice.uniform(0.3, 0.8), dice.uniform(0.2, 0.5));
    let share = [
        in_bulge * 10f64.powf(-0.4 * redder_g_r),
        in_bulge,
        (in_bulge * 10f64.powf(0.4 * redder_r_z)).min(0.9),
    ];
    let part =
        |light: &dyn Fn(usize) -> f64| [0, 1, 2].map(|band| round(whole.mag[band] + fainter(light(band)), 3));
    let disc = Galaxy { n: 1.0, mag: part(&|band| 1.0 - share[band]), ..whole };
    let bulge = Galaxy {
        n: 3.5,
        r_e: round((whole.r_e * dice.uniform(0.2, 0.33)).max(0.03), 3),
        q: round(whole.q.sqrt(), 3),
        mag: part(&|band| share[band]),
        ..whole
    };
    vec![disc, bulge]
}

#[cfg(test)]
mod tests {
    use domain::Seed;

    use super::*;

    #[test]
    fn whatever_a_galaxy_is_made_of_its_magnitudes_stay() {
        let whole = Galaxy { x: 0.0, y: 0.0, n: 1.0, r_e: 0.3, q: 0.6, pa: 20.0, mag: [25.0, 24.8, 24.5] };
        for i in 0..20 {
            let mut dice = Dice::new(Seed::root(i));
            for parts in [clumpy(whole, &mut dice), with_bulge(whole, &mut dice)] {
                let sum = together(&parts);
                assert!((0..3).all(|b| (sum[b] - whole.mag[b]).abs() < 0.01), "{sum:?}");
            }
        }
    }

    #[test]
    fn knots_are_bluer_and_bulges_redder_than_their_galaxy() {
        let whole = Galaxy { x: 0.0, y: 0.0, n: 1.0, r_e: 0.3, q: 0.6, pa: 20.0, mag: [25.0, 24.8, 24.5] };
        let colour = |mag: [f64; 3]| mag[0] - mag[1];
        let mut dice = Dice::new(Seed::root(3));
        assert!(colour(clumpy(whole, &mut dice)[1].mag) < colour(whole.mag) - 0.15);
        assert!(colour(with_bulge(whole, &mut dice)[1].mag) > colour(whole.mag) + 0.25);
    }

    #[test]
    fn faint_galaxies_are_more_and_smaller() {
        let mut dice = Dice::new(Seed::root(1));
        let mags: Vec<f64> = (0..4000).map(|_| magnitude([21.0, 27.5], &mut dice)).collect();
        let below = |m: f64| mags.iter().filter(|&&v| v < m).count();
        assert!(below(24.0) * 3 < below(26.0) && below(26.0) * 2 < mags.len() * 2);
        assert!(mags.iter().all(|m| (21.0..=27.5).contains(m)));
        let universe = Cosmology::default();
        for relation in [SizeRelation::LateType, SizeRelation::Simct] {
            assert!(size(relation, &universe, 23.0, 1.5) > size(relation, &universe, 26.0, 1.5));
        }
        let typical = size(SizeRelation::LateType, &universe, 25.0, 1.5);
        assert!((0.1..0.5).contains(&typical), "{typical}");
    }
}
