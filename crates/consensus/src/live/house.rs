//! What the house model learns from all votes, in the form the live state keeps: means,
//! concentrations and tempering of the crowd, and expected counts of each volunteer. The model
//! itself is in `crate::house`.

use std::collections::HashMap;

use domain::SubjectId;

use super::{
    ANSWERS, Anchor, Counts, Engine, HouseSettings, STATES, Settings, TruthKind,
    refit::{Learnt, from_known_images},
};
use crate::{
    Ballot, ConfigError, Vote,
    calibration::Calibration,
    house::{HouseConfig, StateFit, StateInput, Tempering, fit_states},
    methods::exact_sum::ExactSum,
};

/// Fits the crowd and everybody in it. Every image of unknown truth has the same prior: see
/// `refit` for why the network is not asked.
pub(super) fn learn(
    ballots: &[Ballot],
    known: &HashMap<SubjectId, TruthKind>,
    settings: &Settings,
    house: &HouseSettings,
) -> Result<Learnt, ConfigError> {
    let subjects = Numbers::new(ballots.iter().map(|ballot| ballot.subject));
    let volunteers = Numbers::new(ballots.iter().map(|ballot| ballot.volunteer));
    let votes: Vec<Vote> = ballots
        .iter()
        .map(|ballot| Vote {
            task: subjects.number(ballot.subject),
            worker: volunteers.number(ballot.volunteer),
            answer: ballot.answer.code().cast_unsigned(),
        })
        .collect();
    let every = (1 << STATES) - 1;
    let allowed: Vec<u64> =
        subjects.names.iter().map(|id| known.get(id).map_or(every, |kind| kind.mask())).collect();
    let engine = Engine::new(settings.clone(), Anchor::of(settings))?;
    let prior = engine.state_prior(settings.prior).map(f64::ln);
    let log_prior: Vec<f64> = subjects.names.iter().flat_map(|_| prior).collect();
    let input = StateInput {
        votes: &votes,
        tasks: subjects.names.len(),
        workers: volunteers.names.len(),
        states: STATES,
        responses: ANSWERS,
        allowed: &allowed,
        log_prior: &log_prior,
    };
    let config = house.fit_config();
    config.check(STATES, ANSWERS)?;
    let fit = fit_states(&input, &config);
    let engine = Engine::new(settings.clone(), anchor(&fit, settings))?;

    let mut bases = from_known_images(&engine, ballots, known);
    let mut sums = vec![[[ExactSum::default(); ANSWERS]; STATES]; volunteers.names.len()];
    for (vote, ballot) in votes.iter().zip(ballots) {
        if known.contains_key(&ballot.subject) {
            continue;
        }
        let posterior = &fit.posterior[vote.task as usize * STATES..][..STATES];
        for (row, q) in sums[vote.worker as usize].iter_mut().zip(posterior) {
            row[usize::from(vote.answer)].add_value(*q);
        }
    }
    for (id, sums) in volunteers.names.iter().zip(sums) {
        let base: &mut Counts = bases.entry(*id).or_default();
        for (count, sum) in base.iter_mut().flatten().zip(sums.iter().flatten()) {
            *count += sum.value();
        }
    }
    Ok(Learnt { engine, bases })
}

/// What the fit says of the crowd.
fn anchor(fit: &StateFit, settings: &Settings) -> Anchor {
    let [plain, look_alike] = [fit.prevalence[1], fit.prevalence[2]];
    let share = look_alike / (plain + look_alike);
    let share = if share.is_finite() { share.clamp(0.01, 0.9) } else { settings.look_alike_share };
    Anchor {
        mean: std::array::from_fn(|state| std::array::from_fn(|v| fit.mean[state * ANSWERS + v])),
        concentration: std::array::from_fn(|state| fit.concentration[state]),
        tempering: fit.tempering,
        look_alike_share: share,
        calibration: Calibration::identity(),
    }
}

impl HouseSettings {
    fn fit_config(&self) -> HouseConfig {
        HouseConfig {
            start_mean: self.start.into_iter().flatten().collect(),
            start_concentration: self.concentration,
            tempering: if self.learn_tempering {
                Tempering::Learned
            } else {
                Tempering::Fixed(self.tempering)
            },
            ..HouseConfig::lens()
        }
    }
}

/// Dense numbers for names, in the names' order.
struct Numbers<N> {
    names: Vec<N>,
}

impl<N: Ord + Copy> Numbers<N> {
    fn new(names: impl Iterator<Item = N>) -> Self {
        let mut names: Vec<N> = names.collect();
        names.sort_unstable();
        names.dedup();
        Self { names }
    }

    /// The number of one of the names.
    fn number(&self, name: N) -> u32 {
        self.names.binary_search(&name).unwrap_or(0) as u32
    }
}
