//! A contact sheet of simulated cutouts as people would see them:
//! `cargo run --release -p simulate --example cutout_gallery -- OUT.png KIND COLUMNS ROWS [training] [SEED]`.

use domain::{Seed, SkyCoord};
use imaging::{Rgb8, lupton, preview};
use simulate::{Config, Kind, draw, render};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [out, kind, columns, rows, rest @ ..] = args.as_slice() else {
        return Err("usage: gallery OUT.png KIND COLUMNS ROWS [training] [SEED]".into());
    };
    let kind: Kind = kind.parse()?;
    let (columns, rows): (usize, usize) = (columns.parse()?, rows.parse()?);
    let config =
        if rest.iter().any(|word| word == "training") { Config::training() } else { Config::default() };
    let seed = rest.iter().find_map(|word| word.parse().ok()).unwrap_or(1);
    let side = config.image.size_px + 4;
    let mut sheet = Rgb8 {
        width: columns * side,
        height: rows * side,
        data: vec![255; columns * rows * side * side * 3],
    };
    for i in 0..columns * rows {
        let id = format!("g-{i}");
        let sky = SkyCoord { ra_deg: 150.0, dec_deg: 20.0 };
        let record = draw(&config, Seed::root(seed).index(i as u64), &id, kind, sky, None)?.record;
        if let Some(results) = &record.results {
            println!(
                "{i}: z {} θ_E {}″ S/N {:?} length {}″ μ {} peak {}σ {:?}",
                record.z_cluster,
                results.theta_e_arcsec,
                results.arc_sn,
                results.arc_length_arcsec,
                results.mu_total,
                results.arc_peak_sigma,
                record.source.as_ref().map(|s| s.placement)
            );
        }
        let picture = lupton::composite(&render(&record)?)?;
        let (left, top) = (i % columns * side, i / columns * side);
        for (row, line) in picture.data.chunks_exact(picture.width * 3).enumerate() {
            let start = ((top + row) * sheet.width + left) * 3;
            sheet.data[start..start + line.len()].copy_from_slice(line);
        }
    }
    std::fs::write(out, preview::png(&sheet)?)?;
    Ok(())
}
