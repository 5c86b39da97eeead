//! Writes votes in any of the formats they are read from, so that a file can be carried from one
//! tool to another. What a format has no room for is left out; what it wants and nobody knows
//! stays empty.

use std::{io::Write as _, path::Path};

use serde_json::{Value, json};

use crate::{
    Format, SheetFormat, VoteLog, VotesError, instant,
    positive::Positive,
    repeats::by_task,
    sheet::{Cell, Kind, Sheet},
    swap_log::{LENS, NOT},
    whole_file::WholeFile,
    zooniverse::QUESTION,
};

/// Writes all votes of a log, repeats among them, and the truths it holds.
///
/// # Errors
/// When the file cannot be written, or the votes do not fit the format.
pub fn write_votes(
    path: &Path,
    format: Format,
    log: &VoteLog,
    positive: &Positive,
) -> Result<(), VotesError> {
    match format {
        Format::Csv => frame(path, SheetFormat::Csv, log),
        Format::Tsv => frame(path, SheetFormat::Tsv, log),
        Format::Parquet => frame(path, SheetFormat::Parquet, log),
        Format::Zooniverse => zooniverse(path, log),
        Format::LabelStudio => label_studio(path, log),
        Format::SwapLog => swap_log(path, log, positive),
    }
}

/// `task,worker,label`, then what else is known.
fn frame(path: &Path, format: SheetFormat, log: &VoteLog) -> Result<(), VotesError> {
    let mut columns = ["task", "worker", "label"].map(|name| (name.to_owned(), Kind::Text)).to_vec();
    if log.has_times() {
        columns.push(("submitted_at".to_owned(), Kind::Text));
    }
    if log.has_ids() {
        columns.push(("vote_id".to_owned(), Kind::Whole));
    }
    if !log.truths.is_empty() {
        columns.push(("is_training".to_owned(), Kind::YesNo));
        columns.push(("truth".to_owned(), Kind::Text));
    }
    let mut sheet = Sheet::create(path, format, columns)?;
    for (position, entry) in log.entries().iter().enumerate() {
        let mut cells = vec![
            Cell::Text(log.tasks.name(entry.task)),
            Cell::Text(log.workers.name(entry.worker)),
            Cell::Text(log.labels.name(entry.label.into())),
        ];
        let time = log.time(position).map(instant::rfc3339);
        if log.has_times() {
            cells.push(time.as_deref().map_or(Cell::Nothing, Cell::Text));
        }
        if log.has_ids() {
            cells.push(log.id(position).map_or(Cell::Nothing, Cell::Whole));
        }
        if !log.truths.is_empty() {
            let truth = log.truths.get(&entry.task);
            cells.push(Cell::YesNo(truth.is_some()));
            cells.push(truth.map_or(Cell::Nothing, |truth| Cell::Text(log.labels.name(truth.label.into()))));
        }
        sheet.row(&cells)?;
    }
    sheet.commit()
}

const ZOONIVERSE_COLUMNS: [&str; 14] = [
    "classification_id",
    "user_name",
    "user_id",
    "user_ip",
    "workflow_id",
    "workflow_name",
    "workflow_version",
    "created_at",
    "gold_standard",
    "expert",
    "metadata",
    "annotations",
    "subject_data",
    "subject_ids",
];

fn zooniverse(path: &Path, log: &VoteLog) -> Result<(), VotesError> {
    let columns = ZOONIVERSE_COLUMNS.map(|name| (name.to_owned(), Kind::Text)).to_vec();
    let mut sheet = Sheet::create(path, SheetFormat::Csv, columns)?;
    let mut row = |id: &str, user: &str, time: &str, gold: &str, label: &str, task: &str| {
        let annotations = json!([{ "task": QUESTION, "task_label": "", "value": label }]).to_string();
        let data = json!({ task: {} }).to_string();
        sheet.row(
            &[id, user, "", "", "", "", "", time, gold, "", "{}", &annotations, &data, task].map(Cell::Text),
        )
    };
    for (position, entry) in log.entries().iter().enumerate() {
        let id = log.id(position).unwrap_or(position as i64 + 1).to_string();
        let time = log.time(position).map(instant::zooniverse).unwrap_or_default();
        let label = log.labels.name(entry.label.into());
        row(&id, log.workers.name(entry.worker), &time, "", label, log.tasks.name(entry.task))?;
    }
    let mut truths: Vec<_> = log.truths.iter().collect();
    truths.sort_unstable_by_key(|(task, _)| **task);
    for (task, truth) in truths {
        row("", "gold-standard", "", "true", log.labels.name(truth.label.into()), log.tasks.name(*task))?;
    }
    sheet.commit()
}

fn label_studio(path: &Path, log: &VoteLog) -> Result<(), VotesError> {
    let ending = path.to_string_lossy().to_ascii_lowercase();
    let ending = ending.strip_suffix(".gz").unwrap_or(&ending);
    let by_line = ending.ends_with(".jsonl") || ending.ends_with(".ndjson");
    let mut file = WholeFile::create(path)?;
    let failed = |file: &WholeFile| VotesError::io("cannot write", Path::new(file.name()));
    let order = by_task(log.entries(), log.tasks.len());
    let mut rest = &order[..];
    for task in 0..log.tasks.len() as u32 {
        let count = rest.iter().take_while(|&&at| log.entries()[at as usize].task == task).count();
        let (votes, others) = rest.split_at(count);
        rest = others;
        let mut annotations: Vec<Value> = votes
            .iter()
            .map(|&position| {
                let entry = log.entries()[position as usize];
                let mut annotation = json!({
                    "completed_by": id_of(log.workers.name(entry.worker)),
                    "result": [choice(log.labels.name(entry.label.into()))],
                    "was_cancelled": false,
                    "ground_truth": false,
                });
                if let Some(id) = log.id(position as usize) {
                    annotation["id"] = id.into();
                }
                if let Some(time) = log.time(position as usize) {
                    annotation["created_at"] = instant::rfc3339(time).into();
                }
                annotation
            })
            .collect();
        if let Some(truth) = log.truths.get(&task) {
            annotations.push(json!({
                "result": [choice(log.labels.name(truth.label.into()))],
                "was_cancelled": false,
                "ground_truth": true,
            }));
        }
        let name = log.tasks.name(task);
        let line = json!({ "id": id_of(name), "data": { "name": name }, "annotations": annotations });
        let before = match (by_line, task) {
            (true, _) => "",
            (false, 0) => "[\n",
            (false, _) => ",\n",
        };
        let after = if by_line { "\n" } else { "" };
        write!(file, "{before}{line}{after}").map_err(failed(&file))?;
    }
    if !by_line {
        let end = if log.tasks.is_empty() { "[]\n" } else { "\n]\n" };
        file.write_all(end.as_bytes()).map_err(failed(&file))?;
    }
    file.commit()
}

/// A whole number as a number, as Label Studio has it, if that reads back as the same name.
fn id_of(name: &str) -> Value {
    name.parse::<i64>().ok().filter(|id| id.to_string() == name).map_or_else(|| name.into(), Value::from)
}

fn choice(label: &str) -> Value {
    json!({ "from_name": "choice", "to_name": "image", "type": "choices", "value": { "choices": [label] } })
}

/// Two answers only: the positive one is LENS.
fn swap_log(path: &Path, log: &VoteLog, positive: &Positive) -> Result<(), VotesError> {
    let labels: Vec<String> = log.labels.iter().map(str::to_owned).collect();
    let said = positive.as_swap(&labels)?;
    let columns = ["seq", "time", "user", "subject", "category", "kind", "said", "training_truth"];
    let mut kinds = columns.map(|name| (name.to_owned(), Kind::Text)).to_vec();
    kinds[0].1 = Kind::Whole;
    let mut sheet = Sheet::create(path, SheetFormat::Csv, kinds)?;
    for (position, entry) in log.entries().iter().enumerate() {
        let truth = log.truths.get(&entry.task).map(|truth| said[usize::from(truth.label)]);
        let (category, kind) = match truth {
            Some(LENS) => ("training", "sim"),
            Some(NOT) => ("training", "dud"),
            _ => ("test", "test"),
        };
        let time = log.time(position).map(instant::rfc3339);
        sheet.row(&[
            Cell::Whole(position as i64),
            time.as_deref().map_or(Cell::Nothing, Cell::Text),
            Cell::Text(log.workers.name(entry.worker)),
            Cell::Text(log.tasks.name(entry.task)),
            Cell::Text(category),
            Cell::Text(kind),
            Cell::Text(said[usize::from(entry.label)]),
            Cell::Text(truth.unwrap_or("UNKNOWN")),
        ])?;
    }
    sheet.commit()
}
