//! From the cells of a file to an entry: which column is which field, in which
//! unit, checked against what the file says of itself before the first row.

mod column;

use std::{collections::BTreeMap, path::Path};

use column::{Mapped, Value, unit_of};
use domain::SkyCoord;
use serde::Serialize;

use super::{
    CatalogueError, Entry, Field, Schema, Unit, Unreadable, ZKind,
    cell::Cell,
    table::{Table, find, is_twice, nearest},
};

/// What is known of one column after reading.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ColumnUse {
    /// Its name in the file; none for the row's number, or an optional one that is not there.
    pub column: Option<String>,
    /// The unit its numbers were read in, as written in the schema or the file.
    pub unit: Option<String>,
    /// Values that say "unknown".
    pub unknown: u64,
    /// Values that could not be read and count as unknown, by `unreadable = "null"`.
    pub unreadable: u64,
}

/// The plan for reading one file.
pub(super) struct Mapping {
    fields: Vec<Mapped>,
    prefer: ZKind,
    pub(super) uses: BTreeMap<Field, ColumnUse>,
    place_name: &'static str,
    masses: [Masses; 2],
}

/// Fields that hold masses.
const MASSES: [Field; 2] = [Field::M500, Field::M200];

/// Numbers of a column of masses as they stand in the file.
#[derive(Clone, Copy)]
struct Masses {
    rows: u64,
    min: f64,
    max: f64,
}

impl Mapping {
    /// Fits the schema to the columns of the file and selects them.
    pub(super) fn new(path: &Path, schema: &Schema, table: &mut dyn Table) -> Result<Self, CatalogueError> {
        let mut fields = Vec::new();
        let mut uses = BTreeMap::new();
        let mut wanted = Vec::new();
        for (&field, spec) in &schema.columns {
            let used = uses.entry(field).or_insert_with(ColumnUse::default);
            if spec.row_number {
                fields.push(Mapped::new(field, None, None, spec));
                continue;
            }
            let columns = table.columns();
            if let Some(name) = spec.column.iter().find(|name| is_twice(columns, name)) {
                let reason = format!("several columns are called {name:?}; rename all but one");
                return Err(CatalogueError::table(path, reason));
            }
            let Some(index) = spec.column.iter().find_map(|name| find(columns, name)) else {
                if spec.optional {
                    continue;
                }
                return Err(CatalogueError::MissingColumn {
                    path: path.to_owned(),
                    field: field.name().to_owned(),
                    wanted: spec
                        .column
                        .iter()
                        .map(|name| format!("{name:?}"))
                        .collect::<Vec<_>>()
                        .join(" or "),
                    nearest: nearest(columns, &spec.column),
                });
            };
            let column = &columns[index];
            used.column = Some(column.name.clone());
            let unit = unit_of(field, spec, column).map_err(|reason| CatalogueError::Unit {
                path: path.to_owned(),
                column: column.name.clone(),
                field: field.name().to_owned(),
                reason,
            })?;
            used.unit = unit.as_ref().map(|(words, _)| words.clone());
            fields.push(Mapped::new(field, Some(wanted.len()), unit.map(|(_, unit)| unit), spec));
            wanted.push(index);
        }
        table.select(&wanted)?;
        let masses = [Masses { rows: 0, min: f64::INFINITY, max: f64::NEG_INFINITY }; 2];
        Ok(Self { fields, prefer: schema.redshift.prefer, uses, place_name: table.place_name(), masses })
    }

    /// What the row says, or why it is refused.
    pub(super) fn entry(&mut self, cells: &[Cell], place: u64) -> Result<Entry, (Option<i64>, String)> {
        let nowhere = SkyCoord { ra_deg: 0.0, dec_deg: 0.0 };
        let mut entry = Entry::new(0, place, nowhere);
        let mut id = None;
        let mut position = [None; 2];
        for mapped in &self.fields {
            let used = self.uses.entry(mapped.field).or_default();
            let column = used.column.clone();
            let wrong = |id, reason: String| {
                let name = column.as_deref().unwrap_or_default();
                Err((id, format!("{} (column {name:?}) {reason}", mapped.field.name())))
            };
            let Some(index) = mapped.cell else {
                entry.id = i64::try_from(place).unwrap_or(i64::MAX);
                id = Some(entry.id);
                continue;
            };
            let cell = &cells[index];
            if mapped.is_unknown(cell) {
                used.unknown += 1;
                if mapped.field.is_required() {
                    return wrong(id, "is unknown; every row needs it".to_owned());
                }
                continue;
            }
            match mapped.value(cell) {
                Ok(Value::Id(value)) => {
                    entry.id = value;
                    id = Some(value);
                }
                Ok(Value::Ra(value)) => position[0] = Some(value),
                Ok(Value::Dec(value)) => position[1] = Some(value),
                Ok(Value::Real(slot, value)) => {
                    *slot(&mut entry) = Some(value);
                    let kind = MASSES.iter().position(|field| *field == mapped.field);
                    if let (Some(kind), Some(number)) = (kind, cell.number()) {
                        let Masses { rows, min, max } = self.masses[kind];
                        self.masses[kind] =
                            Masses { rows: rows + 1, min: min.min(number), max: max.max(number) };
                    }
                }
                Ok(Value::Word(slot, value)) => *slot(&mut entry) = Some(value),
                Err(_) if mapped.unreadable == Unreadable::Null && !mapped.field.is_required() => {
                    used.unreadable += 1;
                }
                Err(reason) => return wrong(id, reason),
            }
        }
        let [Some(ra), Some(dec)] = position else {
            return Err((id, "has no position".to_owned()));
        };
        entry.position =
            SkyCoord::new(ra, dec).filter(|_| (-360.0..=360.0).contains(&ra)).ok_or_else(|| {
                (id, format!("RA {ra}°, Dec {dec}° is no place on the sky; check the columns and units"))
            })?;
        if let (Some(ra), Some(dec)) = (entry.ra_bcg_deg, entry.dec_bcg_deg) {
            let bcg = SkyCoord::new(ra, dec).ok_or_else(|| {
                (id, format!("the brightest galaxy at RA {ra}°, Dec {dec}° is no place on the sky"))
            })?;
            (entry.ra_bcg_deg, entry.dec_bcg_deg) = (Some(bcg.ra_deg), Some(bcg.dec_deg));
        }
        self.choose_z(&mut entry);
        Ok(entry)
    }

    fn choose_z(&self, entry: &mut Entry) {
        let spec = entry.z_spec.map(|z| (z, ZKind::Spec));
        let phot = entry.z_phot.map(|z| (z, ZKind::Phot));
        let preferred = if self.prefer == ZKind::Phot { phot.or(spec) } else { spec.or(phot) };
        let chosen = preferred.or(entry.z.map(|z| (z, ZKind::Unknown)));
        entry.z = chosen.map(|(z, _)| z);
        entry.z_kind = chosen.map(|(_, kind)| kind);
    }

    /// A unit that fits no row badly enough to be refused, but all of them together.
    pub(super) fn doubt(&self) -> Option<String> {
        MASSES.into_iter().zip(self.masses).find_map(|(field, masses)| self.doubt_of(field, masses))
    }

    fn doubt_of(&self, field: Field, Masses { rows, min, max }: Masses) -> Option<String> {
        /// Logarithms of cluster masses lie within; no catalogue has only clusters above 1e15.
        const LOGARITHMS: std::ops::RangeInclusive<f64> = 11.0..=16.5;
        const ROWS: u64 = 20;
        let mapped = self.fields.iter().find(|mapped| mapped.field == field)?;
        let linear = matches!(mapped.unit, Some(Unit::Mass(one)) if (min * one) > 1e15);
        let suspect = linear && rows >= ROWS && LOGARITHMS.contains(&min) && LOGARITHMS.contains(&max);
        suspect.then(|| {
            format!(
                "all {rows} masses ({}) are numbers from {min} to {max}, as logarithms are, but the unit is {:?}; write unit = \"log10(Msun)\" (and file_unit, if the file says otherwise)",
                field.name(),
                self.uses.get(&field).and_then(|used| used.unit.clone()).unwrap_or_default()
            )
        })
    }

    /// `row` or `line`.
    pub(super) const fn place_name(&self) -> &'static str {
        self.place_name
    }
}
