//! Gravitational lensing in closed form: distances, mass profiles, light
//! profiles, critical curves and halo statistics, one file each; models read
//! from JSON; and the comparison with other codes' tables. Pure functions of
//! numbers; files, pixels, noise and random draws are left to others.
//!
//! Angles are arcsec, masses solar masses, distances proper Mpc. Deflections
//! are reduced (already scaled to the source), so that β = θ − α(θ).

pub mod agreement;
mod bulge_disc;
mod clumpy;
mod composite;
mod concentration;
mod constants;
mod cosmology;
mod critical;
mod critical_curves;
mod cse;
mod cse_tables;
mod dpie;
mod ellipse;
mod epl;
mod fast;
mod growth;
mod hessian;
mod isothermal;
mod light;
mod magnified_area;
mod marching;
mod mass;
mod mass_definition;
mod model;
mod nfw;
mod nfw_elliptical;
mod nfw_halo;
mod nie;
mod parameter;
mod power_spectrum;
mod quadrature;
mod scaling;
mod sersic;
mod shear;
mod sis;
mod stamp;

pub use bulge_disc::BulgeDisc;
pub use clumpy::{Clumpy, Knot};
pub use composite::Composite;
pub use concentration::{ConcentrationTable, DiemerJoyce, concentration_duffy, scattered_concentration};
pub use constants::{ARCSEC, GRAVITY_MPC, SPEED_OF_LIGHT_KM_S};
pub use cosmology::Cosmology;
pub use critical::{CriticalCurve, tangential_curve};
pub use critical_curves::{CriticalCurves, critical_curves};
pub use cse::CseTable;
pub use dpie::Dpie;
pub use ellipse::Ellipse;
pub use epl::Epl;
pub use hessian::Hessian;
pub use isothermal::{einstein_radius_sis_arcsec, sigma_sis_km_s};
pub use light::Light;
pub use magnified_area::magnified_areas;
pub use marching::zero_contours;
pub use mass::Mass;
pub use mass_definition::{convert_mass, m200_of_m500, m500_of_m200};
pub use model::{LensModel, ModelError};
pub use nfw::Nfw;
pub use nfw_elliptical::EllipticalNfw;
pub use nfw_halo::NfwHalo;
pub use nie::Nie;
pub use parameter::ParameterError;
pub use power_spectrum::{Fluctuations, PowerSpectrum};
pub use scaling::{Dispersion, MemberMass, MemberScaling, smooth_halo_mass};
pub use sersic::{Sersic, sersic_b, sersic_total};
pub use shear::Shear;
pub use sis::Sis;
pub use stamp::{Interpolation, Stamp, StampError, StampPlace};
