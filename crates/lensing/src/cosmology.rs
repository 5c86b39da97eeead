//! Distances and densities of a flat ΛCDM universe without radiation.

use crate::{
    constants::{ARCSEC, GRAVITY_MPC, MPC_M, SPEED_OF_LIGHT_KM_S},
    parameter::{ParameterError, within},
    quadrature::integrate,
};

/// Flat ΛCDM: everything follows from two numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cosmology {
    h0_km_s_mpc: f64,
    omega_m: f64,
}

impl Default for Cosmology {
    /// H0 = 70 km/s/Mpc, Ωm = 0.3.
    fn default() -> Self {
        Self { h0_km_s_mpc: 70.0, omega_m: 0.3 }
    }
}

impl Cosmology {
    /// A universe with this Hubble constant (km/s/Mpc) and matter density.
    ///
    /// # Errors
    /// When H0 is not in [10, 1000] or Ωm not in [0.001, 1].
    pub fn new(h0_km_s_mpc: f64, omega_m: f64) -> Result<Self, ParameterError> {
        within("h0_km_s_mpc", h0_km_s_mpc, 10.0, 1000.0)?;
        within("omega_m", omega_m, 0.001, 1.0)?;
        Ok(Self { h0_km_s_mpc, omega_m })
    }

    /// Hubble constant in km/s/Mpc.
    #[must_use]
    pub const fn h0_km_s_mpc(&self) -> f64 {
        self.h0_km_s_mpc
    }

    /// Matter density in units of the critical density today.
    #[must_use]
    pub const fn omega_m(&self) -> f64 {
        self.omega_m
    }

    /// H(z)/H0.
    #[must_use]
    pub fn expansion(&self, z: f64) -> f64 {
        (self.omega_m * (1.0 + z).powi(3) + 1.0 - self.omega_m).sqrt()
    }

    /// Comoving distance in Mpc.
    #[must_use]
    pub fn comoving_mpc(&self, z: f64) -> f64 {
        let hubble_mpc = SPEED_OF_LIGHT_KM_S / self.h0_km_s_mpc;
        if z > 10.0 {
            // Farther out the integrand is smooth in ln(1 + z).
            let ahead = |u: f64| u.exp() / self.expansion(u.exp_m1());
            return hubble_mpc * integrate(0.0, z.ln_1p(), ahead);
        }
        hubble_mpc * integrate(0.0, z, |z| 1.0 / self.expansion(z))
    }

    /// Angular diameter distance in Mpc.
    #[must_use]
    pub fn angular_diameter_mpc(&self, z: f64) -> f64 {
        self.comoving_mpc(z) / (1.0 + z)
    }

    /// Angular diameter distance from `z1` to `z2` in Mpc; negative when `z2` is nearer.
    #[must_use]
    pub fn angular_diameter_between_mpc(&self, z1: f64, z2: f64) -> f64 {
        (self.comoving_mpc(z2) - self.comoving_mpc(z1)) / (1.0 + z2)
    }

    /// Luminosity distance in Mpc.
    #[must_use]
    pub fn luminosity_mpc(&self, z: f64) -> f64 {
        self.comoving_mpc(z) * (1.0 + z)
    }

    /// Distance modulus in magnitudes.
    #[must_use]
    pub fn distance_modulus(&self, z: f64) -> f64 {
        5.0 * (self.luminosity_mpc(z) * 1e5).log10()
    }

    /// Comoving volume per unit redshift and steradian, Mpc³.
    #[must_use]
    pub fn volume_element_mpc3(&self, z: f64) -> f64 {
        SPEED_OF_LIGHT_KM_S / self.h0_km_s_mpc * self.comoving_mpc(z).powi(2) / self.expansion(z)
    }

    /// Age of the universe at redshift `z`, Gyr (365.25 days a year).
    #[must_use]
    pub fn age_gyr(&self, z: f64) -> f64 {
        let hubble_time = MPC_M / 1e3 / self.h0_km_s_mpc / (365.25 * 86_400.0 * 1e9);
        let lambda = 1.0 - self.omega_m;
        if lambda < 1e-9 {
            return 2.0 / 3.0 * hubble_time * (1.0 + z).powf(-1.5);
        }
        let root = lambda.sqrt();
        2.0 / (3.0 * root) * hubble_time * (root / self.omega_m.sqrt() * (1.0 + z).powf(-1.5)).asinh()
    }

    /// Proper kiloparsecs per arcsec at redshift `z`.
    #[must_use]
    pub fn kpc_per_arcsec(&self, z: f64) -> f64 {
        self.angular_diameter_mpc(z) * 1e3 * ARCSEC
    }

    /// Critical density of the universe at `z` in M☉/Mpc³.
    #[must_use]
    pub fn critical_density(&self, z: f64) -> f64 {
        let hubble = self.h0_km_s_mpc * self.expansion(z);
        3.0 * hubble * hubble / (8.0 * std::f64::consts::PI * GRAVITY_MPC)
    }

    /// Surface density that makes a lens at `z_lens` critical for a source at `z_source`,
    /// in M☉/Mpc²; infinite or negative when the source is not behind the lens.
    #[must_use]
    pub fn sigma_crit(&self, z_lens: f64, z_source: f64) -> f64 {
        let d_l = self.angular_diameter_mpc(z_lens);
        let d_s = self.angular_diameter_mpc(z_source);
        let d_ls = self.angular_diameter_between_mpc(z_lens, z_source);
        SPEED_OF_LIGHT_KM_S.powi(2) / (4.0 * std::f64::consts::PI * GRAVITY_MPC) * d_s / (d_l * d_ls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_universe_of_matter_alone_has_the_distance_einstein_and_de_sitter_wrote_down() {
        let universe = Cosmology::new(70.0, 1.0).unwrap();
        let exact = 2.0 * SPEED_OF_LIGHT_KM_S / 70.0 * (1.0 - 1.0 / 3.0_f64.sqrt());
        assert!((universe.comoving_mpc(2.0) / exact - 1.0).abs() < 1e-14);
    }

    #[test]
    fn distances_between_add_up() {
        let universe = Cosmology::default();
        assert!(universe.angular_diameter_between_mpc(0.5, 0.5).abs() < 1e-12);
        let whole = universe.angular_diameter_between_mpc(0.0, 1.3);
        assert!((whole - universe.angular_diameter_mpc(1.3)).abs() < 1e-9);
    }

    #[test]
    fn refuses_an_impossible_universe() {
        assert!(Cosmology::new(70.0, 1.4).is_err());
        assert!(Cosmology::new(f64::NAN, 0.3).is_err());
    }
}
