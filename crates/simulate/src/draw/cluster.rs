//! The cluster: its halo, its brightest galaxy and its members. Population
//! priors after the compilation in slsim (concentration scatter, halo shape of
//! Okabe et al. 2020, centre offsets) and common member scalings
//! (σ ∝ L^¼, r_cut ∝ L^½).

use lensing::{
    Cosmology, Dispersion, Dpie, MemberScaling, einstein_radius_sis_arcsec, m200_of_m500,
    scattered_concentration,
};

use crate::{
    backgrounds::{BackgroundCutout, Seen},
    concentration::mean_concentration,
    config::Config,
    dice::{Dice, round, round_significant},
    draw::half_field,
    kind::Kind,
    photometry::RedSequence,
    record::{Galaxy, Halo, Member, Record},
};

/// A place for the halo until one is drawn.
pub fn no_halo() -> Halo {
    let profile = "nfw_cse44".to_owned();
    Halo { profile, m200_msun: 1e14, m_galaxies_msun: 0.0, c200: 4.0, q: 1.0, pa: 0.0, x: 0.0, y: 0.0 }
}

/// A place for a galaxy until one is drawn.
pub fn no_galaxy() -> Member {
    let light = Galaxy { x: 0.0, y: 0.0, n: 1.0, r_e: 1.0, q: 1.0, pa: 0.0, mag: [99.0; 3] };
    Member { light, sigma: 0.0, r_core: 0.0, r_cut: 0.0 }
}

/// Draws the halo and the brightest galaxy into the record; [`populate`] adds the members. Over a real
/// cutout, redshift, mass and the galaxies' light are the cutout's, as far as they are known.
pub fn draw(
    config: &Config,
    universe: &Cosmology,
    background: Option<&BackgroundCutout>,
    dice: &mut Dice,
    record: &mut Record,
) {
    let settings = &config.cluster;
    let drawn = dice.uniform(settings.z[0], settings.z[1]);
    let z = round(background.and_then(|b| b.z_cluster).unwrap_or(drawn), 4);
    let shift =
        if matches!(record.kind, Kind::Lens | Kind::Control(_)) { config.lens.log_mass_shift } else { 0.0 };
    let log_mass =
        dice.normal_within(settings.log_mass + shift, settings.log_mass_scatter, settings.log_mass_range);
    let h = universe.h0_km_s_mpc() / 100.0;
    let known = background.and_then(|b| {
        b.m200_msun.or_else(|| Some(m200_of_m500(b.m500_msun?, |m| mean_concentration(m, z, h)).ok()?.0))
    });
    let mass = round_significant(known.unwrap_or(10f64.powf(log_mass)));
    let mean_c = mean_concentration(mass, z, h);
    let c200 = scattered_concentration(mean_c, settings.concentration_scatter, dice.normal(0.0, 1.0));
    // Okabe et al. 2020: more massive haloes are more elongated.
    let flattening = 0.0943 * (mass * h).log10() - 0.948;
    let [narrow, round_] = settings.halo_q;
    record.z_cluster = z;
    record.halo = Halo {
        profile: if config.image.halo_terms == 16 { "nfw_cse16" } else { "nfw_cse44" }.to_owned(),
        m200_msun: mass,
        c200: round(c200.clamp(1.5, 15.0), 2),
        q: round(1.0 - dice.normal_within(flattening.max(0.233), 0.13, [1.0 - round_, 1.0 - narrow]), 3),
        pa: round(dice.uniform(0.0, 180.0), 1),
        x: round(dice.normal(0.0, 0.2), 3),
        y: round(dice.normal(0.0, 0.2), 3),
        ..no_halo()
    };
    record.shear = [round(dice.normal(0.0, 0.02), 4), round(dice.normal(0.0, 0.02), 4)];
    let sequence = RedSequence::at(z);
    let kpc = universe.kpc_per_arcsec(z);
    record.bcg = match background.and_then(|b| b.bcg.as_ref()) {
        Some(seen) => {
            // A real halo follows the galaxy it is seen with.
            record.halo.pa = round((seen.light.pa + dice.normal(0.0, 20.0)).rem_euclid(180.0), 1);
            let luminosity = 10f64.powf(-0.4 * (seen.light.mag[2] - sequence.m_star_z + 1.35));
            central(config, seen.light, luminosity.clamp(0.1, 10.0), kpc, dice)
        }
        None => brightest(config, &sequence, kpc, dice, record),
    };
    record.members.clear();
}

/// Draws the members of a cluster that has a halo, or takes those that are seen in a real cutout.
pub fn populate(
    config: &Config,
    universe: &Cosmology,
    background: Option<&BackgroundCutout>,
    dice: &mut Dice,
    record: &mut Record,
) {
    let sequence = RedSequence::at(record.z_cluster);
    let kpc = universe.kpc_per_arcsec(record.z_cluster);
    record.members = match background {
        Some(background) => background
            .members
            .iter()
            .map(|Seen { light }| {
                let luminosity = 10f64.powf(-0.4 * (light.mag[2] - sequence.m_star_z));
                satellite(config, *light, luminosity.clamp(0.02, 5.0), kpc, dice)
            })
            .collect(),
        None => members(config, &sequence, kpc, dice, record),
    };
    // Only the most luminous near the middle bend light noticeably; the others' mass stays in the halo.
    let near = |m: &Member| m.light.x.hypot(m.light.y) < 40.0;
    let massive: Vec<usize> = (0..record.members.len())
        .filter(|&i| near(&record.members[i]))
        .take(config.cluster.massive_members)
        .collect();
    for (i, member) in record.members.iter_mut().enumerate() {
        if !massive.contains(&i) {
            (member.sigma, member.r_core, member.r_cut) = (0.0, 0.0, 0.0);
        }
    }
}

fn brightest(config: &Config, sequence: &RedSequence, kpc: f64, dice: &mut Dice, record: &Record) -> Member {
    let settings = &config.cluster.bcg;
    let brighter = dice.normal_within(settings.brighter_mag, settings.scatter_mag, settings.range_mag);
    let mag_z = sequence.m_star_z - brighter;
    let luminosity = 10f64.powf(-0.4 * (mag_z - sequence.m_star_z + 1.35));
    let light = Galaxy {
        x: round(dice.normal(0.0, 0.3), 3),
        y: round(dice.normal(0.0, 0.3), 3),
        n: round(dice.uniform(3.0, 4.6), 1),
        r_e: round(dice.log_normal(settings.r_e_kpc * luminosity.powf(0.6), 0.3) / kpc, 3),
        q: round(dice.normal_within(0.76, 0.1, [0.5, 0.98]), 3),
        // The galaxy roughly follows its halo.
        pa: round((record.halo.pa + dice.normal(0.0, 20.0)).rem_euclid(180.0), 1),
        mag: sequence.magnitudes(mag_z, dice.normal(0.0, 0.03), dice.normal(0.0, 0.03)).map(|m| round(m, 3)),
    };
    central(config, light, luminosity, kpc, dice)
}

/// The mass of a brightest galaxy of this light, its luminosity over the mean one's.
fn central(config: &Config, light: Galaxy, luminosity: f64, kpc: f64, dice: &mut Dice) -> Member {
    let scaling = MemberScaling {
        dispersion: Dispersion::Isothermal,
        core_kpc: 0.5,
        sigma_scatter_dex: 0.04,
        ..MemberScaling::usual(0.0, config.cluster.bcg_sigma_km_s, 60.0)
    };
    with_mass(&scaling, light, luminosity, kpc, dice)
}

/// The mass of a member of this light, its luminosity over L*'s.
fn satellite(config: &Config, light: Galaxy, luminosity: f64, kpc: f64, dice: &mut Dice) -> Member {
    let settings = &config.cluster;
    let scaling = MemberScaling {
        dispersion: Dispersion::Isothermal,
        sigma_scatter_dex: 0.05,
        ..MemberScaling::usual(0.0, settings.member_sigma_km_s, settings.member_cut_kpc)
    };
    with_mass(&scaling, light, luminosity, kpc, dice)
}

/// `scaling` is anchored at a luminosity of 1.
fn with_mass(scaling: &MemberScaling, light: Galaxy, luminosity: f64, kpc: f64, dice: &mut Dice) -> Member {
    let mass = scaling.member(-2.5 * luminosity.log10(), dice.normal(0.0, 1.0));
    Member {
        light,
        sigma: round(mass.sigma_km_s, 1),
        r_core: round(mass.core_kpc / kpc, 4),
        r_cut: round(mass.cut_kpc / kpc, 3),
    }
}

fn members(
    config: &Config,
    sequence: &RedSequence,
    kpc: f64,
    dice: &mut Dice,
    record: &Record,
) -> Vec<Member> {
    let settings = &config.cluster;
    let richness = 26.0 * (record.halo.m200_msun / 3e14).powf(0.9);
    let scatter = 10f64.powf(dice.normal(0.0, settings.richness_scatter_dex));
    // About a quarter of a cluster's galaxies are seen inside the field at z 0.5, and the counts go
    // some three times deeper than the usual 0.4 L*.
    let inside = 0.75 * (half_field(record) * kpc / 310.0).powf(0.8);
    let count = dice.poisson((richness * scatter * inside).min(150.0));
    let mut members: Vec<Member> = (0..count).map(|_| member(config, sequence, kpc, dice, record)).collect();
    members.sort_by(|a, b| a.light.mag[2].total_cmp(&b.light.mag[2]));
    members
}

fn member(config: &Config, sequence: &RedSequence, kpc: f64, dice: &mut Dice, record: &Record) -> Member {
    let settings = &config.cluster;
    let half = half_field(record);
    let (x, y) = place(dice, half);
    // Counts rise to the faint end about as a Schechter function with slope −0.9.
    let over_star = dice.magnitude(0.22, [-1.0, 3.2]).max(record.bcg.light.mag[2] - sequence.m_star_z + 0.3);
    let luminosity = 10f64.powf(-0.4 * over_star);
    let blue = dice.chance(settings.blue_share);
    let (shift_g_r, shift_r_z) =
        if blue { (dice.normal(-0.6, 0.2), dice.normal(-0.4, 0.15)) } else { (0.0, 0.0) };
    let mag = sequence.magnitudes(
        sequence.m_star_z + over_star,
        shift_g_r + dice.normal(0.0, 0.04),
        shift_r_z + dice.normal(0.0, 0.04),
    );
    let light = Galaxy {
        x: round(x, 2),
        y: round(y, 2),
        n: if blue { 1.0 } else { round(dice.uniform(1.8, 4.2), 1) },
        r_e: round((dice.log_normal(4.2 * luminosity.powf(0.55), 0.3) / kpc).max(0.08), 3),
        q: round(dice.normal_within(if blue { 0.6 } else { 0.72 }, 0.18, [0.2, 0.99]), 2),
        pa: round(dice.uniform(0.0, 180.0), 1),
        mag: mag.map(|m| round(m, 3)),
    };
    satellite(config, light, luminosity, kpc, dice)
}

/// A place that thins out from the middle as a cluster does, inside the field.
fn place(dice: &mut Dice, half: f64) -> (f64, f64) {
    let core = 14.0;
    for _ in 0..200 {
        // Surface density ∝ 1/(r² + core²), out to the corners.
        let edge = (1.0 + (1.5 * half / core).powi(2)).ln();
        let radius = core * ((dice.uniform(0.0, 1.0) * edge).exp() - 1.0).sqrt();
        let angle = dice.uniform(0.0, std::f64::consts::TAU);
        let (x, y) = (radius * angle.cos(), radius * angle.sin());
        if x.abs() < half && y.abs() < half && radius > 2.0 {
            return (x, y);
        }
    }
    (0.5 * half, 0.5 * half)
}

/// Einstein radius of the isothermal profile of a member, arcsec.
pub fn member_theta_e(member: &Member, d_ls_over_d_s: f64) -> f64 {
    einstein_radius_sis_arcsec(member.sigma, d_ls_over_d_s)
}

/// Mass of all galaxies with a mass of their own, M☉.
pub fn galaxy_mass(universe: &Cosmology, record: &Record, z_source: f64) -> f64 {
    let z = record.z_cluster;
    let d_l = universe.angular_diameter_mpc(z);
    let ratio = universe.angular_diameter_between_mpc(z, z_source) / universe.angular_diameter_mpc(z_source);
    let sigma_crit = universe.sigma_crit(z, z_source);
    std::iter::once(&record.bcg)
        .chain(&record.members)
        .filter(|m| m.sigma > 0.0)
        .map(|m| Dpie::total_mass(member_theta_e(m, ratio), m.r_core, m.r_cut, sigma_crit, d_l))
        .sum()
}
