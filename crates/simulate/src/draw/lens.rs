//! A cluster that makes a visible arc: clusters are drawn until one has an
//! Einstein radius in range, then sources until one is seen.

use domain::Seed;
use lensing::{Cosmology, CriticalCurve, CseTable, Dpie, Ellipse, Mass, Nfw, NfwHalo, tangential_curve};

use crate::{
    config::Config,
    dice::{Dice, round},
    draw::{DrawError, cluster, source},
    record::{Record, Results},
    render::lens_model,
};

/// Clusters tried before giving up.
const CLUSTERS: usize = 4000;
/// Source positions tried for one cluster.
const POSITIONS: usize = 12;
/// Directions in which the critical curve is followed.
const DIRECTIONS: usize = 72;

/// Draws a lensing cluster and its source into the record.
pub fn draw(config: &Config, universe: &Cosmology, seed: Seed, record: &mut Record) -> Result<(), DrawError> {
    let [low, high] = config.lens.theta_e_arcsec;
    for attempt in 0..CLUSTERS {
        let mut dice = Dice::new(seed.index(attempt as u64));
        cluster::draw(config, universe, &mut dice, record);
        let z_source = source::redshift(record.z_cluster, &mut dice);
        let rough = rough_theta_e(universe, record, z_source)?;
        // Members and ellipticity change the radius by some ten per cent.
        if rough < 0.85 * low || rough > 1.15 * high {
            continue;
        }
        cluster::populate(config, universe, &mut dice, record);
        record.halo.m_galaxies_msun =
            crate::dice::round_significant(cluster::galaxy_mass(universe, record, z_source));
        let lens = lens_model(record, z_source, CseTable::Accurate)?;
        let Some(curve) = tangential_curve(&lens, centre(record), 60.0, DIRECTIONS) else { continue };
        let theta_e = curve.theta_e_arcsec();
        if theta_e < low || theta_e > high {
            continue;
        }
        for _ in 0..POSITIONS {
            let Some((drawn, seen)) = source::draw(config, record, &curve, z_source, &mut dice)? else {
                continue;
            };
            record.results = Some(Results {
                theta_e_arcsec: round(theta_e, 3),
                critical_area_arcsec2: round(curve.area_arcsec2(), 2),
                caustic_distance_arcsec: round(distance(&curve, &drawn.components[0]), 3),
                mu_total: round(seen.mu_total, 2),
                n_images: seen.patches,
                arc_sn: seen.sn.map(|sn| round(sn, 1)),
                arc_length_arcsec: round(seen.length_arcsec, 2),
                arc_peak_sigma: round(seen.peak_sigma, 2),
                lensed_mag: seen.lensed_mag.map(|m| round(m, 3)),
            });
            record.source = Some(drawn);
            return Ok(());
        }
    }
    Err(DrawError::NoLens { theta_e: config.lens.theta_e_arcsec, tries: CLUSTERS })
}

/// The middle of the mass: the BCG.
fn centre(record: &Record) -> [f64; 2] {
    [record.bcg.light.x, record.bcg.light.y]
}

fn distance(curve: &CriticalCurve, component: &crate::record::Galaxy) -> f64 {
    let to = |p: &[f64; 2]| (p[0] - component.x).hypot(p[1] - component.y);
    curve.caustic.iter().map(to).fold(f64::INFINITY, f64::min)
}

/// Einstein radius of the round halo and the round BCG, arcsec: where the mean convergence is 1.
fn rough_theta_e(universe: &Cosmology, record: &Record, z_source: f64) -> Result<f64, DrawError> {
    let z = record.z_cluster;
    let halo = NfwHalo::new(universe, record.halo.m200_msun, record.halo.c200, z, z_source)?;
    let halo = Nfw::new([0.0, 0.0], halo.scale_arcsec, halo.alpha_scale_arcsec)?;
    let ratio = universe.angular_diameter_between_mpc(z, z_source) / universe.angular_diameter_mpc(z_source);
    let theta = cluster::member_theta_e(&record.bcg, ratio);
    let bcg = Dpie::new(Ellipse::circle(0.0, 0.0)?, theta, record.bcg.r_core, record.bcg.r_cut)?;
    let mean_kappa = |r: f64| halo.mean_kappa(r) + bcg.deflection(r, 0.0)[0] / r;
    let (mut low, mut high) = (0.05_f64, 100.0_f64);
    if mean_kappa(low) < 1.0 {
        return Ok(0.0);
    }
    while high / low > 1.01 {
        let middle = (low * high).sqrt();
        if mean_kappa(middle) > 1.0 { low = middle } else { high = middle }
    }
    Ok((low * high).sqrt())
}
