//! What is told of one image, as words.

use std::fmt::Write as _;

use super::{
    Placed,
    answer::{Answer, Object},
};

/// Objects of a list that are named.
const NAMED: usize = 8;

/// The words for one image.
pub fn words(answer: &Answer, placed: Option<&Placed>, with_matches: bool) -> String {
    let Some(placed) = placed else {
        return format!("{}: not placed: {}", answer.image, answer.reason.as_deref().unwrap_or("unknown"));
    };
    let solution = &placed.solution;
    let (ra, dec) = (solution.centre.ra_deg, solution.centre.dec_deg);
    let side = |pixels: u32| angle(f64::from(pixels) * solution.scale_arcsec);
    let looks = if solution.parity > 0 { "as the eye sees it" } else { "mirrored, rows from top to bottom" };
    let mut text = format!(
        "{}: placed\n  centre    RA {ra:.5}°, Dec {dec:+.5}° ({} {})\n  scale     {:.4}″ a pixel, field {} × {}\n  \
         rotation  up is {:.2}° from north to east; {looks}\n  \
         how sure  log odds {:.0} after e^{:.1} looks; {} stars match within {:.2} px rms{}\n  \
         time      {:.1} ms to find {} sources, {:.1} ms to search (processor)",
        answer.image,
        hours(ra),
        degrees(dec),
        solution.scale_arcsec,
        side(answer.width),
        side(answer.height),
        solution.rotation_deg,
        solution.log_odds,
        solution.ln_trials,
        solution.matches.len(),
        answer.rms_px.unwrap_or_default(),
        match answer.sip_order {
            Some(order) if order > 0 => format!(", distortion of order {order}"),
            _ => String::new(),
        },
        answer.extract_cpu_s * 1e3,
        answer.sources,
        answer.solve_cpu_s * 1e3,
    );
    for (label, objects) in [("clusters  ", &answer.clusters), ("candidates", &answer.candidates)] {
        if !objects.is_empty() {
            let _ = write!(text, "\n  {label} {}", named(objects));
        }
    }
    for file in &answer.files {
        let _ = write!(text, "\n  written   {file}");
    }
    if with_matches {
        text.push_str("\n  matched stars (source x, y from 1; RA, Dec; magnitude; residual px):");
        for pair in &solution.matches {
            let source = &placed.extraction.field.sources[pair.source];
            let magnitude =
                pair.magnitude.map_or_else(|| "–".to_owned(), |magnitude| format!("{magnitude:.2}"));
            let _ = write!(
                text,
                "\n    {:9.2} {:9.2}  {:10.5} {:+9.5}  {magnitude:>6}  {:+.2} {:+.2}",
                source.x + 1.0,
                source.y + 1.0,
                pair.star.ra_deg,
                pair.star.dec_deg,
                pair.residual_px[0],
                pair.residual_px[1],
            );
        }
    }
    text
}

fn named(objects: &[Object]) -> String {
    let mut text = objects.len().to_string() + ": ";
    let names: Vec<&str> = objects.iter().take(NAMED).map(|object| object.name.as_str()).collect();
    text.push_str(&names.join(", "));
    if objects.len() > NAMED {
        text.push_str(", …");
    }
    text
}

/// An angle in the unit people would use.
fn angle(arcsec: f64) -> String {
    match arcsec {
        a if a < 120.0 => format!("{a:.1}″"),
        a if a < 7200.0 => format!("{:.2}′", a / 60.0),
        a => format!("{:.3}°", a / 3600.0),
    }
}

/// Right ascension in hours, minutes, seconds.
fn hours(ra_deg: f64) -> String {
    let tenths = (ra_deg.rem_euclid(360.0) / 15.0 * 36_000.0).round() as u64 % 864_000;
    format!("{:02}h{:02}m{:02}.{}s", tenths / 36_000, tenths / 600 % 60, tenths / 10 % 60, tenths % 10)
}

/// Declination in degrees, minutes, seconds.
fn degrees(dec_deg: f64) -> String {
    let seconds = (dec_deg.abs() * 3600.0).round() as u64;
    let sign = if dec_deg < 0.0 { '−' } else { '+' };
    format!("{sign}{:02}°{:02}′{:02}″", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_written_as_astronomers_do() {
        assert_eq!((hours(150.0), degrees(-2.5)), ("10h00m00.0s".into(), "−02°30′00″".into()));
        assert_eq!((hours(359.999_999_9), degrees(89.999_99)), ("00h00m00.0s".into(), "+90°00′00″".into()));
        assert_eq!(
            (angle(59.0), angle(600.0), angle(36_000.0)),
            ("59.0″".into(), "10.00′".into(), "10.000°".into())
        );
    }
}
