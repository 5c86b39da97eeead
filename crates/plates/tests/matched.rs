//! Clusters and candidates in the outline of an image: everywhere on the sky, and in the real catalogues where
//! they are at hand.

use std::path::{Path, PathBuf};

use domain::{Seed, Silent, SkyCoord};
use imaging::{Polynomial, TanSip, TanWcs};
use plates::matched::{Footprint, ListKind, SkyList, match_in};
use rand::RngExt as _;
use survey::catalogue::{Entry, ImportRequest, import, ready};

fn at(ra_deg: f64, dec_deg: f64) -> SkyCoord {
    SkyCoord { ra_deg, dec_deg }
}

/// 600 × 400 pixels of 6″ (60′ × 40′), turned by 30°.
fn image(centre: SkyCoord) -> TanWcs {
    let (sin, cos) = 30_f64.to_radians().sin_cos();
    let step = 6.0 / 3600.0;
    TanWcs {
        crval: [centre.ra_deg, centre.dec_deg],
        crpix: [300.5, 200.5],
        cd: [[-step * cos, step * sin], [step * sin, step * cos]],
    }
}

fn list(positions: &[SkyCoord]) -> SkyList {
    let entries = (1..).zip(positions).map(|(n, &position)| Entry::new(n, n.unsigned_abs(), position));
    SkyList::new("list", ListKind::Cluster, entries.collect())
}

const PLACES: [(f64, f64); 6] =
    [(150.0, 2.0), (0.1, -30.0), (359.9, 60.0), (77.0, 90.0), (12.0, -89.8), (200.0, 89.6)];

#[test]
fn inside_is_what_the_projection_puts_on_the_image() {
    for (ra, dec) in PLACES {
        let centre = at(ra, dec);
        let wcs = image(centre);
        let shape = Footprint::of_image(&wcs.into(), 600, 400).unwrap();
        let polygon = Footprint::polygon(&shape.corners()).unwrap();
        let mut backwards = shape.corners();
        backwards.reverse();
        let backwards = Footprint::polygon(&backwards).unwrap();
        assert!((shape.radius_arcmin() - 36.06).abs() < 0.02, "{}", shape.radius_arcmin());
        let mut rng = Seed::root(3).rng();
        let mut inside = 0;
        for _ in 0..4000 {
            let (x, y) = (rng.random::<f64>() * 1200.0 - 300.0, rng.random::<f64>() * 800.0 - 200.0);
            let sky = wcs.pixel_to_sky(x, y);
            let expected = x > 0.5 && x < 600.5 && y > 0.5 && y < 400.5;
            inside += usize::from(expected);
            assert_eq!(shape.contains(sky), expected, "{ra} {dec}: {x} {y}");
            assert_eq!((polygon.contains(sky), backwards.contains(sky)), (expected, expected));
            let pixel = shape.pixel(sky).unwrap();
            assert!((pixel[0] - x + 1.0).abs() < 1e-5 && (pixel[1] - y + 1.0).abs() < 1e-5);
            // Outside a side, the angle to it is the number of pixels.
            if y > 1.0 && y < 400.0 && x > 600.5 {
                let off = (x - 600.5) * 0.1;
                assert!((shape.distance_arcmin(sky) - off).abs() < 0.01, "{x} {y}: {off}");
            }
        }
        assert!((700..1300).contains(&inside));
        // Nor what lies on the other side of the sky.
        assert!(!shape.contains(at((ra + 180.0).rem_euclid(360.0), -dec)));
    }
}

#[test]
fn sides_bent_by_distortion_are_followed() {
    let mut wcs = TanSip::from(image(at(40.0, 10.0)));
    wcs.b = Polynomial::from_terms(2, 2, &[2e-4, 0.0, 0.0]);
    let wcs = wcs.with_inverse(600, 400);
    let shape = Footprint::of_image(&wcs, 600, 400).unwrap();
    for (x, y, inside) in [(300.0, 1.0, true), (300.0, 0.0, false), (30.0, 399.5, true), (30.0, 402.0, false)]
    {
        assert_eq!(shape.contains(wcs.pixel_to_sky(x, y)), inside, "{x} {y}");
    }
}

#[test]
fn polygons_that_are_none_are_refused() {
    assert_eq!(Footprint::polygon(&[at(1.0, 1.0), at(2.0, 1.0)]), None);
    assert_eq!(Footprint::polygon(&[at(1.0, 1.0), at(2.0, 1.0), at(f64::NAN, 3.0)]), None);
    assert_eq!(Footprint::polygon(&[at(0.0, 0.0), at(120.0, 0.0), at(240.0, 0.0)]), None);
    let broken = TanWcs { cd: [[f64::NAN; 2]; 2], ..image(at(0.0, 0.0)) };
    assert!(Footprint::of_image(&broken.into(), 10, 10).is_none());
}

#[test]
fn everything_inside_and_near_is_found_nearest_first() {
    let mut rng = Seed::root(4).rng();
    let mut sky: Vec<SkyCoord> = (0..60_000)
        .map(|_| at(360.0 * rng.random::<f64>(), (2.0 * rng.random::<f64>() - 1.0_f64).asin().to_degrees()))
        .collect();
    // Enough of them around the places that are looked at.
    for (ra, dec) in PLACES {
        let wcs = image(at(ra, dec));
        sky.extend(
            (0..60).map(|_| wcs.pixel_to_sky(900.0 * rng.random::<f64>(), 600.0 * rng.random::<f64>())),
        );
    }
    let lists = [list(&sky)];
    for (ra, dec) in PLACES {
        let shape = Footprint::of_image(&image(at(ra, dec)).into(), 600, 400).unwrap();
        let found = match_in(&shape, &lists, 5.0);
        let expected = sky.iter().filter(|&&s| shape.contains(s) || shape.distance_arcmin(s) <= 5.0).count();
        assert!(expected > 20);
        assert_eq!(found.len(), expected, "{ra} {dec}");
        let order = |m: &plates::matched::Matched| (!m.inside, m.separation_arcmin);
        assert!(found.windows(2).all(|pair| order(&pair[0]) <= order(&pair[1])));
        assert!(found.iter().all(|m| m.pixel.is_some() && m.name.starts_with("row ")));
        let bare = match_in(&shape, &lists, f64::NAN);
        assert!(bare.iter().all(|m| m.inside));
        assert_eq!(bare.len(), found.iter().filter(|m| m.inside).count());
    }
}

#[test]
fn lists_come_as_imported_catalogues_as_cross_matches_and_as_plain_tables() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let clusters =
        write("c.csv", "id,name,ra,dec,z,m500_msun\n7,A 7,150.1,2.0,0.4,3e14\n8,A 8,151.2,2.0,0.5,\n");
    let out = folder.path().join("clusters");
    let schema = ready("generic-clusters").unwrap();
    import(&ImportRequest { file: clusters.clone(), schema, out: out.clone() }, &Silent).unwrap();
    let candidates =
        write("lenses.csv", "RA,Dec,Name,grading\n150.0,2.1,L1,A\n150.05,1.9,L2,B\n200,0,L3,C\n");
    let matches = write(
        "matches.csv",
        &format!(
            "{}\nx,,150,2,L9,150.02,2.02,1,0.7,,A,,old\ny,,150,2,L9,150.02,2.02,1,0.7,,A,,old\n",
            survey::MATCH_COLUMNS.join(",")
        ),
    );
    let read = |path: &Path, kind| SkyList::read(path, kind, &Silent).unwrap();
    let lists = [
        read(&out, ListKind::Cluster),
        read(&out.join("clusters.parquet"), ListKind::Cluster),
        read(&clusters, ListKind::Cluster),
        read(&candidates, ListKind::Candidate),
        read(&matches, ListKind::Candidate),
    ];
    let sizes: Vec<usize> = lists.iter().map(SkyList::len).collect();
    assert_eq!(sizes, [2, 2, 2, 3, 1]);
    let shape = Footprint::of_image(&image(at(150.0, 2.0)).into(), 600, 400).unwrap();
    let found = match_in(&shape, &lists, 0.0);
    let names: Vec<&str> = found.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(names, ["L9", "A 7", "A 7", "A 7", "L1", "L2"]);
    assert_eq!((found[0].kind, found[0].grade.as_deref()), (ListKind::Candidate, Some("A")));
    assert_eq!((found[1].id, found[1].z, found[1].m500_msun), (7, Some(0.4), Some(3e14)));

    let wrong = SkyList::read(&write("no.csv", "a,b\n1,2\n"), ListKind::Candidate, &Silent).unwrap_err();
    assert!(wrong.to_string().contains("ra"), "{wrong}");
    assert!(SkyList::read(&folder.path().join("absent.csv"), ListKind::Candidate, &Silent).is_err());
}

/// Abell 2163 is in SDSS redMaPPer's and lenscat's neighbourhoods; an image of a degree around a cluster of the
/// catalogue must find it, and a brute-force look must find the same rows.
#[test]
fn real_catalogues_answer_as_a_look_at_every_row_does() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/catalogs"));
    if !folder.is_dir() {
        eprintln!("SKIPPED: {} is not there; the real catalogues were not looked at", folder.display());
        return;
    }
    let clusters = ready("redmapper-sdss").unwrap();
    let clusters = SkyList::read_by(
        &folder.join("clusterdb/data/sdss_redmapper.csv.gz"),
        ListKind::Cluster,
        &clusters,
        &Silent,
    );
    let lenses = SkyList::read(&folder.join("lenscat.csv.gz"), ListKind::Candidate, &Silent);
    let (clusters, lenses) = (clusters.unwrap(), lenses.unwrap());
    assert_eq!((clusters.len(), lenses.len()), (26_350, 32_838));
    let centre = at(239.583_33, 27.233_41);
    let shape = Footprint::of_image(&image(centre).into(), 600, 400).unwrap();
    let lists = [clusters, lenses];
    let found = match_in(&shape, &lists, 10.0);
    assert_eq!(found[0].name, "RMJ155820.0+271400.3");
    assert!(found[0].separation_arcmin < 0.01);
    let mut every = 0;
    for list in &lists {
        list.each_within(at(0.0, 0.0), 180.0 * 60.0, |entry| {
            let near = shape.contains(entry.position) || shape.distance_arcmin(entry.position) <= 10.0;
            every += usize::from(near);
        });
    }
    assert_eq!(found.len(), every);
    assert!(every > 3, "{every}");
}
