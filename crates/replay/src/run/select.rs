//! The queue of a round: what the strategy chooses from the images that are open, at the beginning of the
//! round and, with a live head, again after every fit. The audit is drawn once, at the beginning.

use acquisition::{Embeddings, Labelled, Pool, SelectError, Selected, Strategy};
use consensus::live::{LabelRule, Outcome as Standing, VolunteerRecord};

use super::{Run, head::Lesson, queue::Item};
use crate::ReplayError;

impl Run<'_> {
    /// Opens the queue of a round.
    pub(super) fn open_queue(&mut self) -> Result<(), ReplayError> {
        let open = self.open(|_| true);
        let selected = self.select(&open, self.trial.policy.subjects_per_round, true)?;
        self.audits.begin(&selected, &mut self.subjects);
        let version = self.head_version();
        self.queue = selected.iter().map(|chosen| Item::of(chosen, version)).collect();
        Ok(())
    }

    /// After a fit in the middle of a round: images that people have begun to look at stay, and the audit;
    /// the others make place for what the strategy would choose now.
    pub(super) fn revise_queue(&mut self) -> Result<(), ReplayError> {
        let subjects = &self.subjects;
        let touched = |index: usize| {
            let subject = &subjects[index];
            subject.is_seen() || subject.open_leases > 0 || subject.standing != Standing::Open
        };
        self.queue.retain(|item| item.is_audit() || touched(item.subject));
        let kept: std::collections::HashSet<usize> = self.queue.iter().map(|item| item.subject).collect();
        let budget = self.trial.policy.subjects_per_round.saturating_sub(kept.len());
        if budget == 0 {
            return Ok(());
        }
        let open = self.open(|index| !kept.contains(&index));
        let version = self.head_version();
        let selected = self.select(&open, budget, false)?;
        self.queue.extend(selected.iter().map(|chosen| Item::of(chosen, version)));
        Ok(())
    }

    /// Images that people have not judged.
    fn open(&self, also: impl Fn(usize) -> bool) -> Vec<usize> {
        (0..self.subjects.len())
            .filter(|index| self.subjects[*index].standing == Standing::Open && also(*index))
            .collect()
    }

    /// What the head may learn: every image whose votes say enough and that no audit drew.
    pub(super) fn lessons(&self) -> Vec<Lesson> {
        let rule = LabelRule::default();
        let of = |index: &usize| {
            let subject = &self.subjects[*index];
            if subject.audited {
                return None;
            }
            let label = self.engine.training_label(subject.evidence, subject.tally, &rule)?;
            let (target, weight) = (label.target as f32, label.weight as f32);
            let soft = self.trial.policy.soft_labels;
            let hard = if target >= 0.5 { 1.0 } else { 0.0 };
            let (target, weight) = if soft { (target, weight) } else { (hard, 1.0) };
            Some(Lesson { subject: *index, target, weight })
        };
        self.voted.iter().filter_map(of).collect()
    }

    /// Open images with votes for and against, and what one more vote of somebody unknown would tell.
    fn disputed(&self, open: &[usize]) -> Vec<(usize, f64)> {
        let nobody = VolunteerRecord::default();
        let of = |index: &usize| {
            let subject = &self.subjects[*index];
            // `open` rises.
            let disputed =
                subject.tally.lens > 0 && subject.tally.no_lens > 0 && open.binary_search(index).is_ok();
            disputed.then(|| {
                let network = Some(subject.network);
                (*index, self.engine.expected_information_bits(network, subject.evidence, &nobody))
            })
        };
        self.voted.iter().filter_map(of).collect()
    }

    fn select(
        &self,
        open: &[usize],
        budget: usize,
        is_beginning: bool,
    ) -> Result<Vec<Selected>, ReplayError> {
        let policy = &self.trial.policy;
        let probabilities: Vec<f64> = self.subjects.iter().map(|subject| subject.probability()).collect();
        let doubts = self.head.as_ref().map(|head| {
            let mut doubts = head.doubts.clone();
            for index in &self.voted {
                doubts[*index].logit = self.subjects[*index].belief.log_odds;
            }
            doubts
        });
        let lessons = self.lessons();
        let labelled: Vec<Labelled> =
            lessons.iter().map(|lesson| Labelled { index: lesson.subject, is_lens: lesson.target }).collect();
        let disputed = self.disputed(open);
        let build = || -> Result<Vec<Selected>, SelectError> {
            let mut pool =
                Pool::new(&self.ids, &probabilities)?.with_labelled(&labelled)?.with_disputed(&disputed)?;
            if let Some(doubts) = &doubts {
                pool = pool.with_doubt(doubts)?;
            }
            if !self.pool.embeddings.is_empty() {
                let numbers = &self.pool.embeddings;
                pool = pool.with_embeddings(Embeddings { numbers, dim: self.pool.dim })?;
            }
            if !self.pool.cells.is_empty() {
                pool = pool.with_cells(&self.pool.cells)?;
            }
            let seed = self.seed.child("select").index(u64::from(self.round));
            self.chooser.select(&pool, open, budget, (self.round, is_beginning), seed)
        };
        let mut selected =
            build().map_err(|source| ReplayError::Selection { policy: policy.name.clone(), source })?;
        // The audit's estimate needs an answer for each of its images: they come first.
        selected.sort_by_key(|chosen| chosen.strategy != Strategy::Audit);
        Ok(selected)
    }
}
