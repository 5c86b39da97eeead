//! What can be chosen on the command line of `aggregate`, and the plan that follows from it.

use std::path::{Path, PathBuf};

use clap::Args;
use consensus::{Method, Preset, SpaceWarpsConfig};
use votes::{Format, NeverTruths, Positive, ReadOptions, Source};

use super::{places, settings::MethodName};
use crate::failure::Failure;

/// `lensfinder aggregate`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder aggregate votes.csv --method dawid-skene --out labels.csv\n  \
        lensfinder aggregate votes.csv --method swap --gold truth.csv --out labels.parquet --workers workers.csv\n  \
        lensfinder aggregate classifications.csv.gz --question T1 --method majority --out labels.csv\n  \
        lensfinder aggregate log.csv --input-format swap-log --method swap --preset production --out subjects.csv\n  \
        lensfinder aggregate export.json --write-votes votes.parquet\n  \
        cat votes.csv | lensfinder aggregate - --method majority --out - > labels.csv\n\n\
        Votes: CSV, TSV or Parquet with task, worker and label; the classification export of Zooniverse;\n\
        the JSON export of Label Studio; a log of SWAP. Each also packed with gzip. The same worker on the\n\
        same task counts once. Results: task, label and p_<label> for everything that can be true, by the\n\
        ending of --out as CSV, TSV, Parquet or JSON lines. docs/votes.md has the formats and examples.")]
pub struct Aggregate {
    /// File of votes, or - for standard input
    pub votes: PathBuf,
    /// How votes are weighed
    #[arg(long, value_enum, default_value = "house")]
    pub method: MethodName,
    /// Table of known truths: task, truth
    #[arg(long, value_name = "FILE")]
    pub gold: Option<PathBuf>,
    /// Where the labels go (.csv, .tsv, .jsonl, .parquet); default: standard output
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Where a table of the workers goes
    #[arg(long, value_name = "FILE")]
    pub workers: Option<PathBuf>,
    /// Format of the votes, instead of what the file looks like
    #[arg(long, value_name = "FORMAT", value_parser = format_of)]
    pub input_format: Option<Format>,
    /// Write the votes again, in --output-format or what the ending says
    #[arg(long, value_name = "FILE")]
    pub write_votes: Option<PathBuf>,
    /// Format of --write-votes: csv, tsv, parquet, zooniverse, label-studio or swap-log
    #[arg(long, value_name = "FORMAT", value_parser = format_of, requires = "write_votes")]
    pub output_format: Option<Format>,
    /// An answer that is never a truth, beside the usual ones (unsure, don't know, skip, ?, …)
    #[arg(long, value_name = "LABEL")]
    pub not_a_class: Vec<String>,
    /// Every answer can be true, "unsure" too; only those of --not-a-class cannot
    #[arg(long)]
    pub every_label_a_class: bool,
    /// The label that stands for a lens, where a method knows two truths (default: lens, 1, yes, …)
    #[arg(long, value_name = "LABEL")]
    pub positive: Option<String>,
    /// Settings of SWAP: production, prior05_gzx, kswap, fixed075, nonhasty, unsup or both
    #[arg(long, value_parser = preset_of)]
    pub preset: Option<Preset>,
    /// Probability of a lens before any vote, instead of the preset's
    #[arg(long, value_name = "P")]
    pub prior: Option<f64>,
    /// The question: a task of a Zooniverse workflow (default T0), or a from_name of Label Studio
    #[arg(long)]
    pub question: Option<String>,
    /// Only this workflow of Zooniverse
    #[arg(long, value_name = "ID")]
    pub workflow: Option<String>,
    /// Column of the task (Label Studio: id, or a field of data)
    #[arg(long, value_name = "NAME")]
    pub task_column: Option<String>,
    /// Column of the worker
    #[arg(long, value_name = "NAME")]
    pub worker_column: Option<String>,
    /// Column of the label
    #[arg(long, value_name = "NAME")]
    pub label_column: Option<String>,
    /// Column of the time of the vote; of repeated votes the earliest counts
    #[arg(long, value_name = "NAME")]
    pub time_column: Option<String>,
    /// Column of truths among the votes
    #[arg(long, value_name = "NAME")]
    pub truth_column: Option<String>,
    /// Most memory the tables of a method may take, in GiB
    #[arg(long, value_name = "GIB", default_value_t = 4.0)]
    pub max_memory: f64,
    /// Leave aside truths that stand among the votes
    #[arg(long)]
    pub ignore_truths: bool,
    /// Leave out rows without task, worker or label instead of refusing the file
    #[arg(long)]
    pub skip_incomplete: bool,
}

fn format_of(name: &str) -> Result<Format, String> {
    name.parse().map_err(|error: votes::VotesError| error.to_string())
}

fn preset_of(name: &str) -> Result<Preset, String> {
    Preset::from_name(name).ok_or_else(|| {
        let all: Vec<&str> = Preset::ALL.iter().map(|preset| preset.name()).collect();
        format!("there are {}", all.join(", "))
    })
}

/// How votes are weighed.
pub enum Chosen {
    /// All at once.
    Method(Box<dyn Method>),
    /// One after another, as Space Warps did.
    Online(SpaceWarpsConfig),
}

/// What is to be done.
pub struct Plan {
    /// File of votes.
    pub votes: PathBuf,
    /// How to read it.
    pub options: ReadOptions,
    /// File of truths.
    pub gold: Option<PathBuf>,
    /// How to weigh.
    pub method: Chosen,
    /// Its name.
    pub method_name: &'static str,
    /// What is looked for, and what is never true.
    pub positive: Positive,
    /// The tables it holds.
    tables: (u64, u64),
    /// Most memory they may take, in GiB.
    pub max_memory: f64,
    /// Where labels go.
    pub out: Option<PathBuf>,
    /// Where workers go.
    pub workers: Option<PathBuf>,
    /// Where votes go, and as what.
    pub write_votes: Option<(PathBuf, Format)>,
}

impl Plan {
    /// Follows from the command line.
    pub fn of(wish: Aggregate, json: bool) -> Result<Self, Failure> {
        let is_swap = wish.method == MethodName::Swap;
        // Only SWAP reads a log in another way than the other methods, so only then it matters now.
        let input_format = match wish.input_format {
            None if is_swap => votes::glance(&Source::of(&wish.votes))?,
            chosen => chosen,
        };
        let is_log = input_format == Some(Format::SwapLog);
        if !is_swap && (wish.preset.is_some() || wish.prior.is_some()) {
            return Err(Failure::words("--preset and --prior go with --method swap"));
        }
        let method = if is_swap && (is_log || wish.preset.is_some()) {
            Chosen::Online(config(wish.preset.unwrap_or(Preset::Production), wish.prior))
        } else if wish.prior.is_some() {
            return Err(Failure::words(
                "--prior goes with --preset or --input-format swap-log; without them the share of each label is learnt",
            ));
        } else {
            Chosen::Method(wish.method.build())
        };
        let mut never = if wish.every_label_a_class { NeverTruths::none() } else { NeverTruths::default() };
        for label in &wish.not_a_class {
            never.add(label);
        }
        if let Some(positive) = wish.positive.as_ref().filter(|positive| never.contains(positive)) {
            return Err(Failure::words(format!("--positive {positive} is an answer that is never a truth")));
        }
        let write_votes = match wish.write_votes {
            None => None,
            Some(path) => {
                let format = wish.output_format.or_else(|| Format::of_ending(&path.to_string_lossy()));
                let format = format.ok_or_else(|| {
                    Failure::words(format!("{}: choose its format with --output-format", path.display()))
                })?;
                Some((path, format))
            }
        };
        let only_votes = write_votes.is_some() || wish.workers.is_some();
        let out = wish.out.or_else(|| (!only_votes).then(|| PathBuf::from("-")));
        let files: Vec<&Path> = out
            .iter()
            .chain(&wish.workers)
            .chain(write_votes.iter().map(|(path, _)| path))
            .map(PathBuf::as_path)
            .collect();
        let read: Vec<&Path> =
            [Some(&wish.votes), wish.gold.as_ref()].into_iter().flatten().map(PathBuf::as_path).collect();
        places::check(&read, &files)?;
        if json && files.contains(&Path::new("-")) {
            return Err(Failure::words("--json prints the report on standard output; give --out a file"));
        }
        for path in out.iter().chain(&wish.workers) {
            votes::SheetFormat::of(path)?;
        }
        if wish.max_memory.is_nan() || wish.max_memory <= 0.0 {
            return Err(Failure::words("--max-memory: give a number of GiB above 0"));
        }
        Ok(Self {
            votes: wish.votes,
            options: ReadOptions {
                format: if is_log { input_format } else { wish.input_format },
                task_column: wish.task_column,
                worker_column: wish.worker_column,
                label_column: wish.label_column,
                time_column: wish.time_column,
                truth_column: wish.truth_column,
                question: wish.question,
                workflow: wish.workflow,
                skip_incomplete: wish.skip_incomplete,
                ignore_truths: wish.ignore_truths,
            },
            gold: wish.gold,
            method,
            method_name: wish.method.name(),
            tables: wish.method.tables(),
            max_memory: wish.max_memory,
            positive: Positive { chosen: wish.positive, never },
            out,
            workers: wish.workers,
            write_votes,
        })
    }

    /// The tables its method holds; see [`MethodName::tables`].
    pub const fn tables(&self) -> (u64, u64) {
        self.tables
    }

    /// Whether a log of SWAP is replayed as it is, repeats and all.
    pub fn is_replay(&self) -> bool {
        self.options.format == Some(Format::SwapLog) && matches!(self.method, Chosen::Online(_))
    }
}

fn config(preset: Preset, prior: Option<f64>) -> SpaceWarpsConfig {
    let mut config = SpaceWarpsConfig::preset(preset);
    if let Some(prior) = prior {
        match &mut config {
            SpaceWarpsConfig::Swap(rules) => rules.prior = prior,
            SpaceWarpsConfig::KSwap(rules) => rules.prior = prior,
        }
    }
    config
}
