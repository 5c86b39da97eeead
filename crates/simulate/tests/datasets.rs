//! Whole simulated datasets: the same bytes however many threads, after an
//! interruption, and through the records; nothing that gives a lens away.

#![expect(clippy::unwrap_used, reason = "a test whose set-up fails should fail")]

mod runs;

use std::{fs, path::Path};

use domain::{Label, Seed, Silent};
use imaging::{TileSpec, tile::tile};
use simulate::{
    Config, Kind, Records, SimulateError, SurveyRequest, TrainingRequest, render, simulate_survey,
    simulate_training,
};

use runs::{StopAfter, contents};

fn small_config() -> Config {
    let mut config = Config::training();
    (config.image.size_px, config.image.pixel_scale_arcsec) = (127, 0.786);
    config
}

fn survey(dir: &Path) -> SurveyRequest {
    SurveyRequest {
        config: small_config(),
        count: 90,
        lens_rate: 0.1,
        look_alike_rate: 0.3,
        rows_per_shard: 25,
        ..SurveyRequest::new(dir, Seed::root(5))
    }
}

#[test]
fn a_survey_hides_its_truth_and_its_records_bring_the_tiles_back() {
    let dir = tempfile::tempdir().unwrap();
    let dataset = simulate_survey(&survey(dir.path()), &Silent).unwrap();
    assert_eq!(dataset.len(), 90);
    dataset.verify(&Silent).unwrap();
    let rows = dataset.rows().unwrap();
    assert!(rows.iter().all(|row| row.image.label == Label::Unknown));
    assert!(rows.iter().all(|row| row.image.source == format!("record:{}", row.image.id)));

    let truth = fs::read_to_string(dir.path().join("truth.csv")).unwrap();
    assert!(truth.starts_with("id,kind,label,theta_e_arcsec,arc_sn\n"));
    let lenses = truth.lines().filter(|line| line.contains(",lens,1,")).count();
    assert_eq!((truth.lines().count(), lenses), (91, 9));

    let records = Records::open(dir.path()).unwrap();
    let places: Vec<_> = rows.iter().map(|row| (row.shard, row.row)).collect();
    let tiles = dataset.tiles(&places).unwrap();
    for (row, stored) in rows.iter().zip(&tiles) {
        let record = records.get(&row.image.id).unwrap();
        let again = tile(&render(&record).unwrap(), &TileSpec::default()).unwrap();
        assert_eq!(&again, stored, "{} ({})", row.image.id, record.kind);
        let line = format!("{},{},{}", row.image.id, record.kind, record.kind.label().code());
        assert!(truth.contains(&line));
        assert_eq!(record.results.is_some(), record.kind == Kind::Lens);
    }
    assert!(matches!(records.get("nobody"), Err(SimulateError::NoRecord { .. })));
}

#[test]
fn the_bytes_do_not_depend_on_the_number_of_threads() {
    let folders = [1, 3].map(|threads| {
        let dir = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| simulate_survey(&survey(dir.path()), &Silent)).unwrap();
        contents(dir.path())
    });
    assert_eq!(folders[0], folders[1]);
}

#[test]
fn an_interrupted_survey_goes_on_and_ends_with_the_same_bytes() {
    let [whole, broken] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    simulate_survey(&survey(whole.path()), &Silent).unwrap();
    for stop in [20, 45] {
        let stopped = simulate_survey(&survey(broken.path()), &StopAfter::units(stop));
        assert!(matches!(stopped, Err(SimulateError::Cancelled(_))), "{stopped:?}");
    }
    let first = broken.path().join("shards/00000.parquet");
    let before = fs::metadata(&first).unwrap().modified().unwrap();
    simulate_survey(&survey(broken.path()), &Silent).unwrap();
    assert_eq!(contents(whole.path()), contents(broken.path()));
    assert_eq!(fs::metadata(&first).unwrap().modified().unwrap(), before, "a finished shard was made again");
}

#[test]
fn a_survey_stopped_after_its_last_shard_is_only_finished() {
    let [whole, broken] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    simulate_survey(&survey(whole.path()), &Silent).unwrap();
    // A folder in the index's way: every shard is written, then the end fails.
    let obstacle = broken.path().join("index.parquet.part");
    fs::create_dir_all(&obstacle).unwrap();
    let failed = simulate_survey(&survey(broken.path()), &Silent).unwrap_err().to_string();
    assert!(failed.contains("index.parquet"), "{failed}");
    let last = broken.path().join("shards/00003.parquet");
    let before = fs::metadata(&last).unwrap().modified().unwrap();
    fs::remove_dir(&obstacle).unwrap();
    simulate_survey(&survey(broken.path()), &Silent).unwrap();
    assert_eq!(contents(whole.path()), contents(broken.path()));
    assert_eq!(fs::metadata(&last).unwrap().modified().unwrap(), before, "a finished shard was made again");
}

#[test]
fn a_finished_dataset_is_returned_and_another_one_is_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let mut request = TrainingRequest {
        config: small_config(),
        positives: 6,
        negatives: 20,
        ..TrainingRequest::new(dir.path(), Seed::root(1))
    };
    let dataset = simulate_training(&request, &Silent).unwrap();
    let rows = dataset.rows().unwrap();
    let count = |label| rows.iter().filter(|row| row.image.label == label).count();
    assert_eq!((count(Label::Lens), count(Label::NonLens)), (6, 20));
    assert_eq!(simulate_training(&request, &Silent).unwrap(), dataset);
    request.positives = 7;
    let error = simulate_training(&request, &Silent).unwrap_err().to_string();
    assert!(error.contains("other settings"), "{error}");
}

#[test]
fn an_impossible_request_names_the_field() {
    let dir = tempfile::tempdir().unwrap();
    let mut request = survey(dir.path());
    request.lens_rate = 1.5;
    assert!(simulate_survey(&request, &Silent).unwrap_err().to_string().contains("lens_rate"));
    request.lens_rate = 0.1;
    request.count = 0;
    assert!(simulate_survey(&request, &Silent).unwrap_err().to_string().contains("count"));
}
