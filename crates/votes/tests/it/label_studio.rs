//! Exports of Label Studio.

use votes::{Format, ReadOptions};

use crate::support::{left_out, read, read_as, refusal, says, truths, votes};

fn annotation(who: &str, choices: &str, more: &str) -> String {
    format!(
        r#"{{"id": 5, "completed_by": {who}, "result": [{{"from_name": "lens", "to_name": "img", "type": "choices", "value": {{"choices": {choices}}}}}], "lead_time": 3.2, "created_at": "2026-01-31T12:00:00.250000Z"{more}}}"#
    )
}

fn task(id: &str, annotations: &[String]) -> String {
    format!(
        r#"{{"id": {id}, "data": {{"image": "/d/{name}.png"}}, "meta": {{}}, "predictions": [{{"model_version": "m", "score": 0.4, "result": []}}], "annotations": [{}]}}"#,
        annotations.join(", "),
        name = id.trim_matches('"')
    )
}

#[test]
fn a_list_and_one_task_a_line_say_the_same() {
    let tasks = [
        task(
            "1",
            &[
                annotation("7", r#"["Lens"]"#, ""),
                annotation(r#"{"id": 8, "email": "x@y.org"}"#, r#"["Not"]"#, ""),
            ],
        ),
        task(
            "2",
            &[
                annotation(r#"{"email": "x@y.org"}"#, r#"["b", "a"]"#, ""),
                annotation("\"ann\"", "\"Lens\"", ""),
            ],
        ),
        task("3", &[]),
    ];
    let expected = ["1 7 Lens", "1 8 Not", "2 x@y.org a+b", "2 ann Lens"];
    for text in [
        format!("[\n{}\n]\n", tasks.join(",\n")),
        tasks.join("\n"),
        format!("\u{feff} [{}]", tasks.join(",")),
    ] {
        let log = read("export.json", text);
        assert_eq!(votes(&log), expected);
        assert_eq!(log.format, Format::LabelStudio);
        assert_eq!((log.id(0), log.time(0)), (Some(5), Some(1_769_860_800_250_000)));
    }
}

#[test]
fn cancelled_and_empty_annotations_are_left_out_and_ground_truth_is_a_truth() {
    let empty = r#"{"completed_by": 1, "result": []}"#.to_owned();
    let comment = r#"{"completed_by": 1, "result": [{"from_name": "why", "type": "textarea", "value": {"text": ["blue"]}}]}"#;
    let list = [
        annotation("1", r#"["Lens"]"#, ""),
        annotation("2", r#"["Lens"]"#, r#", "was_cancelled": true"#),
        annotation("3", r#"["Not"]"#, r#", "ground_truth": true"#),
        empty,
        comment.to_owned(),
    ];
    let text = format!("[{}]", task("\"t1\"", &list));
    let log = read("e.json", &text);
    assert_eq!(votes(&log), ["t1 1 Lens"]);
    assert_eq!(truths(&log), ["t1 Not"]);
    assert_eq!(left_out(&log), ["1 cancelled", "2 without a choice"]);
    assert_eq!(log.rows, 5);
}

#[test]
fn of_several_questions_one_must_be_chosen() {
    let two = r#"{"completed_by": 1, "result": [{"from_name": "q1", "type": "choices", "value": {"choices": ["a"]}}, {"from_name": "q2", "type": "choices", "value": {"choices": ["b"]}}]}"#;
    let text = format!("[{}]", task("1", &[two.to_owned()]));
    says(&refusal("e.json", &text), &["e.json", "task number 1", "q1, q2", "--question"]);
    let ask = |name: &str| ReadOptions { question: Some(name.to_owned()), ..ReadOptions::default() };
    assert_eq!(votes(&read_as("e.json", &text, &ask("q2")).unwrap()), ["1 1 b"]);
    says(&read_as("e.json", &text, &ask("q3")).unwrap_err().to_string(), &["there are q1, q2", "--question"]);
}

#[test]
fn a_task_can_be_named_by_a_field_of_its_data() {
    let text = format!("[{}]", task("1", &[annotation("7", r#"["Lens"]"#, "")]));
    let options = ReadOptions { task_column: Some("data.image".to_owned()), ..ReadOptions::default() };
    assert_eq!(votes(&read_as("e.json", &text, &options).unwrap()), ["/d/1.png 7 Lens"]);
    let options = ReadOptions { task_column: Some("data.name".to_owned()), ..ReadOptions::default() };
    says(&read_as("e.json", &text, &options).unwrap_err().to_string(), &["data.name", "--task-column"]);
}

#[test]
fn the_short_form_is_read_too() {
    let text = r#"[{"id": 4, "image": "x.png", "choice": "Lens", "annotator": 2, "annotation_id": 9, "created_at": "2026-01-31T12:00:00Z"},
                   {"id": 4, "image": "x.png", "choice": {"choices": ["a", "b"]}, "annotator": 3, "annotation_id": 10}]"#;
    let log = read("min.json", text);
    assert_eq!(votes(&log), ["4 2 Lens", "4 3 a+b"]);
    assert_eq!(log.id(0), Some(9));
}

#[test]
fn damage_is_named_with_its_place() {
    says(&refusal("e.json", "[{\"id\": 1, \"annotations\": ["), &["e.json", "line 1", "Label Studio"]);
    says(&refusal("e.json", "[{\"id\": 1}, oops]"), &["e.json", "line 1 column"]);
    says(&refusal("e.json", "{\"id\": 1}\n{\"id\": }"), &["e.json", "line 2"]);
    says(&refusal("e.json", "[] trailing"), &["e.json"]);
    says(&refusal("e.json", "[]"), &["holds no votes"]);
    let nobody = annotation("null", r#"["a"]"#, "");
    says(
        &refusal("e.json", format!("[{}]", task("1", &[nobody]))),
        &["task number 1", "completed_by", "--skip-incomplete"],
    );
    let wrong = annotation("1", r#"["a"]"#, "").replace("2026-01-31T", "someday ");
    says(&refusal("e.json", format!("[{}]", task("1", &[wrong]))), &["created_at", "someday"]);
    says(&refusal("e.json", format!("[{}]", task("null", &[]))), &["task number 1", "id"]);
}
