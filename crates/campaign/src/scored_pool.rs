//! The images of a round as selection sees them: everybody outside the held-out sky, with the
//! champion's word on each. The live head learns from votes here and ranks them all anew; the step
//! *select* does so once, the watcher of `live` with every handful of votes.

use std::collections::{HashMap, HashSet};

use acquisition::{
    Embeddings, Example, HeadError, HeadPrior, Labelled, LiveHead, Pool, Reranked, SelectError, Standard,
};
use consensus::live::{Engine, Evidence, Outcome, VolunteerRecord};
use domain::{SubjectId, Tally};
use survey::{Dataset, Fold, ManifestRow};

use crate::{
    CampaignError, audit,
    labels::LabelRow,
    runner::{Context, Project},
    tiles,
};

/// The pool. All vectors run in parallel.
pub(crate) struct ScoredPool {
    /// Where each image comes from.
    pub rows: Vec<ManifestRow>,
    /// Stands for the image in selection: its position in the index, whatever the database calls it.
    pub ids: Vec<SubjectId>,
    /// The champion's calibrated logits.
    offsets: Vec<f64>,
    embeddings: Vec<f32>,
    dim: usize,
    cells: Vec<u64>,
    places: HashMap<String, usize>,
    /// Images that chance chose: no head learns from them, or the estimate of
    /// completeness would no longer be independent of what is asked about.
    audited: HashSet<usize>,
    blank: LiveHead,
}

/// Where an image stands with people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Standing {
    /// Its place in the pool.
    pub place: usize,
    /// What the database or a label file says of it.
    pub outcome: Outcome,
    /// What is believed of it, votes and network.
    pub p_joint: f64,
    /// Votes that stand.
    pub votes: u32,
    /// What a network learns: target and weight.
    pub label: Option<(f32, f32)>,
    /// What one more vote would tell, in bits, where the votes so far contradict each other.
    pub disputed: Option<f64>,
}

impl Standing {
    /// Of an image people have voted on, if `network` is what the network thinks of it.
    pub fn of(place: usize, row: &LabelRow, engine: &Engine, network: f64) -> Self {
        let judged = row.judged(engine, network);
        let belief = engine.belief(Some(network), row.evidence());
        let disputed = Self::dispute(engine, Some(network), row.evidence(), row.tally());
        Self {
            place,
            outcome: judged.outcome,
            p_joint: belief.p_joint,
            votes: row.tally().total(),
            label: row.target.zip(row.weight).map(|(target, weight)| (target as f32, weight as f32)),
            disputed,
        }
    }

    /// What one more vote of somebody unknown would tell, in bits, where votes contradict each other.
    pub fn dispute(engine: &Engine, network: Option<f64>, evidence: Evidence, tally: Tally) -> Option<f64> {
        let contradict = tally.lens > 0 && tally.no_lens > 0;
        contradict.then(|| engine.expected_information_bits(network, evidence, &VolunteerRecord::default()))
    }
}

impl ScoredPool {
    /// Reads the scores of a network, and who was audited in the rounds before `round`.
    ///
    /// # Errors
    /// When a file is missing, or the network left no embeddings.
    pub fn read(
        context: &Context,
        project: &Project,
        round: u32,
        model: &str,
        prior: &HeadPrior,
    ) -> Result<Self, CampaignError> {
        let spec = &project.spec;
        let dataset = Dataset::open(&context.workspace.dataset(&spec.survey))?;
        let sky = spec.sky()?;
        let mut index: HashMap<String, (usize, ManifestRow)> = dataset
            .rows()?
            .into_iter()
            .enumerate()
            .filter(|(_, row)| tiles::fold_of(&sky, row.cell, &row.id) != Fold::HeldOut)
            .map(|(at, row)| (row.id.clone(), (at, row)))
            .collect();
        let (mut rows, mut ids, mut offsets) = (Vec::new(), Vec::new(), Vec::new());
        let (mut embeddings, mut dim) = (Vec::new(), 0);
        let scores = context.workspace.scores(&spec.survey, model);
        for batch in finder::read_scores(&scores).map_err(CampaignError::from_finder)? {
            let batch = batch.map_err(CampaignError::from_finder)?;
            dim = batch.dim;
            for (at, name) in batch.ids.iter().enumerate() {
                let Some((position, row)) = index.remove(name) else { continue };
                rows.push(row);
                ids.push(SubjectId(position as i64));
                offsets.push(acquisition::offset(batch.probabilities[at]));
                embeddings.extend_from_slice(&batch.embeddings[at * dim..(at + 1) * dim]);
            }
        }
        let places: HashMap<String, usize> =
            rows.iter().enumerate().map(|(place, row)| (row.id.clone(), place)).collect();
        let audited = audit::drawn(context, project, round)?;
        let audited = audited.keys().filter_map(|id| places.get(id).copied()).collect();
        let standard = Standard::of(&embeddings, dim).map_err(from_head)?;
        Ok(Self {
            cells: rows.iter().map(|row| row.cell.unwrap_or(u64::MAX)).collect(),
            blank: LiveHead::new(standard, prior.clone()).map_err(from_head)?,
            rows,
            ids,
            offsets,
            embeddings,
            dim,
            places,
            audited,
        })
    }

    /// How many images.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Where an image is, by its name in the dataset.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// The head before any vote.
    pub const fn blank(&self) -> &LiveHead {
        &self.blank
    }

    /// The head after these votes; the search for it starts at `from`.
    ///
    /// # Errors
    /// When scores or labels are out of range.
    pub fn learn(&self, from: &LiveHead, standing: &[Standing]) -> Result<LiveHead, CampaignError> {
        let examples: Vec<Example<'_>> = standing
            .iter()
            .filter(|one| !self.audited.contains(&one.place))
            .filter_map(|one| {
                let (target, weight) = one.label?;
                let embedding = &self.embeddings[one.place * self.dim..(one.place + 1) * self.dim];
                Some(Example { offset: self.offsets[one.place], embedding, target, weight })
            })
            .collect();
        from.fit(&examples).map_err(from_head)
    }

    /// The whole pool, ranked anew.
    ///
    /// # Errors
    /// When the head is of another network.
    pub fn rerank(&self, head: &LiveHead) -> Result<Reranked, CampaignError> {
        head.rerank(&self.offsets, &self.embeddings).map_err(from_head)
    }

    /// Calls `choose` with the pool as strategies want it and the places they may choose from: everything
    /// people have not settled.
    ///
    /// # Errors
    /// What `choose` says, or when a number is no probability.
    pub fn choose<T>(
        &self,
        ranked: &Reranked,
        standing: &[Standing],
        choose: impl FnOnce(&Pool<'_>, &[usize]) -> Result<T, SelectError>,
    ) -> Result<T, CampaignError> {
        // What people have all but refused must not come again and again because the network likes it.
        let mut beliefs = ranked.probabilities.clone();
        let mut is_open = vec![true; self.len()];
        for one in standing {
            beliefs[one.place] = one.p_joint;
            is_open[one.place] = one.outcome == Outcome::Open;
        }
        let labelled: Vec<Labelled> = standing
            .iter()
            .filter_map(|one| Some(Labelled { index: one.place, is_lens: one.label?.0 }))
            .collect();
        let disputed: Vec<(usize, f64)> = standing
            .iter()
            .filter(|one| one.outcome == Outcome::Open)
            .filter_map(|one| Some((one.place, one.disputed?)))
            .collect();
        let open: Vec<usize> = (0..self.len()).filter(|place| is_open[*place]).collect();
        let embeddings = Embeddings { numbers: &self.embeddings, dim: self.dim };
        Pool::new(&self.ids, &beliefs)
            .and_then(|pool| pool.with_doubt(&ranked.doubts))
            .and_then(|pool| pool.with_embeddings(embeddings))
            .and_then(|pool| pool.with_labelled(&labelled))
            .and_then(|pool| pool.with_cells(&self.cells))
            .and_then(|pool| pool.with_disputed(&disputed))
            .and_then(|pool| choose(&pool, &open))
            .map_err(from_selection)
    }
}

pub(crate) fn from_selection(error: SelectError) -> CampaignError {
    CampaignError::Setting { field: "portfolio", reason: error.to_string() }
}

fn from_head(error: HeadError) -> CampaignError {
    CampaignError::Setting { field: "live", reason: error.to_string() }
}
