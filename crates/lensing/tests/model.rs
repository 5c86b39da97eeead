//! Models as people write them: in this program's names, in lenstronomy's, and wrong.

#![expect(clippy::unwrap_used, reason = "a test whose set-up fails should fail")]

use lensing::{
    Cosmology, CseTable, Dpie, Ellipse, EllipticalNfw, LensModel, Mass, Nfw, NfwHalo, Nie, Shear,
    einstein_radius_sis_arcsec,
};

fn read(json: &str) -> LensModel {
    LensModel::from_json(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn error(json: &str) -> String {
    LensModel::from_json(json).unwrap_err().to_string()
}

/// Both lenses deflect alike.
fn same(json: &str, lens: &dyn Mass) {
    let model = read(json);
    for (x, y) in [(1.0, 2.0), (-7.0, 3.0), (0.1, -0.2), (30.0, 41.0)] {
        let ([a, b], [c, d]) = (model.deflection(x, y), lens.deflection(x, y));
        assert!((a - c).hypot(b - d) < 1e-12, "{json} at {x},{y}: {a},{b} but {c},{d}");
    }
}

#[test]
fn every_type_in_our_names() {
    let ellipse = |q, degrees: f64| Ellipse::new(0.4, -0.6, q, degrees.to_radians()).unwrap();
    same(
        r#"[{"type":"nfw","x":0.4,"y":-0.6,"r_s":39,"alpha_rs":17}]"#,
        &Nfw::new([0.4, -0.6], 39.0, 17.0).unwrap(),
    );
    for (terms, table) in [(44, CseTable::Accurate), (16, CseTable::Fast)] {
        same(
            &format!(
                r#"[{{"type":"nfw_ellipse","x":0.4,"y":-0.6,"q":0.7,"phi_deg":30,"r_s":39,"alpha_rs":17,"terms":{terms}}}]"#
            ),
            &EllipticalNfw::new(ellipse(0.7, 30.0), 39.0, 17.0, table).unwrap(),
        );
    }
    same(
        r#"[{"type":"sie","x":0.4,"y":-0.6,"q":0.7,"phi_deg":30,"theta_e":2}]"#,
        &Nie::new(ellipse(0.7, 30.0), 2.0, 0.0).unwrap(),
    );
    same(r#"[{"type":"sis","x":0.4,"y":-0.6,"theta_e":2}]"#, &Nie::new(ellipse(1.0, 0.0), 2.0, 0.0).unwrap());
    same(
        r#"[{"type":"nie","x":0.4,"y":-0.6,"q":0.7,"phi_deg":30,"theta_e":2,"core":0.3}]"#,
        &Nie::new(ellipse(0.7, 30.0), 2.0, 0.3).unwrap(),
    );
    same(
        r#"{"components":[{"type":"dpie","x":0.4,"y":-0.6,"q":0.7,"phi_deg":30,"theta_e":2,"core":0.3,"cut":9}]}"#,
        &Dpie::new(ellipse(0.7, 30.0), 2.0, 0.3, 9.0).unwrap(),
    );
    same(
        r#"[{"type":"shear","gamma1":0.1,"gamma2":-0.2,"name":"outside"}]"#,
        &Shear::new(0.1, -0.2).unwrap(),
    );
    same(
        r#"{"type":"epl","x":0.4,"y":-0.6,"q":0.7,"phi_deg":30,"theta_e":2,"gamma":2}"#,
        &Nie::new(ellipse(0.7, 30.0), 2.0, 0.0).unwrap(),
    );
}

#[test]
fn a_position_angle_counts_east_of_north_and_an_angle_from_the_right() {
    // North up, east left: 30° east of north is 120° counter-clockwise from the right.
    let turned = Nie::new(Ellipse::new(0.0, 0.0, 0.5, 120f64.to_radians()).unwrap(), 2.0, 0.0).unwrap();
    same(r#"[{"type":"sie","q":0.5,"pa_deg":30,"theta_e":2}]"#, &turned);
    same(r#"[{"type":"sie","q":0.5,"phi":2.0943951023931953,"theta_e":2}]"#, &turned);
    // e = (1 − q)/(1 + q) = 1/3 at twice the angle.
    same(r#"[{"type":"sie","e1":-0.16666666666666666,"e2":-0.28867513459481287,"theta_e":2}]"#, &turned);
}

#[test]
fn lenstronomys_names_and_both_its_layouts() {
    let ellipse = Ellipse::from_components(0.4, -0.6, 0.1, 0.05).unwrap();
    let nie = Nie::new(ellipse, 3.0, 0.5).unwrap();
    let kwargs = r#"{"theta_E":3,"e1":0.1,"e2":0.05,"s_scale":0.5,"center_x":0.4,"center_y":-0.6}"#;
    same(&format!(r#"[{{"type":"NIE","kwargs":{kwargs}}}]"#), &nie);
    same(&format!(r#"{{"models":["NIE"],"kwargs":[{kwargs}]}}"#), &nie);
    same(&format!(r#"{{"lens_model_list":["NIE"],"kwargs_lens":[{kwargs}]}}"#), &nie);
    let jaffe =
        Dpie::new(Ellipse::circle(0.4, -0.6).unwrap(), Dpie::theta_e_of_sigma0(0.8, 0.05, 8.0), 0.05, 8.0);
    same(
        r#"[{"type":"PJAFFE","sigma0":0.8,"Ra":0.05,"Rs":8,"center_x":0.4,"center_y":-0.6}]"#,
        &jaffe.unwrap(),
    );
    same(
        r#"[{"type":"NFW_ELLIPSE_CSE","Rs":39,"alpha_Rs":17,"e1":0.1,"e2":0.05,"center_x":0.4,"center_y":-0.6}]"#,
        &EllipticalNfw::new(ellipse, 39.0, 17.0, CseTable::Accurate).unwrap(),
    );
    same(
        r#"[{"type":"SHEAR","gamma1":0.1,"gamma2":-0.2,"ra_0":3,"dec_0":-1}]"#,
        &Shear::new(0.1, -0.2).unwrap().about([3.0, -1.0]).unwrap(),
    );
    same(
        r#"[{"type":"SHEAR_GAMMA_PSI","gamma_ext":0.2,"psi_ext":0.5}]"#,
        &Shear::new(0.2 * 1f64.cos(), 0.2 * 1f64.sin()).unwrap(),
    );
    assert_eq!(
        read(r#"{"models":["SIS","SHEAR"],"kwargs":[{"theta_E":1},{"gamma1":0,"gamma2":0}]}"#).kinds(),
        ["sis", "shear"]
    );
}

#[test]
fn masses_and_dispersions_with_redshifts() {
    let universe = Cosmology::new(68.0, 0.31).unwrap();
    let halo = NfwHalo::new(&universe, 1e15, 5.0, 0.4, 2.0).unwrap();
    let nfw = Nfw::new([0.0, 0.0], halo.scale_arcsec, halo.alpha_scale_arcsec).unwrap();
    same(
        r#"[{"type":"nfw","m200_msun":1e15,"c200":5,"z_lens":0.4,"z_source":2,"cosmology":{"h0":68,"omega_m":0.31}}]"#,
        &nfw,
    );
    let shared = r#""z_lens":0.4,"z_source":2,"cosmology":{"H0":68,"Om0":0.31}"#;
    same(&format!(r#"{{"components":[{{"type":"nfw","m200_msun":1e15,"c200":5}}],{shared}}}"#), &nfw);
    let ratio = universe.angular_diameter_between_mpc(0.4, 2.0) / universe.angular_diameter_mpc(2.0);
    let theta = einstein_radius_sis_arcsec(250.0, ratio);
    let sis = Nie::new(Ellipse::circle(0.0, 0.0).unwrap(), theta, 0.0).unwrap();
    same(&format!(r#"{{"components":[{{"type":"sis","sigma_km_s":250}}],{shared}}}"#), &sis);
    let lenstool = Nie::new(Ellipse::circle(0.0, 0.0).unwrap(), 1.5 * theta, 0.0).unwrap();
    same(&format!(r#"{{"components":[{{"type":"sie","sigma_lenstool_km_s":250}}],{shared}}}"#), &lenstool);
}

#[test]
fn bad_values_name_component_field_and_range() {
    let cases = [
        (
            r#"[{"type":"sis","theta_e":1},{"type":"sie","theta_e":2,"q":1.4,"phi_deg":0}]"#,
            ["components[1]", "`q`", "between 0.05 and 1"],
        ),
        (r#"[{"type":"sie","theta_e":2,"q":0,"phi_deg":0}]"#, ["components[0] (sie)", "`q`", "is 0"]),
        (r#"[{"type":"sie","theta_E":-2}]"#, ["components[0]", "`theta_E`", "is -2"]),
        (
            r#"[{"type":"nfw","m200_msun":-1e14,"c200":5,"z_lens":0.3,"z_source":1}]"#,
            ["nfw", "`m200_msun`", "-100000000000000"],
        ),
        (
            r#"[{"type":"nfw","m200_msun":1e14,"c200":5,"z_lens":0.7,"z_source":0.5}]"#,
            ["`z_source`", "0.5", "behind the lens"],
        ),
        (
            r#"[{"type":"nfw","m200_msun":1e14,"c200":5,"z_lens":0.3,"z_source":1,"cosmology":{"h0":70,"omega_m":1.3}}]"#,
            ["`cosmology.omega_m`", "1.3", "between"],
        ),
        (
            r#"[{"type":"nfw","m200_msun":1e14,"c200":5,"z_lens":0.3,"z_source":1,"cosmology":{"H_0":70}}]"#,
            ["`cosmology`", "H_0", "omega_m"],
        ),
        (r#"[{"type":"nfw","m200_msun":1e14,"c200":5}]"#, ["`z_lens`", "missing", "physical"]),
        (r#"[{"type":"sie","theta_e":2,"rcore":0.1}]"#, ["`rcore`", "not known", "theta_e"]),
        (r#"[{"type":"sie","theta_e":2,"q":0.8}]"#, ["`phi_deg`", "missing", "pa_deg"]),
        (r#"[{"type":"sie","theta_e":2,"q":0.8,"phi_deg":3,"pa_deg":4}]"#, ["phi_deg", "pa_deg", "only one"]),
        (r#"[{"type":"sie","theta_e":2,"e1":0.9,"e2":0.9}]"#, ["`e1`", "e2", "unit circle"]),
        (r#"[{"type":"sie","theta_e":2,"x":1,"center_x":1}]"#, ["`x`", "same as", "center_x"]),
        (r#"[{"type":"sie","theta_e":"2"}]"#, ["`theta_e`", "the text \"2\"", "a number"]),
        (r#"[{"type":"dpie","theta_e":2,"core":3,"cut":1}]"#, ["`cut`", "is 1", "beyond the core"]),
        (r#"[{"type":"epl","theta_e":2,"gamma":3.5}]"#, ["epl", "`gamma`", "is 3.5"]),
        (r#"[{"type":"nfw","r_s":39,"alpha_rs":17,"q":0.5}]"#, ["nfw", "`q`", "nfw_ellipse"]),
        (r#"[{"type":"nfw_ellipse","r_s":39,"alpha_rs":17,"terms":20}]"#, ["`terms`", "20", "44 or 16"]),
        (r#"[{"type":"potato"}]"#, ["`potato`", "not known", "nfw_ellipse"]),
        (r#"[{"type":"NFW_ELLIPSE_POTENTIAL"}]"#, ["components[0]", "potential", "nfw_ellipse"]),
        (r#"[{"theta_e":2}]"#, ["components[0]", "`type`", "list of components"]),
        (
            r#"{"components":[{"type":"sis","theta_e":1}],"zlens":0.3}"#,
            ["`zlens`", "not known", "components"],
        ),
        (r#"{"models":["SIS"],"kwargs":[]}"#, ["1 models", "0 kwargs", "list"]),
        ("[]", ["empty", "list of components", "sie"]),
        ("3", ["the number 3", "list of components", "sie"]),
        ("[{\"type\":\"sis\",\n\"theta_e\":NaN}]", ["line 2", "column", "NaN"]),
        ("[{\"type\":\"sis\",\"theta_e\":1e999}]", ["line 1", "out of range", "finite"]),
    ];
    for (json, expected) in cases {
        let said = error(json);
        for part in expected {
            assert!(said.contains(part), "{json}\n  says: {said}\n  but not: {part}");
        }
    }
}

/// Any fields with any numbers: an answer or an error, never a panic or a number that is none.
mod anything {
    use super::*;
    use proptest::prelude::*;

    const KINDS: [&str; 11] = [
        "nfw",
        "nfw_ellipse",
        "sis",
        "sie",
        "nie",
        "dpie",
        "shear",
        "epl",
        "CHAMELEON",
        "PJAFFE",
        "SHEAR_GAMMA_PSI",
    ];
    const FIELDS: [&str; 24] = [
        "x",
        "y",
        "q",
        "phi_deg",
        "pa_deg",
        "e1",
        "e2",
        "theta_e",
        "core",
        "cut",
        "sigma0",
        "alpha_1",
        "w_c",
        "w_t",
        "gamma",
        "gamma1",
        "gamma2",
        "gamma_ext",
        "psi_ext",
        "r_s",
        "alpha_rs",
        "m200_msun",
        "c200",
        "sigma_km_s",
    ];

    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![
            Just(0.0),
            Just(1.0),
            Just(-1.0),
            0.0..1.0,
            0.0..30.0,
            -1e3..1e3,
            any::<f64>(),
            Just(1e15),
            Just(1e-300)
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn gives_numbers_or_an_error(
            kind in prop::sample::select(&KINDS[..]),
            given in prop::collection::btree_map(prop::sample::select(&FIELDS[..]), number(), 2..6),
        ) {
            let mut component = serde_json::json!({"type": kind});
            for (field, value) in given {
                component[field] = serde_json::json!(value);
            }
            let model = serde_json::json!({"components": [component], "z_lens": 0.4, "z_source": 1.5});
            match LensModel::from_value(&model) {
                Err(error) => prop_assert!(error.to_string().contains("components[0]"), "{error}"),
                Ok(lens) => {
                    let ([ax, ay], h) = (lens.deflection(1.3, -0.7), lens.hessian(1.3, -0.7));
                    let numbers = [ax, ay, h.xx, h.xy, h.yy, lens.potential(1.3, -0.7)];
                    prop_assert!(numbers.iter().all(|v| v.is_finite()), "{component}: {numbers:?}");
                }
            }
        }
    }
}
