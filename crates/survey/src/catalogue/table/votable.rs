//! VOTable: TABLEDATA row by row, BINARY and BINARY2 through
//! [`super::binary2`]. quick-xml reads the XML (the `votable` crate brings an
//! older one, an unmaintained YAML and a second TOML with it).

mod xml;

use std::{
    io::BufRead,
    path::{Path, PathBuf},
};

use quick_xml::{Reader, events::Event};
pub(super) use xml::cut_off;
use xml::{attribute, check_status, read, resolve};

use super::{
    Column, Step, Table,
    binary2::{BinaryRows, Kind},
};
use crate::catalogue::{CatalogueError, FileSpec, cell::Cell};

/// Columns no table has more of.
const MAX_FIELDS: usize = 10_000;

/// A VOTable.
pub(super) struct VoTable {
    path: PathBuf,
    xml: Reader<Box<dyn BufRead>>,
    buffer: Vec<u8>,
    columns: Vec<Column>,
    fields: Vec<FieldOf>,
    wanted: Vec<usize>,
    data: Data,
    row: u64,
    ended: bool,
}

/// What a FIELD says beyond name and unit.
#[derive(Debug, Clone, Default)]
pub(super) struct FieldOf {
    pub kind: Kind,
    /// Elements of a value; `None` when it varies.
    pub count: Option<usize>,
    /// The value that means "unknown".
    pub null: Option<String>,
}

enum Data {
    Cells(Vec<Option<String>>),
    Binary(BinaryRows),
}

impl VoTable {
    pub(super) fn open(
        path: &Path,
        bytes: Box<dyn BufRead>,
        spec: &FileSpec,
    ) -> Result<Self, CatalogueError> {
        let mut xml = Reader::from_reader(bytes);
        xml.config_mut().expand_empty_elements = true;
        let mut table = Self {
            path: path.to_owned(),
            xml,
            buffer: Vec::new(),
            columns: Vec::new(),
            fields: Vec::new(),
            wanted: Vec::new(),
            data: Data::Cells(Vec::new()),
            row: 0,
            ended: false,
        };
        table.find_data(spec)?;
        Ok(table)
    }

    /// Reads up to the first row of the chosen table.
    fn find_data(&mut self, spec: &FileSpec) -> Result<(), CatalogueError> {
        let mut number = 0;
        let mut chosen = false;
        let mut in_field = false;
        loop {
            self.buffer.clear();
            match read(&self.path, &mut self.xml, &mut self.buffer)? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "TABLE" => {
                        number += 1;
                        let name = attribute(&tag, "name").unwrap_or_default();
                        let id = attribute(&tag, "ID").unwrap_or_default();
                        chosen = spec
                            .table
                            .as_ref()
                            .is_none_or(|wish| *wish == number.to_string() || *wish == name || *wish == id);
                        self.columns.clear();
                        self.fields.clear();
                    }
                    "FIELD" if chosen && self.fields.len() < MAX_FIELDS => {
                        let name =
                            attribute(&tag, "name").or_else(|| attribute(&tag, "ID")).unwrap_or_default();
                        let unit = attribute(&tag, "unit").filter(|unit| !unit.trim().is_empty());
                        self.columns.push(Column { name, unit });
                        let count = match attribute(&tag, "arraysize") {
                            None => Some(1),
                            Some(size) if size.ends_with('*') => None,
                            Some(size) => size.split('x').try_fold(1_usize, |product, n| {
                                // What overflows is refused where a value is read.
                                Some(product.saturating_mul(n.trim().parse().ok()?))
                            }),
                        };
                        let kind =
                            attribute(&tag, "datatype").as_deref().map_or(Kind::default(), Kind::parse);
                        self.fields.push(FieldOf { kind, count, null: None });
                        in_field = true;
                    }
                    // A PARAM may have VALUES too.
                    "VALUES" if in_field => {
                        if let (Some(field), Some(null)) = (self.fields.last_mut(), attribute(&tag, "null")) {
                            field.null = Some(null);
                        }
                    }
                    "INFO" => check_status(&self.path, &tag)?,
                    "TABLEDATA" if chosen => return Ok(()),
                    "STREAM" if chosen => {
                        let encoding = attribute(&tag, "encoding").unwrap_or_default();
                        if attribute(&tag, "href").is_some() || !encoding.eq_ignore_ascii_case("base64") {
                            let reason = "its data lies in another file or is not base64; fetch it as TABLEDATA, FITS or CSV";
                            return Err(CatalogueError::table(&self.path, reason));
                        }
                        let nulls = matches!(&self.data, Data::Binary(rows) if rows.has_nulls());
                        self.data = Data::Binary(BinaryRows::new(self.fields.clone(), nulls));
                        return Ok(());
                    }
                    "BINARY" if chosen => self.data = Data::Binary(BinaryRows::new(Vec::new(), false)),
                    "BINARY2" if chosen => self.data = Data::Binary(BinaryRows::new(Vec::new(), true)),
                    "FITS" if chosen => {
                        let reason = "a FITS file inside a VOTable is not read; fetch the table as FITS";
                        return Err(CatalogueError::table(&self.path, reason));
                    }
                    _ => {}
                },
                Event::End(tag) if tag.local_name().as_ref() == "FIELD" => in_field = false,
                Event::End(tag) if chosen && tag.local_name().as_ref() == "TABLE" => {
                    self.ended = true;
                    return Ok(());
                }
                Event::Eof => {
                    let reason = spec.table.as_ref().map_or_else(
                        || "it holds no table; fetch it again".to_owned(),
                        |name| {
                            format!(
                                "it has no table {name:?} among {number}; correct [file] table in the schema"
                            )
                        },
                    );
                    return Err(CatalogueError::table(&self.path, reason));
                }
                _ => {}
            }
        }
    }

    /// Reads the next TR into `cells`; false after the last.
    fn tr(&mut self) -> Result<bool, CatalogueError> {
        let Data::Cells(cells) = &mut self.data else { return Ok(false) };
        cells.clear();
        let mut inside: Option<String> = None;
        loop {
            self.buffer.clear();
            match read(&self.path, &mut self.xml, &mut self.buffer)? {
                Event::Start(tag) if tag.local_name().as_ref() == "TD" => inside = Some(String::new()),
                Event::Text(text) => {
                    if let Some(value) = &mut inside {
                        value.push_str(&text.xml10_content());
                    }
                }
                Event::CData(text) => {
                    if let Some(value) = &mut inside {
                        value.push_str(&text.xml10_content());
                    }
                }
                Event::GeneralRef(entity) => {
                    if let Some(value) = &mut inside {
                        value.push_str(&resolve(&entity.into_inner()));
                    }
                }
                Event::End(tag) => match tag.local_name().as_ref() {
                    "TD" if cells.len() < MAX_FIELDS => {
                        cells.push(inside.take().filter(|value| !value.trim().is_empty()));
                    }
                    "TR" => return Ok(true),
                    "TABLEDATA" => return Ok(false),
                    _ => {}
                },
                Event::Eof => return Err(cut_off(&self.path)),
                _ => {}
            }
        }
    }

    /// After the last row: the server may say that there would be more.
    fn finish(&mut self) -> Result<(), CatalogueError> {
        while !self.ended {
            self.buffer.clear();
            match read(&self.path, &mut self.xml, &mut self.buffer)? {
                Event::Start(tag) if tag.local_name().as_ref() == "INFO" => check_status(&self.path, &tag)?,
                Event::End(tag) if tag.local_name().as_ref() == "VOTABLE" => self.ended = true,
                Event::Eof => return Err(cut_off(&self.path)),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Table for VoTable {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn select(&mut self, wanted: &[usize]) -> Result<(), CatalogueError> {
        for &index in wanted {
            let field = &self.fields[index];
            if field.count != Some(1) && !field.kind.is_text() {
                let name = &self.columns[index].name;
                let reason = format!("column {name:?} holds several numbers a row; choose another column");
                return Err(CatalogueError::table(&self.path, reason));
            }
        }
        self.wanted = wanted.to_vec();
        Ok(())
    }

    fn next(&mut self, cells: &mut Vec<Cell>) -> Result<Step, CatalogueError> {
        cells.clear();
        if self.ended {
            return Ok(Step::End);
        }
        if let Data::Binary(rows) = &mut self.data {
            if rows.next(&self.path, &mut self.xml.stream(), &self.wanted, cells)? {
                self.row += 1;
                return Ok(Step::Row);
            }
            self.finish()?;
            return Ok(Step::End);
        }
        if !self.tr()? {
            self.finish()?;
            return Ok(Step::End);
        }
        self.row += 1;
        let Data::Cells(found) = &mut self.data else { return Ok(Step::End) };
        if found.len() != self.fields.len() {
            return Ok(Step::Bad(format!(
                "has {} cells, the table {} fields",
                found.len(),
                self.fields.len()
            )));
        }
        for &index in &self.wanted {
            let field = &self.fields[index];
            let value = found[index].clone().filter(|value| field.null.as_deref() != Some(value.trim()));
            cells.push(value.map_or(Cell::Null, |value| Cell::Text(value.trim().to_owned())));
        }
        Ok(Step::Row)
    }

    fn place(&self) -> u64 {
        self.row
    }
}
