//! Exports of Label Studio: a JSON list of tasks or one task a line (JSON), or one annotation a
//! line with the choice beside it (JSON_MIN). Read task by task, never the whole file.
//!
//! A vote is the choice in an annotation's result. Annotations that were cancelled and those
//! without a choice are left out; predictions and comments are not votes. An annotation marked as
//! ground truth is the truth of its task instead of a vote. The worker is `completed_by`: a
//! number, or the id in an object (its email without one).

use std::{fmt, io::BufRead};

use domain::Progress;
use serde::{
    Deserialize, Deserializer as _,
    de::{SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::{Format, ReadOptions, VoteLog, VotesError, instant, log::RawVote};

/// A task as the export has it; what is not needed is skipped unread.
#[derive(Deserialize)]
struct Task {
    id: Option<Value>,
    #[serde(default)]
    data: Option<Value>,
    #[serde(default, alias = "completions")]
    annotations: Option<Vec<Annotation>>,
    /// The fields of JSON_MIN.
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Deserialize)]
struct Annotation {
    id: Option<Value>,
    completed_by: Option<Value>,
    #[serde(default)]
    result: Option<Vec<Region>>,
    #[serde(default)]
    was_cancelled: Option<bool>,
    #[serde(default)]
    ground_truth: Option<bool>,
    created_at: Option<String>,
}

#[derive(Deserialize)]
struct Region {
    #[serde(default)]
    from_name: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    value: Value,
}

/// Reads.
pub(crate) fn read(
    name: &str,
    mut text: Box<dyn BufRead + Send>,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<VoteLog, VotesError> {
    let mut taking = Taking {
        log: VoteLog::new(name, Format::LabelStudio),
        options,
        progress,
        tasks: 0,
        questions: Vec::new(),
        failure: None,
    };
    let start = text.fill_buf().map_err(|source| VotesError::Io {
        doing: "cannot read",
        file: name.to_owned(),
        source,
    })?;
    let is_list = start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let damaged = |error: serde_json::Error| {
        VotesError::file(name, format!("is not an export of Label Studio: {error}; export it again as JSON"))
    };
    if is_list {
        let mut json = serde_json::Deserializer::from_reader(text);
        let outcome = json.deserialize_seq(&mut taking).and_then(|()| json.end());
        if let Some(failure) = taking.failure.take() {
            return Err(failure);
        }
        outcome.map_err(damaged)?;
    } else {
        for task in serde_json::Deserializer::from_reader(text).into_iter() {
            taking.take(task.map_err(damaged)?)?;
        }
    }
    let Taking { mut log, tasks, questions, .. } = taking;
    progress.advance(tasks % LOOK);
    if log.entries().is_empty() && tasks > 0 && log.left_out.contains_key("of another question") {
        return Err(VotesError::file(
            name,
            format!(
                "no annotation answers the question chosen; there are {}. Choose with --question",
                questions.join(", ")
            ),
        ));
    }
    log.rows = tasks.max(log.rows);
    Ok(log)
}

/// Tasks between two looks at whether to stop.
const LOOK: u64 = 1024;

struct Taking<'a> {
    log: VoteLog,
    options: &'a ReadOptions,
    progress: &'a dyn Progress,
    tasks: u64,
    questions: Vec<String>,
    failure: Option<VotesError>,
}

impl<'de> Visitor<'de> for &mut Taking<'_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list of tasks")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(task) = list.next_element::<Task>()? {
            if let Err(failure) = self.take(task) {
                self.failure = Some(failure);
                return Err(serde::de::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

impl Taking<'_> {
    fn take(&mut self, task: Task) -> Result<(), VotesError> {
        self.tasks += 1;
        if self.tasks.is_multiple_of(LOOK) {
            self.progress.advance(LOOK);
            self.progress.check()?;
        }
        let place = self.tasks;
        let name = match &self.options.task_column {
            None => task.id.as_ref().and_then(name_of),
            Some(column) => {
                let key = column.strip_prefix("data.").unwrap_or(column);
                let inside = task.data.as_ref().and_then(|data| data.get(key));
                inside.or_else(|| task.others.get(key)).and_then(name_of)
            }
        };
        let Some(name) = name else {
            if self.options.skip_incomplete {
                self.log.leave_out("incomplete");
                return Ok(());
            }
            let field = self.options.task_column.as_deref().unwrap_or("id");
            return Err(self.wrong(
                field,
                "the task has no such field",
                "name another one with --task-column",
            ));
        };
        match task.annotations {
            Some(annotations) => {
                for annotation in annotations {
                    self.log.rows += 1;
                    self.annotation(&name, annotation, place)?;
                }
                Ok(())
            }
            None if task.others.contains_key("annotator") => self.flat(&name, &task.others, place),
            None => {
                self.log.leave_out("tasks without annotations");
                Ok(())
            }
        }
    }

    fn annotation(&mut self, task: &str, annotation: Annotation, place: u64) -> Result<(), VotesError> {
        if annotation.was_cancelled == Some(true) {
            self.log.leave_out("cancelled");
            return Ok(());
        }
        let question = self.question(annotation.result.as_deref().unwrap_or_default())?;
        let choices: Vec<&Region> =
            annotation.result.iter().flatten().filter(|region| region.is_choice()).collect();
        let ours = choices.iter().filter(|region| question.is_none() || region.from_name == question);
        let mut parts: Vec<String> = ours.flat_map(|region| region.choices()).collect();
        parts.sort_unstable();
        parts.dedup();
        let label = parts.join("+");
        if label.is_empty() {
            let reason = if choices.is_empty() { "without a choice" } else { "of another question" };
            self.log.leave_out(reason);
            return Ok(());
        }
        if annotation.ground_truth == Some(true) {
            return if self.options.ignore_truths {
                Ok(())
            } else {
                self.log.push_truth(task, &label, place)
            };
        }
        let worker = annotation.completed_by.as_ref().and_then(person);
        let id = annotation.id.as_ref().and_then(Value::as_i64);
        self.vote(task, worker, &label, annotation.created_at.as_deref(), id, place)
    }

    /// One annotation of JSON_MIN.
    fn flat(&mut self, task: &str, fields: &Map<String, Value>, place: u64) -> Result<(), VotesError> {
        self.log.rows += 1;
        let question =
            self.options.question.as_deref().or(self.options.label_column.as_deref()).unwrap_or("choice");
        let label = fields.get(question).map(|value| Region::of(value.clone()).choices().join("+"));
        let Some(label) = label.filter(|label| !label.is_empty()) else {
            self.log.leave_out("without a choice");
            return Ok(());
        };
        let id = fields.get("annotation_id").and_then(Value::as_i64);
        let time = fields.get("created_at").and_then(Value::as_str);
        let worker = fields.get("annotator").and_then(person);
        self.vote(task, worker, &label, time, id, place)
    }

    fn vote(
        &mut self,
        task: &str,
        worker: Option<String>,
        label: &str,
        time: Option<&str>,
        id: Option<i64>,
        place: u64,
    ) -> Result<(), VotesError> {
        let Some(worker) = worker else {
            if self.options.skip_incomplete {
                self.log.leave_out("incomplete");
                return Ok(());
            }
            let problem = "the annotation does not say who made it";
            return Err(self.wrong(
                "completed_by",
                problem,
                "leave such annotations out with --skip-incomplete",
            ));
        };
        let micros = time.and_then(instant::parse);
        if let (Some(time), None) = (time, micros) {
            let problem = format!("`{time}` is no time");
            return Err(self.wrong("created_at", &problem, "write it like 2026-01-31T12:00:00Z"));
        }
        self.log.push(RawVote { task, worker: &worker, label, time: micros, id, place })
    }

    /// Which question is read: the one chosen, or the only one there is.
    fn question(&mut self, regions: &[Region]) -> Result<Option<String>, VotesError> {
        for region in regions.iter().filter(|region| region.is_choice()) {
            let name = region.from_name.clone().unwrap_or_default();
            if !self.questions.contains(&name) && self.questions.len() < 12 {
                self.questions.push(name);
            }
        }
        if self.options.question.is_some() {
            return Ok(self.options.question.clone());
        }
        if self.questions.len() > 1 {
            let problem = format!("there are several questions: {}", self.questions.join(", "));
            return Err(self.wrong("from_name", &problem, "choose one with --question"));
        }
        Ok(None)
    }

    fn wrong(&self, field: &str, problem: &str, remedy: &'static str) -> VotesError {
        VotesError::Row {
            file: self.log.source.clone(),
            at: self.log.at(self.tasks),
            field: field.to_owned(),
            problem: problem.to_owned(),
            remedy,
        }
    }
}

impl Region {
    fn of(value: Value) -> Self {
        let value = if value.is_object() { value } else { serde_json::json!({ "choices": value }) };
        Self { from_name: None, kind: None, value }
    }

    fn is_choice(&self) -> bool {
        self.kind.as_deref().map_or(self.value.get("choices").is_some(), |kind| kind == "choices")
    }

    /// What was chosen.
    fn choices(&self) -> Vec<String> {
        match self.value.get("choices") {
            Some(Value::Array(list)) => list.iter().filter_map(name_of).collect(),
            Some(other) => name_of(other).into_iter().collect(),
            None => Vec::new(),
        }
    }
}

/// A text or number as a name.
fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Who: a number, a name, or an object with one.
fn person(value: &Value) -> Option<String> {
    match value {
        Value::Object(fields) => {
            ["id", "email", "username"].iter().find_map(|key| fields.get(*key).and_then(name_of))
        }
        other => name_of(other),
    }
}
