//! `lensfinder index info`.

use std::{fmt::Write as _, path::PathBuf};

use clap::Args;
use plates::{IndexFile, IndexFileError, IndexFolder};
use platesolve::IndexMeta;
use platesolve::layout::Layout;
use serde::Serialize;

use crate::{command::tell, failure::Failure};

/// `lensfinder index info`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder index info /usr/share/astrometry\n  \
        lensfinder index info indexes/index-12.sqx --check --json\n\n\
        In a folder, every .sqx and .fits file is looked at (not in folders within it).")]
pub struct Info {
    /// Index files, or folders of them
    #[arg(required = true, value_name = "FILE|DIR")]
    pub paths: Vec<PathBuf>,
    /// Read everything: checksums, numbers of stars, split planes, normal form of codes
    #[arg(long)]
    pub check: bool,
}

/// An index file, for programs.
#[derive(Debug, Serialize)]
struct Told<'a> {
    path: &'a std::path::Path,
    layout: Layout,
    bytes: u64,
    quads: usize,
    stars: usize,
    scale_arcmin: [f64; 2],
    magnitudes: bool,
    proper_motions: bool,
    checked: bool,
    #[serde(flatten)]
    meta: &'a IndexMeta,
}

/// A file that is none.
#[derive(Debug, Serialize)]
struct Refused {
    path: PathBuf,
    reason: String,
}

impl Refused {
    fn of(error: &IndexFileError) -> Self {
        let (IndexFileError::Io { path, .. } | IndexFileError::Layout { path, .. }) = error;
        Self { path: path.clone(), reason: error.reason() }
    }
}

/// Runs the command.
pub fn run(wish: &Info, json: bool) -> Result<(), Failure> {
    let found = IndexFolder::open_all(&wish.paths).map_err(Failure::words)?;
    let mut refused: Vec<Refused> = found.refused().iter().map(Refused::of).collect();
    let mut told = Vec::new();
    for file in found.files() {
        match if wish.check { file.check() } else { Ok(()) } {
            Ok(()) => told.push(of(file, wish.check)),
            Err(error) => refused.push(Refused::of(&error)),
        }
    }
    if told.is_empty() && refused.is_empty() {
        let where_: Vec<String> = wish.paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Failure::words(format!(
            "no .sqx or .fits file in {}; build one with `lensfinder index build`",
            where_.join(", ")
        )));
    }
    tell(json, &serde_json::json!({ "indexes": told, "refused": refused }), &words(&told, &refused))?;
    if refused.is_empty() { Ok(()) } else { Err(Failure::Unwell) }
}

fn of(file: &IndexFile, checked: bool) -> Told<'_> {
    let (meta, view) = (file.meta(), file.view());
    let arcmin = |radians: f64| (radians.to_degrees() * 6e10).round() / 1e9;
    Told {
        path: file.path(),
        layout: file.layout(),
        bytes: file.size(),
        quads: view.quad_count(),
        stars: view.stars.len(),
        scale_arcmin: [arcmin(meta.scale_low_rad), arcmin(meta.scale_high_rad)],
        magnitudes: view.magnitude.is_some(),
        proper_motions: view.motion.is_some(),
        checked,
        meta,
    }
}

fn words(told: &[Told<'_>], refused: &[Refused]) -> String {
    let mut words = String::new();
    for index in told {
        let [low, high] = index.scale_arcmin;
        let _ = write!(
            words,
            "{}\n  {} quads of {} stars, {low:.4} to {high:.4} arcmin; {} stars",
            index.path.display(),
            index.quads,
            index.meta.dim_quads,
            index.stars
        );
        if !index.meta.catalogue.is_empty() {
            let _ = write!(words, " of {}", index.meta.catalogue);
        }
        if let Some(epoch) = index.meta.epoch {
            let _ = write!(words, ", epoch {epoch}");
        }
        if index.meta.healpix >= 0 {
            let (cell, nside) = (index.meta.healpix, index.meta.healpix_nside);
            let _ = write!(words, "; cell {cell} of Nside {nside} only");
        }
        let layout = match index.layout {
            Layout::Native => "own layout",
            Layout::Fits => "astrometry.net's layout",
        };
        let sound = if index.checked { ", sound" } else { "" };
        let _ = writeln!(words, "\n  {layout}, {:.1} MB{sound}", index.bytes as f64 / 1e6);
    }
    for none in refused {
        let _ = writeln!(words, "{}\n  refused: {}", none.path.display(), none.reason);
    }
    words.trim_end().to_owned()
}
