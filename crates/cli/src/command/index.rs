//! `lensfinder index`: index files for plate solving, built from a star catalogue
//! and looked into.

mod build;
mod info;
mod presets;

use std::sync::Arc;

use clap::{Args, Subcommand};

use super::heavy;
use crate::{failure::Failure, terminal::Terminal};

/// `lensfinder index`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder index build tycho2.fits --preset 7..19 --out indexes/\n  \
        lensfinder index info indexes/ /usr/share/astrometry")]
pub struct Index {
    /// What to do
    #[command(subcommand)]
    pub what: IndexWhat,
}

/// What `index` does.
#[derive(Debug, Subcommand)]
pub enum IndexWhat {
    /// Build index files from a star catalogue (CSV, FITS table or TYC2BIN1)
    Build(Box<build::Build>),
    /// Say what index files hold, and which are none; exit code 1 if one is refused
    Info(info::Info),
}

/// Runs the command.
pub async fn run(wish: Index, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    match wish.what {
        IndexWhat::Build(wish) => {
            terminal.work_starts_over();
            heavy(move || build::run(&wish, &terminal, json)).await
        }
        IndexWhat::Info(wish) => heavy(move || info::run(&wish, json)).await,
    }
}
