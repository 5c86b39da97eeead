//! CSV: a header with names, then a star a row; commas, semicolons or tabs; lines
//! with # are passed over.

use domain::Progress;

use super::{Harvest, columns::ColumnNames, error::Fault, star};

/// Rows between looks at the person.
const STEP: u64 = 1 << 16;

pub(super) fn read(text: &[u8], columns: &ColumnNames, progress: &dyn Progress) -> Result<Harvest, Fault> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .comment(Some(b'#'))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text);
    let names: Vec<String> = match reader.byte_headers() {
        Ok(names) => names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect(),
        Err(error) => return Err(Fault::Words(format!("the header cannot be read: {error}"))),
    };
    let found = columns.find(&names)?;
    let mut harvest = Harvest::default();
    let mut row = csv::ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut row) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                return Err(Fault::Words(format!("row {} cannot be read: {error}", harvest.rows + 1)));
            }
        }
        let number = |at: usize| number(&row, at, &names[at]);
        let motion = || {
            let [east, north] = found.motion?;
            Some([number(east).ok()?, number(north).ok()?])
        };
        let parsed = number(found.ra)
            .and_then(|ra| Ok((ra, number(found.dec)?, number(found.magnitude)?)))
            .and_then(|(ra, dec, magnitude)| star(ra, dec, magnitude, motion()));
        harvest.add(parsed);
        if harvest.rows.is_multiple_of(STEP) {
            progress.check()?;
            progress.advance(STEP);
        }
    }
    progress.advance(harvest.rows % STEP);
    Ok(harvest)
}

fn number(row: &csv::ByteRecord, at: usize, name: &str) -> Result<f64, String> {
    let Some(cell) = row.get(at) else {
        return Err(format!("column {name} is missing, the row has only {} cells", row.len()));
    };
    std::str::from_utf8(cell).ok().and_then(|cell| cell.parse().ok()).ok_or_else(|| {
        format!(
            "column {name} is {:?}, which is no number",
            String::from_utf8_lossy(&cell[..cell.len().min(40)])
        )
    })
}

/// The most frequent of the usual delimiters in the first line that is not a comment.
fn delimiter(text: &[u8]) -> u8 {
    let header = text
        .split(|&byte| byte == b'\n')
        .find(|line| !line.starts_with(b"#") && !line.trim_ascii().is_empty())
        .unwrap_or_default();
    let count = |delimiter: u8| header.iter().filter(|&&byte| byte == delimiter).count();
    // Of equals the last; a header of one column is split by commas.
    [b';', b'\t', b','].into_iter().max_by_key(|&delimiter| count(delimiter)).unwrap_or(b',')
}
