//! Arcs over real cutouts: the background's pixels stay, the arc and its noise
//! are added, and everything can be made again from record and background.

#![expect(clippy::unwrap_used, reason = "a test whose set-up fails should fail")]

use std::{fs, path::Path};

use domain::{Seed, Silent, SkyCoord};
use imaging::{
    Band,
    fits::{self, Compression},
};
use simulate::{
    ArcImage, BackgroundCutout, BackgroundError, Backgrounds, Config, Control, Kind, LookAlike, Record,
    RenderError, draw, render, render_over,
};
use survey::{IngestInput, IngestRequest, ingest};

const SKY: SkyCoord = SkyCoord { ra_deg: 150.0, dec_deg: 20.0 };

/// Two simulated clusters without an arc as FITS files, taken in as a survey would be.
fn dataset(dir: &Path) -> Backgrounds {
    let (files, out) = (dir.join("files"), dir.join("dataset"));
    fs::create_dir_all(&files).unwrap();
    let mut table =
        "path,id,z_cluster,cluster_id,psf_fwhm_g_arcsec,psf_fwhm_r_arcsec,psf_fwhm_z_arcsec\n".to_owned();
    for i in 0..2 {
        let mut config = Config::default();
        config.image.size_px = 261;
        let record = draw(&config, Seed::root(i), "b", Kind::Plain, SKY, None).unwrap().record;
        let bytes = fits::write(&render(&record).unwrap(), Compression::None).unwrap();
        fs::write(files.join(format!("{i}.fits")), bytes).unwrap();
        table.push_str(&format!("{i}.fits,cut-{i},0.45,{},1.5,1.3,1.2\n", 100 + i));
    }
    fs::write(files.join("list.csv"), table).unwrap();
    let request = IngestRequest::new(IngestInput::Catalogue(files.join("list.csv")), "real");
    let report = ingest(&request, &out, &Silent).unwrap();
    assert_eq!(report.accepted, 2, "{:?}", report.rejected);
    Backgrounds::open(&out).unwrap()
}

fn drawn(backgrounds: &Backgrounds, kind: Kind, seed: u64) -> Record {
    let cutout = backgrounds.pick(Seed::root(seed)).unwrap();
    let mut config = Config::default();
    config.lens.theta_e_arcsec = [4.0, 15.0];
    draw(&config, Seed::root(seed), "m", kind, SKY, Some(&cutout)).unwrap().record
}

fn bits(data: &[f32]) -> Vec<u32> {
    data.iter().map(|v| v.to_bits()).collect()
}

#[test]
fn an_arc_changes_only_the_pixels_it_lights_and_comes_back_byte_for_byte() {
    let dir = tempfile::tempdir().unwrap();
    let backgrounds = dataset(dir.path());
    let record = drawn(&backgrounds, Kind::Lens, 3);
    let under = record.background.clone().unwrap();
    assert!(under.id.starts_with("cut-") && record.cluster_id.is_some() && record.z_cluster == 0.45);
    assert_eq!(record.psf.fwhm_arcsec, [1.5, 1.3, 1.2]);
    assert_eq!(record.cutout.size_px, 261);

    let background = backgrounds.load(&under).unwrap();
    let image = render_over(&record, &background).unwrap();
    let arc = ArcImage::trace(&record, record.source.as_ref().unwrap()).unwrap().planes(record.cutout);
    let mut lit = 0;
    for ((new, old), light) in image.data.iter().zip(&background.data).zip(&arc) {
        if *light == 0.0 {
            assert_eq!(new.to_bits(), old.to_bits());
        } else {
            lit += 1;
        }
    }
    assert!(lit > 100 && lit < image.data.len() / 2, "{lit} pixels lit");
    // The added light has the flux of the arc.
    let added: f64 = image.data.iter().zip(&background.data).map(|(a, b)| f64::from(a - b)).sum();
    let flux: f64 = arc.iter().map(|&v| f64::from(v)).sum();
    assert!((added / flux - 1.0).abs() < 0.1, "{added} {flux}");

    let text = serde_json::to_string(&record).unwrap();
    let read: Record = serde_json::from_str(&text).unwrap();
    let again = render_over(&read, &backgrounds.load(read.background.as_ref().unwrap()).unwrap()).unwrap();
    assert!(bits(&again.data) == bits(&image.data));
    assert_eq!(again.wcs, background.wcs);
}

#[test]
fn an_empty_control_is_its_background_and_an_unlensed_one_has_a_lens_s_flux_without_a_lens() {
    let dir = tempfile::tempdir().unwrap();
    let backgrounds = dataset(dir.path());
    let empty = drawn(&backgrounds, Kind::Control(Control::Empty), 5);
    let background = backgrounds.load(empty.background.as_ref().unwrap()).unwrap();
    assert!(bits(&render_over(&empty, &background).unwrap().data) == bits(&background.data));

    let lens = drawn(&backgrounds, Kind::Lens, 5);
    let control = drawn(&backgrounds, Kind::Control(Control::Unlensed), 5);
    let [lensed, unlensed] = [&lens, &control].map(|r| r.results.as_ref().unwrap().lensed_mag[0]);
    assert!((lensed - unlensed).abs() < 0.1, "{lensed} {unlensed}");
    let results = control.results.as_ref().unwrap();
    assert!(results.mu_total == 1.0 && results.images.len() == 1, "{results:?}");
    assert_eq!(control.kind.label(), domain::Label::NonLens);
    // Where the lens's brightest image was.
    let image = &lens.results.as_ref().unwrap().images[0];
    let main = &control.source.as_ref().unwrap().components[0];
    assert!((main.x - image.x).hypot(main.y - image.y) < 0.01);
    assert_eq!(control.noise, lens.noise);
}

#[test]
fn images_of_a_lens_add_up_to_its_magnification() {
    let dir = tempfile::tempdir().unwrap();
    let backgrounds = dataset(dir.path());
    for seed in 7..10 {
        let results = drawn(&backgrounds, Kind::Lens, seed).results.unwrap();
        let sum: f64 = results.images.iter().map(|image| image.mu).sum();
        assert!((sum / results.mu_total - 1.0).abs() < 0.01, "{results:?}");
        assert!(results.images.windows(2).all(|w| w[0].mu >= w[1].mu - 1.0), "{results:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused_with_a_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let backgrounds = dataset(dir.path());
    let record = drawn(&backgrounds, Kind::Lens, 3);
    assert!(matches!(render(&record), Err(RenderError::Background { .. })));
    let mut changed = record.background.clone().unwrap();
    changed.sha256 = "0".repeat(64);
    assert!(matches!(backgrounds.load(&changed), Err(BackgroundError::Changed { .. })));
    changed.id = "none".to_owned();
    assert!(matches!(backgrounds.load(&changed), Err(BackgroundError::Unknown { .. })));
    let cutout = backgrounds.pick(Seed::root(1)).unwrap();
    let kind = Kind::LookAlike(LookAlike::Ring);
    let error = draw(&Config::default(), Seed::root(1), "m", kind, SKY, Some(&cutout)).unwrap_err();
    assert!(error.to_string().contains("ring"), "{error}");
}

/// Real cutouts beside the project, where they are.
#[test]
fn real_cutouts_carry_arcs_too() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/images");
    let dir = tempfile::tempdir().unwrap();
    let legacy = root.join("ls_dr10_float_grz");
    if legacy.is_dir() {
        let mut request = IngestRequest::new(IngestInput::Folder(legacy), "legacy");
        request.options.pixel_scale_arcsec = Some(0.262);
        check(&request, &dir.path().join("legacy"));
    } else {
        println!("skipped: no {}", legacy.display());
    }
    let des = root.join("des_float_griz");
    if des.is_dir() {
        // Four files of 46 stamps each, zero point 30.
        let mut table = "path,id,bands,pixel_scale_arcsec,zero_point\n".to_owned();
        for plane in 0..6 {
            let files: Vec<String> = ["g", "r", "i", "z"]
                .iter()
                .map(|b| des.join(format!("{b}.fits")).display().to_string())
                .collect();
            table.push_str(&format!("{}#plane={plane},des-{plane},griz,0.263,30.0\n", files.join(";")));
        }
        let list = dir.path().join("des.csv");
        fs::write(&list, table).unwrap();
        check(&IngestRequest::new(IngestInput::Catalogue(list), "des"), &dir.path().join("des"));
    } else {
        println!("skipped: no {}", des.display());
    }
}

fn check(request: &IngestRequest, out: &Path) {
    let report = ingest(request, out, &Silent).unwrap();
    let backgrounds = Backgrounds::open(out).unwrap();
    assert!(backgrounds.len() >= 5, "{:?}", report.rejected);
    let mut config = Config::default();
    // Small stamps need small lenses.
    config.lens.theta_e_arcsec = [3.0, 8.0];
    let mut made = 0;
    for index in 0..backgrounds.len().min(6) {
        let cutout = backgrounds.get(index).unwrap().unwrap();
        println!(
            "{}: {} px, sky {:?}, texture {:?}, bcg {:?}, {} members",
            cutout.id,
            cutout.cube.width,
            cutout.sky_sigma_nmgy,
            cutout.texture,
            cutout.bcg.map(|b| b.light.mag),
            cutout.members.len()
        );
        // Nanomaggies of a survey like these: neither counts nor something else.
        assert!(cutout.sky_sigma_nmgy.iter().all(|s| (1e-4..0.5).contains(s)), "{:?}", cutout.sky_sigma_nmgy);
        let Ok(drawn) = draw(&config, Seed::root(1).index(index as u64), "r", Kind::Lens, SKY, Some(&cutout))
        else {
            continue;
        };
        let image = render_over(&drawn.record, &cutout.cube).unwrap();
        assert_eq!(image.bands, [Band::G, Band::R, Band::Z]);
        assert!(bits(&image.data) != bits(&cutout.cube.data));
        made += 1;
    }
    assert!(made > 0, "no real cutout took an arc");
}

#[test]
fn a_cutout_that_cannot_hold_an_arc_is_passed_over_with_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    let cutout = dataset(dir.path()).pick(Seed::root(1)).unwrap();
    assert_eq!(cutout.unusable(4.5), None);
    let reasons = [
        BackgroundCutout { z_cluster: Some(99.0), ..cutout.clone() },
        BackgroundCutout { m200_msun: Some(14.3), ..cutout.clone() },
        BackgroundCutout { flags: Some(1 << 1), ..cutout.clone() },
        BackgroundCutout { sky_sigma_nmgy: [0.01, 1e-9, 0.01], ..cutout },
    ]
    .map(|cutout| cutout.unusable(4.5).unwrap());
    for (reason, word) in reasons.iter().zip(["redshift", "mass", "bright star", "blank"]) {
        assert!(reason.contains(word), "{reason}");
    }
}
