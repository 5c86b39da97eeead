//! Every folder of real images, when they are there: all of it is either in
//! the dataset or refused with a reason.
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

use std::{fmt::Write as _, fs, path::PathBuf};

use domain::Silent;
use imaging::Crop;
use survey::{IngestInput, IngestReport, IngestRequest, SourceOptions, ingest};
use tempfile::{TempDir, tempdir};

fn images(folder: &str) -> Option<PathBuf> {
    let all = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/images");
    let path = PathBuf::from(all).join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: {} is not here", path.display());
    None
}

fn run(input: IngestInput, options: SourceOptions) -> (IngestReport, TempDir) {
    let out = tempdir().unwrap();
    let request = IngestRequest { options, ..IngestRequest::new(input, "real") };
    (ingest(&request, out.path(), &Silent).unwrap(), out)
}

#[test]
fn folders_of_cutouts_and_pictures_enter() {
    let cases = [
        ("ls_dr10_float_grz", 6),
        ("ls_dr10_tierA", 54),
        ("ls_dr10_injected", 69),
        ("cfhtls_spacewarps", 215),
        ("spacewarps_guide_negatives", 37),
    ];
    for (name, expected) in cases {
        let Some(path) = images(name) else { return };
        let (report, _out) = run(IngestInput::Folder(path), SourceOptions::default());
        println!("{name}: {} accepted, refused: {:?}", report.accepted, report.rejected);
        assert!(report.accepted >= expected - 2, "{name}: {:?}", report.rejected);
    }
}

#[test]
fn the_space_warps_table_enters_with_its_grades_and_without_its_watermark() {
    let Some(path) = images("cfhtls_spacewarps") else { return };
    let options = SourceOptions {
        crop: Crop::Pixels(129),
        pixel_scale_arcsec: Some(0.186),
        ..SourceOptions::default()
    };
    let (report, _out) = run(IngestInput::Catalogue(path.join("index.csv")), options);
    // The table lists more images than were copied.
    assert_eq!(report.accepted, 215);
    assert!(report.rejected.iter().all(|no| no.reason.contains("the file is missing")));
    let rows = report.dataset.rows().unwrap();
    assert!(rows.iter().all(|row| (row.width, row.height) == (129, 129) && row.position.is_some()));
    let grade = |row: &survey::ManifestRow| row.provenance_value("expert_grade_0_3")?.parse::<f64>().ok();
    assert!(rows.iter().all(|row| grade(row).is_some_and(|grade| (0.0..=3.0).contains(&grade))));
}

#[test]
fn single_bands_and_stacks_are_refused_with_the_way_out_and_then_enter_by_a_table() {
    let (Some(single), Some(stacks)) = (images("fits_multiband"), images("des_float_griz")) else { return };
    for (path, hint) in [(&single, "catalogue"), (&stacks, "plane")] {
        let (report, _out) = run(IngestInput::Folder(path.clone()), SourceOptions::default());
        assert_eq!(report.accepted, 0);
        let odd = report.rejected.iter().filter(|no| !no.reason.contains(hint)).count();
        assert!(odd <= 1, "{:?}", report.rejected);
    }
    let mut table = "path,plane,bands,id,zero_point\n".to_owned();
    let file = |folder: &PathBuf, name: &str| folder.join(name).display().to_string();
    for survey in ["CFHTLS", "KiDS"] {
        let paths = ["g", "r", "i"].map(|band| file(&single, &format!("{survey}-test_{band}.fits")));
        // KiDS counts in maggies: one unit is magnitude 0.
        let zero_point = if survey == "KiDS" { 0 } else { 30 };
        writeln!(table, "{},,gri,{survey},{zero_point}", paths.join(";")).unwrap();
    }
    for plane in 0..46 {
        let paths = ["g", "r", "z"].map(|band| file(&stacks, &format!("{band}.fits")));
        writeln!(table, "{},{plane},grz,des-{plane:02},30", paths.join(";")).unwrap();
    }
    let dir = tempdir().unwrap();
    let path = dir.path().join("table.csv");
    fs::write(&path, table).unwrap();
    let (report, _out) = run(IngestInput::Catalogue(path), SourceOptions::default());
    assert_eq!(report.rejected, []);
    assert_eq!(report.accepted, 48);
    for row in report.dataset.rows().unwrap() {
        let picture = report.dataset.picture(&row).unwrap();
        assert_eq!(picture.width, row.width);
        let bright =
            picture.data.iter().filter(|&&byte| byte > 128).count() as f64 / picture.data.len() as f64;
        assert!((0.001..0.5).contains(&bright), "{}: {bright} of the picture is bright", row.id);
    }
}
