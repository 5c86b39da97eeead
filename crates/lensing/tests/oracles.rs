//! Every table of another code that stands beside the project, through the one `check`.
//! Without the tables it says that it skips; `quadrature.rs` needs none.

#![expect(clippy::unwrap_used, reason = "a test whose set-up fails should fail")]

use std::{collections::BTreeMap, path::Path};

use lensing::agreement::{Verdict, check};

/// The texts in the folder of reference tables, by file name.
fn tables() -> Option<BTreeMap<String, String>> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/lensing"));
    let Ok(entries) = std::fs::read_dir(folder) else {
        println!("skipped: no {}", folder.display());
        return None;
    };
    let text = |path: &Path| std::fs::read_to_string(path).ok();
    let named = entries.filter_map(|entry| {
        let path = entry.unwrap().path();
        Some((path.file_name()?.to_string_lossy().into_owned(), text(&path)?))
    });
    Some(named.collect())
}

#[test]
fn every_reference_table_agrees() {
    let Some(tables) = tables() else { return };
    let rows: Vec<_> = tables.iter().flat_map(|(name, text)| check(name, text, &tables)).collect();
    for row in &rows {
        println!("{row}");
    }
    assert!(rows.iter().filter(|row| row.verdict == Verdict::Passes).count() > 40);
    let failed: Vec<_> = rows.iter().filter(|row| !row.passes()).map(ToString::to_string).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn a_table_with_a_wrong_number_fails_and_names_the_point() {
    let good = "# {\"models\": [\"SIS\"], \"kwargs\": [{\"theta_E\": 2.0, \"center_x\": 0, \"center_y\": 0}]}\n\
                x,y,alpha_x,alpha_y\n3,4,1.2,1.6\n0,5,0,2\n";
    let none = BTreeMap::new();
    assert!(check("lens_SIS.csv", good, &none).iter().all(|row| row.verdict == Verdict::Passes));
    let rows = check("lens_SIS.csv", &good.replace("0,5,0,2", "0,5,0,2.0000001"), &none);
    assert_eq!(rows[0].verdict, Verdict::Fails);
    assert!(rows[0].location.contains("5.0") && (rows[0].worst - 1e-7).abs() < 1e-12);
}

#[test]
fn what_cannot_be_compared_is_named() {
    let none = BTreeMap::new();
    let verdict = |name: &str, text: &str| check(name, text, &none)[0].verdict.clone();
    let potential = "# {\"models\": [\"NFW_ELLIPSE_POTENTIAL\"], \"kwargs\": [{\"Rs\": 1}]}\nx,y,alpha_x,alpha_y\n1,1,1,1\n";
    assert!(
        matches!(verdict("a.csv", potential), Verdict::NotOurs(why) if why.contains("elliptical in its potential"))
    );
    assert!(matches!(verdict("rgb.csv", "g,r,z\n1,2,3\n"), Verdict::NotOurs(_)));
    assert_eq!(verdict("cosmology.csv", "cosmo,z,D_A\nnonsense,1,2\n"), Verdict::Fails);
    assert_eq!(verdict("torn.csv", "x,y,alpha_x,alpha_y\n1,2\n"), Verdict::Fails);
    assert_eq!(verdict("empty.csv", ""), Verdict::Fails);
    assert_eq!(verdict("bad.json", "{"), Verdict::Fails);
}

/// Tables torn, mixed up or full of odd numbers give rows that say so, and never a panic.
mod hostile {
    use super::*;
    use proptest::prelude::*;

    const HEADS: [&str; 10] = [
        "# {\"models\": [\"SIE\"], \"kwargs\": [{\"theta_E\": 3, \"e1\": 0.1, \"e2\": 0}]}\nx,y,alpha_x,alpha_y,potential,kappa,gamma1,gamma2,magnification",
        "# {\"models\": 3, \"kwargs\": {}}\nx,y,alpha_x,alpha_y",
        "# {\"note\": \"exact elliptical-mass dPIE\", \"q\": 7, \"center\": \"here\"}\nx,y,alpha_x,alpha_y,kappa",
        "# {\"models\": [\"SERSIC\"], \"kwargs\": [{\"amp\": 1, \"R_sersic\": -2, \"n_sersic\": 1}]}\nx,y,surface_brightness",
        "n,b_exact,total_over_Ie_Re2",
        "cosmo,z,D_A,age",
        "cosmo,z_l,z_s,D_ls,sigma_crit_astropy",
        "# H70_Om0.3\nlog10M200,c200,z_l,z_s,rho0,Rs_arcsec",
        "# planck18\nlog10M_Msun_per_h,z,c200c_diemer19,c200c_duffy08",
        "#\n",
    ];
    const FIELDS: [&str; 9] = ["0", "1", "-3.5", "1e300", "NaN", "inf", "", "H70_Om0.3", "x"];

    proptest! {
        #[test]
        fn never_panic(
            head in prop::sample::select(&HEADS[..]),
            rows in prop::collection::vec(prop::collection::vec(prop::sample::select(&FIELDS[..]), 2..10), 0..4),
            fit in any::<bool>(),
        ) {
            let columns = head.lines().last().unwrap_or_default().split(',').count();
            let mut text = format!("{head}\n");
            for mut row in rows {
                if fit {
                    row.resize(columns, "1");
                }
                text += &format!("{}\n", row.join(","));
            }
            let rows = check("table.csv", &text, &BTreeMap::new());
            prop_assert!(!rows.is_empty());
            prop_assert!(rows.iter().all(|row| !row.to_string().is_empty()));
        }
    }
}
