//! The votes of one file: names as dense numbers, sixteen bytes a vote, in the order of the
//! file. Whatever the format, this is what a reader fills and a writer takes. What counts and
//! what can be true is decided later, in `arrange`.

use std::collections::{BTreeMap, HashMap};

use crate::{
    Format, Names, VotesError,
    spelling::{self, Spelling},
};

/// Longest name: what is longer is a damaged file or the wrong column.
const LONGEST_NAME: usize = 4096;

/// One vote as the file has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Number of the task.
    pub task: u32,
    /// Number of the worker.
    pub worker: u32,
    /// Where it stands: a line, or a row of Parquet; the last number there is if it does not fit.
    pub place: u32,
    /// Number of the label.
    pub label: u16,
}

/// A truth that was found among the votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Truth {
    /// Number of the label.
    pub label: u16,
    /// Where it stands.
    pub place: u64,
    /// Whether it stands in a file of its own, and not among the votes.
    pub aside: bool,
}

/// Everything read from one file.
#[derive(Debug, Clone)]
pub struct VoteLog {
    /// What to call the file.
    pub source: String,
    /// What it was read as.
    pub format: Format,
    /// Tasks.
    pub tasks: Names,
    /// Workers.
    pub workers: Names,
    /// Labels.
    pub labels: Names,
    /// Truths that the file itself knows, by task.
    pub truths: HashMap<u32, Truth>,
    /// The file of truths that was taken in, if one was.
    pub truth_file: Option<(String, Format)>,
    /// Its rows without a truth.
    pub truths_left_out: u64,
    /// Rows read, those left out among them.
    pub rows: u64,
    /// Rows left out, by the reason.
    pub left_out: BTreeMap<&'static str, u64>,
    /// What the reader wants to be known.
    pub notes: Vec<String>,
    entries: Vec<Entry>,
    /// Microseconds since 1970 for each entry; empty if no vote has a time.
    times: Vec<Option<i64>>,
    /// Numbers of the votes; empty if no vote has one.
    ids: Vec<Option<i64>>,
}

/// What a reader knows of a vote.
#[derive(Debug, Clone, Copy, Default)]
pub struct RawVote<'a> {
    /// Name of the task.
    pub task: &'a str,
    /// Name of the worker.
    pub worker: &'a str,
    /// What was said.
    pub label: &'a str,
    /// Microseconds since 1970.
    pub time: Option<i64>,
    /// The vote's own number.
    pub id: Option<i64>,
    /// Line or row.
    pub place: u64,
}

impl VoteLog {
    /// Without any vote yet.
    #[must_use]
    pub fn new(source: &str, format: Format) -> Self {
        Self {
            source: source.to_owned(),
            format,
            tasks: Names::default(),
            workers: Names::default(),
            labels: Names::default(),
            truths: HashMap::new(),
            truth_file: None,
            truths_left_out: 0,
            rows: 0,
            left_out: BTreeMap::new(),
            notes: Vec::new(),
            entries: Vec::new(),
            times: Vec::new(),
            ids: Vec::new(),
        }
    }

    /// Adds a vote.
    ///
    /// # Errors
    /// When a name is empty or too long, or there are more names than numbers.
    pub fn push(&mut self, vote: RawVote<'_>) -> Result<(), VotesError> {
        let task = self.number("task", vote.task, vote.place)?;
        let worker = self.number("worker", vote.worker, vote.place)?;
        let label = self.label(vote.label, vote.place)?;
        let place = u32::try_from(vote.place).unwrap_or(u32::MAX);
        if vote.time.is_some() && self.times.is_empty() {
            self.times = vec![None; self.entries.len()];
        }
        if vote.id.is_some() && self.ids.is_empty() {
            self.ids = vec![None; self.entries.len()];
        }
        if vote.time.is_some() || !self.times.is_empty() {
            self.times.push(vote.time);
        }
        if vote.id.is_some() || !self.ids.is_empty() {
            self.ids.push(vote.id);
        }
        self.entries.push(Entry { task, worker, place, label });
        Ok(())
    }

    /// Adds a truth that stands in this file.
    ///
    /// # Errors
    /// When it contradicts one that was added before, or a name is wrong.
    pub fn push_truth(&mut self, task: &str, label: &str, place: u64) -> Result<(), VotesError> {
        let task = self.number("task", task, place)?;
        self.add_truth(task, label, place, false)
    }

    /// Takes in the truths of another file, for the tasks that occur here; gives the others.
    /// A truth `1.0` is the label `1` where votes write whole numbers so, and the other way round.
    ///
    /// # Errors
    /// When a truth contradicts one that is known.
    pub fn adopt_truths(&mut self, file: &Self) -> Result<Vec<String>, VotesError> {
        self.truth_file = Some((file.source.clone(), file.format));
        let mut truths: Vec<_> = file.truths.iter().collect();
        truths.sort_unstable_by_key(|(task, truth)| (truth.place, **task));
        let spelling = Spelling::of(&self.labels, &self.entries);
        let (mut unknown, mut respelled) = (Vec::new(), None);
        for (task, truth) in truths {
            let task = file.tasks.name(*task);
            let Some(number) = self.tasks.find(task) else {
                unknown.push(task.to_owned());
                continue;
            };
            let name = file.labels.name(truth.label.into());
            let spelled = spelling.as_voted(&self.labels, name);
            if spelled != name {
                let (count, ..) = respelled.get_or_insert((0, name, spelled.clone()));
                *count += 1;
            }
            self.add_truth(number, &spelled, truth.place, true)?;
        }
        if let Some((count, from, to)) = respelled {
            self.notes.push(spelling::note(count, from, &to));
        }
        self.truths_left_out = file.left_out.values().sum();
        Ok(unknown)
    }

    fn add_truth(&mut self, task: u32, name: &str, place: u64, aside: bool) -> Result<(), VotesError> {
        let label = self.label(name, place)?;
        let truth = Truth { label, place, aside };
        let before = *self.truths.entry(task).or_insert(truth);
        if before.label == label {
            return Ok(());
        }
        let (file, at) = self.place_of(truth);
        let (before_file, before_at) = self.place_of(before);
        let before_at = if before_file == file { before_at } else { format!("{before_file}, {before_at}") };
        Err(VotesError::Row {
            file,
            at,
            field: "truth".to_owned(),
            problem: format!(
                "task `{}` is `{name}` here and `{}` in {before_at}",
                self.tasks.name(task),
                self.labels.name(before.label.into()),
            ),
            remedy: "a task has one truth: correct one of the two, or give --ignore-truths to leave aside those among the votes",
        })
    }

    /// The file and the line of a truth.
    pub(crate) fn place_of(&self, truth: Truth) -> (String, String) {
        match &self.truth_file {
            Some((file, format)) if truth.aside => {
                (file.clone(), format!("{} {}", format.place_word(), truth.place))
            }
            _ => (self.source.clone(), self.at(truth.place)),
        }
    }

    /// Counts a row that is left out.
    pub fn leave_out(&mut self, reason: &'static str) {
        *self.left_out.entry(reason).or_default() += 1;
    }

    /// The votes in the order of the file.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// When the vote with this position was cast.
    #[must_use]
    pub fn time(&self, position: usize) -> Option<i64> {
        self.times.get(position).copied().flatten()
    }

    /// The own number of the vote with this position.
    #[must_use]
    pub fn id(&self, position: usize) -> Option<i64> {
        self.ids.get(position).copied().flatten()
    }

    /// Whether any vote has a time.
    #[must_use]
    pub const fn has_times(&self) -> bool {
        !self.times.is_empty()
    }

    /// Whether any vote has a number of its own.
    #[must_use]
    pub const fn has_ids(&self) -> bool {
        !self.ids.is_empty()
    }

    /// How a place of this file is called.
    #[must_use]
    pub fn at(&self, place: u64) -> String {
        format!("{} {place}", self.format.place_word())
    }

    /// Takes the order of the file for the order of the votes.
    pub(crate) fn forget_times(&mut self) {
        self.times = Vec::new();
    }

    /// Other labels, and which of them each old one is.
    pub(crate) fn relabel(&mut self, labels: Names, numbers: &[u16]) {
        for entry in &mut self.entries {
            entry.label = numbers[usize::from(entry.label)];
        }
        self.labels = labels;
    }

    /// Gives up the votes, once they are no longer needed here.
    pub(crate) fn take_entries(&mut self) -> Vec<Entry> {
        self.times = Vec::new();
        self.ids = Vec::new();
        std::mem::take(&mut self.entries)
    }

    fn number(&mut self, field: &'static str, name: &str, place: u64) -> Result<u32, VotesError> {
        if name.is_empty() || name.len() > LONGEST_NAME {
            return Err(self.wrong_name(field, name, place));
        }
        let names = if field == "task" { &mut self.tasks } else { &mut self.workers };
        names.intern(name).ok_or_else(|| {
            VotesError::file(&self.source, format!("more than 4 billion different names in {field}"))
        })
    }

    fn label(&mut self, name: &str, place: u64) -> Result<u16, VotesError> {
        if name.is_empty() || name.len() > LONGEST_NAME {
            return Err(self.wrong_name("label", name, place));
        }
        let number = self.labels.intern(name).and_then(|number| u16::try_from(number).ok());
        number.filter(|&number| number < u16::MAX).ok_or_else(|| {
            VotesError::file(
                &self.source,
                format!(
                    "more than {} different labels by {}; is the column of labels the right one? Choose it with --label-column",
                    u16::MAX,
                    self.at(place)
                ),
            )
        })
    }

    fn wrong_name(&self, field: &'static str, name: &str, place: u64) -> VotesError {
        let (problem, remedy) = if name.is_empty() {
            ("is empty".to_owned(), "fill it in, or leave such rows out with --skip-incomplete")
        } else {
            (
                format!("has {} bytes, more than {LONGEST_NAME}", name.len()),
                "check that no quote is left open and that the column is the right one",
            )
        };
        VotesError::Row {
            file: self.source.clone(),
            at: self.at(place),
            field: field.to_owned(),
            problem,
            remedy,
        }
    }
}
