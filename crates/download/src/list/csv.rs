//! A list of clusters as CSV.

use std::path::Path;

use super::{DEC, EXTRA, Entry, ID, RA, position};

pub(super) fn read(path: &Path) -> Result<Vec<Entry>, String> {
    let tab = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("tsv"));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(if tab { b'\t' } else { b',' })
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_path(path)
        .map_err(|error| error.to_string())?;
    let header: Vec<String> = reader
        .headers()
        .map_err(|error| error.to_string())?
        .iter()
        .map(|name| name.trim_start_matches('\u{feff}').to_ascii_lowercase())
        .collect();
    let find = |names: &[&str]| names.iter().find_map(|name| header.iter().position(|have| have == name));
    let need = |names: &[&str]| {
        find(names).ok_or_else(|| {
            format!(
                "has no column {}; it needs id, ra and dec (found: {})",
                names.join(" or "),
                header.join(", ")
            )
        })
    };
    let (id, ra, dec) = (need(&ID)?, need(&RA)?, need(&DEC)?);
    let extra = EXTRA.map(find);
    let mut entries = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(entries),
            Ok(true) => {}
            Err(error) => return Err(format!("line {line}: {error}")),
        }
        let text = |column: usize| record.get(column).unwrap_or_default();
        let number = |column: usize| {
            let wrong = || {
                format!("line {line}: column {} holds {:?}, which is no number", header[column], text(column))
            };
            text(column).parse::<f64>().map_err(|_| wrong())
        };
        let mut entry = Entry::new(text(id), position(line, number(ra)?, number(dec)?)?);
        entry.cluster_id = text(id).parse().ok();
        for (value, column) in entry.carried.iter_mut().zip(extra) {
            if let Some(column) = column.filter(|&column| !text(column).is_empty()) {
                *value = number(column)?;
            }
        }
        entries.push(entry);
    }
}
