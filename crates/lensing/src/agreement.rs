//! Our numbers beside a table made by another code: one [`check`] for every kind of table,
//! which it tells from the table's first line and columns, so that tables of other
//! parameters are checked too. Finding and reading the files is left to the caller.

mod critical;
mod deflection;
mod distances;
mod halo;
mod light;
mod row;
mod table;
mod tolerance;

use std::collections::BTreeMap;

pub use row::{Row, Verdict};
use table::Table;

/// Compares our numbers with the table in the file `name` whose text is `text`. `beside` holds the
/// texts of the files next to it by name: tables of critical curves take their lens from there.
///
/// A table is a CSV with columns named on its first line that is no comment, and in most cases a
/// first line `# {JSON}` that says which model with which parameters it was made from. What cannot be
/// compared gives a row that says why, and a table that cannot be read one that fails.
#[must_use]
pub fn check(name: &str, text: &str, beside: &BTreeMap<String, String>) -> Vec<Row> {
    if name.ends_with(".json") {
        return critical::summary(name, text, beside);
    }
    let table = match Table::parse(name, text) {
        Ok(table) => table,
        Err(problem) => return vec![Row::unreadable(name, problem)],
    };
    let has = |columns: &[&str]| columns.iter().all(|column| table.column(column).is_some());
    if has(&["crit_x", "crit_y"]) {
        critical::curve(&table, beside)
    } else if has(&["x", "y", "alpha_x", "alpha_y"]) {
        deflection::check(&table)
    } else if has(&["x", "y", "surface_brightness"]) {
        light::brightness(&table)
    } else if has(&["n", "b_exact"]) {
        light::sersic_b(&table)
    } else if has(&["cosmo", "z_l", "z_s"]) {
        distances::pairs(&table)
    } else if has(&["cosmo", "z"]) {
        distances::distances(&table)
    } else if has(&["log10M200", "c200", "z_l", "z_s"]) {
        halo::parameters(&table)
    } else if has(&["log10M_Msun_per_h", "z"]) {
        halo::concentrations(&table)
    } else {
        vec![Row::not_ours(name, "no table of lensing: its columns are none that are compared here")]
    }
}
