//! The schema of a catalogue: a TOML file that says which column is which of
//! our fields, in which unit, and which rows to keep. Keys it does not know are
//! refused.

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};

use super::{CatalogueError, Field, Limits, Unit, unit::Dimension};

/// What the rows of a catalogue are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum CatalogueKind {
    /// Clusters to look at.
    #[default]
    Clusters,
    /// Known lenses and candidates.
    Lenses,
}

/// A schema.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// Short name.
    pub name: String,
    /// What the catalogue is.
    #[serde(default)]
    pub title: String,
    /// Where it was published.
    #[serde(default)]
    pub reference: String,
    /// Whether the schema was tried on the real file.
    #[serde(default)]
    pub verified: bool,
    /// What its rows are.
    #[serde(default)]
    pub kind: CatalogueKind,
    /// How the file is laid out, where it does not say itself.
    #[serde(default)]
    pub file: FileSpec,
    /// Our fields and their columns.
    pub columns: BTreeMap<Field, ColumnSpec>,
    /// Which redshift counts.
    #[serde(default)]
    pub redshift: ZChoice,
    /// Rows to keep, by columns of the normal form, such as `m500_msun = { min = 1e14 }`.
    #[serde(default, skip_serializing_if = "Limits::is_empty")]
    pub cut: Limits,
}

/// How a file is laid out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSpec {
    /// How a text file separates columns; default: by its name and first line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<TextFormat>,
    /// Names of the columns of a text file without a header line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub header: Vec<String>,
    /// Lines of a text file that begin with this are passed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<char>,
    /// Name (EXTNAME) or number of the HDU of a FITS file, or name or number of the table of a VOTable;
    /// default: the first table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
}

/// How a text file separates columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextFormat {
    /// Commas.
    Csv,
    /// Tabulators.
    Tsv,
    /// Semicolons.
    Semicolon,
    /// Bars.
    Bar,
    /// Any number of blanks.
    Blanks,
}

/// One column of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnSpec {
    /// Its name, or several of which the first present one counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub column: Vec<String>,
    /// The number of the row is the value (for an id where the file has none).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub row_number: bool,
    /// Unit of its numbers; may be left out only where the file states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The unit the file states, word for word, where it is known to be wrong: `unit` then counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_unit: Option<String>,
    /// Values that mean "unknown", beside empty ones, NaN and the like.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub null: Vec<NullMark>,
    /// What to do with a value that cannot be read.
    #[serde(default)]
    pub unreadable: Unreadable,
    /// Whether the file may lack the column.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// A value that means "unknown".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum NullMark {
    /// A number.
    Number(f64),
    /// A word.
    Word(String),
}

/// What to do with a value that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreadable {
    /// The row is refused.
    #[default]
    Refuse,
    /// The value is unknown; counted.
    Null,
}

/// Which redshift counts where there are several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZChoice {
    /// `spec` (default) or `phot`; the other stands in where it is unknown.
    #[serde(default)]
    pub prefer: super::ZKind,
}

impl Schema {
    /// Reads a schema from TOML; `name` is for messages.
    ///
    /// # Errors
    /// When it is no TOML, has an unknown key, lacks a needed field, or a unit does not fit.
    pub fn parse(text: &str, name: &str) -> Result<Self, CatalogueError> {
        let schema: Self =
            toml::from_str(text).map_err(|error| CatalogueError::schema(name, error.to_string()))?;
        schema.check().map_err(|reason| CatalogueError::schema(name, reason))?;
        Ok(schema)
    }

    /// Reads a schema file.
    ///
    /// # Errors
    /// When it cannot be read, and as [`Schema::parse`].
    pub fn open(path: &Path) -> Result<Self, CatalogueError> {
        let text = std::fs::read_to_string(path).map_err(CatalogueError::read(path))?;
        Self::parse(&text, &path.display().to_string())
    }

    /// Whether the limits in `cut`, perhaps changed since, are on columns there are.
    ///
    /// # Errors
    /// Names the first that is wrong.
    pub fn check_cut(&self) -> Result<(), CatalogueError> {
        self.cut.check().map_err(|reason| CatalogueError::schema(&self.name, reason))
    }

    fn check(&self) -> Result<(), String> {
        for field in [Field::Id, Field::Ra, Field::Dec] {
            if !self.columns.contains_key(&field) {
                return Err(format!(
                    "[columns.{}] is missing; a catalogue needs id, ra and dec (id may be `row_number = true`)",
                    field.name()
                ));
            }
        }
        if self.columns.contains_key(&Field::RaBcg) != self.columns.contains_key(&Field::DecBcg) {
            return Err("ra_bcg and dec_bcg come together; give both or neither".to_owned());
        }
        for (&field, spec) in &self.columns {
            spec.check(field).map_err(|reason| format!("[columns.{}] {reason}", field.name()))?;
        }
        if self.redshift.prefer == super::ZKind::Unknown {
            return Err("[redshift] prefer must be \"spec\" or \"phot\"".to_owned());
        }
        self.cut.check()
    }
}

impl ColumnSpec {
    fn check(&self, field: Field) -> Result<(), String> {
        if self.row_number {
            let alone = self.column.is_empty() && field == Field::Id;
            return alone
                .then_some(())
                .ok_or_else(|| "row_number is for the id, instead of column".to_owned());
        }
        if self.column.iter().all(|name| name.trim().is_empty()) {
            return Err("needs column = \"<name in the file>\"".to_owned());
        }
        match (field.dimension(), &self.unit) {
            (None, Some(unit)) => {
                Err(format!("has unit {unit:?}, but holds no quantity; leave the unit out"))
            }
            (Some(dimension), Some(unit)) => parse_unit(unit, dimension).map(|_| ()),
            (_, None) => match &self.file_unit {
                Some(_) => Err("has file_unit but no unit; say what the numbers really are in".to_owned()),
                None => Ok(()),
            },
        }
    }
}

/// A unit of that dimension, or what to write instead.
pub(super) fn parse_unit(text: &str, dimension: Dimension) -> Result<Unit, String> {
    let unit = Unit::parse(text)
        .ok_or_else(|| format!("unit {text:?} is not known; write {}", dimension.examples()))?;
    if unit.measures(dimension) {
        Ok(unit)
    } else {
        Err(format!("unit {text:?} measures something else; write {}", dimension.examples()))
    }
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Names {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Names::deserialize(from)? {
        Names::One(name) => vec![name],
        Names::Many(names) => names,
    })
}
