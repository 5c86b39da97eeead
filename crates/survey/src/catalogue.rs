//! Catalogues of clusters and lists of lenses: any table (FITS, CSV, Parquet,
//! VOTable) read by a schema that says which column is what in which unit, and
//! written in one normal form. What a mass means is `lensing`'s; the pictures
//! are the downloader's.

mod cell;
mod entry;
mod error;
mod field;
mod import;
mod mapping;
mod merge;
mod normal;
mod ready;
mod schema;
mod selection;
mod source;
mod table;
mod unit;

pub use entry::{Entry, ZKind};
pub use error::CatalogueError;
pub use field::Field;
pub use import::{ImportCounts, ImportReport, ImportRequest, RejectedRow, import, read_all};
pub use mapping::ColumnUse;
pub use normal::{NormalReader, entries};
pub use ready::{READY, ReadySchema, ready};
pub use schema::{CatalogueKind, ColumnSpec, FileSpec, NullMark, Schema, TextFormat, Unreadable, ZChoice};
pub use selection::{Limits, Range};
pub use unit::Unit;
