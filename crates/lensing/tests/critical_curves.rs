//! Critical curves and caustics against what is known of them in closed form, and against
//! one another.

#![expect(clippy::unwrap_used, reason = "a test whose set-up fails should fail")]

use std::f64::consts::{PI, TAU};

use lensing::{
    Composite, CseTable, Dpie, Ellipse, EllipticalNfw, Mass, Nie, Shear, Sis, critical_curves,
    magnified_areas, tangential_curve,
};

/// Area of the tangential caustic of a singular isothermal ellipsoid of Einstein radius 1: the curve of
/// Kormann, Schneider and Bartelmann (1994), as ∮ x dy.
fn sie_caustic_area(q: f64) -> f64 {
    let f = (1.0 - q * q).sqrt();
    let point = |t: f64| {
        let delta = (t.cos().powi(2) + (q * t.sin()).powi(2)).sqrt();
        let x = q.sqrt() / delta * t.cos() - q.sqrt() / f * (f / q * t.cos()).asinh();
        let y = q.sqrt() / delta * t.sin() - q.sqrt() / f * (f * t.sin()).asin();
        [x, y]
    };
    let count = 20_000;
    let points: Vec<[f64; 2]> = (0..count).map(|i| point(TAU * f64::from(i) / f64::from(count))).collect();
    let next = points.iter().cycle().skip(1);
    (0.5 * points.iter().zip(next).map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum::<f64>()).abs()
}

#[test]
fn the_isothermal_ellipsoid_has_its_known_areas() {
    for q in [0.9, 0.7, 0.4] {
        let theta = 8.0;
        let lens = Nie::new(Ellipse::new(0.7, -0.3, q, 0.6).unwrap(), theta, 0.0).unwrap();
        let curves = critical_curves(&lens, 30.0, 0.1);
        assert_eq!((curves.tangential.len(), curves.radial.len(), curves.cut_off), (1, 0, 0), "q {q}");
        let curve = &curves.tangential[0];
        // κ = ½ is an ellipse of area π θ_E².
        assert!((curve.area_arcsec2() / (PI * theta * theta) - 1.0).abs() < 1e-4);
        assert!((curves.theta_e_arcsec() / theta - 1.0).abs() < 1e-4);
        let exact = sie_caustic_area(q) * theta * theta;
        let off = curve.caustic_area_arcsec2() / exact - 1.0;
        assert!(off.abs() < 2e-3, "q {q}: caustic {off}");
    }
}

#[test]
fn a_cored_sphere_has_the_two_circles_of_its_lens_equation() {
    // α = θ_E (√(r² + s²) − s)/r: tangential where α = r, radial where dα/dr = 1.
    let (theta, core) = (9.0_f64, 1.5_f64);
    let lens = Nie::new(Ellipse::circle(0.0, 0.0).unwrap(), theta, core).unwrap();
    let curves = critical_curves(&lens, 30.0, 0.1);
    assert_eq!((curves.tangential.len(), curves.radial.len()), (1, 1));
    let tangential = (theta * (theta - 2.0 * core)).sqrt();
    assert!((curves.theta_e_arcsec() / tangential - 1.0).abs() < 1e-4);
    let alpha = |r: f64| theta * (r.hypot(core) - core) / r;
    let slope = |r: f64| theta * (1.0 / r.hypot(core) - (r.hypot(core) - core) / (r * r));
    let (mut low, mut high) = (0.01, tangential);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if slope(middle) > 1.0 { low = middle } else { high = middle }
    }
    let radial = &curves.radial[0];
    // The chords of a loop this small enclose a little less.
    assert!((radial.theta_e_arcsec() / low - 1.0).abs() < 5e-4);
    let caustic = (low - alpha(low)).abs();
    assert!((radial.caustic_area_arcsec2() / (PI * caustic * caustic) - 1.0).abs() < 1e-3);
}

/// A cluster: halo, brightest galaxy, a distant group with a loop of its own, shear.
fn cluster() -> Composite {
    let halo = EllipticalNfw::new(Ellipse::new(0.0, 0.0, 0.8, 0.3).unwrap(), 39.5, 17.7, CseTable::Accurate);
    Composite::new()
        .with(halo.unwrap())
        .with(Dpie::new(Ellipse::new(0.3, 0.2, 0.7, 0.9).unwrap(), 3.0, 0.1, 15.0).unwrap())
        .with(Dpie::new(Ellipse::new(38.0, -22.0, 0.9, 0.2).unwrap(), 2.5, 0.05, 20.0).unwrap())
        .with(Shear::new(0.02, -0.01).unwrap())
}

#[test]
fn every_point_is_critical_and_every_loop_is_found() {
    let lens = cluster();
    let curves = critical_curves(&lens, 60.0, 0.1);
    assert_eq!(curves.tangential.len(), 2, "the cluster's and the group's");
    assert!(curves.tangential[0].area_arcsec2() > curves.tangential[1].area_arcsec2());
    assert!(!curves.radial.is_empty() && curves.cut_off == 0);
    for curve in &curves.tangential {
        for &[x, y] in &curve.image {
            assert!(lens.hessian(x, y).tangential_eigenvalue().abs() < 1e-6);
        }
    }
    for curve in &curves.radial {
        for &[x, y] in &curve.image {
            assert!(lens.hessian(x, y).radial_eigenvalue().abs() < 1e-5);
        }
    }
    // The ray-following search finds the same loop around the centre.
    let followed = tangential_curve(&lens, [0.0, 0.0], 60.0, 720).unwrap();
    assert!((followed.theta_e_arcsec() / curves.theta_e_arcsec() - 1.0).abs() < 2e-3);
}

#[test]
fn a_finer_grid_changes_nothing_and_a_small_field_says_what_it_cuts() {
    let lens = cluster();
    let (coarse, fine) = (critical_curves(&lens, 45.0, 0.3), critical_curves(&lens, 45.0, 0.07));
    for (a, b) in coarse.tangential.iter().zip(&fine.tangential) {
        assert!((a.area_arcsec2() / b.area_arcsec2() - 1.0).abs() < 2e-3);
        assert!((a.caustic_area_arcsec2() / b.caustic_area_arcsec2() - 1.0).abs() < 1e-2);
    }
    // The curve crosses the edge of the one field, and lies outside the other.
    for half_width in [16.0, 10.0] {
        let cut = critical_curves(&lens, half_width, 0.1);
        assert!(cut.cut_off > 0 && cut.tangential.is_empty(), "{half_width}: {}", cut.cut_off);
        assert!(cut.theta_e_arcsec().abs() < 1e-300);
    }
}

#[test]
fn loops_smaller_than_an_arcsec_are_left_out() {
    let lens =
        Composite::new().with(Sis::new([0.0, 0.0], 5.0).unwrap()).with(Sis::new([20.0, 0.0], 0.5).unwrap());
    let curves = critical_curves(&lens, 30.0, 0.1);
    assert_eq!(curves.tangential.len(), 1);
}

#[test]
fn the_source_plane_holds_as_much_area_as_the_rays_bring() {
    // Above magnification zero is everything the field maps onto; thresholds only take away.
    let areas = magnified_areas(&cluster(), 40.0, 0.1, &[0.0, 2.0, 5.0, 10.0, 50.0]);
    assert!(areas.windows(2).all(|pair| pair[0] > pair[1]) && areas[4] > 0.0, "{areas:?}");
}

#[test]
fn a_galaxy_alone_has_its_small_curve() {
    let lens = Nie::new(Ellipse::circle(0.0, 0.0).unwrap(), 0.7, 0.0).unwrap();
    let curves = critical_curves(&lens, 10.0, 0.1);
    assert_eq!((curves.tangential.len(), curves.radial.len()), (1, 0));
    assert!((curves.theta_e_arcsec() / 0.7 - 1.0).abs() < 0.01, "{}", curves.theta_e_arcsec());
}
