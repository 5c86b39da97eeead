//! While people look: every handful of votes, the live head is fitted anew, the whole pool ranked by it,
//! and the round's open queue follows. Runs beside the server, in the process that runs the loop.
//!
//! What a re-ranking does to the queue: images it would choose now and that are not in it join it; those
//! it would choose no more stay but are asked about last; images nobody has voted on get the head's
//! probability as their prior; a retired image whose score the head surely contradicts comes back. Audited
//! images are left alone. Everything follows from the log up to a mark, and `live.jsonl` of the round
//! keeps the marks. Nothing here survives a stop: the next start learns everything from the votes again.

mod changes;
mod record;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use acquisition::{HeadMode, LiveHead, Reranked, Selected};
use consensus::live::Engine;
use domain::{Seed, Silent, SubjectId};
use store::{BeliefRow, LogSeq, QueueItem, QueueRevision};

use crate::{
    CampaignError, CampaignSpec, Selection,
    priors::LIVE,
    report,
    runner::{self, Context, Project},
    scored_pool::{ScoredPool, Standing},
    search,
    step::{
        heavy, score,
        select::{previews, selector, value},
    },
};

pub use record::{Profile, Reranking, path, read};

use changes::Queue;

/// Subjects read from the database at a time.
const PAGE: u32 = 10_000;
/// Images that join the queue at once: their previews are made while people already see the others.
const BATCH: usize = 8;
/// The summary that everybody may read is amended after so many votes on survey images.
const TELL_VOTES: u64 = 100;

/// Follows one round.
pub struct Follower {
    context: Context,
    project: Project,
    round: u32,
    champion: String,
    pool: Arc<ScoredPool>,
    /// The pool's images by their ids in the database, and the other way.
    places: HashMap<SubjectId, usize>,
    subjects: Vec<Option<SubjectId>>,
    head: LiveHead,
    queue: Queue,
    mark: LogSeq,
    count: u32,
    /// Votes when the round's summary was last amended.
    told: Option<u64>,
}

impl Follower {
    /// Gets ready for a round whose selection is done; `None` where the project wants no live head.
    ///
    /// # Errors
    /// When the round has not come that far or a file is missing.
    pub async fn open(
        context: &Context,
        project: &Project,
        round: u32,
    ) -> Result<Option<Self>, CampaignError> {
        let spec = &project.spec;
        if spec.live.head != HeadMode::Live || spec.selection == Selection::Random {
            return Ok(None);
        }
        let stored = context.store.round(project.id, round).await?;
        let output = stored
            .and_then(|stored| stored.steps.into_iter().find(|step| step.name == "score"))
            .and_then(|step| serde_json::from_value::<score::Output>(step.output?).ok());
        let Some(scored) = output else {
            let reason = "its pool is not scored yet; run the loop up to the votes first".to_owned();
            return Err(CampaignError::Inconsistent { round, step: "live".into(), reason });
        };
        let job = (context.clone(), project.clone(), scored.model.clone());
        let pool = heavy(move || {
            let (context, project, model) = job;
            ScoredPool::read(&context, &project, round + 1, &model, &project.spec.live.prior)
        })
        .await?;
        let (mut places, mut subjects) = (HashMap::with_capacity(pool.len()), vec![None; pool.len()]);
        let mut after = None;
        loop {
            let page = context.store.subjects(project.id, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for subject in page.iter().filter(|subject| !subject.role.is_training()) {
                if let Some(place) = pool.place(&subject.external_id) {
                    places.insert(subject.id, place);
                    subjects[place] = Some(subject.id);
                }
            }
        }
        let head = pool.blank().clone();
        let mut follower = Self {
            // Nobody waits for a handful of previews.
            context: Context { progress: Arc::new(Silent), ..context.clone() },
            project: project.clone(),
            round,
            champion: scored.model,
            pool: Arc::new(pool),
            places,
            subjects,
            head,
            queue: Queue::default(),
            mark: LogSeq::START,
            count: 0,
            told: None,
        };
        follower.read_queue().await?;
        Ok(Some(follower))
    }

    /// What is in the queue, and which scores the database has of it.
    async fn read_queue(&mut self) -> Result<(), CampaignError> {
        let Self { context, project, round, places, .. } = self;
        for queued in context.store.queue_items(project.id, *round).await? {
            if let Some(place) = places.get(&queued.item.subject) {
                self.queue.add(*place, &queued.item.strategy);
            }
        }
        let mut after = None;
        loop {
            let page = context.store.beliefs(project.id, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.subject);
            for row in &page {
                if let (Some(place), Some(network)) = (places.get(&row.subject), row.network) {
                    self.queue.told(*place, network);
                }
            }
        }
    }

    /// Looks for votes since the last call; if there are some, ranks the pool anew and lets the queue
    /// follow. `None` when there are none.
    ///
    /// # Errors
    /// When the database or the disk fails.
    pub async fn follow(&mut self) -> Result<Option<Reranking>, CampaignError> {
        let mark = self.context.store.high_water_mark(self.project.id).await?;
        if mark == self.mark {
            return Ok(None);
        }
        let clock = Arc::clone(&self.context.clock);
        let mut watch = record::Watch::start(clock.as_ref());
        let beliefs = self.context.store.voted_beliefs(self.project.id).await?;
        let engine = self.context.store.rules(self.project.id).await?.engine;
        let voted = self.standing(&beliefs, &engine);
        watch.lap(clock.as_ref(), |profile| &mut profile.read_seconds);

        let (pool, from, labels) = (Arc::clone(&self.pool), self.head.clone(), voted.clone());
        let clock_there = Arc::clone(&clock);
        let (spec, round, audited) = (self.project.spec.clone(), self.round, self.queue.audited().clone());
        let (head, ranked, wanted, mut watch) = heavy(move || {
            let head = pool.learn(&from, &labels)?;
            watch.lap(clock_there.as_ref(), |profile| &mut profile.fit_seconds);
            let ranked = pool.rerank(&head)?;
            watch.lap(clock_there.as_ref(), |profile| &mut profile.rank_seconds);
            let wanted = choose(&pool, &spec, round, &audited, &ranked, &labels)?;
            Ok((head, ranked, wanted, watch))
        })
        .await?;

        let spec = &self.project.spec;
        let version = format!("{}{LIVE}{}.{}", self.champion, self.round, mark.0);
        let back = changes::contradicted(&beliefs, &self.places, &ranked, &engine, &spec.live);
        let plan = self.queue.plan(&wanted, &ranked, &voted, &back, spec.live.most_new);
        watch.lap(clock.as_ref(), |profile| &mut profile.select_seconds);

        let of = |place: &usize| self.subjects[*place];
        let pairs = |list: &[(usize, f64)]| -> Vec<(SubjectId, f64)> {
            list.iter().filter_map(|(place, x)| Some((of(place)?, *x))).collect()
        };
        let revision = QueueRevision {
            round: self.round,
            additions: Vec::new(),
            values: pairs(&plan.values),
            scores: pairs(&plan.scores),
            model_version: version.clone(),
        };
        let is_open = self.context.store.revise_queue(self.project.id, revision).await?;
        watch.lap(clock.as_ref(), |profile| &mut profile.store_seconds);
        let mut added = 0;
        if is_open {
            for batch in plan.additions.chunks(BATCH) {
                added += self.add(batch, &ranked, &version).await?;
            }
        }
        watch.lap(clock.as_ref(), |profile| &mut profile.preview_seconds);
        self.queue.done(&plan, &ranked);
        self.count += 1;
        let reranking = Reranking {
            number: self.count,
            at: self.context.clock.now(),
            mark: mark.0,
            version,
            images: self.pool.len() as u64,
            labels: head.examples() as u64,
            deviation: head.deviation(),
            added: added as u64,
            returned: if is_open { back.len() as u64 } else { 0 },
            put_last: plan.values.iter().filter(|(_, value)| *value < 1.0).count() as u64,
            rescored: plan.scores.len() as u64,
            profile: watch.profile(),
        };
        (self.head, self.mark) = (head, mark);
        record::append(&path(&self.context, &self.project, self.round), &reranking)?;
        let votes: u64 = voted.iter().map(|one| u64::from(one.votes)).sum();
        if self.told.is_none_or(|told| told.abs_diff(votes) >= TELL_VOTES) {
            self.tell(&ranked, &voted).await?;
            self.told = Some(votes);
        }
        Ok(Some(reranking))
    }

    /// Says in the round's summary how complete the search is now. Seldom: numbers that moved with each
    /// vote would tell a volunteer what became of theirs, and whether it was on a training image.
    async fn tell(&self, ranked: &Reranked, voted: &[Standing]) -> Result<(), CampaignError> {
        let Self { context, project, round, pool, .. } = self;
        let search = search::measure(context, project, *round, pool, ranked, voted)?;
        let live = report::Live::of(&read(&path(context, project, *round))?);
        let live = live.map(|live| {
            serde_json::json!({
                "rerankings": live.rerankings,
                "added": live.added,
                "returned": live.returned,
                "median_seconds": live.median_seconds,
            })
        });
        runner::amend_summary(
            context,
            project.id,
            *round,
            &[
                ("search", serde_json::to_value(search).map_err(CampaignError::Json)?),
                ("live", live.unwrap_or_default()),
            ],
        )
        .await
    }

    /// Where every image with votes stands.
    fn standing(&self, beliefs: &[BeliefRow], engine: &Engine) -> Vec<Standing> {
        let rule = &self.project.spec.labels;
        let of = |row: &BeliefRow| {
            let label = engine.training_label(row.evidence, row.tally, rule);
            Some(Standing {
                place: *self.places.get(&row.subject)?,
                outcome: row.outcome,
                p_joint: row.belief.p_joint,
                votes: row.tally.total(),
                label: label.map(|label| (label.target as f32, label.weight as f32)),
                disputed: Standing::dispute(engine, row.network, row.evidence, row.tally),
            })
        };
        beliefs.iter().filter_map(of).collect()
    }

    /// Makes previews of new images and puts them into the queue; says how many.
    async fn add(
        &self,
        batch: &[changes::Addition],
        ranked: &Reranked,
        version: &str,
    ) -> Result<usize, CampaignError> {
        let Self { context, project, .. } = self;
        let sources = batch.iter().map(|new| self.pool.rows[new.place].clone()).collect();
        let images = previews(context, project, sources).await?;
        let images = images
            .into_iter()
            .filter_map(|(name, image)| Some((self.subjects[self.pool.place(&name)?]?, image)))
            .collect();
        context.store.set_images(project.id, images).await?;
        let (mut additions, mut scores) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
        for new in batch {
            let Some(subject) = self.subjects[new.place] else { continue };
            if !new.is_back {
                scores.push((subject, ranked.probabilities[new.place]));
            }
            additions.push(QueueItem {
                subject,
                rank: new.rank,
                strategy: new.strategy.clone(),
                inclusion_probability: new.inclusion_probability,
                model_version: version.to_owned(),
                value: value(&new.strategy),
            });
        }
        let added = additions.len();
        let values = Vec::new();
        let model_version = version.to_owned();
        let revision = QueueRevision { round: self.round, additions, values, scores, model_version };
        Ok(if context.store.revise_queue(project.id, revision).await? { added } else { 0 })
    }
}

/// What would be chosen now, audit aside: that was drawn with the round.
fn choose(
    pool: &ScoredPool,
    spec: &CampaignSpec,
    round: u32,
    audited: &HashSet<usize>,
    ranked: &Reranked,
    voted: &[Standing],
) -> Result<Vec<Selected>, CampaignError> {
    let selector = selector(&spec.selection, &spec.portfolio.within_a_round())?;
    let seed = Seed::root(spec.seed).child("live");
    pool.choose(ranked, voted, |pool, open| {
        let open: Vec<usize> = open.iter().copied().filter(|place| !audited.contains(place)).collect();
        selector.select_in_round(pool, &open, spec.subjects_per_round, round as usize, seed)
    })
}
