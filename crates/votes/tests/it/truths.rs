//! Files of known truths.

use domain::Silent;
use votes::{Arranged, NeverTruths, ReadOptions, VoteLog, VotesError, read_truths};

use crate::support::{Folder, read, says, truths};

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
fn an_answer_that_is_never_a_truth_cannot_be_one() {
    let mut log = read("v.csv", VOTES);
    log.adopt_truths(&truth_file("task,truth\n2,no\n1,Unsure\n").unwrap()).unwrap();
    let text = Arranged::new(log.clone(), &[], &NeverTruths::default(), &[]).unwrap_err().to_string();
    says(&text, &["truth.csv", "line 3", "`Unsure`", "--every-label-a-class"]);
    assert!(Arranged::new(log, &[], &NeverTruths::none(), &[]).is_ok());
}

#[test]
fn a_truth_that_contradicts_one_among_the_votes_names_both_files() {
    let text = "task,worker,label,is_training,truth\n1,a,yes,true,yes\n2,b,no,false,\n";
    let mut log = read("votes.csv", text);
    let refused = log.adopt_truths(&truth_file("task,truth\n1,no\n").unwrap()).unwrap_err().to_string();
    says(&refused, &["truth.csv, line 2", "votes.csv, line 2", "--ignore-truths"]);
}
