//! The votes of a replay as a log, for the refit at the end of each round.

use std::collections::HashMap;

use consensus::{
    ConfigError,
    live::{Refit, Settings, TruthKind, refit},
};
use domain::{
    Answer, AssignmentId, Classification, ClassificationId, LogEntry, SubjectId, Timestamp, VolunteerId,
};
use uuid::Uuid;

use super::people::Known;

/// All votes, on training images too.
#[derive(Default)]
pub(crate) struct Log(Vec<LogEntry>);

/// The id of a person by their place.
pub(crate) fn volunteer_id(who: usize) -> VolunteerId {
    VolunteerId(Uuid::from_u128(who as u128))
}

impl Log {
    /// Takes a vote. Training images are numbered behind the pool.
    pub(crate) fn push(&mut self, who: usize, subject: usize, answer: Answer) {
        let number = Uuid::from_u128(self.0.len() as u128);
        self.0.push(LogEntry::Vote(Classification {
            id: ClassificationId(number),
            subject: SubjectId(subject as i64),
            volunteer: volunteer_id(who),
            assignment: AssignmentId(number),
            answer,
            at: Timestamp::default(),
        }));
    }

    /// In their order.
    #[cfg(test)]
    pub(crate) fn entries(&self) -> &[LogEntry] {
        &self.0
    }

    /// Weighs all of them at once.
    pub(crate) fn refit(
        &self,
        known: &[Known],
        images: usize,
        settings: &Settings,
    ) -> Result<Refit, ConfigError> {
        let known: HashMap<SubjectId, TruthKind> =
            (images..).zip(known).map(|(number, one)| (SubjectId(number as i64), one.kind)).collect();
        refit(&self.0, &known, settings)
    }
}
