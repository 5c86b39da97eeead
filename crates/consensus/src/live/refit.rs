//! All votes weighed at once: what the crowd and each volunteer are like by everything they ever
//! said, early votes as well as late ones. The result does not depend on the order of the votes
//! nor on anybody's id, and the network has no say in it: skills learnt with its help would carry
//! its opinion into `p_votes`, which it is trained on. (Callers choose the known images. Where a network's
//! reviewed mistakes are among them, it had a say in which images these are, though not in their truth.)

use std::collections::{BTreeMap, HashMap};

use domain::{Label, LogEntry, SubjectId, Tally, VolunteerId};

use super::{Anchor, Counts, Engine, Evidence, LiveMethod, Settings, TruthKind, VolunteerRecord, house};
use crate::{Ballot, ConfigError, LogReport, ballots, calibration::Calibration};

/// What all votes together say.
#[derive(Debug, Clone, PartialEq)]
pub struct Refit {
    /// The rules from now on.
    pub engine: Engine,
    /// What was learnt of everybody who voted.
    pub records: BTreeMap<VolunteerId, VolunteerRecord>,
    /// What the votes say of every image that has any, and how many they are.
    pub subjects: BTreeMap<SubjectId, (Evidence, Tally)>,
    /// What was counted and what was not.
    pub report: LogReport,
}

impl Refit {
    /// The same with this correction of `p_joint`. Reviews are compared with claims that were not
    /// corrected, so it is learnt after the refit.
    #[must_use]
    pub fn calibrated(mut self, calibration: Calibration) -> Self {
        self.engine = self.engine.calibrated(calibration);
        self
    }

    /// One volunteer; somebody new when they had not voted.
    #[must_use]
    pub fn record(&self, id: VolunteerId) -> VolunteerRecord {
        self.records.get(&id).copied().unwrap_or_default()
    }
}

/// Fits the whole log. `known` holds the images whose truth is known.
///
/// # Errors
/// When a setting is out of its range.
pub fn refit<'a>(
    log: impl IntoIterator<Item = &'a LogEntry>,
    known: &HashMap<SubjectId, TruthKind>,
    settings: &Settings,
) -> Result<Refit, ConfigError> {
    settings.check()?;
    let labels = known
        .iter()
        .map(|(id, kind)| (*id, if kind.is_lens() { Label::Lens } else { Label::NonLens }))
        .collect();
    let (ballots, report) = ballots(log, &labels);
    let learnt = match &settings.method {
        LiveMethod::House(house) => house::learn(&ballots, known, settings, house)?,
        LiveMethod::Majority(_) | LiveMethod::Swap(_) => {
            let engine = Engine::new(settings.clone(), Anchor::of(settings))?;
            let bases = from_known_images(&engine, &ballots, known);
            Learnt { engine, bases }
        }
    };
    Ok(weigh_all(learnt, &ballots, known, report))
}

/// What a method learns from all votes.
pub(super) struct Learnt {
    pub engine: Engine,
    pub bases: HashMap<VolunteerId, Counts>,
}

/// Every volunteer's votes on known images, by state and answer.
pub(super) fn from_known_images(
    engine: &Engine,
    ballots: &[Ballot],
    known: &HashMap<SubjectId, TruthKind>,
) -> HashMap<VolunteerId, Counts> {
    let mut tallies: HashMap<VolunteerId, HashMap<(TruthKind, usize), u32>> = HashMap::new();
    for ballot in ballots {
        let Some(truth) = known.get(&ballot.subject) else { continue };
        let column = ballot.answer.code() as usize;
        *tallies.entry(ballot.volunteer).or_default().entry((*truth, column)).or_default() += 1;
    }
    let base = |tally: HashMap<(TruthKind, usize), u32>| {
        // Whole counts first and one fixed order after: no sum depends on the order of the votes.
        let mut tally: Vec<_> = tally.into_iter().collect();
        tally.sort_unstable_by_key(|((truth, column), _)| (truth.mask(), *column));
        let mut base = Counts::default();
        for ((truth, column), votes) in tally {
            for (state, share) in engine.shares(truth, column).into_iter().enumerate() {
                base[state][column] += share * f64::from(votes);
            }
        }
        base
    };
    tallies.into_iter().map(|(volunteer, tally)| (volunteer, base(tally))).collect()
}

/// Weighs every vote by what was learnt of everybody.
fn weigh_all(
    learnt: Learnt,
    ballots: &[Ballot],
    known: &HashMap<SubjectId, TruthKind>,
    report: LogReport,
) -> Refit {
    let Learnt { engine, bases } = learnt;
    let mut records = BTreeMap::<VolunteerId, VolunteerRecord>::new();
    let mut subjects = BTreeMap::<SubjectId, (Evidence, Tally)>::new();
    for ballot in ballots {
        let truth = known.get(&ballot.subject).copied();
        let record = records.entry(ballot.volunteer).or_insert_with(|| {
            VolunteerRecord::since_refit(bases.get(&ballot.volunteer).copied().unwrap_or_default())
        });
        record.count(truth, ballot.answer);
        let (evidence, tally) = subjects.entry(ballot.subject).or_default();
        *evidence += engine.weigh_settled(record, truth, ballot.answer);
        *tally = tally.with(ballot.answer);
    }
    Refit { engine, records, subjects, report }
}
