//! Narrow fields placed by an index made on the fly, from made-up objects as dense as a deep survey's.

use domain::{Seed, Silent, SkyCoord};
use imaging::TanWcs;
use platesolve::{
    Field, Refusal, SolveSettings, Source,
    catalogue::{Catalogue, Star},
    local::{LocalError, Surroundings, indexes_around, solve_around, stars_around},
    verify_wcs::{CheckSettings, RefStar, Verdict, verify_wcs},
};
use rand::RngExt as _;

const SCALE: f64 = 0.3;

fn gauss(rng: &mut domain::Rng) -> f64 {
    let (u, v): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

/// Four objects per square arcmin over `side` degrees.
fn survey(seed: u64, centre: SkyCoord, side: f64) -> Catalogue {
    let mut rng = Seed::root(seed).child("survey").rng();
    let plane = TanWcs::north_up(centre, 1000, 1000, side * 3.6);
    let star = |rng: &mut domain::Rng| {
        let (x, y) = (1000.0 * rng.random::<f64>(), 1000.0 * rng.random::<f64>());
        let sky = plane.pixel_to_sky(x, y);
        let magnitude = 23.0 + 2.0 * rng.random::<f64>().ln();
        Star::new(sky.ra_deg, sky.dec_deg, magnitude as f32, None).expect("a star")
    };
    let count = (4.0 * 3600.0 * side * side) as usize;
    Catalogue::new("made up", None, (0..count).map(|_| star(&mut rng)).collect())
}

/// An image `arcmin` wide: four of five objects, and as many as a quarter of them that are none.
fn image(seed: u64, catalogue: &Catalogue, centre: SkyCoord, arcmin: f64, turn: f64) -> (Field, TanWcs) {
    let mut rng = Seed::root(seed).child("image").rng();
    let side = (arcmin * 60.0 / SCALE).round();
    let (sin, cos) = turn.to_radians().sin_cos();
    let step = SCALE / 3600.0;
    let wcs = TanWcs {
        crval: [centre.ra_deg, centre.dec_deg],
        crpix: [side / 2.0; 2],
        cd: [[-step * cos, step * sin], [step * sin, step * cos]],
    };
    let mut seen = Vec::new();
    for star in catalogue.stars() {
        let Some((x, y)) = wcs.sky_to_pixel(star.position) else { continue };
        if (1.0..side).contains(&x) && (1.0..side).contains(&y) && rng.random::<f64>() < 0.8 {
            let (x, y) = (x - 1.0 + 0.3 * gauss(&mut rng), y - 1.0 + 0.3 * gauss(&mut rng));
            seen.push((f64::from(star.magnitude) + 0.2 * gauss(&mut rng), x, y));
        }
    }
    for _ in 0..seen.len() / 4 {
        let place = (rng.random::<f64>() * side, rng.random::<f64>() * side);
        seen.push((23.0 + 2.0 * rng.random::<f64>().ln(), place.0, place.1));
    }
    seen.sort_by(|a, b| a.0.total_cmp(&b.0));
    let source = |&(m, x, y): &(f64, f64, f64)| Source {
        x,
        y,
        flux: 10_f32.powf(-0.4 * (m as f32 - 23.0)),
        background: 0.0,
    };
    let sources = seen.iter().map(source).collect();
    (Field { width: side as u32, height: side as u32, sources, sigma_px: 0.3 }, wcs)
}

fn at(ra_deg: f64, dec_deg: f64) -> SkyCoord {
    SkyCoord { ra_deg, dec_deg }
}

#[test]
fn images_of_three_to_ten_arcmin_are_placed_by_the_surveys_own_objects() {
    for (seed, (ra, dec)) in [(1, (150.0, 2.0)), (2, (0.02, 45.0)), (3, (30.0, 89.9))] {
        let catalogue = survey(seed, at(ra, dec), 0.7);
        for arcmin in [3.0, 5.0, 10.0] {
            // Five arcmin off, and turned.
            let thought = TanWcs::north_up(at(ra, dec), 100, 100, 6.0).pixel_to_sky(100.0, 40.0);
            let (field, truth) = image(seed, &catalogue, at(ra, dec), arcmin, 40.0 * seed as f64);
            let around = Surroundings { centre: thought, radius_arcmin: 8.0, scale_arcsec: (0.25, 0.36) };
            let solution = solve_around(&field, &catalogue, &around, &SolveSettings::default(), &Silent);
            let solution = solution.unwrap_or_else(|error| panic!("{ra} {dec}, {arcmin}′: {error}"));
            let side = f64::from(field.width);
            for (x, y) in [(1.0, 1.0), (side, side), (side / 2.0, side / 2.0)] {
                let miss = solution.wcs.pixel_to_sky(x, y).separation_arcsec(truth.pixel_to_sky(x, y));
                assert!(miss < 1.5 * SCALE, "{ra} {dec}, {arcmin}′: {miss}″");
            }
        }
    }
}

#[test]
fn an_image_from_elsewhere_is_not_placed() {
    let catalogue = survey(4, at(150.0, 2.0), 0.7);
    let other = survey(5, at(150.0, 2.0), 0.7);
    let (field, _) = image(4, &other, at(150.0, 2.0), 4.0, 0.0);
    let around = Surroundings { centre: at(150.0, 2.0), radius_arcmin: 6.0, scale_arcsec: (0.25, 0.36) };
    let settings = SolveSettings { max_sources: 30, ..SolveSettings::default() };
    let found = solve_around(&field, &catalogue, &around, &settings, &Silent);
    let refused =
        matches!(found, Err(LocalError::Refused(Refusal::NothingFits { .. } | Refusal::OutOfEffort { .. })));
    assert!(refused, "{found:?}");
}

#[test]
fn an_empty_place_and_impossible_numbers_are_told() {
    let catalogue = survey(6, at(150.0, 2.0), 0.3);
    let around = Surroundings { centre: at(30.0, 2.0), radius_arcmin: 5.0, scale_arcsec: (0.3, 0.3) };
    let error = indexes_around(&catalogue, &around, (600, 600), &Silent).unwrap_err();
    assert!(matches!(error, LocalError::NothingThere { found: 0, .. }), "{error}");
    for wrong in [
        Surroundings { scale_arcsec: (0.0, 1.0), ..around },
        Surroundings { scale_arcsec: (1.0, 0.5), ..around },
        Surroundings { radius_arcmin: f64::NAN, ..around },
        Surroundings { centre: at(0.0, 100.0), ..around },
    ] {
        let error = indexes_around(&catalogue, &wrong, (600, 600), &Silent).unwrap_err();
        assert!(matches!(error, LocalError::Setting { .. }), "{error}");
    }
    let thin = Surroundings { centre: at(150.0, 2.0), ..around };
    assert!(indexes_around(&catalogue, &thin, (0, 7), &Silent).is_err());
}

#[test]
fn the_stars_of_an_index_check_an_image() {
    let centre = at(0.01, -60.0);
    let catalogue = survey(7, centre, 0.7);
    let around = Surroundings { centre, radius_arcmin: 5.0, scale_arcsec: (SCALE, SCALE) };
    let (field, truth) = image(7, &catalogue, centre, 5.0, 77.0);
    let indexes = indexes_around(&catalogue, &around, (field.width, field.height), &Silent).unwrap();
    let deepest = indexes.last().unwrap();
    let stars: Vec<RefStar> = stars_around(deepest, centre, 8.0, None);
    assert!(stars.len() > 100 && stars.iter().all(|s| s.position.separation_arcsec(centre) < 481.0));
    assert!(stars.iter().all(|s| s.magnitude > 5.0 && s.magnitude < 24.0));
    let settings = CheckSettings::default();
    let verdict = verify_wcs(&field, &truth.into(), &stars, &settings);
    assert!(matches!(verdict, Verdict::Pass(_)), "{verdict}");
    let moved = TanWcs { crpix: [truth.crpix[0] - 30.0, truth.crpix[1]], ..truth };
    let verdict = verify_wcs(&field, &moved.into(), &stars, &settings);
    assert!(matches!(verdict, Verdict::Shifted(_)), "{verdict}");
}
