//! Building index files from a whole catalogue: processor seconds, sizes, quads and stars, beside
//! astrometry.net's `build-astrometry-index` in the same run where it is installed (with the options of
//! Debian's packages, four stars a quad).
//! `cargo bench -p plates --profile release --bench index [-- FIRST LAST [CATALOGUE]]`; presets 7 to 19 of
//! `../shared/data/stars/tycho2_all.bin` if nothing is said.

#![expect(clippy::disallowed_methods, reason = "this program measures time")]
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::Instant,
};

use domain::Silent;
use plates::{IndexFile, ReadCatalogue, read_catalogue};
use platesolve::{
    build::{BuildSettings, build},
    catalogue::Catalogue,
    layout::{Layout, write},
};

const PEER: &str = "build-astrometry-index";
/// Debian's packages leave brighter stars out.
const BRIGHTEST: f32 = 0.1;

/// Processor seconds of this program, and of programs it started and waited for.
fn processor() -> [f64; 2] {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<f64> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .map(|field| field.parse().unwrap_or(0.0))
        .collect();
    // utime, stime, cutime, cstime are fields 14 to 17; the first after the name is field 3. 100 ticks a second.
    let sum = |at: usize| fields.get(at..at + 2).map_or(0.0, |ticks| ticks.iter().sum::<f64>() / 100.0);
    [sum(11), sum(13)]
}

/// A FITS table with RA, DEC and MAG_VT, as the peer reads it.
fn fits_table(catalogue: &Catalogue) -> Vec<u8> {
    let rows = catalogue.stars().len();
    let mut out = Vec::new();
    let header = |cards: &[String], out: &mut Vec<u8>| {
        for card in cards.iter().map(String::as_str).chain(["END"]) {
            out.extend(format!("{card:<80}").bytes());
        }
        out.resize(out.len().next_multiple_of(2880), b' ');
    };
    let card = |name: &str, value: &str| format!("{name:<8}= {value:>20}");
    header(&[card("SIMPLE", "T"), card("BITPIX", "8"), card("NAXIS", "0"), card("EXTEND", "T")], &mut out);
    let mut cards = vec![card("XTENSION", "'BINTABLE'          ")];
    for (name, value) in [
        ("BITPIX", 8),
        ("NAXIS", 2),
        ("NAXIS1", 20),
        ("NAXIS2", rows),
        ("PCOUNT", 0),
        ("GCOUNT", 1),
        ("TFIELDS", 3),
    ] {
        cards.push(card(name, &value.to_string()));
    }
    for (n, name, form) in [(1, "RA", "D"), (2, "DEC", "D"), (3, "MAG_VT", "E")] {
        cards.push(card(&format!("TTYPE{n}"), &format!("'{name:<8}'          ")));
        cards.push(card(&format!("TFORM{n}"), &format!("'{form:<8}'          ")));
    }
    header(&cards, &mut out);
    for star in catalogue.stars() {
        out.extend(star.position.ra_deg.to_be_bytes());
        out.extend(star.position.dec_deg.to_be_bytes());
        out.extend(star.magnitude.to_be_bytes());
    }
    out.resize(out.len().next_multiple_of(2880), 0);
    out
}

/// Processor seconds, bytes, quads and stars.
#[derive(Clone, Copy, Default)]
struct Cost {
    seconds: f64,
    wall: f64,
    bytes: u64,
    quads: usize,
    stars: usize,
}

fn ours(catalogue: &Catalogue, preset: i32) -> Result<Cost, String> {
    let mut settings = BuildSettings::preset(preset).ok_or("no such preset")?;
    settings.magnitudes[0] = BRIGHTEST;
    let (before, watch) = (processor()[0], Instant::now());
    let index = build(catalogue, &settings, &Silent).map_err(|error| error.to_string())?;
    let bytes = write(&index, Layout::Native).len() as u64;
    Ok(Cost {
        seconds: processor()[0] - before,
        wall: watch.elapsed().as_secs_f64(),
        bytes,
        quads: index.quad_count(),
        stars: index.stars.len(),
    })
}

fn theirs(table: &Path, folder: &Path, preset: i32) -> Option<Cost> {
    let out = folder.join("peer.fits");
    let (before, watch) = (processor()[1], Instant::now());
    let preset = preset.to_string();
    let status = Command::new(PEER)
        .args(["-d", "4", "-S", "MAG_VT", "-B", "0.1", "-s", "0", "-r", "1", "-M", "-I", "1", "-P", &preset])
        .arg("-i")
        .arg(table)
        .arg("-o")
        .arg(&out)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    let (seconds, wall) = (processor()[1] - before, watch.elapsed().as_secs_f64());
    let file = status.success().then(|| IndexFile::open(&out).ok()).flatten()?;
    let view = file.view();
    let cost = Cost { seconds, wall, bytes: file.size(), quads: view.quad_count(), stars: view.stars.len() };
    let _ = fs::remove_file(&out);
    Some(cost)
}

fn measure(first: i32, last: i32, path: &Path) -> Result<(), String> {
    let (before, watch) = (processor()[0], Instant::now());
    let read = read_catalogue(path, &ReadCatalogue::default(), &Silent).map_err(|error| error.to_string())?;
    let (seconds, wall) = (processor()[0] - before, watch.elapsed().as_secs_f64());
    println!("{}: {} stars, read in {seconds:.2} CPU-s, {wall:.2} s", path.display(), read.rows);
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let table = folder.path().join("catalogue.fits");
    fs::write(&table, fits_table(&read.catalogue)).map_err(|error| error.to_string())?;
    println!(
        "preset | ours: CPU-s |  wall s |    quads |   stars |    MB | {PEER}: CPU-s |    quads |   stars |    MB"
    );
    let mut sums = [0.0; 2];
    for preset in (first..=last).rev() {
        let ours = ours(&read.catalogue, preset)?;
        sums[0] += ours.seconds;
        let left = format!(
            "{preset:>6} | {:>11.2} | {:>7.2} | {:>8} | {:>7} | {:>5.1}",
            ours.seconds,
            ours.wall,
            ours.quads,
            ours.stars,
            ours.bytes as f64 / 1e6
        );
        match theirs(&table, folder.path(), preset) {
            None => println!("{left} | not installed, or it failed"),
            Some(cost) => {
                sums[1] += cost.seconds;
                let mega = cost.bytes as f64 / 1e6;
                println!(
                    "{left} | {:>29.2} | {:>8} | {:>7} | {mega:>5.1}",
                    cost.seconds, cost.quads, cost.stars
                );
            }
        }
    }
    println!("   sum | {:>11.2} CPU-s, theirs {:.2}", sums[0], sums[1]);
    Ok(())
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let number = |at: usize, usual: i32| words.get(at).and_then(|word| word.parse().ok()).unwrap_or(usual);
    let usual =
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/stars/tycho2_all.bin");
    let path = words.get(2).map_or_else(usual, PathBuf::from);
    if !path.is_file() {
        println!("skipped: {} is not there; name a catalogue after the presets", path.display());
        return ExitCode::SUCCESS;
    }
    match measure(number(0, 7), number(1, 19), &path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
