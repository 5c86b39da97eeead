//! `lensfinder lens`: the lensing library from the command line. Deflections at points,
//! critical curves of a model, and the agreement report.

mod curves;
mod eval;
mod figure;
mod page;
mod report;

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use lensing::LensModel;

use super::heavy;
use crate::failure::Failure;

/// `lensfinder lens`.
#[derive(Debug, Args)]
pub struct Lens {
    /// What to compute
    #[command(subcommand)]
    pub what: LensWhat,
}

/// What `lens` computes.
#[derive(Debug, Subcommand)]
pub enum LensWhat {
    /// Deflection, potential, convergence, shear and magnification at points
    #[command(
        after_help = "Examples:\n  \
            lensfinder lens eval model.json points.csv > values.csv\n  \
            echo '[{\"type\": \"sie\", \"theta_e\": 2, \"q\": 0.8, \"phi_deg\": 30}]' > model.json\n\n\
            What a model may hold: --help, or docs/lens-model.md.",
        after_long_help = concat!(
            "Examples:\n  lensfinder lens eval model.json points.csv > values.csv\n  ",
            "lensfinder lens eval model.json - < points.csv\n\n",
            include_str!("../../../../docs/lens-model.md")
        )
    )]
    Eval(Eval),
    /// Critical curves and caustics: their areas, the Einstein radius, the magnified source area
    #[command(
        after_help = "Examples:\n  lensfinder lens curves model.json\n  lensfinder lens curves model.json --half-width 30 --step 0.05 --points curves.csv --json"
    )]
    Curves(Curves),
    /// Compare with reference tables and write a page about the physics; exit code 1 if one disagrees
    #[command(
        after_help = "Example:\n  lensfinder lens report --reference ../shared/reference/lensing --out report.html\n\nEvery .csv and .json file of the folder is compared. A table says on its first line what it is of:\n  # {\"models\": [\"SIE\"], \"kwargs\": [{\"theta_E\": 3, \"e1\": 0.1, \"e2\": 0, \"center_x\": 0, \"center_y\": 0}]}"
    )]
    Report(Report),
}

/// `lensfinder lens eval`.
#[derive(Debug, Args)]
pub struct Eval {
    /// The lens (JSON)
    pub model: PathBuf,
    /// Points: CSV with columns x and y in arcsec; `-` reads standard input. Lines with # are skipped
    pub points: PathBuf,
    /// Write here instead of standard output
    #[arg(long)]
    pub out: Option<PathBuf>,
}

/// `lensfinder lens curves`.
#[derive(Debug, Args)]
pub struct Curves {
    /// The lens (JSON)
    pub model: PathBuf,
    /// Half the side of the field that is searched, arcsec
    #[arg(long, default_value_t = 60.0)]
    pub half_width: f64,
    /// Step of the search, arcsec
    #[arg(long, default_value_t = 0.1)]
    pub step: f64,
    /// Write the points of all curves here (CSV: kind, loop, x, y, source_x, source_y)
    #[arg(long)]
    pub points: Option<PathBuf>,
}

/// `lensfinder lens report`.
#[derive(Debug, Args)]
pub struct Report {
    /// Folder of reference tables
    #[arg(long)]
    pub reference: PathBuf,
    /// The page
    #[arg(long)]
    pub out: PathBuf,
}

/// Runs the command.
pub async fn run(wish: Lens, json: bool) -> Result<(), Failure> {
    heavy(move || match wish.what {
        LensWhat::Eval(wish) => eval::run(&wish, json),
        LensWhat::Curves(wish) => curves::run(&wish, json),
        LensWhat::Report(wish) => report::run(&wish, json),
    })
    .await
}

/// Reads a file; an error names it.
fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::words(format!("{}: {error}", path.display())))
}

/// Reads a model; an error names the file.
fn model(path: &Path) -> Result<LensModel, Failure> {
    LensModel::from_json(&read(path)?).map_err(|error| Failure::words(format!("{}: {error}", path.display())))
}

/// Writes a file under a temporary name and renames it, so that it is whole or not there.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::words(format!("{}: {error}", path.display()));
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let part = path.with_file_name(name);
    let mut file = std::fs::File::create(&part).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    std::fs::rename(&part, path).map_err(failed)
}
