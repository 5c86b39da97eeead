//! Where the numbers come from: the data with digests and split, the program, the
//! settings, and what else lies in the run's folder.

use figures::{Table, count};

use super::Section;
use crate::{provenance::RunFile, replays::Replays};

/// Below the title.
pub(super) fn line(run: &RunFile) -> String {
    let finished = run.finished_at.unwrap_or(run.created_at).format("%Y-%m-%d %H:%M UTC");
    format!(
        "Run {}, lensfinder {}, {finished}, on {}",
        run.id, run.provenance.version, run.provenance.machine
    )
}

/// The data behind a replay.
pub(super) fn data(replays: &Replays) -> Section {
    let mut section = Section::new("data", "Data and split", "");
    section.words.push(
        "Sky cells, not images, are dealt to the parts. What nobody votes on measures the network; mocks lie in a sky of their own.".to_owned(),
    );
    let mut sets = Table::new(
        "Datasets (every image with its digest, label and part is in manifest/*.parquet)",
        &["Pool", "Dataset", "Role", "#Images", "Digest (SHA-256)", "Labels by", "Split", "#Weight"],
    );
    let mut parts = Table::new(
        "Parts of the sky (HEALPix cells of 3.4 square degrees)",
        &["Pool", "Part", "#Images", "#Cells"],
    );
    let mut audit =
        Table::new("Audit of the split; everything should be 0", &["Pool", "Looked for", "#Found"]);
    let mut pools = Table::new(
        "Pools",
        &["Pool", "#Images", "#Lenses", "#Look-alikes", "#Numbers of an embedding", "Digest"],
    );
    for pool in &replays.pools {
        pools.push([
            pool.name.clone(),
            count(pool.images),
            count(pool.lenses),
            count(pool.look_alikes),
            pool.embedding.to_string(),
            pool.digest.short(),
        ]);
        for set in &pool.datasets {
            sets.push([
                pool.name.clone(),
                set.name.clone(),
                set.role.clone(),
                count(set.images),
                set.digest.to_string(),
                set.labels.clone(),
                set.split.clone(),
                set.weight.to_string(),
            ]);
        }
        let Some(split) = &pool.split else { continue };
        for part in &split.parts {
            parts.push([pool.name.clone(), part.name.clone(), count(part.images), count(part.cells)]);
        }
        for (first, second, cells) in &split.shared {
            audit.push([pool.name.clone(), format!("cells shared by {first} and {second}"), count(*cells)]);
        }
        for (what, found) in &split.findings {
            audit.push([pool.name.clone(), what.clone(), count(*found)]);
        }
    }
    section.tables.extend([pools, sets]);
    section.tables.extend([parts, audit].into_iter().filter(|table| !table.rows.is_empty()));
    section
}

/// The run itself.
pub(super) fn section(run: &RunFile) -> Section {
    let mut section = Section::new("run", "The run", "");
    let mut table = Table::new("What it ran with", &["What", "Value"]);
    table.push(["id".to_owned(), run.id.clone()]);
    table.push(["settings, SHA-256".to_owned(), run.digest.to_string()]);
    for (name, value) in run.provenance.pairs() {
        table.push([name.to_owned(), value]);
    }
    table.push(["began".to_owned(), run.created_at.format("%Y-%m-%d %H:%M:%S UTC").to_string()]);
    let mut files = Table::new("What else lies in its folder", &["File", "What it is"]);
    for (file, what) in [
        (
            "config.json, config.toml",
            "the settings, complete; `lensfinder experiment run config.toml` runs them",
        ),
        ("events.jsonl", "every number with step, time, split and name, as it came"),
        ("results.json", "every arm and seed in numbers; what `experiment compare` reads"),
        ("trials/", "one file per trial: checkpoints, votes, decisions, ranking"),
        ("tables/*.parquet", "trials, checkpoints, impressions and rankings for pandas, Polars or DuckDB"),
        ("csv/", "the numbers behind each figure of this page"),
        ("tensorboard/", "`tensorboard --logdir tensorboard`"),
        ("mlruns/", "`mlflow ui --backend-store-uri mlruns`"),
        ("manifest/*.parquet", "every image of every dataset"),
    ] {
        files.push([file.to_owned(), what.to_owned()]);
    }
    section.tables.extend([table, settings(run), files]);
    section.words.push(format!(
        "`lensfinder experiment rerun {}` runs it again from nothing and says which numbers are the same to the last byte.",
        run.id
    ));
    section
}

/// The settings as dotted keys.
fn settings(run: &RunFile) -> Table {
    let mut table = Table::new("Settings, complete", &["Key", "Value"]);
    for (key, value) in flat(&run.experiment) {
        table.push([key, value]);
    }
    table
}

/// Dotted keys and values of an experiment, for tables and comparisons.
#[must_use]
pub fn flat(experiment: &crate::Experiment) -> Vec<(String, String)> {
    let mut out = Vec::new();
    // Without a sweep the keys are those of the file.
    let value = match experiment.cells.as_slice() {
        [cell] => serde_json::to_value(&cell.plan),
        _ => serde_json::to_value(experiment),
    };
    walk(&value.unwrap_or_default(), String::new(), &mut out);
    out
}

fn walk(value: &serde_json::Value, path: String, out: &mut Vec<(String, String)>) {
    use serde_json::Value as V;
    let below = |part: &str| if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") };
    match value {
        V::Object(map) => {
            for (key, value) in map {
                walk(value, below(key), out);
            }
        }
        V::Array(list) if list.iter().any(|entry| entry.is_object()) => {
            for (at, entry) in list.iter().enumerate() {
                let name =
                    entry.get("name").and_then(V::as_str).map_or_else(|| at.to_string(), str::to_owned);
                walk(entry, below(&name), out);
            }
        }
        V::String(text) => out.push((path, text.clone())),
        V::Null => {}
        other => out.push((path, other.to_string())),
    }
}
