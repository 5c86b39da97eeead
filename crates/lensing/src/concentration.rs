//! How concentrated a halo of a given mass is on average, and how haloes scatter about
//! that: c200c after Duffy et al. (2008) and after Diemer and Joyce (2019).

use crate::{
    cosmology::Cosmology,
    growth::{growth, growth_rate},
    parameter::ParameterError,
    power_spectrum::{Fluctuations, PowerSpectrum},
};

/// Mean c200c of all haloes, Duffy et al. 2008 (MNRAS 390, L64, table 1, full sample, redshift 0–2)
/// for the WMAP5 universe: 5.71 (M/2×10¹² M☉/h)^−0.084 (1 + z)^−0.47. `h` is H0/100.
#[must_use]
pub fn concentration_duffy(m200_msun: f64, z: f64, h: f64) -> f64 {
    5.71 * (m200_msun * h / 2e12).powf(-0.084) * (1.0 + z).powf(-0.47)
}

/// A concentration drawn about a mean: lognormal, `sigma_ln` in ln c (0.33 in Diemer and Joyce's
/// sample of all haloes), `normal` a number from the unit normal distribution.
#[must_use]
pub fn scattered_concentration(mean: f64, sigma_ln: f64, normal: f64) -> f64 {
    mean * (sigma_ln * normal).exp()
}

/// Density contrast at which a sphere collapses, in linear theory.
const COLLAPSE: f64 = 1.686_47;
/// ρ_crit today in M☉ h²/Mpc³.
const CRITICAL: f64 = 2.775_366_27e11;
/// Parameters of the median relation (Diemer and Joyce 2019, ApJ 871, 168, table 2).
const KAPPA: f64 = 0.41;
const A: [f64; 2] = [2.45, 1.82];
const B: [f64; 2] = [3.20, 2.30];
const C_ALPHA: f64 = 0.21;

/// The model of Diemer and Joyce for one universe. Making one costs a few milliseconds; each
/// concentration takes some hundred microseconds.
#[derive(Debug, Clone, PartialEq)]
pub struct DiemerJoyce {
    cosmology: Cosmology,
    spectrum: PowerSpectrum,
}

impl DiemerJoyce {
    /// The model for this universe.
    ///
    /// # Errors
    /// As [`PowerSpectrum::new`].
    pub fn new(cosmology: &Cosmology, fluctuations: &Fluctuations) -> Result<Self, ParameterError> {
        Ok(Self { cosmology: *cosmology, spectrum: PowerSpectrum::new(cosmology, fluctuations)? })
    }

    /// Peak height ν of haloes of this mass at redshift `z`.
    #[must_use]
    pub fn peak_height(&self, m200_msun: f64, z: f64) -> f64 {
        COLLAPSE / (self.spectrum.sigma(self.lagrangian_radius(m200_msun)) * growth(&self.cosmology, z))
    }

    /// Median c200c of haloes of this mass (M☉) at redshift `z`. NaN where the model has no answer
    /// (haloes far rarer than any).
    #[must_use]
    pub fn c200(&self, m200_msun: f64, z: f64) -> f64 {
        let nu = self.peak_height(m200_msun, z);
        let n = -2.0 * self.spectrum.sigma_slope(KAPPA * self.lagrangian_radius(m200_msun)) - 3.0;
        let alpha = growth_rate(&self.cosmology, z);
        let a = A[0] * (1.0 + A[1] * (n + 3.0));
        let b = B[0] * (1.0 + B[1] * (n + 3.0));
        let c = 1.0 - C_ALPHA * (1.0 - alpha);
        c * inverse_g(a / nu * (1.0 + nu * nu / b), n)
    }

    /// Radius of the sphere of mean density that holds the mass, comoving Mpc/h.
    fn lagrangian_radius(&self, mass_msun: f64) -> f64 {
        let h = self.cosmology.h0_km_s_mpc() / 100.0;
        let density = self.cosmology.omega_m() * CRITICAL;
        (3.0 * mass_msun * h / (4.0 * std::f64::consts::PI * density)).cbrt()
    }
}

/// Grid of [`ConcentrationTable`]: log10 of M200c in M☉ and redshift, first value, step and count.
const LOG_MASS: (f64, f64, usize) = (12.8, 0.1, 31);
const REDSHIFT: (f64, f64, usize) = (0.0, 0.1, 17);

/// [`DiemerJoyce`] tabulated for haloes of groups and clusters up to redshift 1.6, within 0.5 % of it:
/// making one takes about a tenth of a second, each concentration some nanoseconds.
#[derive(Debug, Clone, PartialEq)]
pub struct ConcentrationTable {
    /// c200c, a row per mass.
    values: Vec<f64>,
}

impl ConcentrationTable {
    /// The table for this universe.
    ///
    /// # Errors
    /// As [`DiemerJoyce::new`].
    pub fn new(cosmology: &Cosmology, fluctuations: &Fluctuations) -> Result<Self, ParameterError> {
        let model = DiemerJoyce::new(cosmology, fluctuations)?;
        let value = |i: usize, j: usize| {
            let (log_mass, z) = (LOG_MASS.0 + LOG_MASS.1 * i as f64, REDSHIFT.0 + REDSHIFT.1 * j as f64);
            model.c200(10f64.powf(log_mass), z)
        };
        Ok(Self {
            values: (0..LOG_MASS.2)
                .flat_map(|i| (0..REDSHIFT.2).map(move |j| (i, j)))
                .map(|(i, j)| value(i, j))
                .collect(),
        })
    }

    /// Median c200c of haloes of this mass (M☉) at redshift `z`; beyond the table that of its edge.
    #[must_use]
    pub fn c200(&self, m200_msun: f64, z: f64) -> f64 {
        let (i, u) = cell(LOG_MASS, m200_msun.log10());
        let (j, v) = cell(REDSHIFT, z);
        let at = |i: usize, j: usize| self.values[i * REDSHIFT.2 + j];
        let row = |i: usize| at(i, j) * (1.0 - v) + at(i, j + 1) * v;
        row(i) * (1.0 - u) + row(i + 1) * u
    }
}

/// The interval of a grid that holds `x`, and how far along it.
fn cell((first, step, count): (f64, f64, usize), x: f64) -> (usize, f64) {
    let last = (count - 1) as f64;
    let place = ((x - first) / step).clamp(0.0, last);
    let i = (place.floor() as usize).min(count - 2);
    (i, place - i as f64)
}

/// G(x) = x / (ln(1 + x) − x/(1 + x))^((5 + n)/6).
fn g(x: f64, n: f64) -> f64 {
    x / (x.ln_1p() - x / (1.0 + x)).powf((5.0 + n) / 6.0)
}

/// The x of G(x) = `value` on the branch where G grows; NaN if there is none.
fn inverse_g(value: f64, n: f64) -> f64 {
    let (low, high) = (0.05_f64.ln(), 1e5_f64.ln());
    // G may fall before it grows: its lowest point is where the branch starts.
    let steps = 400;
    let at = |k: i32| low + (high - low) * f64::from(k) / f64::from(steps);
    let start = (0..=steps).min_by(|&a, &b| g(at(a).exp(), n).total_cmp(&g(at(b).exp(), n))).unwrap_or(0);
    let (mut low, mut high) = (at(start), high);
    if !(g(low.exp(), n)..=g(high.exp(), n)).contains(&value) {
        return f64::NAN;
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if g(middle.exp(), n) < value { low = middle } else { high = middle }
    }
    (0.5 * (low + high)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_gives_back_what_went_in() {
        for n in [-2.6, -2.0, -1.5] {
            for x in [3.0, 5.0, 12.0] {
                assert!((inverse_g(g(x, n), n) / x - 1.0).abs() < 1e-9);
            }
        }
        assert!(inverse_g(1e-9, -2.5).is_nan());
    }

    #[test]
    fn the_table_follows_the_model_and_stays_flat_beyond() {
        let (universe, usual) = (Cosmology::default(), Fluctuations::default());
        let model = DiemerJoyce::new(&universe, &usual).unwrap();
        let table = ConcentrationTable::new(&universe, &usual).unwrap();
        for mass in [7.3e12, 4.4e13, 1.3e14, 6.1e14, 3.3e15] {
            for z in [0.03, 0.44, 0.97, 1.52] {
                assert!((table.c200(mass, z) / model.c200(mass, z) - 1.0).abs() < 5e-3, "{mass:e} {z}");
            }
        }
        assert!((table.c200(1e9, 5.0) / model.c200(10f64.powf(12.8), 1.6) - 1.0).abs() < 1e-9);
        assert!(table.values.iter().all(|c| c.is_finite()));
    }

    #[test]
    fn small_haloes_are_more_concentrated_and_scatter_is_lognormal() {
        let model = DiemerJoyce::new(&Cosmology::default(), &Fluctuations::default()).unwrap();
        assert!(model.c200(1e12, 0.3) > model.c200(1e14, 0.3));
        assert!(model.c200(1e14, 0.0) > model.c200(1e14, 0.5));
        assert!(
            (scattered_concentration(4.0, 0.33, 1.0) / scattered_concentration(4.0, 0.33, -1.0)
                - 0.66_f64.exp())
            .abs()
                < 1e-12
        );
    }
}
