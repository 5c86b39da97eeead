//! Velocity dispersion and Einstein radius of a singular isothermal sphere.

use crate::constants::{ARCSEC, SPEED_OF_LIGHT_KM_S};

/// θ_E = 4π (σ/c)² D_ls/D_s in arcsec, from σ in km/s.
#[must_use]
pub fn einstein_radius_sis_arcsec(sigma_km_s: f64, d_ls_over_d_s: f64) -> f64 {
    4.0 * std::f64::consts::PI * (sigma_km_s / SPEED_OF_LIGHT_KM_S).powi(2) * d_ls_over_d_s / ARCSEC
}

/// The dispersion in km/s that gives this Einstein radius.
#[must_use]
pub fn sigma_sis_km_s(theta_e_arcsec: f64, d_ls_over_d_s: f64) -> f64 {
    SPEED_OF_LIGHT_KM_S * (theta_e_arcsec * ARCSEC / (4.0 * std::f64::consts::PI * d_ls_over_d_s)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_geometry_gives_its_published_radii() {
        // z 0.53 to 1.06 in the default universe: D_ls/D_s = 709.38371/1673.43217.
        let ratio = 709.383_71 / 1_673.432_17;
        for (sigma, theta) in [(250.0, 0.76), (300.0, 1.10), (330.0, 1.33)] {
            assert!((einstein_radius_sis_arcsec(sigma, ratio) - theta).abs() < 0.005);
            assert!((sigma_sis_km_s(einstein_radius_sis_arcsec(sigma, ratio), ratio) - sigma).abs() < 1e-9);
        }
    }
}
