//! A pool from a survey that is there and a network that is trained: scored (what is
//! scored already is left alone), split by the sky, measured where nobody votes.

use std::{collections::HashMap, path::Path};

use campaign::{
    Workspace, hidden_truth, real,
    realism::{self, Part, Wish},
};
use domain::{Label, Progress};
use finder::Model;
use replay::{StoredPool, TruthEntry};
use simulate::Kind;
use survey::{Dataset, Fold, ManifestRow};

use super::{
    Workplace,
    evaluate::{self, Judged},
    manifest,
    report::{PoolReport, RealReport},
    splits::Splits,
};
use crate::{
    LabError,
    config::{PoolPlan, RealPlan},
};

/// Images of a side when mocks are compared with the survey.
const COMPARED: usize = 400;

/// Fold, truth, sky cell, and shard and row of an image.
type Known = (Option<Fold>, TruthEntry, Option<u64>, (usize, usize));

/// A survey and its network.
pub struct Sources<'a> {
    /// The workspace they lie in.
    pub workspace: &'a Workspace,
    /// The survey.
    pub survey: Dataset,
    /// What the network learned from, if known.
    pub mocks: Option<Dataset>,
    /// The network.
    pub model: Model,
    /// Name of the network's folder of scores.
    pub version: String,
    /// One sentence for the report.
    pub origin: String,
}

/// Opens what a workspace holds.
///
/// # Errors
/// Names what is not there.
pub fn open(
    plan: &PoolPlan,
    root: &Path,
    real: &RealPlan,
    at: Workplace<'_>,
) -> Result<(StoredPool, PoolReport), LabError> {
    let wrong = |problem: String| LabError::Pool { pool: plan.name.clone(), problem };
    if !root.is_dir() {
        return Err(wrong(format!(
            "`workspace` {} is no folder; leave the key out to simulate one",
            root.display()
        )));
    }
    let workspace = Workspace::open(root)?;
    let dir = workspace.dataset(&plan.survey);
    let survey = Dataset::open(&dir).map_err(|error| {
        let there = names(&workspace.root().join("datasets"));
        wrong(format!("`survey` = \"{}\": {error}; datasets there: {there}", plan.survey))
    })?;
    let wanted = plan.model.as_deref().unwrap_or_default();
    let folder = workspace
        .registry()
        .resolve(wanted)
        .map_err(|error| wrong(format!("`model` = \"{wanted}\": {error}")))?
        .ok_or_else(|| {
            let there = names(&workspace.root().join("models"));
            wrong(format!(
                "`model` = \"{wanted}\" is no NAME/VERSION and no NAME@ALIAS; models there: {there}"
            ))
        })?;
    let model = Model::load(&folder, at.device)?.with_base_rate(plan.base_rate)?;
    let version = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let origin = format!("survey \"{}\" of a workspace, scored by {wanted}", plan.survey);
    let sources = Sources { workspace: &workspace, survey, mocks: None, model, version, origin };
    assemble(plan, &sources, real, at)
}

/// Scores, splits and measures.
///
/// # Errors
/// When a file cannot be read, the truth is not known, or the person asks to stop.
pub fn assemble(
    plan: &PoolPlan,
    sources: &Sources<'_>,
    real: &RealPlan,
    at: Workplace<'_>,
) -> Result<(StoredPool, PoolReport), LabError> {
    let wrong = |problem: String| LabError::Pool { pool: plan.name.clone(), problem };
    let Sources { workspace, survey, model, .. } = sources;
    model.check_tiles(&format!("dataset {}", survey.name()), survey.spec())?;
    let splits = Splits::new(plan.seed, plan.held_out_fraction).map_err(wrong)?;
    let truth = Truth::read(survey).map_err(|error| match error {
        LabError::Pool { problem, .. } => wrong(problem),
        other => other,
    })?;
    let scores = workspace.scores(&plan.survey, &sources.version);
    finder::score_dataset(model, survey, &scores, at.progress)?;
    let mut rows: HashMap<String, Known> = HashMap::new();
    for row in survey.manifest()? {
        let row = row?;
        let Some(known) = truth.of(&row) else { continue };
        rows.insert(row.id.clone(), (splits.survey(&row), known, row.cell, (row.shard, row.row)));
    }
    let mut pool = StoredPool {
        name: plan.name.clone(),
        ids: Vec::new(),
        probability: Vec::new(),
        embeddings: Vec::new(),
        dim: 0,
        truth: Vec::new(),
        cells: Vec::new(),
        model: model.digest().to_string(),
    };
    let (mut held_out, mut searched) = (Judged::default(), Judged::default());
    for batch in finder::read_scores(&scores)? {
        at.progress.check()?;
        let batch = batch?;
        pool.dim = batch.dim;
        for (k, id) in batch.ids.iter().enumerate() {
            let Some((fold, known, cell, place)) = rows.get(id) else { continue };
            let into = match fold {
                None => continue,
                Some(Fold::HeldOut) => &mut held_out,
                Some(_) => {
                    pool.ids.push(id.clone());
                    pool.probability.push(batch.probabilities[k]);
                    pool.embeddings.extend(&batch.embeddings[k * batch.dim..][..batch.dim]);
                    pool.truth.push(*known);
                    pool.cells.extend(*cell);
                    &mut searched
                }
            };
            into.ids.push(id.clone());
            into.logits.push(f64::from(batch.logits[k]));
            into.probabilities.push(batch.probabilities[k]);
            into.truth.push(*known);
            into.places.push(*place);
        }
    }
    if pool.is_empty() {
        return Err(wrong(format!(
            "no image of \"{}\" is left to search; lower `held_out_fraction` ({})",
            survey.name(),
            plan.held_out_fraction
        )));
    }
    if pool.cells.len() != pool.len() {
        pool.cells.clear();
    }
    let both =
        |judged: &Judged| judged.truth.iter().any(|t| t.is_lens) && judged.truth.iter().any(|t| !t.is_lens);
    let (judged, measured_on) = if both(&held_out) {
        (&held_out, "the held-out sky, which nobody votes on")
    } else {
        (&searched, "the pool itself: the held-out sky has not both lenses and others")
    };
    let mut network = evaluate::measure(model, survey, judged, measured_on, plan.seed)?;
    network.realism = realism(sources, &splits, at.progress)?;
    network.real = self::real(sources, real, at.progress)?;
    let is_simulated = realism::is_simulated(survey);
    let labels = if is_simulated { "the simulator's record" } else { "the dataset's own labels" };
    let split = format!(
        "HEALPix cells dealt by seed {}, {} of them held out, nothing within 142″ of the other side",
        plan.seed, plan.held_out_fraction
    );
    let mut datasets =
        vec![manifest::write(at.run, &plan.name, survey, ("survey", labels, &split), &|row| {
            splits.survey(row)
        })?];
    if let Some(mocks) = &sources.mocks {
        let split = format!("HEALPix cells dealt by seed {}, a fifth of them for calibration", plan.seed);
        let deal = |row: &ManifestRow| Some(campaign::tiles::fold_of(splits.mocks(), row.cell, &row.id));
        let entry = manifest::write(
            at.run,
            &plan.name,
            mocks,
            ("training", "the simulator's record", &split),
            &deal,
        )?;
        datasets.push(entry);
    }
    let look_alikes = pool.truth.iter().filter(|truth| truth.look_alike.is_some()).count() as u64;
    let report = PoolReport {
        name: plan.name.clone(),
        digest: survey.digest(),
        is_simulated,
        origin: sources.origin.clone(),
        images: pool.len() as u64,
        lenses: pool.lenses() as u64,
        look_alikes,
        embedding: pool.dim,
        network: Some(network),
        datasets,
        split: Some(splits.audit(survey, sources.mocks.as_ref(), at.progress)?),
    };
    Ok((pool, report))
}

/// What is in the images: the simulator's record, or the dataset's own labels.
enum Truth {
    Recorded(HashMap<String, TruthEntry>),
    Labels,
}

impl Truth {
    fn read(survey: &Dataset) -> Result<Self, LabError> {
        if survey.dir().join("truth.csv").exists() {
            let recorded = hidden_truth::read(survey.dir())?;
            return Ok(Self::Recorded(
                recorded.into_iter().map(|(id, truth)| (id, truth_entry(&truth))).collect(),
            ));
        }
        for row in survey.manifest()? {
            if row?.label != Label::Unknown {
                return Ok(Self::Labels);
            }
        }
        Err(LabError::Pool {
            pool: String::new(),
            problem: format!(
                "\"{}\" has neither a truth.csv nor labels, and a replay needs the truth; simulate a survey, or ingest one with labels",
                survey.name()
            ),
        })
    }

    fn of(&self, row: &ManifestRow) -> Option<TruthEntry> {
        match self {
            Self::Recorded(truth) => truth.get(&row.id).copied(),
            Self::Labels => match row.label {
                Label::Unknown => None,
                Label::Lens => Some(TruthEntry { is_lens: true, difficulty: 0.5, ..TruthEntry::plain() }),
                Label::NonLens => Some(TruthEntry::plain()),
            },
        }
    }
}

/// What is in a simulated image, as people meet it.
#[must_use]
pub fn truth_entry(truth: &hidden_truth::Truth) -> TruthEntry {
    match truth.kind {
        Kind::Lens => {
            TruthEntry::lens(truth.theta_e_arcsec.unwrap_or_default(), truth.arc_sn.unwrap_or_default())
        }
        Kind::LookAlike(kind) => TruthEntry::look_alike(kind),
        Kind::Plain | Kind::Control(_) => TruthEntry::plain(),
    }
}

/// Whether the mocks look like the survey, where mocks are known.
fn realism(
    sources: &Sources<'_>,
    splits: &Splits,
    progress: &dyn Progress,
) -> Result<Option<finder::Realism>, LabError> {
    let Some(mocks) = &sources.mocks else { return Ok(None) };
    let unseen =
        |row: &ManifestRow| campaign::tiles::fold_of(splits.mocks(), row.cell, &row.id) == Fold::HeldOut;
    let searched = |row: &ManifestRow| splits.survey(row) == Some(Fold::Pool);
    let real = [Part { dataset: &sources.survey, keep: &searched }];
    let wish =
        Wish { mocks: Part { dataset: mocks, keep: &unseen }, real: &real, controls: None, most: COMPARED };
    Ok(Some(realism::measure(&sources.model, &wish, progress)?))
}

/// The network on real images, where there are any.
fn real(
    sources: &Sources<'_>,
    wish: &RealPlan,
    progress: &dyn Progress,
) -> Result<Vec<RealReport>, LabError> {
    let mut sets = Vec::new();
    if let Some(images) = &wish.images {
        let names = real::prepare(sources.workspace, images, progress)?;
        sets.extend(real::measure(sources.workspace, &names, &sources.model)?);
    }
    for dir in &wish.datasets {
        let dataset = Dataset::open(dir)?;
        sources.model.check_tiles(&format!("dataset {}", dataset.name()), dataset.spec())?;
        let rows: Vec<ManifestRow> =
            dataset.rows()?.into_iter().filter(|row| row.label != Label::Unknown).collect();
        let places: Vec<(usize, usize)> = rows.iter().map(|row| (row.shard, row.row)).collect();
        let tiles: Vec<u8> = dataset.tiles(&places)?.into_iter().flat_map(|tile| tile.data).collect();
        let scores: Vec<f64> = sources.model.outputs(&tiles)?.logits.into_iter().map(f64::from).collect();
        let labels: Vec<bool> = rows.iter().map(|row| row.label == Label::Lens).collect();
        let n_pos = labels.iter().filter(|lens| **lens).count() as u64;
        sets.push(campaign::report::RealSet {
            set: dataset.name().to_owned(),
            what: "images labelled lens against images labelled none".to_owned(),
            n_pos,
            n_neg: labels.len() as u64 - n_pos,
            auroc: finder::metrics::auroc(&scores, &labels).into(),
            note: if realism::is_simulated(&dataset) { "simulated, not real" } else { "" }.to_owned(),
        });
    }
    Ok(sets.into_iter().map(|set| RealReport { set }).collect())
}

/// What lies in a folder, for error messages.
fn names(folder: &Path) -> String {
    let Ok(entries) = std::fs::read_dir(folder) else { return "none".to_owned() };
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| !name.ends_with(".json"))
        .collect();
    names.sort();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
