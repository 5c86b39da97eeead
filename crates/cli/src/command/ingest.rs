//! `lensfinder ingest`: real images into a dataset; what is refused is named.

use std::sync::Arc;

use domain::Label;
use survey::{IngestInput, IngestRequest, SourceOptions};

use super::{heavy, tell};
use crate::{arguments::Ingest, failure::Failure, terminal::Terminal};

/// Refusals shown on the terminal; all are in `rejected.csv`.
const SHOWN: usize = 10;

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
    let out = wish.out;
    let report = heavy({
        let out = out.clone();
        move || Ok(survey::ingest(&request, &out, terminal.as_ref())?)
    })
    .await?;
    let value = serde_json::json!({
        "dataset": out,
        "accepted": report.accepted,
        "rejected": report.rejected.iter().map(|r| serde_json::json!({"path": r.path, "reason": r.reason})).collect::<Vec<_>>(),
        "kept_in_provenance": report.other_columns,
    });
    let mut words = format!("{} images taken in, {} left out", report.accepted, report.rejected.len());
    for rejected in report.rejected.iter().take(SHOWN) {
        words += &format!("\n  {}: {}", rejected.path, rejected.reason);
    }
    if report.rejected.len() > SHOWN {
        words += &format!("\n  … all of them in {}", out.join("rejected.csv").display());
    }
    tell(json, &value, &words)?;
    if report.accepted == 0 {
        return Err(Failure::words("no image could be taken in; the reasons are above"));
    }
    Ok(())
}
