//! `lensfinder catalogue`: tables of clusters and lenses into one normal form,
//! and what of them lies on a known lens.

mod import;
mod known;

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{Args, Subcommand};
use survey::catalogue::{CatalogueError, NormalReader, READY, Schema, ready};

use super::tell;
use crate::{failure::Failure, terminal::Terminal};

/// `lensfinder catalogue`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder catalogue schemas\n  \
        lensfinder catalogue import zou.fits --schema zou2021 --out clusters/\n  \
        lensfinder catalogue match clusters/ --known lenscat.csv.gz --schema lenscat --out matches.csv")]
pub struct Catalogue {
    /// What to do
    #[command(subcommand)]
    pub what: CatalogueWhat,
}

/// What `catalogue` does.
#[derive(Debug, Subcommand)]
pub enum CatalogueWhat {
    /// Read a table (FITS, CSV, TSV, Parquet, VOTable; also .gz) by a schema into OUT/clusters.parquet
    Import(import::Import),
    /// Find known lenses near the clusters of a catalogue or the images of a dataset
    Match(known::Match),
    /// List the shipped schemas, or print one to start an own from
    Schemas {
        /// Print this one
        name: Option<String>,
    },
}

/// Runs the command.
pub async fn run(wish: Catalogue, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    match wish.what {
        CatalogueWhat::Import(wish) => import::run(wish, terminal, json).await,
        CatalogueWhat::Match(wish) => known::run(wish, terminal, json).await,
        CatalogueWhat::Schemas { name } => schemas(name.as_deref(), json),
    }
}

/// A shipped schema, or one from a file.
fn schema_of(name: &str) -> Result<Schema, CatalogueError> {
    let path = Path::new(name);
    let is_file = path.extension().is_some_and(|ending| ending == "toml") || path.is_file();
    if is_file { Schema::open(path) } else { ready(name) }
}

/// The normal form in a folder or file, if there is one.
pub(super) fn normal_form(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        return ["clusters.parquet", "lenses.parquet"]
            .map(|name| path.join(name))
            .into_iter()
            .find(|p| p.is_file());
    }
    (path.extension().is_some_and(|ending| ending == "parquet") && NormalReader::open(path).is_ok())
        .then(|| path.to_owned())
}

fn schemas(name: Option<&str>, json: bool) -> Result<(), Failure> {
    if let Some(name) = name {
        let schema = ready(name)?;
        let text = READY.iter().find(|shipped| shipped.name == name).map_or("", |shipped| shipped.text);
        return tell(json, &schema, text.trim_end());
    }
    let all = READY.iter().map(|shipped| ready(shipped.name)).collect::<Result<Vec<_>, _>>()?;
    let mut words = String::new();
    for schema in &all {
        let mark = if schema.verified { "" } else { "  (not tried on the published file)" };
        let _ = writeln!(words, "{:<20} {}{mark}", schema.name, schema.title);
    }
    tell(json, &all, words.trim_end())
}
