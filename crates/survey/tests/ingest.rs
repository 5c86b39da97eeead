//! Real-looking files into a dataset: good ones enter, bad ones are named,
//! nothing stops the rest.
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

mod builders;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use builders::{contents, cube, fits_file, small};
use domain::{Cancelled, Label, Progress, Silent};
use imaging::{Band, Crop, Rgb8, fits, preview};
use survey::{Dataset, IngestInput, IngestReport, IngestRequest, Source, SourceOptions, SurveyError, ingest};
use tempfile::{TempDir, tempdir};

fn folder_of(files: &[(&str, Vec<u8>)]) -> TempDir {
    let dir = tempdir().unwrap();
    for (name, bytes) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}

fn request(input: IngestInput) -> IngestRequest {
    IngestRequest { tile: small(), ..IngestRequest::new(input, "real") }
}

fn run(input: IngestInput) -> (IngestReport, TempDir) {
    let out = tempdir().unwrap();
    (ingest(&request(input), out.path(), &Silent).unwrap(), out)
}

fn folder(dir: &TempDir) -> IngestInput {
    IngestInput::Folder(dir.path().to_owned())
}

/// A catalogue beside some files.
fn catalogue(files: &[(&str, Vec<u8>)], table: &str) -> (TempDir, IngestInput) {
    let dir = folder_of(files);
    let path = dir.path().join("table.csv");
    fs::write(&path, table).unwrap();
    (dir, IngestInput::Catalogue(path))
}

fn picture(seed: usize, size: usize) -> Rgb8 {
    let byte = |i: usize| (128.0 + 60.0 * builders::noise(seed as u64, i)) as u8;
    Rgb8::new(size, size, (0..size * size * 3).map(byte).collect()).unwrap()
}

fn reason<'a>(report: &'a IngestReport, name: &str) -> &'a str {
    let found = report.rejected.iter().find(|no| no.path.contains(name));
    &found.unwrap_or_else(|| panic!("{name} is not refused: {:?}", report.rejected)).reason
}

fn ids(dataset: &Dataset) -> Vec<String> {
    dataset.rows().unwrap().into_iter().map(|row| row.image.id).collect()
}

#[test]
fn a_folder_of_many_kinds_is_taken_and_the_bad_ones_are_named() {
    let mut nan = cube(7, 20);
    nan.data[5] = f32::NAN;
    let mut flat = cube(8, 20);
    flat.data[400..800].fill(0.0);
    let whole = fits_file(1);
    let single = imaging::Cube::new(20, 20, vec![Band::R], cube(3, 20).data[..400].to_vec()).unwrap();
    let write = |cube| fits::write(cube, fits::Compression::None).unwrap();
    let rice = fits::write(&cube(2, 20), fits::Compression::Rice { step_nmgy: 1e-4 }).unwrap();
    let dir = folder_of(&[
        ("a.fits", whole.clone()),
        ("deep/er/b.fits.fz", rice),
        ("c.png", preview::png(&picture(1, 30)).unwrap()),
        ("d.webp", preview::webp(&picture(2, 30)).unwrap()),
        ("twin.fits", whole.clone()),
        ("cut.fits", whole[..4000].to_vec()),
        ("nan.fits", write(&nan)),
        ("flat.fits", write(&flat)),
        ("single.fits", write(&single)),
        ("text.fits", b"hello".to_vec()),
        ("text.png", b"hello".to_vec()),
        ("packed.fits.gz", vec![0x1f, 0x8b, 8, 0]),
        ("README.md", b"not an image".to_vec()),
    ]);
    let (report, out) = run(folder(&dir));
    // By sky cell; pictures have no place on the sky and come last.
    assert_eq!(ids(&report.dataset), ["deep/er/b", "a", "c", "d"]);
    assert_eq!((report.accepted, report.rejected.len()), (4, 8));
    assert!(reason(&report, "twin.fits").contains("same bytes as \"a\""));
    assert!(reason(&report, "cut.fits").contains("cut off"));
    assert!(reason(&report, "nan.fits").contains("band g holds 1 of 400 pixels"));
    assert!(reason(&report, "flat.fits").contains("band r has no sky noise"));
    assert!(reason(&report, "single.fits").contains("joined in a catalogue"));
    assert!(reason(&report, "text.fits").contains("not a FITS"));
    assert!(reason(&report, "text.png").contains("not a PNG, JPEG or WebP"));
    assert!(reason(&report, "packed").contains("unpack"), "{}", reason(&report, "packed"));
    let listed = fs::read_to_string(out.path().join("rejected.csv")).unwrap();
    assert!(listed.starts_with("path,reason\n") && listed.contains("cut.fits"));

    let rows = report.dataset.rows().unwrap();
    let a = &rows[1];
    assert_eq!((a.bands.as_str(), a.width, a.label), ("grz", 20, Label::Unknown));
    assert!((a.pixel_scale_arcsec.unwrap() - 0.262).abs() < 1e-9);
    assert!((a.position.unwrap().ra_deg - 7.0).abs() < 1e-9, "from the projection");
    assert_eq!(rows[2].position, None);
    report.dataset.verify(&Silent).unwrap();
}

#[test]
fn the_same_files_give_the_same_bytes_and_a_second_run_does_nothing() {
    let dir = folder_of(&[("a.fits", fits_file(1)), ("b.fits", fits_file(2)), ("bad.fits", vec![1, 2])]);
    let (first, out) = run(folder(&dir));
    let (_, other) = run(folder(&dir));
    assert_eq!(contents(out.path()), contents(other.path()));
    let again = ingest(&request(folder(&dir)), out.path(), &Silent).unwrap();
    assert_eq!(again, first);
    let another = IngestRequest { name: "another".to_owned(), ..request(folder(&dir)) };
    assert!(matches!(ingest(&another, out.path(), &Silent), Err(SurveyError::Exists { .. })));
}

/// Asks to stop at the n-th look.
struct StopAt(AtomicUsize);

impl Progress for StopAt {
    fn begin(&self, _what: &str, _total: u64) {}
    fn advance(&self, _done: u64) {}
    fn note(&self, _note: &str) {}
    fn end(&self) {}
    fn is_cancelled(&self) -> bool {
        self.0.fetch_sub(1, Ordering::Relaxed) == 1
    }
}

#[test]
fn a_stopped_ingest_goes_on_to_the_same_bytes() {
    let names: Vec<String> = (0..300).map(|n| format!("{n:03}.fits")).collect();
    let file = |n: u64| if n.is_multiple_of(50) { vec![0; 10] } else { fits_file(n) };
    let files: Vec<_> = names.iter().enumerate().map(|(n, name)| (name.as_str(), file(n as u64))).collect();
    let dir = folder_of(&files);
    let wish = IngestRequest { rows_per_shard: 40, ..request(folder(&dir)) };
    let (whole, stopped) = (tempdir().unwrap(), tempdir().unwrap());
    ingest(&wish, whole.path(), &Silent).unwrap();
    for at in [2, 3] {
        let error = ingest(&wish, stopped.path(), &StopAt(AtomicUsize::new(at))).unwrap_err();
        assert!(matches!(error, SurveyError::Cancelled(Cancelled)));
        assert!(!stopped.path().join("dataset.json").exists());
    }
    assert!(stopped.path().join("shards/00001.parquet").exists(), "finished shards are kept");
    let report = ingest(&wish, stopped.path(), &Silent).unwrap();
    assert_eq!((report.accepted, report.rejected.len()), (294, 6));
    assert_eq!(contents(whole.path()), contents(stopped.path()));
}

#[test]
fn a_catalogue_gives_names_places_and_labels_and_keeps_what_it_does_not_know() {
    let (_dir, input) = catalogue(
        &[("x/one.fits", fits_file(1)), ("two.png", preview::png(&picture(1, 30)).unwrap())],
        "File, RA ,dec_deg,label,id,grade,pixel_scale\nx/one.fits,150.5,2.5,1,first,2.7,\ntwo.png,,,-1,,\"a;b\",0.186\n",
    );
    let (report, _out) = run(input);
    assert_eq!(report.rejected, []);
    assert_eq!(report.other_columns, ["grade"]);
    let rows = report.dataset.rows().unwrap();
    assert_eq!((rows[0].id.as_str(), rows[0].label), ("first", Label::Lens));
    assert_eq!(rows[0].position.map(|sky| (sky.ra_deg, sky.dec_deg)), Some((150.5, 2.5)));
    assert_eq!(rows[0].provenance_value("grade"), Some("2.7"));
    assert_eq!((rows[1].id.as_str(), rows[1].pixel_scale_arcsec), ("two", Some(0.186)));
    assert_eq!(rows[1].provenance, "grade=a,b");
    assert!(Path::new(&rows[0].source).is_absolute());
}

#[test]
fn bad_lines_of_a_catalogue_are_named_and_the_rest_goes_on() {
    let (_dir, input) = catalogue(
        &[("a.fits", fits_file(1)), ("b.fits", fits_file(2))],
        "path,ra_deg,dec_deg,label,id,bands\n\
         a.fits,10,20,0,a,\n\
         gone.fits,10,20,0,gone,\n\
         b.fits,10,95,0,high,\n\
         b.fits,ten,20,0,ten,\n\
         b.fits,10,,0,half,\n\
         b.fits,10,20,maybe,maybe,\n\
         b.fits,10,20,0,colour,qq\n\
         b.fits,10,20,0,other,gri\n\
         ,10,20,0,nothing,\n\
         b.fits,10\n\
         b.fits,10,20,0,a,\n\
         b.fits,10,20,0,b,grz\n",
    );
    let (report, _out) = run(input);
    assert_eq!(ids(&report.dataset), ["a", "b"]);
    let reasons: Vec<_> = report.rejected.iter().map(|no| format!("{}: {}", no.path, no.reason)).collect();
    let all = reasons.join("\n");
    for expected in [
        "line 3: gone.fits: the file is missing; correct the path",
        "line 4: b.fits: ra_deg 10, dec_deg 95 is no position",
        "line 5: b.fits: column ra_deg holds \"ten\"",
        "line 6: b.fits: one of ra_deg and dec_deg is empty",
        "line 7: b.fits: column label holds \"maybe\"; it must be -1",
        "line 8: b.fits: column bands: \"qq\" is no band",
        "line 9: b.fits: HDU 0 says its bands are grz, you say gri",
        "line 10: column path is empty",
        "line 11: ",
        "line 12: b.fits: the id \"a\" is used before",
    ] {
        assert!(all.contains(expected), "{expected}\nis not in\n{all}");
    }
    assert_eq!(reasons.len(), 10, "{all}");
}

#[test]
fn a_catalogue_that_names_no_files_is_refused_whole() {
    let (_dir, input) = catalogue(&[], "name,ra\nx,1\n");
    let error = ingest(&request(input), tempdir().unwrap().path(), &Silent).unwrap_err().to_string();
    assert!(error.contains("call it \"path\"") && error.contains("name, ra"), "{error}");
    let missing = ingest(
        &request(IngestInput::Catalogue(PathBuf::from("/nowhere.csv"))),
        tempdir().unwrap().path(),
        &Silent,
    );
    assert!(matches!(missing, Err(SurveyError::Io { .. })));
}

#[test]
fn single_band_files_and_planes_of_stacks_can_be_joined() {
    let whole = cube(5, 20);
    let other = cube(6, 20);
    let stack = |band: usize| {
        // Two images of one band, with nothing in the header that says so.
        let planes = [&whole, &other].map(|cube| cube.plane_at(band).to_vec()).concat();
        let cube = imaging::Cube::new(20, 20, vec![Band::G, Band::R], planes).unwrap();
        let bytes = fits::write(&cube, fits::Compression::None).unwrap();
        let text = bytes.windows(8).position(|card| card == b"BANDS   ").unwrap();
        let mut silent = bytes;
        for card in 0..3 {
            silent[text + card * 80..text + card * 80 + 8].copy_from_slice(b"COMMENT ");
        }
        silent
    };
    let one = |band: usize, name| {
        let cube = imaging::Cube::new(20, 20, vec![name], whole.plane_at(band).to_vec()).unwrap();
        fits::write(&cube, fits::Compression::None).unwrap()
    };
    let (_dir, input) = catalogue(
        &[
            ("g.fits", stack(0)),
            ("r.fits", stack(1)),
            ("z.fits", stack(2)),
            ("g1.fits", one(0, Band::G)),
            ("r1.fits", one(1, Band::R)),
            ("z1.fits", one(2, Band::Z)),
            ("whole.fits", fits::write(&whole, fits::Compression::None).unwrap()),
        ],
        "path,plane,bands,id\n\
         whole.fits,,,a\n\
         g1.fits;r1.fits;z1.fits,,,b\n\
         g.fits;r.fits;z.fits,0,grz,c\n\
         g.fits;r.fits;z.fits,1,grz,d\n\
         g.fits;r.fits;z.fits,2,grz,beyond\n\
         g.fits;r.fits,0,grz,few\n\
         g1.fits;g1.fits;z1.fits,,,double\n",
    );
    let (report, _out) = run(input);
    assert_eq!(ids(&report.dataset), ["a", "b", "c", "d"], "{:?}", report.rejected);
    let tiles = report.dataset.tiles(&[(0, 0), (0, 1), (0, 2), (0, 3)]).unwrap();
    assert!(tiles[0] == tiles[1] && tiles[1] == tiles[2] && tiles[2] != tiles[3]);
    let reasons: Vec<_> = report.rejected.iter().map(|no| no.reason.as_str()).collect();
    assert!(reasons[0].contains("has no plane 2; it has 2"), "{reasons:?}");
    assert!(reasons[1].contains("band g stands twice"), "{reasons:?}");
    assert!(reasons[2].contains("2 files, but 3 bands"), "{reasons:?}");
}

#[test]
fn a_cropped_picture_loses_its_border_in_tile_and_preview() {
    let inner = picture(4, 20);
    let mut framed = Rgb8::new(30, 30, vec![255; 2700]).unwrap();
    for y in 0..20 {
        let (from, to) = (y * 60, (y + 5) * 90 + 15);
        framed.data[to..to + 60].copy_from_slice(&inner.data[from..from + 60]);
    }
    let dir = folder_of(&[("framed.png", preview::png(&framed).unwrap())]);
    let options =
        SourceOptions { crop: Crop::Pixels(20), pixel_scale_arcsec: Some(0.2), ..Default::default() };
    let wish = IngestRequest { options: options.clone(), ..request(folder(&dir)) };
    let out = tempdir().unwrap();
    let dataset = ingest(&wish, out.path(), &Silent).unwrap().dataset;
    let row = dataset.rows().unwrap().remove(0);
    assert_eq!((row.width, row.height, row.pixel_scale_arcsec), (20, 20, Some(0.2)));
    let source: Source = row.source.parse().unwrap();
    assert_eq!(source.picture(&options).unwrap(), inner);
    assert_eq!(dataset.picture(&row).unwrap(), inner, "the dataset remembers the crop");
}

#[test]
fn files_are_ordered_by_their_place_on_the_sky_wherever_it_is_written() {
    let files: Vec<(String, Vec<u8>)> = (1..40).map(|n| (format!("{n:02}.fits"), fits_file(n))).collect();
    let files: Vec<(&str, Vec<u8>)> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let dir = folder_of(&files);
    let wish = IngestRequest { rows_per_shard: 7, ..request(folder(&dir)) };
    let out = tempdir().unwrap();
    let rows = ingest(&wish, out.path(), &Silent).unwrap().dataset.rows().unwrap();
    let order: Vec<_> = rows.iter().map(|row| (row.cell.unwrap(), row.id.clone())).collect();
    assert!(order.len() == 39 && order.is_sorted());
    assert!(rows.iter().any(|row| row.shard == 5));

    // A table without positions, and one that knows half of them.
    let all: String = files.iter().map(|(name, _)| format!("{name},,\n")).collect();
    let half = all.replacen("05.fits,,", "05.fits,35,5", 1);
    for table in [&all, &half] {
        let (_dir, input) = catalogue(&files, &format!("path,ra,dec\n{table}"));
        let (report, _out) = run(input);
        let found: Vec<_> =
            report.dataset.rows().unwrap().iter().map(|row| (row.cell.unwrap(), row.id.clone())).collect();
        assert_eq!(found, order);
    }
}

#[test]
fn conditions_come_from_the_table_then_from_the_header() {
    let cards = [("PSFFWHMG", 1.4), ("PSFFWHMR", 1.2), ("DEPTHG", 24.5)];
    let bytes = fits::write_with(&cube(1, 20), fits::Compression::None, &cards).unwrap();
    let (dir, input) = catalogue(
        &[("a.fits", bytes), ("b.fits", fits_file(2))],
        "path,z,m500_msun,cluster_id,psf_g,psf_fwhm_g_arcsec,flags,state,redshift\n\
         a.fits,0.53,1.2e14,9007199254740993,x,1.5,130,done,9\n\
         b.fits,,,,,,,Done,\n\
         c.fits,,,,,,,out_of_footprint,\n\
         d.fits,-1,,,,,,done,\n\
         e.fits,,,1.5,,,,done,\n\
         f.fits,,many,,,,,done,\n",
    );
    let (report, out) = run(input);
    let rows = report.dataset.rows().unwrap();
    let of = |id: &str| rows.iter().find(|row| row.id == id).unwrap();
    let a = of("a").conditions;
    assert_eq!((a.psf_fwhm_arcsec, a.flags), ([Some(1.5), Some(1.2), None], Some(130)));
    assert_eq!(
        (a.z_cluster, a.m500_msun, a.cluster_id),
        (Some(0.53), Some(1.2e14), Some(9_007_199_254_740_993))
    );
    assert_eq!(a.depth_mag[0], Some(24.5), "as the header says");
    assert!(a.depth_mag[1].is_some_and(|mag| (20.0..26.0).contains(&mag)), "measured: {a:?}");
    assert_eq!(a.depth_mag[2], None, "nobody knows the seeing");
    assert_eq!(of("a").provenance, "psf_g=x; redshift=9");
    assert_eq!(of("b").conditions, survey::Conditions::default());
    assert!(reason(&report, "c.fits").contains("\"out_of_footprint\"") && rows.len() == 2);
    assert!(reason(&report, "d.fits").contains("z_cluster is -1"));
    assert!(reason(&report, "e.fits").contains("column cluster_id holds \"1.5\""));
    assert!(reason(&report, "f.fits").contains("column m500_msun holds \"many\""));
    drop((dir, out));
}

#[test]
fn mask_bits_near_the_middle_become_flags() {
    let with_mask = |at: usize| {
        let mut bytes = fits_file(1);
        let mut mask = vec![0; 400];
        // One pixel of BRIGHT; all of so small a stamp lies within 25″ of its middle.
        mask[at] = 2;
        fits::append(&mut bytes, "maskbits", &[20, 20], fits::Pixels::Whole(&mask), None).unwrap();
        bytes
    };
    let dir = folder_of(&[("star.fits", with_mask(7)), ("plain.fits", fits_file(2))]);
    let (report, _out) = run(folder(&dir));
    let rows = report.dataset.rows().unwrap();
    let flags = |id: &str| rows.iter().find(|row| row.id == id).unwrap().conditions.flags;
    assert_eq!((flags("star"), flags("plain")), (Some(2), None), "{:?}", report.rejected);
}

#[test]
fn two_files_of_one_stem_keep_apart() {
    let dir = folder_of(&[("a.fits", fits_file(1)), ("a.png", preview::png(&picture(1, 30)).unwrap())]);
    let (report, _out) = run(folder(&dir));
    assert_eq!(ids(&report.dataset), ["a.fits", "a.png"]);
}
