//! Every mass profile against itself over random parameters: the gradient of its potential
//! is its deflection, the Jacobian of its deflection is its convergence and shear, its fast
//! form agrees with its exact one, and its numbers are finite in the centre and on its axes.

#![expect(clippy::unwrap_used, reason = "a test whose set-up fails should fail")]

use lensing::{Composite, CseTable, Dpie, Ellipse, EllipticalNfw, Epl, Mass, Nfw, Nie, Shear, Sis};
use proptest::prelude::*;

/// Five-point derivative.
fn slope(f: impl Fn(f64) -> f64, step: f64) -> f64 {
    (8.0 * (f(step) - f(-step)) - (f(2.0 * step) - f(-2.0 * step))) / (12.0 * step)
}

/// Checks one profile at one point at `distance` from its centre, whose size is about `size` arcsec.
fn check(lens: &dyn Mass, x: f64, y: f64, distance: f64, size: f64) -> Result<(), TestCaseError> {
    let step = 2e-3 * distance;
    let [ax, ay] = lens.deflection(x, y);
    let px = slope(|d| lens.potential(x + d, y), step);
    let py = slope(|d| lens.potential(x, y + d), step);
    // A difference of potentials loses the digits they share.
    let lost = 3e-15 * lens.potential(x, y).abs().max(size * size) / step;
    let near = |a: f64, b: f64, limit: f64| (a - b).abs() < limit;
    let limit = 1e-7 * (ax.hypot(ay) + 1e-3 * size) + lost;
    prop_assert!(
        near(ax, px, limit) && near(ay, py, limit),
        "{lens:?} at {x},{y}: ∇ψ {px},{py}, α {ax},{ay}"
    );

    let h = lens.hessian(x, y);
    let [xx, yx] = [0, 1].map(|i| slope(|d| lens.deflection(x + d, y)[i], step));
    let [xy, yy] = [0, 1].map(|i| slope(|d| lens.deflection(x, y + d)[i], step));
    let lost = 3e-15 * ax.hypot(ay).max(size) / step;
    let limit = 1e-6 * (h.kappa().abs() + h.shear()[0].hypot(h.shear()[1]) + 1e-3) + lost;
    prop_assert!(
        near(h.xx, xx, limit) && near(h.xy, xy, limit) && near(h.xy, yx, limit) && near(h.yy, yy, limit),
        "{lens:?} at {x},{y}: differences {xx},{xy},{yx},{yy}, {h:?}"
    );
    let (kappa, [g1, g2]) = (lens.convergence(x, y), lens.shear(x, y));
    prop_assert!(
        near(kappa, 0.5 * (xx + yy), limit) && near(g1, 0.5 * (xx - yy), limit) && near(g2, xy, limit)
    );
    let determinant = (1.0 - kappa).powi(2) - g1 * g1 - g2 * g2;
    prop_assert!(near(
        lens.magnification(x, y) * determinant,
        1.0,
        1e-6 / determinant.abs().min(1.0) * (1.0 + kappa * kappa)
    ));

    // More points than one lane, and a remainder.
    let xs: Vec<f64> = (0..13).map(|i| x + 0.3 * size * f64::from(i)).collect();
    let ys: Vec<f64> = (0..13).map(|i| y - 0.2 * size * f64::from(i)).collect();
    let (mut fx, mut fy) = (vec![1.0; 13], vec![-1.0; 13]);
    lens.add_deflections(&xs, &ys, &mut fx, &mut fy);
    for i in 0..13 {
        let [dx, dy] = lens.deflection(xs[i], ys[i]);
        let off = (fx[i] - 1.0 - dx).hypot(fy[i] + 1.0 - dy);
        let allowed = 1e-5_f64.max(1e-6 * dx.hypot(dy));
        prop_assert!(off < allowed, "{lens:?}: fast form {off} off at {},{}", xs[i], ys[i]);
    }
    Ok(())
}

prop_compose! {
    /// An ellipse, and a point around it: centre, axis ratio, angle, distance, direction.
    fn scene()(
        x in -5.0..5.0, y in -5.0..5.0,
        q in prop_oneof![Just(1.0), 0.999_999..1.0, 0.05..1.0],
        phi in -4.0..4.0,
        log_r in -1.5..1.8_f64,
        turn in 0.0..std::f64::consts::TAU,
    ) -> (Ellipse, f64, f64, f64) {
        let r = 10f64.powf(log_r);
        (Ellipse::new(x, y, q, phi).unwrap(), x + r * turn.cos(), y + r * turn.sin(), r)
    }
}

proptest! {
    #[test]
    fn nfw((ellipse, x, y, r) in scene(), scale in 5.0..80.0, alpha in 0.1..40.0) {
        check(&Nfw::new(ellipse.centre(), scale, alpha).unwrap(), x, y, r, scale)?;
    }

    #[test]
    fn elliptical_nfw((ellipse, x, y, r) in scene(), scale in 5.0..80.0, alpha in 0.1..40.0, fine in any::<bool>()) {
        let table = if fine { CseTable::Accurate } else { CseTable::Fast };
        check(&EllipticalNfw::new(ellipse, scale, alpha, table).unwrap(), x, y, r, scale)?;
    }

    #[test]
    fn isothermal_sphere((ellipse, x, y, r) in scene(), theta in 0.1..30.0) {
        check(&Sis::new(ellipse.centre(), theta).unwrap(), x, y, r, theta)?;
    }

    #[test]
    fn isothermal_ellipsoid((ellipse, x, y, r) in scene(), theta in 0.1..30.0, core in prop_oneof![Just(0.0), 1e-4..5.0]) {
        // A step must not cross the ridge of a flat profile.
        let q = ellipse.q();
        check(&Nie::new(ellipse, theta, core).unwrap(), x, y, r * q, theta)?;
    }

    #[test]
    fn truncated_isothermal_ellipsoid((ellipse, x, y, r) in scene(), theta in 0.1..20.0, core in 0.0..1.0, beyond in 0.1..50.0) {
        let q = ellipse.q();
        check(&Dpie::new(ellipse, theta, core, core + beyond).unwrap(), x, y, r * q, theta + beyond)?;
    }

    #[test]
    fn power_law((ellipse, x, y, r) in scene(), theta in 0.1..30.0, gamma in 1.2..2.8) {
        let q = ellipse.q();
        check(&Epl::new(ellipse, theta, gamma).unwrap(), x, y, r * q, theta)?;
    }

    #[test]
    fn shear((ellipse, x, y, r) in scene(), gamma1 in -0.4..0.4, gamma2 in -0.4..0.4) {
        check(&Shear::new(gamma1, gamma2).unwrap().about(ellipse.centre()).unwrap(), x, y, r, 1.0)?;
    }

    #[test]
    fn composite((ellipse, x, y, r) in scene(), theta in 0.5..4.0, gamma1 in -0.1..0.1) {
        let q = ellipse.q();
        let lens = Composite::new()
            .with(EllipticalNfw::new(ellipse, 39.5, 17.7, CseTable::Fast).unwrap())
            .with(Dpie::new(ellipse, theta, 0.1, 10.0).unwrap())
            .with(Shear::new(gamma1, 0.01).unwrap());
        check(&lens, x, y, r * q, 39.5)?;
    }

    #[test]
    fn every_number_is_finite_in_the_centre_on_the_axes_and_far_away(
        (ellipse, ..) in scene(), theta in 0.1..30.0, gamma in 1.2..2.8,
        r in prop_oneof![Just(0.0), Just(1e-300), Just(1e-13), 1e-10..1e-3, 1.0..1e5],
        turn in prop_oneof![Just([1.0, 0.0]), Just([0.0, 1.0]), Just([-1.0, 0.0]), Just([0.0, -1.0])],
    ) {
        let all: [Box<dyn Mass>; 9] = [
            Box::new(Nfw::new(ellipse.centre(), 39.5, theta).unwrap()),
            Box::new(EllipticalNfw::new(ellipse, 39.5, theta, CseTable::Accurate).unwrap()),
            Box::new(EllipticalNfw::new(ellipse, 39.5, theta, CseTable::Fast).unwrap()),
            Box::new(Sis::new(ellipse.centre(), theta).unwrap()),
            Box::new(Nie::new(ellipse, theta, 0.0).unwrap()),
            Box::new(Nie::new(ellipse, theta, 0.3).unwrap()),
            Box::new(Dpie::new(ellipse, theta, 0.0, 5.0).unwrap()),
            Box::new(Epl::new(ellipse, theta, gamma).unwrap()),
            Box::new(Shear::new(0.1, 0.2).unwrap()),
        ];
        let [dx, dy] = ellipse.from_axes([r * turn[0], r * turn[1]]);
        let (x, y) = (ellipse.centre()[0] + dx, ellipse.centre()[1] + dy);
        for lens in &all {
            let ([ax, ay], h) = (lens.deflection(x, y), lens.hessian(x, y));
            let numbers = [ax, ay, h.xx, h.xy, h.yy, lens.potential(x, y)];
            prop_assert!(numbers.iter().all(|v| v.is_finite()), "{lens:?} at {x},{y}: {numbers:?}");
            let (mut fx, mut fy) = ([0.0; 9], [0.0; 9]);
            lens.add_deflections(&[x; 9], &[y; 9], &mut fx, &mut fy);
            prop_assert!((fx[0] - ax).hypot(fy[0] - ay) <= 1e-5_f64.max(1e-6 * ax.hypot(ay)), "{lens:?} at {x},{y}");
            prop_assert!((fx[8] - ax).hypot(fy[8] - ay) <= 1e-5_f64.max(1e-6 * ax.hypot(ay)), "{lens:?} at {x},{y}");
        }
    }
}
