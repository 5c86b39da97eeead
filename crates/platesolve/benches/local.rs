//! What a local index and a check of coordinates cost: 15,000 made-up objects on a square degree, an image
//! of 5′. Run with `cargo bench -p platesolve --profile release --bench local`; on one thread with
//! `RAYON_NUM_THREADS=1`. Ends with an error when the index takes longer than promised.

use std::{hint::black_box, process::ExitCode, time::Instant};

use domain::{Seed, Silent, SkyCoord};
use imaging::TanWcs;
use platesolve::{
    Field, SolveSettings, Source,
    catalogue::{Catalogue, Star},
    local::{Surroundings, indexes_around, solve_around, stars_around},
    verify_wcs::{CheckSettings, verify_wcs},
};
use rand::RngExt as _;

/// Promised for all indexes of an image among 15,000 objects, ms.
const LIMIT_MS: f64 = 50.0;
/// Each is measured so often, and the best counts: a busy machine only ever makes it slower.
const REPETITIONS: usize = 9;

#[expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]
fn milliseconds<T>(mut work: impl FnMut() -> T) -> f64 {
    let once = |_| {
        let watch = Instant::now();
        black_box(work());
        watch.elapsed().as_secs_f64() * 1e3
    };
    (0..REPETITIONS).map(once).fold(f64::INFINITY, f64::min)
}

fn main() -> ExitCode {
    let centre = SkyCoord { ra_deg: 150.0, dec_deg: 2.0 };
    let mut rng = Seed::root(1).rng();
    let plane = TanWcs::north_up(centre, 1000, 1000, 3.6);
    let stars = (0..15_000).filter_map(|_| {
        let sky = plane.pixel_to_sky(1000.0 * rng.random::<f64>(), 1000.0 * rng.random::<f64>());
        Star::new(sky.ra_deg, sky.dec_deg, 23.0 + 2.0 * rng.random::<f32>().ln(), None).ok()
    });
    let catalogue = Catalogue::new("made up", None, stars.collect());
    let truth = TanWcs::north_up(centre, 1000, 1000, 0.3);
    let inside = |star: &&Star| {
        truth
            .sky_to_pixel(star.position)
            .is_some_and(|(x, y)| (1.0..1000.0).contains(&x) && (1.0..1000.0).contains(&y))
    };
    let sources = catalogue.stars().iter().filter(inside).filter_map(|star| {
        let (x, y) = truth.sky_to_pixel(star.position)?;
        Some(Source { x: x - 1.0, y: y - 1.0, flux: 1.0, background: 0.0 })
    });
    let field = Field { width: 1000, height: 1000, sources: sources.collect(), sigma_px: 0.3 };

    let whole = Surroundings { centre, radius_arcmin: 40.0, scale_arcsec: (0.29, 0.31) };
    let near = Surroundings { radius_arcmin: 5.0, ..whole };
    let size = (field.width, field.height);
    let all = milliseconds(|| indexes_around(&catalogue, &whole, size, &Silent));
    let few = milliseconds(|| indexes_around(&catalogue, &near, size, &Silent));
    println!("indexes of all 15,000 objects: {all:.1} ms; of those within 5′: {few:.1} ms");
    let settings = SolveSettings::default();
    let solved = solve_around(&field, &catalogue, &near, &settings, &Silent).is_ok();
    let time = milliseconds(|| solve_around(&field, &catalogue, &near, &settings, &Silent));
    println!("index and place within 5′: {time:.1} ms (found: {solved})");

    let Ok(indexes) = indexes_around(&catalogue, &near, size, &Silent) else { return ExitCode::FAILURE };
    let Some(deepest) = indexes.last() else { return ExitCode::FAILURE };
    let cone = milliseconds(|| stars_around(deepest, centre, 6.0, None));
    let stars = stars_around(deepest, centre, 6.0, None);
    println!("{} stars of the index within 6′: {cone:.3} ms", stars.len());
    let far = TanWcs { crval: [150.3, 2.3], ..truth };
    let elsewhere = stars_around(deepest, SkyCoord { ra_deg: 150.05, dec_deg: 2.05 }, 6.0, None);
    let moved = TanWcs { crpix: [truth.crpix[0] + 90.0, truth.crpix[1] - 40.0], ..truth };
    let turned = TanWcs { cd: [truth.cd[1], truth.cd[0]], ..truth };
    let shifted_sky = TanWcs { crval: [150.05, 2.05], ..truth };
    let check = CheckSettings::default();
    for (name, wcs, stars) in [
        ("right", truth, &stars),
        ("shifted", moved, &stars),
        ("turned and mirrored", turned, &stars),
        ("elsewhere", shifted_sky, &elsewhere),
        ("no stars", far, &stars),
    ] {
        let verdict = verify_wcs(&field, &wcs.into(), stars, &check);
        let time = milliseconds(|| verify_wcs(&field, &wcs.into(), stars, &check));
        println!("check, {name}: {time:.2} ms: {verdict}");
    }
    if all <= LIMIT_MS { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
