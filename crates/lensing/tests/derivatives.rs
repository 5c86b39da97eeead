//! Every mass profile against itself: the gradient of its potential is its
//! deflection, the Jacobian of its deflection is its Hessian, and its fast form
//! agrees with its exact one.

#![expect(clippy::unwrap_used, reason = "a test whose set-up fails should fail")]

use lensing::{Composite, CseTable, Dpie, Ellipse, EllipticalNfw, Mass, Nfw, Nie, Shear};

const POINTS: [[f64; 2]; 6] =
    [[0.31, 0.12], [-1.7, 2.9], [8.0, -0.4], [-14.0, -11.0], [0.02, 33.0], [47.0, 21.0]];

/// Checks one profile at all points, by central differences.
fn check(name: &str, lens: &dyn Mass) {
    for [x, y] in POINTS {
        let step = 1e-4 * x.hypot(y).max(0.1);
        let slope = |f: &dyn Fn(f64, f64) -> f64| {
            [
                (f(x + step, y) - f(x - step, y)) / (2.0 * step),
                (f(x, y + step) - f(x, y - step)) / (2.0 * step),
            ]
        };
        let [ax, ay] = lens.deflection(x, y);
        let [px, py] = slope(&|x, y| lens.potential(x, y));
        let near = |a: f64, b: f64| (a - b).abs() < 2e-6 * (1.0 + a.abs());
        assert!(near(ax, px) && near(ay, py), "{name} at {x},{y}: ∇ψ {px},{py} but α {ax},{ay}");

        let hessian = lens.hessian(x, y);
        let [xx, xy] = slope(&|x, y| lens.deflection(x, y)[0]);
        let [yx, yy] = slope(&|x, y| lens.deflection(x, y)[1]);
        assert!(
            near(hessian.xx, xx) && near(hessian.xy, xy) && near(hessian.xy, yx) && near(hessian.yy, yy),
            "{name} at {x},{y}: differences {xx},{xy},{yx},{yy} but {hessian:?}"
        );
    }
    // More points than one lane, and a remainder.
    let xs: Vec<f64> = POINTS.iter().cycle().take(21).map(|p| p[0]).collect();
    let ys: Vec<f64> = POINTS.iter().cycle().take(21).map(|p| p[1]).collect();
    let (mut ax, mut ay) = (vec![1.0; 21], vec![-1.0; 21]);
    lens.add_deflections(&xs, &ys, &mut ax, &mut ay);
    for i in 0..21 {
        let [dx, dy] = lens.deflection(xs[i], ys[i]);
        let off = (ax[i] - 1.0 - dx).hypot(ay[i] + 1.0 - dy);
        assert!(off < 1e-5, "{name}: fast deflection {off} arcsec off at {},{}", xs[i], ys[i]);
    }
}

fn tilted(q: f64) -> Ellipse {
    Ellipse::new(0.4, -0.6, q, 0.7).unwrap()
}

#[test]
fn nfw() {
    check("NFW", &Nfw::new([0.4, -0.6], 39.5, 17.7).unwrap());
}

#[test]
fn elliptical_nfw() {
    for q in [1.0, 0.9, 0.6] {
        for table in [CseTable::Accurate, CseTable::Fast] {
            check("elliptical NFW", &EllipticalNfw::new(tilted(q), 39.5, 17.7, table).unwrap());
        }
    }
}

#[test]
fn isothermal_ellipsoids() {
    for q in [1.0, 0.999_999_7, 0.999, 0.7, 0.3] {
        check("SIE", &Nie::new(tilted(q), 3.0, 0.0).unwrap());
        check("NIE", &Nie::new(tilted(q), 3.0, 0.5).unwrap());
        check("dPIE", &Dpie::new(tilted(q), 1.3, 0.05, 8.0).unwrap());
    }
}

#[test]
fn shear() {
    check("shear", &Shear::new(0.03, -0.02).unwrap());
}

#[test]
fn a_composite() {
    let lens = Composite::new()
        .with(EllipticalNfw::new(tilted(0.8), 39.5, 17.7, CseTable::Fast).unwrap())
        .with(Dpie::new(tilted(0.7), 2.0, 0.1, 10.0).unwrap())
        .with(Shear::new(0.05, 0.01).unwrap());
    check("composite", &lens);
}
