//! From the fields of a component to its mass profile.

use super::{
    ModelError,
    fields::Fields,
    place::{Distances, centre, ellipse},
};
use crate::{
    cse::CseTable,
    dpie::Dpie,
    ellipse::Ellipse,
    epl::Epl,
    isothermal::einstein_radius_sis_arcsec,
    mass::Mass,
    nfw::Nfw,
    nfw_elliptical::EllipticalNfw,
    nfw_halo::NfwHalo,
    nie::Nie,
    parameter::{ParameterError, within},
    scaling::Dispersion,
    shear::Shear,
    sis::Sis,
};

/// The types there are.
pub const KINDS: [&str; 8] = ["nfw", "nfw_ellipse", "sis", "sie", "nie", "dpie", "shear", "epl"];

/// Profiles of lenstronomy that are elliptical in the potential.
const IN_POTENTIAL: [&str; 7] = [
    "nfw_ellipse_potential",
    "nfw_ellipse_gaussian_potential",
    "pjaffe_ellipse_potential",
    "pjaffe_ellipse",
    "sersic_ellipse_potential",
    "spep",
    "epotential",
];

/// A component's type and mass.
pub struct Made {
    /// Its type, in this program's name.
    pub kind: &'static str,
    /// Its mass.
    pub mass: Box<dyn Mass>,
}

/// Makes a component.
pub fn make(fields: &mut Fields, shared: &Distances) -> Result<Made, ModelError> {
    let name = fields.kind().to_lowercase().replace(['-', ' '], "_");
    match name.as_str() {
        "nfw" => made("nfw", nfw(fields, shared)?),
        "nfw_ellipse" | "nfw_ellipse_cse" | "nfw_cse" => made("nfw_ellipse", nfw_ellipse(fields, shared)?),
        "sis" => made("sis", sis(fields, shared)?),
        "sie" => made("sie", sie(fields, shared)?),
        "nie" => made("nie", nie(fields, shared)?),
        "dpie" | "pjaffe" | "chameleon" => made("dpie", dpie(fields, shared)?),
        "shear" | "external_shear" => made("shear", shear(fields)?),
        "shear_gamma_psi" => made("shear", shear_gamma_psi(fields)?),
        "epl" | "epl_numba" | "pemd" => made("epl", epl(fields)?),
        other => Err(ModelError::Kind {
            index: fields.index(),
            kind: fields.kind().to_owned(),
            reason: if IN_POTENTIAL.contains(&other) {
                "is elliptical in its potential, another mass than the one elliptical in mass"
            } else {
                "is not known"
            },
        }),
    }
}

fn made(kind: &'static str, mass: impl Mass + 'static) -> Result<Made, ModelError> {
    Ok(Made { kind, mass: Box::new(mass) })
}

fn nfw(fields: &mut Fields, shared: &Distances) -> Result<Nfw, ModelError> {
    for shape in ["q", "e1", "e2"] {
        if fields.has(shape) {
            let remedy = "does not go with the round profile: the type `nfw_ellipse` has it";
            return Err(fields.wrong(shape, remedy.into()));
        }
    }
    let centre = centre(fields)?;
    let [scale, alpha] = halo(fields, shared)?;
    Nfw::new(centre, scale, alpha).map_err(|error| fields.refused(&error))
}

fn nfw_ellipse(fields: &mut Fields, shared: &Distances) -> Result<EllipticalNfw, ModelError> {
    let ellipse = ellipse(fields)?;
    let [scale, alpha] = halo(fields, shared)?;
    let terms = fields.number(&["terms"])?;
    let table = match terms.unwrap_or(44.0) {
        44.0 => CseTable::Accurate,
        16.0 => CseTable::Fast,
        other => return Err(fields.wrong("terms", format!("is {other}, it must be 44 or 16"))),
    };
    EllipticalNfw::new(ellipse, scale, alpha, table).map_err(|error| fields.refused(&error))
}

/// Scale radius and deflection there, from themselves or from mass and concentration.
fn halo(fields: &mut Fields, shared: &Distances) -> Result<[f64; 2], ModelError> {
    let scale = fields.number(&["r_s", "rs"])?;
    let alpha = fields.number(&["alpha_rs", "alpha_r_s"])?;
    let mass = fields.number(&["m200_msun", "m200"])?;
    let concentration = fields.number(&["c200", "c"])?;
    match (scale, alpha, mass, concentration) {
        (Some(scale), Some(alpha), None, None) => Ok([scale, alpha]),
        (None, None, Some(mass), Some(concentration)) => {
            let geometry = shared.complete(fields)?;
            NfwHalo::new(&geometry.cosmology, mass, concentration, geometry.z_lens, geometry.z_source)
                .map(|halo| [halo.scale_arcsec, halo.alpha_scale_arcsec])
                .map_err(|error| fields.refused(&error))
        }
        (Some(_), None, None, None) => Err(fields.wrong("alpha_rs", "is missing beside r_s".into())),
        (None, Some(_), None, None) => Err(fields.wrong("r_s", "is missing beside alpha_rs".into())),
        (None, None, Some(_), None) => Err(fields.wrong("c200", "is missing beside m200_msun".into())),
        (None, None, None, Some(_)) => Err(fields.wrong("m200_msun", "is missing beside c200".into())),
        _ => Err(fields.wrong("r_s", "or the mass: give r_s and alpha_rs, or m200_msun and c200".into())),
    }
}

/// Einstein radius of the singular profile: itself, or from a velocity dispersion.
fn theta_e(fields: &mut Fields, shared: &Distances) -> Result<Option<f64>, ModelError> {
    let theta = fields.number(&["theta_e"])?;
    let isothermal = fields.number(&["sigma_km_s", "sigma_v"])?;
    let lenstool = fields.number(&["sigma_lenstool_km_s"])?;
    match (theta, isothermal, lenstool) {
        (theta, None, None) => Ok(theta),
        (None, Some(sigma), None) => dispersion(fields, shared, "sigma_km_s", sigma).map(Some),
        (None, None, Some(sigma)) => {
            let sigma = Dispersion::Lenstool.isothermal_km_s(sigma);
            dispersion(fields, shared, "sigma_lenstool_km_s", sigma).map(Some)
        }
        _ => Err(fields.wrong("theta_e", "and the dispersions say the same: give only one".into())),
    }
}

fn dispersion(
    fields: &mut Fields,
    shared: &Distances,
    key: &'static str,
    sigma: f64,
) -> Result<f64, ModelError> {
    within(key, sigma, 0.0, 1e4).map_err(|error| fields.refused(&error))?;
    let geometry = shared.complete(fields)?;
    Ok(einstein_radius_sis_arcsec(sigma, geometry.ratio()))
}

fn needed(fields: &Fields, theta_e: Option<f64>) -> Result<f64, ModelError> {
    theta_e.ok_or_else(|| fields.wrong("theta_e", "is missing: the Einstein radius in arcsec".into()))
}

fn sis(fields: &mut Fields, shared: &Distances) -> Result<Sis, ModelError> {
    let centre = centre(fields)?;
    let theta = theta_e(fields, shared)?;
    let theta = needed(fields, theta)?;
    Sis::new(centre, theta).map_err(|error| fields.refused(&error))
}

fn sie(fields: &mut Fields, shared: &Distances) -> Result<Nie, ModelError> {
    let ellipse = ellipse(fields)?;
    let theta = theta_e(fields, shared)?;
    let theta = needed(fields, theta)?;
    Nie::new(ellipse, theta, 0.0).map_err(|error| fields.refused(&error))
}

fn nie(fields: &mut Fields, shared: &Distances) -> Result<Nie, ModelError> {
    let ellipse = ellipse(fields)?;
    let theta = theta_e(fields, shared)?;
    let theta = needed(fields, theta)?;
    let core = fields.required(&["core", "s_scale"], "the core radius in arcsec")?;
    Nie::new(ellipse, theta, core).map_err(|error| fields.refused(&error))
}

fn epl(fields: &mut Fields) -> Result<Epl, ModelError> {
    let ellipse = ellipse(fields)?;
    let theta = fields.required(&["theta_e"], "the Einstein radius in arcsec")?;
    let gamma = fields.required(&["gamma"], "the slope of the density, 2 for isothermal")?;
    Epl::new(ellipse, theta, gamma).map_err(|error| fields.refused(&error))
}

fn dpie(fields: &mut Fields, shared: &Distances) -> Result<Dpie, ModelError> {
    let ellipse = ellipse(fields)?;
    let core = fields.number(&["core", "r_core", "ra"])?;
    let cut = fields.number(&["cut", "r_cut", "rs"])?;
    let (narrow, wide) = (fields.number(&["w_c"])?, fields.number(&["w_t"])?);
    // CHAMELEON's widths are along the major axis of a profile normalised differently.
    let stretch = 2.0 / (1.0 + ellipse.q());
    let (core, cut, stretch) = match (core, cut, narrow, wide) {
        (Some(core), Some(cut), None, None) => (core, cut, 1.0),
        (None, None, Some(narrow), Some(wide)) => (narrow, wide, stretch),
        (None, Some(_), None, None) => return Err(fields.wrong("core", "is missing beside the cut".into())),
        (Some(_), None, None, None) => return Err(fields.wrong("cut", "is missing beside the core".into())),
        _ => return Err(fields.wrong("core", "and `cut` (or w_c and w_t) are both needed, in arcsec".into())),
    };
    within("core_arcsec", core, 0.0, 1e5)
        .and_then(|()| within("cut_arcsec", cut, core, 1e5))
        .map_err(|error| fields.refused(&error))?;
    let sigma0 = fields.number(&["sigma0"])?;
    let alpha_1 = fields.number(&["alpha_1"])?;
    let theta = theta_e(fields, shared)?;
    let theta = match (theta, sigma0, alpha_1) {
        (Some(theta), None, None) => theta,
        (None, Some(sigma0), None) => {
            within("sigma0", sigma0, 0.0, 1e6).map_err(|error| fields.refused(&error))?;
            Dpie::theta_e_of_sigma0(sigma0, core, cut)
        }
        (None, None, Some(alpha)) => {
            within("alpha_1", alpha, 0.0, 1e4).map_err(|error| fields.refused(&error))?;
            alpha / unit_deflection(core, cut).map_err(|error| fields.refused(&error))?
        }
        (None, None, None) => needed(fields, None)?,
        _ => return Err(fields.wrong("theta_e", "sigma0 and alpha_1 say the same: give only one".into())),
    };
    Dpie::new(ellipse, theta, stretch * core, stretch * cut).map_err(|error| fields.refused(&error))
}

/// Deflection at 1 arcsec of the round profile of Einstein radius 1.
fn unit_deflection(core: f64, cut: f64) -> Result<f64, ParameterError> {
    Ok(Dpie::new(Ellipse::circle(0.0, 0.0)?, 1.0, core, cut)?.deflection(1.0, 0.0)[0])
}

fn shear(fields: &mut Fields) -> Result<Shear, ModelError> {
    let origin = centre(fields)?;
    let gamma1 = fields.required(&["gamma1"], "shear along the axes")?;
    let gamma2 = fields.required(&["gamma2"], "shear along the diagonals")?;
    Shear::new(gamma1, gamma2).and_then(|shear| shear.about(origin)).map_err(|error| fields.refused(&error))
}

fn shear_gamma_psi(fields: &mut Fields) -> Result<Shear, ModelError> {
    let origin = centre(fields)?;
    let size = fields.required(&["gamma_ext"], "the size of the shear")?;
    let angle = fields.required(&["psi_ext"], "its direction in radians")?;
    within("gamma_ext", size, 0.0, 0.999).map_err(|error| fields.refused(&error))?;
    let (sin, cos) = (2.0 * angle).sin_cos();
    Shear::new(size * cos, size * sin)
        .and_then(|shear| shear.about(origin))
        .map_err(|error| fields.refused(&error))
}
