//! Sources from pixels: centres against the photon bound, what is found and
//! what is not, and images that are none.

mod frames;

use frames::Frame;
use platesolve::extract::{ExtractSettings, Extraction, Grey, Pixels, extract};
use proptest::prelude::*;

fn found(image: &Grey) -> Extraction {
    extract(image, &ExtractSettings::default())
}

/// Distance of the source that is nearest to a place.
fn miss(extraction: &Extraction, place: [f64; 2]) -> f64 {
    let distances = extraction.field.sources.iter().map(|s| (s.x - place[0]).hypot(s.y - place[1]));
    distances.fold(f64::INFINITY, f64::min)
}

#[test]
fn centres_are_as_good_as_photons_allow() {
    let (noise, light) = (4.0, 3000.0);
    for sigma in [1.0, 1.4, 2.0] {
        let mut frame = Frame::sky(700, 600, 60.0, noise, 1);
        let places = frame.stars(250, sigma, (light, light), 14.0, 2);
        // The bound for a Gaussian on a bright sky, along one axis; rounding to whole numbers is noise, too.
        let bound = |noise: f64| (8.0 * std::f64::consts::PI).sqrt() * sigma * sigma * noise / light;
        for (name, image, extra) in
            [("f32", frame.f32(), 0.0), ("u16", frame.u16(), 0.29), ("u8", frame.u8(), 0.29)]
        {
            if name == "u8" && sigma < 1.4 {
                // These would be saturated.
                continue;
            }
            let extraction = found(&image);
            assert_eq!(extraction.level, 0, "{name} {sigma}");
            let misses: Vec<f64> =
                places.iter().map(|&p| miss(&extraction, p)).filter(|&d| d < 1.0).collect();
            assert!(misses.len() as f64 > 0.98 * places.len() as f64, "{name} {sigma}: {}", misses.len());
            let rms = (misses.iter().map(|d| d * d).sum::<f64>() / misses.len() as f64 / 2.0).sqrt();
            let limit = bound(f64::from(noise).hypot(extra));
            assert!(rms < 1.3 * limit, "{name} σ {sigma}: {rms:.4} px, bound {limit:.4}");
            assert!(
                rms < 1.5 * extraction.field.sigma_px,
                "{name} {sigma}: says {}",
                extraction.field.sigma_px
            );
        }
    }
}

#[test]
fn stars_are_found_and_noise_is_not() {
    let mut frame = Frame::sky(1000, 800, 100.0, 5.0, 3);
    // From 9 σ behind the filter upwards.
    let places = frame.stars(200, 1.2, (9.0 * 5.0 * 0.2734 * 15.3, 40_000.0), 16.0, 4);
    let extraction = found(&frame.f32());
    let seen = places.iter().filter(|&&place| miss(&extraction, place) < 1.0).count();
    assert!(seen >= 197, "{seen} of 200");
    let isolated = |s: &&platesolve::Source| places.iter().all(|p| (p[0] - s.x).hypot(p[1] - s.y) > 3.0);
    let wrong = extraction.field.sources.iter().filter(isolated).count();
    assert!(wrong <= 3, "{wrong} sources are noise");
    assert!((extraction.noise - 5.0).abs() < 0.3, "{}", extraction.noise);
    assert!((extraction.background - 102.5).abs() < 1.0, "{}", extraction.background);
    assert!((extraction.psf_sigma_px - 1.2).abs() < 0.25, "{}", extraction.psf_sigma_px);
}

#[test]
fn bright_stars_come_first() {
    let mut frame = Frame::sky(600, 600, 50.0, 2.0, 5);
    frame.stars(150, 1.3, (300.0, 1000.0), 16.0, 6);
    let bright = frame.stars(12, 1.3, (2500.0, 3000.0), 40.0, 7);
    let extraction = found(&frame.f32());
    let first = &extraction.field.sources[..30];
    let early = bright.iter().filter(|p| first.iter().any(|s| (s.x - p[0]).hypot(s.y - p[1]) < 1.5)).count();
    assert!(early >= 11, "{early} of 12 bright stars among the first 30");
}

#[test]
fn what_is_no_star_is_turned_down() {
    let mut frame = Frame::sky(500, 500, 30.0, 2.0, 8);
    let stars = frame.stars(40, 1.2, (800.0, 3000.0), 30.0, 9);
    // Hot pixels, a satellite, and a bad column.
    let hot = [(100, 111), (333, 222), (47, 401), (250, 60)];
    for (x, y) in hot {
        frame.data[y * 500 + x] = 255.0;
    }
    for k in 0..2000 {
        let t = f64::from(k) / 2000.0;
        frame.star(20.0 + 430.0 * t, 450.0 - 160.0 * t, 1.0, 6.0);
    }
    for y in 0..500 {
        frame.data[y * 500 + 400] += 60.0;
    }
    let extraction = found(&frame.f32());
    for (x, y) in hot {
        assert!(miss(&extraction, [x as f64, y as f64]) > 2.0, "hot pixel {x} {y}");
    }
    let on_trail = |s: &&platesolve::Source| {
        let t = (s.x - 20.0) / 430.0;
        (0.0..1.0).contains(&t) && (s.y - (450.0 - 160.0 * t)).abs() < 2.0
    };
    let on_column = |s: &&platesolve::Source| (s.x - 400.0).abs() < 1.5;
    let near_star = |s: &&platesolve::Source| stars.iter().any(|p| (p[0] - s.x).hypot(p[1] - s.y) < 3.0);
    let sources = &extraction.field.sources;
    let wrong = sources.iter().filter(|s| (on_trail(s) || on_column(s)) && !near_star(s)).count();
    assert!(wrong <= 1, "{wrong} on trail and column, {:?}", extraction.rejected);
    let seen = stars.iter().filter(|&&place| miss(&extraction, place) < 1.0).count();
    assert!(seen >= 36, "{seen} of 40 stars");
    assert!(extraction.rejected.hot_pixels >= 4, "{:?}", extraction.rejected);
}

#[test]
fn a_saturated_star_is_one_source_in_its_middle() {
    let mut frame = Frame::sky(300, 300, 20.0, 2.0, 10);
    frame.stars(30, 1.3, (500.0, 1500.0), 30.0, 11);
    frame.star(150.3, 140.7, 2.0, 200_000.0);
    let extraction = found(&frame.u8());
    assert!(miss(&extraction, [150.3, 140.7]) < 0.15);
    let near = extraction.field.sources.iter().filter(|s| (s.x - 150.3).hypot(s.y - 140.7) < 12.0).count();
    assert_eq!(near, 1);
    let first = extraction.field.sources[0];
    assert!((first.x - 150.3).hypot(first.y - 140.7) < 0.2, "the brightest comes first");
}

#[test]
fn two_stars_side_by_side_are_two() {
    let mut frame = Frame::sky(200, 200, 50.0, 2.0, 12);
    frame.star(80.0, 90.0, 1.2, 2500.0);
    frame.star(85.2, 92.1, 1.2, 2000.0);
    let extraction = found(&frame.f32());
    assert!(miss(&extraction, [80.0, 90.0]) < 0.3 && miss(&extraction, [85.2, 92.1]) < 0.3);
    assert_eq!(extraction.field.sources.len(), 2);
}

#[test]
fn blurred_faint_stars_are_found_on_a_coarser_level() {
    let mut frame = Frame::sky(900, 900, 100.0, 10.0, 13);
    let places = frame.stars(120, 4.0, (1100.0, 2200.0), 40.0, 14);
    let extraction = found(&frame.f32());
    assert!(extraction.level > 0, "{:?}", extraction.found);
    let seen = places.iter().filter(|&&place| miss(&extraction, place) < 2.0).count();
    assert!(seen >= 100, "{seen} of 120 at level {}", extraction.level);
}

#[test]
fn a_nebula_under_the_stars_does_no_harm() {
    let mut frame = Frame::sky(600, 600, 40.0, 2.0, 15);
    frame.star(300.0, 300.0, 90.0, 90.0 * 90.0 * 6.3 * 100.0);
    let places = frame.stars(80, 1.2, (700.0, 2000.0), 25.0, 16);
    let extraction = found(&frame.f32());
    let seen = places.iter().filter(|&&place| miss(&extraction, place) < 0.7).count();
    assert!(seen >= 78, "{seen} of 80");
    assert!(extraction.field.sources.len() <= seen + 5);
}

#[test]
fn a_negative_shows_the_same_stars() {
    let mut frame = Frame::sky(500, 400, 40.0, 3.0, 21);
    frame.stars(60, 1.3, (800.0, 2000.0), 20.0, 22);
    for image in [frame.f32(), frame.u16(), frame.u8()] {
        let (plain, turned) = (found(&image), found(&image.negative()));
        assert!(turned.is_negative && !plain.is_negative);
        assert_eq!(plain.field.sources.len(), turned.field.sources.len());
        for (a, b) in plain.field.sources.iter().zip(&turned.field.sources) {
            assert!((a.x - b.x).hypot(a.y - b.y) < 0.05);
        }
    }
    // An empty sky is no negative.
    assert!(!found(&Frame::sky(500, 400, 40.0, 3.0, 23).f32()).is_negative);
}

#[test]
fn holes_in_the_image_are_passed_over() {
    let mut frame = Frame::sky(400, 400, 50.0, 2.0, 17);
    let places = frame.stars(50, 1.2, (800.0, 2000.0), 25.0, 18);
    for y in 100..180 {
        frame.data[y * 400 + 150..y * 400 + 260].fill(f32::NAN);
    }
    frame.data[7] = f32::INFINITY;
    frame.data[399 * 400 + 8] = f32::NEG_INFINITY;
    let extraction = found(&frame.f32());
    let in_hole = |p: &[f64; 2]| (140.0..270.0).contains(&p[0]) && (90.0..190.0).contains(&p[1]);
    let outside: Vec<_> = places.iter().filter(|p| !in_hole(p)).collect();
    let seen = outside.iter().filter(|&&&place| miss(&extraction, place) < 0.7).count();
    assert!(seen + 1 >= outside.len(), "{seen} of {}", outside.len());
    assert!(extraction.field.sources.len() <= places.len() + 3);
}

#[test]
fn images_of_nothing_have_no_sources() {
    for (width, height) in [(1, 1), (1, 500), (500, 1), (3, 3), (7, 9), (200, 100)] {
        let n = (width * height) as usize;
        for pixels in [
            Pixels::U8(vec![0; n]),
            Pixels::U8(vec![255; n]),
            Pixels::U16(vec![1000; n]),
            Pixels::F32(vec![0.1; n]),
            Pixels::F32(vec![f32::NAN; n]),
            Pixels::F32(vec![f32::MAX; n]),
            Pixels::F32(vec![f32::NEG_INFINITY; n]),
        ] {
            let image = Grey::new(width, height, pixels).expect("sizes fit");
            assert!(found(&image).field.sources.is_empty(), "{width}×{height} {:?}", image.pixels());
        }
    }
}

#[test]
fn the_same_image_gives_the_same_answer() {
    let mut frame = Frame::sky(300, 200, 50.0, 3.0, 19);
    frame.stars(60, 1.2, (300.0, 2000.0), 8.0, 20);
    assert_eq!(found(&frame.u8()), found(&frame.u8()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_image_does_harm(
        width in 1_u32..60,
        height in 1_u32..60,
        kind in 0..4,
        bytes in proptest::collection::vec(any::<u32>(), 64),
        scale in 0_u32..4,
    ) {
        let n = (width * height) as usize;
        let word = |k: usize| bytes[k % 61].rotate_left((k / 61) as u32) ^ (bytes[(k * 7) % 64] >> (scale * 8));
        let pixels = match kind {
            0 => Pixels::U8((0..n).map(|k| word(k) as u8).collect()),
            1 => Pixels::U16((0..n).map(|k| word(k) as u16).collect()),
            // Every pattern of bits there is: NaN, infinities, denormals.
            2 => Pixels::F32((0..n).map(|k| f32::from_bits(word(k))).collect()),
            _ => Pixels::F32((0..n).map(|k| (word(k) % 1000) as f32).collect()),
        };
        let image = Grey::new(width, height, pixels).expect("sizes fit");
        let settings = ExtractSettings { most: 50, threshold: 3.0, ..ExtractSettings::default() };
        let extraction = extract(&image, &settings);
        prop_assert!(extraction.field.sources.len() <= 50);
        for source in &extraction.field.sources {
            prop_assert!(source.x > -1.0 && source.x < f64::from(width));
            prop_assert!(source.y > -1.0 && source.y < f64::from(height));
        }
        prop_assert!(extraction.field.sigma_px.is_finite() && extraction.field.sigma_px > 0.0);
    }
}
