//! Tables with a row per vote: `task,worker,label` as crowd-kit has them, whatever the order of
//! the columns and what else stands there, and the export of our own projects.

use domain::Progress;

use crate::{Format, ReadOptions, VoteLog, VotesError, instant, log::RawVote, table::Table};

const TASK: [&str; 7] = ["task", "subject", "subject_id", "task_id", "item", "item_id", "object"];
const WORKER: [&str; 9] = [
    "worker",
    "volunteer",
    "user",
    "annotator",
    "performer",
    "worker_id",
    "user_id",
    "user_name",
    "annotator_id",
];
const LABEL: [&str; 6] = ["label", "answer", "response", "annotation", "choice", "vote"];
const TIME: [&str; 4] = ["submitted_at", "created_at", "time", "timestamp"];
const ID: [&str; 3] = ["vote_id", "classification_id", "annotation_id"];

/// The truths that our own export writes: −1, 0, 1, whatever the answers are called.
const OWN_TRUTHS: [(&str, &str); 2] = [("0", "no_lens"), ("1", "lens")];

/// What a cell without a value is in files of pandas and R that were told to write it out.
pub(crate) fn is_missing(text: &str) -> bool {
    matches!(text, "NaN" | "nan" | "<NA>")
}

/// Reads.
pub(crate) fn read(
    name: &str,
    table: Table,
    format: Format,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<VoteLog, VotesError> {
    let mut log = VoteLog::new(name, format);
    let need = |field: &str, flag: &str, usual: &[&str], chosen: &Option<String>| {
        table.find(name, usual, chosen.as_deref())?.ok_or_else(|| {
            VotesError::file(
                name,
                format!("has no column `{field}`; it has {}. Name the right one with {flag}", table.listed()),
            )
        })
    };
    let task = need("task", "--task-column", &TASK, &options.task_column)?;
    let worker = need("worker", "--worker-column", &WORKER, &options.worker_column)?;
    let label = need("label", "--label-column", &LABEL, &options.label_column)?;
    let time = table.find(name, &TIME, options.time_column.as_deref())?;
    let time_name = time.map(|column| table.columns()[column].clone());
    let id = table.find(name, &ID, None)?;
    let retracted = table.find(name, &["retracted"], None)?;
    // Only our own files say which truths are meant to be used; elsewhere a column `truth` may be there to score against.
    let training = table.find(name, &["is_training"], None)?;
    let truth = match (&options.truth_column, training) {
        _ if options.ignore_truths => None,
        (Some(chosen), _) => table.find(name, &[], Some(chosen))?,
        (None, Some(_)) => table.find(name, &["truth"], None)?,
        (None, None) => None,
    };
    let own = training.is_some() && table.find(name, &["inclusion_probability"], None)?.is_some();

    let mut wanted = vec![task, worker, label];
    let mut place_of = |column: Option<usize>| {
        column.map(|column| {
            wanted.push(column);
            wanted.len() - 1
        })
    };
    let (time, id, retracted, truth) = (place_of(time), place_of(id), place_of(retracted), place_of(truth));
    let time_was_chosen = options.time_column.is_some();
    let (mut strange_times, mut durations) = (0_u64, 0_u64);
    let rows = table.each(&wanted, progress, &mut |place, fields| {
        if retracted.is_some_and(|at| fields[at].is_some_and(is_true)) {
            log.leave_out("retracted");
            return Ok(());
        }
        let cell = |at: usize| fields[at].filter(|text| !is_missing(text));
        if options.skip_incomplete && (0..3).any(|at| cell(at).is_none()) {
            log.leave_out("incomplete");
            return Ok(());
        }
        let mut when = time.and_then(cell);
        if !time_was_chosen && when.is_some_and(instant::is_small_number) {
            durations += 1;
            when = None;
        }
        let micros = when.and_then(instant::parse);
        if let (Some(text), None) = (when, micros) {
            if time_was_chosen {
                return Err(VotesError::Row {
                    file: name.to_owned(),
                    at: log.at(place),
                    field: "time".to_owned(),
                    problem: format!("`{text}` is no time"),
                    remedy: "write it like 2026-01-31T12:00:00Z, or choose another --time-column",
                });
            }
            strange_times += 1;
        }
        log.push(RawVote {
            task: cell(0).unwrap_or_default(),
            worker: cell(1).unwrap_or_default(),
            label: cell(2).unwrap_or_default(),
            time: micros,
            id: id.and_then(cell).and_then(|text| text.parse().ok()),
            place,
        })?;
        if let Some(truth) = truth.and_then(cell).filter(|truth| !(own && *truth == "-1")) {
            let named = OWN_TRUTHS.iter().find(|(code, _)| own && *code == truth);
            log.push_truth(cell(0).unwrap_or_default(), named.map_or(truth, |(_, label)| label), place)?;
        }
        Ok(())
    })?;
    if durations > 0 {
        log.forget_times();
        log.notes.push(format!(
            "{durations} numbers in the column `{}` are too small for seconds since 1970 and no times, so the order of the file is taken for the order of the votes; if they are times, name the column with --time-column",
            time_name.as_deref().unwrap_or_default()
        ));
    } else if strange_times > 0 {
        log.forget_times();
        log.notes.push(format!(
            "{strange_times} times could not be read, so the order of the file is taken for the order of the votes"
        ));
    }
    log.rows = rows;
    Ok(log)
}

pub(crate) fn is_true(text: &str) -> bool {
    ["true", "t", "yes", "1"].iter().any(|yes| text.eq_ignore_ascii_case(yes))
}
