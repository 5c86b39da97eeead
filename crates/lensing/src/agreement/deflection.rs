//! Tables of deflections: of lenstronomy's models (`"models"` and `"kwargs"` on the first
//! line) and of quadrature of profiles elliptical in mass (a `"note"` that names the
//! profile, `"q"`, `"phi_rad"`, `"center"`).

use serde_json::{Value, json};

use super::{
    row::{Row, relative},
    table::{Line, Table},
    tolerance::{CLOSED, CSE_16, CSE_44, Tolerance, of_lenstronomy},
};
use crate::{
    hessian::Hessian,
    mass::Mass,
    model::{LensModel, ModelError},
};

/// Compares a table of deflections.
pub fn check(table: &Table) -> Vec<Row> {
    if table.head.get("models").is_some() {
        return of_models(table);
    }
    let note = table.head["note"].as_str().unwrap_or(&table.comment).to_lowercase();
    let named = format!("{note} {}", table.name.to_lowercase());
    let mut rows = Vec::new();
    for (variant, component, tolerance) in exact_components(&table.head, &named) {
        match LensModel::from_value(&json!([component])) {
            Ok(lens) => rows.extend(compare(table, &lens, variant, tolerance, true)),
            Err(error) => rows.push(Row::unreadable(&table.name, error.to_string())),
        }
    }
    if rows.is_empty() {
        rows.push(Row::not_ours(&table.name, "its first line names no profile of ours"));
    }
    rows
}

fn of_models(table: &Table) -> Vec<Row> {
    match model_of(&table.head) {
        Ok(lens) => {
            let tolerance = lens.kinds().iter().map(|kind| of_lenstronomy(kind)).reduce(Tolerance::plus);
            compare(table, &lens, "", tolerance.unwrap_or(CLOSED), false)
        }
        Err(error @ ModelError::Kind { .. }) => vec![Row::not_ours(&table.name, error.to_string())],
        Err(error) => vec![Row::unreadable(&table.name, error.to_string())],
    }
}

/// The lens that `models` and `kwargs` of a JSON object describe, whatever else it holds.
pub fn model_of(head: &Value) -> Result<LensModel, ModelError> {
    let part = |keys: [&str; 2]| keys.iter().find_map(|key| head.get(*key)).cloned().unwrap_or(Value::Null);
    let [models, kwargs] = [part(["models", "lens_model_list"]), part(["kwargs", "kwargs_lens"])];
    LensModel::from_value(&json!({"models": models, "kwargs": kwargs}))
}

/// The seed halo, which the tables are about unless they say otherwise.
pub const SEED_SCALE: f64 = 39.485_498_723_549_746;
/// Its deflection at the scale radius.
pub const SEED_ALPHA: f64 = 17.710_764_347_555_234;

/// The component or components that a table of exact numbers is compared with.
fn exact_components(head: &Value, named: &str) -> Vec<(&'static str, Value, Tolerance)> {
    let or = |keys: [&str; 2], usual: f64| {
        keys.iter().find_map(|key| head.get(*key)).and_then(Value::as_f64).unwrap_or(usual)
    };
    let centre = |i: usize| head["center"][i].as_f64().unwrap_or(0.0);
    let q = or(["q", "axis_ratio"], 1.0).min(1.0);
    let place = |mut component: Value, flattened: bool| {
        component["x"] = json!(centre(0));
        component["y"] = json!(centre(1));
        if flattened {
            component["q"] = json!(q);
            component["phi_rad"] = json!(or(["phi_rad", "phi"], 0.0));
        }
        component
    };
    if named.contains("nfw") {
        let (r_s, alpha) = (or(["Rs", "r_s"], SEED_SCALE), or(["alpha_Rs", "alpha_rs"], SEED_ALPHA));
        if q > 1.0 - 1e-9 {
            let round = json!({"type": "nfw", "r_s": r_s, "alpha_rs": alpha});
            return vec![("", place(round, false), CLOSED)];
        }
        let with = |terms: u32| {
            place(json!({"type": "nfw_ellipse", "r_s": r_s, "alpha_rs": alpha, "terms": terms}), true)
        };
        return vec![("CSE-44", with(44), CSE_44), ("CSE-16", with(16), CSE_16)];
    }
    let theta_e = or(["theta_E", "theta_e"], 3.0);
    let lens = if named.contains("dpie") || named.contains("pjaffe") {
        let (core, cut) = (or(["Ra", "core"], 0.05), or(["Rs", "cut"], 8.0));
        let mut lens = json!({"type": "dpie", "core": core, "cut": cut});
        if head.get("theta_E").or(head.get("theta_e")).is_some() {
            lens["theta_e"] = json!(theta_e);
        } else {
            lens["sigma0"] = json!(or(["sigma0", "sigma_0"], 0.8));
        }
        lens
    } else if named.contains("epl") || named.contains("power") {
        json!({"type": "epl", "theta_e": theta_e, "gamma": or(["gamma", "slope"], 2.1)})
    } else if named.contains("nie") {
        json!({"type": "nie", "theta_e": theta_e, "core": or(["s_scale", "core"], 0.5)})
    } else if named.contains("sie") || named.contains("sis") {
        json!({"type": "sie", "theta_e": theta_e})
    } else {
        return Vec::new();
    };
    vec![("", place(lens, true), CLOSED)]
}

/// A row with its position and our second derivatives there.
type Point<'a> = (Line<'a>, f64, f64, Hessian);

/// Compares every column there is. `exact`: convergence relative to theirs; else to 1 + theirs, as
/// theirs may be zero.
fn compare(table: &Table, lens: &LensModel, variant: &str, tolerance: Tolerance, exact: bool) -> Vec<Row> {
    let named = |quantity: &str| {
        if variant.is_empty() { quantity.to_owned() } else { format!("{quantity}, {variant}") }
    };
    let lines: Vec<Point<'_>> = table
        .lines()
        .map(|line| {
            let (x, y) = (line.number("x"), line.number("y"));
            (line, x, y, lens.hessian(x, y))
        })
        .collect();
    let row = |quantity: &str, unit: &'static str, limit: f64, off: &dyn Fn(&Point<'_>) -> f64| {
        Row::compared(
            &table.name,
            named(quantity),
            unit,
            limit,
            lines.iter().map(|it| (off(it), it.0.point())),
        )
    };
    let has = |column: &str| table.column(column).is_some();
    let mut rows = vec![row("deflection", "arcsec", tolerance.alpha, &|(line, x, y, _)| {
        let [ax, ay] = lens.deflection(*x, *y);
        (ax - line.number("alpha_x")).hypot(ay - line.number("alpha_y"))
    })];
    if has("potential") {
        let (first, x, y, _) = &lines[0];
        let shift = lens.potential(*x, *y) - first.number("potential");
        rows.push(row("potential", "arcsec²", tolerance.potential, &|(line, x, y, _)| {
            lens.potential(*x, *y) - shift - line.number("potential")
        }));
    }
    if has("kappa") && exact {
        rows.push(row("convergence", "relative", tolerance.kappa, &|(line, _, _, hessian)| {
            relative(hessian.kappa(), line.number("kappa"))
        }));
    } else if has("kappa") {
        rows.push(row("convergence", "of 1 + κ", tolerance.kappa, &|(line, _, _, hessian)| {
            let kappa = line.number("kappa");
            (hessian.kappa() - kappa) / (1.0 + kappa.abs())
        }));
    }
    if has("gamma1") && has("gamma2") {
        rows.push(row("shear", "of 1 + γ", tolerance.kappa, &|(line, _, _, hessian)| {
            let [g1, g2] = hessian.shear();
            let (t1, t2) = (line.number("gamma1"), line.number("gamma2"));
            (g1 - t1).hypot(g2 - t2) / (1.0 + t1.hypot(t2))
        }));
    }
    if has("magnification") {
        // Near a critical curve μ is arbitrarily large; its inverse is what a code computes. An error
        // in κ or γ enters it times their size, twice.
        rows.push(row("1/magnification", "of (1 + κ)²", 4.0 * tolerance.kappa, &|(
            line,
            _,
            _,
            hessian,
        )| {
            let size = 1.0 + hessian.kappa().abs();
            (1.0 / hessian.magnification() - 1.0 / line.number("magnification")) / (size * size)
        }));
    }
    rows
}
