//! How rough the universe is: the linear power spectrum of Eisenstein and Hu (1998, ApJ
//! 496, 605, with baryon wiggles), normalised to σ8, and the r.m.s. overdensity σ(R) in
//! spheres. Lengths are comoving Mpc/h, wavenumbers h/Mpc.

use crate::{
    cosmology::Cosmology,
    parameter::{ParameterError, within},
};

/// What a spectrum needs beside H0 and Ωm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fluctuations {
    /// Baryon density in units of the critical density today.
    pub omega_b: f64,
    /// σ in spheres of 8 Mpc/h today.
    pub sigma8: f64,
    /// Slope of the primordial spectrum.
    pub n_s: f64,
}

impl Default for Fluctuations {
    /// Planck 2018 (paper VI, table 2, last column).
    fn default() -> Self {
        Self { omega_b: 0.0490, sigma8: 0.8102, n_s: 0.9665 }
    }
}

/// Temperature of the cosmic background, K (Fixsen 2009).
const T_CMB: f64 = 2.7255;
/// Samples of the spectrum, even in ln k.
const SAMPLES: usize = 6000;
/// Range of k, h/Mpc: far beyond what spheres of 0.01 to 100 Mpc/h feel.
const LN_K: [f64; 2] = [-9.2, 9.2];

/// A linear power spectrum at redshift 0.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerSpectrum {
    /// k and k³P(k)/2π² for each sample.
    samples: Vec<(f64, f64)>,
}

impl PowerSpectrum {
    /// The spectrum of a universe.
    ///
    /// # Errors
    /// When a number is out of range, or there are more baryons than matter.
    pub fn new(cosmology: &Cosmology, fluctuations: &Fluctuations) -> Result<Self, ParameterError> {
        let Fluctuations { omega_b, sigma8, n_s } = *fluctuations;
        within("omega_b", omega_b, 1e-4, 0.999 * cosmology.omega_m())?;
        within("sigma8", sigma8, 0.1, 3.0)?;
        within("n_s", n_s, 0.5, 1.5)?;
        let transfer = Transfer::new(cosmology, omega_b);
        let h = cosmology.h0_km_s_mpc() / 100.0;
        let sample = |i: usize| {
            let k = (LN_K[0] + (LN_K[1] - LN_K[0]) * i as f64 / (SAMPLES - 1) as f64).exp();
            (k, k.powf(n_s + 3.0) * transfer.at(k * h).powi(2))
        };
        let mut spectrum = Self { samples: (0..SAMPLES).map(sample).collect() };
        let scale = (sigma8 / spectrum.sigma(8.0)).powi(2);
        for (_, power) in &mut spectrum.samples {
            *power *= scale;
        }
        Ok(spectrum)
    }

    /// r.m.s. overdensity in spheres of this radius (comoving Mpc/h), redshift 0.
    #[must_use]
    pub fn sigma(&self, radius: f64) -> f64 {
        self.variance(radius).0.sqrt()
    }

    /// d ln σ / d ln R.
    #[must_use]
    pub fn sigma_slope(&self, radius: f64) -> f64 {
        let (variance, change) = self.variance(radius);
        0.5 * change / variance
    }

    /// σ² and dσ²/d ln R.
    fn variance(&self, radius: f64) -> (f64, f64) {
        let step = (LN_K[1] - LN_K[0]) / (SAMPLES - 1) as f64;
        let (mut sum, mut change) = (0.0, 0.0);
        for &(k, power) in &self.samples {
            let (window, slope) = top_hat(k * radius);
            sum += power * window * window;
            change += power * 2.0 * window * slope;
        }
        (sum * step, change * step)
    }
}

/// Fourier transform of a sphere at x = kR, and its derivative by ln x.
fn top_hat(x: f64) -> (f64, f64) {
    if x < 0.05 {
        let x2 = x * x;
        return (1.0 - x2 / 10.0 + x2 * x2 / 280.0, -x2 / 5.0 + x2 * x2 / 70.0);
    }
    let (sin, cos) = x.sin_cos();
    let window = 3.0 * (sin - x * cos) / (x * x * x);
    (window, 3.0 * sin / x - 3.0 * window)
}

/// The transfer function, in the names of Eisenstein and Hu.
struct Transfer {
    baryons: f64,
    k_eq: f64,
    sound_horizon: f64,
    k_silk: f64,
    alpha_c: f64,
    beta_c: f64,
    alpha_b: f64,
    beta_b: f64,
    beta_node: f64,
}

impl Transfer {
    fn new(cosmology: &Cosmology, omega_b: f64) -> Self {
        let h = cosmology.h0_km_s_mpc() / 100.0;
        let (om, ob) = (cosmology.omega_m() * h * h, omega_b * h * h);
        let baryons = ob / om;
        let theta = T_CMB / 2.7;
        // Equations 2–6: equality, drag epoch, sound horizon; 7: Silk damping.
        let z_eq = 2.5e4 * om * theta.powi(-4);
        let k_eq = 7.46e-2 * om * theta.powi(-2);
        let b1 = 0.313 * om.powf(-0.419) * (1.0 + 0.607 * om.powf(0.674));
        let b2 = 0.238 * om.powf(0.223);
        let z_drag = 1291.0 * om.powf(0.251) / (1.0 + 0.659 * om.powf(0.828)) * (1.0 + b1 * ob.powf(b2));
        let ratio = |z: f64| 31.5 * ob * theta.powi(-4) * 1e3 / z;
        let (r_drag, r_eq) = (ratio(z_drag), ratio(z_eq));
        let sound_horizon = 2.0 / (3.0 * k_eq)
            * (6.0 / r_eq).sqrt()
            * (((1.0 + r_drag).sqrt() + (r_drag + r_eq).sqrt()) / (1.0 + r_eq.sqrt())).ln();
        let k_silk = 1.6 * ob.powf(0.52) * om.powf(0.73) * (1.0 + (10.4 * om).powf(-0.95));
        // 11, 12: suppression of the cold part.
        let a1 = (46.9 * om).powf(0.670) * (1.0 + (32.1 * om).powf(-0.532));
        let a2 = (12.0 * om).powf(0.424) * (1.0 + (45.0 * om).powf(-0.582));
        let alpha_c = a1.powf(-baryons) * a2.powf(-baryons.powi(3));
        let b1 = 0.944 / (1.0 + (458.0 * om).powf(-0.708));
        let b2 = (0.395 * om).powf(-0.0266);
        let beta_c = 1.0 / (1.0 + b1 * ((1.0 - baryons).powf(b2) - 1.0));
        // 14, 15, 23, 24: the baryons' part.
        let y = (1.0 + z_eq) / (1.0 + z_drag);
        let root = (1.0 + y).sqrt();
        let g = y * (-6.0 * root + (2.0 + 3.0 * y) * ((root + 1.0) / (root - 1.0)).ln());
        let alpha_b = 2.07 * k_eq * sound_horizon * (1.0 + r_drag).powf(-0.75) * g;
        let beta_b = 0.5 + baryons + (3.0 - 2.0 * baryons) * ((17.2 * om).powi(2) + 1.0).sqrt();
        let beta_node = 8.41 * om.powf(0.435);
        Self { baryons, k_eq, sound_horizon, k_silk, alpha_c, beta_c, alpha_b, beta_b, beta_node }
    }

    /// T(k), k in 1/Mpc (no h).
    fn at(&self, k: f64) -> f64 {
        let q = k / (13.41 * self.k_eq);
        let ks = k * self.sound_horizon;
        // 19, 20: the pressureless form.
        let pressureless = |alpha: f64, beta: f64| {
            let c = 14.2 / alpha + 386.0 / (1.0 + 69.9 * q.powf(1.08));
            let l = (std::f64::consts::E + 1.8 * beta * q).ln();
            l / (l + c * q * q)
        };
        // 17, 18: cold matter.
        let f = 1.0 / (1.0 + (ks / 5.4).powi(4));
        let cold = f * pressureless(1.0, self.beta_c) + (1.0 - f) * pressureless(self.alpha_c, self.beta_c);
        // 21, 22: baryons.
        let shifted = ks / (1.0 + (self.beta_node / ks).powi(3)).cbrt();
        let wave = if shifted < 1e-4 { 1.0 } else { shifted.sin() / shifted };
        let baryons = (pressureless(1.0, 1.0) / (1.0 + (ks / 5.2).powi(2))
            + self.alpha_b / (1.0 + (self.beta_b / ks).powi(3)) * (-(k / self.k_silk).powf(1.4)).exp())
            * wave;
        self.baryons * baryons + (1.0 - self.baryons) * cold
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planck() -> PowerSpectrum {
        PowerSpectrum::new(&Cosmology::new(67.66, 0.3111).unwrap(), &Fluctuations::default()).unwrap()
    }

    #[test]
    fn is_normalised_and_falls_with_radius() {
        let spectrum = planck();
        assert!((spectrum.sigma(8.0) - 0.8102).abs() < 1e-12);
        assert!(spectrum.sigma(1.0) > spectrum.sigma(8.0) && spectrum.sigma(8.0) > spectrum.sigma(30.0));
    }

    #[test]
    fn its_slope_is_the_derivative_of_its_logarithm() {
        let spectrum = planck();
        for radius in [0.05, 0.5, 5.0, 20.0] {
            let difference = (spectrum.sigma(radius * 1.001) / spectrum.sigma(radius / 1.001)).ln()
                / (2.0 * 1.001_f64.ln());
            assert!((spectrum.sigma_slope(radius) - difference).abs() < 1e-5, "at {radius}");
        }
    }

    #[test]
    fn largest_scales_are_untouched_and_small_ones_suppressed() {
        let transfer = Transfer::new(&Cosmology::default(), 0.05);
        assert!((transfer.at(1e-5) - 1.0).abs() < 2e-3);
        assert!(transfer.at(10.0) < 1e-3);
    }

    #[test]
    fn refuses_more_baryons_than_matter() {
        let heavy = Fluctuations { omega_b: 0.4, ..Fluctuations::default() };
        assert_eq!(PowerSpectrum::new(&Cosmology::default(), &heavy).unwrap_err().name, "omega_b");
    }
}
