//! Mean concentration of a halo: the model of Diemer & Joyce (2019, ApJ 871,
//! 168) for the Planck 2018 universe, whatever universe the distances are in.

use std::sync::LazyLock;

use lensing::{ConcentrationTable, Cosmology, Fluctuations};

/// H0 and Ωm of Planck 2018, the universe the model is evaluated in.
const PLANCK: (f64, f64) = (67.66, 0.3111);

/// Made when first asked for, in about a tenth of a second; no draw waits for it again.
static TABLE: LazyLock<ConcentrationTable> = LazyLock::new(|| {
    Cosmology::new(PLANCK.0, PLANCK.1)
        .and_then(|universe| ConcentrationTable::new(&universe, &Fluctuations::default()))
        .expect("the constants are in range")
});

/// c200c of the median halo of this mass (M☉) at this redshift, for H0 = 100 `h` km/s/Mpc; constant
/// beyond the table.
pub fn mean_concentration(m200_msun: f64, z: f64, h: f64) -> f64 {
    // Haloes are compared at equal M h.
    TABLE.c200(m200_msun * h * 100.0 / PLANCK.0, z)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_reference_table() {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/lensing/concentration.csv");
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("skipped: no {path}");
            return;
        };
        for line in text.lines().skip(2) {
            let row: Vec<f64> = line.split(',').map(|v| v.parse().unwrap()).collect();
            let c = mean_concentration(10f64.powf(row[0]) / 0.6766, row[1], 0.6766);
            assert!((c / row[2] - 1.0).abs() < 3e-3, "{line}: {c}");
        }
    }

    #[test]
    fn a_mass_in_units_with_h_means_the_same_halo_in_every_universe() {
        let [a, b] = [0.6, 0.8].map(|h| mean_concentration(2e14 / h, 0.4, h));
        assert!((a - b).abs() < 1e-12 && a > 3.0 && a < 5.0);
    }
}
