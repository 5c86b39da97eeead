//! A CSV table that points at image files: known columns are read, others are
//! kept in the provenance, a bad line is refused and the rest goes on.

use std::{fs, path::Path};

use csv::StringRecord;
use domain::{Label, SkyCoord};
use imaging::parse_bands;

use super::{IngestRequest, Item, List, Wanted, folder::without_ending, listed::ConditionColumns};
use crate::{Source, SurveyError};

/// Spellings of each known column; the first is the one we write about.
const PATH: [&str; 4] = ["path", "file", "filename", "image"];
const ID: [&str; 1] = ["id"];
const RA: [&str; 2] = ["ra_deg", "ra"];
const DEC: [&str; 2] = ["dec_deg", "dec"];
const LABEL: [&str; 1] = ["label"];
const PROVENANCE: [&str; 1] = ["provenance"];
const BANDS: [&str; 1] = ["bands"];
const SCALE: [&str; 2] = ["pixel_scale_arcsec", "pixel_scale"];
const PLANE: [&str; 1] = ["plane"];
const ZERO_POINT: [&str; 1] = ["zero_point"];
const STATE: [&str; 1] = ["state"];

/// The state of a file that was fetched whole.
const DONE: &str = "done";

/// Which column is what.
struct Columns {
    path: usize,
    id: Option<usize>,
    ra: Option<usize>,
    dec: Option<usize>,
    label: Option<usize>,
    provenance: Option<usize>,
    bands: Option<usize>,
    scale: Option<usize>,
    plane: Option<usize>,
    zero_point: Option<usize>,
    state: Option<usize>,
    conditions: ConditionColumns,
    /// Index and name of every other one.
    others: Vec<(usize, String)>,
}

pub(super) fn list(table: &Path, request: &IngestRequest) -> Result<List, SurveyError> {
    let wrong = |reason: String| SurveyError::Catalogue { path: table.to_owned(), reason };
    let text = fs::read(table).map_err(SurveyError::io("cannot open the catalogue", table))?;
    let absolute = fs::canonicalize(table).map_err(SurveyError::io("cannot open the catalogue", table))?;
    let folder = absolute.parent().unwrap_or(Path::new("/"));
    let tab = table.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("tsv"));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(if tab { b'\t' } else { b',' })
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text));
    let header = reader.headers().map_err(|error| wrong(error.to_string()))?.clone();
    let columns = Columns::of(&header).map_err(wrong)?;
    let mut items = Vec::new();
    let mut record = StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => items.push(item(&columns, &record, folder, line, request)),
            Err(error) => items.push(Item { shown: format!("line {line}"), image: Err(error.to_string()) }),
        }
    }
    Ok(List { items, other_columns: columns.others.into_iter().map(|(_, name)| name).collect() })
}

impl Columns {
    fn of(header: &StringRecord) -> Result<Self, String> {
        let names: Vec<String> = header.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
        let mut known = Vec::new();
        let mut find = |spellings: &[&str]| {
            let found = spellings.iter().find_map(|wanted| names.iter().position(|name| name == wanted));
            known.extend(found);
            found
        };
        let path = find(&PATH).ok_or_else(|| {
            format!("no column names the files; call it {:?} (found: {})", PATH[0], names.join(", "))
        })?;
        let [id, ra, dec] = [find(&ID), find(&RA), find(&DEC)];
        let [label, provenance, bands] = [find(&LABEL), find(&PROVENANCE), find(&BANDS)];
        let [scale, plane, zero_point] = [find(&SCALE), find(&PLANE), find(&ZERO_POINT)];
        let state = find(&STATE);
        let conditions = ConditionColumns::of(&mut find);
        let other = |&(i, _): &(usize, &str)| !known.contains(&i);
        let others = header.iter().enumerate().filter(other).map(|(i, name)| (i, name.to_owned())).collect();
        Ok(Self {
            path,
            id,
            ra,
            dec,
            label,
            provenance,
            bands,
            scale,
            plane,
            zero_point,
            state,
            conditions,
            others,
        })
    }
}

fn item(columns: &Columns, record: &StringRecord, folder: &Path, line: u64, request: &IngestRequest) -> Item {
    let path = record.get(columns.path).unwrap_or_default();
    let shown = if path.is_empty() { format!("line {line}") } else { format!("line {line}: {path}") };
    let image = wanted(columns, record, folder, request).map(|mut wanted| {
        wanted.provenance = provenance(columns, record, &wanted.provenance);
        wanted
    });
    Item { shown, image }
}

fn wanted(
    columns: &Columns,
    record: &StringRecord,
    folder: &Path,
    request: &IngestRequest,
) -> Result<Wanted, String> {
    let text = |column: Option<usize>| column.and_then(|i| record.get(i)).filter(|text| !text.is_empty());
    let number = |column: Option<usize>, name: &str| -> Result<Option<f64>, String> {
        let wrong = |text| format!("column {name} holds {text:?}, which is no number; correct or empty it");
        text(column)
            .map(|text| text.parse().ok().filter(|n: &f64| n.is_finite()).ok_or_else(|| wrong(text)))
            .transpose()
    };
    if let Some(state) = text(columns.state).filter(|state| !state.eq_ignore_ascii_case(DONE)) {
        return Err(format!("the list says {state:?} of it, not {DONE:?}; download it first"));
    }
    let path = text(Some(columns.path)).ok_or("column path is empty; name a file")?;
    let mut source: Source = path.parse().map_err(|error: crate::SourceParseError| error.to_string())?;
    if let Some(plane) = text(columns.plane) {
        let wrong = |_| format!("column plane holds {plane:?}; give the number of a plane, from 0");
        source.plane = Some(plane.parse().map_err(wrong)?);
    }
    let source = source.relative_to(folder);
    let position = match (number(columns.ra, RA[0])?, number(columns.dec, DEC[0])?) {
        (Some(ra), Some(dec)) => Some(SkyCoord::new(ra, dec).ok_or_else(|| {
            format!("ra_deg {ra}, dec_deg {dec} is no position; dec_deg must lie within -90 and 90")
        })?),
        (None, None) => None,
        _ => return Err("one of ra_deg and dec_deg is empty; give both or neither".to_owned()),
    };
    let mut options = request.options.clone();
    if let Some(bands) = text(columns.bands) {
        options.bands = Some(parse_bands(bands).map_err(|error| format!("column bands: {error}"))?);
    }
    if let Some(scale) = number(columns.scale, SCALE[0])? {
        if scale <= 0.0 {
            return Err(format!("column pixel_scale_arcsec holds {scale}; it must be positive"));
        }
        options.pixel_scale_arcsec = Some(scale);
    }
    let zero_point = number(columns.zero_point, ZERO_POINT[0])?;
    options.zero_point = zero_point.or(options.zero_point);
    let label = text(columns.label).map_or(Ok(request.label), parse_label)?;
    let stem = |path: &str| {
        let name = without_ending(path.rsplit('/').next().unwrap_or(path));
        source.plane.map_or(name.clone(), |plane| format!("{name}_{plane:04}"))
    };
    let id = text(columns.id).map_or_else(|| stem(path.split(';').next().unwrap_or(path)), str::to_owned);
    let mut provenance = text(columns.provenance).unwrap_or(&request.provenance).to_owned();
    if let Some(magnitude) = zero_point {
        // The index has no column for it, and the picture needs it later.
        let gap = if provenance.is_empty() { "" } else { "; " };
        provenance = format!("{provenance}{gap}zero_point={magnitude}");
    }
    let conditions = columns.conditions.read(record)?;
    let sizes = source.sizes();
    Ok(Wanted { id, source: source.to_string(), options, position, conditions, sizes, label, provenance })
}

fn parse_label(text: &str) -> Result<Label, String> {
    match text.to_ascii_lowercase().as_str() {
        "-1" | "unknown" => Ok(Label::Unknown),
        "0" | "non_lens" => Ok(Label::NonLens),
        "1" | "lens" => Ok(Label::Lens),
        _ => Err(format!("column label holds {text:?}; it must be -1 (unknown), 0 (no lens) or 1 (lens)")),
    }
}

/// The given provenance and every other column as `name=value`.
fn provenance(columns: &Columns, record: &StringRecord, given: &str) -> String {
    let mut parts: Vec<String> = (!given.is_empty()).then(|| given.to_owned()).into_iter().collect();
    for (index, name) in &columns.others {
        let value = record.get(*index).unwrap_or_default().replace(';', ",");
        if !value.is_empty() {
            parts.push(format!("{name}={value}"));
        }
    }
    parts.join("; ")
}
