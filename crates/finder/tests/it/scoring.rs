//! Scoring writes one row per image, the same bytes every time, and never does
//! finished work again.

use std::{fs, path::Path};

use domain::{Digest, Label, Seed, Silent};
use finder::{
    DeviceChoice, Examples, Excluded, FinderError, Kernel, Labels, Model, Peak, read_scores, score_dataset,
    score_shard, train,
};
use imaging::{Tile, TileSpec};
use survey::{Dataset, DatasetWriter, NewRow};

use crate::{StopAfter, painted, request};

/// 300 images of 48 pixels in shards of 128.
fn dataset(dir: &Path) -> Dataset {
    let spec = TileSpec { size: 48, ..TileSpec::default() };
    let mut writer = DatasetWriter::create(dir, "painted", spec, 128).expect("the folder is new");
    for index in 0..300_u64 {
        let id = format!("p{index:04}");
        let row = NewRow {
            source: format!("record:{id}"),
            digest: Digest::of(id.as_bytes()),
            id,
            bands: "grz".into(),
            pixel_scale_arcsec: None,
            width: 48,
            height: 48,
            position: None,
            label: [Label::Lens, Label::NonLens, Label::Unknown][index as usize % 3],
            provenance: "painted".into(),
            conditions: Default::default(),
        };
        let data = painted::tile(48, index % 10 == 0, 70.0, Seed::root(8).index(index));
        writer.push(row, &Tile { size: 48, data }).expect("the tile fits");
    }
    writer.finish().expect("the disk takes it")
}

fn model(dir: &Path) -> Model {
    let mut request = request(&dir.join("model/1"));
    request.config.epochs = 1;
    let report = train(&request, DeviceChoice::Flex, &Silent).expect("painted images train");
    report.open(DeviceChoice::Flex).expect("what was written reads")
}

#[test]
fn every_image_gets_its_own_score() {
    let dir = tempfile::tempdir().unwrap();
    let (model, dataset) = (model(dir.path()), dataset(&dir.path().join("pool")));
    let out = dir.path().join("scores");
    let report = score_dataset(&model, &dataset, &out, &Silent).unwrap();
    assert_eq!((report.rows, report.shards.len()), (300, 3));
    assert!(report.network_seconds > 0.0 && report.network_seconds <= report.seconds);

    let batches: Vec<_> = read_scores(&out).unwrap().map(Result::unwrap).collect();
    let ids: Vec<String> = batches.iter().flat_map(|batch| batch.ids.clone()).collect();
    let manifest: Vec<String> = dataset.rows().unwrap().into_iter().map(|row| row.image.id).collect();
    assert_eq!(ids, manifest);
    assert_eq!(batches.iter().map(|batch| batch.embeddings.len()).sum::<usize>(), 300 * batches[0].dim);
    let tile = &dataset.tiles(&[(1, 5)]).unwrap()[0];
    let alone = model.outputs(&tile.data).unwrap();
    let row = ids.iter().position(|id| *id == manifest[128 + 5]).unwrap();
    let logits: Vec<f32> = batches.iter().flat_map(|batch| batch.logits.clone()).collect();
    assert!((alone.logits[0] - logits[row]).abs() < 1e-5);
    let probabilities: Vec<f64> = batches.iter().flat_map(|batch| batch.probabilities.clone()).collect();
    assert_eq!(probabilities[row], model.probability(logits[row]));
    let peaks: Vec<Peak> = batches.iter().flat_map(|batch| batch.peaks.clone()).collect();
    let inside = |peak: &Peak| peak.x > 0.0 && peak.x < 1.0 && peak.y > 0.0 && peak.y < 1.0;
    assert!(peaks.len() == 300 && peaks.iter().all(inside));
    let highest = alone.maps.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    assert!((peaks[row].logit - highest).abs() < 1e-5, "{:?} {highest}", peaks[row]);
}

#[test]
fn another_kernel_scores_again_and_is_named_in_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let (best, dataset) = (model(dir.path()), dataset(&dir.path().join("pool")));
    let folder = dir.path().join("model/1");
    let plain = Model::load_with(&folder, DeviceChoice::Flex, Some(Kernel::Portable)).unwrap();
    let out = dir.path().join("scores");
    let of = |model: &Model| score_dataset(model, &dataset, &out, &Silent).unwrap();
    let first = of(&plain);
    assert_eq!((first.kernel.as_str(), first.scored, of(&plain).scored), ("portable", 300, 0));
    let bytes = fs::read(out.join("00000.parquet")).unwrap();
    assert!(bytes.windows(8).any(|part| part == b"portable"));
    if best.kernel() != plain.kernel() {
        assert_eq!(of(&best).scored, 300);
    }
}

#[test]
fn a_shard_alone_is_scored_as_in_its_dataset() {
    let dir = tempfile::tempdir().unwrap();
    let (model, dataset) = (model(dir.path()), dataset(&dir.path().join("pool")));
    let (all, one) = (dir.path().join("scores"), dir.path().join("one.parquet"));
    let report = score_dataset(&model, &dataset, &all, &Silent).unwrap();
    let shard = dataset.shard_path(1).unwrap();
    let alone = score_shard(&model, &shard, &one, &Silent).unwrap();
    assert_eq!((alone.digest, alone.skipped), (report.shards[1].digest, false));
    assert_eq!(fs::read(&one).unwrap(), fs::read(all.join("00001.parquet")).unwrap());
    assert!(score_shard(&model, &shard, &one, &Silent).unwrap().skipped);
    let other = score_shard(&model, &dataset.shard_path(0).unwrap(), &one, &Silent).unwrap();
    assert_eq!((other.skipped, other.digest), (false, report.shards[0].digest));
}

#[test]
fn an_empty_pool_has_no_scores() {
    let dir = tempfile::tempdir().unwrap();
    let model = model(dir.path());
    let spec = TileSpec { size: 48, ..TileSpec::default() };
    let dataset =
        DatasetWriter::create(&dir.path().join("none"), "none", spec, 128).unwrap().finish().unwrap();
    let report = score_dataset(&model, &dataset, &dir.path().join("scores"), &Silent).unwrap();
    assert_eq!((report.rows, report.shards.len()), (0, 0));
}

#[test]
fn the_same_model_and_pool_give_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let (model, dataset) = (model(dir.path()), dataset(&dir.path().join("pool")));
    let of = |name: &str| score_dataset(&model, &dataset, &dir.path().join(name), &Silent).unwrap();
    assert_eq!(of("a").digest, of("b").digest);
    assert_eq!(
        fs::read(dir.path().join("a/00001.parquet")).unwrap(),
        fs::read(dir.path().join("b/00001.parquet")).unwrap()
    );
}

#[test]
fn finished_shards_are_skipped_and_damaged_ones_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let (model, dataset) = (model(dir.path()), dataset(&dir.path().join("pool")));
    let out = dir.path().join("scores");
    let stopped = score_dataset(&model, &dataset, &out, &StopAfter::new(200));
    assert!(matches!(stopped, Err(FinderError::Cancelled(_))));
    assert!(out.join("00000.parquet").exists() && !out.join("00002.parquet").exists());
    let rest = score_dataset(&model, &dataset, &out, &Silent).unwrap();
    assert!(rest.shards[0].skipped && !rest.shards[2].skipped);

    let path = out.join("00001.parquet");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let again = score_dataset(&model, &dataset, &out, &Silent).unwrap();
    assert_eq!(again.shards.iter().map(|shard| shard.skipped).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!((again.digest, fs::read(&path).unwrap()), (rest.digest, whole));

    let rarer = model.with_base_rate(1e-5).unwrap();
    let other = score_dataset(&rarer, &dataset, &out, &Silent).unwrap();
    assert!(other.shards.iter().all(|shard| !shard.skipped));
    assert_ne!(other.digest, rest.digest);
}

#[test]
fn examples_are_the_labelled_images() {
    let dir = tempfile::tempdir().unwrap();
    let dataset = dataset(&dir.path().join("pool"));
    let examples = Examples::of_dataset(&dataset, &Silent).unwrap();
    assert_eq!((examples.len(), examples.prevalence()), (200, 0.5));
    assert_eq!(examples.tile(1), dataset.tiles(&[(0, 1)]).unwrap()[0].data);
    let (rest, every) = examples.split_every(5);
    assert_eq!((rest.len(), every.len()), (160, 40));
    assert_eq!((every.tile(0), rest.tile(4)), (examples.tile(4), examples.tile(5)));
    assert!(rest.check().is_ok() && every.check().is_ok());

    let known = Excluded::of(["p0000", "p0001", "p0004", "p0002", "elsewhere"].map(str::to_owned));
    let (without, left_out) =
        Examples::of_dataset_with(&dataset, &Labels::default(), &known, &Silent).unwrap();
    assert_eq!((left_out.lenses, left_out.non_lenses, left_out.unknown), (1, 2, 1));
    assert_eq!((without.len(), without.tile(0)), (197, examples.tile(2)));
}

#[test]
fn a_changed_shard_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (model, dataset) = (model(dir.path()), dataset(&dir.path().join("pool")));
    let shard = dataset.shard_path(1).unwrap();
    let mut bytes = fs::read(&shard).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&shard, bytes).unwrap();
    let error = score_dataset(&model, &dataset, &dir.path().join("scores"), &Silent).unwrap_err();
    assert!(matches!(&error, FinderError::WrongDigest { path, .. } if *path == shard), "{error}");
}

#[test]
fn tiles_of_another_recipe_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let model = model(dir.path());
    let spec = TileSpec { size: 48, softening_sigma: 3.0, ..TileSpec::default() };
    let writer = DatasetWriter::create(&dir.path().join("other"), "other", spec, 128).unwrap();
    let dataset = writer.finish().unwrap();
    let error = score_dataset(&model, &dataset, &dir.path().join("scores"), &Silent).unwrap_err().to_string();
    assert!(error.contains("dataset other") && error.contains("softening_sigma: 3.0"), "{error}");
}

#[test]
fn a_missing_shard_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("scores.parquet");
    let error = score_shard(&model(dir.path()), &dir.path().join("none.parquet"), &out, &Silent).unwrap_err();
    assert!(error.to_string().contains("none.parquet"), "{error}");
    assert!(!out.exists());
}
