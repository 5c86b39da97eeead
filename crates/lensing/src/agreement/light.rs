//! Tables of light: surface brightness of lenstronomy's Sérsic models, and b_n.

use serde_json::Value;

use super::{
    row::{Row, relative},
    table::Table,
};
use crate::{
    ellipse::Ellipse,
    light::Light,
    sersic::{self, Sersic, sersic_total},
};

/// lenstronomy's approximation of b_n, 3 % off at n = 0.5.
fn their_b(n: f64) -> f64 {
    1.9992 * n - 0.3271
}

/// Compares surface brightness and total flux with the reference's b_n.
pub fn brightness(table: &Table) -> Vec<Row> {
    let (Some(models), Some(kwargs)) = (table.head["models"].as_array(), table.head["kwargs"].as_array())
    else {
        return vec![Row::unreadable(&table.name, "its first line gives no `models` and `kwargs`")];
    };
    let exact = table.comment.contains("exact b_n");
    let mut parts = Vec::new();
    for (model, kwargs) in models.iter().zip(kwargs) {
        match model.as_str() {
            Some("SERSIC" | "SERSIC_ELLIPSE") => {}
            other => {
                let what = format!("`{}` is no light profile of ours", other.unwrap_or("?"));
                return vec![Row::not_ours(&table.name, what)];
            }
        }
        match profile(kwargs, exact) {
            Ok(part) => parts.push(part),
            Err(problem) => return vec![Row::unreadable(&table.name, problem)],
        }
    }
    let at = |x: f64, y: f64| parts.iter().map(|part| part.brightness(x, y)).sum::<f64>();
    let points = table.lines().map(|line| {
        let mine = at(line.number("x"), line.number("y"));
        (relative(mine, line.number("surface_brightness")), line.point())
    });
    let mut rows = vec![Row::compared(&table.name, "surface brightness", "relative", 1e-12, points)];
    if let Some(fluxes) = table.head["total_flux"].as_array() {
        let pairs = parts.iter().zip(fluxes).map(|(part, theirs)| {
            (relative(part.flux(), theirs.as_f64().unwrap_or(f64::NAN)), String::new())
        });
        rows.push(Row::compared(&table.name, "total flux", "relative", 1e-9, pairs));
    }
    rows
}

fn profile(kwargs: &Value, exact: bool) -> Result<Sersic, String> {
    let number = |key: &str| kwargs.get(key).and_then(Value::as_f64);
    let needed = |key: &str| number(key).ok_or(format!("its kwargs have no number `{key}`"));
    let place = |key: &str| number(key).unwrap_or(0.0);
    let ellipse = Ellipse::from_components(place("center_x"), place("center_y"), place("e1"), place("e2"));
    let n = needed("n_sersic")?;
    let b = if exact { sersic::sersic_b(n) } else { their_b(n) };
    let ellipse = ellipse.map_err(|error| error.to_string())?;
    Sersic::with_b(ellipse, n, needed("R_sersic")?, needed("amp")?, b).map_err(|error| error.to_string())
}

/// Compares b_n and the total flux.
pub fn sersic_b(table: &Table) -> Vec<Row> {
    let row = |quantity: &str, column: &str, mine: &dyn Fn(f64, f64) -> f64| {
        table.column(column).map(|_| {
            let points = table.lines().map(|line| {
                let n = line.number("n");
                (relative(mine(n, line.number("b_exact")), line.number(column)), format!("n = {n}"))
            });
            Row::compared(&table.name, quantity, "relative", 1e-12, points)
        })
    };
    [
        row("b_n, exact", "b_exact", &|n, _| sersic::sersic_b(n)),
        row("b_n of lenstronomy", "b_lenstronomy", &|n, _| their_b(n)),
        row("flux over I_e R_e²", "total_over_Ie_Re2", &|n, b| sersic_total(n, b)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
