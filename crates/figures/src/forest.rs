//! One interval a row between 0 and 1, names above their rows so that long ones
//! fit on a phone.

use crate::{scale::Scale, svg::Svg};

const WIDTH: f64 = 440.0;
const LEFT: f64 = 14.0;
const RIGHT: f64 = 426.0;
const TOP: f64 = 22.0;
const ROW: f64 = 42.0;

/// The chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest<'a> {
    /// What is along the bottom.
    pub label: &'a str,
    /// A value that means "knows nothing".
    pub reference: f64,
    /// What to call it.
    pub reference_name: &'a str,
    /// From the top down.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Whose number it is.
    pub name: String,
    /// How many stand behind it.
    pub counts: String,
    /// The number, between 0 and 1.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Forest<'_> {
    /// The drawing; `id` is unique on its page.
    #[must_use]
    pub fn svg(&self, title: &str, id: &str) -> String {
        let bottom = ROW.mul_add(self.rows.len() as f64, TOP);
        let x = Scale::linear((0.0, 1.0), (LEFT, RIGHT));
        let mut svg = Svg::open(WIDTH, bottom + 46.0, title, id);
        for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
            svg.line("grid", (x.at(tick), TOP), (x.at(tick), bottom));
            svg.text("tick", "middle", (x.at(tick), bottom + 18.0), &format!("{tick:.2}"));
        }
        let reference = x.at(self.reference);
        svg.line("reference", (reference, TOP), (reference, bottom));
        svg.text("label", "middle", (reference, TOP - 8.0), self.reference_name);
        svg.line("axis", (LEFT, bottom), (RIGHT, bottom));
        svg.text("label", "middle", ((LEFT + RIGHT) / 2.0, bottom + 38.0), self.label);
        for (index, row) in self.rows.iter().enumerate() {
            let top = ROW.mul_add(index as f64, TOP);
            let level = top + 30.0;
            svg.text(
                "legend halo",
                "start",
                (LEFT, top + 17.0),
                &format!("{} (n = {})", row.name, row.counts),
            );
            svg.line("whisker s0", (x.at(row.low), level), (x.at(row.high), level));
            for end in [row.low, row.high] {
                svg.line("whisker s0", (x.at(end), level - 4.0), (x.at(end), level + 4.0));
            }
            svg.marker(0, (x.at(row.value), level));
        }
        svg.close()
    }
}
