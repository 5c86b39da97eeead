//! Physical constants: CODATA 2018 and IAU 2015 values, so that the critical
//! density of the universe and of a lens agree with astropy's.

/// Speed of light in km/s.
pub const SPEED_OF_LIGHT_KM_S: f64 = 299_792.458;

/// One arcsec in radians.
pub const ARCSEC: f64 = std::f64::consts::PI / 648_000.0;

/// Newton's constant, m³ kg⁻¹ s⁻² (CODATA 2018).
const GRAVITY_SI: f64 = 6.674_30e-11;

/// Mass of the Sun in kg: the IAU 2015 nominal GM☉ over the constant above.
const SUN_KG: f64 = 1.327_124_4e20 / GRAVITY_SI;

/// One megaparsec in metres.
pub(crate) const MPC_M: f64 = 3.085_677_581_491_367e22;

/// Newton's constant in Mpc (km/s)² / M☉.
pub const GRAVITY_MPC: f64 = GRAVITY_SI * SUN_KG / MPC_M / 1e6;
