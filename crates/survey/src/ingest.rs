//! Real files into a dataset: lists them, reads them on all cores a chunk at a
//! time, and writes tiles in the order of the list. A bad file is noted and
//! the rest goes on; an interrupted run goes on where it stopped.

mod astrometry;
mod catalogue;
mod conditions;
mod folder;
mod listed;

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use domain::{Digest, Label, Progress, SkyCoord};
use imaging::{Tile, TileSpec, format_bands, tile};
use rayon::prelude::*;
use serde::Serialize;

pub use astrometry::{ASTROMETRY_FILE, Astrometric, AstrometricState, Astrometry, AstrometrySummary, Plate};
pub use folder::image_files;

use crate::{
    Conditions, Dataset, DatasetWriter, NewRow, Rejected, Source, SourceOptions, SurveyError, cell_of,
};

/// Files read at once; bounds the memory.
const CHUNK: usize = 64;

/// What is taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IngestInput {
    /// Every FITS, PNG, JPEG and WebP file of a folder and its subfolders; the id is the path without
    /// its ending.
    Folder(PathBuf),
    /// A CSV table with a column `path` (or `file`), relative to the table, and optionally `id`,
    /// `ra_deg` (`ra`), `dec_deg` (`dec`), `label` (−1, 0, 1), `provenance`, `bands`,
    /// `pixel_scale_arcsec` (`pixel_scale`), `zero_point` and `plane`, and those of
    /// [`crate::Conditions`] by their names in `index.parquet` (`psf_fwhm_g_arcsec`, `depth_g_mag`, …,
    /// `flags`, `cluster_id`, `z_cluster` or `z`, `m500_msun`, `m200_msun`), which come before what the
    /// file says. A path may be several files of one band each, joined by `;` in the order of `bands`.
    /// A line whose `state` is not `done` (a list of downloads has one) is left out. Every other column
    /// is kept in the provenance as `name=value`.
    Catalogue(PathBuf),
}

/// A wish to take files in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IngestRequest {
    /// The files.
    pub input: IngestInput,
    /// Name of the dataset.
    pub name: String,
    /// Label of every image for which the catalogue gives none.
    #[serde(serialize_with = "label_code")]
    pub label: Label,
    /// Provenance of every image for which the catalogue gives none.
    pub provenance: String,
    /// Bands, pixel scale, crop and zero point, where headers and catalogue give none. A picture is
    /// resampled whole (after the crop) to the tile, so a small stamp fills the network's field and
    /// its pixel scale there is not the survey's.
    pub options: SourceOptions,
    /// How tiles are made.
    pub tile: TileSpec,
    /// Images per shard.
    pub rows_per_shard: usize,
}

/// What became of the files.
#[derive(Debug, Clone, PartialEq)]
pub struct IngestReport {
    /// The dataset.
    pub dataset: Dataset,
    /// Images in it.
    pub accepted: u64,
    /// Files that are not, and why; also in `rejected.csv`.
    pub rejected: Vec<Rejected>,
    /// Columns of the catalogue without a meaning here, kept in the provenance.
    pub other_columns: Vec<String>,
    /// What was found out about their coordinates, where somebody looked; image by image in
    /// `astrometry.csv`.
    pub astrometry: Option<AstrometrySummary>,
}

/// One line of the list.
#[derive(Debug, Clone, Serialize)]
struct Item {
    /// What to call it in a refusal.
    shown: String,
    /// The image, or why there is none.
    image: Result<Wanted, String>,
}

#[derive(Debug, Clone, Serialize)]
struct Wanted {
    id: String,
    source: String,
    options: SourceOptions,
    position: Option<SkyCoord>,
    /// What the catalogue says.
    conditions: Conditions,
    /// Bytes of each file; a repaired file is then noticed.
    sizes: Vec<Option<u64>>,
    #[serde(serialize_with = "label_code")]
    label: Label,
    provenance: String,
}

struct List {
    items: Vec<Item>,
    other_columns: Vec<String>,
}

impl IngestRequest {
    /// A request with everything else at its default: unknown labels, 4,096 images per shard.
    #[must_use]
    pub fn new(input: IngestInput, name: &str) -> Self {
        Self {
            input,
            name: name.to_owned(),
            label: Label::Unknown,
            provenance: String::new(),
            options: SourceOptions::default(),
            tile: TileSpec::default(),
            rows_per_shard: 4096,
        }
    }
}

/// Takes files into a new dataset in `out`. The same files give the same bytes. If `out` holds the
/// finished dataset of the same request already, nothing is done.
///
/// # Errors
/// When the folder or catalogue cannot be read at all, or `out` cannot be written, or when asked to
/// stop. A bad file is no error: it is in the report.
pub fn ingest(
    request: &IngestRequest,
    out: &Path,
    progress: &dyn Progress,
) -> Result<IngestReport, SurveyError> {
    ingest_looking(request, out, None, progress)
}

/// As [`ingest`], with someone who places images without coordinates and checks those with. What that
/// tells is in `astrometry.csv` beside the dataset. A run that was interrupted looks at all images again.
///
/// # Errors
/// As [`ingest`].
pub fn ingest_looking(
    request: &IngestRequest,
    out: &Path,
    astrometry: Option<&dyn Astrometry>,
    progress: &dyn Progress,
) -> Result<IngestReport, SurveyError> {
    request.tile.check()?;
    let list = match &request.input {
        IngestInput::Folder(path) => folder::list(path, request)?,
        IngestInput::Catalogue(path) => catalogue::list(path, request)?,
    };
    let List { mut items, other_columns } = list;
    sort_by_sky(&mut items);
    refuse_repeated_ids(&mut items);
    let look = astrometry.map(|astrometry| (astrometry.settings(), astrometry.refuses_wrong()));
    let parts = match &look {
        None => serde_json::to_vec(&(request, &items)),
        Some(look) => serde_json::to_vec(&(request, &items, look)),
    };
    let fingerprint = Digest::of(&parts.map_err(SurveyError::shard(out))?);
    if let Some(dataset) = finished(out, fingerprint)? {
        let (accepted, rejected) = (dataset.len(), dataset.rejected()?);
        let astrometry = look.and_then(|_| astrometry::read_summary(out));
        return Ok(IngestReport { dataset, accepted, rejected, other_columns, astrometry });
    }
    fs::create_dir_all(out).map_err(SurveyError::io("cannot create the folder", out))?;
    let mut summary = None;
    if let Some(astrometry) = astrometry {
        let looks = astrometry::look_at_all(&items, astrometry, progress)?;
        summary = Some(astrometry::write(out, &items, &looks)?);
        astrometry::apply(&mut items, &looks, astrometry.refuses_wrong());
        sort_by_sky(&mut items);
    }
    let mut writer =
        DatasetWriter::resume(out, &request.name, request.tile.clone(), request.rows_per_shard, fingerprint)?;
    let (wish, done) =
        (serde_json::to_value(request).map_err(SurveyError::shard(out))?, writer.inputs_done());
    let mut origin = serde_json::json!({ "fingerprint": fingerprint, "request": wish });
    if let Some((settings, refuse_wrong)) = look {
        origin["astrometry"] = serde_json::json!({ "settings": settings, "refuse_wrong": refuse_wrong });
    }
    writer.set_origin(origin);
    let mut seen: HashMap<Digest, String> = writer.digests_done()?.into_iter().collect();
    progress.begin("ingesting", items.len() as u64);
    progress.advance(done);
    for chunk in items[usize::try_from(done).unwrap_or(usize::MAX).min(items.len())..].chunks(CHUNK) {
        progress.check()?;
        let made: Vec<_> = chunk.par_iter().map(|item| make(item, &request.tile)).collect();
        for (item, made) in chunk.iter().zip(made) {
            take(&mut writer, &mut seen, item, made)?;
        }
        progress.advance(chunk.len() as u64);
    }
    let dataset = writer.finish()?;
    progress.end();
    let (accepted, rejected) = (dataset.len(), dataset.rejected()?);
    Ok(IngestReport { dataset, accepted, rejected, other_columns, astrometry: summary })
}

/// The dataset in `out`, if it is the one wished for.
fn finished(out: &Path, fingerprint: Digest) -> Result<Option<Dataset>, SurveyError> {
    match Dataset::open(out) {
        Ok(dataset) => {
            let same = dataset.origin()["fingerprint"] == fingerprint.to_string();
            if same { Ok(Some(dataset)) } else { Err(SurveyError::Exists { path: out.to_owned() }) }
        }
        Err(SurveyError::NotADataset { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads one image; the error is the reason it is refused.
fn make(item: &Item, spec: &TileSpec) -> Result<(NewRow, Tile), String> {
    let wanted = item.image.as_ref().map_err(String::clone)?;
    let source: Source =
        wanted.source.parse().map_err(|error: crate::source::SourceParseError| error.to_string())?;
    let loaded = source.load(&wanted.options).map_err(|error| error.reason(&source))?;
    let cube = loaded.cube;
    let make = if loaded.picture.is_some() { tile::tile_of_render } else { tile::tile };
    let tile = make(&cube, spec).map_err(|error| error.to_string())?;
    let seen = if loaded.picture.is_some() {
        Conditions::default()
    } else {
        Conditions { flags: loaded.flags, ..conditions::of_image(&loaded.cards, &cube) }
    };
    let conditions = wanted.conditions.or(seen);
    if let Some((field, reason)) = conditions.wrong() {
        return Err(format!("{field} {reason}"));
    }
    let row = NewRow {
        id: wanted.id.clone(),
        source: wanted.source.clone(),
        digest: loaded.digest,
        bands: format_bands(&cube.bands),
        pixel_scale_arcsec: cube.pixel_scale_arcsec,
        width: cube.width,
        height: cube.height,
        position: wanted.position,
        label: wanted.label,
        provenance: wanted.provenance.clone(),
        conditions,
    };
    Ok((row, tile))
}

/// Writes one image, or the reason why not.
fn take(
    writer: &mut DatasetWriter,
    seen: &mut HashMap<Digest, String>,
    item: &Item,
    made: Result<(NewRow, Tile), String>,
) -> Result<(), SurveyError> {
    let refuse = |reason| Rejected { path: item.shown.clone(), reason };
    let (row, tile) = match made {
        Ok(made) => made,
        Err(reason) => return writer.reject(&refuse(reason)),
    };
    if let Some(twin) = seen.get(&row.digest) {
        let reason = format!("the same bytes as {twin:?}, which is in the dataset; keep one of them");
        return writer.reject(&refuse(reason));
    }
    seen.insert(row.digest, row.id.clone());
    writer.push(row, &tile)
}

/// Gives every image without a position that of its header, and puts neighbours on the sky together:
/// by cell, then id, images without a position last.
fn sort_by_sky(items: &mut [Item]) {
    items.par_iter_mut().for_each(|item| {
        if let Ok(wanted) = &mut item.image
            && wanted.position.is_none()
        {
            let source = wanted.source.parse::<Source>().ok();
            wanted.position = source.and_then(|source| source.peek()?.centre());
        }
    });
    items.sort_by_cached_key(|item| {
        let wanted = item.image.as_ref().ok();
        let cell = wanted.and_then(|wanted| wanted.position).map_or(u64::MAX, cell_of);
        (cell, wanted.map(|wanted| wanted.id.clone()))
    });
}

/// Refuses every image but the first of an id.
fn refuse_repeated_ids(items: &mut [Item]) {
    let mut used = HashSet::new();
    for item in items {
        if let Ok(wanted) = &item.image
            && !used.insert(wanted.id.clone())
        {
            let reason = format!("the id {:?} is used before; ids must be unique", wanted.id);
            item.image = Err(reason);
        }
    }
}

fn label_code<S: serde::Serializer>(label: &Label, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i16(label.code())
}
