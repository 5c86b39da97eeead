//! Which images are compared with which, and what is said beside the numbers.
//! Tiles are noise: what they show is not the question here.
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

use std::{fs, path::Path};

use campaign::realism::{Part, Wish, measure};
use domain::{Digest, Label, Seed, Silent};
use finder::{DeviceChoice, Examples, Model, NetworkConfig, TrainRequest, TrainingConfig, train};
use imaging::{Tile, TileSpec};
use survey::{Dataset, DatasetWriter, NewRow};

const SIZE: usize = 48;

fn spec() -> TileSpec {
    TileSpec { size: SIZE, ..TileSpec::default() }
}

fn noise(seed: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(SIZE * SIZE * 3);
    for block in 0.. {
        bytes.extend(Digest::of(&Seed::root(seed).index(block).to_u64().to_le_bytes()).0.map(|b| 80 + b / 8));
        if bytes.len() >= SIZE * SIZE * 3 {
            break;
        }
    }
    bytes.truncate(SIZE * SIZE * 3);
    bytes
}

/// A dataset of `count` images of 100″, labels dealt by `label`.
fn dataset(dir: &Path, name: &str, count: u64, origin: &str, label: fn(u64) -> Label) -> Dataset {
    let mut writer = DatasetWriter::create(dir, name, spec(), 1000).unwrap();
    writer.set_origin(serde_json::from_str(origin).unwrap());
    for n in 0..count {
        let id = format!("{name}-{n:04}");
        let row = NewRow {
            source: format!("{id}.{}", if name == "stamps" { "png" } else { "fits" }),
            digest: Digest::of(id.as_bytes()),
            bands: "grz".to_owned(),
            pixel_scale_arcsec: Some(if name == "stamps" { 0.05 } else { 0.25 }),
            width: 400,
            height: 400,
            position: None,
            label: label(n),
            provenance: String::new(),
            conditions: survey::Conditions::default(),
            id,
        };
        let seed = Digest::of(row.id.as_bytes()).0[0];
        let tile = Tile { size: SIZE, data: noise(u64::from(seed) * 1000 + n) };
        writer.push(row, &tile).unwrap();
    }
    writer.finish().unwrap()
}

fn model(dir: &Path) -> Model {
    let mut examples = Examples::empty(SIZE);
    for n in 0..16 {
        examples.push(&noise(n), (n % 2) as f32, 1.0).unwrap();
    }
    let request = TrainRequest {
        out: dir.join("noise/1"),
        config: TrainingConfig {
            network: NetworkConfig { width: 8, tile_size: SIZE, ..NetworkConfig::default() },
            epochs: 1,
            batch_size: 8,
            ..TrainingConfig::default()
        },
        tile_spec: spec(),
        examples,
        validation: None,
        audit: None,
        init: None,
        lineage: serde_json::Value::Null,
        simulated: true,
    };
    train(&request, DeviceChoice::Flex, &Silent).unwrap().open(DeviceChoice::Flex).unwrap()
}

#[test]
fn mocks_are_compared_with_every_set_and_controls_with_plain_clusters() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let thirds = |n| if n % 3 == 0 { Label::Lens } else { Label::NonLens };
    let mocks = dataset(&at("mocks"), "mocks", 180, r#"{"simulated_by": "a test"}"#, thirds);
    let mut truth = "id,kind,label,theta_e_arcsec,arc_sn\n".to_owned();
    for n in 0..180 {
        let kind = ["lens", "plain", "control_empty"][n % 3];
        truth += &format!("mocks-{n:04},{kind},{},,\n", u8::from(n % 3 == 0));
    }
    fs::write(at("mocks/truth.csv"), truth).unwrap();
    let survey = dataset(&at("survey"), "survey", 50, r#"{"simulated_by": "a test"}"#, |_| Label::Unknown);
    // Whoever opened the survey's hidden truth would stumble over this.
    fs::write(at("survey/truth.csv"), "not the truth").unwrap();
    let stamps =
        dataset(&at("stamps"), "stamps", 40, "null", |n| [Label::Lens, Label::Unknown][n as usize % 2]);

    let real = [Part::all(&survey), Part::all(&stamps)];
    let model = model(dir.path());
    let wish = Wish { mocks: Part::all(&mocks), real: &real, controls: None, most: 45 };
    let found = measure(&model, &wish, &Silent).unwrap();
    let sides: Vec<_> = found
        .comparisons
        .iter()
        .map(|c| format!("{} {} / {} {}", c.first.what, c.first.images, c.second.what, c.second.images))
        .collect();
    assert_eq!(
        sides,
        [
            "mocks without a lens 45 / survey, simulated 45",
            "mocks with a lens 45 / survey, simulated 45",
            "mocks without a lens 45 / stamps, real 20",
            "mocks with a lens 45 / stamps, real 20",
            "controls with an arc of no light 45 / mocks of plain clusters 45",
        ]
    );
    for said in [
        "survey is simulated too",
        "stamps has only 20 images",
        "40 of the 40 images of stamps are rendered pictures",
        "Images of stamps cover 20″, the mocks 100″",
        "Arcs alone tell mocks with a lens apart",
    ] {
        assert!(found.note.contains(said), "{said}\nis not in\n{}", found.note);
    }
    assert!(!found.note.contains("Images of survey"), "{}", found.note);

    assert!(found.note.contains("differ by the clusters' masses too"), "{}", found.note);
    let fewer = measure(&model, &Wish { most: 15, ..wish }, &Silent).unwrap();
    assert!(fewer.note.contains("stamps has only 20 images"), "counted before the draw: {}", fewer.note);

    let arcs = Part { dataset: &mocks, keep: &|row| row.label == Label::Lens };
    let arcs = measure(&model, &Wish { mocks: arcs, ..wish }, &Silent).unwrap();
    assert!(arcs.note.contains("These mocks all hold arcs"), "{}", arcs.note);
    assert!(!arcs.note.contains("in the line without"), "{}", arcs.note);

    let alone = measure(&model, &Wish { real: &[], ..wish }, &Silent).unwrap();
    assert_eq!(alone.comparisons.len(), 1, "the controls need no survey");
    assert!(alone.note.starts_with("No survey images were given"), "{}", alone.note);
}

#[test]
fn controls_of_their_own_are_compared_with_the_plain_clusters_kept_aside() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let simulated = r#"{"simulated_by": "a test"}"#;
    let thirds = |n| if n % 3 == 0 { Label::Lens } else { Label::NonLens };
    let training = dataset(&at("training"), "training", 360, simulated, thirds);
    let controls = dataset(&at("controls"), "controls", 60, simulated, |_| Label::NonLens);
    let truth = |name: &str, count: usize, kinds: &[&str]| {
        let mut truth = "id,kind,label,theta_e_arcsec,arc_sn\n".to_owned();
        for n in 0..count {
            let kind = kinds[n % kinds.len()];
            truth += &format!("{name}-{n:04},{kind},{},,\n", u8::from(kind == "lens"));
        }
        fs::write(at(name).join("truth.csv"), truth).unwrap();
    };
    truth("training", 360, &["lens", "plain", "ring"]);
    truth("controls", 60, &["control_empty", "control_unlensed"]);
    let model = model(dir.path());
    let sides = |aside: usize| {
        let keep = |row: &survey::ManifestRow| row.id[9..].parse::<usize>().unwrap() < aside;
        let mocks = Part { dataset: &training, keep: &keep };
        let wish = Wish { mocks, real: &[], controls: Some((&controls, mocks)), most: 600 };
        let found = measure(&model, &wish, &Silent).unwrap();
        assert!(found.note.contains("without the condition that they lens"), "{}", found.note);
        assert!(found.comparisons.iter().all(|one| one.embeddings.value().is_some()), "{found:?}");
        let side = |c: &finder::realism::Side| format!("{} {}", c.what, c.images);
        found
            .comparisons
            .iter()
            .map(|c| format!("{} / {}", side(&c.first), side(&c.second)))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        sides(330),
        [
            "controls with an arc of no light 30 / backgrounds (training) 110",
            "controls with an unlensed source 30 / backgrounds (training) 110",
        ]
    );
    // 20 plain clusters kept aside are too few.
    assert_eq!(
        sides(60)[0],
        "controls with an arc of no light 30 / backgrounds (training, also those learned from) 120"
    );
}

#[test]
fn images_that_nobody_simulated_are_not_called_mocks() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let labelled = dataset(&at("labelled"), "labelled", 40, "null", |n| {
        if n % 2 == 0 { Label::Lens } else { Label::NonLens }
    });
    let many = dataset(&at("many"), "many", 210, "null", |_| Label::Unknown);
    let real = [Part::all(&many)];
    let wish = Wish { mocks: Part::all(&labelled), real: &real, controls: None, most: 15 };
    let found = measure(&model(dir.path()), &wish, &Silent).unwrap();
    assert_eq!(found.comparisons[0].first.what, "training images without a lens");
    assert!(!found.text().contains("mocks"), "{}", found.text());
    assert!(!found.note.contains("has only"), "210 are enough, whatever is drawn: {}", found.note);
}

#[test]
fn a_spec_without_controls_is_written_as_before_there_were_any() {
    let usual = campaign::CampaignSpec::usual(1, "survey", "training");
    assert!(!serde_json::to_string(&usual).unwrap().contains("controls"));
    let with = usual.with_toml("controls = \"controls\"").unwrap();
    assert_eq!(with.controls.as_deref(), Some("controls"));
    assert_ne!(with.digest().unwrap(), usual.digest().unwrap());
}
