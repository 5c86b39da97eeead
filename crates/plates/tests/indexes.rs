//! Catalogues and index files on disk: formats, names of columns, rows that are no
//! stars, folders with strangers in them.

use std::{fs, path::Path};

use domain::Silent;
use plates::{
    IndexFile, IndexFolder, ReadCatalogue,
    catalogue_file::{ColumnNames, read_catalogue},
};
use platesolve::{
    build::{BuildSettings, build},
    layout::{Layout, write},
};

fn read(path: &Path, how: &ReadCatalogue) -> Result<plates::CatalogueRead, String> {
    read_catalogue(path, how, &Silent).map_err(|error| error.to_string())
}

fn written(folder: &Path, name: &str, text: &[u8]) -> std::path::PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).expect("written");
    path
}

#[test]
fn columns_of_a_csv_are_found_by_name_and_bad_rows_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let text = "# a comment\nid;RAJ2000;DEJ2000;Vmag;pmRA;pmDE\n1;10;20;5.5;1;-2\n2;x;20;5;;\n3;370;-20;4;;\n4;1;95;4;1;1\n5;1\n6;1;1;;0;0\n";
    let path = written(folder.path(), "stars.csv", text.as_bytes());
    let found = read(&path, &ReadCatalogue { epoch: Some(2000.0), ..ReadCatalogue::default() }).unwrap();
    assert_eq!((found.rows, found.skipped), (6, 4));
    let reasons: Vec<(u64, &str)> =
        found.examples.iter().map(|skipped| (skipped.row, skipped.reason.as_str())).collect();
    assert_eq!(reasons.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [2, 4, 5, 6]);
    assert!(reasons[0].1.contains("RAJ2000") && reasons[2].1.contains("missing"), "{reasons:?}");
    let stars = found.catalogue.stars();
    assert_eq!((stars[0].position.ra_deg, stars[0].magnitude, stars[0].motion), (10.0, 4.0, None));
    assert_eq!(stars[1].motion, Some([1.0, -2.0]));
    assert_eq!((found.catalogue.name(), found.catalogue.epoch()), ("stars", Some(2000.0)));
}

#[test]
fn errors_name_the_file_the_column_and_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let usual = ReadCatalogue::default();
    let path = written(folder.path(), "a.csv", b"lon,lat,flux\n1,2,3\n");
    let wrong = read(&path, &usual).unwrap_err();
    assert!(
        wrong.contains("a.csv") && wrong.contains("lon, lat, flux") && wrong.contains("--column-ra"),
        "{wrong}"
    );
    let name = |name: &str| Some(name.to_owned());
    let columns =
        ColumnNames { ra: name("LON"), dec: name("lat"), magnitude: name("flux"), ..ColumnNames::default() };
    let how = ReadCatalogue { columns: columns.clone(), ..usual.clone() };
    assert_eq!(read(&path, &how).unwrap().catalogue.stars().len(), 1);
    let how = ReadCatalogue { columns: ColumnNames { pm_ra: name("pm"), ..columns }, ..usual.clone() };
    assert!(read(&path, &how).unwrap_err().contains("--column-pmra"));
    let path = written(folder.path(), "b.csv", b"ra,dec,mag\nx,2,3\n");
    let wrong = read(&path, &usual).unwrap_err();
    assert!(wrong.contains("row 1") && wrong.contains("column ra"), "{wrong}");
    let path = written(folder.path(), "c.bin", b"TYC2BIN1\x02\0\0\0abc");
    assert!(read(&path, &usual).unwrap_err().contains("2 stars"));
    for (bytes, word) in [(&b""[..], "empty"), (b"\x1f\x8b\x08", "gunzip"), (b"a\0b", "neither")] {
        let path = written(folder.path(), "d", bytes);
        assert!(read(&path, &usual).unwrap_err().contains(word), "{word}");
    }
    assert!(read(&folder.path().join("none"), &usual).unwrap_err().contains("none"));
    assert!(read(folder.path(), &usual).unwrap_err().contains("not a plain file"));
}

#[test]
fn tycho_2_is_read_whole() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/stars/tycho2_all.bin");
    if !path.is_file() {
        eprintln!("skipped: {} is not there", path.display());
        return;
    }
    let found = read(&path, &ReadCatalogue::default()).unwrap();
    assert_eq!((found.rows, found.skipped), (2_557_501, 0));
    let bright = found.catalogue.stars().iter().filter(|star| star.magnitude < 9.0).count();
    assert_eq!(bright, 120_521);
}

/// A grid of stars on a few square degrees.
fn catalogue(folder: &Path) -> std::path::PathBuf {
    let mut text = "ra,dec,mag\n".to_owned();
    for i in 0..900_u32 {
        let (x, y) = (f64::from(i % 30), f64::from(i / 30));
        let shake = f64::from(i * 7919 % 101) / 400.0;
        text += &format!("{},{},{}\n", 100.0 + x / 3.0 + shake, y / 3.0 - shake, 5 + i * 31 % 97);
    }
    written(folder, "grid.csv", text.as_bytes())
}

#[test]
fn a_folder_lists_its_indexes_and_why_others_were_refused() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = read(&catalogue(folder.path()), &ReadCatalogue::default()).unwrap().catalogue;
    let index =
        build(&catalogue, &BuildSettings { nside: 40, ..BuildSettings::scale(40.0, 90.0) }, &Silent).unwrap();
    let here = |name: &str| folder.path().join(name);
    plates::whole_file::write(&here("a.sqx"), &write(&index, Layout::Native)).unwrap();
    plates::whole_file::write(&here("b.FITS"), &write(&index, Layout::Fits)).unwrap();
    fs::write(here("c.fits"), b"SIMPLE  =                    T").unwrap();
    fs::write(here("d.sqx"), b"").unwrap();
    fs::write(here("readme.txt"), b"not looked at").unwrap();
    fs::create_dir(here("e.sqx")).unwrap();
    let found = IndexFolder::open(folder.path()).unwrap();
    let layouts: Vec<Layout> = found.files().iter().map(IndexFile::layout).collect();
    assert_eq!(layouts, [Layout::Native, Layout::Fits]);
    let refused: Vec<String> = found.refused().iter().map(ToString::to_string).collect();
    assert_eq!(refused.len(), 2);
    assert!(refused[0].contains("c.fits") && refused[1].contains("d.sqx"), "{refused:?}");
    for (file, view) in found.files().iter().zip(found.views()) {
        file.check().unwrap();
        assert_eq!(write(&view, Layout::Native), write(&index, Layout::Native));
        // Nothing large was copied.
        assert!(matches!(view.quads, std::borrow::Cow::Borrowed(_)));
    }
    assert!(IndexFolder::open(here("nothing")).unwrap_err().to_string().contains("nothing"));
    let one = IndexFolder::open(here("a.sqx")).unwrap();
    assert_eq!(one.files().len(), 1);
}

#[test]
fn who_has_a_file_open_keeps_it_when_a_new_one_takes_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = read(&catalogue(folder.path()), &ReadCatalogue::default()).unwrap().catalogue;
    let settings = BuildSettings { nside: 40, ..BuildSettings::scale(40.0, 90.0) };
    let first = build(&catalogue, &settings, &Silent).unwrap();
    let path = folder.path().join("i.sqx");
    plates::whole_file::write(&path, &write(&first, Layout::Native)).unwrap();
    let open = IndexFile::open(&path).unwrap();
    plates::whole_file::write(&path, b"short").unwrap();
    open.check().unwrap();
    assert_eq!(open.view().quads, first.quads);
    assert!(IndexFile::open(&path).is_err());
}
