//! One halo, two masses: M within the radius of mean density Δ times critical, for
//! different Δ, of the same NFW profile. Catalogues give M500c, lensing wants M200c.

use crate::parameter::{ParameterError, within};

/// ln(1 + c) − c/(1 + c): mass inside c scale radii.
fn enclosed(c: f64) -> f64 {
    if c < 1e-3 { c * c * (0.5 - c * (2.0 / 3.0 - 0.75 * c)) } else { c.ln_1p() - c / (1.0 + c) }
}

/// The halo's mass and concentration (M☉, r_Δ/r_s) at density contrast `to`, from those at `from`.
///
/// # Errors
/// When a number is out of range: contrasts 10 to 1e5, mass 1e5 to 1e17, concentration 0.1 to 1000.
pub fn convert_mass(
    mass_msun: f64,
    concentration: f64,
    from: f64,
    to: f64,
) -> Result<(f64, f64), ParameterError> {
    within("mass_msun", mass_msun, 1e5, 1e17)?;
    within("concentration", concentration, 0.1, 1000.0)?;
    within("contrast_from", from, 10.0, 1e5)?;
    within("contrast_to", to, 10.0, 1e5)?;
    // m(c)/c³ ∝ Δ, and it falls with c.
    let wanted = to / from * enclosed(concentration) / concentration.powi(3);
    let (mut low, mut high) = (1e-6_f64.ln(), 1e6_f64.ln());
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        let c = middle.exp();
        if enclosed(c) / c.powi(3) > wanted { low = middle } else { high = middle }
    }
    let c = (0.5 * (low + high)).exp();
    Ok((mass_msun * enclosed(c) / enclosed(concentration), c))
}

/// M500c and c500 of a halo of M200c (M☉) and c200.
///
/// # Errors
/// As [`convert_mass`].
pub fn m500_of_m200(m200_msun: f64, c200: f64) -> Result<(f64, f64), ParameterError> {
    convert_mass(m200_msun, c200, 200.0, 500.0)
}

/// M200c (M☉) and c200 of a halo of M500c, given how c200 depends on M200c.
///
/// # Errors
/// As [`convert_mass`], also when the relation gives no usable concentration.
pub fn m200_of_m500(m500_msun: f64, c200_of: impl Fn(f64) -> f64) -> Result<(f64, f64), ParameterError> {
    within("m500_msun", m500_msun, 1e5, 1e17)?;
    let mut m200 = 1.45 * m500_msun;
    // M200/M500 depends weakly on c, c weakly on M200: each turn gains a digit or more.
    for _ in 0..30 {
        let (m500, _) = m500_of_m200(m200, c200_of(m200))?;
        m200 *= m500_msun / m500;
    }
    Ok((m200, c200_of(m200)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_again() {
        for c in [0.5, 4.0, 20.0] {
            let (m500, c500) = m500_of_m200(3e14, c).unwrap();
            let (m200, c200) = convert_mass(m500, c500, 500.0, 200.0).unwrap();
            assert!((m200 / 3e14 - 1.0).abs() < 1e-12 && (c200 / c - 1.0).abs() < 1e-12);
            assert!(m500 < 3e14 && c500 < c);
        }
    }

    #[test]
    fn both_masses_belong_to_one_profile() {
        // ρ̄(<r) = M/r³ up to constants: 2.5 times larger inside r500.
        let (m500, c500) = m500_of_m200(1e15, 5.0).unwrap();
        assert!(((m500 / c500.powi(3)) / (1e15 / 125.0) - 2.5).abs() < 1e-11);
        // A textbook value: M500/M200 = 0.72 at c200 = 5.
        assert!((m500 / 1e15 - 0.72).abs() < 0.01);
    }

    #[test]
    fn finds_the_mass_whose_concentration_follows_a_relation() {
        let relation = |m: f64| crate::concentration_duffy(m, 0.3, 0.7);
        let (m200, c200) = m200_of_m500(1.2e14, relation).unwrap();
        assert!((m500_of_m200(m200, c200).unwrap().0 / 1.2e14 - 1.0).abs() < 1e-12);
        assert!((c200 - relation(m200)).abs() < 1e-12);
    }

    #[test]
    fn refuses_a_negative_mass_and_a_relation_without_an_answer() {
        assert_eq!(m500_of_m200(-1e14, 5.0).unwrap_err().name, "mass_msun");
        assert_eq!(m200_of_m500(1e14, |_| f64::NAN).unwrap_err().name, "concentration");
    }
}
