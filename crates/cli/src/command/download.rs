//! `lensfinder download`: cutouts of the clusters of a catalogue, from the Legacy
//! Surveys' service or from coadds on disk.

use std::{fmt::Write as _, path::PathBuf, sync::Arc};

use clap::Args;
use domain::Seed;
use download::{Client, DownloadError, Folder, List, Recipe, Report, Settings, State, duration_in_words};
use survey::{BrickFolder, BrickTable};

use super::{heavy, tell};
use crate::{clock::SystemClock, failure::Failure, terminal::Terminal};

/// Failed cutouts shown on the terminal; all are in `downloads.csv`.
const SHOWN: usize = 10;

/// `lensfinder download`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder download clusters.parquet --out cutouts --contact you@example.org --limit 20\n  \
        lensfinder download clusters.parquet --out cutouts --contact you@example.org --maskbits\n  \
        lensfinder download list.csv --out cutouts --bricks /data/dr9/south\n  \
        lensfinder ingest cutouts/downloads.csv --out workspace/datasets/clusters\n\n\
        The catalogue: clusters.parquet of `lensfinder catalogue import`, or CSV with id, ra, dec (degrees).\n\
        Results: OUT/cutouts/<sky cell>/<id>.fits and OUT/downloads.csv, which `lensfinder ingest` takes.\n\
        Stopped or killed at any point, the same command goes on; with everything there, it asks for nothing.\n\n\
        Manners: the service is shared by all astronomers, makes each cutout afresh and publishes no limit.\n\
        Hence 2 connections and 2 requests a second, your address in every request, and long waits when it\n\
        is in trouble. More than 4 connections or 2 requests a second are refused. Try --limit first. For a\n\
        whole survey (370,000 cutouts take two days and 650 GB) write to the survey's team before: they can\n\
        cut from a list on their side. With their coadds on your disk, --bricks needs no service at all.")]
pub struct Download {
    /// clusters.parquet, or a CSV table with id, ra, dec
    pub catalogue: PathBuf,
    /// Folder of the cutouts
    #[arg(long)]
    pub out: PathBuf,
    /// Your e-mail address, sent with every request
    #[arg(long, required_unless_present = "bricks")]
    pub contact: Option<String>,
    /// Cut out of coadds in this folder (with coadd/ and survey-bricks-*.fits.gz) instead of asking the service
    #[arg(long, conflicts_with_all = ["url", "rate", "connections"])]
    pub bricks: Option<PathBuf>,
    /// Layer of the service: ls-dr9, ls-dr9-north, ls-dr10, ...
    #[arg(long, default_value = "ls-dr9")]
    pub layer: String,
    /// Side of a cutout in pixels
    #[arg(long, default_value_t = 381)]
    pub size: usize,
    /// Arcsec per pixel
    #[arg(long, default_value_t = 0.262)]
    pub pixel_scale: f64,
    /// Bands in plane order
    #[arg(long, default_value = "grz")]
    pub bands: String,
    /// With inverse variances (doubles the size)
    #[arg(long)]
    pub invvar: bool,
    /// With mask bits; those within 25 arcsec of the middle go to the list as `flags`
    #[arg(long)]
    pub maskbits: bool,
    /// List of bricks (survey-bricks-dr9-south.fits.gz): adds seeing, depth and extinction to downloads.csv
    #[arg(long)]
    pub conditions: Option<PathBuf>,
    /// Address of the service
    #[arg(long, default_value = "https://www.legacysurvey.org/viewer")]
    pub url: String,
    /// Requests per second over all connections, at most 2
    #[arg(long, default_value_t = download::MOST_PER_SECOND)]
    pub rate: f64,
    /// Connections at once, at most 4
    #[arg(long, default_value_t = 2)]
    pub connections: usize,
    /// Requests for one cutout before it is left for the next run
    #[arg(long, default_value_t = 4)]
    pub attempts: u32,
    /// Longest silence of the service, seconds
    #[arg(long, default_value_t = 60.0)]
    pub timeout: f64,
    /// Fetch at most so many in this run
    #[arg(long)]
    pub limit: Option<u64>,
    /// Read every file that is there and compare its digest
    #[arg(long)]
    pub verify: bool,
    /// Root of the randomness in waiting times
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Runs the command.
pub async fn run(wish: Download, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let recipe = Recipe {
        source: match &wish.bricks {
            Some(folder) => std::fs::canonicalize(folder)
                .map_err(|error| Failure::words(format!("--bricks {}: {error}", folder.display())))?
                .to_string_lossy()
                .into_owned(),
            None => wish.url.trim_end_matches('/').to_owned(),
        },
        layer: wish.layer.clone(),
        size: wish.size,
        pixel_scale_arcsec: wish.pixel_scale,
        bands: imaging::parse_bands(&wish.bands).map_err(Failure::words)?,
        invvar: wish.invvar,
        maskbits: wish.maskbits,
    };
    let mut settings = Settings::new(recipe, wish.contact.as_deref().unwrap_or_default());
    settings.requests_per_second = wish.rate;
    settings.connections = wish.connections;
    settings.attempts = wish.attempts;
    settings.limit = wish.limit;
    settings.idle_timeout = std::time::Duration::try_from_secs_f64(wish.timeout)
        .ok()
        .filter(|timeout| !timeout.is_zero())
        .ok_or_else(|| Failure::words(format!("--timeout is {}; give seconds above 0", wish.timeout)))?;
    settings.total_timeout = settings.total_timeout.max(2 * settings.idle_timeout);
    // Before anything is read: the settings must be polite.
    let client = match wish.bricks {
        None => Some(Client::new(&settings, Arc::new(SystemClock))?),
        Some(_) => None,
    };
    let mut folder = heavy({
        let (terminal, wish, recipe) = (terminal.clone(), Opening::of(&wish), settings.recipe.clone());
        move || {
            let list = List::read(&wish.catalogue)?;
            let folder = Folder::open(&wish.out, &recipe, list, wish.verify, terminal.as_ref())?;
            Ok(match wish.conditions {
                Some(path) => folder.with_bricks(BrickTable::read(&path).map_err(DownloadError::from)?),
                None => folder,
            })
        }
    })
    .await?;
    announce(&folder, &settings, client.is_some(), json);
    let report = match (client, wish.bricks) {
        (Some(client), _) => {
            let seed = Seed::root(wish.seed);
            let report = download::run(&mut folder, &settings, &client, seed, terminal.as_ref()).await?;
            (folder, report)
        }
        (None, bricks) => {
            heavy(move || {
                let bricks = BrickFolder::open(&bricks.unwrap_or_default()).map_err(DownloadError::from)?;
                let (recipe, limit) = (&settings.recipe, settings.limit);
                let report = download::cut(&mut folder, recipe, &bricks, limit, terminal.as_ref())?;
                Ok((folder, report))
            })
            .await?
        }
    };
    conclude(&report.0, report.1, json)
}

/// What opening the folder needs of the command line.
struct Opening {
    catalogue: PathBuf,
    out: PathBuf,
    verify: bool,
    conditions: Option<PathBuf>,
}

impl Opening {
    fn of(wish: &Download) -> Self {
        Self {
            catalogue: wish.catalogue.clone(),
            out: wish.out.clone(),
            verify: wish.verify,
            conditions: wish.conditions.clone(),
        }
    }
}

/// Says what is going to happen and how long it takes at least.
fn announce(folder: &Folder, settings: &Settings, from_service: bool, json: bool) {
    let summary = folder.summary();
    let left = summary.waiting + summary.failed;
    let wanted = settings.limit.map_or(left, |limit| limit.min(left));
    let seconds = if from_service { wanted as f64 / settings.requests_per_second } else { 0.0 };
    if json {
        let line = serde_json::json!({
            "event": "plan", "summary": summary, "to_fetch": wanted, "at_least_seconds": seconds,
        });
        eprintln!("{line}");
        return;
    }
    let mut words = format!(
        "{} clusters: {} cutouts there, {} outside the survey, {wanted} to fetch now",
        summary.total, summary.done, summary.outside
    );
    if summary.damaged > 0 {
        let _ = write!(words, " ({} of them were there and are missing or damaged)", summary.damaged);
    }
    if from_service && wanted > 0 {
        let bytes = wanted as f64 * settings.recipe.plane_bytes() as f64 / 1e9;
        let rate = settings.requests_per_second;
        let time = duration_in_words(seconds);
        let _ = write!(words, "; at {rate} requests/s that takes {time} or more, and about {bytes:.1} GB");
    }
    eprintln!("{words}");
}

/// Tells what there is now.
fn conclude(folder: &Folder, report: Report, json: bool) -> Result<(), Failure> {
    let list = folder.write_list()?;
    let failed: Vec<(&str, &str)> = folder
        .entries()
        .iter()
        .zip(folder.outcomes())
        .filter(|(_, outcome)| outcome.state == State::Failed)
        .map(|(entry, outcome)| (&*entry.id, outcome.reason.as_deref().unwrap_or_default()))
        .collect();
    let summary = report.summary;
    let value = serde_json::json!({
        "list": list,
        "summary": summary,
        "requests": report.requests,
        "bytes": report.bytes,
        "failed": failed.iter().map(|(id, reason)| serde_json::json!({"id": id, "reason": reason})).collect::<Vec<_>>(),
    });
    let mut words = format!(
        "{} cutouts there, {} outside the survey, {} failed, {} left; {} requests, {:.1} MB\nlist: {}",
        summary.done,
        summary.outside,
        summary.failed,
        summary.waiting,
        report.requests,
        report.bytes as f64 / 1e6,
        list.display()
    );
    for (id, reason) in failed.iter().take(SHOWN) {
        let _ = write!(words, "\n  {id}: {reason}");
    }
    if failed.len() > SHOWN {
        let _ = write!(words, "\n  … all of them in the list; the same command tries them again");
    }
    tell(json, &value, &words)?;
    if summary.done == 0 && summary.failed > 0 {
        return Err(Failure::words("no cutout could be had; the reasons are in the list"));
    }
    Ok(())
}

impl From<DownloadError> for Failure {
    fn from(error: DownloadError) -> Self {
        match error {
            DownloadError::Cancelled(_) => Self::Stopped,
            other => Self::words(other),
        }
    }
}
