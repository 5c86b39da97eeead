//! Settings of the house model's fit.

use serde::{Deserialize, Serialize};

use crate::ConfigError;

/// How much a vote counts beside the other votes on the same task. Errors on one image are
/// shared, so that n votes tell less than n independent ones would.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tempering {
    /// As given, in (0, 1].
    Fixed(f64),
    /// From how well the other votes on a task foretell each vote; no truth is used. See
    /// `tempering.rs` for what that can and cannot see.
    Learned,
}

/// How often a volunteer is taken to be right before anything is known.
const START_RIGHT: f64 = 0.7;

/// Settings of [`fit_states`](super::fit_states).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseConfig {
    /// P(response | state) of the crowd to start from: one row of responses per state.
    pub start_mean: Vec<f64>,
    /// Votes per state that the start counts for in the crowd's mean. Many, because a state that few
    /// tasks are in would else be taken over by whatever is odd.
    pub start_votes: f64,
    /// How alike volunteers are to start from: a volunteer's row is the crowd's mean with the
    /// weight of so many votes.
    pub start_concentration: f64,
    /// Volunteers that the start counts for in the concentration.
    pub start_volunteers: f64,
    /// Least share of the variance of answers that lies between volunteers.
    pub least_intraclass: f64,
    /// Concentrations stay inside.
    pub concentration_range: (f64, f64),
    /// Whether response k is the right one in state k for every k, so that how good somebody is in one
    /// state tells how good they are in the others, and the crowd's start is learnt along, alike in
    /// all states: few votes leave the states alike, and only many tell them apart.
    pub ability: bool,
    /// The population a state belongs to. How a task's prior mass is shared among the states of
    /// one population is learnt; how much mass the population has is as the prior says.
    pub population: Vec<u8>,
    /// Tasks that the prior counts for when shares are learnt.
    pub share_tasks: f64,
    /// Whether learnt shares are tempered too, by the root of what votes are. They were learnt from
    /// posteriors that were too sure: where everybody falls back on one class when in doubt, its share
    /// comes out too large, and with tempered votes it would decide too much.
    pub temper_shares: bool,
    /// Whether the most probable state of a task stays what it is without tempering, whatever shares say.
    pub keep_label: bool,
    /// What a vote counts in the posteriors that come out. Learning of volunteers goes by the
    /// untempered ones: tempered ones blur the rows, and blurred rows temper again, down to nothing.
    pub tempering: Tempering,
    /// The tempering that is right for truths, over the one that foretells votes best, in (0, 1].
    pub seen: f64,
    /// Sweeps over the votes at most.
    pub max_sweeps: u32,
    /// A sweep that changes no posterior by more is the last.
    pub tolerance: f64,
}

impl HouseConfig {
    /// Lenses: states lens, plain non-lens, look-alike; responses no lens, unsure, lens. The rate
    /// of lenses is the prior's, or look-alikes would be taken for lenses where those are rarer;
    /// how many of the rest look alike is learnt.
    #[must_use]
    pub fn lens() -> Self {
        Self {
            start_mean: vec![0.08, 0.07, 0.85, 0.75, 0.10, 0.15, 0.45, 0.15, 0.40],
            start_votes: 40.0,
            start_concentration: 10.0,
            start_volunteers: 3.0,
            least_intraclass: 0.005,
            concentration_range: (1.0, 200.0),
            ability: false,
            population: vec![0, 1, 1],
            share_tasks: 20.0,
            temper_shares: false,
            keep_label: false,
            tempering: Tempering::Learned,
            seen: 0.7,
            max_sweeps: 100,
            tolerance: 1e-4,
        }
    }

    /// Any crowd: one state per class, no prior knowledge but that most people are right more often
    /// than not; the share of each class is learnt.
    ///
    /// Rows are pooled strongly, with 30 votes at least: looser ones let a rare
    /// class take in whatever looks like it. See [`Self::loose_classes`] for crowds where that is wrong.
    /// Chosen on `examples/house_defaults`.
    #[must_use]
    pub fn classes(classes: usize, responses: usize) -> Self {
        let extra = responses.saturating_sub(classes) as f64;
        // An answer that is never true starts at a tenth of all answers.
        let decided = if extra > 0.0 { 0.9 } else { 1.0 };
        let others = classes.saturating_sub(1) as f64;
        let right = if others > 0.0 { START_RIGHT } else { 1.0 };
        let share = |state: usize, response: usize| match response {
            _ if response >= classes => (1.0 - decided) / extra,
            _ if response == state => decided * right,
            _ => decided * (1.0 - right) / others,
        };
        let cell = |at: usize| share(at / responses.max(1), at % responses.max(1));
        Self {
            start_mean: (0..classes * responses).map(cell).collect(),
            start_votes: 60.0,
            start_concentration: 60.0,
            start_volunteers: 20.0,
            concentration_range: (30.0, 400.0),
            ability: true,
            population: vec![0; classes],
            share_tasks: classes as f64,
            temper_shares: true,
            seen: 0.75,
            max_sweeps: 200,
            ..Self::lens()
        }
    }

    /// As [`Self::classes`], for crowds that as a whole confuse some classes or lean to one, and people
    /// who differ much: hardly anything is taken for granted. Simulated crowds with 12 % positives
    /// and look-alikes lose up to 0.03 of accuracy by it, those it is made for win as much and more.
    #[must_use]
    pub fn loose_classes(classes: usize, responses: usize) -> Self {
        let lens = Self::lens();
        Self {
            start_votes: 4.0,
            keep_label: true,
            start_concentration: lens.start_concentration,
            start_volunteers: lens.start_volunteers,
            concentration_range: lens.concentration_range,
            ..Self::classes(classes, responses)
        }
    }

    /// Every setting in its range, or the first that is not.
    ///
    /// # Errors
    /// When one is not, or when a table does not have the size for so many states and responses.
    pub fn check(&self, states: usize, responses: usize) -> Result<(), ConfigError> {
        let length = self.start_mean.len() as f64;
        ConfigError::check(
            "start_mean",
            length,
            self.start_mean.len() == states * responses,
            "give one probability per state and response",
        )?;
        for row in self.start_mean.chunks(responses.max(1)) {
            let sum: f64 = row.iter().sum();
            let fine = row.iter().all(|p| *p > 0.0) && (sum - 1.0).abs() < 1e-6;
            ConfigError::check(
                "start_mean",
                sum,
                fine,
                "give each state a row of numbers above 0 that add up to 1",
            )?;
        }
        ConfigError::check(
            "population",
            self.population.len() as f64,
            self.population.len() == states,
            "give one entry per state",
        )?;
        for (field, value) in [
            ("start_votes", self.start_votes),
            ("start_concentration", self.start_concentration),
            ("start_volunteers", self.start_volunteers),
            ("share_tasks", self.share_tasks),
        ] {
            ConfigError::check(field, value, value > 0.0 && value.is_finite(), "give a number above 0")?;
        }
        ConfigError::check_open("least_intraclass", self.least_intraclass)?;
        let (low, high) = self.concentration_range;
        ConfigError::check("concentration_range", low, low > 0.0 && low <= high, "give [low, high] above 0")?;
        if let Tempering::Fixed(value) = self.tempering {
            ConfigError::check("tempering", value, value > 0.0 && value <= 1.0, "give a number in (0, 1]")?;
        }
        ConfigError::check(
            "seen",
            self.seen,
            self.seen > 0.0 && self.seen <= 1.0,
            "give a number in (0, 1]",
        )?;
        ConfigError::check("max_sweeps", f64::from(self.max_sweeps), self.max_sweeps > 0, "give at least 1")?;
        ConfigError::check("tolerance", self.tolerance, self.tolerance > 0.0, "give a number above 0")
    }
}

impl Default for HouseConfig {
    fn default() -> Self {
        Self::lens()
    }
}
