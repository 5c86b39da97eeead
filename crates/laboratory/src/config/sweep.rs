//! Sweeps: a grid over any keys. `[sweep]` maps dotted keys to lists; every
//! combination is one cell, each a whole set of settings.

use toml::{Table, Value};

use super::merge::put;

/// Most cells a sweep may have.
const MOST: usize = 1_000;

/// One combination.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Such as `votes=2000, policy.head=off`; empty without a sweep.
    pub label: String,
    /// The settings.
    pub settings: Table,
}

/// Takes `[sweep]` out of the settings and gives all combinations, the last key changing fastest.
///
/// # Errors
/// A sentence on the key whose list is none or empty, or that leads nowhere.
pub fn cells(mut settings: Table) -> Result<Vec<Cell>, String> {
    let Some(sweep) = settings.remove("sweep") else {
        return Ok(vec![Cell { label: String::new(), settings }]);
    };
    let Value::Table(sweep) = sweep else {
        return Err("`sweep` is no table; write [sweep] and below it KEY = [VALUES]".to_owned());
    };
    let mut axes: Vec<(String, Vec<Value>)> = Vec::new();
    flatten(&sweep, "", &mut axes)?;
    let cells = axes.iter().map(|(_, values)| values.len()).try_fold(1usize, usize::checked_mul);
    if cells.is_none_or(|cells| cells > MOST) {
        return Err(format!("`sweep` has more than {MOST} combinations; take values out"));
    }
    let mut out = vec![Cell { label: String::new(), settings }];
    for (key, values) in axes {
        let mut next = Vec::with_capacity(out.len() * values.len());
        for cell in &out {
            for value in &values {
                let mut settings = cell.settings.clone();
                put(&mut settings, &key, value.clone()).map_err(|why| format!("`sweep`: {why}"))?;
                let comma = if cell.label.is_empty() { "" } else { ", " };
                let label = format!("{}{comma}{key}={}", cell.label, words(value));
                next.push(Cell { label, settings });
            }
        }
        out = next;
    }
    Ok(out)
}

/// Dotted keys and their lists: `"pool.seed" = […]` and `[sweep.pool] seed = […]` are the same.
fn flatten(table: &Table, before: &str, axes: &mut Vec<(String, Vec<Value>)>) -> Result<(), String> {
    for (key, value) in table {
        let key = if before.is_empty() { key.clone() } else { format!("{before}.{key}") };
        match value {
            Value::Array(values) if !values.is_empty() => axes.push((key, values.clone())),
            Value::Table(inner) => flatten(inner, &key, axes)?,
            _ => return Err(format!("`sweep.{key}` is no list of values; write {key} = [1, 2]")),
        }
    }
    Ok(())
}

/// A value on one line, without quotes where it is a word.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Table(table) => {
            table.get("name").and_then(Value::as_str).map_or_else(|| value.to_string(), str::to_owned)
        }
        other => other.to_string().trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        toml::from_str(text).expect("TOML")
    }

    #[test]
    fn every_combination_is_a_cell() {
        let grid =
            cells(table("votes = 1\n[sweep]\nvotes = [2, 3]\n\"pool.seed\" = [7, 8]\n")).expect("a grid");
        let labels: Vec<&str> = grid.iter().map(|cell| cell.label.as_str()).collect();
        assert_eq!(
            labels,
            ["pool.seed=7, votes=2", "pool.seed=7, votes=3", "pool.seed=8, votes=2", "pool.seed=8, votes=3"]
        );
        assert_eq!(grid[3].settings, table("votes = 3\npool = { seed = 8 }\n"));
    }

    #[test]
    fn without_a_sweep_there_is_one_cell() {
        let one = cells(table("votes = 1")).expect("one");
        assert_eq!((one.len(), one[0].label.as_str()), (1, ""));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        assert!(cells(table("[sweep]\nvotes = 3\n")).expect_err("no list").contains("sweep.votes"));
        assert!(cells(table("[sweep]\nvotes = []\n")).is_err());
        assert!(cells(table("[sweep]\nvotes.more = [1]\n[[policies]]\nname='a'\n")).is_ok());
    }
}
