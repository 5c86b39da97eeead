//! Select: which images people are asked about in this round, with the probability
//! each had of being chosen, and a preview of each.

use std::collections::HashMap;

use acquisition::{HeadMode, Portfolio, PortfolioConfig, Random, Reranked, Selector, Strategy};
use domain::{Digest, Seed, SubjectId};
use serde::{Deserialize, Serialize};
use store::{NewQueue, QueueItem};
use survey::{Dataset, ManifestRow};

use super::{aggregate, heavy, score};
use crate::{
    CampaignError, Selection, known_negatives, labels,
    preview::{self, materialise},
    priors::{self, Prior, Priors},
    runner::{Context, Project, Round},
    scored_pool::{self, ScoredPool, Standing},
    search::{self, Search},
    selection_log::{Chosen, write_csv},
};

/// What an answer is worth, by who chose the image: the database asks first where worth times
/// uncertainty is highest. An audit speaks for the whole pool only if each of its images is
/// answered, so they come before everything else.
pub(crate) fn value(strategy: &str) -> f64 {
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
    /// How complete the search is, by the audits so far.
    #[serde(default)]
    pub search: Option<Search>,
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
        search: chosen.search,
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
pub(crate) async fn previews(
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
    search: Option<Search>,
}

impl Job {
    fn choose(&self) -> Result<Choice, CampaignError> {
        let Self { context, project, round, model } = self;
        let spec = &project.spec;
        let pool = ScoredPool::read(context, project, *round, model, &spec.live.prior)?;
        let mut priors = priors::read(&priors::rescored_path(context, project, *round))?;
        let standing = self.standing(&pool, &priors)?;
        let (ranked, model) = self.ranked(&pool, &standing)?;
        let selector = selector(&spec.selection, &spec.portfolio)?;
        let seed = Seed::root(spec.seed).child("select");
        let mut selected = pool.choose(&ranked, &standing, |pool, open| {
            selector.select_in_round(pool, open, spec.subjects_per_round, *round as usize, seed)
        })?;
        // The audit's estimate needs an answer for each of its images: they come first.
        selected.sort_by_key(|chosen| chosen.strategy != Strategy::Audit);
        search::keep(context, project, *round, &pool, &ranked, &standing, &selected)?;
        let search = search::measure(context, project, *round, &pool, &ranked, &standing)?;
        let mut sources = Vec::with_capacity(selected.len());
        let mut rows = Vec::with_capacity(selected.len());
        for (rank, chosen) in selected.iter().enumerate() {
            let source = &pool.rows[chosen.index];
            let (id, probability) = (source.id.clone(), ranked.probabilities[chosen.index]);
            // The first choice gives the prior; later ones find it there.
            priors.entry(id.clone()).or_insert_with(|| Prior {
                id: id.clone(),
                probability,
                model: model.clone(),
                heard: self.model.clone(),
            });
            rows.push(Chosen {
                id,
                rank: rank as u32,
                strategy: chosen.strategy.name().to_owned(),
                inclusion_probability: chosen.inclusion_probability,
                probability,
                model: model.clone(),
            });
            sources.push(source.clone());
        }
        Ok(Choice { rows, priors, sources, pool: pool.len(), search })
    }

    /// Where each subject with votes stands, with what the champion thinks of it now.
    fn standing(&self, pool: &ScoredPool, priors: &Priors) -> Result<Vec<Standing>, CampaignError> {
        let engine = aggregate::engine(&self.context, &self.project, self.round)?;
        let otherwise = self.project.spec.base_rate;
        let of = |row: &labels::LabelRow| {
            let network = priors.get(&row.id).map_or(otherwise, |prior| prior.probability);
            Some(Standing::of(pool.place(&row.id)?, row, &engine, network))
        };
        Ok(labels::read(&self.context, &self.project, self.round)?.iter().filter_map(of).collect())
    }

    /// The pool ranked by the live head, and whose word that is.
    fn ranked(&self, pool: &ScoredPool, standing: &[Standing]) -> Result<(Reranked, String), CampaignError> {
        let champion = &self.model;
        if self.project.spec.live.head == HeadMode::Off {
            return Ok((pool.rerank(pool.blank())?, champion.clone()));
        }
        let head = pool.learn(pool.blank(), standing)?;
        let whose = match head.examples() {
            0 => champion.clone(),
            _ => format!("{champion}+head{}", self.round),
        };
        Ok((pool.rerank(&head)?, whose))
    }
}

/// How a project chooses.
///
/// # Errors
/// When its portfolio cannot work.
pub(crate) fn selector(
    selection: &Selection,
    portfolio: &PortfolioConfig,
) -> Result<Box<dyn Selector + Send + Sync>, CampaignError> {
    match selection {
        Selection::Random => Ok(Box::new(Random)),
        Selection::Active => {
            Ok(Box::new(Portfolio::new(portfolio.clone()).map_err(scored_pool::from_selection)?))
        }
    }
}
