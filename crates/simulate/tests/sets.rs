//! Whole runs of the simulator: several sets from one settings file, their files,
//! their index, and the check that records still make them.

#![expect(clippy::unwrap_used, reason = "a test whose set-up fails should fail")]

mod runs;

use std::{fs, path::Path};

use arrow::{
    array::{Array as _, Float64Array, Int64Array, StringArray},
    datatypes::DataType,
};
use domain::{Digest, Label, Seed, Silent};
use imaging::fits;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use simulate::{
    Backgrounds, Config, Control, FitsOutput, Kind, Record, Records, Remake, SetsConfig, SetsRequest,
    SimulateError, gallery, on_threads, render, simulate_sets, verify,
};

use runs::{StopAfter, contents};

fn request(dir: &Path, sets: SetsConfig) -> SetsRequest {
    let mut config = Config { sets, lens: Config::training().lens, ..Config::default() };
    (config.image.size_px, config.image.pixel_scale_arcsec) = (127, 0.786);
    config.output.fits = FitsOutput::Float;
    SetsRequest { rows_per_shard: 80, ..SetsRequest::new(config, Seed::root(3), dir.to_owned()) }
}

fn sets(mocks: u64, controls: u64, training: u64, survey: u64) -> SetsConfig {
    SetsConfig { mocks, controls, training, survey, ..SetsConfig::default() }
}

#[test]
fn one_command_makes_every_set_whatever_the_number_of_threads() {
    let folders = [1, 3].map(|threads| {
        let dir = tempfile::tempdir().unwrap();
        let request = request(dir.path(), sets(20, 10, 10, 20));
        let (done, used) = on_threads(Some(threads), || simulate_sets(&request, &Silent)).unwrap();
        assert_eq!(used, threads);
        let made: Vec<_> = done.unwrap().iter().map(|set| (set.name, set.made)).collect();
        assert_eq!(made, [("mocks", 20), ("controls", 10), ("training", 10), ("survey", 20)]);
        contents(dir.path())
    });
    assert_eq!(folders[0], folders[1]);
    let names: Vec<&str> = folders[0].keys().map(String::as_str).collect();
    for file in [
        "mocks/mocks.parquet",
        "mocks/rejected.parquet",
        "mocks/completeness.csv",
        "mocks/images/00000/m-0000000.fits",
        "mocks/images/00000/m-0000000.png",
        "controls/images/00000/c-0000003.png",
        "survey/truth.csv",
        "training/index.parquet",
    ] {
        assert!(names.contains(&file), "{file} is missing from {names:?}");
    }
    assert!(!names.iter().any(|name| name.contains("making") || name.ends_with(".part")), "{names:?}");
}

#[test]
fn a_run_stopped_within_a_shard_keeps_its_units_and_ends_with_the_same_bytes() {
    let [whole, broken] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [wanted, stopped] = [&whole, &broken]
        .map(|dir| SetsRequest { rows_per_shard: 1024, ..request(dir.path(), sets(100, 0, 0, 0)) });
    simulate_sets(&wanted, &Silent).unwrap();
    let error = simulate_sets(&stopped, &StopAfter::units(64)).unwrap_err();
    assert!(matches!(error, SimulateError::Cancelled(_)), "{error}");
    // No shard is finished, one unit of 64 cutouts is.
    assert_eq!(fs::read_dir(broken.path().join("mocks/making")).unwrap().count(), 1);
    // A damaged unit is made again, not believed.
    let unit = broken.path().join("mocks/making/00000-000.unit");
    let mut bytes = fs::read(&unit).unwrap();
    let sound = bytes.clone();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&unit, &bytes).unwrap();
    let error = simulate_sets(&stopped, &StopAfter::units(64)).unwrap_err();
    assert!(matches!(error, SimulateError::Cancelled(_)), "{error}");
    assert_eq!(fs::read(&unit).unwrap(), sound);

    let done = simulate_sets(&stopped, &Silent).unwrap();
    assert_eq!(done[0].made, 100 - 64);
    assert_eq!(contents(whole.path()), contents(broken.path()));
    assert_eq!(simulate_sets(&stopped, &Silent).unwrap()[0].made, 0);
}

/// Stamps of groups, to be told from other galaxies.
fn stamps(dir: &Path, stretched: f64) -> SetsRequest {
    let text = format!(
        "[sets]\nmocks = 2\ntraining = 60\ntraining_look_alike_share = 0.5\ntraining_control_share = 0.3\n\
         [output]\nfits = \"none\"\ntraining = true\n\
         [image]\nsize_px = 80\npixel_scale_arcsec = 0.37\n\
         [cluster]\nlog_mass = 13.8\nlog_mass_range = [13.2, 14.8]\nbcg.brighter_mag = 0.8\n\
         [training_lens]\ntheta_e_arcsec = [2.0, 8.0]\n\
         [look_alike]\ncentral_share = 0.8\n\
         [stretch]\nshare = {stretched:.1}\nfield = [0.7, 1.0]\n"
    );
    SetsRequest::new(Config::from_toml(&text).unwrap(), Seed::root(4), dir.to_owned())
}

#[test]
fn stamps_have_controls_images_and_tiles_of_pictures_that_their_records_make_again() {
    let [flux, pictures] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let sets = [(&flux, 0.0), (&pictures, 1.0)].map(|(dir, stretched)| {
        let done = simulate_sets(&stamps(dir.path(), stretched), &Silent).unwrap();
        assert!(verify(&dir.path().join("training"), 100, &Silent).unwrap().differences.is_empty());
        assert!(dir.path().join("training/images/00000/t-0000000.png").exists());
        done
    });
    let records = Records::open(&pictures.path().join("training")).unwrap();
    let all: Vec<Record> = (0..60).map(|i| records.get(&format!("t-{i:07}")).unwrap()).collect();
    let share = |what: &dyn Fn(&Kind) -> bool| all.iter().filter(|r| what(&r.kind)).count();
    assert_eq!(share(&|kind| *kind == Kind::Lens), 30);
    assert_eq!(share(&|kind| matches!(kind, Kind::LookAlike(_))), 15);
    assert_eq!(share(&|kind| matches!(kind, Kind::Control(_))), 9);
    assert!(all.iter().all(|r| r.stretch.as_ref().is_some_and(|s| (56..=80).contains(&s.keep_px))));
    // Some look-alikes stand where the central galaxy would.
    assert!(all.iter().any(|r| r.bcg.light.mag == [99.0; 3] && matches!(r.kind, Kind::LookAlike(_))));

    // The same mocks, seen differently; the mocks' own tiles are never of pictures.
    let tiles = |set: usize| {
        sets.each_ref().map(|done| {
            let dataset = &done[set].dataset;
            let places: Vec<_> = dataset.rows().unwrap().iter().map(|row| (row.shard, row.row)).collect();
            dataset.tiles(&places).unwrap()
        })
    };
    let [of_flux, of_pictures] = tiles(1);
    assert!(of_flux.iter().zip(&of_pictures).all(|(a, b)| a != b));
    let [of_flux, of_pictures] = tiles(0);
    assert_eq!(of_flux, of_pictures);
}

#[test]
fn settings_that_nobody_changed_leave_no_trace_in_what_is_digested() {
    let text = Config::default().to_toml().unwrap();
    for newer in ["stretch", "central_share", "control_share", "brighter_mag", "training = "] {
        assert!(
            !text.lines().any(|line| line.contains(newer) && line != "training = 0"),
            "{newer} in {text}"
        );
    }
}

#[test]
fn more_of_one_set_changes_nothing_in_another() {
    let [one, two] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    simulate_sets(&request(one.path(), sets(3, 0, 0, 4)), &Silent).unwrap();
    simulate_sets(&request(two.path(), sets(5, 0, 0, 4)), &Silent).unwrap();
    assert_eq!(contents(&one.path().join("survey")), contents(&two.path().join("survey")));
    let error = simulate_sets(&request(two.path(), sets(6, 0, 0, 4)), &Silent).unwrap_err().to_string();
    assert!(error.contains("other settings"), "{error}");
}

#[test]
fn records_make_their_files_again_and_whatever_was_touched_is_named() {
    let dir = tempfile::tempdir().unwrap();
    simulate_sets(&request(dir.path(), sets(6, 0, 0, 0)), &Silent).unwrap();
    let set = dir.path().join("mocks");
    let clean = verify(&set, 100, &Silent).unwrap();
    assert_eq!((clean.cutouts, clean.files, clean.differences.len()), (6, 6 * 4, 0), "{clean:?}");
    assert_eq!(verify(&set, 2, &Silent).unwrap().cutouts, 2);

    let flip = |file: &str, at: usize| {
        let path = set.join(file);
        let mut bytes = fs::read(&path).unwrap();
        let at = if at == 0 { bytes.len() / 2 } else { at };
        bytes[at] ^= 1;
        fs::write(path, bytes).unwrap();
    };
    let differing = |wanted: &str| {
        let found = verify(&set, 100, &Silent).unwrap().differences;
        assert!(found.iter().any(|d| d.file.contains(wanted)), "{wanted} not in {found:?}");
        found
    };
    flip("images/00000/m-0000002.fits", 0);
    let found = differing("m-0000002.fits");
    assert_eq!((found.len(), found[0].id.as_str()), (1, "m-0000002"));
    flip("images/00000/m-0000002.fits", 0);
    fs::remove_file(set.join("images/00000/m-0000004.png")).unwrap();
    assert_eq!(differing("m-0000004.png").len(), 1);

    // One digit of one record: its digest, its images and its tile are all found out.
    let path = set.join("records/00000.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let at = text.find("\"sky_sigma_nmgy\":[0.0").unwrap() + "\"sky_sigma_nmgy\":[0.0".len();
    let digit = text.as_bytes()[at];
    let other = if digit == b'9' { "8" } else { "9" };
    fs::write(&path, format!("{}{other}{}", &text[..at], &text[at + 1..])).unwrap();
    let found = differing("00000.jsonl");
    assert!(
        found.iter().any(|d| d.file.ends_with(".fits")) && found.iter().any(|d| d.reason.contains("tile"))
    );
}

#[test]
fn a_record_knows_all_that_the_talk_s_records_knew_and_nothing_it_does_not_name() {
    let dir = tempfile::tempdir().unwrap();
    simulate_sets(&request(dir.path(), sets(1, 0, 0, 0)), &Silent).unwrap();
    let record = Records::open(&dir.path().join("mocks")).unwrap().get("m-0000000").unwrap();
    let json = serde_json::to_value(&record).unwrap();
    for field in [
        "/cutout/pixel_scale_arcsec",
        "/cutout/size_px",
        "/halo/q",
        "/halo/pa",
        "/z_cluster",
        "/psf/fwhm_arcsec/0",
        "/psf/fwhm_arcsec/1",
        "/psf/fwhm_arcsec/2",
        "/source/components/0/mag/0",
        "/results/lensed_mag/2",
        "/bcg/light/mag/1",
        "/source/components/0/x",
        "/source/components/0/y",
        "/source/components/0/r_e",
        "/source/components/0/pa",
        "/source/z",
        "/halo/m200_msun",
        "/halo/c200",
    ] {
        assert!(json.pointer(field).is_some_and(serde_json::Value::is_number), "{field} in {json}");
    }
    assert!(json.get("cluster_id").is_some());

    // A catalogue's id beyond 2^53 keeps every digit, and an image comes back through JSON.
    let labelled = Record { cluster_id: Some(9_007_199_254_740_993), ..record.clone() };
    let read: Record = serde_json::from_str(&serde_json::to_string(&labelled).unwrap()).unwrap();
    assert_eq!(read.cluster_id, Some(9_007_199_254_740_993));
    assert_eq!(render(&read).unwrap(), render(&record).unwrap());

    let mut more = json.clone();
    more["colour"] = "red".into();
    assert!(serde_json::from_value::<Record>(more).unwrap_err().to_string().contains("colour"));
    let mut nested = json;
    nested["halo"]["spin"] = 0.1.into();
    assert!(serde_json::from_value::<Record>(nested).unwrap_err().to_string().contains("spin"));
}

#[test]
fn the_index_has_typed_columns_that_lead_to_record_and_images() {
    let dir = tempfile::tempdir().unwrap();
    simulate_sets(&request(dir.path(), sets(5, 0, 0, 0)), &Silent).unwrap();
    let set = dir.path().join("mocks");
    let file = fs::File::open(set.join("mocks.parquet")).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let schema = builder.schema().clone();
    let kind = |name: &str| schema.field_with_name(name).unwrap().data_type().clone();
    assert_eq!(kind("cluster_id"), DataType::Int64);
    assert_eq!(kind("label"), DataType::Int64);
    for name in ["mock_id", "kind", "placement", "background_sha256", "file", "fits", "png"] {
        assert_eq!(kind(name), DataType::Utf8, "{name}");
    }
    for name in [
        "ra_deg",
        "dec_deg",
        "pixel_scale_arcsec",
        "seeing_g",
        "seeing_r",
        "seeing_z",
        "z_cluster",
        "m200_msun",
        "c200",
        "q_nfw",
        "pa_nfw_deg",
        "theta_e_arcsec",
        "bcg_mag_g",
        "z_source",
        "x_source",
        "y_source",
        "r_e_source",
        "n_source",
        "q_source",
        "pa_source_deg",
        "mag_source_g",
        "magnified_mag_z",
        "mu_total",
        "arc_sn_r",
        "arc_length_arcsec",
    ] {
        assert_eq!(kind(name), DataType::Float64, "{name}");
    }
    let batches: Vec<_> = builder.build().unwrap().map(Result::unwrap).collect();
    let batch = &batches[0];
    assert_eq!((batches.len(), batch.num_rows()), (1, 5));
    let text =
        |name: &str| batch.column_by_name(name).unwrap().as_any().downcast_ref::<StringArray>().unwrap();
    let whole =
        |name: &str| batch.column_by_name(name).unwrap().as_any().downcast_ref::<Int64Array>().unwrap();
    let real =
        |name: &str| batch.column_by_name(name).unwrap().as_any().downcast_ref::<Float64Array>().unwrap();
    assert!((0..5).all(|row| (0..5).contains(&whole("cluster_id").value(row))));
    for row in 0..5 {
        let bytes = fs::read(set.join(text("file").value(row))).unwrap();
        let (from, length) = (whole("offset").value(row) as usize, whole("length").value(row) as usize);
        let record: Record = serde_json::from_slice(&bytes[from..from + length]).unwrap();
        assert_eq!(record.mock_id, text("mock_id").value(row));
        assert_eq!(record.halo.m200_msun, real("m200_msun").value(row));
        assert!(real("magnified_mag_g").value(row) < real("mag_source_g").value(row));
        let cube = fits::read(&fs::read(set.join(text("fits").value(row))).unwrap()).unwrap();
        assert_eq!(cube, render(&record).unwrap(), "the FITS file is not the record's image");
        assert!(fs::read(set.join(text("png").value(row))).unwrap().starts_with(b"\x89PNG"));
    }
}

#[test]
fn the_header_says_where_how_sharp_and_which_record() {
    let dir = tempfile::tempdir().unwrap();
    simulate_sets(&request(dir.path(), sets(1, 0, 0, 0)), &Silent).unwrap();
    let set = dir.path().join("mocks");
    let bytes = fs::read(set.join("images/00000/m-0000000.fits")).unwrap();
    let header = String::from_utf8_lossy(&bytes[..2880 * 2]).into_owned();
    let json = fs::read(set.join("records/00000.jsonl")).unwrap();
    let digest = Digest::of(json.strip_suffix(b"\n").unwrap()).to_string();
    for word in ["BANDS", "'grz", "CRVAL1", "CD2_2", "PSFFWHMG", "PSFFWHMR", "PSFFWHMZ", "m-0000000", &digest]
    {
        assert!(header.contains(word), "{word} is not in the header");
    }
}

#[test]
fn rice_files_are_smaller_and_differ_by_no_more_than_their_step() {
    let dir = tempfile::tempdir().unwrap();
    let mut request = request(dir.path(), sets(1, 0, 0, 0));
    request.config.output.fits = FitsOutput::Rice;
    request.config.output.png = false;
    simulate_sets(&request, &Silent).unwrap();
    let set = dir.path().join("mocks");
    let bytes = fs::read(set.join("images/00000/m-0000000.fits.fz")).unwrap();
    assert!(bytes.len() < 127 * 127 * 3 * 4 / 2, "{} bytes", bytes.len());
    let cube = fits::read(&bytes).unwrap();
    let record = Records::open(&set).unwrap().get("m-0000000").unwrap();
    let exact = render(&record).unwrap();
    let off = cube.data.iter().zip(&exact.data).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(off <= 1e-4, "{off}");
    assert!(verify(&set, 10, &Silent).unwrap().differences.is_empty());
}

#[test]
fn controls_are_half_empty_half_unlensed_and_none_is_a_lens() {
    let dir = tempfile::tempdir().unwrap();
    let done = simulate_sets(&request(dir.path(), sets(0, 8, 0, 0)), &Silent).unwrap();
    let rows = done[0].dataset.rows().unwrap();
    assert!(rows.iter().all(|row| row.label == Label::NonLens));
    let records = Records::open(done[0].dataset.dir()).unwrap();
    let kinds: Vec<Kind> = rows.iter().map(|row| records.get(&row.id).unwrap().kind).collect();
    for control in Control::ALL {
        assert_eq!(kinds.iter().filter(|kind| **kind == Kind::Control(control)).count(), 4, "{kinds:?}");
    }
    for row in &rows {
        let record = records.get(&row.id).unwrap();
        assert_eq!(record.source.is_some(), record.kind == Kind::Control(Control::Unlensed));
    }
    assert!(verify(done[0].dataset.dir(), 8, &Silent).unwrap().differences.is_empty());
}

#[test]
fn what_was_tried_and_left_out_is_kept_with_its_reason() {
    let dir = tempfile::tempdir().unwrap();
    simulate_sets(&request(dir.path(), sets(12, 0, 0, 0)), &Silent).unwrap();
    let set = dir.path().join("mocks");
    let file = fs::File::open(set.join("rejected.parquet")).unwrap();
    let rows: usize = ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .build()
        .unwrap()
        .map(|batch| batch.unwrap().num_rows())
        .sum();
    assert!(rows > 0);
    let csv = fs::read_to_string(set.join("completeness.csv")).unwrap();
    let counts = |quantity: &str| {
        let of = |line: &str, column: usize| line.split(',').nth(column).unwrap().parse::<usize>().unwrap();
        let lines: Vec<&str> =
            csv.lines().filter(|line| line.starts_with(&format!("simulated,{quantity},"))).collect();
        (lines.iter().map(|l| of(l, 4)).sum::<usize>(), lines.iter().map(|l| of(l, 5)).sum::<usize>())
    };
    // Every arc has an Einstein radius in some bin.
    assert_eq!(counts("theta_e_arcsec"), (rows + 12, 12), "{csv}");
}

#[test]
fn the_gallery_is_one_file_with_a_picture_a_drawing_and_words_for_each_lens() {
    let dir = tempfile::tempdir().unwrap();
    simulate_sets(&request(dir.path(), sets(5, 2, 0, 0)), &Silent).unwrap();
    let path = gallery(&dir.path().join("mocks"), 3, &Silent).unwrap().unwrap();
    let html = fs::read_to_string(path).unwrap();
    assert_eq!(html.matches("<figure>").count(), 3);
    assert_eq!(html.matches("data:image/png;base64,").count(), 3);
    assert_eq!(html.matches("role=\"img\" aria-label=\"").count(), 6);
    assert!(html.matches("class=\"tangential\" d=\"M").count() > 3);
    assert!(!html.contains("<script") && !html.contains("http"));
    assert_eq!(gallery(&dir.path().join("controls"), 3, &Silent).unwrap(), None);
}

#[test]
fn arcs_over_real_cutouts_change_only_what_they_shine_on_and_are_made_again_with_the_cutout() {
    // Stand-ins for real cutouts: FITS files taken in as a survey's would be.
    let dir = tempfile::tempdir().unwrap();
    simulate_sets(&request(&dir.path().join("sky"), sets(0, 6, 0, 0)), &Silent).unwrap();
    let real = dir.path().join("real");
    let input = survey::IngestInput::Folder(dir.path().join("sky/controls/images/00000"));
    survey::ingest(&survey::IngestRequest::new(input, "real"), &real, &Silent).unwrap();

    let mut over = request(&dir.path().join("over"), sets(4, 4, 0, 2));
    over.config.background.dataset = Some(real.clone());
    let done = simulate_sets(&over, &Silent).unwrap();
    let backgrounds = Backgrounds::open(&real).unwrap();
    for set in &done[..2] {
        let remake = Remake::open(set.dataset.dir()).unwrap();
        assert!(remake.over_real());
        for row in set.dataset.rows().unwrap() {
            let record = remake.records().get(&row.id).unwrap();
            let under = backgrounds.load(record.background.as_ref().unwrap()).unwrap();
            let image = remake.image(&row.id).unwrap();
            let changed = image.data.iter().zip(&under.data).filter(|(a, b)| a != b).count();
            let empty = record.kind == Kind::Control(Control::Empty);
            assert_eq!(changed == 0, empty, "{}: {changed} pixels of {}", row.id, record.kind);
            assert!(changed < image.data.len() / 2, "{}: {changed} pixels changed", row.id);
            let position = row.position.unwrap();
            assert!((position.ra_deg - record.ra_deg).abs() < 1e-6, "the row lies elsewhere than the record");
            assert!(render(&record).unwrap_err().to_string().contains("real cutout"));
        }
        assert!(verify(set.dataset.dir(), 10, &Silent).unwrap().differences.is_empty());
    }
    let survey_records = Records::open(done[2].dataset.dir()).unwrap();
    let first = &done[2].dataset.rows().unwrap()[0];
    assert_eq!(survey_records.get(&first.id).unwrap().background, None);

    // A cutout that changed since is not taken for the one of the record.
    let file = dir.path().join("sky/controls/images/00000/c-0000000.fits");
    for number in 0..6 {
        let file = file.with_file_name(format!("c-{number:07}.fits"));
        let mut bytes = fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(file, bytes).unwrap();
    }
    let found = verify(done[0].dataset.dir(), 10, &Silent).unwrap().differences;
    assert!(found.len() == 4 && found.iter().all(|d| d.reason.contains("SHA-256")), "{found:?}");
}
