//! Masses of cluster galaxies from their light: velocity dispersion, core and cut radius
//! as powers of luminosity (Natarajan and Kneib 1997; exponents ¼, ½, ½ by default, measured
//! ones near 0.27–0.28 for σ in Bergamini et al. 2019, A&A 631, A130). Their mass is
//! part of the cluster's and is taken out of the halo.

use crate::{
    cosmology::Cosmology,
    isothermal::einstein_radius_sis_arcsec,
    parameter::{ParameterError, within},
};

/// What a published dispersion means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dispersion {
    /// That of the singular isothermal sphere: θ_E = 4π (σ/c)² D_ls/D_s.
    #[default]
    Isothermal,
    /// Lenstool's dPIE parameter, smaller by √1.5: θ_E = 6π (σ/c)² D_ls/D_s (Elíasdóttir et al. 2007,
    /// arXiv:0710.5636). Copying one as the other is wrong by half in mass.
    Lenstool,
}

impl Dispersion {
    /// The isothermal dispersion, km/s.
    #[must_use]
    pub fn isothermal_km_s(self, sigma_km_s: f64) -> f64 {
        match self {
            Self::Isothermal => sigma_km_s,
            Self::Lenstool => sigma_km_s * 1.5_f64.sqrt(),
        }
    }
}

/// A scaling relation anchored at a reference magnitude.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MemberScaling {
    /// Magnitude of the galaxy the reference values belong to.
    pub magnitude: f64,
    /// Its dispersion, km/s.
    pub sigma_km_s: f64,
    /// Which dispersion that is.
    pub dispersion: Dispersion,
    /// Its core radius, kpc.
    pub core_kpc: f64,
    /// Its cut radius, kpc.
    pub cut_kpc: f64,
    /// σ ∝ L to this power.
    pub sigma_exponent: f64,
    /// Core radius ∝ L to this power.
    pub core_exponent: f64,
    /// Cut radius ∝ L to this power.
    pub cut_exponent: f64,
    /// Scatter of σ at a given luminosity, dex.
    pub sigma_scatter_dex: f64,
}

/// A galaxy's mass profile in physical units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MemberMass {
    /// Dispersion of the isothermal sphere, km/s.
    pub sigma_km_s: f64,
    /// Core radius, kpc.
    pub core_kpc: f64,
    /// Cut radius, kpc.
    pub cut_kpc: f64,
}

impl MemberScaling {
    /// Exponents ¼, ½, ½ (a constant mass-to-light ratio), core 0.15 kpc, scatter 0.06 dex, Lenstool's
    /// dispersion, for a galaxy of this magnitude.
    #[must_use]
    pub const fn usual(magnitude: f64, sigma_km_s: f64, cut_kpc: f64) -> Self {
        Self {
            magnitude,
            sigma_km_s,
            dispersion: Dispersion::Lenstool,
            core_kpc: 0.15,
            cut_kpc,
            sigma_exponent: 0.25,
            core_exponent: 0.5,
            cut_exponent: 0.5,
            sigma_scatter_dex: 0.06,
        }
    }

    /// The mass of a galaxy of this magnitude; `normal` is a number from the unit normal distribution
    /// (0 for the mean relation).
    #[must_use]
    pub fn member(&self, magnitude: f64, normal: f64) -> MemberMass {
        let log_l = -0.4 * (magnitude - self.magnitude);
        let times = |exponent: f64| 10f64.powf(exponent * log_l);
        let scatter = 10f64.powf(self.sigma_scatter_dex * normal);
        MemberMass {
            sigma_km_s: self.dispersion.isothermal_km_s(self.sigma_km_s)
                * times(self.sigma_exponent)
                * scatter,
            core_kpc: self.core_kpc * times(self.core_exponent),
            cut_kpc: self.cut_kpc * times(self.cut_exponent),
        }
    }
}

impl MemberMass {
    /// Einstein radius of the untruncated profile, core and cut, in arcsec, for [`crate::Dpie::new`].
    #[must_use]
    pub fn angles(&self, cosmology: &Cosmology, z_lens: f64, z_source: f64) -> [f64; 3] {
        let ratio = cosmology.angular_diameter_between_mpc(z_lens, z_source)
            / cosmology.angular_diameter_mpc(z_source);
        let kpc = cosmology.kpc_per_arcsec(z_lens);
        [einstein_radius_sis_arcsec(self.sigma_km_s, ratio), self.core_kpc / kpc, self.cut_kpc / kpc]
    }

    /// Total mass in M☉, π σ² (cut − core)/G; no source is needed for it.
    #[must_use]
    pub fn total_msun(&self) -> f64 {
        let sigma = self.sigma_km_s;
        std::f64::consts::PI * sigma * sigma * (self.cut_kpc - self.core_kpc) * 1e-3
            / crate::constants::GRAVITY_MPC
    }
}

/// The smooth halo's mass: M200 less the galaxies'. The concentration stays.
///
/// # Errors
/// When the galaxies hold more than half of the mass, which no cluster does.
pub fn smooth_halo_mass(m200_msun: f64, galaxies_msun: f64) -> Result<f64, ParameterError> {
    within("m200_msun", m200_msun, 1e5, 1e17)?;
    within("galaxies_msun", galaxies_msun, 0.0, 0.5 * m200_msun)?;
    Ok(m200_msun - galaxies_msun)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SPEED_OF_LIGHT_KM_S, dpie::Dpie};

    #[test]
    fn lenstools_dispersion_is_smaller_by_the_root_of_one_and_a_half() {
        let theta = einstein_radius_sis_arcsec(Dispersion::Lenstool.isothermal_km_s(200.0), 0.5);
        let published = 6.0 * std::f64::consts::PI * (200.0 / SPEED_OF_LIGHT_KM_S).powi(2) * 0.5
            / crate::constants::ARCSEC;
        assert!((theta / published - 1.0).abs() < 1e-12);
    }

    #[test]
    fn mass_follows_light() {
        let scaling =
            MemberScaling { dispersion: Dispersion::Isothermal, ..MemberScaling::usual(19.0, 200.0, 40.0) };
        let (bright, faint) = (scaling.member(19.0, 0.0), scaling.member(21.5, 0.0));
        assert!((bright.sigma_km_s - 200.0).abs() < 1e-12 && (bright.cut_kpc - 40.0).abs() < 1e-12);
        // 2.5 mag are a factor ten in light.
        assert!((faint.total_msun() * 10.0 / bright.total_msun() - 1.0).abs() < 1e-12);
        assert!(scaling.member(19.0, 1.0).sigma_km_s > 200.0);
    }

    #[test]
    fn the_mass_is_that_of_the_lens_it_makes() {
        let (universe, member) =
            (Cosmology::default(), MemberMass { sigma_km_s: 220.0, core_kpc: 0.2, cut_kpc: 30.0 });
        let [theta, core, cut] = member.angles(&universe, 0.4, 2.0);
        let lens = Dpie::total_mass(
            theta,
            core,
            cut,
            universe.sigma_crit(0.4, 2.0),
            universe.angular_diameter_mpc(0.4),
        );
        assert!((lens / member.total_msun() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn galaxies_cannot_outweigh_their_cluster() {
        assert!((smooth_halo_mass(1e14, 5e12).unwrap() - 9.5e13).abs() < 1.0);
        assert_eq!(smooth_halo_mass(1e14, 2e14).unwrap_err().name, "galaxies_msun");
    }
}
