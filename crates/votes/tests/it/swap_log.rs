//! Logs of SWAP.

use domain::{Label, Silent};
use votes::{Format, ReadOptions, SwapLog, VotesError, read_swap_log};

use crate::support::{Folder, read, refusal, says, truths, votes};

const LOG: &str = "seq,time,user,subject,category,kind,said,training_truth\n\
                   2,2013-04-08_01:12:10,bob,s2,test,test,UNSURE,UNKNOWN\n\
                   0,2013-04-01_14:27:52,ann,s1,training,sim,LENS,LENS\n\
                   1,2013-04-07_04:41:11,ann,s2,test,test,NOT,UNKNOWN\n\
                   10,2013-04-09_04:41:11,ann,s3,training,dud,NOT,NOT\n";

fn log_of(text: &str) -> Result<SwapLog, VotesError> {
    read_swap_log(&Folder::new().file("log.csv", text), &ReadOptions::default(), &Silent)
}

#[test]
fn the_order_is_that_of_seq_and_subjects_are_numbered_by_it() {
    let log = log_of(LOG).unwrap();
    assert_eq!(log.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [0, 1, 2, 10]);
    assert_eq!(log.subjects.iter().collect::<Vec<_>>(), ["s1", "s2", "s3"]);
    assert_eq!(log.users.iter().collect::<Vec<_>>(), ["ann", "bob"]);
    let said: Vec<_> = log.votes().map(|vote| vote.said_lens).collect();
    assert_eq!(said, [Some(true), Some(false), None, Some(false)]);
    assert_eq!(log.entries[3].truth, Label::NonLens);
    assert_eq!((log.neither, log.training_subjects()), (1, 2));
}

#[test]
fn the_other_methods_see_training_images_as_truths() {
    let log = read("log.csv", LOG);
    assert_eq!(log.format, Format::SwapLog);
    assert_eq!(votes(&log), ["s1 ann LENS", "s2 ann NOT", "s2 bob UNSURE", "s3 ann NOT"]);
    assert_eq!(truths(&log), ["s1 LENS", "s3 NOT"]);
}

#[test]
fn damaged_rows_are_refused_by_line() {
    let with = |from: &str, to: &str| log_of(&LOG.replace(from, to)).unwrap_err().to_string();
    says(&with("10,", "ten,"), &["log.csv", "line 5", "seq", "`ten`"]);
    says(&with("UNSURE", "RING"), &["line 2", "said", "`RING`", "LENS and NOT"]);
    says(&with("dud,NOT,NOT", "dud,NOT,MAYBE"), &["line 5", "training_truth", "`MAYBE`"]);
    says(&with(",ann,s2", ",,s2"), &["line 4", "user", "is empty"]);
    says(&with("training_truth", "truth"), &["no column `training_truth`"]);
    says(&log_of("seq,user,subject,said,training_truth\n").unwrap_err().to_string(), &["holds no votes"]);
}

#[test]
fn contradictory_truths_are_replayed_as_each_row_says_and_counted() {
    let text = format!("{LOG}11,2013-04-09_04:41:11,bob,s3,training,sim,NOT,LENS\n");
    let log = log_of(&text).unwrap();
    let truths: Vec<Label> = log.votes().map(|vote| vote.truth).collect();
    assert_eq!(truths[3..], [Label::NonLens, Label::Lens]);
    says(&log.notes.join("; "), &["1 rows contradict"]);
    // Other methods know one truth per task.
    says(
        &refusal("log.csv", &text),
        &["line 6", "`s3` is `LENS` here and `NOT` in line 5", "--ignore-truths"],
    );
}

#[test]
fn a_seq_with_decimals_and_gaps_as_pandas_writes_them_is_read() {
    let text = LOG.replace("\n10,", "\n10.0,").replace("\n0,", "\n0.0,").replace("UNKNOWN", "nan");
    let log = log_of(&text).unwrap();
    assert_eq!(log.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [0, 1, 2, 10]);
    assert_eq!(log.training_subjects(), 2);
    says(&log_of(&LOG.replace("\n10,", "\n1.5,")).unwrap_err().to_string(), &["line 5", "`1.5`"]);
}

#[test]
fn what_is_odd_and_not_wrong_is_mentioned() {
    let log = log_of(&format!("{LOG}10,,bob,s4,training,sim,NOT,UNKNOWN\n")).unwrap();
    assert_eq!(log.notes.len(), 2, "{:?}", log.notes);
}
