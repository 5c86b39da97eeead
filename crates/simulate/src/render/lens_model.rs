//! The masses of a record as a lens.

use lensing::{
    Composite, Cosmology, CseTable, Dpie, Ellipse, EllipticalNfw, NfwHalo, ParameterError, Shear,
    einstein_radius_sis_arcsec, smooth_halo_mass,
};

use crate::{
    record::{Member, Record},
    render::rays::Knot,
};

/// Halo (less the mass that sits in galaxies), BCG, massive members and shear, for a source at
/// `z_source`.
///
/// # Errors
/// When a parameter of the record is out of range.
pub fn lens_model(record: &Record, z_source: f64, table: CseTable) -> Result<Composite, ParameterError> {
    let universe = Cosmology::new(record.cosmology.h0, record.cosmology.omega_m)?;
    let (z, halo) = (record.z_cluster, &record.halo);
    let smooth = smooth_halo_mass(halo.m200_msun, halo.m_galaxies_msun)?;
    let nfw = NfwHalo::new(&universe, smooth, halo.c200, z, z_source)?;
    let centre = [record.bcg.light.x + halo.x, record.bcg.light.y + halo.y];
    let shape = Ellipse::new(centre[0], centre[1], halo.q, Ellipse::phi_of_position_angle(halo.pa))?;
    let ratio = universe.angular_diameter_between_mpc(z, z_source) / universe.angular_diameter_mpc(z_source);
    let mut lens = Composite::new()
        .with(EllipticalNfw::new(shape, nfw.scale_arcsec, nfw.alpha_scale_arcsec, table)?)
        .with(Shear::new(record.shear[0], record.shear[1])?);
    for member in std::iter::once(&record.bcg).chain(&record.members).filter(|member| member.sigma > 0.0) {
        lens.push(dpie(member, ratio)?);
    }
    Ok(lens)
}

fn dpie(member: &Member, d_ls_over_d_s: f64) -> Result<Dpie, ParameterError> {
    let light = &member.light;
    let shape = Ellipse::new(light.x, light.y, light.q, Ellipse::phi_of_position_angle(light.pa))?;
    let theta_e = einstein_radius_sis_arcsec(member.sigma, d_ls_over_d_s);
    Dpie::new(shape, theta_e, member.r_core, member.r_cut)
}

/// The galaxies with a mass of their own.
///
/// # Errors
/// When a parameter of the record is out of range.
pub fn knots(record: &Record, z_source: f64) -> Result<Vec<Knot>, ParameterError> {
    let universe = Cosmology::new(record.cosmology.h0, record.cosmology.omega_m)?;
    let ratio = universe.angular_diameter_between_mpc(record.z_cluster, z_source)
        / universe.angular_diameter_mpc(z_source);
    let galaxies = std::iter::once(&record.bcg).chain(&record.members).filter(|member| member.sigma > 0.0);
    galaxies
        .map(|member| {
            Ok(Knot {
                at: [member.light.x, member.light.y],
                theta_e: einstein_radius_sis_arcsec(member.sigma, ratio),
                mass: Box::new(dpie(member, ratio)?),
            })
        })
        .collect()
}
