//! How a lead sets the consensus of a project: which method weighs the votes, which priors, and
//! when an image has been asked about often enough.

use serde::{Deserialize, Serialize};

use super::{Counts, Retirement};
use crate::ConfigError;

/// The consensus of one project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Who weighs the votes.
    pub method: LiveMethod,
    /// Share of lenses among the images people see, where `p_votes` starts: a fixed number,
    /// because nothing a network says may enter what it is trained on.
    pub prior: f64,
    /// Share of look-alikes among the images that are no lenses.
    pub look_alike_share: f64,
    /// The network's probability of an image is kept inside, so that no score silences the votes.
    pub joint_prior_range: (f64, f64),
    /// What a vote on a known image counts one vote later; 1 for people who never change.
    pub memory: f64,
    /// When an image has been asked about often enough.
    pub retirement: Retirement,
    /// Who counts as an expert.
    pub experts: Experts,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            method: LiveMethod::House(HouseSettings::default()),
            prior: 0.1,
            look_alike_share: 0.15,
            joint_prior_range: (1e-6, 0.5),
            memory: 0.995,
            retirement: Retirement::default(),
            experts: Experts::default(),
        }
    }
}

/// Who weighs the votes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub enum LiveMethod {
    /// Every vote counts the same.
    Majority(MajoritySettings),
    /// SWAP's two numbers per volunteer, learnt from known images; nothing is frozen.
    Swap(SwapSettings),
    /// Three states, three answers, a confusion table per volunteer.
    House(HouseSettings),
}

impl LiveMethod {
    /// `majority`, `swap` or `house`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Majority(_) => "majority",
            Self::Swap(_) => "swap",
            Self::House(_) => "house",
        }
    }
}

/// Settings of majority.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MajoritySettings {
    /// How often anybody is taken to be right, above one half.
    pub accuracy: f64,
}

impl Default for MajoritySettings {
    fn default() -> Self {
        Self { accuracy: 0.75 }
    }
}

/// Settings of SWAP as it runs live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SwapSettings {
    /// P("lens" | lens) of a newcomer.
    pub initial_pl: f64,
    /// P("no lens" | no lens) of a newcomer.
    pub initial_pd: f64,
    /// Imagined votes behind a newcomer's numbers.
    pub pseudo_counts: f64,
    /// Both numbers stay inside.
    pub skill_range: (f64, f64),
}

impl Default for SwapSettings {
    /// Newcomers are heard at once, as somewhat better than chance.
    fn default() -> Self {
        Self { initial_pl: 0.65, initial_pd: 0.75, pseudo_counts: 4.0, skill_range: (0.01, 0.99) }
    }
}

/// Settings of the house model; what it learns from the votes is in the anchor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HouseSettings {
    /// P(answer | state) of the crowd before anything is known, rows lens, plain, look-alike;
    /// columns no lens, unsure, lens.
    pub start: Counts,
    /// Imagined votes behind each row for somebody new.
    pub concentration: f64,
    /// Each vote's log-likelihood is multiplied by it: votes on one image are not independent.
    pub tempering: f64,
    /// Whether a refit learns the tempering from the votes.
    pub learn_tempering: bool,
}

impl Default for HouseSettings {
    fn default() -> Self {
        Self {
            start: [[0.08, 0.07, 0.85], [0.75, 0.10, 0.15], [0.45, 0.15, 0.40]],
            concentration: 12.0,
            tempering: 0.8,
            learn_tempering: true,
        }
    }
}

/// Who counts as an expert: somebody whose record on known images shows it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Experts {
    /// Informativeness of one vote at least, in bits.
    pub min_bits: f64,
    /// Decided votes on known images at least.
    pub min_known: u32,
}

impl Default for Experts {
    fn default() -> Self {
        Self { min_bits: 0.35, min_known: 20 }
    }
}

impl Settings {
    /// Every setting in its range, or the first that is not.
    ///
    /// # Errors
    /// Names the setting.
    pub fn check(&self) -> Result<(), ConfigError> {
        ConfigError::check_open("prior", self.prior)?;
        ConfigError::check_open("look_alike_share", self.look_alike_share)?;
        ConfigError::check_range("joint_prior_range", self.joint_prior_range)?;
        let remembers = self.memory > 0.0 && self.memory <= 1.0;
        ConfigError::check("memory", self.memory, remembers, "give a number above 0, at most 1")?;
        let bits = self.experts.min_bits;
        ConfigError::check("experts.min_bits", bits, (0.0..=1.0).contains(&bits), "give 0 to 1 bit")?;
        self.retirement.check()?;
        match &self.method {
            LiveMethod::Majority(majority) => {
                let better = majority.accuracy > 0.5 && majority.accuracy < 1.0;
                ConfigError::check("accuracy", majority.accuracy, better, "give a number between 0.5 and 1")
            }
            LiveMethod::Swap(swap) => swap.check(),
            LiveMethod::House(house) => house.check(),
        }
    }
}

impl SwapSettings {
    fn check(&self) -> Result<(), ConfigError> {
        ConfigError::check_range("skill_range", self.skill_range)?;
        for (field, value) in [("initial_pl", self.initial_pl), ("initial_pd", self.initial_pd)] {
            let inside = value >= self.skill_range.0 && value <= self.skill_range.1;
            ConfigError::check(field, value, inside, "give a number inside `skill_range`")?;
        }
        let some = self.pseudo_counts > 0.0 && self.pseudo_counts.is_finite();
        ConfigError::check("pseudo_counts", self.pseudo_counts, some, "give a number above 0")
    }
}

impl HouseSettings {
    fn check(&self) -> Result<(), ConfigError> {
        for row in self.start {
            for share in row {
                ConfigError::check_open("start", share)?;
            }
            let sum: f64 = row.iter().sum();
            ConfigError::check("start", sum, (sum - 1.0).abs() < 1e-6, "let each row sum to 1")?;
        }
        let some = self.concentration > 0.0 && self.concentration.is_finite();
        ConfigError::check("concentration", self.concentration, some, "give a number above 0")?;
        let part = self.tempering > 0.0 && self.tempering <= 1.0;
        ConfigError::check("tempering", self.tempering, part, "give a number above 0, at most 1")
    }
}
