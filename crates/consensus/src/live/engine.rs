//! The rules by which one vote changes what is believed: its weight, what it teaches about the
//! volunteer, the posterior of the image, and what one more vote would be worth. Everything here
//! is O(1) and pure; keeping the state is left to `fold` (in memory) and to the crate `store`.

use domain::{Answer, Tally, binary_entropy_bits, logit, sigmoid};

use super::{
    ANSWERS, Anchor, Belief, Counts, Evidence, Judgement, LiveMethod, STATES, Settings, SwapSettings,
    TruthKind, VolunteerRecord,
};
use crate::{ConfigError, calibration::Calibration};

const LENS: usize = 0;

/// The consensus of one project between two refits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Engine {
    settings: Settings,
    anchor: Anchor,
}

impl Engine {
    /// The engine of these settings after this refit.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn new(settings: Settings, anchor: Anchor) -> Result<Self, ConfigError> {
        settings.check()?;
        anchor.check()?;
        Ok(Self { settings, anchor })
    }

    /// The settings.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What the last refit learnt.
    #[must_use]
    pub const fn anchor(&self) -> &Anchor {
        &self.anchor
    }

    /// The same with another correction of `p_joint`.
    #[must_use]
    pub fn calibrated(mut self, calibration: Calibration) -> Self {
        self.anchor.calibration = calibration;
        self
    }

    /// What this answer says when this volunteer gives it.
    #[must_use]
    pub fn weigh(&self, volunteer: &VolunteerRecord, answer: Answer) -> Evidence {
        let column = answer.code() as usize;
        match &self.settings.method {
            LiveMethod::Majority(majority) => two_states(answer, majority.accuracy, majority.accuracy),
            LiveMethod::Swap(swap) => {
                let [pl, pd] = swap_skill(swap, &volunteer.counts());
                two_states(answer, pl, pd)
            }
            // ln of the mean row and not the mean of ln: see `house::rows`.
            LiveMethod::House(_) => {
                let confusion = self.confusion(volunteer);
                Evidence::from_nats(std::array::from_fn(|state| {
                    self.anchor.tempering * confusion[state][column].ln()
                }))
            }
        }
    }

    /// P(answer | state) of this volunteer, as best known.
    #[must_use]
    pub fn confusion(&self, volunteer: &VolunteerRecord) -> Counts {
        let counts = volunteer.counts();
        match &self.settings.method {
            LiveMethod::Majority(majority) => decided(majority.accuracy, majority.accuracy),
            LiveMethod::Swap(swap) => {
                let [pl, pd] = swap_skill(swap, &counts);
                decided(pl, pd)
            }
            LiveMethod::House(_) => std::array::from_fn(|state| {
                let imagined = self.anchor.imagined(state);
                let row: [f64; ANSWERS] = std::array::from_fn(|v| imagined[v] + counts[state][v]);
                let all: f64 = row.iter().sum();
                row.map(|count| count / all)
            }),
        }
    }

    /// Takes a vote into the volunteer's record; it teaches something when the truth is known.
    /// Call it after [`Engine::weigh`]: an image hears the volunteer as they were before.
    pub fn learn(&self, volunteer: &mut VolunteerRecord, truth: Option<TruthKind>, answer: Answer) {
        volunteer.count(truth, answer);
        let Some(truth) = truth else { return };
        let column = answer.code() as usize;
        volunteer.fade(self.settings.memory);
        for (state, share) in self.shares(truth, column).into_iter().enumerate() {
            volunteer.recent[state][column] += share;
        }
    }

    /// How a vote on a known image is shared among the states the image may be in.
    pub(super) fn shares(&self, truth: TruthKind, column: usize) -> [f64; STATES] {
        let states = self.state_prior(0.5);
        let weight: [f64; STATES] = std::array::from_fn(|state| {
            if truth.mask() & (1 << state) == 0 {
                0.0
            } else {
                states[state] * self.anchor.mean[state][column]
            }
        });
        let all: f64 = weight.iter().sum();
        weight.map(|w| w / all)
    }

    /// Probability of each state before any vote, for a probability of a lens.
    pub(super) fn state_prior(&self, lens: f64) -> [f64; STATES] {
        let look_alike = self.anchor.look_alike_share;
        [lens, (1.0 - lens) * (1.0 - look_alike), (1.0 - lens) * look_alike]
    }

    /// What is believed of an image: `network` is the calibrated network score it had before
    /// anybody voted on it.
    #[must_use]
    pub fn belief(&self, network: Option<f64>, evidence: Evidence) -> Belief {
        let (low, high) = self.settings.joint_prior_range;
        let network = network.filter(|p| p.is_finite()).map(|p| p.clamp(low, high));
        let ratio = self.log_likelihood_ratio(evidence);
        let log_odds = logit(network.unwrap_or(self.settings.prior)) + ratio;
        Belief {
            p_votes: sigmoid(logit(self.settings.prior) + ratio),
            p_joint: self.anchor.calibration.apply(sigmoid(log_odds)),
            log_odds,
        }
    }

    /// ln P(votes | lens) − ln P(votes | no lens), in nats.
    #[must_use]
    pub fn log_likelihood_ratio(&self, evidence: Evidence) -> f64 {
        let [lens, plain, look_alike] = evidence.nats();
        let share = self.anchor.look_alike_share;
        // ln of a mean of two exponentials, taken from the larger.
        let top = plain.max(look_alike);
        let rest = (1.0 - share) * (plain - top).exp() + share * (look_alike - top).exp();
        lens - top - rest.ln()
    }

    /// What the votes alone say, in bits from 0 (nothing) to 1 (all): 1 − H of the posterior from
    /// even odds. Even odds and not the prior, because under a low prior an image without a single
    /// vote would already look certain.
    #[must_use]
    pub fn information_bits(&self, evidence: Evidence) -> f64 {
        1.0 - binary_entropy_bits(sigmoid(self.log_likelihood_ratio(evidence)))
    }

    /// Where the image stands.
    #[must_use]
    pub fn judge(&self, belief: &Belief, tally: Tally) -> Judgement {
        // What the votes add to the fixed prior of `p_votes` is what they say themselves.
        let ratio = logit(belief.p_votes) - logit(self.settings.prior);
        self.settings.retirement.judge(belief.p_joint, ratio, tally)
    }

    /// Expected fall of the entropy of an image by one more vote of this volunteer, in bits:
    /// H(P) − Σ_v P(v) H(P | v). Never negative.
    #[must_use]
    pub fn expected_information_bits(
        &self,
        network: Option<f64>,
        evidence: Evidence,
        volunteer: &VolunteerRecord,
    ) -> f64 {
        let before = self.belief(network, evidence).p_joint;
        let confusion = self.confusion(volunteer);
        let states = self.state_posterior(network, evidence);
        let left: f64 = Answer::ALL
            .into_iter()
            .map(|answer| {
                let column = answer.code() as usize;
                let said: f64 = (0..STATES).map(|state| states[state] * confusion[state][column]).sum();
                let after = self.belief(network, evidence + self.weigh(volunteer, answer)).p_joint;
                said * binary_entropy_bits(after)
            })
            .sum();
        (binary_entropy_bits(before) - left).max(0.0)
    }

    /// Probability of each state with the network's word.
    fn state_posterior(&self, network: Option<f64>, evidence: Evidence) -> [f64; STATES] {
        let lens = self.belief(network, evidence).p_joint;
        let [_, plain, look_alike] = evidence.nats();
        let share = self.anchor.look_alike_share;
        let look = sigmoid(logit(share) + look_alike - plain);
        [lens, (1.0 - lens) * (1.0 - look), (1.0 - lens) * look]
    }

    /// What one answer of this volunteer tells of an image that is a lens or not with even odds,
    /// in bits: 0 for guessing or for always the same answer, 1 for never wrong. With two answers
    /// it is the skill of Marshall et al. (2016).
    #[must_use]
    pub fn informativeness_bits(&self, volunteer: &VolunteerRecord) -> f64 {
        let confusion = self.confusion(volunteer);
        let share = self.anchor.look_alike_share;
        let term = |x: f64, of: f64| if x > 0.0 { x * (x / of).log2() } else { 0.0 };
        (0..ANSWERS)
            .map(|v| {
                let lens = confusion[LENS][v];
                let rest = (1.0 - share) * confusion[1][v] + share * confusion[2][v];
                let mean = 0.5 * (lens + rest);
                0.5 * (term(lens, mean) + term(rest, mean))
            })
            .sum::<f64>()
            .clamp(0.0, 1.0)
    }

    /// Whether this volunteer's record makes them one of those who are asked about contested images.
    #[must_use]
    pub fn is_expert(&self, volunteer: &VolunteerRecord) -> bool {
        let experts = &self.settings.experts;
        volunteer.n_known >= experts.min_known && self.informativeness_bits(volunteer) >= experts.min_bits
    }
}

/// SWAP's two numbers: the shares of right answers among decided ones, with imagined votes.
fn swap_skill(swap: &SwapSettings, counts: &Counts) -> [f64; 2] {
    let (no, yes) = (Answer::NoLens.code() as usize, Answer::Lens.code() as usize);
    let mean = |right: f64, wrong: f64, start: f64| {
        ((right + swap.pseudo_counts * start) / (right + wrong + swap.pseudo_counts))
            .clamp(swap.skill_range.0, swap.skill_range.1)
    };
    let (lens, plain, look) = (counts[0], counts[1], counts[2]);
    [
        mean(lens[yes], lens[no], swap.initial_pl),
        mean(plain[no] + look[no], plain[yes] + look[yes], swap.initial_pd),
    ]
}

/// A vote of somebody with these two numbers; "unsure" says nothing.
fn two_states(answer: Answer, pl: f64, pd: f64) -> Evidence {
    let (lens, rest) = match answer {
        Answer::Lens => (pl.ln(), (1.0 - pd).ln()),
        Answer::NoLens => ((1.0 - pl).ln(), pd.ln()),
        Answer::Unsure => (0.0, 0.0),
    };
    Evidence::from_nats([lens, rest, rest])
}

/// The confusion of somebody with these two numbers who always decides.
fn decided(pl: f64, pd: f64) -> Counts {
    [[1.0 - pl, 0.0, pl], [pd, 0.0, 1.0 - pd], [pd, 0.0, 1.0 - pd]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        live::{LiveMethod, SwapSettings},
        skill_bits,
    };

    fn swap() -> Engine {
        let settings = Settings { method: LiveMethod::Swap(SwapSettings::default()), ..Settings::default() };
        Engine::new(settings.clone(), Anchor::of(&settings)).unwrap()
    }

    #[test]
    fn swap_live_weighs_as_bayes_rule_with_pl_and_pd() {
        let engine = swap();
        let mut ann = VolunteerRecord::default();
        for (truth, answer) in [
            (TruthKind::Lens, Answer::Lens),
            (TruthKind::NonLens, Answer::NoLens),
            (TruthKind::NonLens, Answer::Unsure),
        ] {
            engine.learn(&mut ann, Some(truth), answer);
        }
        let memory = engine.settings().memory;
        let pl = (memory * memory + 4.0 * 0.65) / (memory * memory + 4.0);
        let pd = (memory + 4.0 * 0.75) / (memory + 4.0);
        let belief = engine.belief(Some(0.02), engine.weigh(&ann, Answer::Lens));
        let expected = pl * 0.02 / (pl * 0.02 + (1.0 - pd) * 0.98);
        assert!((belief.p_joint - expected).abs() < 1e-9);
        assert!((engine.informativeness_bits(&ann) - skill_bits(pl, pd)).abs() < 1e-9);
    }

    #[test]
    fn a_look_alike_keeps_the_house_model_from_being_sure() {
        let house = Engine::default();
        let nobody = VolunteerRecord::default();
        let mut yes = Evidence::NONE;
        let mut no = Evidence::NONE;
        for _ in 0..12 {
            yes += house.weigh(&nobody, Answer::Lens);
            no += house.weigh(&nobody, Answer::NoLens);
        }
        let half = Evidence { lens: yes.lens / 2, plain: yes.plain / 2, look_alike: yes.look_alike / 2 };
        let mixed = half + Evidence { lens: no.lens / 2, plain: no.plain / 2, look_alike: no.look_alike / 2 };
        assert!(house.belief(None, yes).p_votes > 0.95);
        assert!(house.belief(None, no).p_votes < 1e-4);
        assert!(house.belief(None, mixed).p_votes < 0.01, "as many yes as no: that is what look-alikes get");
    }

    #[test]
    fn expected_information_is_none_for_a_settled_image_and_grows_with_skill() {
        let house = Engine::default();
        let mut good = VolunteerRecord::default();
        for _ in 0..40 {
            house.learn(&mut good, Some(TruthKind::Lens), Answer::Lens);
            house.learn(&mut good, Some(TruthKind::NonLens), Answer::NoLens);
        }
        let new = VolunteerRecord::default();
        let worth = |p, who: &VolunteerRecord| house.expected_information_bits(Some(p), Evidence::NONE, who);
        assert!(worth(0.3, &good) > worth(0.3, &new));
        assert!(worth(0.3, &new) > worth(0.001, &new));
        assert!(house.informativeness_bits(&good) > house.informativeness_bits(&new));
        assert!(house.is_expert(&good) && !house.is_expert(&new));
    }

    #[test]
    fn a_score_that_is_no_number_counts_as_missing() {
        let house = Engine::default();
        assert_eq!(house.belief(Some(f64::NAN), Evidence::NONE), house.belief(None, Evidence::NONE));
    }
}
