//! The audits of a replay: what was drawn, with which probability, and what people made of it; from that how
//! many lenses the pool holds, as a campaign would say it.

use acquisition::{
    AuditRound, Audited, Frame, Interval, Known, Pace, Selected, Strategy, Survey, estimate_total, forecast,
};
use consensus::live::Outcome as Standing;
use domain::Seed;

use super::subject::Subject;
use crate::{Estimate, Forecast};

/// The completeness that forecasts aim at.
const TARGET: f64 = 0.9;

/// One round's draw.
struct Draw {
    /// Subject and inclusion probability.
    drawn: Vec<(usize, f64)>,
    /// What was open then.
    frame: Frame,
    /// Images of which people had judged before, so that they were not in the pool it was drawn from.
    judged: Vec<usize>,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Audits {
    draws: Vec<Draw>,
    /// Draws of rounds that are over: these have all the answers they will get.
    over: usize,
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
        let frame = open(subjects);
        let judged =
            (0..subjects.len()).filter(|index| subjects[*index].standing != Standing::Open).collect();
        for (index, _) in &drawn {
            subjects[*index].audited = true;
        }
        self.draws.push(Draw { drawn, frame, judged });
    }

    /// The round is over.
    pub(crate) fn end(&mut self) {
        self.over = self.draws.len();
    }

    /// The audits that are over, with what is believed now.
    pub(crate) fn rounds(&self, subjects: &[Subject]) -> Vec<AuditRound> {
        let believed = |index: usize| subjects[index].belief.p_joint;
        let round = |draw: &Draw| {
            let audited = |(index, inclusion_probability): &(usize, f64)| Audited {
                // As the head sees it now, without having learnt from it: what the audits say of scores must be
                // about the scores that the open images have now.
                probability: subjects[*index].network,
                inclusion_probability: *inclusion_probability,
                value: believed(*index),
            };
            AuditRound {
                drawn: draw.drawn.iter().map(audited).collect(),
                frame: draw.frame.clone(),
                known: Known::of(draw.judged.iter().map(|index| believed(*index))),
            }
        };
        self.draws[..self.over].iter().map(round).collect()
    }

    /// How many lenses the pool holds, and what is still to come, by the audits that are over; nothing
    /// before the first.
    pub(crate) fn estimate(&self, subjects: &[Subject], seed: Seed) -> (Option<Estimate>, Option<Forecast>) {
        if self.over == 0 {
            return (None, None);
        }
        let rounds = self.rounds(subjects);
        let open = open(subjects);
        let survey = Survey { rounds: &rounds, judged: judged(subjects), open: &open };
        let estimate = estimate_total(&survey, seed);
        let expected = pace(subjects).and_then(|pace| forecast(&survey, TARGET, pace, seed).ok());
        let expected = expected.map(|it| Forecast {
            lenses_left: of(&it.lenses_left),
            votes_to_target: it.votes_to_target.as_ref().map(of),
            target: it.target,
        });
        (Some(of(&estimate.total)), expected)
    }
}

/// Votes an image took, and the share of images that came from the top of the ranking, among those that
/// people have judged; `None` before there are any.
fn pace(subjects: &[Subject]) -> Option<Pace> {
    let judged = subjects.iter().filter(|subject| subject.is_seen() && subject.standing != Standing::Open);
    let (mut images, mut votes, mut by_rank) = (0.0, 0.0, 0.0);
    for subject in judged {
        images += 1.0;
        votes += f64::from(subject.votes());
        by_rank += f64::from(u8::from(subject.by_rank));
    }
    let share_by_rank = by_rank / images;
    (share_by_rank > 0.0).then(|| Pace { votes_per_image: votes / images, share_by_rank })
}

/// What people have judged.
fn judged(subjects: &[Subject]) -> Known {
    let judged = subjects.iter().filter(|subject| subject.standing != Standing::Open);
    Known::of(judged.map(|subject| subject.belief.p_joint))
}

/// Everything else.
fn open(subjects: &[Subject]) -> Frame {
    let open = subjects.iter().filter(|subject| subject.standing == Standing::Open);
    Frame::of(open.map(Subject::probability))
}

fn of(interval: &Interval) -> Estimate {
    Estimate { value: interval.estimate, low: interval.low, high: interval.high }
}
