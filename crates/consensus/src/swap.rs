//! SWAP (Marshall et al. 2016): votes weighted by each volunteer's record on training images,
//! Bayes' rule vote by vote. The deterministic form: posteriors from PL and PD themselves,
//! without the trajectories the original draws around them.
//!
//! Order inside one vote, which decides the numbers: the image hears the volunteer as they were
//! before it, then the volunteer hears the truth if it is a training image. Somebody with too
//! few training images only adds to the exposure. An image past a threshold is frozen when
//! `hasty`: the vote moves neither posterior nor exposure and earns no contribution, but a
//! training image still teaches.
//!
//! SWAP knows two answers; we ask for three. "Unsure" is a vote without weight: it adds to the
//! exposure and the tally, moves no posterior and teaches nothing about PL and PD, which are
//! thereby about decided votes. That is right as long as people are unsure as often about
//! lenses as about the rest; a model with three answers need not assume it.
//!
//! Left out: learning from test images, banned volunteers, and the original's slip that a
//! rejected image which rises again stays closed.

use std::collections::BTreeMap;

use domain::{Label, SubjectId, logit, sigmoid};

use crate::{
    Aggregator, Ballot, ConfigError, PriorSource, State, Status, SubjectState, SwapConfig, VolunteerState,
};

/// Nothing we fit ourselves is surer than this, so that log-odds stay finite.
const MOST: f64 = 1.0 - 1e-9;

/// The aggregator.
#[derive(Debug, Clone)]
pub struct Swap {
    config: SwapConfig,
    joint_prior: PriorSource,
}

impl Swap {
    /// SWAP with these settings; `joint_prior` is the prior of `p_joint` (`p_votes` starts at
    /// the settings' own).
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn new(config: SwapConfig, joint_prior: PriorSource) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self { config, joint_prior })
    }

    /// The settings.
    #[must_use]
    pub const fn config(&self) -> &SwapConfig {
        &self.config
    }

    /// The posterior with an image's own prior after votes that say `evidence` (in nats).
    #[must_use]
    pub fn p_joint(&self, subject: SubjectId, evidence: f64) -> f64 {
        let prior = self.joint_prior.of(subject, self.config.joint_prior_range);
        sigmoid(logit(prior) + evidence).min(MOST)
    }

    fn newcomer(&self) -> VolunteerState {
        let config = &self.config;
        VolunteerState::newcomer(config.initial_pl, config.initial_pd, config.pseudo_counts())
    }

    fn unseen(&self, ballot: &Ballot) -> SubjectState {
        SubjectState::unseen(ballot.truth, self.config.prior, self.p_joint(ballot.subject, 0.0))
    }

    fn status(&self, posterior: f64) -> Status {
        Status::of(posterior, self.config.detected_above, self.config.rejected_below)
    }
}

/// ln P(vote | lens) − ln P(vote | no lens).
fn log_likelihood_ratio(said_lens: bool, pl: f64, pd: f64) -> f64 {
    if said_lens { (pl / (1.0 - pd)).ln() } else { ((1.0 - pl) / pd).ln() }
}

impl Aggregator for Swap {
    fn update(&self, state: &mut State, ballot: &Ballot) {
        let volunteer = state.volunteers.entry(ballot.volunteer).or_insert_with(|| self.newcomer());
        let subject = state.subjects.entry(ballot.subject).or_insert_with(|| self.unseen(ballot));
        subject.tally = subject.tally.with(ballot.answer);
        let frozen = self.config.hasty && subject.status != Status::Undecided;
        if !frozen {
            subject.exposure += 1;
            if volunteer.n_training >= self.config.min_training
                && let Some(said_lens) = ballot.said_lens()
            {
                let (pl, pd, p) = (volunteer.pl, volunteer.pd, subject.p_votes);
                let (lens, other) = if said_lens { (pl, 1.0 - pd) } else { (1.0 - pl, pd) };
                subject.p_votes =
                    (lens * p / (lens * p + other * (1.0 - p))).max(self.config.least_posterior);
                subject.evidence += log_likelihood_ratio(said_lens, pl, pd);
                subject.p_joint = self.p_joint(ballot.subject, subject.evidence);
                subject.decide(self.status(subject.p_votes));
            }
        }
        volunteer.hear(ballot, self.config.skill_range);
        if !frozen && !ballot.is_training() && ballot.said_lens().is_some() {
            volunteer.contribution += volunteer.skill_bits();
        }
    }

    /// Two passes: first every volunteer's record on all training images, then every vote with
    /// that record, early votes as well as late ones. Nothing is frozen. On a training image a
    /// volunteer's record is taken without that image, so that its posterior stays a fair test.
    fn fit(&self, ballots: &[Ballot]) -> State {
        let config = &self.config;
        let mut records = BTreeMap::new();
        for ballot in ballots {
            records.entry(ballot.volunteer).or_insert_with(Record::default).count(ballot);
        }
        // A fixed order of summation makes the last bit independent of the order of the votes too.
        let mut ordered: Vec<&Ballot> = ballots.iter().collect();
        ordered.sort_unstable_by_key(|b| (b.subject, b.volunteer, b.answer));
        let mut state = State::default();
        for (id, record) in &records {
            let [pl, pd] = record.skill(config, None);
            let mut volunteer = VolunteerState::newcomer(pl, pd, config.pseudo_counts());
            volunteer.nl += f64::from(record.seen[1]);
            volunteer.nd += f64::from(record.seen[0]);
            volunteer.n_training = record.seen[0] + record.seen[1];
            volunteer.n_test = record.n_test;
            volunteer.n_unsure = record.n_unsure;
            volunteer.n_votes = volunteer.n_training + volunteer.n_test + volunteer.n_unsure;
            volunteer.contribution = f64::from(volunteer.n_test) * volunteer.skill_bits();
            state.volunteers.insert(*id, volunteer);
        }
        for ballot in ordered {
            let subject = state.subjects.entry(ballot.subject).or_insert_with(|| self.unseen(ballot));
            subject.tally = subject.tally.with(ballot.answer);
            subject.exposure += 1;
            let Some(said_lens) = ballot.said_lens() else { continue };
            let record = &records[&ballot.volunteer];
            let own = u32::from(ballot.is_training());
            if record.seen[0] + record.seen[1] - own >= config.min_training {
                let [pl, pd] = record.skill(config, Some(ballot));
                subject.evidence += log_likelihood_ratio(said_lens, pl, pd);
            }
        }
        for (id, subject) in &mut state.subjects {
            let p_votes = sigmoid(logit(config.prior) + subject.evidence);
            subject.p_votes = p_votes.clamp(config.least_posterior, MOST);
            subject.p_joint = self.p_joint(*id, subject.evidence);
            subject.decide(self.status(subject.p_votes));
        }
        state
    }
}

/// A volunteer's decided votes on training images, `[non-lens, lens]`.
#[derive(Debug, Default)]
struct Record {
    seen: [u32; 2],
    right: [u32; 2],
    n_test: u32,
    n_unsure: u32,
}

impl Record {
    fn count(&mut self, ballot: &Ballot) {
        match (ballot.said_lens(), ballot.truth) {
            (None, _) => self.n_unsure += 1,
            (Some(_), Label::Unknown) => self.n_test += 1,
            (Some(said_lens), truth) => {
                let side = usize::from(truth == Label::Lens);
                self.seen[side] += 1;
                self.right[side] += u32::from(said_lens == (truth == Label::Lens));
            }
        }
    }

    /// `[PL, PD]`, without this vote if one is given and it is on a training image.
    fn skill(&self, config: &SwapConfig, without: Option<&Ballot>) -> [f64; 2] {
        let mut seen = self.seen.map(f64::from);
        let mut right = self.right.map(f64::from);
        if let Some(ballot) = without.filter(|b| b.is_training())
            && let Some(said_lens) = ballot.said_lens()
        {
            let side = usize::from(ballot.truth == Label::Lens);
            seen[side] -= 1.0;
            right[side] -= f64::from(u8::from(said_lens == (side == 1)));
        }
        let weight = config.pseudo_counts();
        let mean = |side: usize, start: f64| {
            ((right[side] + weight * start) / (seen[side] + weight))
                .clamp(config.skill_range.0, config.skill_range.1)
        };
        [mean(1, config.initial_pl), mean(0, config.initial_pd)]
    }
}
