//! Tables of haloes: their angles on the sky, and their concentrations.

use super::{
    distances::universe,
    row::{Row, relative},
    table::Table,
};
use crate::{
    concentration::{DiemerJoyce, concentration_duffy},
    cosmology::Cosmology,
    nfw_halo::NfwHalo,
    power_spectrum::Fluctuations,
};

/// Compares the physical and angular parameters of NFW haloes. The reference's older values of G and
/// the Sun's mass set the tolerance.
pub fn parameters(table: &Table) -> Vec<Row> {
    const LIMIT: f64 = 5e-4;
    let named = table.comment.split([' ', ',', ';']).find_map(universe);
    let cosmology = named.unwrap_or_default();
    let row = |column: &str, mine: fn(&NfwHalo) -> f64| {
        table.column(column).map(|_| {
            let points = table.lines().map(|line| {
                let [mass, c, z_l, z_s] = ["log10M200", "c200", "z_l", "z_s"].map(|name| line.number(name));
                let halo = NfwHalo::new(&cosmology, 10f64.powf(mass), c, z_l, z_s);
                let off = halo.map_or(f64::NAN, |halo| relative(mine(&halo), line.number(column)));
                (off, format!("M 10^{mass}, c {c}, z {z_l} to {z_s}"))
            });
            Row::compared(&table.name, column, "relative", LIMIT, points)
        })
    };
    [
        row("rho0", |halo| halo.rho0),
        row("Rs_Mpc", |halo| halo.scale_mpc),
        row("r200_Mpc", |halo| halo.r200_mpc),
        row("Rs_arcsec", |halo| halo.scale_arcsec),
        row("alpha_Rs_arcsec", |halo| halo.alpha_scale_arcsec),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The universes that tables of concentrations are made in, in colossus's names: H0, Ωm, Ωb, σ8, n_s.
const UNIVERSES: [(&str, [f64; 5]); 5] = [
    ("planck18", [67.66, 0.3111, 0.0490, 0.8102, 0.9665]),
    ("planck15", [67.74, 0.3089, 0.0486, 0.8159, 0.9667]),
    ("planck13", [67.77, 0.3071, 0.0483, 0.8288, 0.9611]),
    ("wmap9", [69.32, 0.2865, 0.0463, 0.8200, 0.9608]),
    ("wmap7", [70.20, 0.2743, 0.0458, 0.8160, 0.9680]),
];

/// Compares concentrations.
pub fn concentrations(table: &Table) -> Vec<Row> {
    let comment = table.comment.to_lowercase();
    let Some((_, [h0, omega_m, omega_b, sigma8, n_s])) =
        UNIVERSES.iter().find(|(name, _)| comment.contains(name))
    else {
        return vec![Row::not_ours(
            &table.name,
            "its comment names no universe known here, such as planck18",
        )];
    };
    let model = Cosmology::new(*h0, *omega_m).and_then(|universe| {
        DiemerJoyce::new(&universe, &Fluctuations { omega_b: *omega_b, sigma8: *sigma8, n_s: *n_s })
    });
    let model = match model {
        Ok(model) => model,
        Err(error) => return vec![Row::unreadable(&table.name, error.to_string())],
    };
    let h = h0 / 100.0;
    let row = |quantity: &str, column: &str, tolerance: f64, mine: &dyn Fn(f64, f64) -> f64| {
        table.column(column).map(|_| {
            let points = table.lines().map(|line| {
                let (log_mass, z) = (line.number("log10M_Msun_per_h"), line.number("z"));
                let off = relative(mine(10f64.powf(log_mass) / h, z), line.number(column));
                (off, format!("M 10^{log_mass}/h, z {z}"))
            });
            Row::compared(&table.name, quantity, "relative", tolerance, points)
        })
    };
    [
        // Their σ(M) and its slope come from interpolated tables.
        row("c200, Diemer & Joyce 2019", "c200c_diemer19", 1e-2, &|m, z| model.c200(m, z)),
        row("c200, Duffy et al. 2008", "c200c_duffy08", 1e-5, &|m, z| concentration_duffy(m, z, h)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
