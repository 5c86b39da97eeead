//! Processor time of source extraction per megapixel, one thread, beside the promise of 15 ms for 8 bits. Run with
//! `cargo bench -p platesolve --profile release --bench extract [-- GREY.pgm…]`; ends with an error when
//! the promise is broken. Made-up frames; 8-bit binary PGM files may be named, too.

#[path = "../tests/frames/mod.rs"]
mod frames;

use std::{process::ExitCode, time::Instant};

use frames::Frame;
use platesolve::extract::{ExtractSettings, Grey, Pixels, extract};

/// Promised for 8 bits, ms per megapixel.
const LIMIT_MS: f64 = 15.0;
/// Rounds, of which the best counts, and megapixels of a round: the system tells processor time in steps of
/// some milliseconds.
const ROUNDS: usize = 3;
const MEGAPIXELS: f64 = 40.0;

fn main() -> ExitCode {
    println!("{:<34} {:>8} {:>9} {:>7} {:>6}", "image", "MP", "ms per MP", "sources", "level");
    let mut worst = 0.0_f64;
    for (name, width, height, stars) in
        [("sparse", 1024, 768, 150), ("rich", 2048, 1536, 4000), ("large", 6000, 4000, 9000)]
    {
        let mut frame = Frame::sky(width, height, 20.0, 2.0, 1);
        frame.stars(stars, 1.2, (60.0, 3000.0), 3.0, 2);
        worst = worst.max(measure(&format!("{name}, 8 bits"), &frame.u8()));
        measure(&format!("{name}, 16 bits"), &frame.u16());
        measure(&format!("{name}, floats"), &frame.f32());
    }
    for path in std::env::args().skip(1).filter(|argument| !argument.starts_with('-')) {
        match std::fs::read(&path).ok().and_then(|bytes| pgm(&bytes)) {
            Some(image) => worst = worst.max(measure(path.rsplit('/').next().unwrap_or(&path), &image)),
            None => println!("{path}: no binary 8-bit PGM"),
        }
    }
    if worst < LIMIT_MS { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Seconds of processor time this thread has used; wall time where the system does not tell.
#[expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]
fn seconds() -> f64 {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| START.elapsed().as_secs_f64(), |n| n / 1e9)
}

fn measure(name: &str, image: &Grey) -> f64 {
    let megapixels = f64::from(image.width()) * f64::from(image.height()) / 1e6;
    let mut best = f64::INFINITY;
    let mut found = (0, 0);
    let times = (MEGAPIXELS / megapixels).ceil().clamp(1.0, 200.0) as u32;
    for _ in 0..ROUNDS {
        let before = seconds();
        for _ in 0..times {
            let extraction = std::hint::black_box(extract(image, &ExtractSettings::default()));
            found = (extraction.field.sources.len(), extraction.level);
        }
        best = best.min((seconds() - before) * 1e3 / megapixels / f64::from(times));
    }
    println!("{name:<34} {megapixels:>8.2} {best:>9.2} {:>7} {:>6}", found.0, found.1);
    best
}

/// A binary PGM of 8 bits without comments.
fn pgm(bytes: &[u8]) -> Option<Grey> {
    let mut rest = bytes.strip_prefix(b"P5")?;
    let mut numbers = [0_u32; 3];
    for number in &mut numbers {
        let start = rest.iter().position(|b| !b.is_ascii_whitespace())?;
        let digits = rest.get(start..)?.iter().take_while(|b| b.is_ascii_digit()).count();
        *number = std::str::from_utf8(rest.get(start..start + digits)?).ok()?.parse().ok()?;
        rest = rest.get(start + digits..)?;
    }
    let pixels = rest.get(1..)?.to_vec();
    (numbers[2] == 255).then(|| Grey::new(numbers[0], numbers[1], Pixels::U8(pixels)))?
}
