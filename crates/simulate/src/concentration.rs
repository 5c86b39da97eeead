//! Mean concentration of a halo: the model of Diemer & Joyce (2019, ApJ 871,
//! 168) for the Planck 2018 cosmology, tabulated with colossus and interpolated.

/// log10 of M200c in M☉/h.
const LOG_MASS: [f64; 5] = [13.5, 14.0, 14.5, 15.0, 15.3];
const REDSHIFT: [f64; 5] = [0.1, 0.3, 0.5, 0.7, 1.0];
/// c200c, a row per mass.
const MEAN: [[f64; 5]; 5] = [
    [4.926, 4.574, 4.273, 4.033, 3.777],
    [4.296, 4.070, 3.894, 3.771, 3.680],
    [3.867, 3.783, 3.747, 3.762, 3.870],
    [3.756, 3.841, 3.979, 4.170, 4.540],
    [3.915, 4.128, 4.400, 4.729, 5.311],
];

/// c200c of the mean halo of this mass (M☉) at this redshift, for H0 = 100 `h` km/s/Mpc; constant
/// beyond the table.
pub fn mean_concentration(m200_msun: f64, z: f64, h: f64) -> f64 {
    let (i, u) = cell(&LOG_MASS, (m200_msun * h).log10());
    let (j, v) = cell(&REDSHIFT, z);
    let row = |i: usize| MEAN[i][j] * (1.0 - v) + MEAN[i][j + 1] * v;
    row(i) * (1.0 - u) + row(i + 1) * u
}

/// The interval of `grid` that holds `x`, and how far along it.
fn cell(grid: &[f64; 5], x: f64) -> (usize, f64) {
    let x = x.clamp(grid[0], grid[4]);
    let i = (0..3).rev().find(|&i| x >= grid[i + 1]).map_or(0, |i| i + 1).min(3);
    (i, (x - grid[i]) / (grid[i + 1] - grid[i]))
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
            assert!((c - row[2]).abs() < 6e-4, "{line}: {c}");
        }
    }

    #[test]
    fn passes_through_its_table_and_stays_flat_beyond() {
        for (i, &log_mass) in LOG_MASS.iter().enumerate() {
            for (j, &z) in REDSHIFT.iter().enumerate() {
                let c = mean_concentration(10f64.powf(log_mass) / 0.7, z, 0.7);
                assert!((c - MEAN[i][j]).abs() < 1e-9, "{log_mass} {z}: {c}");
            }
        }
        assert!((mean_concentration(1e10, 0.01, 0.7) - MEAN[0][0]).abs() < 1e-12);
    }
}
