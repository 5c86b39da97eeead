//! A cluster that makes a visible arc: clusters are drawn until one has an
//! Einstein radius in range, then sources until one is seen. What is tried and
//! not seen is kept.

use domain::Seed;
use lensing::{
    Cosmology, CriticalCurve, CseTable, Dpie, Ellipse, Mass, Nfw, NfwHalo, smooth_halo_mass, tangential_curve,
};

use crate::{
    backgrounds::BackgroundCutout,
    config::Config,
    dice::{Dice, round, round_significant},
    draw::{
        DrawError, cluster,
        place::{place, shift},
        rejected::{Rejected, missed},
        source,
    },
    kind::{Control, Kind},
    record::{ImageOfSource, Placement, Record, Results, Source},
    render::{ArcImage, Seen, images, lens_model},
};

/// Clusters tried before giving up.
const CLUSTERS: usize = 4000;
/// Clusters tried behind one real cutout, whose mass may be given.
const CLUSTERS_OF_CUTOUT: usize = 600;
/// Source positions tried for one cluster: along the caustic, and over the whole area, most of which
/// shows nothing.
const POSITIONS: usize = 16;
const POSITIONS_OF_AREA: usize = 60;
/// Magnitudes tried for one position along the caustic. Over the area, where positions and magnitudes
/// are to stand as in nature, each position has its own.
const BRIGHTNESSES: usize = 4;
/// An arc that at a glance reaches less than this share of a limit misses it.
const CLEARLY: f64 = 0.85;
/// Directions in which the critical curve is followed.
const DIRECTIONS: usize = 72;

/// Draws a lensing cluster and its source into the record; returns the arcs that were tried and missed.
pub fn draw(
    config: &Config,
    universe: &Cosmology,
    seed: Seed,
    background: Option<&BackgroundCutout>,
    record: &mut Record,
) -> Result<Vec<Rejected>, DrawError> {
    let [low, high] = config.lens.theta_e_arcsec;
    let mut rejected = Vec::new();
    // Chosen before anything is tried, so that modes come as often as asked for.
    let mut first = Dice::new(seed.child("placement"));
    let placement = [Placement::Area, Placement::Arc, Placement::Ring][first.choose(&config.lens.placement)];
    let tries = if background.is_some() { CLUSTERS_OF_CUTOUT } else { CLUSTERS };
    for attempt in 0..tries {
        let mut dice = Dice::new(seed.index(attempt as u64));
        cluster::draw(config, universe, background, &mut dice, record);
        let z_source = source::redshift(&config.source, record.z_cluster, &mut dice);
        let rough = rough_theta_e(universe, record, z_source)?;
        // Members and ellipticity change the radius by some ten per cent.
        if rough < 0.85 * low || rough > 1.15 * high {
            continue;
        }
        cluster::populate(config, universe, background, &mut dice, record);
        record.halo.m_galaxies_msun = round_significant(cluster::galaxy_mass(universe, record, z_source));
        // Galaxies with more than half of the mass (a poor cluster under bright ones) make no cluster.
        if smooth_halo_mass(record.halo.m200_msun, record.halo.m_galaxies_msun).is_err() {
            continue;
        }
        let lens = lens_model(record, z_source, CseTable::Accurate)?;
        let Some(curve) = tangential_curve(&lens, centre(record), 60.0, DIRECTIONS) else { continue };
        let theta_e = curve.theta_e_arcsec();
        if theta_e < low || theta_e > high {
            continue;
        }
        let positions = if placement == Placement::Area { POSITIONS_OF_AREA } else { POSITIONS };
        for _ in 0..positions {
            let mut tried = source::galaxy(config, universe, z_source, &mut dice)?;
            tried.placement = placement;
            let at = place(placement, &curve, tried.components[0].r_e, &mut dice);
            shift(&mut tried, at);
            let reach = reach(record, theta_e);
            if let Some((seen, light)) =
                seen(config, record, &mut tried, [theta_e, reach], &mut dice, &mut rejected)?
            {
                record.results = Some(results(record, &tried, &curve, &seen, &light));
                record.source = Some(tried);
                return Ok(rejected);
            }
        }
    }
    Err(DrawError::NoLens { theta_e: config.lens.theta_e_arcsec, tries })
}

/// How far from the middle of the field images may be, arcsec.
fn reach(record: &Record, theta_e: f64) -> f64 {
    let [x, y] = centre(record);
    2.2 * theta_e + 8.0 + x.abs().max(y.abs())
}

/// What is seen of the source's arc, at its own magnitude or one of a few others, which it then takes,
/// and its light before the camera as far as `reach`; `None` when nobody would see it.
fn seen(
    config: &Config,
    record: &Record,
    source: &mut Source,
    [theta_e, reach]: [f64; 2],
    dice: &mut Dice,
    rejected: &mut Vec<Rejected>,
) -> Result<Option<(Seen, ArcImage)>, DrawError> {
    let glance = ArcImage::glance(record, source)?;
    let mut traced = None;
    let own = source::together(&source.components)[0];
    // A catalogue's galaxies keep their brightness, too.
    let alone = source.placement == Placement::Area || config.source.catalogue.is_some();
    for number in 0..if alone { 1 } else { BRIGHTNESSES } {
        let shift =
            if number == 0 { 0.0 } else { round(source::magnitude(config.lens.source_g, dice) - own, 3) };
        let mut tried = source.clone();
        for component in &mut tried.components {
            component.mag = component.mag.map(|m| round(m + shift, 3));
        }
        // Most tries miss by far, which a glance can tell; only the others are worth a whole trace.
        let mut seen = glance.seen(record, shift);
        let mut miss = missed(&config.lens, CLEARLY, record, &seen);
        if miss.is_none() {
            let (image, _) = match &mut traced {
                Some(both) => both,
                none => none.insert(ArcImage::with_light(record, source, reach)?),
            };
            seen = image.seen(record, shift);
            miss = missed(&config.lens, 1.0, record, &seen);
        }
        let Some(missed) = miss else {
            *source = tried;
            return Ok(traced.map(|(_, light)| (seen, light)));
        };
        rejected.push(Rejected::new(missed, record, &tried, theta_e, &seen));
        if missed == crate::draw::Missed::Magnification {
            return Ok(None);
        }
    }
    Ok(None)
}

fn results(
    record: &Record,
    source: &Source,
    curve: &CriticalCurve,
    seen: &Seen,
    light: &ArcImage,
) -> Results {
    let (mu_total, all) = magnified(record, light);
    Results {
        theta_e_arcsec: round(curve.theta_e_arcsec(), 3),
        critical_area_arcsec2: round(curve.area_arcsec2(), 2),
        caustic_distance_arcsec: round(distance(curve, &source.components[0]), 3),
        mu_total: round(mu_total, 2),
        images: all,
        ..of_seen(seen)
    }
}

/// Magnification and images in the light before the camera.
fn magnified(record: &Record, light: &ArcImage) -> (f64, Vec<ImageOfSource>) {
    let (mu_total, mut all) = images(light, light.field_px(), record.cutout.pixel_scale_arcsec);
    for image in &mut all {
        *image = ImageOfSource { x: round(image.x, 2), y: round(image.y, 2), mu: round(image.mu, 3) };
    }
    (mu_total, all)
}

fn of_seen(seen: &Seen) -> Results {
    Results {
        theta_e_arcsec: 0.0,
        critical_area_arcsec2: 0.0,
        caustic_distance_arcsec: 0.0,
        mu_total: 1.0,
        n_images: seen.patches,
        arc_sn: seen.sn.map(|sn| round(sn, 1)),
        arc_length_arcsec: round(seen.length_arcsec, 2),
        arc_peak_sigma: round(seen.peak_sigma, 2),
        lensed_mag: seen.lensed_mag.map(|m| round(m, 3)),
        images: Vec::new(),
    }
}

/// Turns a lens into its control: the source's own shape with the flux of all its images, where the
/// brightest of them was.
pub fn unlens(record: &mut Record) -> Result<(), DrawError> {
    let (Some(mut source), Some(results)) = (record.source.take(), record.results.take()) else {
        return Ok(());
    };
    record.kind = Kind::Control(Control::Unlensed);
    let at = results.images.first().map_or([0.0, 0.0], |image| [image.x, image.y]);
    let main = source.components[0];
    shift(&mut source, [at[0] - main.x, at[1] - main.y]);
    let brighter = 2.5 * results.mu_total.max(1e-3).log10();
    for component in &mut source.components {
        component.mag = component.mag.map(|m| round(m - brighter, 3));
    }
    let (image, light) = ArcImage::with_light(record, &source, 0.0)?;
    let seen = image.seen(record, 0.0);
    record.results = Some(Results { images: magnified(record, &light).1, ..of_seen(&seen) });
    record.source = Some(source);
    Ok(())
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
