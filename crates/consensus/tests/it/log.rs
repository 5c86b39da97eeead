//! Which entries of a log count, and what is said of the rest.

use std::collections::HashMap;

use consensus::{LogReport, ballots};
use domain::{Answer, Label, SubjectId};

use crate::written::{retraction, subject, vote};

fn truth() -> HashMap<SubjectId, Label> {
    HashMap::from([(subject(0), Label::Lens), (subject(1), Label::NonLens)])
}

#[test]
fn the_report_says_what_was_left_out() {
    let log = [
        retraction(900, 3),
        vote(1, 4, 1, Answer::Lens),
        vote(1, 4, 1, Answer::Lens),
        vote(2, 4, 1, Answer::NoLens),
        vote(3, 5, 1, Answer::Lens),
        retraction(901, 77),
    ];
    let (counted, report) = ballots(&log, &truth());
    assert_eq!(counted.len(), 1);
    let expected =
        LogReport { counted: 1, retracted: 1, repeats: 1, duplicate_ids: 1, unknown_retractions: 1 };
    assert_eq!(report, expected);
}

#[test]
fn known_truths_travel_with_their_votes() {
    let log = [vote(1, 0, 1, Answer::Unsure), vote(2, 9, 1, Answer::Lens)];
    let (counted, _) = ballots(&log, &truth());
    assert_eq!(counted.iter().map(|b| b.truth).collect::<Vec<_>>(), [Label::Lens, Label::Unknown]);
}
