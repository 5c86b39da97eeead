//! A planted difference between two sets of images is found, two halves of one
//! set are not told apart, and both stand on the model's card.
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

use std::{fs, path::Path};

use domain::{Digest, Label, Seed, Silent};
use finder::{
    Model, Realism,
    realism::{self, Comparison, FoldsBy, Sample, Seen},
    train,
};
use imaging::{Tile, TileSpec};
use survey::{DatasetWriter, NewRow};

use crate::{device, painted, request};

fn spec() -> TileSpec {
    TileSpec { size: 48, ..TileSpec::default() }
}

fn model(dir: &Path) -> Model {
    let report = train(&request(&dir.join("painted/1")), device(), &Silent).unwrap();
    report.open(device()).unwrap()
}

/// `count` images without an arc, in as many cells.
fn sample(what: &str, count: u64, noise: f64, seed: u64) -> Sample {
    let mut sample = Sample::empty(what, &spec());
    for n in 0..count {
        let tile = painted::noisy(48, false, 0.0, noise, Seed::root(seed).index(n));
        sample.push(&tile, Some(n), &n.to_string()).unwrap();
    }
    sample
}

/// Shows both to the network and compares.
fn compare(model: &Model, first: &Sample, second: &Sample) -> Comparison {
    let [first, second] = [first, second].map(|sample| Seen::by(model, sample, &Silent).unwrap());
    realism::compare(&first, &second)
}

fn holds_one_half(area: &finder::metrics::Area) -> bool {
    area.low <= 0.5 && 0.5 <= area.high
}

#[test]
fn noise_that_is_five_per_cent_too_low_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let model = model(dir.path());
    let good = sample("survey", 400, painted::NOISE, 1);
    let quiet = sample("mocks", 400, 0.95 * painted::NOISE, 2);
    let found = compare(&model, &quiet, &good);
    let [embeddings, statistics] = [&found.embeddings, &found.statistics].map(|area| area.value().unwrap());
    assert!(statistics.low > 0.95, "{statistics:?}");
    assert!(embeddings.low > 0.52, "{embeddings:?}");
    let (name, alone) = found.most_telling.as_ref().unwrap();
    assert!(!name.starts_with("mean") && alone.value < 0.1, "{name} {alone:?}");
    assert_eq!((found.first.images, found.second.images, found.folds_by), (400, 400, FoldsBy::Group));
}

#[test]
fn two_random_halves_of_one_set_are_not_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let model = model(dir.path());
    let halves = [3, 4].map(|seed| sample("half", 400, painted::NOISE, seed));
    let found = compare(&model, &halves[0], &halves[1]);
    for area in [&found.embeddings, &found.statistics] {
        let area = area.value().unwrap();
        assert!(holds_one_half(area) && area.high - area.low < 0.13, "{area:?}");
    }
    // The very same images on both sides, as where a pipeline changes nothing: no probe can be lucky.
    let same = compare(&model, &halves[0], &halves[0]);
    assert!((same.embeddings.value().unwrap().value - 0.5).abs() < 1e-9);
}

#[test]
fn one_image_without_a_cell_makes_each_judged_by_itself_and_it_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let model = model(dir.path());
    let [mut first, second] = [3, 4].map(|seed| sample("half", 40, painted::NOISE, seed));
    assert_eq!(compare(&model, &first, &second).folds_by, FoldsBy::Group);
    first.push(&painted::noisy(48, false, 0.0, painted::NOISE, Seed::root(5)), None, "nowhere").unwrap();
    let found = compare(&model, &first, &second);
    assert_eq!(found.folds_by, FoldsBy::Image);
    let realism = Realism { note: String::new(), comparisons: vec![found] };
    let line = realism.lines().next().unwrap();
    for said in [realism.text(), line] {
        assert!(said.contains("folds by image (too few sky cells, or images without one)"), "{said}");
    }
    assert!(realism.text().contains("(largest of nine)"), "{}", realism.text());
}

#[test]
fn it_stands_on_the_card_and_in_the_metrics_and_can_be_done_again() {
    let dir = tempfile::tempdir().unwrap();
    let wish = request(&dir.path().join("painted/1"));
    let report = train(&wish, device(), &Silent).unwrap();
    assert_eq!(realism::recorded(&report.dir).unwrap(), None);
    let model = report.open(device()).unwrap();
    let few = compare(&model, &sample("a few", 4, 14.0, 1), &sample("many", 30, 14.0, 2));
    let enough = compare(&model, &sample("mocks", 30, 5.0, 1), &sample("survey", 30, 14.0, 2));
    let made = |one: Comparison| Realism { note: "painted, not seen".to_owned(), comparisons: vec![one] };
    let read = |name: &str| fs::read_to_string(report.dir.join(name)).unwrap();
    realism::record(&report.dir, &made(few)).unwrap();
    assert!(read("MODEL_CARD.md").contains("not measured: needs at least 10 images, there are 4"));

    let enough = made(enough);
    realism::record(&report.dir, &enough).unwrap();
    let card = read("MODEL_CARD.md");
    assert!(card.contains("## Realism") && card.contains("| mocks (30) | survey (30) | "), "{card}");
    assert!(
        card.contains("painted, not seen") && !card.contains("a few") && card.contains("## Known limits")
    );
    assert!(enough.text().contains("mocks (30) against survey (30)"));
    assert_eq!(realism::recorded(&report.dir).unwrap(), Some(enough));
    let metrics: serde_json::Value = serde_json::from_str(&read("metrics.json")).unwrap();
    assert_eq!(metrics["realism"]["comparisons"][0]["first"]["images"], 30);
    assert_eq!(report.open(device()).unwrap().digest(), report.digest, "it is the same model");
    let again = train(&wish, device(), &Silent).unwrap();
    assert!(again.was_finished && again.digest == report.digest);
}

#[test]
fn a_sample_of_a_dataset_is_drawn_by_ids_alone() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = DatasetWriter::create(&dir.path().join("set"), "set", spec(), 64).unwrap();
    for n in 0..200_u64 {
        let id = format!("p{n:04}");
        let row = NewRow {
            source: format!("record:{id}"),
            digest: Digest::of(id.as_bytes()),
            id,
            bands: "grz".into(),
            pixel_scale_arcsec: None,
            width: 48,
            height: 48,
            position: None,
            label: [Label::Lens, Label::NonLens][n as usize % 2],
            provenance: String::new(),
            conditions: Default::default(),
        };
        writer.push(row, &Tile { size: 48, data: vec![n as u8; 48 * 48 * 3] }).unwrap();
    }
    let dataset = writer.finish().unwrap();
    let drawn = |most| {
        let other = |row: &survey::ManifestRow| row.label == Label::NonLens;
        Sample::of_dataset(&dataset, "others", most, other, &Silent).unwrap()
    };
    assert_eq!((drawn(500).len(), drawn(30).len(), drawn(30)), (100, 30, drawn(30)));
    let strange = TileSpec { size: 48, softening_sigma: 3.0, ..TileSpec::default() };
    let error = Seen::by(&model(dir.path()), &Sample::empty("x", &strange), &Silent).unwrap_err();
    assert!(error.to_string().contains("softening_sigma: 3.0"));
}
