//! For `experiments/pool`: a large pool out of few tiles, and how fast the network alone is on them.
//! `pool make TILES OUT ROWS` repeats the tiles of a dataset under ids of their own;
//! `pool pure MODEL DATASET SECONDS [KERNEL]` scores tiles that are in memory, again and again.

use std::{path::Path, time::Instant};

use domain::Digest;
use finder::{DeviceChoice, Kernel, Model};
use imaging::Tile;
use survey::{Dataset, DatasetWriter, NewRow, shard::Reader};

/// Images of a shard, as `lensfinder ingest` makes them.
const PER_SHARD: usize = 4096;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", tiles, out, rows] => make(Path::new(tiles), Path::new(out), rows.parse()?),
        ["pure", model, dataset, seconds] => pure(model, dataset, seconds.parse()?, None),
        ["pure", model, dataset, seconds, kernel] => {
            pure(model, dataset, seconds.parse()?, Some(Kernel::named(kernel)?))
        }
        _ => Err("usage: pool make TILES OUT ROWS | pool pure MODEL DATASET SECONDS [KERNEL]".into()),
    }
}

/// Up to `most` tiles from the beginning of a dataset, one after another.
fn tiles(dataset: &Dataset, most: usize) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let most = most * dataset.spec().tile_bytes();
    let mut tiles = Vec::new();
    for index in 0..dataset.shards().len() {
        for batch in Reader::open(&dataset.shard_path(index).ok_or("a shard is missing")?)? {
            tiles.extend(batch?.tiles);
            if tiles.len() >= most {
                tiles.truncate(most);
                return Ok(tiles);
            }
        }
    }
    Ok(tiles)
}

fn make(from: &Path, out: &Path, rows: usize) -> Result<(), Box<dyn std::error::Error>> {
    let from = Dataset::open(from)?;
    let (spec, tiles) = (from.spec().clone(), tiles(&from, usize::MAX >> 32)?);
    let unique = tiles.len() / spec.tile_bytes();
    let size = spec.size;
    let mut writer = DatasetWriter::create(out, "pool", spec.clone(), PER_SHARD)?;
    for (index, data) in tiles.chunks_exact(spec.tile_bytes()).cycle().take(rows).enumerate() {
        let id = format!("pool-{index:07}");
        let row = NewRow {
            source: format!("record:{}", index % unique),
            digest: Digest::of(id.as_bytes()),
            id,
            bands: "grz".into(),
            pixel_scale_arcsec: None,
            width: size,
            height: size,
            position: None,
            label: domain::Label::Unknown,
            provenance: format!("tile {} of {unique}, repeated", index % unique),
            conditions: survey::Conditions::default(),
        };
        writer.push(row, &Tile { size, data: data.to_vec() })?;
    }
    let made = writer.finish()?;
    println!("{} rows of {unique} tiles in {} shards", made.len(), made.shards().len());
    Ok(())
}

fn pure(
    model: &str,
    dataset: &str,
    seconds: f64,
    kernel: Option<Kernel>,
) -> Result<(), Box<dyn std::error::Error>> {
    let model = Model::load_with(Path::new(model), DeviceChoice::Flex, kernel)?;
    let dataset = Dataset::open(Path::new(dataset))?;
    let tiles = tiles(&dataset, 2 * PER_SHARD)?;
    let count = tiles.len() / dataset.spec().tile_bytes();
    model.outputs(&tiles)?;
    let started = now();
    let mut passes = 0_u32;
    while started.elapsed().as_secs_f64() < seconds {
        model.outputs(&tiles)?;
        passes += 1;
    }
    let rate = f64::from(passes) * count as f64 / started.elapsed().as_secs_f64();
    let kernel = model.kernel().map_or("burn", Kernel::name);
    println!(
        r#"{{"images_per_second": {rate:.0}, "tiles": {count}, "passes": {passes}, "kernel": "{kernel}"}}"#
    );
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "measures speed")]
fn now() -> Instant {
    Instant::now()
}
