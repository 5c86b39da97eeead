//! Draws the figures of the page that explains plate solving, from a star catalogue and one picture:
//! `cargo run --release -p plates --example drawings -- TYCHO.bin PICTURE OUT_FOLDER`.
//!
//! The catalogue is `../shared/data/stars/tycho2_all.bin`, the picture
//! `../shared/data/sky/cedar_2019-07-29T204726_Alt40_Azi-45_Try1.jpg` (ESA/G. Pettersson, CC BY-SA 3.0 IGO); only
//! the places of its stars are drawn, no pixel of it. The output is committed in `web/static/platesolve`.

use std::{error::Error, fs, path::Path};

use domain::Silent;
use plates::{Picture, drawings};
use platesolve::{
    SolveSettings,
    build::{BuildSettings, build},
    catalogue::{Catalogue, Star},
    extract::{ExtractSettings, extract},
    solve,
};

/// Presets of the indexes the picture is solved with: quads of 3 to 6 degrees.
const PRESETS: [i32; 2] = [13, 14];
/// Stars fainter than this serve no drawing.
const FAINTEST: f32 = 9.0;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [catalogue, picture, folder] = arguments.as_slice() else {
        return Err("give a catalogue, a picture and a folder".into());
    };
    let catalogue = tycho(&fs::read(catalogue)?).ok_or("the catalogue is cut off")?;
    let picture = Picture::read(&fs::read(picture)?, picture)?;
    let field = extract(&picture.grey, &ExtractSettings::default()).field;
    let mut indexes = Vec::new();
    for preset in PRESETS {
        let settings = BuildSettings::preset(preset).ok_or("no such preset")?;
        indexes.push(build(&catalogue, &settings, &Silent)?);
    }
    let solution = solve(&field, &indexes, &SolveSettings::default(), &Silent)?;
    println!("{solution:?}");
    let index = &indexes[solution.index];
    let example = drawings::Example { catalogue: &catalogue, index, field: &field, solution: &solution };
    fs::create_dir_all(folder)?;
    for drawing in drawings::all(&example).ok_or("the solution does not fit its index")? {
        let path = Path::new(folder).join(format!("{}.svg", drawing.name));
        println!("{} ({} bytes)", path.display(), drawing.svg.len());
        fs::write(path, drawing.svg)?;
    }
    Ok(())
}

/// Reads columns behind 12 bytes of head: right ascension, declination, magnitude.
fn tycho(bytes: &[u8]) -> Option<Catalogue> {
    let n = u32::from_le_bytes(bytes.get(8..12)?.try_into().ok()?) as usize;
    let (ra, rest) = bytes.get(12..)?.split_at_checked(4 * n)?;
    let (dec, magnitude) = rest.split_at_checked(4 * n)?;
    let mut stars = Vec::new();
    for ((ra, dec), magnitude) in ra.chunks_exact(4).zip(dec.chunks_exact(4)).zip(magnitude.chunks_exact(2)) {
        let ra = f64::from(u32::from_le_bytes(ra.try_into().ok()?)) / 2_f64.powi(32) * 360.0;
        let dec = f64::from(i32::from_le_bytes(dec.try_into().ok()?)) / f64::from(i32::MAX) * 90.0;
        let magnitude = f32::from(i16::from_le_bytes(magnitude.try_into().ok()?)) / 1000.0;
        if magnitude <= FAINTEST {
            stars.push(Star::new(ra, dec, magnitude, None).ok()?);
        }
    }
    Some(Catalogue::new("Tycho-2", Some(2000.0), stars))
}
