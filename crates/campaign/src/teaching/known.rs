//! Real objects for the gallery: lenses and look-alikes of the labelled real datasets a project has.

use std::path::Path;

use domain::Label;
use serde::Deserialize;
use store::{About, ImageEncoding, TeachingImage};
use survey::{Dataset, ManifestRow};

use crate::{
    CampaignError, CampaignSpec,
    preview::materialise,
    real::{LEGACY, SPACE_WARPS},
    runner::Context,
    selection_log::read_csv,
};

/// Real objects of each dataset and truth at most.
const MOST: usize = 12;
/// Expert grade (0 to 3) from which an arc can be shown as one.
const CLEAR_GRADE: f64 = 2.3;

/// The gallery's real objects. Of other datasets the columns `name`, `kind`, `reference` and `credit` of
/// their catalogue are used.
pub(super) fn gallery(context: &Context, spec: &CampaignSpec) -> Result<Vec<TeachingImage>, CampaignError> {
    let mut names: Vec<&str> = vec![SPACE_WARPS, LEGACY];
    names.extend(
        spec.real_sets.iter().map(String::as_str).filter(|name| ![SPACE_WARPS, LEGACY].contains(name)),
    );
    let mut gallery = Vec::new();
    for name in names {
        let folder = context.workspace.dataset(name);
        if !folder.exists() {
            continue;
        }
        let dataset = Dataset::open(&folder)?;
        for label in [Label::Lens, Label::NonLens] {
            let mut rows: Vec<ManifestRow> = dataset.rows()?;
            rows.retain(|row| row.label == label && is_clear(name, row));
            rows.sort_by(|a, b| grade(b).total_cmp(&grade(a)).then_with(|| a.id.cmp(&b.id)));
            rows.truncate(MOST);
            // Published pictures are finished; so is what this makes of the others.
            let shown = (ImageEncoding::Composite, true);
            let images = materialise(&context.workspace, &dataset, &rows, shown, context.progress.as_ref())?;
            for (row, (_, image)) in rows.into_iter().zip(images) {
                gallery.push(TeachingImage {
                    place: 0,
                    image,
                    truth: label,
                    kind: kind(&row),
                    simulated: row.provenance.contains("simulated"),
                    outline: None,
                    words: [None, None],
                    about: about(name, &row),
                    name: row.image.id,
                });
            }
        }
    }
    Ok(gallery)
}

fn grade(row: &ManifestRow) -> f64 {
    row.provenance_value("grade").and_then(|grade| grade.parse().ok()).unwrap_or(0.0)
}

/// What can be shown without explanation. The "confident" lenses of the Legacy Surveys are left out:
/// of these small renders only one in three shows its arc. So are arcs that were added to real galaxies,
/// and rejected candidates, which show nothing in particular.
fn is_clear(dataset: &str, row: &ManifestRow) -> bool {
    match (dataset, row.label) {
        (SPACE_WARPS, Label::Lens) => grade(row) >= CLEAR_GRADE,
        (SPACE_WARPS, _) => false,
        (LEGACY, _) => row.provenance_value("set") == Some("guide") && guide_kind(row).is_some(),
        _ => true,
    }
}

fn kind(row: &ManifestRow) -> String {
    const KNOWN: [&str; 11] = [
        "arc",
        "small_arc",
        "ring",
        "images",
        "group",
        "spiral",
        "ring_galaxy",
        "edge_on",
        "merger",
        "star",
        "trail",
    ];
    let told = row.provenance_value("kind").filter(|kind| KNOWN.contains(kind)).or_else(|| guide_kind(row));
    told.unwrap_or(if row.label == Label::Lens { "lens" } else { "look_alike" }).to_owned()
}

/// What the Spotter's Guide of Space Warps shows a picture for: spirals and stars, of those that deceive. Its
/// other pictures show nothing in particular.
fn guide_kind(row: &ManifestRow) -> Option<&'static str> {
    let index = Path::new(row.source.split('#').next()?).parent()?.join("index.csv");
    let listed: Vec<Listed> = read_csv(&index).ok()?;
    let file = row.id.strip_prefix("guide/")?;
    match listed.into_iter().find(|listed| listed.file == file)?.guide_category.rsplit('/').next()? {
        "spirals-rings" => Some("spiral"),
        "stars" => Some("star"),
        _ => None,
    }
}

/// One row of the guide's list.
#[derive(Debug, Deserialize)]
struct Listed {
    file: String,
    guide_category: String,
}

fn about(dataset: &str, row: &ManifestRow) -> About {
    let told = |column: &str| row.provenance_value(column).map(str::to_owned);
    match dataset {
        SPACE_WARPS => About {
            // Such as CFHTLSJ020142.1-041520_ASW00011ls.
            title: row.id.split('_').next().map(|name| name.replacen("CFHTLS", "CFHTLS ", 1)),
            position: row.position,
            reference: Some(format!("More et al. 2016, MNRAS 455, 1191 (grade {:.1} / 3)", grade(row))),
            credit: Some("CFHTLS / Space Warps".to_owned()),
        },
        LEGACY => About { credit: Some("CFHTLS / Space Warps".to_owned()), ..About::default() },
        _ => About {
            title: told("name"),
            position: row.position,
            reference: told("reference"),
            credit: told("credit"),
        },
    }
}
