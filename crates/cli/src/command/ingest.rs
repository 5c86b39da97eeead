//! `lensfinder ingest`: real images into a dataset; what is refused is named.

use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf, sync::Arc};

use clap::Args;
use domain::Label;
use plates::Astrometer;
use survey::{
    ASTROMETRY_FILE, AstrometricState, Astrometry, AstrometrySummary, IngestInput, IngestReport,
    IngestRequest, Rejected, SourceOptions,
};

use super::{heavy, tell};
use crate::{failure::Failure, terminal::Terminal};

/// Kinds of refusal shown on the terminal; every one is in `rejected.csv`.
const SHOWN: usize = 10;

/// `lensfinder ingest`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder ingest cutouts/ --out workspace/datasets/dr10\n  \
        lensfinder ingest table.csv --out ds --label 0 --crop 129 --pixel-scale 0.186\n  \
        lensfinder ingest downloads.csv --out workspace/datasets/clusters --csv clusters.csv\n  \
        lensfinder ingest plates/ --out ds --index indexes/ --check-wcs indexes/\n\n\
        A bad file is left out and named, with the remedy, in OUT/rejected.csv; the rest goes on.\n\
        A table needs a column `path`; it may have id, ra, dec, label, bands, pixel_scale, provenance,\n\
        psf_fwhm_g_arcsec, depth_g_mag (and r, z), flags, cluster_id, z, m500_msun, m200_msun; a line\n\
        whose `state` is not done is left out. Headers may say PSFFWHMG (arcsec) and DEPTHG (5 sigma,\n\
        mag), and likewise R, Z.\n\
        --index places images that have no coordinates, by their stars; --check-wcs compares the\n\
        coordinates of the others with a catalogue. What each came to is in OUT/astrometry.csv: placed,\n\
        not_placed, pass, shifted, rotated, wrong, too_few, not_checked. Cutouts of 10 to 100 arcsec hold too\n\
        few stars of Tycho-2 for an answer; give a deep catalogue there. See docs/platesolve.md.\n\
        OUT/index.parquet has one row per image, ordered by sky cell; it opens in DuckDB and the like.")]
pub struct Ingest {
    /// A folder of images, or a CSV table that points at them
    pub input: PathBuf,
    /// Folder of the new dataset
    #[arg(long)]
    pub out: PathBuf,
    /// Name of the dataset; default: the folder's
    #[arg(long)]
    pub name: Option<String>,
    /// Label where the table gives none: -1 unknown, 0 non-lens, 1 lens
    #[arg(long, default_value_t = -1, allow_negative_numbers = true)]
    pub label: i16,
    /// Bands in plane order, such as grz, where headers do not say
    #[arg(long)]
    pub bands: Option<String>,
    /// Arcsec per pixel, where headers do not say
    #[arg(long)]
    pub pixel_scale: Option<f64>,
    /// Keep the middle: pixels (129) or a share (80%)
    #[arg(long, default_value = "none")]
    pub crop: imaging::Crop,
    /// AB magnitude of one unit of the pixels, where they are not nanomaggies
    #[arg(long)]
    pub zero_point: Option<f64>,
    /// Where the images come from
    #[arg(long, default_value = "")]
    pub provenance: String,
    /// Place images without coordinates by these index files, or folders of them
    #[arg(long, value_name = "DIR")]
    pub index: Vec<PathBuf>,
    /// Check the coordinates of images by these index files, or this catalogue (CSV, FITS: ra, dec, mag)
    #[arg(long, value_name = "INDEX|CATALOGUE")]
    pub check_wcs: Option<PathBuf>,
    /// Leave out images whose coordinates are wrong; else they are only listed
    #[arg(long, requires = "check_wcs")]
    pub refuse_wrong: bool,
    /// Write the dataset's index to this CSV file too
    #[arg(long)]
    pub csv: Option<PathBuf>,
}

/// Runs the command.
pub async fn run(wish: Ingest, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let label = Label::from_code(wish.label)
        .ok_or_else(|| Failure::words(format!("--label is {}, it must be -1, 0 or 1", wish.label)))?;
    let bands = wish.bands.as_deref().map(imaging::parse_bands).transpose().map_err(Failure::words)?;
    let folder_name = wish.out.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = wish.name.or(folder_name).unwrap_or_else(|| "dataset".into());
    let input = if wish.input.is_dir() {
        IngestInput::Folder(wish.input)
    } else {
        IngestInput::Catalogue(wish.input)
    };
    let request = IngestRequest {
        label,
        provenance: wish.provenance,
        options: SourceOptions {
            bands,
            pixel_scale_arcsec: wish.pixel_scale,
            crop: wish.crop,
            zero_point: wish.zero_point,
        },
        ..IngestRequest::new(input, &name)
    };
    let (out, csv) = (wish.out, wish.csv);
    let (index, check_wcs, refuse_wrong) = (wish.index, wish.check_wcs, wish.refuse_wrong);
    let report = heavy({
        let csv = csv.clone();
        move || {
            let astrometer = if index.is_empty() && check_wcs.is_none() {
                None
            } else {
                let open = Astrometer::open(&index, check_wcs.as_deref(), refuse_wrong, terminal.as_ref());
                Some(open.map_err(Failure::words)?)
            };
            let astrometry = astrometer.as_ref().map(|astrometer| astrometer as &dyn Astrometry);
            let report = survey::ingest_looking(&request, &out, astrometry, terminal.as_ref())?;
            if let Some(path) = csv {
                report.dataset.export_csv(&path, terminal.as_ref())?;
            }
            Ok(report)
        }
    })
    .await?;
    let value = serde_json::json!({
        "dataset": report.dataset.dir(),
        "index": report.dataset.index_path(),
        "csv": csv,
        "accepted": report.accepted,
        "rejected": report.rejected.iter().map(|r| serde_json::json!({"path": r.path, "reason": r.reason})).collect::<Vec<_>>(),
        "kept_in_provenance": report.other_columns,
        "astrometry": report.astrometry.as_ref().map(|summary| serde_json::json!({
            "file": report.dataset.dir().join(ASTROMETRY_FILE),
            "counts": summary.counts,
            "wrong": summary.wrong.iter().map(|(id, why)| serde_json::json!({"id": id, "reason": why})).collect::<Vec<_>>(),
        })),
    });
    tell(json, &value, &words(&report, csv.as_deref()))?;
    if report.accepted == 0 {
        return Err(Failure::words("no image could be taken in; the reasons are above"));
    }
    Ok(())
}

fn words(report: &IngestReport, csv: Option<&std::path::Path>) -> String {
    let mut words = format!("{} images taken in, {} left out", report.accepted, report.rejected.len());
    let mut same: BTreeMap<&str, Vec<&Rejected>> = BTreeMap::new();
    for rejected in &report.rejected {
        same.entry(&rejected.reason).or_default().push(rejected);
    }
    let mut reasons: Vec<_> = same.into_iter().collect();
    reasons.sort_by_key(|(_, files)| std::cmp::Reverse(files.len()));
    for (reason, files) in reasons.iter().take(SHOWN) {
        let _ = match files.as_slice() {
            [one] => write!(words, "\n  {}: {reason}", one.path),
            [first, ..] => write!(words, "\n  {} times, such as {}: {reason}", files.len(), first.path),
            [] => Ok(()),
        };
    }
    if reasons.len() > SHOWN {
        let all = report.dataset.dir().join("rejected.csv");
        let _ = write!(words, "\n  … all of them in {}", all.display());
    }
    if let Some(summary) = &report.astrometry {
        let table = report.dataset.dir().join(ASTROMETRY_FILE);
        let _ = write!(words, "\n{}: {}", coordinates(summary), table.display());
        for (id, why) in summary.wrong.iter().take(SHOWN) {
            let _ = write!(words, "\n  {id}: {why}");
        }
        if summary.wrong.len() > SHOWN {
            let _ = write!(words, "\n  … {} more", summary.wrong.len() - SHOWN);
        }
    }
    let _ = write!(words, "\nOne row per image: {}", report.dataset.index_path().display());
    if let Some(csv) = csv {
        let _ = write!(words, " (as CSV: {})", csv.display());
    }
    words
}

/// One line on what came of the looks.
fn coordinates(summary: &AstrometrySummary) -> String {
    use AstrometricState as S;
    let said = |state: &S| match state {
        S::Placed => "placed by their stars",
        S::NotPlaced => "without coordinates and not placed",
        S::Pass => "right",
        S::Shifted => "shifted",
        S::Rotated => "rotated",
        S::Wrong => "wrong",
        S::TooFew => "with too few stars to tell",
        S::NotChecked => "not checked",
    };
    let parts: Vec<_> = summary.counts.iter().map(|(state, n)| format!("{n} {}", said(state))).collect();
    if parts.is_empty() {
        "Coordinates: no image to look at".to_owned()
    } else {
        format!("Coordinates: {}", parts.join(", "))
    }
}
