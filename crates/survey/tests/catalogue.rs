//! Importing catalogues: every format gives the same entries, units are held to,
//! ids stay whole, and what cannot be is refused with the remedy.
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

mod tables;

use std::fs;

use arrow::{
    array::{ArrayRef, Float32Array, Float64Array, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema as ArrowSchema},
};
use domain::{Seed, Silent};
use fitsio_pure::{bintable::BinaryColumnData as D, value::Value};
use rand::RngExt as _;
use survey::catalogue::{
    CatalogueError, Entry, ImportRequest, READY, Schema, ZKind, import, read_all, ready,
};
use tables::{POSITION, fits_table, gzip, import_bytes, import_file, schema};

/// 19 digits: a float would end in …808.
const LONG_ID: i64 = 9_223_372_036_854_775_807;

fn refusal(name: &str, bytes: &[u8], schema: &str) -> String {
    import_bytes(name, bytes, schema).unwrap_err().to_string()
}

fn with(more: &str) -> String {
    schema(&format!("{POSITION}{more}"))
}

/// What the same four clusters look like whatever the file.
fn check_four(entries: &[Entry], what: &str) {
    assert_eq!(entries.len(), 4, "{what}");
    let by_id = |id: i64| entries.iter().find(|entry| entry.id == id).unwrap();
    let first = by_id(LONG_ID);
    assert_eq!((first.position.ra_deg, first.position.dec_deg), (150.25, 2.5), "{what}");
    assert_eq!((first.z, first.z_kind), (Some(0.5), Some(ZKind::Spec)), "{what}");
    assert!((first.m500_msun.unwrap() / 2e14 - 1.0).abs() < 1e-6, "{what}");
    assert_eq!(first.name.as_deref(), Some("A 1"), "{what}");
    let second = by_id(LONG_ID - 1);
    assert_eq!((second.z, second.z_kind, second.z_spec), (Some(0.25), Some(ZKind::Phot), None), "{what}");
    assert_eq!(by_id(-7).m500_msun, None, "{what}");
    assert_eq!((by_id(4).z, by_id(4).position.dec_deg), (None, -90.0), "{what}");
    assert!(entries.is_sorted_by_key(|entry| (entry.cell(), entry.id)), "{what}");
}

const FOUR: &str = r#"
name = { column = "name" }
z_phot = { column = "zp", unit = "1" }
z_spec = { column = "zs", unit = "1", null = [-99] }
m500 = { column = "m500", unit = "1e14 Msun" }
"#;

fn four_csv(separator: &str) -> String {
    let rows = [
        "id,ra,dec,name,zp,zs,m500",
        "9223372036854775807,150.25,2.5,A 1,0.25,0.5,2.0",
        "9223372036854775806,150.26,2.5,B,0.25,-99,1.5",
        "-7,10,80,C,nan,0.5,",
        "4,0,-90,D,,-99,3",
    ];
    rows.map(|row| row.replace(',', separator)).join("\n")
}

fn four_fits() -> Vec<u8> {
    let text = ["A 1", "B", "C", "D"].map(str::to_owned).to_vec();
    fits_table(
        vec![
            ("ID", None, D::Long(vec![LONG_ID, LONG_ID - 1, -7, 4])),
            ("RA", Some("deg"), D::Double(vec![150.25, 150.26, 10.0, 0.0])),
            ("DEC", Some("degrees"), D::Double(vec![2.5, 2.5, 80.0, -90.0])),
            ("NAME", None, D::Ascii(text)),
            ("ZP", None, D::Float(vec![0.25, 0.25, f32::NAN, f32::NAN])),
            ("ZS", None, D::Float(vec![0.5, -99.0, 0.5, -99.0])),
            ("M500", Some("10+14solMass"), D::Float(vec![2.0, 1.5, f32::NAN, 3.0])),
        ],
        &[],
    )
}

fn four_parquet() -> Vec<u8> {
    let unit = |field: Field, unit: &str| field.with_metadata([("unit".to_owned(), unit.to_owned())].into());
    let fields = vec![
        Field::new("id", DataType::Int64, false),
        unit(Field::new("ra", DataType::Float64, false), "deg"),
        Field::new("dec", DataType::Float64, false),
        Field::new("name", DataType::Utf8, true),
        Field::new("zp", DataType::Float32, true),
        Field::new("zs", DataType::Float64, true),
        unit(Field::new("m500", DataType::Float64, true), "1e14 Msun"),
    ];
    let columns: Vec<ArrayRef> = vec![
        std::sync::Arc::new(Int64Array::from(vec![LONG_ID, LONG_ID - 1, -7, 4])),
        std::sync::Arc::new(Float64Array::from(vec![150.25, 150.26, 10.0, 0.0])),
        std::sync::Arc::new(Float64Array::from(vec![2.5, 2.5, 80.0, -90.0])),
        std::sync::Arc::new(StringArray::from(vec!["A 1", "B", "C", "D"])),
        std::sync::Arc::new(Float32Array::from(vec![Some(0.25), Some(0.25), None, None])),
        std::sync::Arc::new(Float64Array::from(vec![Some(0.5), None, Some(0.5), Some(-99.0)])),
        std::sync::Arc::new(Float64Array::from(vec![Some(2.0), Some(1.5), None, Some(3.0)])),
    ];
    let batch = RecordBatch::try_new(std::sync::Arc::new(ArrowSchema::new(fields)), columns).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

const FIELDS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE type="results">
<INFO name="QUERY_STATUS" value="OK"/>
<TABLE name="clusters">
<FIELD name="id" datatype="long"/><FIELD name="ra" datatype="double" unit="deg"/>
<FIELD name="dec" datatype="double" unit="deg"/><FIELD name="name" datatype="char" arraysize="*"/>
<FIELD name="zp" datatype="float"/><FIELD name="zs" datatype="double"><VALUES null="-99"/></FIELD>
<FIELD name="m500" datatype="double" unit="10+14solMass"/><DATA>"#;

fn four_votable() -> String {
    let rows: Vec<String> =
        four_csv("</TD><TD>").lines().skip(1).map(|row| format!("<TR><TD>{row}</TD></TR>")).collect();
    format!("{FIELDS}<TABLEDATA>{}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>", rows.join("\n"))
}

/// BINARY2: flags of unknown values, then big-endian values, then base64 in lines.
fn four_binary2() -> String {
    use base64::Engine as _;
    let mut bytes = Vec::new();
    type Row = (i64, f64, f64, &'static str, Option<f32>, f64, Option<f64>);
    let rows: [Row; 4] = [
        (LONG_ID, 150.25, 2.5, "A 1", Some(0.25), 0.5, Some(2.0)),
        (LONG_ID - 1, 150.26, 2.5, "B", Some(0.25), -99.0, Some(1.5)),
        (-7, 10.0, 80.0, "C", None, 0.5, None),
        (4, 0.0, -90.0, "D", None, -99.0, Some(3.0)),
    ];
    for (id, ra, dec, name, zp, zs, mass) in rows {
        bytes.push((u8::from(zp.is_none()) << 3) | (u8::from(mass.is_none()) << 1));
        bytes.extend(id.to_be_bytes());
        bytes.extend(ra.to_be_bytes());
        bytes.extend(dec.to_be_bytes());
        bytes.extend((name.len() as u32).to_be_bytes());
        bytes.extend(name.as_bytes());
        bytes.extend(zp.unwrap_or(7.0).to_be_bytes());
        bytes.extend(zs.to_be_bytes());
        bytes.extend(mass.unwrap_or(7.0).to_be_bytes());
    }
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    let lines: Vec<&str> =
        (0..text.len()).step_by(61).map(|at| &text[at..(at + 61).min(text.len())]).collect();
    let data = lines.join("\n");
    format!(
        "{FIELDS}<BINARY2><STREAM encoding=\"base64\">\n{data}\n</STREAM></BINARY2></DATA></TABLE></RESOURCE></VOTABLE>"
    )
}

#[test]
fn every_format_gives_the_same_clusters() {
    let schema = with(FOUR);
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("c.csv", four_csv(",").into_bytes()),
        ("c.tsv", four_csv("\t").into_bytes()),
        ("c.txt", four_csv(" ; ").replace(" ; ", ";").into_bytes()),
        ("c.csv.gz", gzip(four_csv(",").as_bytes())),
        ("bom.csv", format!("\u{feff}{}", four_csv(",")).into_bytes()),
        ("c.fits", four_fits()),
        ("c.fits.gz", gzip(&four_fits())),
        ("c.parquet", four_parquet()),
        ("c.vot", four_votable().into_bytes()),
        ("c.vot.gz", gzip(four_votable().as_bytes())),
        ("binary2.vot", four_binary2().into_bytes()),
        ("no ending", four_csv(",").into_bytes()),
    ];
    for (name, bytes) in files {
        let (report, entries) =
            import_bytes(name, &bytes, &schema).unwrap_or_else(|error| panic!("{name}: {error}"));
        check_four(&entries, name);
        assert_eq!((report.counts.rows, report.counts.kept, report.counts.rejected), (4, 4, 0), "{name}");
    }
}

#[test]
fn names_with_blanks_and_units_in_brackets_are_taken_as_they_are() {
    let text = "# a catalogue\nname,RA [deg],DEC [deg],M500(1e14 Msun)\nx y,1,2,3\n";
    let schema = r##"
name = "test"
file = { comment = "#" }
[columns]
id = { row_number = true }
ra = { column = "RA [deg]" }
dec = { column = "DEC", unit = "deg" }
m500 = { column = "M500" }
"##;
    let (report, entries) = import_bytes("a.csv", text.as_bytes(), schema).unwrap();
    assert_eq!((entries[0].position.ra_deg, entries[0].m500_msun), (1.0, Some(3e14)));
    assert_eq!(entries[0].id, 3, "the line of the file");
    assert_eq!(report.columns[&survey::catalogue::Field::M500].unit.as_deref(), Some("1e14 Msun"));
    let wrong = refusal("a.csv", text.replace("[deg]", "[hours]").as_bytes(), schema);
    assert!(wrong.contains("\"hours\"") || wrong.contains("hour"), "{wrong}");
}

#[test]
fn sexagesimal_and_hour_angles_become_degrees() {
    let schema = schema(
        "id = { column = \"id\" }\nra = { column = \"ra\", unit = \"hms\" }\ndec = { column = \"dec\", unit = \"dms\" }",
    );
    let (_, entries) = import_bytes("a.csv", b"id,ra,dec\n1,12:30:00,-00:30:00\n", &schema).unwrap();
    assert_eq!((entries[0].position.ra_deg, entries[0].position.dec_deg), (187.5, -0.5));
    let hours = schema.replace("hms", "hourangle").replace("\"dms\"", "\"deg\"");
    let (_, entries) = import_bytes("a.csv", b"id,ra,dec\n1,12.5,-0.5\n", &hours).unwrap();
    assert_eq!(entries[0].position.ra_deg, 187.5);
}

#[test]
fn numbers_stored_with_an_offset_or_a_mark_for_unknown_are_what_they_mean() {
    // Unsigned 64-bit numbers lie 2^63 lower in a FITS file; TNULL marks the unknown.
    let more = [
        ("TZERO1", Value::Float(9_223_372_036_854_775_808.0)),
        ("TSCAL1", Value::Float(1.0)),
        ("TNULL4", Value::Integer(-1)),
        ("TSCAL4", Value::Float(0.5)),
        ("TZERO4", Value::Float(1.0)),
    ];
    let bytes = fits_table(
        vec![
            ("id", None, D::Long(vec![i64::MIN + 5, i64::MIN + 1_234_567_890_123_456_789, 0])),
            ("ra", None, D::Double(vec![1.0, 2.0, 3.0])),
            ("dec", None, D::Double(vec![1.0, 2.0, 3.0])),
            ("r", None, D::Int(vec![-1, 10, 10])),
        ],
        &more,
    );
    let schema = with("richness = { column = \"r\", unit = \"1\" }");
    let (report, entries) = import_bytes("u.fits", &bytes, &schema).unwrap();
    let mut found: Vec<_> = entries.iter().map(|entry| (entry.id, entry.richness)).collect();
    found.sort_by_key(|(id, _)| *id);
    assert_eq!(found, [(5, None), (1_234_567_890_123_456_789, Some(6.0))]);
    assert_eq!(report.counts.rejected, 1);
    assert!(report.first_rejected[0].reason.contains("9223372036854775808"), "{:?}", report.first_rejected);
}

#[test]
fn ids_that_went_through_a_float_are_refused() {
    let table = |ids: Vec<f64>| {
        let n = ids.len();
        let columns = vec![
            ("id", None, D::Double(ids)),
            ("ra", None, D::Double(vec![1.0; n])),
            ("dec", None, D::Double(vec![2.0; n])),
        ];
        fits_table(columns, &[])
    };
    let (report, entries) = import_bytes("f.fits", &table(vec![7.0, 1.5, 1e18]), &with("")).unwrap();
    assert_eq!(entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), [7]);
    assert!(report.first_rejected[0].reason.contains("1.5"));
    assert!(report.first_rejected[1].reason.contains("last digits are lost"));
}

/// A catalogue the size of Zou et al. 2021, of which just so many lie above 1e14.
fn large(seed: u64, log: bool) -> (Vec<u8>, i64) {
    const ROWS: usize = 540_432;
    const ABOVE: usize = 369_738;
    let mut rng = Seed::root(seed).rng();
    let mut order: Vec<usize> = (0..ROWS).collect();
    for i in (1..ROWS).rev() {
        order.swap(i, rng.random_range(0..=i));
    }
    let first = 1_000_000_000_000_000_000;
    let mut mass = vec![0.0_f32; ROWS];
    for (rank, &row) in order.iter().enumerate() {
        let u: f64 = rng.random();
        let m = if rank < ABOVE { 1.0001 + 9.0 * u * u } else { 0.3 + 0.69 * u };
        mass[row] = if log { (m * 1e14).log10() as f32 } else { m as f32 };
    }
    let ra: Vec<f64> = (0..ROWS).map(|_| rng.random_range(0.0..360.0)).collect();
    let dec: Vec<f64> = (0..ROWS).map(|_| rng.random_range(-1.0..1.0_f64).asin().to_degrees()).collect();
    let z: Vec<f32> = (0..ROWS).map(|_| rng.random_range(0.05..1.0)).collect();
    let spec: Vec<f32> = z.iter().map(|&z| if z < 0.3 { z } else { -1.0 }).collect();
    let bytes = fits_table(
        vec![
            ("CLUSTER_ID", None, D::Long((0..ROWS as i64).map(|i| first + i).collect())),
            ("RA_PEAK", Some("deg"), D::Double(ra)),
            ("DEC_PEAK", Some("deg"), D::Double(dec)),
            ("PHOTO_Z", None, D::Float(z)),
            ("SPEC_Z", None, D::Float(spec)),
            ("M_500", Some(if log { "log10(Msun)" } else { "1e14 Msun" }), D::Float(mass)),
        ],
        &[],
    );
    (bytes, first)
}

#[test]
fn the_mass_cut_keeps_just_the_clusters_above_it_in_either_unit() {
    let schema = ready("zou2021").unwrap();
    for log in [false, true] {
        let (bytes, first) = large(1, log);
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("zou.fits");
        fs::write(&file, &bytes).unwrap();
        let (report, entries) = import_file(&file, &schema).unwrap();
        assert_eq!((report.counts.rows, report.counts.kept), (540_432, 369_738));
        assert_eq!(report.counts.cut["m500_msun"], 540_432 - 369_738);
        assert_eq!((entries.len(), report.counts.rejected), (369_738, 0));
        assert!(entries.is_sorted_by_key(|entry| (entry.cell(), entry.id)), "rows come by sky cell");
        assert!(entries.iter().all(|entry| entry.id >= first && entry.m500_msun.is_some_and(|m| m >= 1e14)));
        assert!(entries.iter().all(|entry| entry.id == first + entry.row as i64 - 1));
        if log {
            let unsaid = refusal("zou.fits", &without_units(&bytes), &schema_text("zou2021"));
            assert!(unsaid.contains("M_500") && unsaid.contains("log10(Msun)"), "{unsaid}");
        }
    }
}

fn schema_text(name: &str) -> String {
    READY.iter().find(|schema| schema.name == name).unwrap().text.to_owned()
}

/// The same file, its TUNIT cards turned into comments.
fn without_units(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for at in (0..4 * 2880).step_by(80) {
        if bytes[at..].starts_with(b"TUNIT") {
            bytes[at..at + 10].copy_from_slice(b"COMMENT   ");
        }
    }
    bytes
}

#[test]
fn the_same_file_gives_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("c.fits");
    fs::write(&file, four_fits()).unwrap();
    let schema = Schema::parse(&with(FOUR), "test").unwrap();
    let run = |out: &str| {
        let out = dir.path().join(out);
        import(&ImportRequest { file: file.clone(), schema: schema.clone(), out: out.clone() }, &Silent)
            .unwrap();
        ["clusters.parquet", "import.json", "rejected.csv"].map(|name| fs::read(out.join(name)).unwrap())
    };
    assert_eq!(run("a"), run("b"));
    let names: Vec<_> = fs::read_dir(dir.path().join("a")).unwrap().map(|e| e.unwrap().file_name()).collect();
    let known = names.len();
    assert_eq!(known, 3, "nothing is left behind: {names:?}");
    let again = ImportRequest { file: file.clone(), schema, out: dir.path().join("a") };
    assert!(matches!(import(&again, &Silent), Err(CatalogueError::Exists { .. })));
}

#[test]
fn a_column_needs_a_unit_from_the_schema_or_the_file() {
    let text = b"id,ra,dec,m\n1,2,3,2\n";
    let none = refusal("a.csv", text, &with("m500 = { column = \"m\" }"));
    assert!(
        none.contains("neither the file nor the schema says its unit") && none.contains("\"m\""),
        "{none}"
    );
    let wrong = refusal("a.csv", text, &with("m500 = { column = \"m\", unit = \"deg\" }"));
    assert!(wrong.contains("measures something else") && wrong.contains("Msun"), "{wrong}");
    let unknown = refusal("a.csv", text, &with("m500 = { column = \"m\", unit = \"stone\" }"));
    assert!(unknown.contains("\"stone\" is not known"), "{unknown}");
    let idle = refusal("a.csv", text, &schema(&POSITION.replace("\"id\" }", "\"id\", unit = \"1\" }")));
    assert!(idle.contains("leave the unit out"), "{idle}");
    let heavy = import_bytes("a.csv", text, &with("m500 = { column = \"m\", unit = \"Msun\" }")).unwrap_err();
    assert!(heavy.to_string().contains("check the unit"), "{heavy}");
}

#[test]
fn the_file_and_the_schema_must_agree_on_units() {
    let bytes = four_fits();
    let other = FOUR.replace("1e14 Msun", "log10(Msun)");
    let error = refusal("c.fits", &bytes, &with(&other));
    assert!(
        error.contains("10+14solMass") && error.contains("log10(Msun)") && error.contains("M500"),
        "{error}"
    );
    // A file known to be wrong can be overruled, word for word.
    let declared =
        FOUR.replace("unit = \"1e14 Msun\"", "unit = \"log10(Msun)\", file_unit = \"10+14solMass\"");
    let (report, _) = import_bytes("c.fits", &bytes, &with(&declared)).unwrap();
    assert!(report.first_rejected[0].reason.contains("check the unit"), "{:?}", report.first_rejected);
    let unclear = fits_table(
        vec![
            ("id", None, D::Long(vec![1])),
            ("ra", Some("banana"), D::Double(vec![1.0])),
            ("dec", None, D::Double(vec![1.0])),
        ],
        &[],
    );
    let error = refusal("b.fits", &unclear, &with(""));
    assert!(error.contains("banana") && error.contains("file_unit"), "{error}");
    let overruled =
        with("").replace("\"ra\", unit = \"deg\"", "\"ra\", unit = \"deg\", file_unit = \"banana\"");
    assert!(import_bytes("b.fits", &unclear, &overruled).is_ok());
}

#[test]
fn logarithms_read_as_masses_raise_doubt() {
    let rows: String = (0..30).map(|n| format!("{n},2,3,{}\n", 14.0 + f64::from(n) / 40.0)).collect();
    let text = format!("id,ra,dec,m\n{rows}");
    for field in ["m500", "m200"] {
        let with_unit = |unit: &str| with(&format!("{field} = {{ column = \"m\", unit = \"{unit}\" }}"));
        let error = refusal("a.csv", text.as_bytes(), &with_unit("1e14 Msun"));
        assert!(error.contains("as logarithms are"), "{error}");
        assert!(import_bytes("a.csv", text.as_bytes(), &with_unit("log10(Msun)")).is_ok());
        let mixed = b"id,ra,dec,m\n1,2,3,2e14\n2,2,3,2e28\n";
        let (_, kept) = import_bytes("a.csv", mixed, &with_unit("Msun")).unwrap();
        assert_eq!(kept.iter().map(|entry| entry.id).collect::<Vec<_>>(), [1], "no cluster weighs 2e28");
    }
}

#[test]
fn forms_and_lengths_that_cannot_be_are_refused() {
    let table = fits_table(
        vec![
            ("id", None, D::Long(vec![1])),
            ("ra", None, D::Double(vec![1.0])),
            ("dec", None, D::Double(vec![1.0])),
        ],
        &[],
    );
    for form in ["'(5)     '", "'9999999999999999999D'"] {
        let from = table.windows(11).position(|part| part == b"TFORM2  = '").unwrap();
        let mut broken = table.clone();
        broken[from + 10..from + 10 + form.len()].copy_from_slice(form.as_bytes());
        let error = refusal("a.fits", &broken, &with(""));
        assert!(error.contains("TFORM"), "{error}");
    }
}

#[test]
fn values_of_a_param_are_no_field_s_and_rows_of_nothing_end() {
    let param = "<PARAM name=\"p\" datatype=\"int\"><VALUES null=\"2.0\"/></PARAM><DATA>";
    let text = four_votable().replace("<DATA>", param);
    let schema = with("m500 = { column = \"m500\", unit = \"1e14 Msun\", file_unit = \"10+14solMass\" }");
    let plain = import_bytes("a.vot", four_votable().as_bytes(), &schema).unwrap().1;
    assert_eq!(import_bytes("a.vot", text.as_bytes(), &schema).unwrap().1, plain);
    let nothing = "<VOTABLE><RESOURCE><TABLE><FIELD name=\"id\" datatype=\"char\" arraysize=\"0\"/>\
        <FIELD name=\"ra\" datatype=\"char\" arraysize=\"0\" unit=\"deg\"/>\
        <FIELD name=\"dec\" datatype=\"char\" arraysize=\"0\" unit=\"deg\"/>\
        <DATA><BINARY><STREAM encoding=\"base64\">AAAA</STREAM></BINARY></DATA></TABLE></RESOURCE></VOTABLE>";
    let error = refusal("a.vot", nothing.as_bytes(), &with(""));
    assert!(error.contains("take no bytes"), "{error}");
}

#[test]
fn a_missing_column_is_named_with_the_nearest() {
    let error = refusal("a.csv", b"cluster_id,ra_j2000,declination\n1,2,3\n", &with(""));
    assert!(error.contains("\"id\"") && error.contains("cluster_id"), "{error}");
    let twice = refusal("a.csv", b"id,ra,dec,ra\n1,2,3,4\n", &with(""));
    assert!(twice.contains("several columns are called \"ra\""), "{twice}");
    let optional = with("z = { column = \"zz\", unit = \"1\", optional = true }");
    assert_eq!(import_bytes("a.csv", b"id,ra,dec\n1,2,3\n", &optional).unwrap().1[0].z, None);
}

#[test]
fn bad_rows_are_refused_one_by_one() {
    let text = b"id,ra,dec,z\n1,2,3,0.1\n1,5,6,0.2\n2,400,3,0.1\n3,2,91,0.1\n4,2,inf,0.1\n5,x,3,0.1\n\
        6,,3,0.1\n7,2,3,fast\n8,2,3,-1\n9,2\n1e3,2,3,0.1\n99999999999999999999,2,3,0.1\n-10,-10,3,0.1\n";
    let (report, entries) =
        import_bytes("a.csv", text, &with("z = { column = \"z\", unit = \"1\" }")).unwrap();
    let mut ids: Vec<i64> = entries.iter().map(|entry| entry.id).collect();
    ids.sort_unstable();
    assert_eq!(ids, [-10, 1]);
    assert_eq!((report.counts.rows, report.counts.rejected, report.counts.duplicates), (13, 11, 1));
    let reason = |row: u64| {
        let found = report.first_rejected.iter().find(|rejected| rejected.row == row);
        found.map(|rejected| rejected.reason.as_str()).unwrap_or_default()
    };
    for (line, words) in [
        (3, "already in line 2"),
        (4, "no place on the sky"),
        (5, "no place on the sky"),
        (6, "not a finite number"),
        (7, "not a number"),
        (8, "is unknown"),
        (9, "not a number"),
        (10, "null = [-1]"),
        (11, "2 fields"),
        (12, "not a whole number"),
    ] {
        assert!(reason(line).contains(words), "line {line}: {}", reason(line));
    }
}

#[test]
fn what_is_unknown_or_unreadable_is_counted() {
    let text = b"id,ra,dec,z\n1,2,3,measured\n2,2,3,-\n3,2,3,0.5\n";
    let schema = with("z = { column = \"z\", unit = \"1\", unreadable = \"null\" }");
    let (report, entries) = import_bytes("a.csv", text, &schema).unwrap();
    let used = &report.columns[&survey::catalogue::Field::Z];
    assert_eq!((entries.len(), used.unknown, used.unreadable), (3, 1, 1));
}

#[test]
fn rows_without_the_value_of_the_cut_are_counted_apart() {
    let text = b"id,ra,dec,m\n1,2,3,14.5\n2,2,3,\n3,2,3,13.5\n";
    let schema = format!(
        "{}[cut]\nm500_msun = {{ min = 1e14 }}\n",
        with("m500 = { column = \"m\", unit = \"log10(Msun)\" }")
    );
    let (report, entries) = import_bytes("a.csv", text, &schema).unwrap();
    assert_eq!(
        (entries.len(), report.counts.cut["m500_msun"], report.counts.cut_unknown["m500_msun"]),
        (1, 1, 1)
    );
}

#[test]
fn schemas_with_mistakes_are_refused() {
    for (text, words) in [
        ("name = \"x\"\ncolour = 1\n[columns]", "colour"),
        ("name = \"x\"\n[columns]\nmass = { column = \"m\" }", "mass"),
        ("name = \"x\"\n[columns]\nra = { colum = \"m\" }", "colum"),
        ("name = \"x\"\n[columns]\nid = { column = \"a\" }", "[columns.ra] is missing"),
        ("not toml", "test.toml"),
    ] {
        let error = Schema::parse(text, "test.toml").unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
    }
    for (cut, words) in [
        ("weight = { min = 1 }", "m500_msun"),
        ("z = { }", "needs min, max or both"),
        ("z = { min = 2, max = 1 }", "min not above max"),
        ("z = { minimum = 2 }", "minimum"),
    ] {
        let error = Schema::parse(&format!("{}[cut]\n{cut}", with("")), "t").unwrap_err().to_string();
        assert!(error.contains(words), "{cut}: {error}");
    }
}

#[test]
fn files_that_are_no_tables_say_what_they_are() {
    let page = b"<!DOCTYPE html>\n<html><body>Sorry</body></html>".to_vec();
    let fits = four_fits();
    let packed = gzip(&gzip_filler());
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("page.fits", page.clone(), "web page"),
        ("page.csv.gz", gzip(&page), "web page"),
        ("empty.csv", Vec::new(), "the file is empty"),
        ("header.csv", b"id,ra,dec\n".to_vec(), "no rows"),
        ("short.fits", fits[..fits.len() - 2880].to_vec(), "ends inside the table"),
        ("head.fits", fits[..2880 + 500].to_vec(), "ends inside a header"),
        ("primary.fits", fits[..2880].to_vec(), "no binary table"),
        ("short.csv.gz", packed[..packed.len() / 2].to_vec(), "ends too early"),
        ("short.parquet", four_parquet()[..200].to_vec(), "Parquet"),
        ("short.vot", four_votable().as_bytes()[..FIELDS.len() + 80].to_vec(), "ends inside the table"),
        ("status.vot", FIELDS.replace("\"OK\"", "\"ERROR\"").into_bytes(), "answered with an error"),
        ("zip.csv", b"PK\x03\x04zzz".to_vec(), "ZIP"),
        ("noise.bin", vec![7, 0, 200, 3], "no table"),
        ("other.xml", b"<?xml version=\"1.0\"?><a/>".to_vec(), "no VOTable"),
    ];
    for (name, bytes, words) in cases {
        let error = refusal(name, &bytes, &with(""));
        assert!(error.contains(words) && error.contains(name), "{name}: {error}");
    }
    let no_rows = fits_table(
        vec![
            ("id", None, D::Long(vec![])),
            ("ra", None, D::Double(vec![])),
            ("dec", None, D::Double(vec![])),
        ],
        &[],
    );
    assert!(refusal("none.fits", &no_rows, &with("")).contains("no rows"));
    let overflow =
        four_votable().replace("</TABLE>", "</TABLE><INFO name=\"QUERY_STATUS\" value=\"OVERFLOW\"/>");
    assert!(refusal("cut.vot", overflow.as_bytes(), &with("")).contains("MAXREC"));
    assert!(
        Schema::open(std::path::Path::new("/nowhere.toml"))
            .unwrap_err()
            .to_string()
            .contains("/nowhere.toml")
    );
}

/// Enough text that half its gzip is in the middle of a block.
fn gzip_filler() -> Vec<u8> {
    let rows: Vec<String> =
        (0..5000).map(|i| format!("{i},{},{}", i * 7919 % 360, i * 104_729 % 90)).collect();
    format!("id,ra,dec\n{}\n", rows.join("\n")).into_bytes()
}

#[test]
fn latin_1_names_survive_and_are_counted() {
    let (report, entries) = import_bytes(
        "a.csv",
        b"id,ra,dec,name\n1,2,3,Zw\xf6lf\n2,2,3,ok\n",
        &with("name = { column = \"name\" }"),
    )
    .unwrap();
    assert_eq!(report.counts.latin1, 1);
    assert!(entries.iter().any(|entry| entry.name.as_deref() == Some("Zwölf")));
}

#[test]
fn damaged_bytes_give_an_error_and_never_a_panic() {
    let fits = four_fits();
    let parquet = four_parquet();
    let votable = four_binary2().into_bytes();
    let schema = Schema::parse(&with(FOUR), "test").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut rng = Seed::root(3).rng();
    for round in 0..150 {
        for (name, whole) in [("a.fits", &fits), ("a.parquet", &parquet), ("a.vot", &votable)] {
            let mut bytes = whole.clone();
            let at = rng.random_range(0..bytes.len());
            match round % 3 {
                0 => bytes.truncate(at),
                1 => bytes[at] = rng.random(),
                _ => bytes[at] ^= 1 << rng.random_range(0..8),
            }
            let path = dir.path().join(name);
            fs::write(&path, bytes).unwrap();
            let _ = read_all(&path, &schema, &Silent);
        }
    }
}

#[test]
fn shipped_schemas_are_sound_and_named_as_their_files() {
    for shipped in READY {
        let schema = ready(shipped.name).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(schema.name, shipped.name);
    }
    assert!(ready("zou").unwrap_err().to_string().contains("zou2021"));
}

#[test]
fn real_catalogues_are_read_by_their_schemas() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/catalogs");
    let folder = std::path::Path::new(folder);
    if !folder.is_dir() {
        println!("skipped: {} is not here", folder.display());
        return;
    }
    for (file, name, rows, rejected) in [
        ("clusterdb/data/aactpol.csv.gz", "act-dr5", 4195, 0),
        ("clusterdb/data/psz2.csv.gz", "psz2", 1653, 0),
        ("clusterdb/data/sptsz.csv.gz", "spt-sz", 677, 0),
        ("clusterdb/data/sptecs.csv.gz", "spt-ecs", 470, 0),
        ("clusterdb/data/erass1-m_extended.csv.gz", "erass1-extended", 26_682, 0),
        ("clusterdb/data/sdss_redmapper.csv.gz", "redmapper-sdss", 26_350, 0),
        ("clusterdb/data/DESy3_redmapper.csv.gz", "redmapper-des-y3", 21_092, 0),
        ("lenscat.csv.gz", "lenscat", 32_838, 0),
        ("desi_candidates_in_lenscat.csv", "desi-candidates", 5_104, 0),
        ("stein2022_new_lenses.tsv", "stein2022-new", 1_192, 0),
        ("stein2022_training_lenses.tsv", "stein2022-training", 1_615, 0),
        ("spacewarps_cfhtls_candidates.txt", "spacewarps-cfhtls", 429, 0),
    ] {
        let schema = ready(name).unwrap();
        assert!(schema.verified, "{name}");
        let (kept, refused) = read_all(&folder.join(file), &schema, &Silent).unwrap();
        println!("{name}: {} rows, {} refused {:?}", kept.len(), refused.len(), refused.first());
        assert_eq!((kept.len() + refused.len(), refused.len()), (rows, rejected), "{name}");
    }
}
