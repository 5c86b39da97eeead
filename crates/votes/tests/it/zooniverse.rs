//! Classification exports of Zooniverse.

use votes::{Arranged, Format, NeverTruths, ReadOptions};

use crate::support::{left_out, read, read_as, refusal, says, truths, votes};

const HEADER: &str = "classification_id,user_name,user_id,user_ip,workflow_id,workflow_name,workflow_version,created_at,gold_standard,expert,metadata,annotations,subject_data,subject_ids\n";

/// A row; `annotations` in plain JSON.
fn row(id: u32, user: &str, ip: &str, time: &str, gold: &str, annotations: &str, subject: &str) -> String {
    let quoted = annotations.replace('"', "\"\"");
    format!(
        "{id},{user},,{ip},11,Lenses,3.4,{time},{gold},,\"{{\"\"session\"\":\"\"s{id}\"\"}}\",\"{quoted}\",\"{{\"\"{subject}\"\":{{\"\"retired\"\":null}}}}\",{subject}\n"
    )
}

fn t0(value: &str) -> String {
    format!(r#"[{{"task":"T0","task_label":"A lens?","value":{value}}}]"#)
}

#[test]
fn people_are_told_apart_by_name_address_or_session() {
    let text = [
        HEADER.to_owned(),
        row(1, "ann", "", "2018-02-20 10:44:42 UTC", "", &t0("\"Yes\""), "100"),
        row(2, "not-logged-in-ab12", "ab12", "2018-02-20 10:44:43 UTC", "", &t0("\"No\""), "100"),
        row(3, "", "ab12", "2018-02-20 10:44:44 UTC", "", &t0("\"No\""), "101"),
        row(4, "", "", "2018-02-20 10:44:45 UTC", "", &t0("\"No\""), "101"),
    ]
    .concat();
    let log = read("lenses-classifications.csv", text);
    assert_eq!(log.format, Format::Zooniverse);
    assert_eq!(
        votes(&log),
        ["100 ann Yes", "100 not-logged-in-ab12 No", "101 not-logged-in-ab12 No", "101 not-logged-in-s4 No"]
    );
    assert_eq!((log.time(0), log.id(3)), (Some(1_519_123_482_000_000), Some(4)));
}

#[test]
fn of_repeated_classifications_the_earliest_counts_whatever_the_order_of_rows() {
    let text = [
        HEADER.to_owned(),
        row(9, "ann", "", "2018-02-20 10:44:50 UTC", "", &t0("\"No\""), "100"),
        row(8, "ann", "", "2018-02-20 10:44:42 UTC", "", &t0("\"Maybe\""), "100"),
        row(7, "ann", "", "2018-02-20 10:44:42 UTC", "", &t0("\"Yes\""), "100"),
    ]
    .concat();
    let arranged = Arranged::new(read("z.csv", text), &[], &NeverTruths::default(), &[]).unwrap();
    let kept = arranged.crowd.votes();
    assert_eq!(kept.len(), 1);
    assert_eq!(arranged.answers[usize::from(kept[0].answer)], "Yes");
    assert_eq!(arranged.repeats.changed, 2);
    assert_eq!(arranged.repeats.examples[0].at, "line 2");
}

#[test]
fn answers_of_every_shape_become_one_word() {
    let cases = [
        ("\" Yes \"", Some("Yes")),
        ("0", Some("0")),
        (r#"["ring","arc","arc"]"#, Some("arc+ring")),
        ("[]", Some("nothing")),
        (r#"[{"x":1.5,"y":2,"tool":0,"frame":0,"details":[]}]"#, Some("marked")),
        (r#"[{"choice":"LION","answers":{"HOWMANY":"1"},"filters":{}}]"#, Some("LION")),
        ("null", None),
        ("\"\"", None),
    ];
    for (value, expected) in cases {
        let text = [
            HEADER.to_owned(),
            row(1, "ann", "", "", "", &t0(value), "1"),
            row(2, "bob", "", "", "", &t0("\"other\""), "1"),
        ]
        .concat();
        let log = read("z.csv", text);
        let first = expected.map(|label| format!("1 ann {label}"));
        assert_eq!(
            votes(&log),
            first.into_iter().chain(["1 bob other".to_owned()]).collect::<Vec<_>>(),
            "{value}"
        );
        assert_eq!(left_out(&log).len(), usize::from(expected.is_none()));
    }
}

#[test]
fn another_question_can_be_chosen_also_inside_a_combined_one() {
    let combined = r#"[{"task":"T5","value":[{"task":"T1","value":"arc"},{"task":"T2","value":["a"]}]},{"task":"T3","value":"x"}]"#;
    let text = [HEADER.to_owned(), row(1, "ann", "", "", "", combined, "1")].concat();
    let ask = |question: &str| {
        read_as(
            "z.csv",
            &text,
            &ReadOptions { question: Some(question.to_owned()), ..ReadOptions::default() },
        )
    };
    assert_eq!(votes(&ask("T1").unwrap()), ["1 ann arc"]);
    assert_eq!(votes(&ask("T2").unwrap()), ["1 ann a"]);
    assert_eq!(votes(&ask("T3").unwrap()), ["1 ann x"]);
    says(
        &ask("T0").unwrap_err().to_string(),
        &["no classification answers T0", "T5, T1, T2, T3", "--question"],
    );
    says(&refusal("z.csv", &text), &["T0"]);
}

#[test]
fn one_workflow_can_be_chosen_and_several_are_mentioned() {
    let other = row(2, "bob", "", "", "", &t0("\"No\""), "1").replace(",11,", ",12,");
    let text = [HEADER.to_owned(), row(1, "ann", "", "", "", &t0("\"Yes\""), "1"), other].concat();
    let log = read("z.csv", &text);
    assert_eq!(votes(&log).len(), 2);
    says(&log.notes[0], &["11, 12", "--workflow"]);
    let options = ReadOptions { workflow: Some("12".to_owned()), ..ReadOptions::default() };
    let log = read_as("z.csv", &text, &options).unwrap();
    assert_eq!(votes(&log), ["1 bob No"]);
    assert_eq!(left_out(&log), ["1 of another workflow"]);
}

#[test]
fn gold_standard_classifications_are_truths_and_not_votes() {
    let text = [
        HEADER.to_owned(),
        row(1, "expert", "", "", "true", &t0("\"Yes\""), "1"),
        row(2, "ann", "", "", "false", &t0("\"No\""), "1"),
    ]
    .concat();
    let log = read("z.csv", &text);
    assert_eq!((votes(&log), truths(&log)), (vec!["1 ann No".to_owned()], vec!["1 Yes".to_owned()]));
    let options = ReadOptions { ignore_truths: true, ..ReadOptions::default() };
    let log = read_as("z.csv", &text, &options).unwrap();
    assert_eq!(votes(&log), ["1 expert Yes", "1 ann No"]);
    assert!(log.truths.is_empty());
}

#[test]
fn damaged_rows_are_refused_by_line() {
    let text = |annotations: &str, time: &str, subject: &str| {
        [
            HEADER.to_owned(),
            row(1, "ann", "", "", "", &t0("\"Yes\""), "1"),
            row(2, "bob", "", time, "", annotations, subject),
        ]
        .concat()
    };
    says(&refusal("z.csv", text("[{\"task\":", "", "1")), &["z.csv", "line 3", "annotations", "JSON"]);
    says(&refusal("z.csv", text("{\"task\":\"T0\"}", "", "1")), &["line 3", "annotations"]);
    says(&refusal("z.csv", text(&t0("1"), "yesterday", "1")), &["line 3", "created_at", "yesterday"]);
    says(&refusal("z.csv", text(&t0("1"), "", "")), &["line 3", "task", "is empty"]);
}
