//! How fast the hot paths are on this machine, one thread: 381-pixel cutouts
//! of 3 bands to tiles and previews, FITS in and out, shards in and out.
//!
//! `cargo run --release -p survey --example throughput`

use std::{env, error::Error, fs, time::Instant};

use domain::{Digest, Label};
use imaging::{Band, Cube, Rgb8, TileSpec, fits, lupton, preview, raster, tile};
use survey::{DatasetWriter, NewRow, shard};

#[expect(clippy::disallowed_methods, reason = "this program measures")]
fn measure<T>(
    what: &str,
    times: u32,
    mut work: impl FnMut(u32) -> Result<T, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    for i in 0..times {
        work(i)?;
    }
    let each = start.elapsed().as_secs_f64() / f64::from(times);
    println!("{what:<40} {:>9.3} ms {:>10.0} /s", each * 1e3, 1.0 / each);
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let size = 381;
    let noise = |i: usize| {
        let mut mixed = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 40) as f32 / (1 << 24) as f32 - 0.5
    };
    let data = (0..size * size * 3).map(|i| 0.01 * noise(i)).collect();
    let cube = Cube::new(size, size, vec![Band::G, Band::R, Band::Z], data)?;
    let spec = TileSpec::default();

    measure("tile from cube", 200, |_| Ok(tile::tile(&cube, &spec)?))?;
    measure("colour composite", 50, |_| Ok(lupton::composite(&cube)?))?;
    let picture: Rgb8 = lupton::composite(&cube)?;
    measure("PNG preview", 20, |_| Ok(preview::png(&picture)?))?;
    measure("WebP preview", 20, |_| Ok(preview::webp(&picture)?))?;
    let (png, webp) = (preview::png(&picture)?, preview::webp(&picture)?);
    println!("    PNG {} bytes, WebP {} bytes", png.len(), webp.len());
    measure("PNG read", 50, |_| Ok(raster::decode(&png, raster::Limits::default())?))?;
    for (name, compression) in
        [("float", fits::Compression::None), ("RICE 1e-4", fits::Compression::Rice { step_nmgy: 1e-4 })]
    {
        let bytes = fits::write(&cube, compression)?;
        measure(&format!("FITS write, {name}"), 20, |_| Ok(fits::write(&cube, compression)?))?;
        measure(&format!("FITS read, {name}"), 50, |_| Ok(fits::read(&bytes)?))?;
        println!("    {} bytes", bytes.len());
    }

    let dir = env::temp_dir().join(format!("lensfinder-throughput-{}", std::process::id()));
    let mut writer = DatasetWriter::create(&dir, "throughput", spec.clone(), 4096)?;
    let made = tile::tile(&cube, &spec)?;
    let row = |n: u32| NewRow {
        id: format!("{n:08}"),
        source: format!("record:{n}"),
        digest: Digest::of(&n.to_le_bytes()),
        bands: "grz".to_owned(),
        pixel_scale_arcsec: Some(0.262),
        width: size,
        height: size,
        position: None,
        label: Label::Unknown,
        provenance: String::new(),
        conditions: Default::default(),
    };
    measure("shard write, one tile", 8192, |n| Ok(writer.push(row(n), &made)?))?;
    let dataset = writer.finish()?;
    let path = dataset.shard_path(0).ok_or("no shard")?;
    measure("index read, 8,192 rows", 20, |_| {
        let rows = dataset.manifest()?.collect::<Result<Vec<_>, _>>()?.len();
        if rows == 8192 { Ok(()) } else { Err("rows are missing".into()) }
    })?;
    println!("    {} bytes", fs::metadata(dataset.index_path())?.len());
    measure("shard read, 4,096 tiles", 5, |_| {
        let mut rows = 0;
        for batch in shard::Reader::open(&path)? {
            rows += batch?.len();
        }
        if rows == 4096 { Ok(()) } else { Err("rows are missing".into()) }
    })?;
    fs::remove_dir_all(dir)?;
    Ok(())
}
