//! Select: which images people are asked about in this round, with the probability
//! each had of being chosen, and a preview of each.

use std::collections::HashMap;

use acquisition::{Pool, Portfolio, Random, SelectError, Selected, Selector as _, Strategy};
use domain::{Digest, Seed, SubjectId};
use finder::{LaplaceHead, Model};
use serde::{Deserialize, Serialize};
use store::{NewQueue, QueueItem};
use survey::{Dataset, Fold, ManifestRow};

use super::{aggregate, heavy, score};
use crate::{
    CampaignError, Selection, known_negatives,
    labels::{self, LabelRow},
    preview::{self, materialise},
    priors::{self, Prior, Priors},
    runner::{Context, Project, Round},
    selection_log::{Chosen, write_csv},
    tiles,
};

/// Precision of the last layer's prior: embeddings are standardised, so this is one unit of
/// evidence against each weight.
const PRIOR_PRECISION: f64 = 1.0;

/// What an answer is worth, by who chose the image: the database asks first where worth times
/// uncertainty is highest. An audit speaks for the whole pool only if each of its images is
/// answered, so they come before everything else.
fn value(strategy: &str) -> f64 {
    if strategy == Strategy::Audit.name() { 100.0 } else { 1.0 }
}

/// What was chosen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Output {
    /// Subjects in the queue.
    pub subjects: usize,
    /// How many by each strategy.
    pub by_strategy: std::collections::BTreeMap<String, usize>,
    /// Digest of `selection.csv`.
    pub selection: Digest,
    /// Digest of `priors.csv`.
    pub priors: Digest,
    /// Reviewed false positives of the network among the training images.
    pub reviewed_negatives: u64,
    /// Subjects they were chosen from.
    pub pool: usize,
}

/// Chooses, makes previews and fills the queue.
pub(crate) async fn run(
    context: &Context,
    project: &Project,
    round: &Round,
) -> Result<Output, CampaignError> {
    let scored: score::Output = round.output("score")?;
    let job = Job {
        context: context.clone(),
        project: project.clone(),
        round: round.number,
        model: scored.model.clone(),
    };
    let chosen = heavy(move || job.choose()).await?;

    let names: Vec<String> = chosen.rows.iter().map(|row| row.id.clone()).collect();
    let ids = context.store.subject_ids(project.id, names).await?;
    let images = previews(context, project, chosen.sources).await?;
    let images = images.into_iter().filter_map(|(name, image)| Some((*ids.get(&name)?, image))).collect();
    context.store.set_images(project.id, images).await?;

    let mut by_strategy = std::collections::BTreeMap::new();
    let mut items = Vec::with_capacity(chosen.rows.len());
    for row in &chosen.rows {
        *by_strategy.entry(row.strategy.clone()).or_insert(0) += 1;
        items.push(QueueItem {
            value: value(&row.strategy),
            subject: id_of(&ids, &row.id, round.number)?,
            rank: row.rank,
            strategy: row.strategy.clone(),
            inclusion_probability: row.inclusion_probability,
            model_version: row.model.clone(),
        });
    }
    let path = context.workspace.round(&project.slug, round.number).join("selection.csv");
    let selection = write_csv(&path, &chosen.rows)?;
    let priors = priors::write(&priors::path(context, project, round.number), &chosen.priors)?;
    let chosen_priors = chosen.rows.iter().filter_map(|row| chosen.priors.get(&row.id));
    priors::announce(context, project, chosen_priors).await?;
    let reviewed_negatives = known_negatives::add(context, project, round.number, &chosen.priors).await?;
    let queue = NewQueue { round: round.number, items, votes_budget: project.spec.votes_per_round };
    context.store.enqueue(project.id, queue).await?;
    Ok(Output {
        subjects: chosen.rows.len(),
        by_strategy,
        selection,
        priors,
        reviewed_negatives,
        pool: chosen.pool,
    })
}

fn id_of(ids: &HashMap<String, SubjectId>, name: &str, round: u32) -> Result<SubjectId, CampaignError> {
    ids.get(name).copied().ok_or_else(|| {
        let reason =
            format!("{name} is in the dataset but not in the database; was another dataset registered?");
        CampaignError::Inconsistent { round, step: "select".into(), reason }
    })
}

/// Makes the previews of chosen subjects on a thread of its own.
async fn previews(
    context: &Context,
    project: &Project,
    sources: Vec<ManifestRow>,
) -> Result<Vec<(String, store::ImageRef)>, CampaignError> {
    let (context, spec) = (context.clone(), project.spec.clone());
    heavy(move || {
        let dataset = Dataset::open(&context.workspace.dataset(&spec.survey))?;
        let shown = (preview::encoding(&context.workspace, &spec)?, spec.show_scale);
        materialise(&context.workspace, &dataset, &sources, shown, context.progress.as_ref())
    })
    .await
}

struct Job {
    context: Context,
    project: Project,
    round: u32,
    model: String,
}

struct Choice {
    rows: Vec<Chosen>,
    priors: Priors,
    sources: Vec<ManifestRow>,
    pool: usize,
}

/// What the pool looks like to a strategy; all vectors run in parallel. The position of a
/// subject in the index stands for its id.
#[derive(Default)]
struct Candidates {
    names: Vec<String>,
    ids: Vec<SubjectId>,
    /// What the network thinks of each.
    probabilities: Vec<f64>,
    /// What is believed of each: the same where nobody voted, else with the votes. Who chose by the
    /// network alone would ask again and again about what it likes and people have all but refused.
    beliefs: Vec<f64>,
    embeddings: Vec<f32>,
    dim: usize,
}

impl Job {
    fn choose(&self) -> Result<Choice, CampaignError> {
        let spec = &self.project.spec;
        let dataset = Dataset::open(&self.context.workspace.dataset(&spec.survey))?;
        let manifest = dataset.rows()?;
        let labels = labels::read(&self.context, &self.project, self.round)?;
        let mut priors = priors::read(&priors::rescored_path(&self.context, &self.project, self.round))?;
        let standing = self.standing(&labels, &priors)?;
        let candidates = self.candidates(&manifest, &standing)?;
        let seed = Seed::root(spec.seed).child("select").index(u64::from(self.round));
        let selected = self.select(&candidates, &labels, &dataset, seed)?;
        let mut sources = Vec::with_capacity(selected.len());
        let mut rows = Vec::with_capacity(selected.len());
        for (rank, chosen) in selected.iter().enumerate() {
            let (id, probability) =
                (candidates.names[chosen.index].clone(), candidates.probabilities[chosen.index]);
            // The first choice gives the prior; later ones find it there.
            priors.entry(id.clone()).or_insert_with(|| Prior {
                id: id.clone(),
                probability,
                model: self.model.clone(),
                heard: self.model.clone(),
            });
            rows.push(Chosen {
                id,
                rank: rank as u32,
                strategy: chosen.strategy.name().to_owned(),
                inclusion_probability: chosen.inclusion_probability,
                probability,
                model: self.model.clone(),
            });
            sources.push(manifest[chosen.subject.0 as usize].clone());
        }
        Ok(Choice { rows, priors, sources, pool: candidates.ids.len() })
    }

    /// What is believed of each subject with votes, with what the champion thinks of it now; `None` for
    /// those that people have judged.
    fn standing<'a>(
        &self,
        labels: &'a [LabelRow],
        priors: &Priors,
    ) -> Result<HashMap<&'a str, Option<f64>>, CampaignError> {
        let engine = aggregate::engine(&self.context, &self.project, self.round)?;
        let otherwise = self.project.spec.base_rate;
        let of = |row: &LabelRow| {
            let network = priors.get(&row.id).map_or(otherwise, |prior| prior.probability);
            row.open_belief(&engine, network)
        };
        Ok(labels.iter().map(|row| (row.id.as_str(), of(row))).collect())
    }

    /// Everybody outside the held-out sky whom people have not judged yet.
    fn candidates(
        &self,
        manifest: &[ManifestRow],
        standing: &HashMap<&str, Option<f64>>,
    ) -> Result<Candidates, CampaignError> {
        let spec = &self.project.spec;
        let sky = spec.sky()?;
        let open: HashMap<&str, usize> = manifest
            .iter()
            .enumerate()
            .filter(|(_, row)| tiles::fold_of(&sky, row.cell, &row.id) != Fold::HeldOut)
            .filter(|(_, row)| standing.get(row.id.as_str()) != Some(&None))
            .map(|(index, row)| (row.id.as_str(), index))
            .collect();
        let mut out = Candidates::default();
        let scores = self.context.workspace.scores(&spec.survey, &self.model);
        for batch in finder::read_scores(&scores).map_err(CampaignError::from_finder)? {
            let batch = batch.map_err(CampaignError::from_finder)?;
            out.dim = batch.dim;
            for (row, name) in batch.ids.iter().enumerate() {
                let Some(&index) = open.get(name.as_str()) else { continue };
                out.names.push(name.clone());
                out.ids.push(SubjectId(index as i64));
                let network = batch.probabilities[row];
                out.probabilities.push(network);
                out.beliefs.push(standing.get(name.as_str()).copied().flatten().unwrap_or(network));
                out.embeddings.extend_from_slice(&batch.embeddings[row * batch.dim..(row + 1) * batch.dim]);
            }
        }
        Ok(out)
    }

    fn select(
        &self,
        candidates: &Candidates,
        labels: &[LabelRow],
        dataset: &Dataset,
        seed: Seed,
    ) -> Result<Vec<Selected>, CampaignError> {
        let spec = &self.project.spec;
        let pool = Pool::new(&candidates.ids, &candidates.beliefs).map_err(from_selection)?;
        let budget = spec.subjects_per_round;
        if spec.selection == Selection::Random {
            return Random.select(&pool, budget, seed).map_err(from_selection);
        }
        let members = self.members(candidates, labels, dataset, seed.child("members"))?;
        let pool = match &members {
            Some(members) => pool.with_members(members).map_err(from_selection)?,
            None => pool,
        };
        let portfolio = Portfolio::new(spec.portfolio.clone()).map_err(from_selection)?;
        let mut selected =
            portfolio.select(&pool, budget, self.round as usize, seed).map_err(from_selection)?;
        // The audit's estimate needs an answer for each of its images: they come first.
        selected.sort_by_key(|chosen| chosen.strategy != Strategy::Audit);
        Ok(selected)
    }

    /// Probabilities by draws of the last layer's posterior; `None` when nothing can be fitted.
    fn members(
        &self,
        candidates: &Candidates,
        labels: &[LabelRow],
        dataset: &Dataset,
        seed: Seed,
    ) -> Result<Option<Vec<Vec<f32>>>, CampaignError> {
        let (spec, workspace) = (&self.project.spec, &self.context.workspace);
        let model = Model::load(&workspace.model(&spec.model_name, &self.model), self.context.device)
            .map_err(CampaignError::from_finder)?;
        let mocks = Dataset::open(&workspace.dataset(&spec.training_set))?;
        let excluded = spec.excluded(workspace)?;
        let mut known =
            tiles::labelled(&mocks, &spec.validation()?, &excluded, self.context.progress.as_ref())?.training;
        let judged: HashMap<String, (f32, f32)> = labels
            .iter()
            .filter(|row| !excluded.contains(&row.id))
            .filter_map(|row| {
                Some((row.id.clone(), (row.target? as f32, row.weight? as f32 * spec.people_weight)))
            })
            .collect();
        known.append(&tiles::chosen(dataset, &judged)?.examples).map_err(CampaignError::from_finder)?;
        let outputs = model.outputs(&known.tiles).map_err(CampaignError::from_finder)?;
        let head = LaplaceHead::fit(
            &outputs.embeddings,
            outputs.dim,
            &known.targets,
            &known.weights,
            PRIOR_PRECISION,
        );
        let head = match head {
            Ok(head) => head,
            Err(error) => {
                tracing::warn!(%error, "no posterior of the last layer; exploring by entropy instead");
                return Ok(None);
            }
        };
        head.sample_probabilities(&candidates.embeddings, spec.members, seed)
            .map(Some)
            .map_err(|error| CampaignError::Setting { field: "members", reason: error.to_string() })
    }
}

fn from_selection(error: SelectError) -> CampaignError {
    CampaignError::Setting { field: "portfolio", reason: error.to_string() }
}
