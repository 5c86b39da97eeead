//! Gravitational lensing in closed form: distances, mass profiles, light
//! profiles and critical curves, one file each. Pure functions of numbers;
//! pixels, noise and random draws are left to `simulate`.
//!
//! Angles are arcsec, masses solar masses, distances proper Mpc. Deflections
//! are reduced (already scaled to the source), so that β = θ − α(θ).

mod composite;
mod constants;
mod cosmology;
mod critical;
mod cse;
mod cse_tables;
mod dpie;
mod ellipse;
mod fast;
mod hessian;
mod isothermal;
mod marching;
mod mass;
mod nfw;
mod nfw_elliptical;
mod nfw_halo;
mod nie;
mod parameter;
mod quadrature;
mod sersic;
mod shear;

pub use composite::Composite;
pub use constants::{ARCSEC, GRAVITY_MPC, SPEED_OF_LIGHT_KM_S};
pub use cosmology::Cosmology;
pub use critical::{CriticalCurve, tangential_curve};
pub use cse::CseTable;
pub use dpie::Dpie;
pub use ellipse::Ellipse;
pub use hessian::Hessian;
pub use isothermal::{einstein_radius_sis_arcsec, sigma_sis_km_s};
pub use marching::zero_contours;
pub use mass::Mass;
pub use nfw::Nfw;
pub use nfw_elliptical::EllipticalNfw;
pub use nfw_halo::NfwHalo;
pub use nie::Nie;
pub use parameter::ParameterError;
pub use sersic::{Sersic, sersic_b, sersic_total};
pub use shear::Shear;
