//! The classification export of Zooniverse: CSV with JSON in the columns `annotations` and
//! `metadata`. One vote is what one classification answers to one question.
//!
//! A volunteer is `user_name`; without one (not logged in) the hashed address, and without that
//! the browser's session. The subject is `subject_ids`. Questions come in three shapes: one
//! answer (text, or its number in newer projects), several answers (joined with `+`, sorted),
//! marks (drawn or not: `marked`, `nothing`). A classification with `gold_standard` set is a truth.

use domain::Progress;
use serde::Deserialize;
use serde_json::Value;

use crate::{Format, ReadOptions, VoteLog, VotesError, frame::is_true, instant, log::RawVote, table::Table};

/// The question asked for unless another is chosen.
pub(crate) const QUESTION: &str = "T0";

/// What marking something says.
const MARKED: &str = "marked";
/// What an empty list of marks or answers says.
const NOTHING: &str = "nothing";

#[derive(Deserialize)]
struct Annotation {
    #[serde(default)]
    task: Value,
    #[serde(default)]
    value: Value,
}

/// Reads.
pub(crate) fn read(
    name: &str,
    table: Table,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<VoteLog, VotesError> {
    let mut log = VoteLog::new(name, Format::Zooniverse);
    let find = |column: &str| table.find(name, &[column], None);
    let missing = |what: &str| {
        VotesError::file(
            name,
            format!("has no column {what}; it has {}. Request a classification export", table.listed()),
        )
    };
    let annotations = find("annotations")?.ok_or_else(|| missing("`annotations`"))?;
    let subject = match (&options.task_column, find("subject_ids")?) {
        (Some(chosen), _) => table.find(name, &[], Some(chosen))?,
        (None, Some(ids)) => Some(ids),
        (None, None) => find("subject_data")?,
    };
    let subject = subject.ok_or_else(|| missing("`subject_ids`"))?;
    let subject_is_json = table.columns()[subject].eq_ignore_ascii_case("subject_data");
    let people = ["user_name", "user_ip", "user_id", "metadata"].map(|column| find(column).ok().flatten());
    if people.iter().all(Option::is_none) {
        return Err(missing("`user_name`, `user_ip` or `metadata`"));
    }
    let chosen_worker = match &options.worker_column {
        Some(chosen) => table.find(name, &[], Some(chosen))?,
        None => None,
    };
    let others =
        [find("created_at")?, find("classification_id")?, find("workflow_id")?, find("gold_standard")?];
    let mut wanted = vec![annotations, subject];
    let mut place_of = |column: Option<usize>| {
        column.map(|column| {
            wanted.push(column);
            wanted.len() - 1
        })
    };
    let people = people.map(&mut place_of);
    let chosen_worker = place_of(chosen_worker);
    let [created, id, workflow, gold] = others.map(&mut place_of);
    let question = options.question.as_deref().unwrap_or(QUESTION);
    let mut seen = Seen::default();

    let rows = table.each(&wanted, progress, &mut |place, fields| {
        let cell = |at: Option<usize>| at.and_then(|at| fields[at]);
        let wrong = |log: &VoteLog, field: &str, problem: String, remedy| VotesError::Row {
            file: name.to_owned(),
            at: log.at(place),
            field: field.to_owned(),
            problem,
            remedy,
        };
        if let Some(this) = cell(workflow) {
            seen.workflow(this);
            if options.workflow.as_deref().is_some_and(|chosen| chosen != this) {
                log.leave_out("of another workflow");
                return Ok(());
            }
        }
        let Some(text) = fields[0] else {
            log.leave_out("without an answer");
            return Ok(());
        };
        let list: Vec<Annotation> = serde_json::from_str(text).map_err(|error| {
            wrong(&log, "annotations", format!("is not the JSON expected ({error})"), "export the file again")
        })?;
        let mut answer = None;
        for annotation in &list {
            look(&annotation.task, &annotation.value, question, &mut answer, &mut seen);
        }
        let Some(label) = answer.and_then(label_of) else {
            log.leave_out("without an answer");
            return Ok(());
        };
        let data_id;
        let subject = match fields[1] {
            Some(text) if subject_is_json => {
                data_id = first_key(text);
                data_id.as_deref()
            }
            other => other,
        };
        let [user_name, user_ip, user_id, metadata] = people.map(cell);
        let made_up;
        let worker = match (chosen_worker, user_name) {
            (Some(at), _) => fields[at],
            (None, Some(user)) => Some(user),
            (None, None) => {
                let other = user_id.map(str::to_owned).or_else(|| {
                    let hidden = user_ip.map(str::to_owned).or_else(|| session(metadata?));
                    hidden.map(|hidden| format!("not-logged-in-{hidden}"))
                });
                made_up = other;
                made_up.as_deref()
            }
        };
        if options.skip_incomplete && (subject.is_none() || worker.is_none()) {
            log.leave_out("incomplete");
            return Ok(());
        }
        let Some(worker) = worker else {
            let problem = "user_name, user_id, user_ip and the session are all empty".to_owned();
            return Err(wrong(&log, "user_name", problem, "leave such rows out with --skip-incomplete"));
        };
        let time = match cell(created) {
            Some(text) => Some(instant::parse(text).ok_or_else(|| {
                wrong(
                    &log,
                    "created_at",
                    format!("`{text}` is no time"),
                    "write it like 2018-02-20 10:44:42 UTC",
                )
            })?),
            None => None,
        };
        let subject = subject.unwrap_or_default();
        if !options.ignore_truths && cell(gold).is_some_and(is_true) {
            return log.push_truth(subject, &label, place);
        }
        let id = cell(id).and_then(|text| text.parse().ok());
        log.push(RawVote { task: subject, worker, label: &label, time, id, place })
    })?;
    log.rows = rows;
    if log.entries().is_empty() && rows > 0 && !seen.questions.iter().any(|seen| seen == question) {
        return Err(VotesError::file(
            name,
            format!(
                "no classification answers {question}; there are {}. Choose with --question",
                seen.questions.join(", ")
            ),
        ));
    }
    if options.workflow.is_none() && seen.workflows.len() > 1 {
        log.notes.push(format!(
            "votes of several workflows ({}) are taken together; choose one with --workflow",
            seen.workflows.join(", ")
        ));
    }
    Ok(log)
}

/// The first few questions and workflows that occur.
#[derive(Default)]
struct Seen {
    questions: Vec<String>,
    workflows: Vec<String>,
}

impl Seen {
    fn workflow(&mut self, id: &str) {
        note(&mut self.workflows, id);
    }
}

fn note(list: &mut Vec<String>, name: &str) {
    if list.len() < 12 && !list.iter().any(|seen| seen == name) {
        list.push(name.to_owned());
    }
}

/// Finds the answer to the question, also inside a combined question. Of several the last counts:
/// the volunteer went back.
fn look<'a>(task: &Value, value: &'a Value, question: &str, answer: &mut Option<&'a Value>, seen: &mut Seen) {
    if let Some(task) = task.as_str() {
        note(&mut seen.questions, task);
        if task == question {
            *answer = Some(value);
            return;
        }
    }
    for inner in value.as_array().into_iter().flatten() {
        if let (Some(task), Some(value)) = (inner.get("task"), inner.get("value")) {
            look(task, value, question, answer, seen);
        }
    }
}

/// What an answer says, in one word; none where nothing was answered.
fn label_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Array(list) if list.is_empty() => Some(NOTHING.to_owned()),
        Value::Array(list) => {
            // A survey's animals are chosen by name; anything else that is an object is a mark.
            let mut parts: Vec<String> = list
                .iter()
                .filter_map(|item| match item {
                    Value::Object(fields) => fields.get("choice").map_or(Some(MARKED.to_owned()), label_of),
                    other => label_of(other),
                })
                .collect();
            parts.sort_unstable();
            parts.dedup();
            Some(parts.join("+")).filter(|joined| !joined.is_empty())
        }
        Value::Object(fields) => fields.get("choice").or_else(|| fields.get("value")).and_then(label_of),
        Value::Null => None,
    }
}

/// The browser's session, from the column `metadata`.
fn session(metadata: &str) -> Option<String> {
    let metadata: Value = serde_json::from_str(metadata).ok()?;
    Some(metadata.get("session")?.as_str()?.to_owned()).filter(|session| !session.is_empty())
}

/// `subject_data` is an object with the subject's id as its only key.
fn first_key(text: &str) -> Option<String> {
    let data: serde_json::Map<String, Value> = serde_json::from_str(text).ok()?;
    data.keys().next().cloned()
}
