//! Raw numbers of every seed as CSV, and their means with intervals as JSON and Markdown.

use std::{fmt::Write as _, fs, io, path::Path};

use serde_json::{Map, Value, json};

/// Numbers of one method on one crowd.
pub struct Line {
    pub prevalence: f64,
    pub seed: u64,
    pub method: &'static str,
    pub values: Vec<f64>,
}

/// Mean and half the width of the 95 % interval over seeds (Student's t), of those that are numbers.
fn mean(values: &[f64]) -> Option<(f64, f64, usize)> {
    const T: [f64; 10] = [f64::NAN, 12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26];
    let values: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let n = values.len();
    if n == 0 {
        return None;
    }
    // One seed has no interval.
    let mean = values.iter().sum::<f64>() / n as f64;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n.max(2) - 1) as f64;
    let t = T.get(n - 1).copied().unwrap_or(2.0);
    Some((mean, t * (variance / n as f64).sqrt(), n))
}

/// Writes `<name>.csv`; gives the means as JSON and as a Markdown table.
pub fn write(folder: &Path, name: &str, names: &[&str], lines: &[Line]) -> io::Result<(Value, String)> {
    let mut csv = format!("prevalence,seed,method,{}\n", names.join(","));
    for line in lines {
        let values: Vec<String> = line
            .values
            .iter()
            .map(|v| if v.is_finite() { format!("{v:.6}") } else { String::new() })
            .collect();
        let _ = writeln!(csv, "{},{},{},{}", line.prevalence, line.seed, line.method, values.join(","));
    }
    put(&folder.join(format!("{name}.csv")), &csv)?;
    let (mut out, mut table) = (Vec::new(), String::new());
    let mut prevalences: Vec<f64> = lines.iter().map(|line| line.prevalence).collect();
    prevalences.dedup();
    for prevalence in prevalences {
        let _ = writeln!(table, "\n| {} % lenses | {} |", prevalence * 100.0, names.join(" | "));
        let _ = writeln!(table, "|---|{}", "---|".repeat(names.len()));
        let here: Vec<&Line> = lines.iter().filter(|line| line.prevalence == prevalence).collect();
        let mut methods: Vec<&str> = Vec::new();
        here.iter().for_each(|line| {
            if !methods.contains(&line.method) {
                methods.push(line.method);
            }
        });
        for method in methods {
            let mut row = Map::new();
            let _ = write!(table, "| {method} |");
            for (at, name) in names.iter().enumerate() {
                let all = here.iter().filter(|line| line.method == method).count();
                let of = here.iter().filter(|line| line.method == method).map(|line| line.values[at]);
                let cell = mean(&of.collect::<Vec<f64>>());
                let _ = match cell {
                    // Where not every seed has a number, how many have.
                    Some((mean, half, n)) if n == all => write!(table, " {mean:.3} ± {half:.3} |"),
                    Some((mean, _, 1)) => write!(table, " {mean:.3} (1 of {all}) |"),
                    Some((mean, half, n)) => write!(table, " {mean:.3} ± {half:.3} ({n} of {all}) |"),
                    None => write!(table, " – |"),
                };
                let value =
                    cell.map(|(mean, half, n)| json!({"mean": mean, "half_width_95": half, "seeds": n}));
                row.insert((*name).to_owned(), value.unwrap_or(Value::Null));
            }
            table.push('\n');
            out.push(json!({"prevalence": prevalence, "method": method, "values": row}));
        }
    }
    Ok((Value::Array(out), table))
}

/// Writes a whole file or none.
pub fn put(path: &Path, text: &str) -> io::Result<()> {
    let partial = path.with_extension("partial");
    fs::write(&partial, text)?;
    fs::rename(partial, path)
}
