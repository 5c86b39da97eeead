//! Linear growth of structure in flat ΛCDM (Heath 1977): D ∝ E(a) ∫ da/(a E)³, as a
//! hypergeometric series that needs no integration.

use crate::cosmology::Cosmology;

/// D(z), normalised to 1 today.
pub fn growth(cosmology: &Cosmology, z: f64) -> f64 {
    unnormalised(cosmology, z) / unnormalised(cosmology, 0.0)
}

/// −d ln D/d ln(1 + z): 1 while matter rules, smaller when Λ does.
pub fn growth_rate(cosmology: &Cosmology, z: f64) -> f64 {
    let a = 1.0 / (1.0 + z);
    let omega = cosmology.omega_m() * (1.0 + z).powi(3) / cosmology.expansion(z).powi(2);
    // From D' of the integral: f = Ωm(a) (5a/(2D) − 3/2), with D in the units where D → a early on.
    omega * (2.5 * a / unnormalised(cosmology, z) - 1.5)
}

/// D in the units where D → a in the early universe: a ₂F₁(1/3, 1; 11/6; −x), x = (ΩΛ/Ωm) a³.
fn unnormalised(cosmology: &Cosmology, z: f64) -> f64 {
    let a = 1.0 / (1.0 + z);
    let x = (1.0 - cosmology.omega_m()) / cosmology.omega_m() * a.powi(3);
    // Pfaff: ₂F₁(a, b; c; −x) = (1 + x)^(−b) ₂F₁(c − a, b; c; x/(1 + x)), whose argument is below 1.
    let t = x / (1.0 + x);
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 0..20_000 {
        let k = f64::from(k);
        term *= (1.5 + k) / (11.0 / 6.0 + k) * t;
        sum += term;
        if term < 1e-16 * sum {
            break;
        }
    }
    a * sum / (1.0 + x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quadrature::integrate;

    #[test]
    fn agrees_with_the_integral() {
        for omega_m in [0.1, 0.3, 0.9] {
            let universe = Cosmology::new(70.0, omega_m).unwrap();
            for z in [0.0, 0.5, 2.0] {
                let end: f64 = 1.0 / (1.0 + z);
                let integral = integrate(0.0, end.powf(0.5), |s| {
                    let a = s * s;
                    2.0 * s * (a * universe.expansion(1.0 / a - 1.0)).powi(-3)
                });
                let exact = 2.5 * omega_m * universe.expansion(z) * integral;
                assert!((unnormalised(&universe, z) / exact - 1.0).abs() < 1e-9, "Ωm {omega_m}, z {z}");
            }
        }
    }

    #[test]
    fn its_rate_is_its_logarithmic_derivative() {
        let universe = Cosmology::default();
        for z in [0.1_f64, 1.0, 3.0] {
            let (above, below) = ((1.0 + z) * 1.0001 - 1.0, (1.0 + z) / 1.0001 - 1.0);
            let slope = (growth(&universe, above) / growth(&universe, below)).ln() / (2.0 * 1.0001_f64.ln());
            assert!((growth_rate(&universe, z) + slope).abs() < 1e-7);
        }
    }
}
