//! One column: its unit, checked against the file's, and its values in ours.

use crate::catalogue::{
    ColumnSpec, Entry, Field, NullMark, Unit, Unreadable, cell::Cell, schema::parse_unit, table::Column,
};

/// A field and where its values come from.
pub(super) struct Mapped {
    pub field: Field,
    /// `None`: the row's number.
    pub cell: Option<usize>,
    pub unit: Option<Unit>,
    null: Vec<NullMark>,
    pub unreadable: Unreadable,
}

/// Where a value goes.
pub(super) enum Value {
    Id(i64),
    Ra(f64),
    Dec(f64),
    Real(fn(&mut Entry) -> &mut Option<f64>, f64),
    Word(fn(&mut Entry) -> &mut Option<String>, String),
}

impl Mapped {
    pub(super) fn new(field: Field, cell: Option<usize>, unit: Option<Unit>, spec: &ColumnSpec) -> Self {
        Self { field, cell, unit, null: spec.null.clone(), unreadable: spec.unreadable }
    }

    pub(super) fn is_unknown(&self, cell: &Cell) -> bool {
        cell.is_nothing()
            || self.null.iter().any(|mark| match mark {
                NullMark::Number(null) => cell.number() == Some(*null),
                NullMark::Word(null) => matches!(cell, Cell::Text(text) if text == null),
            })
    }

    pub(super) fn value(&self, cell: &Cell) -> Result<Value, String> {
        let real = |slot| self.number(cell).map(|value| Value::Real(slot, value));
        let word = |slot| Ok(Value::Word(slot, cell.written()));
        match self.field {
            Field::Id => cell.whole().map(Value::Id),
            Field::Ra => self.number(cell).map(Value::Ra),
            Field::Dec => self.number(cell).map(Value::Dec),
            Field::ZPhot => real(|e| &mut e.z_phot),
            Field::ZSpec => real(|e| &mut e.z_spec),
            Field::Z => real(|e| &mut e.z),
            Field::M500 => real(|e| &mut e.m500_msun),
            Field::M200 => real(|e| &mut e.m200_msun),
            Field::Richness => real(|e| &mut e.richness),
            Field::R500 => real(|e| &mut e.r500_mpc),
            Field::R500Angle => real(|e| &mut e.r500_arcmin),
            Field::RaBcg => real(|e| &mut e.ra_bcg_deg),
            Field::DecBcg => real(|e| &mut e.dec_bcg_deg),
            Field::MagBcgG => real(|e| &mut e.mag_bcg_g),
            Field::MagBcgR => real(|e| &mut e.mag_bcg_r),
            Field::MagBcgZ => real(|e| &mut e.mag_bcg_z),
            Field::Name => word(|e| &mut e.name),
            Field::Grade => word(|e| &mut e.grade),
            Field::Kind => word(|e| &mut e.kind),
            Field::Reference => word(|e| &mut e.reference),
        }
    }

    /// The value in our unit, if it can be one.
    fn number(&self, cell: &Cell) -> Result<f64, String> {
        let (Some(unit), Some(dimension)) = (self.unit, self.field.dimension()) else {
            return Err("has no unit".to_owned());
        };
        let value = if unit.is_sexagesimal() {
            let text = cell.written();
            unit.sexagesimal(&text).ok_or_else(|| format!("is {text:?}, not of the form 12:30:00.0"))?
        } else {
            let number = cell.number().ok_or_else(|| format!("is {:?}, not a number", cell.written()))?;
            unit.standard(number, dimension)
        };
        let positive = matches!(self.field, Field::M500 | Field::M200 | Field::R500 | Field::R500Angle);
        let redshift = matches!(self.field, Field::Z | Field::ZPhot | Field::ZSpec | Field::Richness);
        let written = cell.written();
        if !value.is_finite() {
            Err(format!("is {written}, not a finite number"))
        } else if positive && value <= 0.0 || redshift && value < 0.0 {
            Err(format!(
                "is {written}, which cannot be; if that means unknown, add null = [{written}] to its column"
            ))
        } else if matches!(self.field, Field::M500 | Field::M200) && !(1e10..=1e17).contains(&value) {
            Err(format!("is {written}, {value:.3e} solar masses; no cluster weighs that, check the unit"))
        } else {
            Ok(value)
        }
    }
}

/// The unit of a column and how it was written.
pub(super) fn unit_of(
    field: Field,
    spec: &ColumnSpec,
    column: &Column,
) -> Result<Option<(String, Unit)>, String> {
    let Some(dimension) = field.dimension() else { return Ok(None) };
    let stated = column.unit.as_deref().map(str::trim).filter(|unit| !unit.is_empty());
    let Some(words) = &spec.unit else {
        let Some(stated) = stated else {
            return Err(format!(
                "neither the file nor the schema says its unit; add unit = {} to [columns.{}]",
                dimension.examples(),
                field.name()
            ));
        };
        return parse_unit(stated, dimension).map(|unit| Some((stated.to_owned(), unit))).map_err(|_| {
            format!(
                "the file says {stated:?}, which is no unit known for it; add file_unit = {stated:?} and unit = {} to [columns.{}]",
                dimension.examples(),
                field.name()
            )
        });
    };
    let unit = parse_unit(words, dimension)?;
    let Some(stated) = stated else { return Ok(Some((words.clone(), unit))) };
    let declared = spec.file_unit.as_deref().map(str::trim) == Some(stated);
    let same = Unit::parse(stated).is_some_and(|found| found.agrees(unit));
    if declared || same {
        Ok(Some((words.clone(), unit)))
    } else {
        Err(format!(
            "the schema says {words:?}, the file {stated:?}; correct unit, or if the file is wrong add file_unit = {stated:?} to [columns.{}]",
            field.name()
        ))
    }
}
