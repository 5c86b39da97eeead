//! `lensfinder index build`.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use domain::Progress;
use plates::{
    CatalogueFileError, CatalogueRead, ReadCatalogue, catalogue_file::ColumnNames, read_catalogue, whole_file,
};
use platesolve::{
    build::{BuildError, BuildSettings, build},
    layout::{self, Layout},
};
use serde::Serialize;

use super::presets::Presets;
use crate::{command::tell, failure::Failure, terminal::Terminal};

/// `lensfinder index build`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder index build tycho2_all.bin --preset 12 --out index-12.sqx\n  \
        lensfinder index build tycho2.fits --preset 7..19 --out indexes/ --epoch 2025 --catalogue-epoch 2000\n  \
        lensfinder index build deep.csv --scale 0.5 1.4 --stars 4 --out deep.sqx --dedup 0.5\n  \
        lensfinder index build tycho2.fits --preset 12 --format fits --out index-12.fits --id 4112\n\n\
        Presets: 0 has quads of 2 to 2.8 arcmin, each further one is about √2 larger; -10 begins at 0.06,\n\
        19 ends at 2000. Quads of 10 to 100 % of an image's size are of use for it.\n\
        Columns are found by their usual names (ra, RAJ2000, dec, DEJ2000, mag, Vmag, pmra, ...); positions\n\
        in degrees, proper motions in milli-arcsec a year. What was there under the name of the output is\n\
        replaced when the index is complete; stopped before, nothing changes.")]
pub struct Build {
    /// Star catalogue: CSV, FITS binary table or TYC2BIN1
    pub catalogue: PathBuf,
    /// Scale of the quads: a number from -10 to 19, or a range such as 7..19; may be repeated
    #[arg(long, allow_hyphen_values = true, value_name = "P", required_unless_present = "scale")]
    pub preset: Vec<Presets>,
    /// Scale of the quads: shortest and longest distance of A and B, arcmin
    #[arg(long, num_args = 2, value_names = ["LOW", "HIGH"], conflicts_with = "preset")]
    pub scale: Option<Vec<f64>>,
    /// The index file; with several presets the folder they go to, as index-07.sqx and so on
    #[arg(long)]
    pub out: PathBuf,
    /// Layout of the file
    #[arg(long, value_enum, default_value_t = Format::Native)]
    pub format: Format,
    /// Nside of the grid; default: that of the preset, or what suits the scale
    #[arg(long)]
    pub nside: Option<u32>,
    /// Nside of the grid whose cells give stars; default: the same
    #[arg(long)]
    pub star_nside: Option<u32>,
    /// Stars of a quad
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(3..=5))]
    pub stars: u8,
    /// Quads a cell gets at most
    #[arg(long, default_value_t = 16)]
    pub passes: u32,
    /// Stars a cell gives at most
    #[arg(long, default_value_t = 10)]
    pub sweeps: u16,
    /// Quads a star serves in at most
    #[arg(long, default_value_t = 8)]
    pub reuse: u16,
    /// The same where cells are left without quads
    #[arg(long, default_value_t = 20)]
    pub reuse_loosened: u16,
    /// Stars this near to a brighter one are left out, arcsec
    #[arg(long, default_value_t = 1.0)]
    pub dedup: f64,
    /// Only cells in which a star lies get quads (for catalogues of a small part of the sky)
    #[arg(long)]
    pub occupied: bool,
    /// Standard error of positions, arcsec
    #[arg(long, default_value_t = 1.0)]
    pub jitter: f64,
    /// Julian year to which stars are moved, if they have proper motions
    #[arg(long)]
    pub epoch: Option<f64>,
    /// Julian year of the catalogue's positions
    #[arg(long)]
    pub catalogue_epoch: Option<f64>,
    /// Faintest magnitude
    #[arg(long, allow_negative_numbers = true, value_name = "MAG")]
    pub mag_limit: Option<f32>,
    /// Brightest magnitude
    #[arg(long, allow_negative_numbers = true, value_name = "MAG")]
    pub mag_bright: Option<f32>,
    /// Number of the index, as astrometry.net counts them
    #[arg(long, default_value_t = 0)]
    pub id: i32,
    /// Name of the catalogue; default: that of the file
    #[arg(long)]
    pub name: Option<String>,
    /// Column of right ascension, degrees
    #[arg(long, value_name = "NAME")]
    pub column_ra: Option<String>,
    /// Column of declination, degrees
    #[arg(long, value_name = "NAME")]
    pub column_dec: Option<String>,
    /// Column of magnitudes
    #[arg(long, value_name = "NAME")]
    pub column_mag: Option<String>,
    /// Column of proper motion towards east (times cos δ), milli-arcsec a year
    #[arg(long, value_name = "NAME")]
    pub column_pmra: Option<String>,
    /// Column of proper motion towards north, milli-arcsec a year
    #[arg(long, value_name = "NAME")]
    pub column_pmdec: Option<String>,
}

/// `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Ours: mapped into memory, with checksums
    Native,
    /// astrometry.net's FITS tables
    Fits,
}

/// What was built.
#[derive(Debug, Serialize)]
struct Built {
    path: PathBuf,
    preset: Option<i32>,
    scale_arcmin: [f64; 2],
    nside: u32,
    quads: usize,
    stars: usize,
    bytes: usize,
}

/// Runs the command.
pub fn run(wish: &Build, terminal: &Terminal, json: bool) -> Result<(), Failure> {
    let plans = plans(wish)?;
    let how = ReadCatalogue {
        columns: ColumnNames {
            ra: wish.column_ra.clone(),
            dec: wish.column_dec.clone(),
            magnitude: wish.column_mag.clone(),
            pm_ra: wish.column_pmra.clone(),
            pm_dec: wish.column_pmdec.clone(),
        },
        epoch: wish.catalogue_epoch,
        name: wish.name.clone(),
    };
    let read = read_catalogue(&wish.catalogue, &how, terminal).map_err(|error| match error {
        CatalogueFileError::Cancelled(_) => Failure::StoppedWhole,
        other => Failure::words(other),
    })?;
    if wish.epoch.is_some() && !read.catalogue.has_motion() && !terminal.is_quiet() && !json {
        eprintln!("The catalogue has no proper motions: its stars stay where they are.");
    }
    let mut built = Vec::new();
    for (preset, settings, path) in plans {
        built.push(one(&read, preset, &settings, path, wish.format, terminal)?);
    }
    let value = serde_json::json!({
        "catalogue": {
            "path": wish.catalogue,
            "rows": read.rows,
            "skipped": read.skipped,
            "examples": read.examples,
        },
        "indexes": built,
    });
    tell(json, &value, &words(&read, &built))
}

/// What is to be built, and where it goes.
fn plans(wish: &Build) -> Result<Vec<(Option<i32>, BuildSettings, PathBuf)>, Failure> {
    let layout = wish.layout();
    let mut bases = Vec::new();
    if let Some([low, high]) = wish.scale.as_deref() {
        bases.push((None, BuildSettings::scale(*low, *high)));
    }
    let mut presets: Vec<i32> = wish.preset.iter().flat_map(|range| range.first..=range.last).collect();
    presets.sort_unstable();
    presets.dedup();
    for preset in presets {
        bases.extend(BuildSettings::preset(preset).map(|settings| (Some(preset), settings)));
    }
    let many = bases.len() > 1;
    if many {
        if wish.nside.is_some() {
            return Err(Failure::words("--nside is for one scale; leave it out when building several"));
        }
        if wish.out.is_file() {
            let out = wish.out.display();
            return Err(Failure::words(format!("--out {out} is a file; name a folder for several indexes")));
        }
    }
    // Made before the work, so that a folder that cannot be made is told at once.
    let folder = if many { Some(wish.out.as_path()) } else { wish.out.parent() };
    if let Some(folder) = folder.filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| Failure::words(format!("--out {}: {error}", wish.out.display())))?;
    }
    Ok(bases
        .into_iter()
        .map(|(preset, base)| {
            let file = match preset {
                Some(preset) if many || wish.out.is_dir() => wish.out.join(name(preset, layout)),
                None if wish.out.is_dir() => wish.out.join(format!("index.{}", layout.ending())),
                _ => wish.out.clone(),
            };
            (preset, wish.settings(base), file)
        })
        .collect())
}

fn name(preset: i32, layout: Layout) -> String {
    let sign = if preset < 0 { "m" } else { "" };
    format!("index-{sign}{:02}.{}", preset.abs(), layout.ending())
}

impl Build {
    fn layout(&self) -> Layout {
        match self.format {
            Format::Native => Layout::Native,
            Format::Fits => Layout::Fits,
        }
    }

    fn settings(&self, base: BuildSettings) -> BuildSettings {
        BuildSettings {
            id: self.id,
            nside: self.nside.unwrap_or(base.nside),
            cut_nside: self.star_nside,
            sweeps: self.sweeps,
            passes: self.passes,
            reuse: self.reuse,
            reuse_loosened: self.reuse_loosened,
            dim_quads: usize::from(self.stars),
            dedup_arcsec: self.dedup,
            magnitudes: [
                self.mag_bright.unwrap_or(f32::NEG_INFINITY),
                self.mag_limit.unwrap_or(f32::INFINITY),
            ],
            occupied_only: self.occupied,
            jitter_arcsec: self.jitter,
            epoch: self.epoch,
            ..base
        }
    }
}

/// Builds one index and writes it.
fn one(
    read: &CatalogueRead,
    preset: Option<i32>,
    settings: &BuildSettings,
    path: PathBuf,
    format: Format,
    terminal: &Terminal,
) -> Result<Built, Failure> {
    let which = preset.map_or_else(String::new, |preset| format!("preset {preset}: "));
    let named = Named { terminal, which: &which };
    let index = build(&read.catalogue, settings, &named).map_err(|error| match error {
        BuildError::Cancelled(_) => Failure::StoppedWhole,
        BuildError::NoEpoch => Failure::words(format!("{} (--catalogue-epoch)", BuildError::NoEpoch)),
        other => Failure::words(format!("{which}{other}")),
    })?;
    let layout = if format == Format::Native { Layout::Native } else { Layout::Fits };
    let bytes = layout::write(&index, layout);
    put(&path, &bytes)?;
    let arcmin = |radians: f64| (radians.to_degrees() * 6e10).round() / 1e9;
    Ok(Built {
        path,
        preset,
        scale_arcmin: [arcmin(settings.scale_low_rad), arcmin(settings.scale_high_rad)],
        nside: settings.nside,
        quads: index.quad_count(),
        stars: index.stars.len(),
        bytes: bytes.len(),
    })
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    whole_file::write(path, bytes).map_err(|error| Failure::words(format!("{}: {error}", path.display())))
}

fn words(read: &CatalogueRead, built: &[Built]) -> String {
    let mut words = format!("{} stars from {} rows", read.rows - read.skipped, read.rows);
    if read.skipped > 0 {
        let _ = write!(words, "; {} rows are no stars and were left out:", read.skipped);
        for skipped in &read.examples {
            let _ = write!(words, "\n  row {}: {}", skipped.row, skipped.reason);
        }
        if read.skipped > read.examples.len() as u64 {
            let _ = write!(words, "\n  …");
        }
    }
    for built in built {
        let [low, high] = built.scale_arcmin;
        let _ = write!(
            words,
            "\n{}: {} quads of {low:.4} to {high:.4} arcmin, {} stars, {:.1} MB",
            built.path.display(),
            built.quads,
            built.stars,
            built.bytes as f64 / 1e6
        );
    }
    words
}

/// The terminal, with the preset before what is being done.
struct Named<'a> {
    terminal: &'a Terminal,
    which: &'a str,
}

impl Progress for Named<'_> {
    fn begin(&self, what: &str, total: u64) {
        self.terminal.begin(&format!("{}{what}", self.which), total);
    }

    fn advance(&self, done: u64) {
        self.terminal.advance(done);
    }

    fn note(&self, note: &str) {
        self.terminal.note(note);
    }

    fn end(&self) {
        self.terminal.end();
    }

    fn is_cancelled(&self) -> bool {
        self.terminal.is_cancelled()
    }
}
