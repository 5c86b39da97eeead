//! The formats of votes and how one is recognised: by the first bytes and the header, so that a
//! wrong file ending does no harm.

use crate::VotesError;

/// A format of votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// `task,worker,label`, as crowd-kit has it, separated by commas.
    Csv,
    /// The same, separated by tabs.
    Tsv,
    /// The same as Parquet.
    Parquet,
    /// Classification export of Zooniverse (CSV with JSON inside).
    Zooniverse,
    /// Export of Label Studio: a JSON list of tasks, or one task a line.
    LabelStudio,
    /// A log of SWAP: `seq,time,user,subject,category,kind,said,training_truth`.
    SwapLog,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] =
        [Self::Csv, Self::Tsv, Self::Parquet, Self::Zooniverse, Self::LabelStudio, Self::SwapLog];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Parquet => "parquet",
            Self::Zooniverse => "zooniverse",
            Self::LabelStudio => "label-studio",
            Self::SwapLog => "swap-log",
        }
    }

    /// The format with this name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// What a place in such a file is called.
    pub(crate) const fn place_word(self) -> &'static str {
        match self {
            Self::Parquet => "row",
            Self::LabelStudio => "task number",
            _ => "line",
        }
    }

    /// The format that the ending of a file's name stands for (`.gz` left aside).
    #[must_use]
    pub fn of_ending(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        let ending = name.rsplit_once('.')?.1;
        Some(match ending {
            "csv" => Self::Csv,
            "tsv" | "tab" => Self::Tsv,
            "parquet" | "pq" => Self::Parquet,
            "json" | "jsonl" | "ndjson" => Self::LabelStudio,
            _ => return None,
        })
    }

    /// The format of a table by the names of its columns; `separator` is what parts them.
    pub(crate) fn of_columns(columns: &[String], separator: u8) -> Self {
        let has = |name: &str| columns.iter().any(|column| column.eq_ignore_ascii_case(name));
        if has("annotations") && (has("subject_ids") || has("subject_data")) {
            Self::Zooniverse
        } else if has("said") && has("user") && has("subject") {
            Self::SwapLog
        } else if separator == b'\t' {
            Self::Tsv
        } else {
            Self::Csv
        }
    }
}

impl std::str::FromStr for Format {
    type Err = VotesError;

    fn from_str(name: &str) -> Result<Self, VotesError> {
        Self::from_name(name).ok_or_else(|| {
            let all: Vec<&str> = Self::ALL.iter().map(|format| format.name()).collect();
            VotesError::Choice(format!("no format is called `{name}`; there are {}", all.join(", ")))
        })
    }
}
