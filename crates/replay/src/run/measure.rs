//! From the state of a replay to the figures of a checkpoint. Only here is the truth looked at.

use consensus::live::Outcome as Standing;

use super::Run;
use crate::{Checkpoint, ranking::Ranking};

impl Run<'_> {
    /// All images, most likely lens first: by the log-odds with votes, which are not held back; among
    /// equals by the network, then by their place in the pool.
    pub(super) fn ranking(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.subjects.len()).collect();
        order.sort_unstable_by(|a, b| {
            let (one, other) = (&self.subjects[*a], &self.subjects[*b]);
            let by_belief = other.belief.log_odds.total_cmp(&one.belief.log_odds);
            by_belief.then(other.network.total_cmp(&one.network)).then(a.cmp(b))
        });
        order
    }

    pub(super) fn checkpoint(&self, ranking: &[usize]) -> Checkpoint {
        let is_lens = |index: &usize| self.pool.truth[*index].is_lens;
        let lenses = self.lenses;
        let whole = Ranking::new(ranking.iter().map(is_lens), lenses);
        let seen = ranking.iter().filter(|index| self.subjects[**index].is_seen());
        let seen = Ranking::new(seen.map(is_lens), lenses);
        let (audit, forecast) = self.audits.estimate(&self.subjects, self.seed.child("estimate"));
        let (mut images_seen, mut images_settled, mut lenses_seen, mut lenses_settled) = (0, 0, 0, 0);
        let (mut candidates, mut lenses_found) = (0_u64, 0_u64);
        for (subject, truth) in self.subjects.iter().zip(&self.pool.truth).filter(|(s, _)| s.is_seen()) {
            let lens = u64::from(truth.is_lens);
            images_seen += 1;
            let settled = u64::from(subject.standing != Standing::Open);
            images_settled += settled;
            lenses_settled += settled * lens;
            lenses_seen += lens;
            if subject.belief.p_joint >= self.trial.candidate_threshold {
                candidates += 1;
                lenses_found += lens;
            }
        }
        let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        Checkpoint {
            votes: self.votes,
            training_votes: self.training_votes,
            votes_per_tile: self.votes as f64 / self.pool.len() as f64,
            round: self.round,
            head_version: self.head_version(),
            images_seen,
            images_settled,
            lenses_seen,
            lenses_settled,
            lenses_found,
            candidates,
            lenses_total: lenses as u64,
            completeness: share(lenses_found, lenses as u64),
            purity: share(lenses_found, candidates),
            completeness_at_purity_30: whole.completeness_at_purity(0.3),
            completeness_at_purity_50: whole.completeness_at_purity(0.5),
            seen_completeness_at_purity_30: seen.completeness_at_purity(0.3),
            average_precision: whole.average_precision(),
            tpr_at_fpr_1e3: whole.tpr_at_fpr(1e-3),
            audit,
            forecast,
        }
    }
}
