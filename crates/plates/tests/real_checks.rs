//! Checking coordinates on real pictures of the sky against Tycho-2, where both are at hand.

use std::path::Path;

use domain::{Silent, SkyCoord};
use imaging::{TanSip, TanWcs};
use plates::{Picture, ReadCatalogue, References, read_catalogue};
use platesolve::{
    Index, SolveSettings,
    build::{BuildSettings, build},
    catalogue::{Catalogue, Star},
    extract::{ExtractSettings, extract},
    local::{Surroundings, solve_around},
    solve,
    verify_wcs::{CheckSettings, Verdict, WrongBecause},
};

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");

/// Coordinates of a picture that was placed pass; moved, turned, mirrored ones and those of another part of the
/// sky are told for what they are.
#[test]
fn real_pictures_pass_where_they_are_and_nowhere_else() {
    let (stars, sky) = (Path::new(SHARED).join("stars/tycho2_all.bin"), Path::new(SHARED).join("sky"));
    if !(stars.is_file() && sky.is_dir()) {
        eprintln!("SKIPPED: {} or {} is not there", stars.display(), sky.display());
        return;
    }
    let read = read_catalogue(&stars, &ReadCatalogue::default(), &Silent).unwrap();
    let references = References::of_catalogue(&read.catalogue);
    let indexes: Vec<Index<'_>> = (12..=16)
        .map(|preset| {
            let settings = BuildSettings::preset(preset).unwrap();
            let settings = BuildSettings { magnitudes: [-2.0, 8.5], sweeps: 6, ..settings };
            build(&read.catalogue, &settings, &Silent).unwrap()
        })
        .collect();
    let settings = CheckSettings::default();
    let mut looked_at = 0;
    for name in [
        "cedar_2019-07-29T204726_Alt40_Azi-135_Try1.jpg",
        "cedar_2019-07-29T204726_Alt60_Azi45_Try1.jpg",
        "cedar_hale_bopp.jpg",
        "cedar_jan1_g90_e50ms.jpg",
        "cedar_orion2.jpg",
        "cedar_pleiades.jpg",
        "cedar_tree.jpg",
        "an_apod3.jpg",
    ] {
        let bytes = std::fs::read(sky.join(name)).unwrap();
        let mut picture = Picture::read(&bytes, name).unwrap();
        let field = extract(&picture.grey, &ExtractSettings::default()).field;
        let Ok(solution) = solve(&field, &indexes, &SolveSettings::default(), &Silent) else {
            eprintln!("{name}: not placed by these indexes");
            continue;
        };
        looked_at += 1;
        let truth = solution.wcs;
        let mut check = |claimed: TanSip| {
            picture.claimed = Some(claimed);
            references.check(&picture, &field, &settings).unwrap()
        };
        let right = check(truth.clone());
        println!("{name} ({:.1}″/px): {right}", solution.scale_arcsec);
        assert!(matches!(right, Verdict::Pass(_)), "{name}: {right}");

        let side = f64::from(field.width.min(field.height));
        let tan = truth.tan;
        let with = |tan: TanWcs| TanSip { tan, ..truth.clone() };
        let moved = TanWcs { crpix: [tan.crpix[0] + 0.1 * side, tan.crpix[1] - 0.05 * side], ..tan };
        let shifted = check(with(moved));
        assert!(matches!(shifted, Verdict::Shifted(_) | Verdict::Rotated(_)), "{name}: {shifted}");
        let place = shifted.place().unwrap();
        assert!(place.rotation_deg.abs() < 1.0, "{name}: {place:?}");

        let (sin, cos) = 5_f64.to_radians().sin_cos();
        let turned = tan.cd.map(|[x, y]| [x * cos + y * sin, y * cos - x * sin]);
        let middle =
            [f64::midpoint(1.0, f64::from(field.width)), f64::midpoint(1.0, f64::from(field.height))];
        let centre = truth.pixel_to_sky(middle[0], middle[1]);
        let about = TanWcs { crval: [centre.ra_deg, centre.dec_deg], crpix: middle, cd: turned };
        let rotated = check(about.into());
        println!("    turned by 5°: {rotated}");
        let Verdict::Rotated(place) = &rotated else { panic!("{name}: {rotated}") };
        assert!((place.rotation_deg - 5.0).abs() < 0.05, "{name}: {rotated}");

        let mirrored = check(TanWcs { cd: tan.cd.map(|[x, y]| [-x, y]), ..about }.into());
        let known = matches!(mirrored, Verdict::Wrong { because: WrongBecause::Mirrored, .. });
        println!("    mirrored: {mirrored}");
        assert!(known, "{name}: {mirrored}");

        for (ra, dec) in [(180.0, 0.0), (90.0, 40.0), (200.0, -50.0)] {
            let away = SkyCoord::new(centre.ra_deg + ra, dec).unwrap();
            let elsewhere = check(TanWcs { crval: [away.ra_deg, away.dec_deg], ..about }.into());
            println!("    elsewhere: {elsewhere}");
            assert!(elsewhere.place().is_none(), "{name}: {elsewhere}");
        }
    }
    assert!(looked_at >= 6, "{looked_at}");
}

/// Cutouts of 82″ as deep as a survey: the sources of one band as the catalogue for the others.
#[test]
fn a_deep_catalogue_checks_and_places_cutouts_of_82_arcsec() {
    let folder = Path::new(SHARED).join("images/fits_multiband");
    if !folder.is_dir() {
        eprintln!("SKIPPED: {} is not there", folder.display());
        return;
    }
    let look = |band: &str| {
        let name = format!("CFHTLS-test_{band}.fits");
        let picture = Picture::read(&std::fs::read(folder.join(&name)).unwrap(), &name).unwrap();
        let field = extract(&picture.grey, &ExtractSettings::default()).field;
        (picture, field)
    };
    let (picture, field) = look("g");
    let wcs = picture.claimed.unwrap();
    let star = |source: &platesolve::Source| {
        let sky = wcs.pixel_to_sky(source.x + 1.0, source.y + 1.0);
        Star::new(sky.ra_deg, sky.dec_deg, -2.5 * source.flux.log10(), None).unwrap()
    };
    let catalogue = Catalogue::new("g", None, field.sources.iter().map(star).collect());
    let references = References::of_catalogue(&catalogue);
    let settings = CheckSettings::default();
    for band in ["r", "i"] {
        let (mut picture, field) = look(band);
        let right = references.check(&picture, &field, &settings).unwrap();
        println!(
            "{band}: {} of {} sources: {right}",
            right.place().map_or(0, |p| p.matches),
            field.sources.len()
        );
        let Verdict::Pass(_) = &right else { panic!("{band}: {right}") };
        let claimed = picture.claimed.clone().unwrap();
        // Without its coordinates, from an arcmin beside, by an index made of the catalogue.
        let middle =
            [f64::midpoint(1.0, f64::from(field.width)), f64::midpoint(1.0, f64::from(field.height))];
        let centre = claimed.pixel_to_sky(middle[0], middle[1]);
        let beside = SkyCoord { dec_deg: centre.dec_deg + 1.0 / 60.0, ..centre };
        let around = Surroundings { centre: beside, radius_arcmin: 1.5, scale_arcsec: (0.16, 0.21) };
        let placed = solve_around(&field, &catalogue, &around, &SolveSettings::default(), &Silent).unwrap();
        let miss = placed.centre.separation_arcsec(centre) / 0.186;
        println!("{band}: placed {miss:.2} px from where it says, by {} stars", placed.matches.len());
        assert!(miss < 1.0, "{band}: {miss} px");
        // Ten pixels of 0.186 arcsec.
        let tan = TanWcs { crpix: [claimed.tan.crpix[0] + 10.0, claimed.tan.crpix[1]], ..claimed.tan };
        picture.claimed = Some(tan.into());
        let shifted = references.check(&picture, &field, &settings).unwrap();
        let Verdict::Shifted(place) = &shifted else { panic!("{band}: {shifted}") };
        let moved = place.east_arcsec.hypot(place.north_arcsec) / tan.pixel_scale_arcsec();
        assert!((moved - 10.0).abs() < 0.6, "{band}: {moved}");
    }
}
