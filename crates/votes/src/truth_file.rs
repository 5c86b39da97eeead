//! Files of known truths: `task,truth` (or `task,label`), a row per task.

use domain::Progress;

use crate::{Format, ReadOptions, Source, VoteLog, VotesError, frame::is_missing, input::open, table::Table};

const TASK: [&str; 7] = ["task", "subject", "subject_id", "task_id", "item", "item_id", "object"];
const TRUTH: [&str; 7] = ["truth", "label", "gold", "answer", "true_label", "hidden_truth", "ground_truth"];

/// Reads a table of truths into a log that holds no votes. Rows without a truth are left out.
///
/// # Errors
/// When the file cannot be read, or two rows contradict each other: names both lines.
pub fn read_truths(
    source: &Source,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<VoteLog, VotesError> {
    let name = source.name();
    let table = Table::open(&name, open(source)?, None)?;
    progress.begin("reading truths", 0);
    let mut log =
        VoteLog::new(&name, if table.format() == Format::Parquet { Format::Parquet } else { Format::Csv });
    let need = |field: &str, usual: &[&str], chosen: Option<&str>| {
        table.find(&name, usual, chosen)?.ok_or_else(|| {
            VotesError::file(
                &name,
                format!(
                    "has no column `{field}`; a file of truths has task and truth, this one has {}",
                    table.listed()
                ),
            )
        })
    };
    // The names chosen for the votes are the likely ones here too, but need not be.
    let chosen = |choice: &Option<String>| {
        choice.clone().filter(|name| table.columns().iter().any(|column| column.eq_ignore_ascii_case(name)))
    };
    let task = need("task", &TASK, chosen(&options.task_column).as_deref())?;
    let truth = need("truth", &TRUTH, chosen(&options.truth_column).as_deref())?;
    log.rows = table.each(&[task, truth], progress, &mut |place, fields| match fields[1]
        .filter(|text| !is_missing(text))
    {
        Some(truth) => log.push_truth(fields[0].unwrap_or_default(), truth, place),
        None => {
            log.leave_out("without a truth");
            Ok(())
        }
    })?;
    progress.end();
    if log.rows == 0 {
        return Err(VotesError::file(&name, "holds no truths"));
    }
    Ok(log)
}
