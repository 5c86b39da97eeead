//! Short ways to write down a log.

use chrono::DateTime;
use domain::{
    Answer, AssignmentId, Classification, ClassificationId, LogEntry, Retraction, SubjectId, Timestamp,
    VolunteerId,
};
use uuid::Uuid;

pub fn subject(n: i64) -> SubjectId {
    SubjectId(n)
}

pub fn volunteer(n: i64) -> VolunteerId {
    VolunteerId(Uuid::from_u128(n as u128))
}

fn at() -> Timestamp {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

pub fn vote(id: u128, subject: i64, volunteer: i64, answer: Answer) -> LogEntry {
    LogEntry::Vote(Classification {
        id: ClassificationId(Uuid::from_u128(id)),
        subject: SubjectId(subject),
        volunteer: self::volunteer(volunteer),
        assignment: AssignmentId(Uuid::from_u128(id)),
        answer,
        at: at(),
    })
}

pub fn retraction(id: u128, of: u128) -> LogEntry {
    LogEntry::Retraction(Retraction {
        id: ClassificationId(Uuid::from_u128(id)),
        of: ClassificationId(Uuid::from_u128(of)),
        at: at(),
    })
}
