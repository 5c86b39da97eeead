//! The check against simulated images: right, shifted, turned, mirrored, of another scale, of another sky.

use domain::{Seed, SkyCoord};
use imaging::{TanSip, TanWcs};
use rand::RngExt as _;
use rayon::prelude::*;

use super::*;
use crate::Source;

const WIDTH: u32 = 1000;
const HEIGHT: u32 = 700;
const SCALE: f64 = 2.0;

type Rng = domain::Rng;

fn gauss(rng: &mut Rng) -> f64 {
    let (u, v): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

/// Turned by `deg` from north to east, `parity` as the sign of det CD.
fn projection(centre: SkyCoord, deg: f64, parity: f64, scale: f64) -> TanWcs {
    let (sin, cos) = deg.to_radians().sin_cos();
    let step = scale / 3600.0;
    // Rising rows point to position angle `deg`; columns rise towards west for parity −1.
    let cd = [[parity * step * cos, step * sin], [-parity * step * sin, step * cos]];
    let crpix = [f64::midpoint(1.0, f64::from(WIDTH)), f64::midpoint(1.0, f64::from(HEIGHT))];
    TanWcs { crval: [centre.ra_deg, centre.dec_deg], crpix, cd }
}

fn middle(ra_deg: f64, dec_deg: f64) -> SkyCoord {
    SkyCoord { ra_deg, dec_deg }
}

/// Stars over three times the image's width around a position.
fn sky(rng: &mut Rng, centre: SkyCoord, count: usize) -> Vec<RefStar> {
    let wide = projection(centre, 0.0, -1.0, SCALE);
    let star = |rng: &mut Rng| {
        let x = (rng.random::<f64>() * 3.0 - 1.0) * f64::from(WIDTH);
        let y = (rng.random::<f64>() * 3.0 - 1.0) * f64::from(HEIGHT);
        RefStar { position: wide.pixel_to_sky(x, y), magnitude: 12.0 + 2.0 * rng.random::<f64>().ln() }
    };
    (0..count * 9).map(|_| star(rng)).collect()
}

/// What a camera sees through `wcs`: seven of ten stars, brightest first, with noise in place and light, and
/// three of ten sources that are none.
fn image(rng: &mut Rng, wcs: &TanSip, stars: &[RefStar], sigma: f64) -> Field {
    let mut seen: Vec<(f64, Source)> = Vec::new();
    let source = |x: f64, y: f64, magnitude: f64| {
        (magnitude, Source { x, y, flux: 10_f32.powf(-0.4 * magnitude as f32), background: 0.0 })
    };
    for star in stars {
        let Some((x, y)) = wcs.sky_to_pixel(star.position) else { continue };
        let shown = (0.5..f64::from(WIDTH) + 0.5).contains(&x) && (0.5..f64::from(HEIGHT) + 0.5).contains(&y);
        if shown && rng.random::<f64>() < 0.7 {
            let (x, y) = (x - 1.0 + sigma * gauss(rng), y - 1.0 + sigma * gauss(rng));
            seen.push(source(x, y, star.magnitude + 0.3 * gauss(rng)));
        }
    }
    for _ in 0..seen.len() * 3 / 7 {
        let (x, y) = (rng.random::<f64>() * f64::from(WIDTH), rng.random::<f64>() * f64::from(HEIGHT));
        seen.push(source(x, y, 12.0 + 2.0 * rng.random::<f64>().ln()));
    }
    seen.sort_by(|a, b| a.0.total_cmp(&b.0));
    field(seen.into_iter().map(|(_, source)| source).collect(), sigma)
}

fn field(sources: Vec<Source>, sigma_px: f64) -> Field {
    Field { width: WIDTH, height: HEIGHT, sources, sigma_px }
}

fn check(field: &Field, claimed: TanWcs, stars: &[RefStar]) -> Verdict {
    verify_wcs(field, &claimed.into(), stars, &CheckSettings::default())
}

/// Everywhere, near the pole and across the meridian too, for both parities.
fn places() -> impl Iterator<Item = (u64, SkyCoord, f64)> {
    [(150.0, 2.0), (0.01, -30.0), (77.0, 89.8), (300.0, -89.95), (210.0, 60.0)]
        .into_iter()
        .zip(1..)
        .flat_map(|((ra, dec), n)| [(n, middle(ra, dec), -1.0), (n + 100, middle(ra, dec), 1.0)])
}

#[test]
fn right_coordinates_pass() {
    for (seed, centre, parity) in places() {
        let mut rng = Seed::root(seed).rng();
        let stars = sky(&mut rng, centre, 40);
        let wcs = projection(centre, 33.0, parity, SCALE);
        let seen = image(&mut rng, &wcs.into(), &stars, 0.3);
        let Verdict::Pass(place) = check(&seen, wcs, &stars) else { panic!("{}", check(&seen, wcs, &stars)) };
        assert!(place.matches >= 15 && place.rms_px < 1.0, "{place:?}");
        assert!(place.east_arcsec.hypot(place.north_arcsec) < 0.6, "{place:?}");
    }
}

#[test]
fn a_shift_is_found_to_a_third_of_a_pixel() {
    for (seed, centre, parity) in places() {
        for (right, up) in [(3.5, -2.0), (-40.0, 25.0), (300.0, 200.0), (-420.0, 610.0)] {
            let mut rng = Seed::root(seed).rng();
            let stars = sky(&mut rng, centre, 40);
            let truth = projection(centre, -20.0, parity, SCALE);
            let claimed = TanWcs { crpix: [truth.crpix[0] + right, truth.crpix[1] + up], ..truth };
            let seen = image(&mut rng, &truth.into(), &stars, 0.3);
            let verdict = check(&seen, claimed, &stars);
            let Verdict::Shifted(place) = &verdict else { panic!("{right} {up}: {verdict}") };
            let (x, y) = place.corrected.sky_to_pixel(centre).unwrap();
            let miss = (x - truth.crpix[0]).hypot(y - truth.crpix[1]);
            assert!(miss < 0.3, "{right} {up}: {miss} px; {place:?}");
            // The true centre seen from the claimed one.
            let said = claimed.pixel_to_sky(truth.crpix[0], truth.crpix[1]);
            let moved = said.separation_arcsec(centre);
            let found = place.east_arcsec.hypot(place.north_arcsec);
            assert!((found - moved).abs() < 0.3 * SCALE, "{found} {moved}");
            let north = (centre.dec_deg - said.dec_deg) * 3600.0;
            assert!(
                centre.dec_deg.abs() > 45.0 || (place.north_arcsec - north).abs() < 2.0,
                "{north} {place:?}"
            );
        }
    }
}

#[test]
fn a_turn_is_found_with_its_sense() {
    for (seed, centre, parity) in places() {
        for (turn, shift) in
            [(0.4, 0.0), (-1.7, 30.0), (8.0, 0.0), (-30.0, 200.0), (90.0, 0.0), (179.0, 60.0)]
        {
            let mut rng = Seed::root(seed).rng();
            let stars = sky(&mut rng, centre, 40);
            let truth = projection(centre, 10.0 + turn, parity, SCALE);
            let seen = image(&mut rng, &truth.into(), &stars, 0.3);
            let mut claimed = projection(centre, 10.0, parity, SCALE);
            claimed.crpix[0] += shift;
            let verdict = check(&seen, claimed, &stars);
            let Verdict::Rotated(place) = &verdict else { panic!("{turn} {shift}: {verdict}") };
            assert!((place.rotation_deg - turn).abs() < 0.05, "{turn}: {place:?}");
            let moved = place.east_arcsec.hypot(place.north_arcsec);
            assert!((moved - shift * SCALE).abs() < 0.4 * SCALE, "{shift}: {place:?}");
            for (x, y) in [(1.0, 1.0), (1000.0, 700.0)] {
                let miss = place.corrected.pixel_to_sky(x, y).separation_arcsec(truth.pixel_to_sky(x, y));
                assert!(miss < 1.0 * SCALE, "{turn}: {miss}");
            }
        }
    }
}

#[test]
fn mirrored_images_and_wrong_scales_are_called_wrong_for_what_they_are() {
    for (seed, centre, parity) in places() {
        let mut rng = Seed::root(seed).rng();
        let stars = sky(&mut rng, centre, 40);
        let truth = projection(centre, 25.0, parity, SCALE);
        let seen = image(&mut rng, &truth.into(), &stars, 0.3);
        let verdict = check(&seen, projection(centre, 25.0, -parity, SCALE), &stars);
        let mirrored = matches!(verdict, Verdict::Wrong { because: WrongBecause::Mirrored, .. });
        assert!(mirrored, "{verdict}");
        for factor in [0.7, 0.95, 1.01, 1.4] {
            let verdict = check(&seen, projection(centre, 25.0, parity, SCALE * factor), &stars);
            let Verdict::Wrong { because: WrongBecause::Scale { ratio }, .. } = verdict else {
                panic!("{factor}: {verdict}")
            };
            assert!((ratio * factor - 1.0).abs() < 0.002, "{ratio} {factor}");
        }
    }
}

#[test]
fn another_part_of_the_sky_is_wrong() {
    for (seed, centre, parity) in places() {
        let mut rng = Seed::root(seed).rng();
        let (stars, elsewhere) = (sky(&mut rng, centre, 40), sky(&mut rng, centre, 40));
        let wcs = projection(centre, 33.0, parity, SCALE);
        let seen = image(&mut rng, &wcs.into(), &elsewhere, 0.3);
        let verdict = check(&seen, wcs, &stars);
        let fits =
            matches!(verdict, Verdict::Wrong { because: WrongBecause::NothingFits { .. }, place: None });
        assert!(fits, "{verdict}");
    }
}

#[test]
fn few_sources_or_few_stars_are_too_few_to_tell() {
    let mut rng = Seed::root(5).rng();
    let centre = middle(150.0, 2.0);
    let wcs = projection(centre, 0.0, -1.0, SCALE);
    let (stars, elsewhere) = (sky(&mut rng, centre, 40), sky(&mut rng, centre, 40));
    let seen = image(&mut rng, &wcs.into(), &elsewhere, 0.3);
    let few = field(seen.sources[..3].to_vec(), 0.3);
    let verdict = check(&few, wcs, &stars);
    assert!(matches!(verdict, Verdict::TooFewToTell { sources: 3, needed: 4.., .. }), "{verdict}");
    let (bare, none) = (sky(&mut rng, centre, 1), Vec::new());
    for stars in [&bare, &none] {
        assert!(matches!(check(&seen, wcs, stars), Verdict::TooFewToTell { .. }));
    }
    assert!(matches!(check(&field(Vec::new(), 0.3), wcs, &stars), Verdict::TooFewToTell { .. }));
}

#[test]
fn few_stars_that_do_fit_are_enough_for_a_pass() {
    let mut rng = Seed::root(6).rng();
    let centre = middle(40.0, -12.0);
    let wcs = projection(centre, 70.0, -1.0, SCALE);
    let stars = sky(&mut rng, centre, 5);
    let inside = |star: &&RefStar| {
        wcs.sky_to_pixel(star.position).is_some_and(|(x, y)| x > 1.0 && x < 999.0 && y > 1.0 && y < 699.0)
    };
    let source = |star: &RefStar| {
        let (x, y) = wcs.sky_to_pixel(star.position).unwrap();
        Source { x: x - 1.0, y: y - 1.0, flux: 1.0, background: 0.0 }
    };
    let sources: Vec<Source> = stars.iter().filter(inside).map(source).collect();
    assert!((3..8).contains(&sources.len()));
    assert!(matches!(check(&field(sources, 0.3), wcs, &stars), Verdict::Pass(_)));
}

/// Random sources on random stars, of all numbers, spread evenly and in clumps: nothing may be found.
#[test]
fn chance_never_passes() {
    let wcs = projection(middle(10.0, 41.0), 0.0, -1.0, SCALE);
    let clump = |rng: &mut Rng| {
        let knot = rng.random_range(0..4_u32);
        let at = |size: u32, k: u32| f64::from(size) * (0.2 + 0.2 * f64::from((knot * k) % 4));
        let (x, y) = (at(WIDTH, 1) + 40.0 * gauss(rng), at(HEIGHT, 3) + 40.0 * gauss(rng));
        (x, y)
    };
    (0..4000_u64).into_par_iter().for_each(|trial| {
        let mut rng = Seed::root(7).index(trial).rng();
        let clumped = trial % 3 == 0;
        let place = |rng: &mut Rng| {
            if clumped && rng.random::<f64>() < 0.7 {
                return clump(rng);
            }
            (rng.random::<f64>() * f64::from(WIDTH), rng.random::<f64>() * f64::from(HEIGHT))
        };
        let (sources, stars) = (rng.random_range(1..120), rng.random_range(1..150));
        let star = |rng: &mut Rng| {
            let (x, y) = place(rng);
            RefStar { position: wcs.pixel_to_sky(x, y), magnitude: rng.random() }
        };
        let stars: Vec<RefStar> = (0..stars).map(|_| star(&mut rng)).collect();
        let source = |rng: &mut Rng| {
            let (x, y) = place(rng);
            Source { x, y, flux: 1.0, background: 0.0 }
        };
        let seen = field((0..sources).map(|_| source(&mut rng)).collect(), 0.5);
        let settings = CheckSettings::default();
        if trial % 5 == 0 {
            let verdict = check(&seen, wcs, &stars);
            assert!(verdict.place().is_none(), "{trial}: {verdict:?}");
        } else {
            // Without the turns, which take longest.
            let scene = Scene::new(&seen, &wcs.into(), &stars, &settings);
            for fit in [as_claimed(&scene, &settings), shifted(&scene, &settings)].into_iter().flatten() {
                assert!(fit.log_odds - fit.ln_trials < settings.accept, "{trial}: {fit:?}");
            }
        }
    });
}

#[test]
fn a_bent_projection_is_checked_as_it_is_bent() {
    let mut rng = Seed::root(8).rng();
    let centre = middle(85.0, 20.0);
    let stars = sky(&mut rng, centre, 60);
    let mut bent = TanSip::from(projection(centre, 12.0, -1.0, SCALE));
    bent.a = imaging::Polynomial::from_terms(2, 2, &[4e-5, 0.0, -2e-5]);
    bent.b = imaging::Polynomial::from_terms(2, 2, &[0.0, 3e-5, 1e-5]);
    let bent = bent.with_inverse(WIDTH, HEIGHT);
    let seen = image(&mut rng, &bent, &stars, 0.3);
    let settings = CheckSettings::default();
    let verdict = verify_wcs(&seen, &bent, &stars, &settings);
    let Verdict::Pass(place) = &verdict else { panic!("{verdict}") };
    assert!(place.rms_px < 1.0, "{place:?}");
    let tan = bent.tan;
    let moved = TanSip { tan: TanWcs { crpix: [tan.crpix[0] + 60.0, tan.crpix[1] - 35.0], ..tan }, ..bent };
    let verdict = verify_wcs(&seen, &moved, &stars, &settings);
    let Verdict::Shifted(place) = &verdict else { panic!("{verdict}") };
    assert!((place.corrected.tan.crpix[0] - tan.crpix[0]).abs() < 0.5, "{place:?}");
}

#[test]
fn numbers_that_are_none_do_no_harm() {
    let mut rng = Seed::root(9).rng();
    let centre = middle(85.0, 20.0);
    let mut stars = sky(&mut rng, centre, 20);
    let wcs = projection(centre, 0.0, -1.0, SCALE);
    let mut seen = image(&mut rng, &wcs.into(), &stars, 0.3);
    for bad in [f64::NAN, f64::INFINITY, -1e300, 1e300] {
        seen.sources.insert(0, Source { x: bad, y: bad, flux: f32::NAN, background: 0.0 });
        stars.insert(0, RefStar { position: SkyCoord { ra_deg: bad, dec_deg: bad }, magnitude: bad });
        stars.insert(0, RefStar { position: centre, magnitude: f64::NAN });
        let _ = check(&seen, TanWcs { crpix: [bad, 3.0], ..wcs }, &stars);
        let _ = check(&seen, TanWcs { cd: [[bad, 0.0], [0.0, 1e-300]], ..wcs }, &stars);
        let _ = check(&Field { width: 0, height: u32::MAX, sigma_px: bad, ..seen.clone() }, wcs, &stars);
    }
    assert!(matches!(check(&seen, wcs, &stars), Verdict::Pass(_)));
    let settings = CheckSettings { max_sources: 0, reach: f64::NAN, ..CheckSettings::default() };
    let _ = verify_wcs(&seen, &wcs.into(), &stars, &settings);
}

#[test]
fn of_an_image_far_deeper_than_the_catalogue_nothing_is_said_that_is_not_known() {
    let mut rng = Seed::root(12).rng();
    let centre = middle(80.0, 30.0);
    let (bright, faint) = (sky(&mut rng, centre, 30), sky(&mut rng, centre, 700));
    let wcs = projection(centre, 0.0, -1.0, SCALE);
    // The bright stars are burnt out: only faint ones are seen.
    let seen = image(&mut rng, &wcs.into(), &faint, 0.3);
    let verdict = check(&seen, wcs, &bright);
    assert!(matches!(verdict, Verdict::TooFewToTell { needed: 50.., .. }), "{verdict}");
}

/// The documentation says so.
#[test]
fn two_stars_make_a_pass_three_a_shift_and_four_a_turn_where_nothing_else_is_seen() {
    let centre = middle(200.0, -10.0);
    let truth = projection(centre, 0.0, -1.0, SCALE);
    let shifted = TanWcs { crpix: [truth.crpix[0] + 150.0, truth.crpix[1] - 80.0], ..truth };
    let turned = projection(centre, 40.0, -1.0, SCALE);
    let least = |claimed: TanWcs, name: &str| {
        let enough = |count: usize| {
            (0..20).all(|seed| {
                let mut rng = Seed::root(seed).child("few").rng();
                let mut place = || (100.0 + 800.0 * rng.random::<f64>(), 100.0 + 500.0 * rng.random::<f64>());
                let places: Vec<(f64, f64)> = (0..count).map(|_| place()).collect();
                let star =
                    |&(x, y): &(f64, f64)| RefStar { position: truth.pixel_to_sky(x, y), magnitude: x };
                let source =
                    |&(x, y): &(f64, f64)| Source { x: x - 1.0, y: y - 1.0, flux: 1.0, background: 0.0 };
                let stars: Vec<RefStar> = places.iter().map(star).collect();
                let seen = field(places.iter().map(source).collect(), 0.3);
                check(&seen, claimed, &stars).name() == name
            })
        };
        (1..20).find(|&count| enough(count))
    };
    assert_eq!(least(truth, "pass"), Some(2));
    assert_eq!(least(shifted, "shifted"), Some(3));
    assert_eq!(least(turned, "rotated"), Some(4));
}

/// The truth and the claim differ by `change` (of the CD matrix and the reference pixel) in a wide image.
fn wide_verdict(seed: u64, change: impl Fn(TanWcs) -> TanWcs) -> Verdict {
    let (width, height) = (6000_u32, 4000_u32);
    let mut rng = Seed::root(seed).child("wide").rng();
    let centre = middle(120.0, 25.0);
    let crpix = [f64::midpoint(1.0, f64::from(width)), f64::midpoint(1.0, f64::from(height))];
    let truth = TanWcs { crpix, ..projection(centre, 15.0, -1.0, SCALE) };
    let places: Vec<(f64, f64)> = (0..100)
        .map(|_| (rng.random::<f64>() * f64::from(width), rng.random::<f64>() * f64::from(height)))
        .collect();
    let stars: Vec<RefStar> =
        places.iter().map(|&(x, y)| RefStar { position: truth.pixel_to_sky(x, y), magnitude: 9.0 }).collect();
    let mut noise = || 0.3 * gauss(&mut rng);
    let sources = places.iter().map(|&(x, y)| Source {
        x: x - 1.0 + noise(),
        y: y - 1.0 + noise(),
        flux: 1.0,
        background: 0.0,
    });
    let seen = Field { width, height, sources: sources.collect(), sigma_px: 0.3 };
    check(&seen, change(truth), &stars)
}

#[test]
fn the_corners_of_a_wide_image_decide() {
    let times = |wcs: TanWcs, factor: f64| TanWcs { cd: wcs.cd.map(|row| row.map(|v| v * factor)), ..wcs };
    let by = |wcs: TanWcs, px: f64| TanWcs { crpix: [wcs.crpix[0] + px, wcs.crpix[1]], ..wcs };
    for seed in 0..10 {
        let verdict = wide_verdict(seed, |wcs| wcs);
        assert!(matches!(verdict, Verdict::Pass(_)), "{verdict}");
        let verdict = wide_verdict(seed, |wcs| times(wcs, 1.0002));
        assert!(matches!(verdict, Verdict::Pass(_)), "{verdict}");
        for factor in [1.0019, 0.9981, 1.001] {
            let verdict = wide_verdict(seed, |wcs| times(wcs, factor));
            let scale = matches!(verdict, Verdict::Wrong { because: WrongBecause::Scale { .. }, .. });
            assert!(scale, "{factor}: {verdict}");
        }
        // Each within two pixels, both together not: at one corner 1.6 and 1.4.
        let verdict = wide_verdict(seed, |wcs| by(times(wcs, 1.0004), 1.6));
        assert!(matches!(verdict, Verdict::Shifted(_)), "{verdict}");
    }
}
