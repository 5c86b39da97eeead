//! `lensfinder lens` from outside.

use std::path::Path;

use crate::program::{lensfinder, succeeds};

const MODEL: &str = r#"[{"type": "sie", "theta_e": 2, "q": 0.8, "phi_deg": 30, "x": 0.4, "y": -0.6},
  {"type": "shear", "gamma1": 0.03, "gamma2": -0.02}]"#;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// What the program says when it fails, and its exit code.
fn fails(folder: &Path, arguments: &[&str]) -> (String, i32) {
    let output = lensfinder(folder, arguments).output().unwrap();
    assert!(!output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    (String::from_utf8(output.stderr).unwrap(), output.status.code().unwrap())
}

#[test]
fn eval_writes_a_line_for_each_point_whatever_the_table_looks_like() {
    let points = "# made by hand\r\nID, Y ,X\r\n\"a, b\",2,1\r\n# between\r\nb,-0.6,0.4\r\n";
    let at = folder(&[("m.json", MODEL), ("p.csv", points), ("bare.csv", "1,2\n0.4,-0.6\n")]);
    let text = succeeds(at.path(), &["lens", "eval", "m.json", "p.csv"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "x,y,alpha_x,alpha_y,potential,kappa,gamma1,gamma2,magnification");
    assert_eq!(lines.len(), 3);
    let row: Vec<f64> = lines[1].split(',').map(|field| field.parse().unwrap()).collect();
    assert!((row[0] - 1.0).abs() < 1e-15 && (row[1] - 2.0).abs() < 1e-15);
    let [kappa, g1, g2, mu] = [row[5], row[6], row[7], row[8]];
    assert!((mu * ((1.0 - kappa).powi(2) - g1 * g1 - g2 * g2) - 1.0).abs() < 1e-12);
    assert!(
        lines[1].split(',').all(|field| field.split('e').next().unwrap().trim_start_matches('-').len() == 18)
    );
    // The centre of a singular profile is finite too.
    assert!(lines[2].split(',').all(|field| field.parse::<f64>().unwrap().is_finite()));
    // Without names, through a file, and as JSON: the same numbers.
    succeeds(at.path(), &["lens", "eval", "m.json", "bare.csv", "--out", "o.csv"]);
    assert_eq!(std::fs::read_to_string(at.path().join("o.csv")).unwrap(), text);
    let json = succeeds(at.path(), &["lens", "eval", "m.json", "p.csv", "--json"]);
    let list: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert_eq!(list[0]["alpha_x"].as_f64().unwrap().to_bits(), row[2].to_bits());
}

#[test]
fn eval_names_the_line_or_the_field_that_is_wrong() {
    let at = folder(&[
        ("m.json", MODEL),
        ("bad.json", r#"[{"type": "sie", "theta_e": 2, "q": 1.2, "phi_deg": 0}]"#),
        ("p.csv", "x,y\n1,2\n\n3,oops\n"),
        ("nan.csv", "x,y\nNaN,2\n"),
        ("names.csv", "ra,dec\n1,2\n"),
        ("empty.csv", ""),
    ]);
    let says = |arguments: &[&str], parts: &[&str]| {
        let (text, code) = fails(at.path(), arguments);
        assert_eq!(code, 1);
        for part in parts {
            assert!(text.contains(part), "{arguments:?}: {text}");
        }
    };
    says(&["lens", "eval", "m.json", "p.csv"], &["p.csv", "line 4", "y is `oops`"]);
    says(&["lens", "eval", "m.json", "nan.csv"], &["line 2", "x is `NaN`", "finite"]);
    says(&["lens", "eval", "m.json", "names.csv"], &["no columns x and y", "ra, dec"]);
    says(&["lens", "eval", "m.json", "empty.csv"], &["no columns x and y"]);
    says(&["lens", "eval", "m.json", "nowhere.csv"], &["nowhere.csv"]);
    says(&["lens", "eval", "bad.json", "p.csv"], &["bad.json", "components[0]", "`q`", "0.05 and 1"]);
}

#[test]
fn eval_help_holds_the_whole_reference_of_models() {
    let at = folder(&[]);
    let help = succeeds(at.path(), &["lens", "eval", "--help"]);
    for word in ["nfw_ellipse", "alpha_rs", "pa_deg", "sigma_lenstool_km_s", "omega_m", "w_c", "ra_0"] {
        assert!(help.contains(word), "{word}");
    }
}

#[test]
fn curves_of_an_isothermal_ellipsoid_have_their_known_area() {
    let model = r#"[{"type": "sie", "theta_e": 8, "q": 0.7, "phi_deg": 30}]"#;
    let at = folder(&[("m.json", model)]);
    let arguments = ["lens", "curves", "m.json", "--half-width", "20", "--points", "c.csv", "--json"];
    let found: serde_json::Value = serde_json::from_str(&succeeds(at.path(), &arguments)).unwrap();
    let area = found["tangential"][0]["critical_area_arcsec2"].as_f64().unwrap();
    assert!((area / (std::f64::consts::PI * 64.0) - 1.0).abs() < 1e-3);
    assert!((found["theta_e_eff_arcsec"].as_f64().unwrap() - 8.0).abs() < 0.01);
    assert!(found["magnified"][0]["source_area_arcsec2"].as_f64().unwrap() > 1.0);
    let points = std::fs::read_to_string(at.path().join("c.csv")).unwrap();
    assert!(
        points.starts_with("kind,loop,x,y,source_x,source_y\ntangential,1,") && points.lines().count() > 300
    );
    let words = succeeds(at.path(), &["lens", "curves", "m.json", "--half-width", "4"]);
    assert!(words.contains("left out: 1. Use a larger --half-width"), "{words}");
    let (text, _) = fails(at.path(), &["lens", "curves", "m.json", "--step", "0"]);
    assert!(text.contains("--step 0"), "{text}");
}

#[test]
fn report_is_a_whole_page_and_fails_with_the_table_that_disagrees() {
    let head = "# {\"models\": [\"SIS\"], \"kwargs\": [{\"theta_E\": 2, \"center_x\": 0, \"center_y\": 0}]}\nx,y,alpha_x,alpha_y\n";
    let at = folder(&[]);
    let tables = at.path().join("tables");
    std::fs::create_dir(&tables).unwrap();
    std::fs::write(tables.join("lens_<a>.csv"), format!("{head}3,4,1.2,1.6\n")).unwrap();
    std::fs::write(tables.join("images.fits"), "SIMPLE").unwrap();
    let arguments = ["lens", "report", "--reference", "tables", "--out", "r.html"];
    let words = succeeds(at.path(), &arguments);
    assert!(words.contains("1 agree, 0 disagree, 1 not compared"), "{words}");
    let page = std::fs::read_to_string(at.path().join("r.html")).unwrap();
    for part in [
        "<html lang=\"en\">",
        "lens_&lt;a&gt;.csv",
        "images.fits",
        "✓ agrees",
        "<svg",
        "Conventions",
        "</html>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("<script") && !page.contains("http"), "nothing from outside");

    std::fs::write(tables.join("lens_b.csv"), format!("{head}3,4,1.2,1.7\n")).unwrap();
    let (text, code) = fails(at.path(), &arguments);
    assert!(code == 1 && text.contains("1 of 2 comparisons fail") && text.contains("lens_b.csv"), "{text}");
    assert!(std::fs::read_to_string(at.path().join("r.html")).unwrap().contains("✗ disagrees"));
    std::fs::create_dir(at.path().join("nothing")).unwrap();
    let (text, _) = fails(at.path(), &["lens", "report", "--reference", "nothing", "--out", "r.html"]);
    assert!(text.contains("holds no"), "{text}");
}
