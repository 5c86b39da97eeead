//! Cross-matching with known lenses: exact everywhere on the sky, against brute
//! force and against a list made by others.
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

use std::{collections::BTreeMap, path::Path};

use domain::{Digest, Label, Silent, SkyCoord};
use proptest::prelude::*;
use survey::{
    Conditions, KnownLenses, LensMatch, NewRow, SkyIndex, Subject,
    catalogue::{Entry, read_all, ready},
    cross_match, read_matches, write_matches,
};

fn at(ra_deg: f64, dec_deg: f64) -> SkyCoord {
    SkyCoord::new(ra_deg, dec_deg).unwrap()
}

fn subjects(positions: &[SkyCoord]) -> Vec<Subject> {
    let subject = |(n, &position)| Subject { id: format!("s{n}"), name: None, position };
    positions.iter().enumerate().map(subject).collect()
}

fn lenses(positions: &[SkyCoord]) -> Vec<Entry> {
    positions.iter().enumerate().map(|(n, &sky)| Entry::new(n as i64, n as u64 + 1, sky)).collect()
}

fn matches(of: &[SkyCoord], with: &[SkyCoord], radius: f64) -> Vec<LensMatch> {
    cross_match(&subjects(of), &lenses(with), "test", radius, &Silent).unwrap()
}

#[test]
fn matches_reach_across_the_meridian_and_around_the_poles() {
    let arcsec = 1.0 / 3600.0;
    for (a, b, separation) in [
        (at(359.999, 0.0), at(0.001, 0.0), 7.2),
        (at(0.0, 90.0), at(123.0, 90.0 - 40.0 * arcsec), 40.0),
        (at(10.0, 90.0 - 20.0 * arcsec), at(190.0, 90.0 - 20.0 * arcsec), 40.0),
        (at(10.0, -90.0 + 20.0 * arcsec), at(190.0, -90.0 + 20.0 * arcsec), 40.0),
        (at(45.0, 41.810_314_9), at(45.0, 41.810_314_9 + 49.9 * arcsec), 49.9),
    ] {
        let found = matches(&[a], &[b], 50.0);
        assert_eq!(found.len(), 1, "{a:?} {b:?}");
        assert!((found[0].separation_arcsec - separation).abs() < 1e-3, "{found:?}");
        assert_eq!(matches(&[a], &[b], separation - 0.01), [], "{a:?} {b:?}");
    }
}

#[test]
fn a_radius_that_is_no_angle_is_refused() {
    for radius in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = cross_match(&[], &[], "x", radius, &Silent).unwrap_err().to_string();
        assert!(error.contains("radius"), "{error}");
    }
    assert_eq!(matches(&[], &[at(1.0, 1.0)], 50.0), []);
}

fn anywhere() -> impl Strategy<Value = SkyCoord> {
    let special = prop_oneof![Just(0.0), Just(45.0), Just(90.0), Just(180.0), 0.0..360.0];
    let dec = prop_oneof![Just(90.0), Just(-90.0), Just(0.0), Just(41.810_314_895_778_6), -90.0..=90.0];
    // Clumps, or hardly any pair would be near.
    (special, dec, -0.2..0.2, -0.2..0.2)
        .prop_map(|(ra, dec, x, y): (f64, f64, f64, f64)| at(ra + x, (dec + y).clamp(-90.0, 90.0)))
}

proptest! {
    #[test]
    fn neighbours_are_those_of_brute_force(
        positions in prop::collection::vec(anywhere(), 1..80),
        centre in anywhere(),
        radius in prop_oneof![0.1..300.0_f64, 300.0..200_000.0_f64],
    ) {
        let index = SkyIndex::new(&positions, radius);
        for asked in positions.iter().copied().chain([centre]) {
            let mut found: Vec<usize> = index.near(asked).into_iter().map(|(i, _)| i).collect();
            found.sort_unstable();
            let all = 0..positions.len();
            let expected: Vec<usize> =
                all.filter(|&i| asked.separation_arcsec(positions[i]) <= radius).collect();
            prop_assert_eq!(found, expected);
        }
    }
}

#[test]
fn a_file_of_matches_reads_back_as_csv_and_parquet() {
    let mut found = matches(&[at(1.0, 2.0), at(5.0, 6.0)], &[at(1.001, 2.0), at(5.0, 6.001)], 50.0);
    found[0].grade = Some("confident, \"A\"".to_owned());
    found[1].lens_z = Some(0.5);
    let dir = tempfile::tempdir().unwrap();
    for name in ["m.csv", "m.parquet"] {
        let path = dir.path().join(name);
        let digest = write_matches(&path, &found).unwrap();
        assert_eq!(read_matches(&path).unwrap(), found, "{name}");
        assert_eq!(write_matches(&path, &found).unwrap(), digest, "{name}");
        std::fs::write(&path, "id,x\n1,2\n").unwrap();
        let error = read_matches(&path).unwrap_err().to_string();
        assert!(error.contains("catalogue match"), "{error}");
    }
    let none = dir.path().join("none.csv");
    write_matches(&none, &[]).unwrap();
    assert_eq!(read_matches(&none).unwrap(), []);
}

fn row(id: &str, position: Option<SkyCoord>) -> survey::ManifestRow {
    let image = NewRow {
        id: id.to_owned(),
        source: "x.fits".to_owned(),
        digest: Digest::of(id.as_bytes()),
        bands: "grz".to_owned(),
        pixel_scale_arcsec: None,
        width: 1,
        height: 1,
        position,
        label: Label::NonLens,
        provenance: String::new(),
        conditions: Conditions::default(),
    };
    survey::ManifestRow { cell: position.map(survey::cell_of), image, shard: 0, row: 0 }
}

#[test]
fn rows_on_known_lenses_are_marked_for_those_who_build_training_sets() {
    let near = at(10.0, 20.0);
    let known =
        KnownLenses::from_matches(&matches(&[near, at(50.0, 0.0)], &[at(10.005, 20.0), at(50.0, 0.0)], 50.0));
    // By position where there is one, whatever its id; else by the id that was matched.
    let rows = [row("other", Some(near)), row("s0", Some(at(80.0, 0.0))), row("s1", None), row("x", None)];
    assert_eq!(known.mark(&rows, 50.0), [true, false, true, false]);
    assert_eq!(known.mark(&rows, 1.0), [false, false, true, false]);
    assert_eq!(known.len(), 2);
}

/// The seven catalogues of clusterdb against lenscat, as a list made by others has it: every lens
/// within 50″ of a cluster with its nearest one.
#[test]
fn the_known_list_of_lenses_in_cluster_fields_is_reproduced() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/catalogs"));
    let list = folder.join("known_lenses_in_cluster_fields_50arcsec.csv");
    if !list.is_file() {
        println!("skipped: {} is not here", list.display());
        return;
    }
    let (lenses, _) = read_all(&folder.join("lenscat.csv.gz"), &ready("lenscat").unwrap(), &Silent).unwrap();
    let mut all: Vec<(String, LensMatch)> = Vec::new();
    for (file, schema) in [
        ("aactpol", "act-dr5"),
        ("erass1-m_extended", "erass1-extended"),
        ("sdss_redmapper", "redmapper-sdss"),
        ("DESy3_redmapper", "redmapper-des-y3"),
        ("psz2", "psz2"),
        ("sptecs", "spt-ecs"),
        ("sptsz", "spt-sz"),
    ] {
        let path = folder.join(format!("clusterdb/data/{file}.csv.gz"));
        let (clusters, _) = read_all(&path, &ready(schema).unwrap(), &Silent).unwrap();
        let subjects: Vec<Subject> = clusters.iter().map(Subject::from).collect();
        let found = cross_match(&subjects, &lenses, "lenscat", 50.0, &Silent).unwrap();
        all.extend(found.into_iter().map(|found| (file.to_owned(), found)));
    }
    assert_eq!(all.len(), 5489, "pairs of any lens with any cluster");
    // Nearest cluster of each lens; a lens is a row of lenscat, so equal rows count apart.
    let key = |ra: f64, dec: f64| format!("{ra:.7} {dec:.7}");
    let mut nearest: BTreeMap<String, (f64, String, String)> = BTreeMap::new();
    for (catalogue, found) in &all {
        let name = found.subject_name.clone().unwrap_or_default();
        let entry = (found.separation_arcsec, catalogue.clone(), name);
        let best = nearest.entry(key(found.lens_ra_deg, found.lens_dec_deg)).or_insert_with(|| entry.clone());
        if entry.0 < best.0 {
            *best = entry;
        }
    }
    let mut listed = 0;
    let mut places = std::collections::BTreeSet::new();
    for line in csv::Reader::from_path(&list).unwrap().deserialize::<BTreeMap<String, String>>() {
        let line = line.unwrap();
        let number = |name: &str| line[name].parse::<f64>().unwrap();
        let place = key(number("ra_deg"), number("dec_deg"));
        let (separation, catalogue, name) = &nearest[&place];
        assert_eq!((catalogue, name), (&line["cluster_catalog"], &line["cluster_name"]), "{line:?}");
        assert!((separation - number("sep_arcsec")).abs() <= 0.051, "{separation}: {line:?}");
        listed += 1;
        places.insert(place);
    }
    // 3,878 rows of lenscat; one of them stands there twice, word for word.
    assert_eq!((listed, places.len(), nearest.len()), (3878, 3877, 3877));
}
