//! Which votes count and what can be true.

use votes::{Arranged, NeverTruths, Positive, ReadOptions, Repeat};

use crate::support::{read, read_as, says};

fn arrange(text: &str) -> Arranged {
    Arranged::new(read("v.csv", text), &[], &NeverTruths::default(), &[]).unwrap()
}

/// The votes that count, as `task worker answer`.
fn counted(arranged: &Arranged) -> Vec<String> {
    let votes = arranged.crowd.votes().iter();
    votes
        .map(|vote| {
            let answer = &arranged.answers[usize::from(vote.answer)];
            format!("{} {} {answer}", arranged.tasks.name(vote.task), arranged.workers.name(vote.worker))
        })
        .collect()
}

#[test]
fn the_same_worker_counts_once_per_task_and_the_rest_is_reported_by_place() {
    let arranged = arrange("task,worker,label\n1,a,x\n1,a,x\n2,a,y\n1,b,y\n1,a,y\n");
    assert_eq!(counted(&arranged), ["1 a x", "2 a y", "1 b y"]);
    assert_eq!((arranged.repeats.same, arranged.repeats.changed), (1, 1));
    let repeat = |at: &str, label: &str| Repeat {
        at: at.to_owned(),
        counted_at: "line 2".to_owned(),
        task: "1".to_owned(),
        worker: "a".to_owned(),
        label: label.to_owned(),
        counted_label: "x".to_owned(),
    };
    assert_eq!(arranged.repeats.examples, [repeat("line 3", "x"), repeat("line 6", "y")]);
    assert_eq!(arranged.crowd.repeats(), 0);
}

#[test]
fn with_times_the_earliest_vote_counts_and_the_order_is_that_of_the_votes() {
    let arranged = arrange(
        "task,worker,label,created_at\n1,a,late,2026-01-03\n2,a,x,2026-01-02\n1,a,early,2026-01-01\n3,b,x,\n",
    );
    assert_eq!(counted(&arranged), ["1 a early", "2 a x", "3 b x"]);
}

#[test]
fn how_long_a_vote_took_does_not_decide_which_counts() {
    let text = "task,worker,label,time\na,u,1,30\na,u,0,5\n";
    let log = read("v.csv", text);
    assert!(!log.has_times());
    says(&log.notes.join("; "), &["`time`", "too small", "--time-column"]);
    assert_eq!(counted(&arrange(text)), ["a u 1"]);
    // Seconds since 1970 are times, and so are small numbers of a column that was named.
    assert_eq!(
        counted(&arrange("task,worker,label,time\na,u,1,1519123482\na,u,0,1519123400.5\n")),
        ["a u 0"]
    );
    let options = ReadOptions { time_column: Some("time".to_owned()), ..ReadOptions::default() };
    let named = read_as("v.csv", text, &options).unwrap();
    let named = Arranged::new(named, &[], &NeverTruths::default(), &[]).unwrap();
    assert_eq!(counted(&named), ["a u 0"]);
}

#[test]
fn answers_come_in_the_order_of_their_names_those_never_true_last() {
    let arranged = arrange("task,worker,label\n1,a,10\n1,b,?\n2,a,9\n2,b,Don't know\n");
    assert_eq!(arranged.classes(), ["10", "9"].map(str::to_owned).into_iter().rev().collect::<Vec<_>>());
    assert_eq!(arranged.answers[2..], ["?", "Don't know"]);
    assert_eq!(arranged.crowd.shape().answers, 4);
}

#[test]
fn when_nothing_can_be_true_the_way_out_is_named() {
    let log = read("v.csv", "task,worker,label\n1,a,unsure\n2,a,skip\n");
    let text = Arranged::new(log, &[], &NeverTruths::default(), &[]).unwrap_err().to_string();
    says(&text, &["skip, unsure", "--every-label-a-class"]);
}

#[test]
fn an_all_unsure_task_and_a_single_label_are_kept() {
    let arranged = arrange("task,worker,label\n1,a,unsure\n1,b,unsure\n2,a,yes\n");
    assert_eq!(arranged.classes(), ["yes"]);
    assert_eq!(arranged.tasks.len(), 2);
    assert_eq!(arranged.crowd.votes().len(), 3);
}

#[test]
fn the_positive_answer_is_the_usual_one_or_the_chosen_one() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let positive = Positive::default();
    assert_eq!(positive.among(&names(&["Lens", "no_lens"])).unwrap(), 0);
    assert_eq!(positive.among(&names(&["0", "1"])).unwrap(), 1);
    assert_eq!(positive.among(&names(&["cat", "dog"])).unwrap(), 1);
    let chosen = Positive { chosen: Some("cat".to_owned()), ..Positive::default() };
    assert_eq!(chosen.among(&names(&["cat", "dog"])).unwrap(), 0);
    says(&chosen.among(&names(&["0", "1"])).unwrap_err().to_string(), &["--positive cat", "0, 1"]);
    says(&positive.among(&names(&["a", "b", "c"])).unwrap_err().to_string(), &["two truths", "a, b, c"]);
}
