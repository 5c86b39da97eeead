//! The audits of a replay: what was drawn, with which probability, and what people made of it.

use acquisition::{Observation, Selected, Strategy, horvitz_thompson};
use consensus::live::Outcome as Standing;

use super::subject::Subject;
use crate::Estimate;

/// One round's draw.
pub(crate) struct Draw {
    /// Subject and inclusion probability.
    drawn: Vec<(usize, f64)>,
    /// Images of which people had judged before, so that they were not in the pool it was drawn from.
    judged: Vec<usize>,
    /// Whether the round is over.
    over: bool,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Audits {
    draws: Vec<Draw>,
}

impl Audits {
    /// Takes a round's selection, if it holds an audit.
    pub(crate) fn begin(&mut self, selected: &[Selected], subjects: &mut [Subject]) {
        let drawn: Vec<(usize, f64)> = selected
            .iter()
            .filter(|row| row.strategy == Strategy::Audit)
            .map(|row| (row.index, row.inclusion_probability))
            .collect();
        if drawn.is_empty() {
            return;
        }
        let judged =
            (0..subjects.len()).filter(|index| subjects[*index].standing != Standing::Open).collect();
        for (index, _) in &drawn {
            subjects[*index].audited = true;
        }
        self.draws.push(Draw { drawn, judged, over: false });
    }

    /// The round is over: its audit has all the answers it will get.
    pub(crate) fn end(&mut self) {
        if let Some(draw) = self.draws.last_mut() {
            draw.over = true;
        }
    }

    /// How many lenses the pool holds, by the audits that are over.
    pub(crate) fn estimate(&self, subjects: &[Subject]) -> Option<Estimate> {
        let draw = self.draws.iter().rfind(|draw| draw.over)?;
        let known: f64 = draw.judged.iter().map(|index| subjects[*index].belief.p_joint).sum();
        let observations: Vec<Observation> = draw
            .drawn
            .iter()
            .map(|(index, inclusion_probability)| Observation {
                inclusion_probability: *inclusion_probability,
                value: subjects[*index].belief.p_joint,
            })
            .collect();
        let total = horvitz_thompson(&observations);
        Some(Estimate { value: known + total.estimate, low: known + total.low, high: known + total.high })
    }
}
