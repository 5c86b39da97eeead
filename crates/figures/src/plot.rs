//! Values against rounds or votes: axes with units, one line and one marker
//! shape per series, intervals as bars set side by side.

use crate::{Axis, Table, format::count, svg::Svg};

const WIDTH: f64 = 440.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 428.0;
const TOP: f64 = 38.0;
const BOTTOM: f64 = 252.0;
/// Sideways distance between the series at one x, so that their intervals do not cover each other.
const DODGE: f64 = 8.0;

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// Along the bottom.
    pub x: Axis,
    /// Upwards.
    pub y: Axis,
    /// A level with a name.
    pub reference: Option<(f64, String)>,
    /// The arms; four can be told apart.
    pub series: Vec<Series>,
    /// Whether points follow each other, so that a line through them means something.
    pub is_joined: bool,
}

/// One arm.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// For the legend.
    pub name: String,
    /// From left to right.
    pub points: Vec<Point>,
}

/// One round of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Along x.
    pub x: f64,
    /// Along y.
    pub y: f64,
    /// Ends of y's interval.
    pub interval: Option<(f64, f64)>,
}

impl Plot {
    /// The drawing; `id` is unique on its page.
    #[must_use]
    pub fn svg(&self, title: &str, id: &str) -> String {
        let (x, y) = (self.x.scale((LEFT, RIGHT)), self.y.scale((BOTTOM, TOP)));
        let mut svg = Svg::open(WIDTH, HEIGHT, title, id);
        self.legend(&mut svg);
        for (value, label) in &self.y.ticks {
            let level = y.at(*value);
            svg.line("grid", (LEFT, level), (RIGHT, level));
            svg.text("tick", "end", (LEFT - 7.0, level + 4.0), label);
        }
        for (value, label) in &self.x.ticks {
            let place = x.at(*value);
            let anchor = if place + 10.0 > RIGHT { "end" } else { "middle" };
            svg.text("tick", anchor, (place, BOTTOM + 18.0), label);
        }
        svg.line("axis", (LEFT, BOTTOM), (RIGHT, BOTTOM));
        svg.text("label", "middle", ((LEFT + RIGHT) / 2.0, BOTTOM + 38.0), &self.x.label);
        svg.text_upwards("label", (13.0, (TOP + BOTTOM) / 2.0), &self.y.label);
        if let Some((level, name)) = &self.reference {
            let level = y.at(*level);
            svg.line("reference", (LEFT, level), (RIGHT, level));
            // Below the line where the legend is close above it.
            let beside = if level < TOP + 16.0 { level + 15.0 } else { level - 6.0 };
            svg.text("label", "start", (LEFT + 6.0, beside), name);
        }
        let middle = (self.series.len() as f64 - 1.0) / 2.0;
        for (index, series) in self.series.iter().enumerate().rev() {
            let shift = if self.x.is_steps { (index as f64 - middle) * DODGE } else { 0.0 };
            let places: Vec<(f64, f64)> =
                series.points.iter().map(|point| (x.at(point.x) + shift, y.at(point.y))).collect();
            if self.is_joined {
                svg.polyline(&format!("line s{}", index % 4), &places);
            }
            for (point, place) in series.points.iter().zip(&places) {
                if let Some((low, high)) = point.interval {
                    whisker(&mut svg, index, place.0, y.at(low), y.at(high));
                }
                svg.marker(index % 4, *place);
            }
        }
        svg.close()
    }

    /// The same numbers as a table; `number` writes a value with its interval.
    #[must_use]
    pub fn twin(&self, caption: &str, number: impl Fn(f64, Option<(f64, f64)>) -> String) -> Table {
        let (x, y) = (capital(&self.x.label), capital(&self.y.label));
        let mut table = Table::new(caption, &["Arm", &format!("#{x}"), &format!("#{y}")]);
        for series in &self.series {
            for point in &series.points {
                let x = count(point.x.max(0.0) as u64);
                table.push([series.name.clone(), x, number(point.y, point.interval)]);
            }
        }
        table
    }

    fn legend(&self, svg: &mut Svg) {
        let mut x = LEFT;
        for (index, series) in self.series.iter().enumerate() {
            svg.line(&format!("line s{}", index % 4), (x, 12.0), (x + 28.0, 12.0));
            svg.marker(index % 4, (x + 14.0, 12.0));
            svg.text("legend", "start", (x + 34.0, 16.0), &series.name);
            x += 7.0f64.mul_add(series.name.chars().count() as f64, 56.0);
        }
    }
}

/// The interval: a bar with ends.
fn whisker(svg: &mut Svg, series: usize, x: f64, low: f64, high: f64) {
    let class = format!("whisker s{}", series % 4);
    svg.line(&class, (x, low), (x, high));
    for end in [low, high] {
        svg.line(&class, (x - 3.0, end), (x + 3.0, end));
    }
}

pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
