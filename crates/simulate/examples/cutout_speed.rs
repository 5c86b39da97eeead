//! How fast cutouts are made on one core: `cargo run --release -p simulate --example cutout_speed [count]`.

use std::{fs, hint::black_box};

use domain::{Seed, SkyCoord};
use imaging::{TileSpec, tile::tile};
use simulate::{Config, Kind, LookAlike, draw, render, render_noise_free};

/// Time this thread has had on a core (Linux), so that other programs do not count.
fn cpu_seconds() -> Result<f64, Box<dyn std::error::Error>> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = text.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanoseconds * 1e-9)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(200), |text| text.parse())?;
    // The radial profiles are fitted once per program.
    draw(&Config::default(), Seed::root(0), "warm", Kind::Lens, SkyCoord { ra_deg: 0.0, dec_deg: 0.0 }, None)
        .map_err(Box::<dyn std::error::Error>::from)
        .and_then(|drawn| Ok(render(&drawn.record)?))?;
    let sky = SkyCoord { ra_deg: 150.0, dec_deg: 20.0 };
    println!("cutouts per second on one core, 3 bands, noise included (mean of {count})");
    println!(
        "{:>6} {:>16} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "pixels", "kind", "draw", "light", "noise", "tile", "all"
    );
    for (size_px, pixel_scale_arcsec) in [(381, 0.262), (191, 0.524)] {
        let mut config = Config::default();
        (config.image.size_px, config.image.pixel_scale_arcsec) = (size_px, pixel_scale_arcsec);
        for kind in [
            Kind::Plain,
            Kind::Lens,
            Kind::LookAlike(LookAlike::Spiral),
            Kind::LookAlike(LookAlike::StarSpike),
        ] {
            let mut seconds = [0.0; 4];
            for i in 0..count {
                let mut before = cpu_seconds()?;
                let mut lap = |slot: usize| {
                    let now = cpu_seconds()?;
                    seconds[slot] += now - before;
                    before = now;
                    Ok::<_, Box<dyn std::error::Error>>(())
                };
                let record = draw(&config, Seed::root(1).index(i), "speed", kind, sky, None)?.record;
                lap(0)?;
                black_box(render_noise_free(&record)?);
                lap(1)?;
                let cube = render(&record)?;
                lap(2)?;
                black_box(tile(&cube, &TileSpec::default())?);
                lap(3)?;
            }
            let [draw, light, both, tile] = seconds.map(|s| s / count as f64 * 1e3);
            let all = 1e3 / (draw + both + tile);
            println!(
                "{size_px:>6} {:>16} {draw:>5.1} ms {light:>5.1} ms {:>5.1} ms {tile:>5.1} ms {all:>6.0}/s",
                kind.to_string(),
                both - light
            );
        }
    }
    Ok(())
}
