//! The fold itself: one vote after another, in the order of the log.

use domain::Label;
use foldhash::{HashSet, HashSetExt as _};

use super::{Agent, KSwapRules, Learning, SpaceWarpsConfig, SubjectTrack, SwapRules};
use crate::{ConfigError, Status};

/// One line of a log, on dense numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogVote {
    /// What was looked at.
    pub subject: u32,
    /// Who looked.
    pub agent: u32,
    /// What was said; `None` for anything that is neither "lens" nor "no lens": the vote is
    /// counted as cast and moves nothing else.
    pub said_lens: Option<bool>,
    /// The truth told to the agent ("training"); [`Label::Unknown`] for a test image.
    pub truth: Label,
}

/// The state after some votes. Tables grow with the numbers seen, so numbers should be dense.
///
/// Agents and subjects are arrays of small structures and not one array per field: a vote needs
/// all of one agent and all of one subject, which is then one or two cache lines each.
#[derive(Debug, Clone)]
pub struct SpaceWarps {
    config: SpaceWarpsConfig,
    agents: Vec<Option<Agent>>,
    subjects: Vec<Option<SubjectTrack>>,
    /// kSWAP: who has seen what (agent in the upper half).
    seen: HashSet<u64>,
    repeats: u64,
}

impl SpaceWarps {
    /// Nothing seen yet.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn new(config: impl Into<SpaceWarpsConfig>) -> Result<Self, ConfigError> {
        let config = config.into();
        config.check()?;
        Ok(Self { config, agents: Vec::new(), subjects: Vec::new(), seen: HashSet::new(), repeats: 0 })
    }

    /// Makes room for so many subjects and agents at once.
    #[must_use]
    pub fn with_room_for(mut self, subjects: usize, agents: usize) -> Self {
        self.subjects.reserve(subjects);
        self.agents.reserve(agents);
        self
    }

    /// Takes the next vote of the log, in constant time.
    pub fn update(&mut self, vote: &LogVote) {
        let Self { config, agents, subjects, seen, repeats } = self;
        match config {
            SpaceWarpsConfig::Swap(rules) => {
                let agent = entry(agents, vote.agent, || Agent::newcomer(rules));
                let subject = entry(subjects, vote.subject, || SubjectTrack::unseen(vote.truth, rules.prior));
                swap(rules, agent, subject, vote);
            }
            SpaceWarpsConfig::KSwap(rules) => {
                let agent = entry(agents, vote.agent, || Agent::laplace(rules));
                let subject = entry(subjects, vote.subject, || SubjectTrack::unseen(vote.truth, rules.prior));
                if vote.said_lens.is_some()
                    && !seen.insert(u64::from(vote.agent) << 32 | u64::from(vote.subject))
                {
                    *repeats += 1;
                    return;
                }
                kswap(rules, agent, subject, vote);
            }
        }
    }

    /// Takes many.
    pub fn extend<'a>(&mut self, votes: impl IntoIterator<Item = &'a LogVote>) {
        for vote in votes {
            self.update(vote);
        }
    }

    /// The settings.
    #[must_use]
    pub const fn config(&self) -> &SpaceWarpsConfig {
        &self.config
    }

    /// One subject, if a vote on it was seen.
    #[must_use]
    pub fn subject(&self, number: u32) -> Option<&SubjectTrack> {
        self.subjects.get(number as usize)?.as_ref()
    }

    /// One agent, if a vote of theirs was seen.
    #[must_use]
    pub fn agent(&self, number: u32) -> Option<&Agent> {
        self.agents.get(number as usize)?.as_ref()
    }

    /// Every subject with a vote, in the order of the numbers.
    pub fn subjects(&self) -> impl Iterator<Item = (u32, &SubjectTrack)> {
        (0..).zip(&self.subjects).filter_map(|(number, subject)| Some((number, subject.as_ref()?)))
    }

    /// Every agent with a vote, in the order of the numbers.
    pub fn agents(&self) -> impl Iterator<Item = (u32, &Agent)> {
        (0..).zip(&self.agents).filter_map(|(number, agent)| Some((number, agent.as_ref()?)))
    }

    /// Votes ignored because the agent had seen the subject before (kSWAP only).
    #[must_use]
    pub const fn repeats(&self) -> u64 {
        self.repeats
    }
}

fn entry<T>(table: &mut Vec<Option<T>>, number: u32, new: impl FnOnce() -> T) -> &mut T {
    let at = number as usize;
    if at >= table.len() {
        table.resize_with(at + 1, || None);
    }
    table[at].get_or_insert_with(new)
}

fn swap(rules: &SwapRules, agent: &mut Agent, subject: &mut SubjectTrack, vote: &LogVote) {
    agent.votes += 1;
    let Some(said_lens) = vote.said_lens else { return };
    if !(rules.hasty && subject.status != Status::Undecided) {
        subject.exposure += 1;
        if agent.heard > rules.ignored_at_start {
            subject.weigh(said_lens, agent.pl, agent.pd, rules);
            if subject.truth == Label::Unknown {
                agent.contribution += agent.skill;
            }
        }
    }
    let is_training = vote.truth != Label::Unknown;
    let hears = match rules.learning {
        Learning::Nothing | Learning::Training => is_training,
        Learning::Test => !is_training,
        Learning::Both => true,
    };
    if hears {
        let learns = rules.learning != Learning::Nothing;
        agent.hear(said_lens, vote.truth, subject.posterior, learns, rules);
    }
}

fn kswap(rules: &KSwapRules, agent: &mut Agent, subject: &mut SubjectTrack, vote: &LogVote) {
    agent.votes += 1;
    let Some(said_lens) = vote.said_lens else { return };
    subject.weigh_and_retire(said_lens, agent.pl, agent.pd, rules);
    if vote.truth == Label::Unknown {
        agent.contribution += agent.skill;
    } else {
        agent.learn_by_laplace(said_lens, vote.truth == Label::Lens, rules.gamma);
    }
}
