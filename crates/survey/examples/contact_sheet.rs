//! Ingests a folder or a catalogue and shows what came of it: the report on
//! the terminal, `tiles.png` (as the network sees them) and `pictures.png` (as
//! people do) in the output folder.
//!
//! `cargo run --release -p survey --example contact_sheet -- <folder | table.csv> <out> [keep-pixels] [bands]`

use std::{env, error::Error, fs, path::PathBuf};

use domain::Silent;
use imaging::{Crop, Rgb8, parse_bands, preview, resample};
use survey::{IngestInput, IngestRequest, ingest};

/// Pictures in a row, and rows.
const COLUMNS: usize = 8;
const ROWS: usize = 4;
/// Pixels of a picture on the sheet.
const SIDE: usize = 128;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [input, out, options @ ..] = words.as_slice() else {
        return Err("give a folder or a table, and an output folder".into());
    };
    let input = PathBuf::from(input);
    let input = if input.is_dir() { IngestInput::Folder(input) } else { IngestInput::Catalogue(input) };
    let mut request = IngestRequest::new(input, "sheet");
    if let Some(kept) = options.first().and_then(|text| text.parse().ok()) {
        request.options.crop = Crop::Pixels(kept);
    }
    if let Some(bands) = options.get(1) {
        request.options.bands = Some(parse_bands(bands)?);
    }
    let out = PathBuf::from(out);
    let report = ingest(&request, &out, &Silent)?;
    println!("accepted {}, rejected {}", report.accepted, report.rejected.len());
    report.rejected.iter().take(12).for_each(|no| println!("  {}: {}", no.path, no.reason));

    let rows = report.dataset.rows()?;
    let step = (rows.len() / (COLUMNS * ROWS)).max(1);
    let shown: Vec<_> = rows.iter().step_by(step).take(COLUMNS * ROWS).collect();
    let places: Vec<_> = shown.iter().map(|row| (row.shard, row.row)).collect();
    let tiles = report.dataset.tiles(&places)?.into_iter();
    let tiles: Vec<Rgb8> = tiles.map(|t| Rgb8 { width: t.size, height: t.size, data: t.data }).collect();
    let mut pictures = Vec::new();
    for row in &shown {
        pictures.push(report.dataset.picture(row)?);
    }
    fs::write(out.join("tiles.png"), preview::png(&sheet(&tiles))?)?;
    fs::write(out.join("pictures.png"), preview::png(&sheet(&pictures))?)?;
    Ok(())
}

fn sheet(pictures: &[Rgb8]) -> Rgb8 {
    let (width, height) = (COLUMNS * SIDE, pictures.len().div_ceil(COLUMNS).max(1) * SIDE);
    let mut data = vec![0; width * height * 3];
    for (index, picture) in pictures.iter().enumerate() {
        let (left, top) = (index % COLUMNS * SIDE, index / COLUMNS * SIDE);
        for channel in 0..3 {
            let plane: Vec<f32> =
                picture.data.iter().skip(channel).step_by(3).map(|&b| f32::from(b)).collect();
            let small = resample::fit(&plane, picture.width, picture.height, SIDE - 2, SIDE - 2);
            for (at, value) in small.iter().enumerate() {
                let (x, y) = (left + at % (SIDE - 2), top + at / (SIDE - 2));
                data[(y * width + x) * 3 + channel] = value.round() as u8;
            }
        }
    }
    Rgb8 { width, height, data }
}
