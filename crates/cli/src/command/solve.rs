//! `lensfinder solve`: where on the sky is this image? Blind, or with what is known.

mod answer;
mod cpu;
mod words;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use domain::{Progress, SkyCoord};
use plates::{
    IndexFolder, Picture,
    annotate::{Label, LabelKind, annotated_png},
    header,
    matched::{Footprint, ListKind, Matched, SkyList, match_in},
};
use platesolve::{
    Hints, Index, Refusal, Solution, SolveSettings,
    extract::{ExtractSettings, Extraction, extract},
    solve,
};

use super::{heavy, print};
use crate::{arguments::Place, failure::Failure, terminal::Terminal};
use answer::Answer;
use cpu::CpuClock;

/// `lensfinder solve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder index build tycho2.csv --preset 10..19 --out indexes/\n  \
        lensfinder solve --index indexes/ night.jpg\n  \
        lensfinder solve --index indexes/ --json *.fits > places.jsonl\n  \
        lensfinder solve --index indexes/ plate.fits --position 150.1 2.2 --radius 2 --scale 1.5 1.8\n  \
        lensfinder solve --index indexes/ night.jpg --out solved/ --clusters clusters.parquet\n\n\
        Images may be FITS, PNG, JPEG or TIFF. Index files may be ours or astrometry.net's. With --out, each image\n\
        that is placed gets NAME.wcs (a FITS header) and NAME.placed.png (stars, grid, clusters drawn in).\n\
        An image that cannot be placed is said to be so, with the reason; exit code 0, or 3 with --strict.\n\
        What is found, and how sure: docs/platesolve.md.")]
pub struct Solve {
    /// The images
    #[arg(required = true)]
    pub images: Vec<PathBuf>,
    /// Index files or folders of them; default: the folder `indexes` of the workspace
    #[arg(long)]
    pub index: Vec<PathBuf>,
    /// Right ascension and declination near the centre, degrees
    #[arg(long, num_args = 2, value_names = ["RA", "DEC"], allow_negative_numbers = true, requires = "radius")]
    pub position: Option<Vec<f64>>,
    /// How far the centre may be from --position, degrees
    #[arg(long, requires = "position")]
    pub radius: Option<f64>,
    /// Smallest and largest side of a pixel, arcsec
    #[arg(long, num_args = 2, value_names = ["LOW", "HIGH"])]
    pub scale: Option<Vec<f64>>,
    /// Sign of the determinant of CD: 1 for an image as the eye sees the sky with rows from top to bottom
    #[arg(long, allow_negative_numbers = true, value_parser = clap::builder::PossibleValuesParser::new(["1", "-1"]))]
    pub parity: Option<String>,
    /// Highest order of the distortion (SIP) that may be fitted; 1 for none
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=5))]
    pub tweak_order: u32,
    /// Look-ups before an image is given up, about a microsecond each
    #[arg(long, default_value_t = SolveSettings::default().effort)]
    pub effort: u64,
    /// Julian year of the images; default: the header's date, where there is one
    #[arg(long)]
    pub epoch: Option<f64>,
    /// Catalogue of clusters (CSV, FITS or Parquet); those in the image are told
    #[arg(long)]
    pub clusters: Vec<PathBuf>,
    /// List of lens candidates or known lenses; those in the image are told
    #[arg(long)]
    pub candidates: Vec<PathBuf>,
    /// Folder for FITS headers and annotated pictures
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// List the matched stars with their residuals
    #[arg(long)]
    pub matches: bool,
    /// Exit code 3 when an image could not be placed
    #[arg(long)]
    pub strict: bool,
}

/// Runs the command.
pub async fn run(wish: Solve, place: Place, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    heavy(move || Job::new(&wish, &place, &terminal)?.run(json)).await
}

/// Everything that is the same for all images.
struct Job<'a> {
    wish: &'a Solve,
    settings: SolveSettings,
    folder: IndexFolder,
    lists: Vec<SkyList>,
    terminal: &'a Terminal,
}

/// What became of one image.
struct Placed {
    picture: Picture,
    extraction: Extraction,
    solution: Solution,
    matched: Vec<Matched>,
    files: Vec<PathBuf>,
}

impl<'a> Job<'a> {
    fn new(wish: &'a Solve, place: &Place, terminal: &'a Terminal) -> Result<Self, Failure> {
        let settings = SolveSettings {
            hints: hints(wish)?,
            tweak_order: wish.tweak_order,
            effort: wish.effort,
            epoch: wish.epoch,
            ..SolveSettings::default()
        };
        let paths =
            if wish.index.is_empty() { vec![place.workspace.join("indexes")] } else { wish.index.clone() };
        let folder = open(&paths)?;
        let mut lists = Vec::new();
        for (paths, kind) in [(&wish.clusters, ListKind::Cluster), (&wish.candidates, ListKind::Candidate)] {
            for path in paths {
                lists.push(SkyList::read(path, kind, terminal)?);
            }
        }
        if let Some(out) = &wish.out {
            let mut names: Vec<_> = wish.images.iter().map(|image| image.file_stem()).collect();
            names.sort_unstable();
            if let Some([Some(name), _]) = names.array_windows().find(|[a, b]| a == b) {
                let name = name.to_string_lossy();
                return Err(Failure::words(format!(
                    "two images are called {name}: what --out writes of them would have one name; solve them apart"
                )));
            }
            fs::create_dir_all(out).map_err(|e| Failure::words(format!("{}: {e}", out.display())))?;
        }
        Ok(Self { wish, settings, folder, lists, terminal })
    }

    fn run(&self, json: bool) -> Result<(), Failure> {
        let files = self.folder.files();
        let indexes = self.folder.views();
        let mut placed = 0;
        for path in &self.wish.images {
            let mut answer = Answer::new(path);
            let mut outcome = self.place(path, &indexes, &mut answer);
            if self.terminal.is_cancelled() {
                return Err(Failure::Stopped);
            }
            match &mut outcome {
                Ok(found) => {
                    placed += 1;
                    if let Some(out) = &self.wish.out {
                        found.files = write(out, path, found)?;
                    }
                    answer.placed(found, &files[found.solution.index].path().display().to_string());
                }
                Err(reason) => answer.reason = Some(reason.clone()),
            }
            let found = outcome.as_ref().ok();
            if json {
                print(&serde_json::to_string(&answer)?)?;
            } else {
                print(&words::words(&answer, found, self.wish.matches))?;
            }
        }
        if self.wish.strict && placed < self.wish.images.len() { Err(Failure::LeftOut) } else { Ok(()) }
    }

    /// One image; the reason where it cannot be placed.
    fn place(&self, path: &Path, indexes: &[Index<'_>], answer: &mut Answer) -> Result<Placed, String> {
        let name = path.display().to_string();
        let clock = CpuClock::start();
        let bytes = fs::read(path).map_err(|error| format!("{name}: {error}"))?;
        let picture = Picture::read(&bytes, &name).map_err(|error| error.to_string())?;
        answer.read_cpu_s = clock.seconds();
        let clock = CpuClock::start();
        let extraction = extract(&picture.grey, &ExtractSettings::default());
        answer.extract_cpu_s = clock.seconds();
        answer.sources = extraction.field.sources.len();
        (answer.width, answer.height) = (picture.grey.width(), picture.grey.height());
        let settings = SolveSettings { epoch: self.settings.epoch.or(picture.date), ..self.settings.clone() };
        let clock = CpuClock::start();
        let found = solve(&extraction.field, indexes, &settings, self.terminal);
        answer.solve_cpu_s = clock.seconds();
        let solution = found.map_err(|refusal: Refusal| refusal.to_string())?;
        let matched = match_in(&Footprint::new(&solution), &self.lists, 0.0);
        Ok(Placed { picture, extraction, solution, matched, files: Vec::new() })
    }
}

/// Opens what is named; a folder may hold files that are no index, but not only such.
fn open(paths: &[PathBuf]) -> Result<IndexFolder, Failure> {
    let folder = IndexFolder::open_all(paths).map_err(|error| {
        let how = "make one with `lensfinder index build CATALOGUE --preset 10..19 --out DIR`";
        Failure::words(format!("{error}; --index names index files or folders of them ({how})"))
    })?;
    if folder.files().is_empty() {
        let why: Vec<String> = folder.refused().iter().map(ToString::to_string).collect();
        let why = if why.is_empty() { "no index file is there".to_owned() } else { why.join("; ") };
        let named: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Failure::words(format!("--index {}: {why}", named.join(" "))));
    }
    for refused in folder.refused() {
        tracing::warn!("left out: {refused}");
    }
    Ok(folder)
}

/// Hints as the solver takes them.
fn hints(wish: &Solve) -> Result<Hints, Failure> {
    let position = match (wish.position.as_deref(), wish.radius) {
        (Some(&[ra_deg, dec_deg]), Some(radius)) => {
            if !((0.0..=360.0).contains(&ra_deg)
                && dec_deg.abs() <= 90.0
                && radius > 0.0
                && radius.is_finite())
            {
                return Err(Failure::words(format!(
                    "--position {ra_deg} {dec_deg} --radius {radius}: right ascension is 0 to 360, declination -90 to \
                     90, the radius positive; all in degrees"
                )));
            }
            Some((SkyCoord { ra_deg, dec_deg }, radius))
        }
        _ => None,
    };
    let scale_arcsec = match wish.scale.as_deref() {
        Some(&[low, high]) if low > 0.0 && low <= high && high.is_finite() => Some((low, high)),
        Some(given) => {
            return Err(Failure::words(format!(
                "--scale {given:?}: give the smallest and the largest side of a pixel in arcsec, the smaller one first"
            )));
        }
        None => None,
    };
    let parity = wish.parity.as_deref().map(|sign| if sign == "1" { 1 } else { -1 });
    Ok(Hints { position, scale_arcsec, parity })
}

/// Writes the header and the annotated picture of an image.
fn write(out: &Path, image: &Path, placed: &Placed) -> Result<Vec<PathBuf>, Failure> {
    let stem = image.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let wcs = out.join(format!("{stem}.wcs"));
    let png = out.join(format!("{stem}.placed.png"));
    let Placed { picture, extraction, solution, .. } = placed;
    let comment = format!("{} stars matched, log odds {:.1}", solution.matches.len(), solution.log_odds);
    let header = header::header(solution, picture.grey.width(), picture.grey.height(), &[&comment]);
    super::lens::write(&wcs, &header)?;
    let labels: Vec<Label> = placed.matched.iter().map(label).collect();
    let drawn = annotated_png(picture, &extraction.field, solution, &labels).map_err(Failure::words)?;
    super::lens::write(&png, &drawn)?;
    Ok(vec![wcs, png])
}

fn label(object: &Matched) -> Label {
    let kind = match object.kind {
        ListKind::Cluster => LabelKind::Cluster,
        ListKind::Candidate => LabelKind::Candidate,
    };
    Label { position: object.position, name: object.name.clone(), kind, radius_arcsec: None }
}
