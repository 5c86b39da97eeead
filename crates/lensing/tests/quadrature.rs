//! Deflections of profiles elliptical in mass against integrals that know nothing of their
//! closed forms: for κ = κ(R) with R² = q x² + y²/q,
//! α = Σ over elliptical rings, each of which deflects only what lies outside it
//! (Bourassa and Kantowski 1975; Schramm 1990). No tables are needed.

#![expect(clippy::unwrap_used, reason = "a test whose set-up fails should fail")]

use lensing::{CseTable, Dpie, Ellipse, EllipticalNfw, Epl, Mass, Nfw, Nie, Sis};

/// ∫ f over [a, b]: tanh–sinh, which takes the integrable end points in its stride.
fn integrate(a: f64, b: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (middle, half, step) = (0.5 * (a + b), 0.5 * (b - a), 1.0 / 64.0);
    (-260..=260)
        .map(|k| {
            let t = f64::from(k) * step;
            let s = std::f64::consts::FRAC_PI_2 * t.sinh();
            let weight = std::f64::consts::FRAC_PI_2 * t.cosh() / s.cosh().powi(2);
            // Distance from the nearer end, without the cancellation of 1 − tanh.
            let gap = half / (s.abs().exp() * s.cosh());
            let x = if s < 0.0 { a + gap } else { b - gap };
            let x = if s.abs() < 0.5 { middle + half * s.tanh() } else { x };
            if weight < 1e-300 || x <= a || x >= b { 0.0 } else { weight * f(x) }
        })
        .sum::<f64>()
        * half
        * step
}

/// Deflection in the frame of the axes at (x, y) of κ(R), by Schramm's integrals
/// α = q ∫₀¹ κ(ξ(u)) (x, y)/(1 − (1 − q²)u)^{1/2, 3/2} du, ξ² = u (x² + y²/(1 − (1 − q²)u)).
fn schramm(kappa: &dyn Fn(f64) -> f64, q: f64, x: f64, y: f64) -> [f64; 2] {
    let along = |power: f64| {
        // u = t⁴ softens the centre of steep profiles.
        integrate(0.0, 1.0, |t| {
            let u = t.powi(4);
            let d = 1.0 - (1.0 - q * q) * u;
            let xi = (u * (x * x + y * y / d)).sqrt();
            // ξ is the semi-major axis: R = √q ξ.
            kappa(q.sqrt() * xi) / d.powf(power) * 4.0 * t.powi(3)
        })
    };
    [q * x * along(0.5), q * y * along(1.5)]
}

/// Compares a profile with quadrature around its centre, in units of `scale` arcsec.
fn compare(
    name: &str,
    lens: &dyn Mass,
    ellipse: &Ellipse,
    scale: f64,
    limit: f64,
    kappa: &dyn Fn(f64) -> f64,
) {
    let mut worst = 0.0_f64;
    for (r, turn) in [
        (0.01, 0.3),
        (0.1, 1.9),
        (0.5, 4.0),
        (1.0, 5.5),
        (1.3, 0.0),
        (2.0, std::f64::consts::FRAC_PI_2),
        (5.0, 2.4),
    ] {
        let (u, v) = (scale * r * f64::cos(turn), scale * r * f64::sin(turn));
        let [dx, dy] = ellipse.from_axes([u, v]);
        let [x0, y0] = ellipse.centre();
        let [ax, ay] = lens.deflection(x0 + dx, y0 + dy);
        let [ex, ey] = ellipse.from_axes(schramm(kappa, ellipse.q(), u, v));
        worst = worst.max((ax - ex).hypot(ay - ey));
        let here = lens.convergence(x0 + dx, y0 + dy);
        let there = kappa(ellipse.radius(x0 + dx, y0 + dy));
        assert!((here / there - 1.0).abs() < limit.max(1e-9) * 10.0, "{name} at {r}: κ {here}, not {there}");
    }
    assert!(worst <= limit, "{name}: {worst:e} arcsec off");
}

fn tilted(q: f64) -> Ellipse {
    Ellipse::new(0.4, -0.6, q, 0.7).unwrap()
}

#[test]
fn the_round_nfw_and_isothermal_sphere() {
    let lens = Nfw::new([0.4, -0.6], 39.5, 17.7).unwrap();
    let ellipse = Ellipse::circle(0.4, -0.6).unwrap();
    compare("NFW", &lens, &ellipse, 39.5, 1e-9, &nfw_kappa(39.5, 17.7));
    let lens = Sis::new([0.4, -0.6], 2.0).unwrap();
    compare("SIS", &lens, &ellipse, 3.0, 1e-11, &|r| 1.0 / r);
}

/// Convergence of the NFW profile by integrating its density along the line of sight.
fn nfw_kappa(scale: f64, alpha: f64) -> impl Fn(f64) -> f64 {
    // 4 ρ₀ r_s²/Σ in arcsec is α(r_s)/(1 + ln ½); κ = that/(2 r_s) ∫ dl / (r (1 + r)²), in scale radii.
    let strength = alpha / (1.0 - std::f64::consts::LN_2);
    move |radius| {
        let x = radius / scale;
        // l = x sinh w makes the integrand decay exponentially.
        let column = integrate(0.0, 45.0, |w| 1.0 / (1.0 + x * w.cosh()).powi(2));
        0.5 * strength / scale * column
    }
}

#[test]
fn the_elliptical_nfw_as_closely_as_its_terms_allow() {
    for q in [0.9, 0.6, 0.3] {
        for (table, limit) in [(CseTable::Accurate, 1e-4), (CseTable::Fast, 5e-2)] {
            let (ellipse, kappa) = (tilted(q), nfw_kappa(39.5, 17.7));
            let lens = EllipticalNfw::new(ellipse, 39.5, 17.7, table).unwrap();
            let mut worst = 0.0_f64;
            for (u, v) in [(0.3, 0.1), (4.0, -7.0), (20.0, 31.0), (-55.0, 12.0), (0.0, 39.0)] {
                let [dx, dy] = ellipse.from_axes([u, v]);
                let [ax, ay] = lens.deflection(0.4 + dx, -0.6 + dy);
                let [ex, ey] = ellipse.from_axes(schramm(&kappa, q, u, v));
                worst = worst.max((ax - ex).hypot(ay - ey));
                let off = lens.convergence(0.4 + dx, -0.6 + dy) / kappa(ellipse.radius(0.4 + dx, -0.6 + dy));
                let allowed = if table == CseTable::Accurate { 3e-5 } else { 1e-2 };
                assert!((off - 1.0).abs() < allowed, "q {q}, {table:?}: κ is {off} of what it should be");
            }
            assert!(worst < limit, "q {q}, {table:?}: {worst:e} arcsec off");
        }
    }
}

#[test]
fn isothermal_ellipsoids_with_and_without_a_core() {
    for q in [0.95, 0.6, 0.2, 0.05] {
        let ellipse = tilted(q);
        let sie = Nie::new(ellipse, 3.0, 0.0).unwrap();
        compare("SIE", &sie, &ellipse, 3.0, 1e-10, &|r| 1.5 / r);
        let nie = Nie::new(ellipse, 3.0, 0.4).unwrap();
        compare("NIE", &nie, &ellipse, 3.0, 1e-10, &|r| 1.5 / r.hypot(0.4));
    }
}

#[test]
fn truncated_isothermal_ellipsoids() {
    for (q, core, cut) in [(0.9, 0.05, 8.0), (0.5, 0.3, 4.0), (0.3, 0.0, 20.0)] {
        let ellipse = tilted(q);
        let lens = Dpie::new(ellipse, 1.7, core, cut).unwrap();
        let kappa = |r: f64| 0.85 / r.hypot(core) - 0.85 / r.hypot(cut);
        compare("dPIE", &lens, &ellipse, 4.0, 1e-10, &kappa);
    }
}

#[test]
fn power_laws() {
    for (q, gamma) in [(0.9, 1.2), (0.7, 1.7), (0.5, 2.1), (0.3, 2.3), (0.8, 2.5)] {
        let ellipse = tilted(q);
        let lens = Epl::new(ellipse, 3.0, gamma).unwrap();
        let kappa = |r: f64| 0.5 * (3.0 - gamma) * (3.0 / r).powf(gamma - 1.0);
        compare("EPL", &lens, &ellipse, 3.0, 1e-8, &kappa);
    }
}
