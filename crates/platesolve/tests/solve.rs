//! The blind solver on made-up skies: what it finds, and above all what it refuses.

use domain::{Progress, Silent, SkyCoord};
use imaging::{Polynomial, TanSip, TanWcs};
use platesolve::{
    Field, Hints, Index, Refusal, Solution, SolveSettings, Source,
    build::{BuildSettings, build},
    catalogue::{Catalogue, Star},
    solve, vector,
};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

const WIDTH: u32 = 1024;
const HEIGHT: u32 = 768;

fn random_position(rng: &mut ChaCha8Rng) -> SkyCoord {
    let z: f64 = rng.random_range(-1.0..1.0);
    SkyCoord { ra_deg: rng.random_range(0.0..360.0), dec_deg: z.asin().to_degrees() }
}

/// Stars all over the sky, three times as many with every magnitude.
fn sky(count: usize, seed: u64) -> Catalogue {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let star = |rng: &mut ChaCha8Rng| {
        let rank: f64 = rng.random_range(f64::EPSILON..1.0);
        Star {
            position: random_position(rng),
            magnitude: (10.0 + rank.ln() / 3_f64.ln()) as f32,
            motion: None,
        }
    };
    Catalogue::new("made up", Some(2000.0), (0..count).map(|_| star(&mut rng)).collect())
}

fn index(catalogue: &Catalogue, low_arcmin: f64, high_arcmin: f64, stars: usize) -> Index<'static> {
    let settings = BuildSettings { dim_quads: stars, ..BuildSettings::scale(low_arcmin, high_arcmin) };
    build(catalogue, &settings, &Silent).expect("an index")
}

fn usual_indexes(catalogue: &Catalogue) -> Vec<Index<'static>> {
    [(120.0, 170.0), (170.0, 240.0), (240.0, 340.0), (340.0, 480.0)]
        .map(|(low, high)| index(catalogue, low, high, 4))
        .into()
}

/// A camera somewhere: 40 arcsec a pixel, turned, mirrored or not.
fn camera(rng: &mut ChaCha8Rng, centre: SkyCoord, mirrored: bool) -> TanWcs {
    let (sin, cos) = rng.random_range(0.0..std::f64::consts::TAU).sin_cos();
    let step = rng.random_range(35.0..45.0) / 3600.0;
    let side = if mirrored { 1.0 } else { -1.0 };
    TanWcs {
        crval: [centre.ra_deg, centre.dec_deg],
        crpix: [f64::from(WIDTH + 1) / 2.0, f64::from(HEIGHT + 1) / 2.0],
        cd: [[side * step * cos, step * sin], [-side * step * sin, step * cos]],
    }
}

/// What the camera would give: stars with errors of position and brightness, some missing, some that are none.
fn picture(
    rng: &mut ChaCha8Rng,
    catalogue: &Catalogue,
    wcs: &TanSip,
    missing: f64,
    false_ones: usize,
) -> Field {
    let mut bright: Vec<(f64, Source)> = Vec::new();
    for star in catalogue.stars() {
        let Some((x, y)) = wcs.sky_to_pixel(star.position) else { continue };
        let holds = x > 0.5 && y > 0.5 && x < f64::from(WIDTH) + 0.5 && y < f64::from(HEIGHT) + 0.5;
        if holds && rng.random_range(0.0..1.0) >= missing {
            let mut off = || rng.random_range(-0.6..0.6);
            let at = Source { x: x - 1.0 + off(), y: y - 1.0 + off(), flux: 1.0, background: 0.0 };
            bright.push((f64::from(star.magnitude) + rng.random_range(-0.3..0.3), at));
        }
    }
    let faintest = bright.iter().map(|(magnitude, _)| *magnitude).fold(0.0, f64::max);
    for _ in 0..false_ones {
        let (x, y) = (rng.random_range(0.0..f64::from(WIDTH)), rng.random_range(0.0..f64::from(HEIGHT)));
        bright
            .push((rng.random_range(faintest - 4.0..faintest), Source { x, y, flux: 1.0, background: 0.0 }));
    }
    bright.sort_by(|a, b| a.0.total_cmp(&b.0));
    let sources = bright.into_iter().map(|(_, source)| source).collect();
    Field { width: WIDTH, height: HEIGHT, sources, sigma_px: 0.35 }
}

fn apart_px(solution: &Solution, truth: &TanSip) -> f64 {
    let (x, y) = (f64::from(WIDTH + 1) / 2.0, f64::from(HEIGHT + 1) / 2.0);
    let (u, v) = solution.wcs.sky_to_pixel(truth.pixel_to_sky(x, y)).expect("a pixel");
    (u - x).hypot(v - y)
}

fn few() -> SolveSettings {
    SolveSettings { effort: 300_000, ..SolveSettings::default() }
}

#[test]
fn images_anywhere_on_the_sky_are_placed_blind() {
    let catalogue = sky(30_000, 1);
    let indexes = usual_indexes(&catalogue);
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let mut places: Vec<SkyCoord> = (0..16).map(|_| random_position(&mut rng)).collect();
    places.push(SkyCoord { ra_deg: 0.01, dec_deg: 20.0 });
    places.push(SkyCoord { ra_deg: 77.0, dec_deg: 89.9 });
    places.push(SkyCoord { ra_deg: 200.0, dec_deg: -89.99 });
    for (k, &centre) in places.iter().enumerate() {
        let truth = TanSip::from(camera(&mut rng, centre, k % 2 == 0));
        let field = picture(&mut rng, &catalogue, &truth, 0.2, 15);
        let found =
            solve(&field, &indexes, &few(), &Silent).unwrap_or_else(|why| panic!("{centre:?}: {why}"));
        assert!(apart_px(&found, &truth) < 0.5, "{centre:?}: {}", apart_px(&found, &truth));
        let scale = truth.tan.pixel_scale_arcsec();
        assert!((found.scale_arcsec / scale - 1.0).abs() < 1e-3, "{} {scale}", found.scale_arcsec);
        assert_eq!(found.parity, if k % 2 == 0 { 1 } else { -1 });
        assert!(found.matches.len() >= 10 && found.log_odds > 20.0);
        for pair in &found.matches {
            assert!(pair.residual_px[0].hypot(pair.residual_px[1]) < 5.0);
        }
    }
}

#[test]
fn quads_of_three_and_of_five_stars_solve_too() {
    let catalogue = sky(30_000, 1);
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for stars in [3, 5] {
        let indexes = [index(&catalogue, 170.0, 240.0, stars)];
        let centre = SkyCoord { ra_deg: 150.0, dec_deg: 30.0 };
        let truth = TanSip::from(camera(&mut rng, centre, stars == 3));
        let field = picture(&mut rng, &catalogue, &truth, 0.0, 0);
        let found = solve(&field, &indexes, &few(), &Silent).unwrap_or_else(|why| panic!("{stars}: {why}"));
        assert!(apart_px(&found, &truth) < 0.5);
    }
}

#[test]
fn the_distortion_of_a_lens_is_found() {
    let catalogue = sky(60_000, 4);
    let indexes = usual_indexes(&catalogue);
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut truth = TanSip::from(camera(&mut rng, SkyCoord { ra_deg: 33.0, dec_deg: -12.0 }, true));
    truth.a = Polynomial::from_terms(2, 2, &[2e-5, -1e-5, 1.5e-5]);
    truth.b = Polynomial::from_terms(2, 2, &[-1e-5, 1e-5, 2e-5]);
    let truth = truth.with_inverse(WIDTH, HEIGHT);
    let field = picture(&mut rng, &catalogue, &truth, 0.1, 10);
    let found = solve(&field, &indexes, &few(), &Silent).expect("a place");
    assert!(found.wcs.is_distorted());
    // 8 pixels are bent away in the corner; a fifth of one is left.
    for (x, y) in [(60.0, 60.0), (960.0, 700.0), (60.0, 700.0), (512.0, 384.0)] {
        let (u, v) = found.wcs.sky_to_pixel(truth.pixel_to_sky(x, y)).expect("a pixel");
        assert!((u - x).hypot(v - y) < 0.5, "{x} {y}: {u} {v}");
    }
    let stiff =
        solve(&field, &indexes, &SolveSettings { tweak_order: 1, ..few() }, &Silent).expect("a place");
    assert!(!stiff.wcs.is_distorted());
}

#[test]
fn a_thousand_lists_of_random_points_are_refused() {
    let catalogue = sky(30_000, 1);
    let indexes = usual_indexes(&catalogue);
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let settings = SolveSettings { effort: 10_000, ..SolveSettings::default() };
    for k in 0..1000 {
        let count = 5 + k % 120;
        let source = |rng: &mut ChaCha8Rng| Source {
            x: rng.random_range(0.0..f64::from(WIDTH)),
            y: rng.random_range(0.0..f64::from(HEIGHT)),
            flux: 1.0,
            background: 0.0,
        };
        let sources = (0..count).map(|_| source(&mut rng)).collect();
        let field = Field { width: WIDTH, height: HEIGHT, sources, sigma_px: 0.3 };
        let why = solve(&field, &indexes, &settings, &Silent);
        assert!(why.is_err(), "list {k}: {why:?}");
    }
}

#[test]
fn random_points_are_refused_when_everything_was_tried_and_everything_is_hinted() {
    let catalogue = sky(30_000, 1);
    let indexes = usual_indexes(&catalogue);
    let mut rng = ChaCha8Rng::seed_from_u64(16);
    for k in 0..24 {
        let source = |rng: &mut ChaCha8Rng| Source {
            x: rng.random_range(0.0..f64::from(WIDTH)),
            y: rng.random_range(0.0..f64::from(HEIGHT)),
            flux: 1.0,
            background: 0.0,
        };
        let sources = (0..45).map(|_| source(&mut rng)).collect();
        let field = Field { width: WIDTH, height: HEIGHT, sources, sigma_px: 0.3 };
        let hints = match k % 3 {
            0 => Hints::default(),
            1 => Hints { position: Some((random_position(&mut rng), 20.0)), ..Hints::default() },
            _ => Hints {
                position: Some((random_position(&mut rng), 10.0)),
                scale_arcsec: Some((38.0, 42.0)),
                parity: Some(1),
            },
        };
        let why = solve(&field, &indexes, &SolveSettings { hints, ..SolveSettings::default() }, &Silent);
        assert!(matches!(why, Err(Refusal::NothingFits { .. })), "list {k}: {why:?}");
    }
}

#[test]
fn an_image_whose_sky_is_not_in_the_index_is_refused() {
    let catalogue = sky(30_000, 1);
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    for centre in [SkyCoord { ra_deg: 10.0, dec_deg: 10.0 }, SkyCoord { ra_deg: 250.0, dec_deg: -60.0 }] {
        let direction = vector::from_sky(centre);
        let others = catalogue.stars().iter().filter(|star| {
            vector::dot(vector::from_sky(star.position), direction) < 15_f64.to_radians().cos()
        });
        let elsewhere = Catalogue::new("with a hole", None, others.copied().collect());
        let indexes = usual_indexes(&elsewhere);
        let truth = TanSip::from(camera(&mut rng, centre, true));
        let field = picture(&mut rng, &catalogue, &truth, 0.0, 0);
        let why = solve(&field, &indexes, &few(), &Silent);
        assert!(matches!(why, Err(Refusal::NothingFits { .. } | Refusal::OutOfEffort { .. })), "{why:?}");
        assert!(
            solve(&field, &usual_indexes(&catalogue), &few(), &Silent).is_ok(),
            "with its sky it is placed"
        );
    }
}

#[test]
fn a_wrong_hint_refuses_and_a_right_one_helps_an_image_with_few_stars() {
    let catalogue = sky(30_000, 1);
    let indexes = usual_indexes(&catalogue);
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let centre = SkyCoord { ra_deg: 100.0, dec_deg: 5.0 };
    let truth = TanSip::from(camera(&mut rng, centre, true));
    let field = picture(&mut rng, &catalogue, &truth, 0.0, 0);
    let with =
        |hints: Hints, field: &Field| solve(field, &indexes, &SolveSettings { hints, ..few() }, &Silent);
    let there = Some((SkyCoord { ra_deg: 101.0, dec_deg: 5.5 }, 3.0));
    assert!(with(Hints { position: there, ..Hints::default() }, &field).is_ok());
    let elsewhere = Some((SkyCoord { ra_deg: 190.0, dec_deg: 5.5 }, 3.0));
    assert!(with(Hints { position: elsewhere, ..Hints::default() }, &field).is_err());
    assert!(with(Hints { parity: Some(1), ..Hints::default() }, &field).is_ok());
    assert!(with(Hints { parity: Some(-1), ..Hints::default() }, &field).is_err());
    assert!(with(Hints { scale_arcsec: Some((30.0, 50.0)), ..Hints::default() }, &field).is_ok());
    let none = with(Hints { scale_arcsec: Some((0.1, 1.0)), ..Hints::default() }, &field);
    assert!(matches!(none, Err(Refusal::NoIndexForScale { .. })), "{none:?}");
    // With one or two sources less than are just enough, the hint decides.
    let scale = truth.tan.pixel_scale_arcsec();
    let all = Hints { position: there, scale_arcsec: Some((scale * 0.98, scale * 1.02)), parity: Some(1) };
    let first = |count: usize| Field { sources: field.sources[..count].to_vec(), ..field.clone() };
    let enough = (4..20).find(|&count| with(Hints::default(), &first(count)).is_ok()).expect("a number");
    let decides = (0..enough).any(|left_out| {
        let mut fewer = first(enough);
        fewer.sources.remove(left_out);
        with(Hints::default(), &fewer).is_err() && with(all, &fewer).is_ok()
    });
    assert!(decides);
}

#[test]
fn the_answer_is_the_same_with_any_number_of_threads() {
    let catalogue = sky(30_000, 1);
    let indexes = usual_indexes(&catalogue);
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let truth = TanSip::from(camera(&mut rng, SkyCoord { ra_deg: 300.0, dec_deg: 45.0 }, false));
    // So many false sources that the search goes deep enough to be shared.
    let mut field = picture(&mut rng, &catalogue, &truth, 0.3, 0);
    let noise = picture(&mut rng, &Catalogue::new("none", None, Vec::new()), &truth, 0.0, 25);
    field.sources.splice(0..0, noise.sources);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| solve(&field, &indexes, &SolveSettings::default(), &Silent))
    };
    let one = on(1).expect("a place");
    for _ in 0..3 {
        assert_eq!(on(4).expect("a place"), one);
    }
}

#[test]
fn nothing_to_go_by_is_said() {
    let catalogue = sky(3000, 1);
    let indexes = [index(&catalogue, 340.0, 480.0, 4)];
    let empty = Field { width: 10, height: 10, sources: Vec::new(), sigma_px: 0.3 };
    let why = solve(&empty, &indexes, &few(), &Silent);
    assert_eq!(why, Err(Refusal::TooFewSources { found: 0, needed: 4 }));
    let nowhere = Source { x: f64::NAN, y: 1.0, flux: 0.0, background: 0.0 };
    let broken = Field { sources: vec![nowhere; 9], ..empty };
    assert!(matches!(solve(&broken, &indexes, &few(), &Silent), Err(Refusal::TooFewSources { .. })));
    let one_place = Source { x: 3.0, y: 3.0, flux: 0.0, background: 0.0 };
    let heap = Field { sources: vec![one_place; 9], ..broken };
    assert!(solve(&heap, &indexes, &few(), &Silent).is_err());
    assert!(matches!(solve(&heap, &[], &few(), &Silent), Err(Refusal::NoIndexForScale { .. })));
}

#[test]
fn a_search_can_be_stopped() {
    struct Stopped;
    impl Progress for Stopped {
        fn begin(&self, _: &str, _: u64) {}
        fn advance(&self, _: u64) {}
        fn note(&self, _: &str) {}
        fn end(&self) {}
        fn is_cancelled(&self) -> bool {
            true
        }
    }
    let catalogue = sky(30_000, 1);
    let mut rng = ChaCha8Rng::seed_from_u64(10);
    let truth = TanSip::from(camera(&mut rng, SkyCoord { ra_deg: 1.0, dec_deg: 1.0 }, false));
    let field = picture(&mut rng, &catalogue, &truth, 0.0, 0);
    assert_eq!(solve(&field, &usual_indexes(&catalogue), &few(), &Stopped), Err(Refusal::Cancelled));
}

#[test]
fn stars_are_looked_for_where_they_were_in_the_year_of_the_image() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    // Fast stars: 1 to 2 arcsec a year, so 100 to 200 arcsec in a century.
    let stars: Vec<Star> = sky(30_000, 1)
        .stars()
        .iter()
        .map(|star| {
            let mut motion = || rng.random_range(-1500.0..1500.0) as f32;
            Star { motion: Some([motion(), motion()]), ..*star }
        })
        .collect();
    let catalogue = Catalogue::new("fast", Some(2000.0), stars.clone());
    let indexes = usual_indexes(&catalogue);
    let then =
        stars.iter().map(|star| Star { position: vector::to_sky(star.direction_after(-100.0)), ..*star });
    let then = Catalogue::new("then", None, then.collect());
    let truth = TanSip::from(camera(&mut rng, SkyCoord { ra_deg: 140.0, dec_deg: 50.0 }, true));
    let field = picture(&mut rng, &then, &truth, 0.0, 0);
    let in_year = |epoch| solve(&field, &indexes, &SolveSettings { epoch, ..few() }, &Silent);
    let found = in_year(Some(1900.0)).expect("a place");
    let rms = |found: &Solution| {
        let squares = found.matches.iter().map(|pair| pair.residual_px.map(|r| r * r).iter().sum::<f64>());
        (squares.sum::<f64>() / found.matches.len() as f64).sqrt()
    };
    assert!(rms(&found) < 0.7, "{}", rms(&found));
    if let Ok(late) = in_year(None) {
        assert!(rms(&late) > rms(&found), "{} {}", rms(&late), rms(&found));
    }
}
