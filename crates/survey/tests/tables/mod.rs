//! Tables for the tests: FITS, Parquet and VOTable files of a few columns.
#![allow(dead_code, reason = "every test binary uses its own part")]

use std::{fs, path::Path};

use domain::Silent;
use fitsio_pure::{
    bintable::{
        BinaryColumnData, BinaryColumnDescriptor, BinaryColumnType, binary_type_byte_size,
        build_binary_table_cards, serialize_binary_table,
    },
    header::{Card, serialize_header},
    value::Value,
};
use survey::catalogue::{CatalogueError, Entry, ImportReport, ImportRequest, Schema, entries, import};

/// A column of a FITS table: name, unit, values.
pub type FitsColumn = (&'static str, Option<&'static str>, BinaryColumnData);

/// A FITS file with one binary table.
pub fn fits_table(columns: Vec<FitsColumn>, more: &[(&str, Value)]) -> Vec<u8> {
    use BinaryColumnData as D;
    let mut descriptors = Vec::new();
    let mut data = Vec::new();
    let mut rows = 0;
    let mut units = Vec::new();
    for (n, (name, unit, values)) in (1..).zip(columns) {
        let (col_type, repeat, len) = match &values {
            D::Long(v) => (BinaryColumnType::Long, 1, v.len()),
            D::Int(v) => (BinaryColumnType::Int, 1, v.len()),
            D::Float(v) => (BinaryColumnType::Float, 1, v.len()),
            D::Double(v) => (BinaryColumnType::Double, 1, v.len()),
            D::Ascii(v) => (BinaryColumnType::Ascii, v.iter().map(String::len).max().unwrap_or(1), v.len()),
            other => panic!("no columns of {other:?}"),
        };
        rows = len;
        let byte_width = binary_type_byte_size(&col_type) * repeat;
        descriptors.push(BinaryColumnDescriptor {
            name: Some(name.to_owned()),
            repeat,
            col_type,
            byte_width,
            tdim: None,
        });
        data.push(values);
        units.extend(
            unit.map(|unit| Card::new(&format!("TUNIT{n}"), Value::String(unit.to_owned())).unwrap()),
        );
    }
    let primary = [
        ("SIMPLE", Value::Logical(true)),
        ("BITPIX", Value::Integer(8)),
        ("NAXIS", Value::Integer(0)),
        ("EXTEND", Value::Logical(true)),
    ];
    let cards = |list: &[(&str, Value)]| -> Vec<Card> {
        list.iter().map(|(keyword, value)| Card::new(keyword, value.clone()).unwrap()).collect()
    };
    let mut header = build_binary_table_cards(&descriptors, rows, 0).unwrap();
    header.extend(units);
    header.extend(cards(more));
    let mut bytes = serialize_header(&cards(&primary)).unwrap();
    bytes.extend(serialize_header(&header).unwrap());
    bytes.extend(serialize_binary_table(&descriptors, &data, rows).unwrap());
    bytes
}

/// Packs as gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// Imports a file of these bytes and gives the report and the entries.
pub fn import_bytes(
    name: &str,
    bytes: &[u8],
    schema: &str,
) -> Result<(ImportReport, Vec<Entry>), CatalogueError> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join(name);
    fs::write(&file, bytes).unwrap();
    import_file(&file, &Schema::parse(schema, "test.toml")?)
}

/// Imports a file into a folder that is thrown away.
pub fn import_file(file: &Path, schema: &Schema) -> Result<(ImportReport, Vec<Entry>), CatalogueError> {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let request = ImportRequest { file: file.to_owned(), schema: schema.clone(), out };
    let report = import(&request, &Silent)?;
    let kept = entries(&report.path)?;
    Ok((report, kept))
}

/// A schema with these columns, in TOML.
pub fn schema(columns: &str) -> String {
    format!("name = \"test\"\n[columns]\n{columns}\n")
}

/// id, ra and dec.
pub const POSITION: &str = r#"
id = { column = "id" }
ra = { column = "ra", unit = "deg" }
dec = { column = "dec", unit = "deg" }
"#;
