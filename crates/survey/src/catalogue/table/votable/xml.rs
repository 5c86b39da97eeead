//! Reading XML through quick-xml, with errors that say what to do.

use std::{io::BufRead, path::Path};

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use crate::catalogue::CatalogueError;

/// The next event; damage is told with its place.
pub(super) fn read<'a>(
    path: &Path,
    xml: &mut Reader<Box<dyn BufRead>>,
    buffer: &'a mut Vec<u8>,
) -> Result<Event<'a>, CatalogueError> {
    let position = xml.buffer_position();
    xml.read_event_into(buffer).map_err(|error| match error {
        quick_xml::Error::Io(error) => {
            CatalogueError::of_read(path, std::io::Error::new(error.kind(), error.to_string()))
        }
        // All of them are tags that never end.
        quick_xml::Error::Syntax(_) => cut_off(path),
        other => CatalogueError::table(
            path,
            format!("the XML is damaged after byte {position} ({other}); fetch it again"),
        ),
    })
}

/// The file ends where more must come.
pub(in crate::catalogue::table) fn cut_off(path: &Path) -> CatalogueError {
    CatalogueError::table(path, "the file ends inside the table; fetch it again")
}

/// The value of an attribute.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

/// An error that the server wrote into the table, or that it cut the table short.
pub(super) fn check_status(path: &Path, tag: &BytesStart<'_>) -> Result<(), CatalogueError> {
    if attribute(tag, "name").as_deref() != Some("QUERY_STATUS") {
        return Ok(());
    }
    match attribute(tag, "value").as_deref() {
        Some("ERROR") => Err(CatalogueError::table(
            path,
            "the server answered with an error instead of a table; correct the query",
        )),
        Some("OVERFLOW") => Err(CatalogueError::table(
            path,
            "the server cut the table at its row limit (QUERY_STATUS OVERFLOW); ask again with a larger MAXREC",
        )),
        _ => Ok(()),
    }
}

/// The letter that `&name;` stands for.
pub(super) fn resolve(entity: &str) -> String {
    let number = entity.strip_prefix('#').and_then(|code| match code.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => code.parse().ok(),
    });
    match (entity, number.and_then(char::from_u32)) {
        (_, Some(letter)) => letter.to_string(),
        ("amp", _) => "&".to_owned(),
        ("lt", _) => "<".to_owned(),
        ("gt", _) => ">".to_owned(),
        ("quot", _) => "\"".to_owned(),
        ("apos", _) => "'".to_owned(),
        _ => format!("&{entity};"),
    }
}
