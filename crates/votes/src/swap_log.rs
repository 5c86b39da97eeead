//! Logs of SWAP: `seq,time,user,subject,category,kind,said,training_truth`, a vote a row, in the
//! order of `seq` whatever the order of the rows. `said` is LENS or NOT; what is neither (an
//! answer such as UNSURE) moves nothing in SWAP and is counted as left out.

use consensus::space_warps::LogVote;
use domain::{Label, Progress};

use crate::{
    Format, Names, NeverTruths, ReadOptions, VoteLog, VotesError, frame::is_missing, instant, log::RawVote,
    table::Table,
};

/// What the two answers are called.
pub(crate) const LENS: &str = "LENS";
/// The other one.
pub(crate) const NOT: &str = "NOT";

/// A vote of the log.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SwapEntry {
    /// Its place in the log.
    pub seq: i64,
    /// Number of the subject.
    pub subject: u32,
    /// Number of the user.
    pub user: u32,
    /// Whether the user said that there is a lens; `None` for an answer that is neither.
    pub said_lens: Option<bool>,
    /// What is known of the subject.
    pub truth: Label,
    /// When.
    pub time: Option<i64>,
    /// The line.
    pub place: u32,
}

/// A log in the order of `seq`.
#[derive(Debug, Clone)]
pub struct SwapLog {
    /// What to call the file.
    pub source: String,
    /// Subjects, numbered in the order in which the log first shows them.
    pub subjects: Names,
    /// Users.
    pub users: Names,
    /// Votes.
    pub entries: Vec<SwapEntry>,
    /// Rows read.
    pub rows: u64,
    /// Answers that are neither LENS nor NOT.
    pub neither: u64,
    /// What the reader wants to be known.
    pub notes: Vec<String>,
}

impl SwapLog {
    /// The votes for [`consensus::space_warps::SpaceWarps`].
    pub fn votes(&self) -> impl Iterator<Item = LogVote> + '_ {
        self.entries.iter().map(|entry| LogVote {
            subject: entry.subject,
            agent: entry.user,
            said_lens: entry.said_lens,
            truth: entry.truth,
        })
    }

    /// Subjects with a known truth.
    #[must_use]
    pub fn training_subjects(&self) -> u64 {
        let mut known = vec![false; self.subjects.len()];
        for entry in self.entries.iter().filter(|entry| entry.truth != Label::Unknown) {
            known[entry.subject as usize] = true;
        }
        known.iter().filter(|known| **known).count() as u64
    }

    /// The same as votes of a crowd, for the other methods: training images are known truths.
    ///
    /// # Errors
    /// When two rows contradict each other about a subject: one truth is all that other methods know.
    pub(crate) fn into_votes(self, options: &ReadOptions) -> Result<VoteLog, VotesError> {
        let mut log = VoteLog::new(&self.source, Format::SwapLog);
        log.rows = self.rows;
        log.notes = self.notes;
        for entry in &self.entries {
            let label = match entry.said_lens {
                Some(true) => LENS,
                Some(false) => NOT,
                None => "UNSURE",
            };
            let task = self.subjects.name(entry.subject);
            let truth = match entry.truth {
                Label::Lens if !options.ignore_truths => Some(LENS),
                Label::NonLens if !options.ignore_truths => Some(NOT),
                _ => None,
            };
            let vote = RawVote {
                task,
                worker: self.users.name(entry.user),
                label,
                time: entry.time,
                id: Some(entry.seq),
                place: entry.place.into(),
            };
            log.push(vote)?;
            if let Some(truth) = truth {
                log.push_truth(task, truth, entry.place.into())?;
            }
        }
        // The order is that of `seq`, whatever the times say.
        log.forget_times();
        Ok(log)
    }
}

/// A place in the log; with a decimal where pandas wrote a column that has gaps.
fn place_in_log(text: &str) -> Option<i64> {
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}

/// Reads.
pub(crate) fn read(
    name: &str,
    table: Table,
    _options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<SwapLog, VotesError> {
    let need = |column: &str| {
        table.find(name, &[column], None)?.ok_or_else(|| {
            VotesError::file(
                name,
                format!(
                    "has no column `{column}`; a SWAP log has seq, user, subject, said and training_truth, this file has {}",
                    table.listed()
                ),
            )
        })
    };
    let wanted = [need("seq")?, need("user")?, need("subject")?, need("said")?, need("training_truth")?];
    let category = table.find(name, &["category"], None)?;
    let time = table.find(name, &["time"], None)?;
    let (mut wanted, mut next) = (wanted.to_vec(), 5);
    let mut place_of = |column: Option<usize>| {
        column.map(|column| {
            wanted.push(column);
            next += 1;
            next - 1
        })
    };
    let (category, time) = (place_of(category), place_of(time));
    let neither_words = NeverTruths::default();
    let mut log = SwapLog {
        source: name.to_owned(),
        subjects: Names::default(),
        users: Names::default(),
        entries: Vec::new(),
        rows: 0,
        neither: 0,
        notes: Vec::new(),
    };
    let (mut subjects, mut users) = (Names::default(), Names::default());
    let mut truths: Vec<Label> = Vec::new();
    let (mut unlike, mut changed, mut contradicting) = (0_u64, 0_u64, 0_u64);
    let rows = table.each(&wanted, progress, &mut |place, fields| {
        let wrong = |field: &str, problem: String, remedy| VotesError::Row {
            file: name.to_owned(),
            at: format!("line {place}"),
            field: field.to_owned(),
            problem,
            remedy,
        };
        let cell = |at: usize, field: &str| {
            fields[at].ok_or_else(|| wrong(field, "is empty".to_owned(), "fill it in, or take the row out"))
        };
        let seq_text = cell(0, "seq")?;
        let seq = place_in_log(seq_text).ok_or_else(|| {
            wrong("seq", format!("`{seq_text}` is no whole number"), "number the votes from 0")
        })?;
        let said = cell(3, "said")?;
        let said_lens = if said.eq_ignore_ascii_case(LENS) {
            Some(true)
        } else if said.eq_ignore_ascii_case(NOT) {
            Some(false)
        } else if neither_words.contains(said) {
            None
        } else {
            return Err(wrong(
                "said",
                format!("is `{said}`"),
                "SWAP knows LENS and NOT (and UNSURE, which moves nothing)",
            ));
        };
        let truth = match fields[4].filter(|text| !is_missing(text)) {
            Some(text) if text.eq_ignore_ascii_case(LENS) => Label::Lens,
            Some(text) if text.eq_ignore_ascii_case(NOT) => Label::NonLens,
            None => Label::Unknown,
            Some(text) if text.eq_ignore_ascii_case("UNKNOWN") => Label::Unknown,
            Some(text) => {
                return Err(wrong("training_truth", format!("is `{text}`"), "write LENS, NOT or UNKNOWN"));
            }
        };
        let is_training =
            category.and_then(|at| fields[at]).map(|text| text.eq_ignore_ascii_case("training"));
        unlike += u64::from(is_training.is_some_and(|training| training != (truth != Label::Unknown)));
        let too_many = || VotesError::file(name, "has more than 4 billion names");
        let subject = subjects.intern(cell(2, "subject")?).ok_or_else(too_many)?;
        let user = users.intern(cell(1, "user")?).ok_or_else(too_many)?;
        if truths.len() < subjects.len() {
            truths.push(truth);
        }
        let before = &mut truths[subject as usize];
        if *before != Label::Unknown && truth != Label::Unknown {
            contradicting += u64::from(*before != truth);
        } else {
            changed += u64::from(*before != truth);
        }
        if *before == Label::Unknown {
            *before = truth;
        }
        log.entries.push(SwapEntry {
            seq,
            subject,
            user,
            said_lens,
            truth,
            time: time.and_then(|at| fields[at]).and_then(instant::parse),
            place: u32::try_from(place).unwrap_or(u32::MAX),
        });
        log.neither += u64::from(said_lens.is_none());
        Ok(())
    })?;
    log.rows = rows;
    log.entries.sort_by_key(|entry| entry.seq);
    let doubled = log.entries.windows(2).filter(|pair| pair[0].seq == pair[1].seq).count();
    if unlike > 0 {
        log.notes.push(format!(
            "{unlike} rows have a category that does not go with training_truth; the latter decides what is a training image"
        ));
    }
    if changed > 0 {
        log.notes.push(format!(
            "{changed} rows have a training_truth for a subject that had none in another row; each vote is taken as its row says"
        ));
    }
    if contradicting > 0 {
        log.notes.push(format!(
            "{contradicting} rows contradict the training_truth of their subject in a row above; as in SWAP each vote teaches what its own row says"
        ));
    }
    if doubled > 0 {
        log.notes.push(format!(
            "{doubled} votes bear a `seq` that was there before; these stay in the order of the file"
        ));
    }
    // Numbered anew in the order of the log, which is not that of the rows.
    for entry in &mut log.entries {
        entry.subject = log.subjects.intern(subjects.name(entry.subject)).unwrap_or_default();
        entry.user = log.users.intern(users.name(entry.user)).unwrap_or_default();
    }
    Ok(log)
}
