//! `lensfinder catalogue` and `lensfinder audit` from outside: import, match,
//! audit; what is wrong ends with a reason and exit code 1.

use std::{fs, path::Path};

use serde_json::Value;

use crate::program::{lensfinder, succeeds};

const TABLE: &str = "id,ra,dec,mass\n\
    9223372036854775807,150.0,2.0,14.5\n2,150.5,2.0,14.1\n3,10.0,-30.0,13.5\n3,11.0,-30.0,14.9\n4,10.0,95.0,14.9\n";

const SCHEMA: &str = r#"
name = "mine"
[columns]
id = { column = "id" }
ra = { column = "ra", unit = "deg" }
dec = { column = "dec", unit = "deg" }
m500 = { column = "mass", unit = "log10(Msun)" }
[cut]
m500_msun = { min = 1e14 }
"#;

const LENSES: &str =
    "name,ra,dec,zlens,grading\nThe Arc,150.005,2.0,0.4,confident\nfar,150.0,3.0,-,probable\n";

fn fails(folder: &Path, arguments: &[&str]) -> String {
    let output = lensfinder(folder, arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn imported(folder: &Path) -> Value {
    fs::write(folder.join("table.csv"), TABLE).unwrap();
    fs::write(folder.join("mine.toml"), SCHEMA).unwrap();
    let arguments =
        ["catalogue", "import", "table.csv", "--schema", "mine.toml", "--out", "clusters", "--json"];
    serde_json::from_str(&succeeds(folder, &arguments)).unwrap()
}

#[test]
fn a_table_is_imported_matched_and_audited() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    let report = imported(folder);
    assert_eq!(report["counts"]["rows"], 5);
    assert_eq!(report["counts"]["kept"], 2);
    assert_eq!(report["counts"]["cut"]["m500_msun"], 1);
    assert_eq!(report["counts"]["rejected"], 2);
    let rejected = fs::read_to_string(folder.join("clusters/rejected.csv")).unwrap();
    assert!(rejected.contains("already in line 4") && rejected.contains("Dec 95"), "{rejected}");

    fs::write(folder.join("lenses.csv"), LENSES).unwrap();
    let words =
        succeeds(folder, &["catalogue", "match", "clusters", "--known", "lenses.csv", "--out", "m.csv"]);
    assert!(words.contains("1 pairs within 50″: 1 of 2"), "{words}");
    let matches = fs::read_to_string(folder.join("m.csv")).unwrap();
    assert!(matches.contains("9223372036854775807") && matches.contains("The Arc"), "{matches}");

    let words = succeeds(folder, &["audit", "clusters", "--known", "m.csv", "--held-out", "0.1"]);
    assert!(words.contains("2 rows") && words.contains("ok"), "{words}");
}

#[test]
fn what_is_wrong_with_a_catalogue_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    imported(folder);
    let import = |file: &str, schema: &str| {
        fails(folder, &["catalogue", "import", file, "--schema", schema, "--out", "other"])
    };
    fs::write(folder.join("page.csv"), "<!DOCTYPE html><html>").unwrap();
    assert!(import("page.csv", "mine.toml").contains("web page"));
    fs::write(folder.join("bare.toml"), SCHEMA.replace(", unit = \"log10(Msun)\"", "")).unwrap();
    assert!(import("table.csv", "bare.toml").contains("unit"));
    assert!(import("table.csv", "nothing").contains("zou2021"));
    assert!(import("table.csv", "psz2").contains("INDEX"));
    assert!(import("gone.csv", "mine.toml").contains("gone.csv"));
    let again = ["catalogue", "import", "table.csv", "--schema", "mine.toml", "--out", "clusters"];
    assert!(fails(folder, &again).contains("already holds"));
    assert!(!folder.join("other").join("import.json").exists());
    assert!(
        fails(folder, &["catalogue", "match", "table.csv", "--known", "x", "--out", "m"])
            .contains("import it first")
    );
}

#[test]
fn limits_of_the_command_line_replace_those_of_the_schema() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    imported(folder);
    let kept = |out: &str, more: &[&str]| {
        let base = ["catalogue", "import", "table.csv", "--schema", "mine.toml", "--json", "--out", out];
        let report: Value = serde_json::from_str(&succeeds(folder, &[&base, more].concat())).unwrap();
        report["counts"]["kept"].as_u64().unwrap()
    };
    assert_eq!(kept("a", &["--no-cut"]), 3);
    assert_eq!(kept("b", &["--min", "m500_msun=2e14"]), 1);
    assert_eq!(kept("c", &["--max", "dec_deg=0", "--min", "m500_msun=1e13"]), 1);
}

#[test]
fn schemas_are_listed_and_printed() {
    let dir = tempfile::tempdir().unwrap();
    let list = succeeds(dir.path(), &["catalogue", "schemas"]);
    assert!(list.contains("zou2021") && list.contains("not tried on the published file"), "{list}");
    let one = succeeds(dir.path(), &["catalogue", "schemas", "zou2021"]);
    fs::write(dir.path().join("own.toml"), one).unwrap();
    fs::write(dir.path().join("t.csv"), "CLUSTER_ID,RA,DEC,PHOTO_Z,M_500 [1e14 Msun]\n1,2,3,0.5,1.5\n")
        .unwrap();
    let report =
        succeeds(dir.path(), &["catalogue", "import", "t.csv", "--schema", "own.toml", "--out", "o"]);
    assert!(report.contains("1 rows came in, 1 clusters stayed"), "{report}");
}

#[test]
fn a_leak_ends_with_code_1_and_a_list_of_rows_to_leave_out() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    // Pairs 20″ apart, astride the borders of cells at RA 0°, 45°, … on the equator.
    let mut table = "id,ra,dec\n".to_owned();
    for n in 0..64 {
        let border = f64::from(n) * 2.812_5;
        table.push_str(&format!(
            "{},{},0.0\n{},{},0.0\n",
            2 * n,
            border + 0.003,
            2 * n + 1,
            (border + 359.997) % 360.0
        ));
    }
    fs::write(folder.join("t.csv"), table).unwrap();
    succeeds(folder, &["catalogue", "import", "t.csv", "--schema", "generic-clusters", "--out", "c"]);
    let audit = ["audit", "c", "--held-out", "0.3", "--gate", "0.3"];
    let output =
        lensfinder(folder, &[&audit[..], &["--drop", "d.csv", "--out", "r.json"]].concat()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let words = String::from_utf8(output.stdout).unwrap();
    assert!(words.contains("LEAK pairs nearer than a cutout's diagonal"), "{words}");
    let report: Value = serde_json::from_slice(&fs::read(folder.join("r.json")).unwrap()).unwrap();
    assert!(report["findings"][3]["count"].as_u64().unwrap() > 0, "{report}");
    succeeds(folder, &[&audit[..], &["--exclude", "d.csv"]].concat());
    // Ids are one catalogue's own: the rows of another are not left out by it.
    let other = fs::read_to_string(folder.join("d.csv")).unwrap().replace("c,", "other,");
    fs::write(folder.join("other.csv"), other).unwrap();
    assert!(fails(folder, &[&audit[..], &["--exclude", "other.csv"]].concat()).contains("leaks"));
    succeeds(folder, &[&audit[..], &["--buffer", "142"]].concat());
    assert!(fails(folder, &["audit", "c", "--held-out", "0.9", "--gate", "0.3"]).contains("fraction"));
    assert!(fails(folder, &["audit", "nowhere"]).contains("nowhere"));
}
