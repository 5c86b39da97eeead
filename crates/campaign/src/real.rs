//! Real images with labels from elsewhere, as a test that training never sees: how a
//! network tells graded lens candidates from rejected ones. Knows the layout of one
//! folder of published images; any other labelled dataset can be judged by
//! [`crate::CampaignSpec::real_sets`].

use std::path::Path;

use domain::Progress;
use finder::{Model, metrics};
use imaging::Crop;
use serde::Deserialize;
use survey::{Dataset, IngestInput, IngestRequest, SourceOptions};

use crate::{
    CampaignError, Workspace,
    report::{Measured, RealSet},
    selection_log::{read_csv, write_csv},
};

/// Name of the Space Warps dataset in a workspace.
pub const SPACE_WARPS: &str = "real-space-warps";
/// Name of the Legacy Surveys dataset in a workspace.
pub const LEGACY: &str = "real-legacy";

/// Space Warps candidates: the watermark covers the outer pixels, so the central 24″ are kept.
const SPACE_WARPS_CROP: usize = 129;
/// Side of a pixel of those images, in arcsec.
const SPACE_WARPS_SCALE: f64 = 0.186;
/// Expert grade from which a candidate counts as a lens, and up to which as none (0 to 3).
const GRADES: (f64, f64) = (2.0, 0.3);

/// One row of Space Warps' list.
#[derive(Debug, Deserialize)]
struct Graded {
    file: String,
    ra_deg: f64,
    dec_deg: f64,
    expert_grade_0_3: f64,
}

/// One row of the other lists.
#[derive(Debug, Deserialize)]
struct Listed {
    file: String,
}

/// One row of the catalogue that is ingested.
#[derive(Debug, serde::Serialize)]
struct Entry {
    id: String,
    path: String,
    ra: Option<f64>,
    dec: Option<f64>,
    label: i16,
    pixel_scale_arcsec: Option<f64>,
    grade: Option<f64>,
    set: &'static str,
}

/// Takes the folder's images into the workspace; returns the names of the datasets that are
/// there. Repeating it is free.
///
/// # Errors
/// When a list cannot be read, or the workspace not be written.
pub fn prepare(
    workspace: &Workspace,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<Vec<&'static str>, CampaignError> {
    // Paths in the catalogues made here are taken from the workspace, so they must be absolute.
    let folder =
        &folder.canonicalize().map_err(|source| CampaignError::File { path: folder.to_owned(), source })?;
    let mut names = Vec::new();
    let graded = folder.join("cfhtls_spacewarps");
    if graded.join("index.csv").exists() {
        let rows: Vec<Graded> = read_csv(&graded.join("index.csv"))?;
        // The lists name more images than the folder holds.
        let here = rows.iter().filter(|row| graded.join(&row.file).exists());
        let entries: Vec<Entry> = here.map(|row| space_warps_entry(&graded, row)).collect();
        ingest(workspace, SPACE_WARPS, &entries, Crop::Pixels(SPACE_WARPS_CROP), progress)?;
        names.push(SPACE_WARPS);
    }
    let parts = [
        ("ls_dr10_tierA", "confident", 1, Some(26.5 / 154.0)),
        ("ls_dr10_injected", "injected", 1, Some(26.5 / 154.0)),
        ("spacewarps_guide_negatives", "guide", 0, None),
    ];
    let mut entries = Vec::new();
    for (part, set, label, pixel_scale_arcsec) in parts {
        let index = folder.join(part).join("index.csv");
        if !index.exists() {
            continue;
        }
        for row in read_csv::<Listed>(&index)? {
            if !folder.join(part).join(&row.file).exists() {
                continue;
            }
            entries.push(Entry {
                id: format!("{set}/{}", row.file),
                path: folder.join(part).join(&row.file).display().to_string(),
                ra: None,
                dec: None,
                label,
                pixel_scale_arcsec,
                grade: None,
                set,
            });
        }
    }
    if !entries.is_empty() {
        ingest(workspace, LEGACY, &entries, Crop::default(), progress)?;
        names.push(LEGACY);
    }
    Ok(names)
}

fn space_warps_entry(folder: &Path, row: &Graded) -> Entry {
    let label = match row.expert_grade_0_3 {
        grade if grade >= GRADES.0 => 1,
        grade if grade <= GRADES.1 => 0,
        _ => -1,
    };
    Entry {
        id: row.file.trim_end_matches(".png").to_owned(),
        path: folder.join(&row.file).display().to_string(),
        ra: Some(row.ra_deg),
        dec: Some(row.dec_deg),
        label,
        pixel_scale_arcsec: Some(SPACE_WARPS_SCALE),
        grade: Some(row.expert_grade_0_3),
        set: "space_warps",
    }
}

fn ingest(
    workspace: &Workspace,
    name: &str,
    entries: &[Entry],
    crop: Crop,
    progress: &dyn Progress,
) -> Result<(), CampaignError> {
    let catalogue = workspace.root().join("real").join(format!("{name}.csv"));
    write_csv(&catalogue, entries)?;
    let request = IngestRequest {
        provenance: "real".into(),
        options: SourceOptions { crop, ..SourceOptions::default() },
        ..IngestRequest::new(IngestInput::Catalogue(catalogue), name)
    };
    let report = survey::ingest(&request, &workspace.dataset(name), progress)?;
    for rejected in &report.rejected {
        tracing::warn!(path = rejected.path, reason = rejected.reason, "real image left out");
    }
    Ok(())
}

/// One image and what the network says of it.
struct Scored {
    logit: f64,
    grade: Option<f64>,
    set: String,
}

/// Measures the network on whatever [`prepare`] found.
///
/// # Errors
/// When a dataset cannot be read or does not fit the network.
pub fn measure(workspace: &Workspace, names: &[&str], model: &Model) -> Result<Vec<RealSet>, CampaignError> {
    let mut sets = Vec::new();
    if names.contains(&SPACE_WARPS) {
        let rows = scored(workspace, SPACE_WARPS, model)?;
        let none = |row: &Scored| row.grade.is_some_and(|grade| grade <= GRADES.1);
        let note = "CFHTLS g, r, i renders (8 bit, other survey and bands), central 24″ stretched over the network's 100″ field";
        let bands: [(&str, f64, f64); 3] =
            [("2 to 3", 2.0, 3.1), ("1 to 2", 1.0, 2.0), ("0.4 to 1", 0.4, 1.0)];
        for (range, low, high) in bands {
            let lens = |row: &Scored| row.grade.is_some_and(|grade| (low..high).contains(&grade));
            let what = format!("expert grade {range} against grade at most 0.3");
            sets.push(compare("Space Warps CFHTLS", what, &rows, lens, none, note));
        }
    }
    if names.contains(&LEGACY) {
        let rows = scored(workspace, LEGACY, model)?;
        let guide = |row: &Scored| row.set == "guide";
        let note =
            "the two classes come from different surveys and renderers, so this may measure that difference";
        let confident = |row: &Scored| row.set == "confident";
        let what = "confident lenses (LS DR10) against look-alikes of the Space Warps guide".to_owned();
        sets.push(compare("Legacy Surveys DR10", what, &rows, confident, guide, note));
        let injected = |row: &Scored| row.set == "injected";
        let what = "simulated arcs on real galaxies against look-alikes of the Space Warps guide".to_owned();
        sets.push(compare("Legacy Surveys DR10, injected", what, &rows, injected, guide, note));
    }
    Ok(sets)
}

fn scored(workspace: &Workspace, name: &str, model: &Model) -> Result<Vec<Scored>, CampaignError> {
    let dataset = Dataset::open(&workspace.dataset(name))?;
    let rows = dataset.rows()?;
    let places: Vec<(usize, usize)> = rows.iter().map(|row| (row.shard, row.row)).collect();
    let tiles: Vec<u8> = dataset.tiles(&places)?.into_iter().flat_map(|tile| tile.data).collect();
    let outputs = model.outputs(&tiles).map_err(CampaignError::from_finder)?;
    Ok(rows
        .iter()
        .zip(outputs.logits)
        .map(|(row, logit)| Scored {
            logit: f64::from(logit),
            grade: row.provenance_value("grade").and_then(|grade| grade.parse().ok()),
            set: row.provenance_value("set").unwrap_or_default().to_owned(),
        })
        .collect())
}

fn compare(
    set: &str,
    what: String,
    rows: &[Scored],
    positive: impl Fn(&Scored) -> bool,
    negative: impl Fn(&Scored) -> bool,
    note: &str,
) -> RealSet {
    let used: Vec<(f64, bool)> = rows
        .iter()
        .filter(|row| positive(row) || negative(row))
        .map(|row| (row.logit, positive(row)))
        .collect();
    let (scores, labels): (Vec<f64>, Vec<bool>) = used.into_iter().unzip();
    let n_pos = labels.iter().filter(|&&lens| lens).count() as u64;
    RealSet {
        set: set.to_owned(),
        what,
        n_pos,
        n_neg: labels.len() as u64 - n_pos,
        auroc: Measured::from(metrics::auroc(&scores, &labels)),
        note: note.to_owned(),
    }
}
