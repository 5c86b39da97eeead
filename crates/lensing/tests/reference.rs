//! Profiles and distances against tables made by other codes: quadrature
//! (`exact_*`), lenstronomy 1.14 (`lens_*`, `light_*`) and astropy
//! (`cosmology*`). The tables stand beside the project; without them each test
//! says that it skips.

#![expect(clippy::unwrap_used, reason = "a test whose set-up fails should fail")]

use lensing::{
    Composite, Cosmology, CseTable, Dpie, Ellipse, EllipticalNfw, Hessian, Mass, Nfw, NfwHalo, Nie, Sersic,
    Shear, sersic_b, sersic_total, tangential_curve, zero_contours,
};
use serde_json::Value;

/// The parameters on a table's first line, and its rows of numbers.
struct Table {
    head: Value,
    rows: Vec<Vec<f64>>,
    names: Vec<String>,
}

fn read(name: &str) -> Option<Table> {
    let path = format!("{}/../../../shared/reference/lensing/{name}", env!("CARGO_MANIFEST_DIR"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: no {path}");
        return None;
    };
    let head = text.lines().next().and_then(|l| serde_json::from_str(l.trim_start_matches('#')).ok());
    let body: Vec<&str> = text.lines().filter(|l| !l.starts_with('#')).skip(1).collect();
    let first = |l: &&str| l.split(',').next().unwrap_or_default().to_owned();
    Some(Table {
        head: head.unwrap_or(Value::Null),
        names: body.iter().map(first).collect(),
        rows: body.iter().map(|l| l.split(',').map(|v| v.parse().unwrap_or(f64::NAN)).collect()).collect(),
    })
}

impl Table {
    fn number(&self, key: &str) -> f64 {
        self.head["kwargs"][0][key].as_f64().unwrap()
    }

    fn ellipse(&self) -> Ellipse {
        let [x, y, e1, e2] = ["center_x", "center_y", "e1", "e2"].map(|k| self.number(k));
        Ellipse::from_components(x, y, e1, e2).unwrap()
    }

    /// Centre, axis ratio and angle of the `exact_*` tables.
    fn exact_ellipse(&self) -> Ellipse {
        let of = |v: &Value| v.as_f64().unwrap();
        let h = &self.head;
        Ellipse::new(of(&h["center"][0]), of(&h["center"][1]), of(&h["q"]), of(&h["phi_rad"])).unwrap()
    }

    /// Compares deflection and convergence in columns 2.. of an `exact_*` table.
    fn check_exact(&self, lens: &dyn Mass, alpha: f64, kappa: f64) {
        assert_eq!(self.rows.len(), 200);
        for row in &self.rows {
            let [ax, ay] = lens.deflection(row[0], row[1]);
            let off = (ax - row[2]).hypot(ay - row[3]);
            assert!(off <= alpha, "α at {},{} is {off:e} arcsec off", row[0], row[1]);
            let k = lens.hessian(row[0], row[1]).kappa();
            assert!((k / row[4] - 1.0).abs() <= kappa, "κ at {},{}: {k} not {}", row[0], row[1], row[4]);
        }
    }

    /// Compares a whole `lens_*` row: deflection, potential (up to a constant), Hessian.
    fn check_lens(&self, lens: &dyn Mass, alpha: f64, hessian: f64) {
        assert_eq!(self.rows.len(), 200);
        let shift = lens.potential(self.rows[0][0], self.rows[0][1]) - self.rows[0][4];
        for row in &self.rows {
            let at = format!("at {},{}", row[0], row[1]);
            let [ax, ay] = lens.deflection(row[0], row[1]);
            assert!((ax - row[2]).hypot(ay - row[3]) <= alpha, "α {at}: {ax},{ay} not {},{}", row[2], row[3]);
            let psi = lens.potential(row[0], row[1]) - shift;
            assert!((psi - row[4]).abs() <= 10.0 * alpha.max(1e-10), "ψ {at}: {psi} not {}", row[4]);
            let h: Hessian = lens.hessian(row[0], row[1]);
            for (name, mine, theirs) in [("xx", h.xx, row[5]), ("xy", h.xy, row[6]), ("yy", h.yy, row[7])] {
                let close = (mine - theirs).abs() <= hessian * (1.0 + theirs.abs());
                assert!(close, "ψ_{name} {at}: {mine} not {theirs}");
            }
        }
    }
}

const SEED_SCALE: f64 = 39.485_498_723_549_746;
const SEED_ALPHA: f64 = 17.710_764_347_555_234;

#[test]
fn circular_nfw_matches_quadrature() {
    let Some(table) = read("exact_NFW_circular.csv") else { return };
    table.check_exact(&Nfw::new([0.0, 0.0], SEED_SCALE, SEED_ALPHA).unwrap(), 1e-9, 1e-9);
}

#[test]
fn elliptical_nfw_matches_quadrature_as_closely_as_its_terms_allow() {
    let Some(table) = read("exact_NFW_ELLIPSE_q0.90.csv") else { return };
    let lens = |terms| EllipticalNfw::new(table.exact_ellipse(), SEED_SCALE, SEED_ALPHA, terms).unwrap();
    table.check_exact(&lens(CseTable::Accurate), 1e-4, 3e-5);
    table.check_exact(&lens(CseTable::Fast), 5e-2, 1e-2);
}

#[test]
fn sie_matches_quadrature() {
    let Some(table) = read("exact_SIE_q0.7.csv") else { return };
    table.check_exact(&Nie::new(table.exact_ellipse(), 3.0, 0.0).unwrap(), 1e-9, 1e-9);
}

#[test]
fn dpie_matches_quadrature() {
    let Some(table) = read("exact_dPIE_circular.csv") else { return };
    let theta = Dpie::theta_e_of_sigma0(0.8, 0.05, 8.0);
    table.check_exact(&Dpie::new(table.exact_ellipse(), theta, 0.05, 8.0).unwrap(), 1e-9, 1e-9);
}

#[test]
fn nfw_matches_lenstronomy() {
    let Some(table) = read("lens_NFW.csv") else { return };
    table.check_lens(&Nfw::new([0.0, 0.0], SEED_SCALE, SEED_ALPHA).unwrap(), 1e-9, 1e-8);
}

#[test]
fn elliptical_nfw_matches_lenstronomy_term_by_term() {
    let Some(table) = read("lens_NFW_ELLIPSE_CSE.csv") else { return };
    let lens = EllipticalNfw::new(table.ellipse(), SEED_SCALE, SEED_ALPHA, CseTable::Accurate).unwrap();
    table.check_lens(&lens, 1e-9, 1e-7);
}

#[test]
fn isothermal_ellipsoids_match_lenstronomy() {
    if let Some(table) = read("lens_NIE.csv") {
        let lens = Nie::new(table.ellipse(), table.number("theta_E"), table.number("s_scale")).unwrap();
        // Their Hessian is a finite difference.
        table.check_lens(&lens, 1e-9, 3e-5);
    }
    // lenstronomy gives its SIE a core of 1e-10 and softens near the centre.
    if let Some(table) = read("lens_SIE.csv") {
        table.check_lens(&Nie::new(table.ellipse(), table.number("theta_E"), 0.0).unwrap(), 1e-8, 1e-3);
    }
    if let Some(table) = read("lens_SIS.csv") {
        let centre = Ellipse::circle(table.number("center_x"), table.number("center_y")).unwrap();
        table.check_lens(&Nie::new(centre, table.number("theta_E"), 0.0).unwrap(), 1e-9, 1e-8);
    }
}

#[test]
fn dpie_matches_lenstronomys_circular_one_and_its_difference_of_two_ellipsoids() {
    if let Some(table) = read("lens_PJAFFE.csv") {
        let [sigma0, core, cut] = ["sigma0", "Ra", "Rs"].map(|k| table.number(k));
        let centre = Ellipse::circle(table.number("center_x"), table.number("center_y")).unwrap();
        let lens = Dpie::new(centre, Dpie::theta_e_of_sigma0(sigma0, core, cut), core, cut).unwrap();
        table.check_lens(&lens, 1e-9, 1e-7);
    }
    if let Some(table) = read("lens_CHAMELEON_dPIE_kappa.csv") {
        // It is normalised by the deflection of its round form at 1 arcsec.
        let [alpha, core, cut] = ["alpha_1", "w_c", "w_t"].map(|k| table.number(k));
        let q = table.ellipse().q();
        let round = Dpie::new(Ellipse::circle(0.0, 0.0).unwrap(), 1.0, core, cut).unwrap();
        let theta = alpha / round.deflection(1.0, 0.0)[0];
        let stretch = 2.0 / (1.0 + q);
        let lens = Dpie::new(table.ellipse(), theta, stretch * core, stretch * cut).unwrap();
        table.check_lens(&lens, 1e-8, 1e-5);
    }
}

#[test]
fn shear_matches_lenstronomy() {
    let Some(table) = read("lens_SHEAR.csv") else { return };
    table.check_lens(&Shear::new(table.number("gamma1"), table.number("gamma2")).unwrap(), 1e-12, 1e-12);
}

#[test]
fn sersic_light_matches_lenstronomy_with_its_own_b() {
    for n in ["0.5", "1", "4", "6"] {
        let Some(table) = read(&format!("light_SERSIC_ELLIPSE_n{n}.csv")) else { continue };
        let n: f64 = n.parse().unwrap();
        let b = 1.9992 * n - 0.3271;
        let light =
            Sersic::with_b(table.ellipse(), n, table.number("R_sersic"), table.number("amp"), b).unwrap();
        for row in &table.rows {
            let mine = light.brightness(row[0], row[1]);
            assert!(
                (mine / row[2] - 1.0).abs() < 1e-12,
                "n {n} at {},{}: {mine} not {}",
                row[0],
                row[1],
                row[2]
            );
        }
        let total = sersic_total(n, b) * table.number("R_sersic").powi(2);
        let theirs = table.head["total_flux"][0].as_f64().unwrap();
        assert!((total / theirs - 1.0).abs() < 1e-9, "n {n}: total {total} not {theirs}");
    }
}

#[test]
fn sersic_b_is_exact() {
    let Some(table) = read("sersic_bn.csv") else { return };
    for row in &table.rows {
        assert!((sersic_b(row[0]) / row[1] - 1.0).abs() < 1e-12, "b at n = {}: {}", row[0], sersic_b(row[0]));
        assert!((sersic_total(row[0], row[1]) / row[4] - 1.0).abs() < 1e-12, "total at n = {}", row[0]);
    }
}

fn universe(name: &str) -> Cosmology {
    match name {
        "H70_Om0.3" => Cosmology::default(),
        "Planck18_flat_norad_67.66_0.30966" => Cosmology::new(67.66, 0.30966).unwrap(),
        "WMAP7like_70.4_0.272" => Cosmology::new(70.4, 0.272).unwrap(),
        other => panic!("unknown cosmology {other}"),
    }
}

#[test]
fn distances_match_astropy() {
    let Some(table) = read("cosmology.csv") else { return };
    assert_eq!(table.rows.len(), 63);
    for (name, row) in table.names.iter().zip(&table.rows) {
        let (u, z) = (universe(name), row[1]);
        let pairs = [
            ("E", u.expansion(z), row[2]),
            ("D_C", u.comoving_mpc(z), row[3]),
            ("D_A", u.angular_diameter_mpc(z), row[4]),
            ("D_L", u.luminosity_mpc(z), row[5]),
            ("ρ_c", u.critical_density(z), row[8]),
            ("kpc/arcsec", u.kpc_per_arcsec(z), row[9]),
        ];
        for (what, mine, theirs) in pairs {
            assert!((mine / theirs - 1.0).abs() < 1e-8, "{name} z {z} {what}: {mine} not {theirs}");
        }
    }
}

#[test]
fn distances_between_lens_and_source_match_astropy() {
    let Some(table) = read("cosmology_pairs.csv") else { return };
    assert_eq!(table.rows.len(), 123);
    for (name, row) in table.names.iter().zip(&table.rows) {
        let u = universe(name);
        let d_ls = u.angular_diameter_between_mpc(row[1], row[2]);
        assert!((d_ls / row[5] - 1.0).abs() < 1e-8, "{name} {}-{}: {d_ls} not {}", row[1], row[2], row[5]);
        let sigma = u.sigma_crit(row[1], row[2]);
        assert!((sigma / row[6] - 1.0).abs() < 1e-8, "Σcrit {sigma:e} not {:e}", row[6]);
        assert!((sigma / row[7] - 1.0).abs() < 5e-4);
    }
}

#[test]
fn halo_parameters_match_lenstronomy_within_its_older_constants() {
    let Some(table) = read("nfw_params.csv") else { return };
    for row in &table.rows {
        let halo = NfwHalo::new(&Cosmology::default(), 10f64.powf(row[0]), row[1], row[2], row[3]).unwrap();
        let pairs = [
            (halo.rho0, row[4]),
            (halo.scale_mpc, row[5]),
            (halo.r200_mpc, row[6]),
            (halo.scale_arcsec, row[7]),
            (halo.alpha_scale_arcsec, row[8]),
        ];
        for (mine, theirs) in pairs {
            assert!((mine / theirs - 1.0).abs() < 5e-4, "M 10^{}: {mine} not {theirs}", row[0]);
        }
    }
}

#[test]
fn the_critical_curve_of_the_seed_halo_has_its_published_area() {
    let Some(table) = read("critical_halo_only.csv") else { return };
    let ellipse =
        Ellipse::from_components(0.0, 0.0, 0.048_397_230_011_082_87, 0.020_683_114_604_609_552).unwrap();
    let halo = EllipticalNfw::new(ellipse, SEED_SCALE, SEED_ALPHA, CseTable::Accurate).unwrap();
    let lens = Composite::new().with(halo);
    let curve = tangential_curve(&lens, [0.0, 0.0], 40.0, 720).unwrap();
    assert!((curve.theta_e_arcsec() - 13.726_642_522_413_622).abs() < 2e-3, "{}", curve.theta_e_arcsec());

    let f = |x: f64, y: f64| lens.hessian(x, y).tangential_eigenvalue();
    let loops = zero_contours(30.0, 0.25, f);
    assert_eq!(loops.len(), 1);
    let size = |axis: usize| curve.caustic.iter().map(|p| p[axis].abs()).fold(0.0, f64::max);
    assert!(
        (size(0) - 1.250_24).abs() < 5e-3 && (size(1) - 1.123_67).abs() < 5e-3,
        "{} {}",
        size(0),
        size(1)
    );

    // Every point of their curve lies on ours, to the step of their grid.
    for row in &table.rows {
        assert!(f(row[0], row[1]).abs() < 5e-3, "λ_t at {},{} is {}", row[0], row[1], f(row[0], row[1]));
    }
}
