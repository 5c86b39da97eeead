//! `lensfinder lens eval`: a lens at points.

use std::{
    borrow::Cow,
    io::{Read as _, Write as _},
};

use lensing::Mass as _;

use super::{Eval, model, write};
use crate::failure::Failure;

/// What is written for each point.
const COLUMNS: [&str; 9] =
    ["x", "y", "alpha_x", "alpha_y", "potential", "kappa", "gamma1", "gamma2", "magnification"];

/// Runs the command.
pub fn run(wish: &Eval, json: bool) -> Result<(), Failure> {
    let lens = model(&wish.model)?;
    let rows: Vec<[f64; 9]> = points(wish)?
        .into_iter()
        .map(|[x, y]| {
            let ([ax, ay], hessian) = (lens.deflection(x, y), lens.hessian(x, y));
            let [g1, g2] = hessian.shear();
            [x, y, ax, ay, lens.potential(x, y), hessian.kappa(), g1, g2, hessian.magnification()]
        })
        .collect();
    let text = if json { as_json(&rows)? } else { as_csv(&rows) };
    match &wish.out {
        Some(path) => write(path, text.as_bytes()),
        None => Ok(std::io::stdout().write_all(text.as_bytes())?),
    }
}

/// One line a point, 17 significant digits.
fn as_csv(rows: &[[f64; 9]]) -> String {
    let mut text = COLUMNS.join(",") + "\n";
    for row in rows {
        let fields =
            row.map(|value| if value.is_finite() { format!("{value:.16e}") } else { value.to_string() });
        text += &fields.join(",");
        text.push('\n');
    }
    text
}

/// A list of objects; what is infinite becomes null.
fn as_json(rows: &[[f64; 9]]) -> Result<String, Failure> {
    let object = |row: &[f64; 9]| -> serde_json::Map<String, serde_json::Value> {
        COLUMNS.iter().zip(row).map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
    };
    let list: Vec<_> = rows.iter().map(object).collect();
    Ok(serde_json::to_string(&list)? + "\n")
}

/// The points of a CSV file: columns x and y by name, or the two columns of a file without names.
fn points(wish: &Eval) -> Result<Vec<[f64; 2]>, Failure> {
    let name = wish.points.display().to_string();
    let failed = |problem: String| Failure::words(format!("{name}: {problem}"));
    let mut text = Vec::new();
    if name == "-" {
        std::io::stdin().read_to_end(&mut text)?;
    } else {
        text = std::fs::read(&wish.points).map_err(|error| failed(error.to_string()))?;
    }
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let text = std::str::from_utf8(text).map_err(|_| failed("is not text in UTF-8".into()))?;
    let mut columns: Option<[usize; 2]> = None;
    let mut points = Vec::new();
    for (number, text) in text.lines().enumerate() {
        let line = number + 1;
        if text.trim().is_empty() || text.trim_start().starts_with('#') {
            continue;
        }
        let record = fields(text);
        let [x, y] = match columns {
            Some(columns) => columns,
            None => {
                let find = |name: &str| record.iter().position(|field| field.eq_ignore_ascii_case(name));
                if let (Some(x), Some(y)) = (find("x"), find("y")) {
                    columns = Some([x, y]);
                    continue;
                }
                if record.len() != 2 || record.iter().any(|field| field.parse::<f64>().is_err()) {
                    let found = record.join(", ");
                    return Err(failed(format!("line {line}: there are no columns x and y, but {found}")));
                }
                columns = Some([0, 1]);
                [0, 1]
            }
        };
        let number = |name: &str, column: usize| {
            let field = record.get(column).map_or("", |field| field.as_ref());
            field.parse::<f64>().ok().filter(|value| value.is_finite()).ok_or_else(|| {
                failed(format!("line {line}: {name} is `{field}`, it must be a finite number (arcsec)"))
            })
        };
        points.push([number("x", x)?, number("y", y)?]);
    }
    if columns.is_none() {
        return Err(failed("there are no columns x and y; the first line must name them".into()));
    }
    Ok(points)
}

/// The fields of a line of CSV, trimmed; quotes may hold commas.
fn fields(line: &str) -> Vec<Cow<'_, str>> {
    if !line.contains('"') {
        return line.split(',').map(|field| Cow::Borrowed(field.trim())).collect();
    }
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(line.trim().as_bytes());
    let record = reader.records().next().and_then(Result::ok).unwrap_or_default();
    record.iter().map(|field| Cow::Owned(field.to_owned())).collect()
}
