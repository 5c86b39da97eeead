//! Tables of distances. The universe stands in a column or comment as a name that ends in
//! its two numbers: `H70_Om0.3`, `…_67.66_0.30966`.

use super::{
    row::{Row, relative},
    table::{Line, Table},
};
use crate::cosmology::Cosmology;

/// The universe a name means: its last two numbers.
pub fn universe(name: &str) -> Option<Cosmology> {
    let parts: Vec<&str> = name.split('_').collect();
    let [.., h0, omega_m] = parts.as_slice() else { return None };
    let number = |text: &str| text.trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<f64>().ok();
    Cosmology::new(number(h0)?, number(omega_m)?).ok()
}

/// A quantity: its column, how to compute it, and how far it may be off.
type Quantity<'a> = (&'a str, &'a dyn Fn(&Cosmology, &Line<'_>) -> f64, f64);

fn compare(table: &Table, quantities: &[Quantity<'_>]) -> Vec<Row> {
    let unknown = table.lines().find(|line| universe(line.text("cosmo")).is_none());
    if let Some(line) = unknown {
        let problem = format!("`{}` does not end in H0 and Ωm", line.text("cosmo"));
        return vec![Row::unreadable(&table.name, problem)];
    }
    let there = quantities.iter().filter(|(column, ..)| table.column(column).is_some());
    let row = |&(column, mine, tolerance): &Quantity<'_>| {
        let points = table.lines().filter_map(|line| {
            let universe = universe(line.text("cosmo"))?;
            let at = ["z", "z_l", "z_s"].map(|z| line.text(z)).join(" ");
            let where_ = format!("{} z {}", line.text("cosmo"), at.trim());
            Some((relative(mine(&universe, &line), line.number(column)), where_))
        });
        Row::compared(&table.name, column, "relative", tolerance, points)
    };
    there.map(row).collect()
}

/// Compares distances from us, densities and ages.
pub fn distances(table: &Table) -> Vec<Row> {
    const LIMIT: f64 = 1e-8;
    let z = |line: &Line<'_>| line.number("z");
    compare(
        table,
        &[
            ("E", &|u, line| u.expansion(z(line)), LIMIT),
            ("D_C", &|u, line| u.comoving_mpc(z(line)), LIMIT),
            ("D_A", &|u, line| u.angular_diameter_mpc(z(line)), LIMIT),
            ("D_L", &|u, line| u.luminosity_mpc(z(line)), LIMIT),
            ("dVc_dz_dOmega", &|u, line| u.volume_element_mpc3(z(line)), LIMIT),
            ("age", &|u, line| u.age_gyr(z(line)), LIMIT),
            ("rho_crit", &|u, line| u.critical_density(z(line)), LIMIT),
            ("kpc_per_arcsec", &|u, line| u.kpc_per_arcsec(z(line)), LIMIT),
            ("distmod", &|u, line| u.distance_modulus(z(line)), LIMIT),
        ],
    )
}

/// Compares distances between lens and source, and critical surface densities.
pub fn pairs(table: &Table) -> Vec<Row> {
    const LIMIT: f64 = 1e-8;
    let z = |line: &Line<'_>| (line.number("z_l"), line.number("z_s"));
    let between = |u: &Cosmology, line: &Line<'_>| u.angular_diameter_between_mpc(z(line).0, z(line).1);
    let critical = |u: &Cosmology, line: &Line<'_>| u.sigma_crit(z(line).0, z(line).1);
    compare(
        table,
        &[
            ("D_l", &|u, line| u.angular_diameter_mpc(z(line).0), LIMIT),
            ("D_s", &|u, line| u.angular_diameter_mpc(z(line).1), LIMIT),
            ("D_ls", &between, LIMIT),
            ("sigma_crit_astropy", &critical, LIMIT),
            // lenstronomy computes with older values of G and the Sun's mass.
            ("sigma_crit_lenstronomy", &critical, 5e-4),
        ],
    )
}
