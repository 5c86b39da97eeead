//! Tables of critical curves and caustics. They do not say of which lens: a table of the
//! halo alone is about the seed halo (`meta.json`), one of the composite lens about the
//! model in the file beside it that has `composite` in its name.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    deflection::{SEED_ALPHA, SEED_SCALE, model_of},
    row::{Row, relative},
    table::Table,
};
use crate::{
    critical::{CriticalCurve, shoelace},
    critical_curves::critical_curves,
    magnified_area::magnified_areas,
    mass::Mass,
    model::LensModel,
};

/// Largest difference of areas, of radii and of extents.
const ONE_PERCENT: f64 = 0.01;
/// Field and step of the search, arcsec.
const FIELD: (f64, f64) = (60.0, 0.1);

/// Compares the points of a critical curve and its caustic.
pub fn curve(table: &Table, beside: &BTreeMap<String, String>) -> Vec<Row> {
    let lens = if table.head.get("models").is_some() {
        model_of(&table.head).ok()
    } else {
        lens_of(&table.name, beside)
    };
    let Some(lens) = lens else {
        return vec![Row::not_ours(&table.name, "no file beside it says of which lens it is")];
    };
    let column = |x: &str, y: &str| -> Vec<[f64; 2]> {
        table.lines().map(|line| [line.number(x), line.number(y)]).collect()
    };
    let image = column("crit_x", "crit_y");
    let at = |[x, y]: [f64; 2]| format!("({x:.3}, {y:.3})");
    let name = &table.name;
    // Their points are interpolated on a grid, so the eigenvalue is not quite zero there.
    let flatness = image.iter().map(|&[x, y]| (lens.hessian(x, y).tangential_eigenvalue(), at([x, y])));
    let mut rows = vec![Row::compared(name, "1 − κ − |γ| on their curve", "", 1e-2, flatness)];
    let theirs = largest_loop(&image);
    let curves = critical_curves(&lens, FIELD.0, FIELD.1);
    let Some(mine) = curves.tangential.first() else {
        rows.push(Row::unreadable(name, "our lens has no tangential critical curve"));
        return rows;
    };
    let area = |points: &[[f64; 2]]| shoelace(points).abs();
    let off = relative(mine.area_arcsec2(), area(&image[theirs.clone()]));
    rows.push(Row::compared(name, "critical area", "relative", ONE_PERCENT, [(off, String::new())]));
    if table.column("caustic_x").is_some() {
        let caustic = column("caustic_x", "caustic_y");
        let pairs = image.iter().zip(&caustic).map(|(&[x, y], their)| {
            let [bx, by] = lens.source_of(x, y);
            ((bx - their[0]).hypot(by - their[1]), at([x, y]))
        });
        rows.push(Row::compared(name, "caustic of their curve", "arcsec", 1e-4, pairs));
        let whole = CriticalCurve { image: Vec::new(), caustic: caustic[theirs].to_vec() };
        let off = relative(mine.caustic_area_arcsec2(), whole.caustic_area_arcsec2());
        rows.push(Row::compared(name, "caustic area", "relative", ONE_PERCENT, [(off, String::new())]));
    }
    rows
}

/// Compares areas and extents by lens.
pub fn summary(name: &str, text: &str, beside: &BTreeMap<String, String>) -> Vec<Row> {
    let lenses: BTreeMap<String, Value> = match serde_json::from_str(text) {
        Ok(Value::Object(map)) => map.into_iter().collect(),
        Ok(_) => return vec![Row::not_ours(name, "no object of critical curves")],
        Err(error) => return vec![Row::unreadable(name, error.to_string())],
    };
    let mut rows = Vec::new();
    for (key, theirs) in &lenses {
        if theirs.get("tangential_critical_area_arcsec2").is_none() {
            continue;
        }
        match lens_of(key, beside) {
            Some(lens) => rows.extend(of_lens(name, key, theirs, &lens)),
            None => {
                let reason = format!("`{key}`: no file beside it says of which lens it is");
                rows.push(Row::not_ours(name, reason));
            }
        }
    }
    if rows.is_empty() {
        rows.push(Row::not_ours(name, "no summary of critical curves"));
    }
    rows
}

fn of_lens(name: &str, key: &str, theirs: &Value, lens: &LensModel) -> Vec<Row> {
    let curves = critical_curves(lens, FIELD.0, FIELD.1);
    let extent = |axis: usize| {
        let points = curves.tangential.first().map_or(&[][..], |curve| &curve.caustic);
        let all = points.iter().map(|point| point[axis]);
        [all.clone().fold(f64::INFINITY, f64::min), all.fold(f64::NEG_INFINITY, f64::max)]
    };
    let compared = |quantity: &str, tolerance: f64, off: Vec<f64>| {
        let pairs = off.into_iter().map(|off| (off, String::new()));
        Row::compared(name, format!("{key}: {quantity}"), "relative", tolerance, pairs)
    };
    let number = |field: &str| theirs.get(field).and_then(Value::as_f64);
    let mut rows = Vec::new();
    if let Some(area) = number("tangential_critical_area_arcsec2") {
        let mine = curves.tangential.first().map_or(0.0, CriticalCurve::area_arcsec2);
        rows.push(compared("critical area", ONE_PERCENT, vec![relative(mine, area)]));
    }
    if let Some(theta) = number("theta_E_eff_arcsec") {
        rows.push(compared(
            "effective Einstein radius",
            ONE_PERCENT,
            vec![relative(curves.theta_e_arcsec(), theta)],
        ));
    }
    for (axis, letter) in ["x", "y"].into_iter().enumerate() {
        let field = format!("tangential_caustic_extent_{letter}");
        let Some([low, high]) = theirs.get(&field).and_then(Value::as_array).map(Vec::as_slice) else {
            continue;
        };
        let (low, high) = (low.as_f64().unwrap_or(f64::NAN), high.as_f64().unwrap_or(f64::NAN));
        let [a, b] = extent(axis);
        let size = high - low;
        let off = vec![(a - low) / size, (b - high) / size];
        rows.push(compared(&format!("caustic's extent in {letter}"), ONE_PERCENT, off));
    }
    let levels = [5_u32, 10, 20, 50];
    let fields = levels.map(|level| number(&format!("source_area_mu_gt_{level}_arcsec2")));
    if fields.iter().any(Option::is_some) {
        let mine = magnified_areas(lens, FIELD.0, FIELD.1, &levels.map(f64::from));
        for ((level, theirs), mine) in levels.into_iter().zip(fields).zip(mine) {
            let Some(theirs) = theirs else { continue };
            // Both count cells of 0.1 arcsec, and high magnification fills few of them.
            let tolerance = if level < 50 { 0.02 } else { 0.05 };
            let off = relative(mine, theirs);
            // Theirs count inside a box in the source plane whose edge cuts off low magnification.
            let (quantity, off) = match level {
                5 | 10 => (format!("source area of μ > {level}, at least"), off.min(0.0)),
                _ => (format!("source area of μ > {level}"), off),
            };
            rows.push(compared(&quantity, tolerance, vec![off]));
        }
    }
    rows
}

/// The lens a name is about.
fn lens_of(name: &str, beside: &BTreeMap<String, String>) -> Option<LensModel> {
    if name.contains("halo_only") {
        return seed_halo(beside);
    }
    if !name.contains("composite") {
        return None;
    }
    let candidates = beside.iter().filter(|(file, _)| file.contains("composite"));
    candidates
        .filter_map(|(file, text)| {
            let json = if file.ends_with(".json") {
                serde_json::from_str(text).ok()?
            } else {
                serde_json::from_str::<Value>(text.lines().next()?.strip_prefix('#')?).ok()?
            };
            LensModel::from_value(&json).or_else(|_| model_of(&json)).ok()
        })
        .next()
}

fn seed_halo(beside: &BTreeMap<String, String>) -> Option<LensModel> {
    let meta: Value =
        beside.get("meta.json").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let halo = &meta["seed_halo"];
    let or = |key: &str, usual: f64| halo[key].as_f64().unwrap_or(usual);
    LensModel::from_value(&json!([{
        "type": "nfw_ellipse",
        "r_s": or("Rs_arcsec", SEED_SCALE),
        "alpha_rs": or("alpha_Rs", SEED_ALPHA),
        "e1": or("e1", 0.048_397_230_011_082_87),
        "e2": or("e2", 0.020_683_114_604_609_552),
    }]))
    .ok()
}

/// The points of the largest loop, where several follow one another: a jump of more than an arcsec
/// ends one.
fn largest_loop(points: &[[f64; 2]]) -> std::ops::Range<usize> {
    let jump = |i: &usize| {
        let (a, b) = (points[i - 1], points[*i]);
        (a[0] - b[0]).hypot(a[1] - b[1]) > 1.0
    };
    let starts: Vec<usize> =
        std::iter::once(0).chain((1..points.len()).filter(jump)).chain([points.len()]).collect();
    let area = |range: &std::ops::Range<usize>| shoelace(&points[range.clone()]).abs();
    let ranges = starts.windows(2).map(|pair| pair[0]..pair[1]);
    ranges.max_by(|a, b| area(a).total_cmp(&area(b))).unwrap_or(0..0)
}
