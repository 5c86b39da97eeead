//! Files of known truths.

use domain::Silent;
use votes::{Arranged, NeverTruths, ReadOptions, VoteLog, VotesError, read_truths};

use crate::support::{Folder, read, read_as, says, truths, votes};

fn truth_file(text: &str) -> Result<VoteLog, VotesError> {
    read_truths(&Folder::new().file("truth.csv", text), &ReadOptions::default(), &Silent)
}

const VOTES: &str = "task,worker,label\n1,a,yes\n2,a,no\n3,a,unsure\n";

#[test]
fn truths_are_read_under_either_name_and_gaps_left_out() {
    for text in
        ["task,truth\n1,yes\n2,\n", "label,task\nyes,1\nnan,2\n", "task,worker,label,truth\n1,a,no,yes\n"]
    {
        assert_eq!(truths(&truth_file(text).unwrap()), ["1 yes"], "{text}");
    }
}

#[test]
fn contradicting_truths_are_refused_with_both_lines_and_repeated_ones_are_not() {
    assert!(truth_file("task,truth\n1,yes\n1,yes\n").is_ok());
    let text = truth_file("task,truth\n1,yes\n2,no\n1,no\n").unwrap_err().to_string();
    says(&text, &["truth.csv", "line 4", "line 2", "task `1` is `no`", "`yes`"]);
    says(&truth_file("task,truth\n").unwrap_err().to_string(), &["holds no truths"]);
    says(&truth_file("image,truth\n1,2\n").unwrap_err().to_string(), &["no column `task`", "image, truth"]);
    says(&truth_file("task,truth\n,2\n").unwrap_err().to_string(), &["line 2", "task", "is empty"]);
}

#[test]
fn truths_of_unknown_tasks_are_counted_and_labels_nobody_said_can_be_true() {
    let mut log = read("v.csv", VOTES);
    let unknown =
        log.adopt_truths(&truth_file("task,truth\n1,maybe not\n7,yes\n2,no\n8,new\n").unwrap()).unwrap();
    assert_eq!(unknown, ["7", "8"]);
    let arranged = Arranged::new(log, &unknown, &NeverTruths::default(), &[]).unwrap();
    assert_eq!(arranged.classes(), ["maybe not", "no", "yes"]);
    assert_eq!(arranged.answers[3], "unsure");
    assert_eq!(arranged.gold.tasks, 2);
    assert_eq!(arranged.gold.unknown_tasks, 2);
    assert_eq!(arranged.gold.labels_nobody_said, ["maybe not"]);
    assert_eq!(arranged.crowd.gold(), [Some(0), Some(1), None]);
}

#[test]
fn truths_that_are_never_one_and_rows_without_any_are_left_out_and_counted() {
    let mut log = read("v.csv", VOTES);
    log.adopt_truths(&truth_file("task,truth\n2,no\n1,Unsure\n3,\n9,NaN\n").unwrap()).unwrap();
    let arranged = Arranged::new(log.clone(), &[], &NeverTruths::default(), &[]).unwrap();
    assert_eq!(arranged.crowd.gold(), [None, Some(0), None]);
    assert_eq!((arranged.gold.tasks, arranged.gold.never_truths, arranged.gold.without_truth), (1, 1, 2));
    let every = Arranged::new(log, &[], &NeverTruths::none(), &[]).unwrap();
    assert_eq!((every.gold.tasks, every.gold.never_truths), (2, 0));
}

/// Classes and truths of votes with these labels and these truths beside them.
fn classes_and_gold(votes: [&str; 2], gold: [&str; 2]) -> (Vec<String>, Vec<Option<u16>>) {
    let mut log = read("v.csv", format!("task,worker,label\n1,a,{}\n2,a,{}\n", votes[0], votes[1]));
    let file = truth_file(&format!("task,truth\n1,{}\n2,{}\n3,\n", gold[0], gold[1])).unwrap();
    log.adopt_truths(&file).unwrap();
    assert_eq!(log.notes.len(), usize::from(votes[0].len() != gold[0].len()), "{:?}", log.notes);
    let arranged = Arranged::new(log, &[], &NeverTruths::default(), &[]).unwrap();
    (arranged.classes().to_vec(), arranged.crowd.gold().to_vec())
}

#[test]
fn truths_that_pandas_wrote_with_gaps_are_the_labels_of_the_votes() {
    let (classes, gold) = classes_and_gold(["0", "1"], ["1.0", "0.0"]);
    assert_eq!((classes, gold), (vec!["0".to_owned(), "1".to_owned()], vec![Some(1), Some(0)]));
    let (classes, gold) = classes_and_gold(["0.0", "1.0"], ["1", "0"]);
    assert_eq!((classes, gold), (vec!["0.0".to_owned(), "1.0".to_owned()], vec![Some(1), Some(0)]));
    let (classes, _) = classes_and_gold(["0", "1"], ["1", "0"]);
    assert_eq!(classes, ["0", "1"]);
}

#[test]
fn a_column_of_truths_with_gaps_among_the_votes_is_read_likewise() {
    let options = ReadOptions { truth_column: Some("gold".to_owned()), ..ReadOptions::default() };
    let text = "task,worker,label,gold\n1,a,0,1.0\n2,a,1,\n1,b,1,1.0\n";
    let mut log = read_as("v.csv", text, &options).unwrap();
    assert_eq!(truths(&log), ["1 1"]);
    assert_eq!(votes(&log), ["1 a 0", "2 a 1", "1 b 1"]);
    assert_eq!(log.labels.len(), 2, "the other spelling is forgotten");
    // And a file that spells it like the votes does not contradict it.
    log.adopt_truths(&truth_file("task,truth\n1,1\n").unwrap()).unwrap();
}

#[test]
fn a_truth_that_contradicts_one_among_the_votes_names_both_files() {
    let text = "task,worker,label,is_training,truth\n1,a,yes,true,yes\n2,b,no,false,\n";
    let mut log = read("votes.csv", text);
    let refused = log.adopt_truths(&truth_file("task,truth\n1,no\n").unwrap()).unwrap_err().to_string();
    says(&refused, &["truth.csv, line 2", "votes.csv, line 2", "--ignore-truths"]);
}
