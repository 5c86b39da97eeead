//! Charts as SVG text, and the tables that hold the same numbers: values against
//! rounds or votes ([`Plot`]), curves with bands on linear or logarithmic axes
//! ([`Curves`]), one interval a row ([`Forest`]). Which numbers go into which chart,
//! and the page around them, are left to `campaign` and `laboratory`.
//!
//! A drawing carries no colours: its classes are styled by [`STYLE`] and
//! [`MORE_STYLE`], so that both themes and print use the same one. Series differ by
//! colour, dashes and marker, and every figure has a table twin.

mod axis;
mod curves;
mod figure;
mod forest;
mod format;
mod plot;
mod scale;
mod svg;
mod table;

pub use axis::Axis;
pub use curves::{Curve, Curves, Reference};
pub use figure::Figure;
pub use forest::{Forest, Row};
pub use format::{NONE, count, interval};
pub use plot::{Plot, Point, Series};
pub use svg::escape;
pub use table::{Column, Table};

/// The style of a page with figures and tables, both themes.
pub const STYLE: &str = include_str!("style.css");

/// Beside [`STYLE`]: the fifth to eighth series, and bands.
pub const MORE_STYLE: &str = include_str!("more.css");
