//! A plain folder of images into `id,score,logit,peak_x,peak_y`, one line an image, in the order of their
//! paths. What cannot be used is named and left out.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use domain::Progress as _;
use finder::{Model, Outputs, Peak};
use imaging::TileSpec;
use rayon::prelude::*;
use survey::{Source, SourceOptions};

use super::{Score, peak_memory_mib};
use crate::{clock::Stopwatch, command::tell, failure::Failure, terminal::Terminal};

/// Images read at once; bounds the memory.
const CHUNK: usize = 256;

/// Scores the images of `folder` into the file `wish.out`.
pub fn score(
    model: &Model,
    folder: &Path,
    wish: &Score,
    terminal: &Terminal,
    json: bool,
) -> Result<(), Failure> {
    let watch = Stopwatch::start();
    let bands = wish.bands.as_deref().map(imaging::parse_bands).transpose().map_err(Failure::words)?;
    let options = SourceOptions { crop: wish.crop, bands, ..SourceOptions::default() };
    let files = survey::image_files(folder)?;
    if files.is_empty() {
        return Err(Failure::words(format!(
            "{} holds no image: no name in it ends in .fits, .fit, .fts, .fz, .png, .jpg, .jpeg or .webp",
            folder.display()
        )));
    }
    let mut table = Table::create(&wish.out)?;
    let (mut left_out, mut done) = (Vec::new(), 0);
    terminal.begin("scoring", files.len() as u64);
    for chunk in files.chunks(CHUNK) {
        terminal.check()?;
        let (mut ids, mut tiles) = (Vec::new(), Vec::new());
        for ((id, file), made) in chunk.iter().zip(tiles_of(chunk, &options, &model.config().tile_spec)) {
            match made {
                Ok(tile) => {
                    ids.push(id.as_str());
                    tiles.extend(tile);
                }
                Err(reason) => {
                    eprintln!("left out {}: {reason}", file.display());
                    left_out.push(serde_json::json!({ "id": id, "path": file, "reason": reason }));
                }
            }
        }
        table.write(model, &ids, &model.outputs(&tiles)?)?;
        terminal.advance(chunk.len() as u64);
        done += chunk.len();
        let rate = done as f64 / watch.seconds().max(1e-9);
        let left = (files.len() - done) as f64 / rate;
        terminal.note(&format!("{rate:.0} images/s, {left:.0} s left"));
    }
    terminal.end();
    let rows = files.len() - left_out.len();
    if rows == 0 {
        table.discard();
        return Err(Failure::words(format!(
            "none of the {} images in {} can be used; the reasons stand above",
            files.len(),
            folder.display()
        )));
    }
    table.commit()?;
    let seconds = watch.seconds();
    let value = serde_json::json!({
        "rows": rows,
        "left_out": left_out,
        "seconds": seconds,
        "images_per_second": rows as f64 / seconds.max(1e-9),
        "kernel": model.kernel().map_or("burn", |kernel| kernel.name()),
        "peak_memory_mib": peak_memory_mib(),
    });
    let without = match left_out.len() {
        0 => String::new(),
        count => format!("; {count} left out"),
    };
    let rate = rows as f64 / seconds.max(1e-9);
    let words =
        format!("{rows} images in {seconds:.1} s ({rate:.0} a second) into {}{without}", wish.out.display());
    tell(json, &value, &words)?;
    if wish.strict && !left_out.is_empty() { Err(Failure::LeftOut) } else { Ok(()) }
}

/// The tile of each file, made as the model wants it, or why there is none; on all cores.
fn tiles_of(
    files: &[(String, PathBuf)],
    options: &SourceOptions,
    spec: &TileSpec,
) -> Vec<Result<Vec<u8>, String>> {
    files.par_iter().map(|(_, file)| tile_of(file, options, spec)).collect()
}

fn tile_of(file: &Path, options: &SourceOptions, spec: &TileSpec) -> Result<Vec<u8>, String> {
    // One file that a decoder stumbles over must not cost the others their scores.
    let made = std::panic::catch_unwind(|| {
        let source = Source::file(file);
        let (cube, _) = source.cube(options).map_err(|error| error.to_string())?;
        let make = if source.is_science() { imaging::tile::tile } else { imaging::tile::tile_of_render };
        make(&cube, spec).map(|tile| tile.data).map_err(|error| error.to_string())
    });
    let made = made.unwrap_or_else(|_| Err("the file contradicts itself".to_owned()));
    // Its name is said beside the reason anyway.
    let name = format!("{}: ", file.display());
    made.map_err(|reason| reason.strip_prefix(&name).map_or(reason.clone(), str::to_owned))
}

/// The CSV file, whole or not there.
struct Table {
    path: PathBuf,
    part: PathBuf,
    csv: csv::Writer<BufWriter<File>>,
}

impl Table {
    fn create(path: &Path) -> Result<Self, Failure> {
        if path.is_dir() {
            let words = format!("--out {} is a folder; name the CSV file to write", path.display());
            return Err(Failure::words(words));
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = File::create(&part)
            .map_err(|error| Failure::words(format!("cannot write {}: {error}", part.display())))?;
        let mut csv = csv::Writer::from_writer(BufWriter::new(file));
        csv.write_record(["id", "score", "logit", "peak_x", "peak_y"])?;
        Ok(Self { path: path.to_owned(), part, csv })
    }

    fn write(&mut self, model: &Model, ids: &[&str], outputs: &Outputs) -> Result<(), Failure> {
        let peaks = Peak::of_maps(outputs);
        for ((id, logit), peak) in ids.iter().zip(&outputs.logits).zip(peaks) {
            let score = model.probability(*logit).to_string();
            let [logit, x, y] = [*logit, peak.x, peak.y].map(|number| number.to_string());
            self.csv.write_record([id, score.as_str(), &logit, &x, &y])?;
        }
        Ok(())
    }

    fn commit(self) -> Result<(), Failure> {
        let Self { path, part, csv } = self;
        let mut file = csv.into_inner().map_err(|error| Failure::words(error.error()))?;
        file.flush()?;
        file.get_ref().sync_all()?;
        std::fs::rename(&part, &path)
            .map_err(|error| Failure::words(format!("cannot write {}: {error}", path.display())))
    }

    fn discard(self) {
        drop(self.csv);
        let _ = std::fs::remove_file(self.part);
    }
}
