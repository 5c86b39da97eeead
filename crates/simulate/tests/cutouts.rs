//! Single cutouts: a record is closed, and what it shows follows from it.

#![expect(clippy::unwrap_used, reason = "a test whose set-up fails should fail")]

use domain::{Seed, SkyCoord};
use imaging::Band;
use lensing::{Composite, CseTable, Ellipse, Mass, Sersic};
use simulate::{
    Config, CosmologyRecord, DrawError, Kind, LookAlike, PsfShape, Record, RenderError, draw, lens_model,
    render, render_noise_free,
};

const SKY: SkyCoord = SkyCoord { ra_deg: 150.123, dec_deg: 22.5 };

fn kinds() -> impl Iterator<Item = Kind> {
    LookAlike::ALL.map(Kind::LookAlike).into_iter().chain([Kind::Plain, Kind::Lens])
}

fn drawn(kind: Kind, seed: u64) -> Record {
    draw(&Config::training(), Seed::root(seed), "c-1", kind, SKY, None).unwrap().record
}

#[test]
fn a_record_read_back_from_json_gives_the_same_bytes() {
    for (kind, seed) in kinds().zip(1..) {
        let record = drawn(kind, seed);
        let text = serde_json::to_string(&record).unwrap();
        let read: Record = serde_json::from_str(&text).unwrap();
        assert_eq!(read, record, "{kind}");
        let [a, b] = [render(&record).unwrap(), render(&read).unwrap()];
        let bits = |data: &[f32]| data.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert!(bits(&a.data) == bits(&b.data), "{kind} changed on its way through JSON");
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
    }
}

#[test]
fn the_same_seed_draws_the_same_record_and_another_one_does_not() {
    for kind in [Kind::Plain, Kind::Lens] {
        assert_eq!(drawn(kind, 4), drawn(kind, 4));
        assert_ne!(drawn(kind, 4), drawn(kind, 5));
    }
}

#[test]
fn an_image_knows_its_bands_and_its_place() {
    let cube = render(&drawn(Kind::Plain, 1)).unwrap();
    assert_eq!(cube.bands, [Band::G, Band::R, Band::Z]);
    assert_eq!((cube.width, cube.height, cube.pixel_scale_arcsec), (381, 381, Some(0.262)));
    assert!(cube.centre().unwrap().separation_arcsec(SKY) < 1e-3);
    cube.check_finite().unwrap();
}

#[test]
fn noise_is_as_deep_as_the_record_says() {
    let record = drawn(Kind::Plain, 2);
    let (noisy, clean) = (render(&record).unwrap(), render_noise_free(&record).unwrap());
    for band in 0..3 {
        let sigma = record.noise.sky_sigma_nmgy[band];
        // Only empty sky: pixels with hardly any light of their own.
        let dark = noisy.plane_at(band).iter().zip(clean.plane_at(band));
        let noise: Vec<f64> =
            dark.filter(|(_, c)| f64::from(**c) < 0.1 * sigma).map(|(n, c)| f64::from(n - c)).collect();
        let rms = (noise.iter().map(|v| v * v).sum::<f64>() / noise.len() as f64).sqrt();
        assert!(noise.len() > 20_000 && (rms / sigma - 1.0).abs() < 0.02, "band {band}: {rms} not {sigma}");
    }
}

/// The flux that the source adds to the image.
fn arc_flux(record: &Record) -> f64 {
    let without = Record { source: None, ..record.clone() };
    let total =
        |r: &Record| render_noise_free(r).unwrap().plane_at(0).iter().map(|&v| f64::from(v)).sum::<f64>();
    total(record) - total(&without)
}

#[test]
fn without_mass_a_source_keeps_its_flux_and_with_mass_it_gains_its_magnification() {
    let mut record = drawn(Kind::Lens, 3);
    let results = record.results.clone().unwrap();
    let unlensed: f64 =
        record.source.as_ref().unwrap().components.iter().map(|c| 10f64.powf(0.4 * (22.5 - c.mag[0]))).sum();
    let lensed = arc_flux(&record);
    assert!(
        (lensed / unlensed / results.mu_total - 1.0).abs() < 0.02,
        "{} {}",
        lensed / unlensed,
        results.mu_total
    );
    assert!(results.mu_total > 3.0);

    record.halo.m200_msun = 1e6;
    record.halo.m_galaxies_msun = 0.0;
    record.shear = [0.0, 0.0];
    record.bcg.sigma = 0.0;
    record.members.iter_mut().for_each(|member| member.sigma = 0.0);
    assert!((arc_flux(&record) / unlensed - 1.0).abs() < 0.03, "{}", arc_flux(&record) / unlensed);
}

/// The arc's light in one pixel, the slow way: every ray of a fine grid around it traced with the
/// accurate lens, weighted with a Gaussian point-spread function.
fn pixel_by_brute_force(record: &Record, lens: &Composite, sersics: &[Sersic], [x, y]: [f64; 2]) -> f64 {
    const STEP: f64 = 0.1;
    let sigma = record.psf.fwhm_arcsec[0] / (2.0 * (2.0 * 2f64.ln()).sqrt());
    let reach = (4.0 * sigma / STEP).ceil() as i32;
    let mut sum = 0.0;
    for j in -reach..=reach {
        for i in -reach..=reach {
            let (dx, dy) = (f64::from(i) * STEP, f64::from(j) * STEP);
            let weight = (-0.5 * (dx * dx + dy * dy) / (sigma * sigma)).exp();
            let [ax, ay] = lens.deflection(x + dx, y + dy);
            let light: f64 = sersics.iter().map(|s| s.brightness(x + dx - ax, y + dy - ay)).sum();
            sum += weight * light;
        }
    }
    let scale = record.cutout.pixel_scale_arcsec;
    sum * STEP * STEP / (std::f64::consts::TAU * sigma * sigma) * scale * scale
}

#[test]
fn a_traced_arc_agrees_with_brute_force() {
    for seed in [3, 8] {
        let mut record = drawn(Kind::Lens, seed);
        record.psf.shape = PsfShape::Gaussian;
        let source = record.source.clone().unwrap();
        let sersic = |c: &simulate::Galaxy| {
            let shape = Ellipse::new(c.x, c.y, c.q, Ellipse::phi_of_position_angle(c.pa)).unwrap();
            Sersic::new(shape, c.n, c.r_e, 10f64.powf(0.4 * (22.5 - c.mag[0]))).unwrap()
        };
        let sersics: Vec<Sersic> = source.components.iter().map(sersic).collect();
        let lens = lens_model(&record, source.z, CseTable::Accurate).unwrap();

        let with = render_noise_free(&record).unwrap();
        let without = render_noise_free(&Record { source: None, ..record.clone() }).unwrap();
        let arc: Vec<f64> =
            with.plane_at(0).iter().zip(without.plane_at(0)).map(|(a, b)| f64::from(a - b)).collect();
        let peak = arc.iter().copied().fold(0.0, f64::max);
        // Pixels from faint to bright all along the arc.
        let lit: Vec<usize> = (0..arc.len()).filter(|&i| arc[i] > 0.05 * peak).collect();
        let mut worst = 0.0_f64;
        for &i in lit.iter().step_by(lit.len() / 25) {
            let offset = |pixel: usize| (pixel as f64 - 190.0) * record.cutout.pixel_scale_arcsec;
            let exact = pixel_by_brute_force(&record, &lens, &sersics, [offset(i % 381), offset(i / 381)]);
            let off = (arc[i] - exact).abs() / peak;
            assert!(off < 0.02, "seed {seed}, pixel {i}: {} not {exact}, off by {off} of the peak", arc[i]);
            worst = worst.max(off);
        }
        println!("seed {seed}: at most {worst:.4} of the peak");
    }
}

#[test]
fn lenses_keep_the_limits_they_were_asked_for() {
    let config = Config::training();
    for seed in 0..12 {
        let record = drawn(Kind::Lens, 100 + seed);
        let results = record.results.unwrap();
        let [low, high] = config.lens.theta_e_arcsec;
        assert!((low..=high).contains(&results.theta_e_arcsec));
        assert!(results.arc_sn[0].max(results.arc_sn[1]) >= config.lens.min_arc_sn - 0.1);
        assert!(results.arc_length_arcsec >= config.lens.min_length_fwhm * record.psf.fwhm_arcsec[1] - 0.01);
        assert!(record.source.unwrap().z > record.z_cluster);
    }
}

#[test]
fn a_lens_nobody_could_make_is_an_error_that_says_what_to_change() {
    let mut config = Config::training();
    config.cluster.log_mass = 13.0;
    config.cluster.log_mass_range = [13.0, 13.1];
    config.lens.theta_e_arcsec = [40.0, 50.0];
    let error = draw(&config, Seed::root(1), "x", Kind::Lens, SKY, None).unwrap_err();
    assert!(matches!(error, DrawError::NoLens { .. }));
    assert!(error.to_string().contains("lens.theta_e_arcsec"));
}

#[test]
fn a_damaged_record_is_refused_by_field() {
    let good = drawn(Kind::Plain, 1);
    let refused = |change: fn(&mut Record)| {
        let mut record = good.clone();
        change(&mut record);
        render(&record).unwrap_err()
    };
    assert!(matches!(refused(|r| r.schema_version = 99), RenderError::Schema { found: 99, .. }));
    assert!(refused(|r| r.cutout.size_px = 1 << 40).to_string().contains("cutout.size_px"));
    assert!(refused(|r| r.field[0].q = f64::NAN).to_string().contains("galaxy.q"));
    assert!(refused(|r| r.noise.sky_sigma_nmgy[1] = -1.0).to_string().contains("noise.sky_sigma_nmgy"));
}

#[test]
fn both_shapes_of_the_point_spread_function_have_the_width_asked_for() {
    for shape in [PsfShape::Gaussian, PsfShape::Moffat] {
        let mut record = drawn(Kind::Plain, 1);
        record.psf.shape = shape;
        record.psf.fwhm_arcsec = [2.62; 3];
        record.cosmology = CosmologyRecord { h0: 70.0, omega_m: 0.3 };
        record.members.clear();
        record.field.clear();
        record.bcg.light.mag = [40.0; 3];
        record.stars.truncate(1);
        record.stars[0] = simulate::Star { x: 0.0, y: 0.0, mag: [15.0; 3] };
        let cube = render_noise_free(&record).unwrap();
        let at = |dx: usize| f64::from(cube.plane_at(1)[190 * 381 + 190 + dx]);
        // Half the peak five pixels out: 10 pixels wide.
        assert!((at(5) / at(0) - 0.5).abs() < 0.005, "{shape:?}: {}", at(5) / at(0));
    }
}
