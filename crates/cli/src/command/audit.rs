//! `lensfinder audit`: does anything stand on both sides of the split of the sky?

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use domain::{Seed, SkyCoord};
use survey::{
    AuditInput, AuditReport, AuditSettings, CUTOUT_DIAGONAL_ARCSEC, Dataset, Fold, KnownLenses, SkySplit,
    catalogue::NormalReader, read_matches, split_audit,
};

use super::{catalogue::normal_form, heavy, tell};
use crate::{failure::Failure, terminal::Terminal};

/// `lensfinder audit`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder audit workspace/datasets/survey --split-seed 1 --known matches.csv\n  \
        lensfinder audit survey/ training/ clusters/ --held-out 0.1 --gate 0.15 --buffer 142\n  \
        lensfinder audit survey/ --drop drop.csv; lensfinder audit survey/ --exclude drop.csv\n\n\
        The seed and the fractions are those of the project (`seed`, `held_out_fraction`,\n\
        `gate_fraction`). Exit code 1 when something leaks: a cell, id or image in two folds, two rows of\n\
        different folds nearer than a cutout's diagonal, a known lens labelled as none. Either leave out\n\
        the rows that --drop lists, or all within --buffer of a fold that matters more.")]
pub struct Audit {
    /// Datasets and imported catalogues
    #[arg(required = true)]
    pub datasets: Vec<PathBuf>,
    /// Seed of the split: the project's
    #[arg(long, default_value_t = 1)]
    pub split_seed: u64,
    /// Share of the sky that is held out
    #[arg(long, default_value_t = 0.0)]
    pub held_out: f64,
    /// Share of the sky that judges networks
    #[arg(long, default_value_t = 0.15)]
    pub gate: f64,
    /// Known lenses: what `lensfinder catalogue match` wrote
    #[arg(long)]
    pub known: Option<PathBuf>,
    /// A known lens within this angle counts, arcsec
    #[arg(long, default_value_t = survey::DEFAULT_RADIUS_ARCSEC)]
    pub radius: f64,
    /// Rows of two folds must be farther apart than this, arcsec; default: diagonal of a cutout of 100″
    #[arg(long, default_value_t = CUTOUT_DIAGONAL_ARCSEC)]
    pub pair: f64,
    /// Rows this near a fold that matters more belong to none, arcsec
    #[arg(long, default_value_t = 0.0)]
    pub buffer: f64,
    /// Rows that are left out: a CSV table with a column id
    #[arg(long)]
    pub exclude: Option<PathBuf>,
    /// Write the rows to leave out, so that nothing leaks (CSV: dataset, id)
    #[arg(long)]
    pub drop: Option<PathBuf>,
    /// Write the report as JSON
    #[arg(long)]
    pub out: Option<PathBuf>,
}

/// Runs the command.
pub async fn run(wish: Audit, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let report = heavy(move || audit(&wish, &terminal)).await?;
    tell(json, &report, &report.words())?;
    match report.leaks() {
        0 => Ok(()),
        leaks => Err(Failure::words(format!(
            "{leaks} {}, listed above; leave out the rows that --drop lists (--exclude), or keep a --buffer",
            if leaks == 1 { "leak" } else { "leaks" }
        ))),
    }
}

fn audit(wish: &Audit, terminal: &Terminal) -> Result<AuditReport, Failure> {
    let split =
        SkySplit::new(Seed::root(wish.split_seed), wish.held_out, wish.gate).map_err(Failure::words)?;
    if !(wish.pair > 0.0 && wish.radius > 0.0) {
        return Err(Failure::words("--pair and --radius are angles above 0 arcsec"));
    }
    // Wrong buffers are told before anything is read.
    split.fold_with_buffer(SkyCoord { ra_deg: 0.0, dec_deg: 0.0 }, wish.buffer).map_err(Failure::words)?;
    let excluded = wish.exclude.as_deref().map(LeftOut::read).transpose()?.unwrap_or_default();
    let fold = |dataset: &str, id: &str, sky: Option<SkyCoord>, cell: Option<u64>| -> Option<Fold> {
        if excluded.has(dataset, id) {
            return None;
        }
        match sky {
            Some(sky) if wish.buffer > 0.0 => split.fold_with_buffer(sky, wish.buffer).ok().flatten(),
            // As a project deals them: by cell, or by id where there is no position.
            _ => Some(campaign::tiles::fold_of(&split, cell, id)),
        }
    };
    let mut input = AuditInput::default();
    for path in &wish.datasets {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let name = if input.names().contains(&name) { path.display().to_string() } else { name };
        if let Some(normal) = normal_form(path) {
            let cell = |sky| Some(survey::cell_of(sky));
            input.add_catalogue(&name, NormalReader::open(&normal)?, |entry| {
                fold(&name, &entry.id.to_string(), Some(entry.position), cell(entry.position))
            })?;
        } else {
            let dataset = Dataset::open(path)?;
            input.add_dataset(&name, dataset.manifest()?, |row| {
                fold(&name, &row.id, row.position, row.cell)
            })?;
        }
    }
    let known = wish.known.as_deref().map(read_matches).transpose()?;
    let settings = AuditSettings {
        pair_arcsec: wish.pair,
        known: known.map(|matches| KnownLenses::from_matches(&matches)),
        known_arcsec: wish.radius,
        ..AuditSettings::default()
    };
    let report = split_audit(&input, &settings, terminal)?;
    if let Some(path) = &wish.drop {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["dataset", "id"])?;
        for member in &report.leave {
            writer.write_record([&member.dataset, &member.id])?;
        }
        write_whole(path, &writer.into_inner().map_err(Failure::words)?)?;
    }
    if let Some(path) = &wish.out {
        write_whole(path, &serde_json::to_vec_pretty(&report)?)?;
    }
    Ok(report)
}

/// Rows to leave out: ids, of one dataset or, where the table has no column `dataset`, of all.
#[derive(Default)]
struct LeftOut(HashSet<(Option<String>, String)>);

impl LeftOut {
    fn read(path: &Path) -> Result<Self, Failure> {
        let wrong = |reason: String| Failure::words(format!("{}: {reason}", path.display()));
        let mut reader = csv::Reader::from_path(path).map_err(|error| wrong(error.to_string()))?;
        let header = reader.headers().map_err(|error| wrong(error.to_string()))?;
        let column = |names: &[&str]| header.iter().position(|name| names.contains(&name));
        let dataset = column(&["dataset"]);
        let id = column(&["id", "subject_id"])
            .ok_or_else(|| wrong("no column is called id or subject_id".to_owned()))?;
        let row = |record: csv::StringRecord| {
            let text = |column: usize| record.get(column).unwrap_or_default().to_owned();
            (dataset.map(text), text(id))
        };
        let rows = reader.records().map(|record| record.map(row).map_err(|error| wrong(error.to_string())));
        rows.collect::<Result<_, _>>().map(Self)
    }

    fn has(&self, dataset: &str, id: &str) -> bool {
        let listed = |dataset: Option<&str>| self.0.contains(&(dataset.map(str::to_owned), id.to_owned()));
        !self.0.is_empty() && (listed(None) || listed(Some(dataset)))
    }
}

/// Under a temporary name first, so that the file is whole or absent.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let wrong = |error: std::io::Error| Failure::words(format!("cannot write {}: {error}", path.display()));
    std::fs::write(&part, bytes).map_err(wrong)?;
    std::fs::rename(&part, path).map_err(wrong)
}
