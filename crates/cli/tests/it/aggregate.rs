//! `lensfinder aggregate` from outside.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    process::Stdio,
};

use crate::program::{lensfinder, succeeds};

const METHODS: [&str; 7] = ["majority", "wawa", "dawid-skene", "one-coin", "glad", "swap", "house"];
const PRESETS: [&str; 7] = ["production", "prior05_gzx", "kswap", "fixed075", "nonhasty", "unsup", "both"];

/// Three good workers and one who says the opposite, on ten tasks; the truth is `yes` for even ones.
fn votes() -> String {
    let mut text = "task,worker,label\n".to_owned();
    for task in 0..10 {
        let (right, wrong) = if task % 2 == 0 { ("yes", "no") } else { ("no", "yes") };
        for (worker, label) in [("ann", right), ("bob", right), ("cem", right), ("dan", wrong)] {
            text.push_str(&format!("{task},{worker},{label}\n"));
        }
    }
    text
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// What the program says when it fails.
fn fails(folder: &Path, arguments: &[&str]) -> String {
    let output = lensfinder(folder, arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Rows of a CSV file by the first column.
fn rows(path: &Path) -> (Vec<String>, BTreeMap<String, Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|record| {
        let fields: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
        (fields[0].clone(), fields[1..].to_vec())
    });
    (header, rows.collect())
}

#[test]
fn every_method_writes_a_label_and_probabilities_for_each_task() {
    let at = folder(&[("v.csv", &votes())]);
    for method in METHODS {
        succeeds(
            at.path(),
            &["aggregate", "v.csv", "--method", method, "--out", "o.csv", "--workers", "w.csv"],
        );
        let (header, found) = rows(&at.path().join("o.csv"));
        assert_eq!(header, ["task", "label", "p_no", "p_yes"], "{method}");
        assert_eq!(found.len(), 10);
        for (task, row) in &found {
            let truth = if task.parse::<u32>().unwrap() % 2 == 0 { "yes" } else { "no" };
            let p: Vec<f64> = row[1..].iter().map(|p| p.parse().unwrap()).collect();
            assert_eq!(row[0], truth, "{method}, task {task}: {row:?}");
            assert!(
                (p[0] + p[1] - 1.0).abs() < 1e-12 && (p[1] > p[0]) == (truth == "yes"),
                "{method}: {p:?}"
            );
        }
        let (header, workers) = rows(&at.path().join("w.csv"));
        assert_eq!(header[..3], ["worker", "votes", "informativeness_bits"]);
        assert_eq!(workers.keys().collect::<Vec<_>>(), ["ann", "bob", "cem", "dan"]);
        assert_eq!(workers["dan"][0], "10");
    }
}

#[test]
fn the_order_of_rows_and_columns_leaves_no_trace_in_the_result() {
    let text = votes();
    let mut lines: Vec<&str> = text.lines().skip(1).collect();
    lines.sort_by_key(|line| {
        line.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31) ^ u32::from(byte)) % 97
    });
    let turned: Vec<String> =
        lines.iter().map(|line| line.split(',').rev().collect::<Vec<_>>().join(",")).collect();
    let turned = format!("label,worker,task\r\n{}\r\n", turned.join("\r\n"));
    let at = folder(&[("a.csv", &text), ("b.csv", &turned)]);
    for method in METHODS {
        let out = |file| succeeds(at.path(), &["aggregate", file, "--method", method, "--out", "-"]);
        assert_eq!(out("a.csv"), out("b.csv"), "{method}");
    }
}

#[test]
fn the_report_counts_what_was_read_dropped_and_not_known() {
    let text = format!("{}0,ann,yes\n0,bob,no\n1,ann,unsure\n11,ann,Not sure\n", votes());
    let at = folder(&[("v.csv", &text), ("t.csv", "task,truth\n0,yes\n1,no\n99,no\n")]);
    let arguments =
        ["aggregate", "v.csv", "--method", "house", "--gold", "t.csv", "--out", "o.csv", "--json"];
    let report: serde_json::Value = serde_json::from_str(&succeeds(at.path(), &arguments)).unwrap();
    assert_eq!(report["rows"], 44);
    assert_eq!(report["votes"], 41);
    assert_eq!(report["repeats"]["same"], 1);
    assert_eq!(report["repeats"]["changed"], 2);
    assert_eq!(report["repeats"]["examples"][0]["at"], "line 42");
    assert_eq!(report["labels"], serde_json::json!(["no", "yes"]));
    assert_eq!(report["never_truths"], serde_json::json!(["Not sure", "unsure"]));
    assert_eq!(report["gold"]["tasks"], 2);
    assert_eq!(report["gold"]["unknown_tasks"], 1);
    assert_eq!(report["gold"]["unknown_examples"], serde_json::json!(["99"]));
    assert_eq!(report["method"], "house");
    // A task of which nobody was sure is there, and "unsure" has no column.
    let (header, found) = rows(&at.path().join("o.csv"));
    assert_eq!(header, ["task", "label", "p_no", "p_yes"]);
    assert_eq!(found.len(), 11);
    let words = lensfinder(at.path(), &arguments[..arguments.len() - 1]).output().unwrap();
    let words = String::from_utf8(words.stderr).unwrap();
    for part in [
        "41 votes count",
        "repeats, which do not count: 3",
        "line 43",
        "tasks without votes, not used: 1 (99)",
    ] {
        assert!(words.contains(part), "{part} in {words}");
    }
}

#[test]
fn results_take_the_form_their_ending_says() {
    let at = folder(&[("v.csv", &votes())]);
    for out in ["o.tsv", "o.jsonl", "o.parquet", "o.csv.gz"] {
        succeeds(at.path(), &["aggregate", "v.csv", "--method", "majority", "--out", out]);
    }
    let read = |name: &str| std::fs::read(at.path().join(name)).unwrap();
    assert!(read("o.tsv").starts_with(b"task\tlabel\tp_no\tp_yes\n0\tyes\t"));
    let line: serde_json::Value =
        serde_json::from_slice(read("o.jsonl").split(|b| *b == b'\n').next().unwrap()).unwrap();
    assert_eq!((&line["task"], &line["label"]), (&"0".into(), &"yes".into()));
    assert!(line["p_yes"].as_f64().unwrap() > 0.5);
    assert!(read("o.parquet").starts_with(b"PAR1") && read("o.csv.gz").starts_with(&[0x1f, 0x8b]));
    let text = fails(at.path(), &["aggregate", "v.csv", "--method", "majority", "--out", "o.xlsx"]);
    assert!(text.contains(".parquet"), "{text}");
}

#[test]
fn votes_pass_through_standard_input_and_output() {
    let at = folder(&[]);
    let mut child = lensfinder(at.path(), &["aggregate", "-", "--method", "majority", "--quiet"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(votes().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.stdout.starts_with(b"task,label,p_no,p_yes\n0,yes,"));
}

/// Votes on so many tasks that a pipe cannot hold what is written of them.
fn many_votes() -> String {
    let rows = (0..20_000).map(|task| format!("task-{task:05},ann,{}\n", ["yes", "no"][task % 2]));
    std::iter::once("task,worker,label\n".to_owned()).chain(rows).collect()
}

#[test]
fn who_reads_only_the_first_lines_gets_no_error_and_the_other_table() {
    let at = folder(&[("v.csv", &many_votes())]);
    let mut child = lensfinder(
        at.path(),
        &["aggregate", "v.csv", "--method", "majority", "--out", "-", "--workers", "w.csv", "--quiet"],
    )
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    // As `head` does: a little is read, then the pipe is closed.
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(&first, b"task,label");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(at.path().join("w.csv").exists());
}

#[cfg(unix)]
#[test]
fn who_stops_it_is_told_that_it_starts_over() {
    let at = folder(&[]);
    // It waits for votes that do not come.
    let mut child = lensfinder(at.path(), &["aggregate", "-", "--method", "majority", "--out", "o.csv"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut votes = child.stdin.take().unwrap();
    votes.write_all(many_votes().as_bytes()).unwrap();
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("Once more") {
        assert!(said.read_line(&mut line).unwrap() > 0, "{line}");
    }
    assert!(line.contains("Stopping; the command will start over."), "{line}");
    // More votes come, and are no longer wanted.
    let _ = votes.write_all(many_votes().as_bytes());
    drop(votes);
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains("Stopped. The same command starts over."), "{rest}");
    assert!(!at.path().join("o.csv").exists());
}

#[test]
fn thousands_of_labels_are_refused_before_they_fill_the_memory() {
    let mut text = "task,worker,label\n".to_owned();
    for vote in 0..20_000_u32 {
        text.push_str(&format!("{},{},remark {}\n", vote / 3, vote % 2000, vote.wrapping_mul(7919) % 9000));
    }
    let at = folder(&[("v.csv", &text)]);
    for method in ["dawid-skene", "one-coin", "swap", "house"] {
        let said = fails(at.path(), &["aggregate", "v.csv", "--method", method, "--out", "o.csv"]);
        for part in ["9000 different answers", "2000 workers", "GiB", "--max-memory 4", "--label-column"] {
            assert!(said.contains(part), "{method}: {said}");
        }
    }
    succeeds(at.path(), &["aggregate", "v.csv", "--method", "majority", "--out", "o.parquet"]);
    let least = ["aggregate", "v.csv", "--method", "majority", "--out", "o.csv", "--max-memory", "0.1"];
    assert!(fails(at.path(), &least).contains("more than --max-memory 0.1"));
}

#[test]
fn a_log_with_contradictory_truths_is_replayed_and_they_are_counted() {
    let log = "seq,time,user,subject,category,kind,said,training_truth\n\
               0,,ann,s1,training,sim,LENS,LENS\n1,,bob,s1,training,sim,NOT,NOT\n";
    let at = folder(&[("log.csv", log)]);
    let replay = [
        "aggregate",
        "log.csv",
        "--input-format",
        "swap-log",
        "--method",
        "swap",
        "--out",
        "o.csv",
        "--json",
    ];
    let report: serde_json::Value = serde_json::from_str(&succeeds(at.path(), &replay)).unwrap();
    assert!(report["notes"][0].as_str().unwrap().starts_with("1 rows contradict"), "{report}");
    assert_eq!(rows(&at.path().join("o.csv")).1["s1"][1], "undecided");
    let said = fails(at.path(), &["aggregate", "log.csv", "--method", "house", "--out", "o.csv"]);
    assert!(said.contains("line 3") && said.contains("--ignore-truths"), "{said}");
}

#[test]
fn votes_are_carried_from_one_format_to_another_and_mean_the_same() {
    let at = folder(&[("v.csv", &votes()), ("t.csv", "task,truth\n0,yes\n1,no\n")]);
    let direct =
        succeeds(at.path(), &["aggregate", "v.csv", "--gold", "t.csv", "--method", "house", "--out", "-"]);
    for (file, format) in
        [("p.parquet", "parquet"), ("z.csv", "zooniverse"), ("l.json", "label-studio"), ("x.tsv", "tsv")]
    {
        let carry =
            ["aggregate", "v.csv", "--gold", "t.csv", "--write-votes", file, "--output-format", format];
        succeeds(at.path(), &carry);
        assert_eq!(
            succeeds(at.path(), &["aggregate", file, "--method", "house", "--out", "-"]),
            direct,
            "{format}"
        );
    }
    // Two answers are also a log of SWAP.
    succeeds(at.path(), &["aggregate", "p.parquet", "--write-votes", "s.csv", "--output-format", "swap-log"]);
    let replay = ["aggregate", "s.csv", "--method", "swap", "--preset", "prior05_gzx", "--out", "-"];
    assert!(succeeds(at.path(), &replay).starts_with("subject,posterior,status\n0,"));
}

#[test]
fn a_wrong_choice_or_file_ends_with_what_to_do() {
    let at = folder(&[
        ("v.csv", &votes()),
        ("three.csv", "task,worker,label\n1,a,x\n1,b,y\n1,c,z\n"),
        ("empty.csv", ""),
        ("header.csv", "task,worker,label\n"),
        ("hole.csv", "task,worker,label\n1,a,x\n1,,y\n"),
        ("unsure.csv", "task,worker,label\n1,a,unsure\n"),
        ("twice.csv", "task,truth\n0,yes\n0,no\n"),
        ("bytes.csv", "task,worker,label\n1,a,x\n"),
    ]);
    std::fs::write(at.path().join("bytes.csv"), b"task,worker,label\n1,a,\xfe\n").unwrap();
    let says = |arguments: &[&str], parts: &[&str]| {
        let all: Vec<&str> =
            ["aggregate"].into_iter().chain(arguments.iter().copied()).chain(["--out", "o.csv"]).collect();
        let text = fails(at.path(), &all);
        for part in parts {
            assert!(text.contains(part), "{arguments:?}: {text}");
        }
        assert!(!at.path().join("o.csv").exists() && !at.path().join("o.csv.part").exists());
    };
    says(&["nowhere.csv"], &["cannot open nowhere.csv"]);
    says(&["empty.csv"], &["empty.csv", "is empty"]);
    says(&["header.csv"], &["holds no votes"]);
    says(&["hole.csv"], &["hole.csv, line 3, worker: is empty", "--skip-incomplete"]);
    says(&["bytes.csv"], &["line 2, label: is not UTF-8"]);
    says(&["unsure.csv"], &["--every-label-a-class"]);
    says(&["v.csv", "--gold", "twice.csv"], &["twice.csv, line 3", "line 2", "`0`"]);
    says(
        &["three.csv", "--method", "swap", "--preset", "production"],
        &["two truths", "x, y, z", "--not-a-class"],
    );
    says(&["v.csv", "--method", "house", "--prior", "0.1"], &["--method swap"]);
    says(&["v.csv", "--method", "swap", "--preset", "unsup", "--prior", "2"], &["prior", "between 0 and 1"]);
    says(&["v.csv", "--positive", "unsure"], &["--positive unsure"]);
    says(&["v.csv", "--input-format", "parquet"], &["no Parquet"]);
}

#[test]
fn no_spelling_of_a_name_lets_a_result_destroy_what_is_read_or_another_result() {
    let votes = votes();
    let at = folder(&[("v.csv", &votes), ("t.csv", "task,truth\n0,yes\n"), ("w.csv.part", &votes)]);
    std::fs::create_dir(at.path().join("sub")).unwrap();
    let whole = at.path().join("v.csv");
    let mut names = vec!["v.csv", "./v.csv", "sub/../v.csv", whole.to_str().unwrap()];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("v.csv", at.path().join("link.csv")).unwrap();
        std::os::unix::fs::symlink(".", at.path().join("here")).unwrap();
        names.extend(["link.csv", "here/v.csv"]);
    }
    for name in names {
        for flag in ["--out", "--workers", "--write-votes"] {
            let said = fails(at.path(), &["aggregate", "v.csv", "--method", "majority", flag, name]);
            assert!(said.contains("overwritten"), "{flag} {name}: {said}");
            assert_eq!(std::fs::read_to_string(&whole).unwrap(), votes, "{flag} {name}");
        }
    }
    let over =
        |arguments: &[&str]| fails(at.path(), &[&["aggregate", "--method", "majority"], arguments].concat());
    assert!(over(&["v.csv", "--gold", "t.csv", "--out", "./t.csv"]).contains("overwritten"));
    assert!(over(&["w.csv.part", "--out", "w.csv"]).contains("overwritten"));
    for (out, workers) in [("o.csv", "./o.csv"), ("sub/o.csv", "sub/../sub/o.csv"), ("-", "-")] {
        assert!(
            over(&["v.csv", "--out", out, "--workers", workers]).contains("one file"),
            "{out}, {workers}"
        );
    }
    // A new name beside the votes is no trouble.
    succeeds(at.path(), &["aggregate", "v.csv", "--method", "majority", "--out", "./o.csv"]);
}

#[test]
fn truths_with_gaps_from_pandas_are_no_new_labels_and_unsure_ones_are_left_out() {
    let votes = votes().replace("yes", "1").replace("no", "0");
    let at = folder(&[("v.csv", &votes), ("t.csv", "task,truth\n0,1.0\n1,0.0\n2,unsure\n3,\n")]);
    for method in METHODS {
        let arguments =
            ["aggregate", "v.csv", "--gold", "t.csv", "--method", method, "--out", "o.csv", "--json"];
        let report: serde_json::Value = serde_json::from_str(&succeeds(at.path(), &arguments)).unwrap();
        assert_eq!(rows(&at.path().join("o.csv")).0, ["task", "label", "p_0", "p_1"], "{method}");
        let gold = &report["gold"];
        assert_eq!(
            (&gold["tasks"], &gold["never_truths"], &gold["without_truth"]),
            (&2.into(), &1.into(), &1.into())
        );
        assert_eq!(gold["labels_nobody_said"], serde_json::json!([]));
    }
}

#[test]
fn the_ways_out_that_the_replay_of_a_log_names_do_work() {
    let log = "seq,time,user,subject,category,kind,said,training_truth\n\
               0,,ann,s1,training,sim,LENS,LENS\n1,,bob,s2,test,test,NOT,UNKNOWN\n";
    let at = folder(&[("log.csv", log), ("t.csv", "task,truth\ns2,NOT\n")]);
    let with: [&[&str]; 2] = [&["--gold", "t.csv"], &["--workers", "w.csv"]];
    for more in with {
        let all = |rest: &[&'static str]| [&["aggregate", "log.csv", "--out", "o.csv"], more, rest].concat();
        let said = fails(at.path(), &all(&["--method", "swap"]));
        assert!(said.contains("another --method") && !said.contains("--preset"), "{said}");
        assert!(said.contains("--input-format csv --label-column said"), "{said}");
        succeeds(at.path(), &all(&["--method", "house"]));
        succeeds(at.path(), &all(&["--method", "swap", "--input-format", "csv", "--label-column", "said"]));
        assert_eq!(rows(&at.path().join("o.csv")).0, ["task", "label", "p_LENS", "p_NOT"]);
    }
}

#[test]
fn one_label_only_and_labels_set_aside_are_no_trouble() {
    let at = folder(&[
        ("one.csv", "task,worker,label\n1,a,x\n2,b,x\n3,a,unsure\n"),
        ("three.csv", "task,worker,label\n1,a,x\n1,b,y\n1,c,z\n2,a,z\n"),
    ]);
    for method in METHODS {
        let text = succeeds(at.path(), &["aggregate", "one.csv", "--method", method, "--out", "-"]);
        assert_eq!(text, "task,label,p_x\n1,x,1.0\n2,x,1.0\n3,x,1.0\n", "{method}");
        let arguments = ["aggregate", "three.csv", "--method", method, "--not-a-class", "Z", "--out", "-"];
        assert!(succeeds(at.path(), &arguments).starts_with("task,label,p_x,p_y\n1,"), "{method}");
        let arguments = ["aggregate", "one.csv", "--method", method, "--every-label-a-class", "--out", "-"];
        assert!(succeeds(at.path(), &arguments).starts_with("task,label,p_unsure,p_x\n1,x,"), "{method}");
    }
}

/// A file beside the project, where it is there.
fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path.canonicalize().unwrap())
}

#[test]
fn the_reference_log_of_swap_gives_the_reference_statuses_and_posteriors() {
    let Some(log) = shared("reference/consensus/small_classifications.csv") else { return };
    let at = folder(&[]);
    for preset in PRESETS {
        let log = log.to_str().unwrap();
        let arguments = [
            "aggregate",
            log,
            "--input-format",
            "swap-log",
            "--method",
            "swap",
            "--preset",
            preset,
            "--out",
            "o.csv",
        ];
        succeeds(at.path(), &arguments);
        let (header, found) = rows(&at.path().join("o.csv"));
        assert_eq!(header, ["subject", "posterior", "status"]);
        assert_eq!(found.len(), 1400, "{preset}");
        let Some(table) = shared(&format!("reference/consensus/small_{preset}_subjects.csv")) else {
            continue;
        };
        let (header, wanted) = rows(&table);
        let of =
            |names: [&str; 2]| header.iter().position(|name| names.contains(&name.as_str())).unwrap() - 1;
        let posterior = of(["posterior", "score"]);
        for (subject, row) in &wanted {
            let (p, q): (f64, f64) = (found[subject][0].parse().unwrap(), row[posterior].parse().unwrap());
            assert!((p - q).abs() <= 1e-9 * q.abs(), "{preset}, {subject}: {p} and not {q}");
            let status = match preset {
                "kswap" => match row[of(["retired_as", ""])].as_str() {
                    "0" => "rejected",
                    "1" => "detected",
                    _ => "undecided",
                },
                _ => row[of(["status", ""])].as_str(),
            };
            assert_eq!(found[subject][1], status, "{preset}, {subject}");
        }
    }
}

#[test]
fn real_crowds_are_labelled_better_than_by_chance_by_every_method() {
    for crowd in ["bluebird", "rte", "s4_dog", "weather_cf"] {
        let Some(votes) = shared(&format!("data/votes/{crowd}/votes.csv")) else { return };
        let truth = rows(&votes.with_file_name("truth.csv")).1;
        let at = folder(&[]);
        for method in METHODS {
            succeeds(
                at.path(),
                &["aggregate", votes.to_str().unwrap(), "--method", method, "--out", "o.csv"],
            );
            let (header, found) = rows(&at.path().join("o.csv"));
            let right =
                truth.iter().filter(|(task, row)| found.get(*task).is_some_and(|f| f[0] == row[0])).count();
            let share = right as f64 / truth.len() as f64;
            let chance = 1.0 / (header.len() - 2) as f64;
            // One coin has only a little more than chance on bluebird, where most answer no too often.
            assert!(share > chance, "{crowd}, {method}: {share}");
        }
    }
}
