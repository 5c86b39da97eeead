//! From a halo's mass and concentration to the angles lensing needs.

use crate::{
    constants::ARCSEC,
    cosmology::Cosmology,
    parameter::{ParameterError, within},
};

/// An NFW halo of mass M200c at a redshift, seen against a source behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NfwHalo {
    /// Radius inside which the mean density is 200 times critical, Mpc.
    pub r200_mpc: f64,
    /// Scale radius, Mpc.
    pub scale_mpc: f64,
    /// Scale radius, arcsec.
    pub scale_arcsec: f64,
    /// Characteristic density, M☉/Mpc³.
    pub rho0: f64,
    /// Deflection at the scale radius, arcsec.
    pub alpha_scale_arcsec: f64,
}

impl NfwHalo {
    /// Mass within 200 times the critical density in M☉ and concentration r200/r_s.
    ///
    /// # Errors
    /// When mass or concentration is out of range, or the source is not behind the halo.
    pub fn new(
        cosmology: &Cosmology,
        m200_msun: f64,
        c200: f64,
        z_lens: f64,
        z_source: f64,
    ) -> Result<Self, ParameterError> {
        within("m200_msun", m200_msun, 1e5, 1e17)?;
        within("c200", c200, 0.1, 1000.0)?;
        within("z_lens", z_lens, 1e-4, 20.0)?;
        within("z_source", z_source, z_lens * (1.0 + 1e-9), 100.0)?;
        let pi = std::f64::consts::PI;
        let critical = cosmology.critical_density(z_lens);
        let r200_mpc = (3.0 * m200_msun / (4.0 * pi * 200.0 * critical)).cbrt();
        let scale_mpc = r200_mpc / c200;
        let rho0 = 200.0 / 3.0 * critical * c200.powi(3) / ((1.0 + c200).ln() - c200 / (1.0 + c200));
        let d_l = cosmology.angular_diameter_mpc(z_lens);
        let strength = 4.0 * rho0 * scale_mpc * scale_mpc / cosmology.sigma_crit(z_lens, z_source);
        let alpha_scale_arcsec = strength * (1.0 - std::f64::consts::LN_2) / d_l / ARCSEC;
        Ok(Self { r200_mpc, scale_mpc, scale_arcsec: scale_mpc / d_l / ARCSEC, rho0, alpha_scale_arcsec })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_the_mass_it_was_given() {
        let halo = NfwHalo::new(&Cosmology::default(), 3e14, 5.0, 0.4, 1.5).unwrap();
        let inside =
            4.0 * std::f64::consts::PI * halo.rho0 * halo.scale_mpc.powi(3) * (6.0_f64.ln() - 5.0 / 6.0);
        assert!((inside / 3e14 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn refuses_a_source_in_front() {
        let error = NfwHalo::new(&Cosmology::default(), 3e14, 5.0, 0.4, 0.3).unwrap_err();
        assert_eq!(error.name, "z_source");
    }
}
