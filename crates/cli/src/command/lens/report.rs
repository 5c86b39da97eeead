//! `lensfinder lens report`: every reference table of a folder, compared, as a page.

use std::collections::BTreeMap;

use lensing::agreement::{Row, Verdict, check};
use serde_json::json;

use super::{Report, page, write};
use crate::failure::Failure;

/// Runs the command.
pub fn run(wish: &Report, json: bool) -> Result<(), Failure> {
    let (tables, others) = read_folder(wish)?;
    let mut rows: Vec<Row> = tables.iter().flat_map(|(name, text)| check(name, text, &tables)).collect();
    rows.extend(others.into_iter().map(Row::no_text));
    if rows.is_empty() {
        let problem = "holds no .csv or .json file to compare with";
        return Err(Failure::words(format!("{} {problem}", wish.reference.display())));
    }
    write(&wish.out, page::page(&rows).as_bytes())?;
    let failed: Vec<&Row> = rows.iter().filter(|row| !row.passes()).collect();
    let passed = rows.iter().filter(|row| row.verdict == Verdict::Passes).count();
    let left = rows.len() - passed - failed.len();
    if json {
        let list: Vec<_> = rows.iter().map(as_json).collect();
        let summary = json!({"passed": passed, "failed": failed.len(), "not_compared": left, "rows": list});
        println!("{summary}");
    } else {
        for row in &rows {
            println!("{row}");
        }
        println!("{passed} agree, {} disagree, {left} not compared; {}", failed.len(), wish.out.display());
    }
    match failed.first() {
        None => Ok(()),
        Some(first) => Err(Failure::words(format!(
            "{} of {} comparisons fail, the first: {first}",
            failed.len(),
            passed + failed.len()
        ))),
    }
}

/// The texts of the tables by name, and the names of the other files.
fn read_folder(wish: &Report) -> Result<(BTreeMap<String, String>, Vec<String>), Failure> {
    let failed = |error: std::io::Error| Failure::words(format!("{}: {error}", wish.reference.display()));
    let (mut tables, mut others) = (BTreeMap::new(), Vec::new());
    for entry in std::fs::read_dir(&wish.reference).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { continue };
        if path.is_dir() {
            continue;
        }
        if name.ends_with(".csv") || name.ends_with(".json") {
            let text = std::fs::read(&path).map_err(failed)?;
            tables.insert(name, String::from_utf8_lossy(&text).into_owned());
        } else {
            others.push(name);
        }
    }
    others.sort();
    Ok((tables, others))
}

fn as_json(row: &Row) -> serde_json::Value {
    let (verdict, reason) = match &row.verdict {
        Verdict::Passes => ("passes", None),
        Verdict::Fails => ("fails", None),
        Verdict::NotOurs(reason) => ("not_compared", Some(reason)),
    };
    json!({
        "table": row.table, "quantity": row.quantity, "points": row.points, "worst": row.worst,
        "where": row.location, "tolerance": row.tolerance, "unit": row.unit, "verdict": verdict, "reason": reason,
    })
}
