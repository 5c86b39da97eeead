//! Values against rounds or votes: axes with units, one line and one marker
//! shape per series, intervals as bars set side by side.

use super::{
    super::{format::count, table::Table},
    scale::{Scale, ticks},
    svg::Svg,
};

const WIDTH: f64 = 440.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 428.0;
const TOP: f64 = 38.0;
const BOTTOM: f64 = 252.0;
/// Sideways distance between the series at one x, so that their intervals do not cover each other.
const DODGE: f64 = 8.0;

/// A chart.
pub struct Plot {
    pub x: Axis,
    pub y: Axis,
    /// A level with a name.
    pub reference: Option<(f64, String)>,
    pub series: Vec<Series>,
}

/// One axis from 0.
pub struct Axis {
    label: String,
    low: f64,
    high: f64,
    ticks: Vec<(f64, String)>,
    /// Whether the numbers stand for single rounds, with room at both ends.
    is_steps: bool,
}

/// One arm.
pub struct Series {
    pub name: String,
    pub points: Vec<Point>,
}

/// One round of it.
pub struct Point {
    pub x: f64,
    pub y: f64,
    pub interval: Option<(f64, f64)>,
}

impl Axis {
    /// Whole numbers up to at least `high`.
    pub fn counts(label: &str, high: u64) -> Self {
        let ticks = ticks(high, 5);
        let high = ticks.last().copied().unwrap_or(1) as f64;
        let ticks = ticks.into_iter().map(|tick| (tick as f64, count(tick))).collect();
        Self { label: label.to_owned(), low: 0.0, high, ticks, is_steps: false }
    }

    /// Rounds 0 to `last`.
    pub fn rounds(last: u32) -> Self {
        let step = last.div_ceil(12).max(1);
        let ticks =
            (0..=last).step_by(step as usize).map(|round| (f64::from(round), round.to_string())).collect();
        let label = "round (0: before any vote)".to_owned();
        Self { label, low: -0.4, high: f64::from(last) + 0.4, ticks, is_steps: true }
    }

    /// A share between 0 and 1.
    pub fn share(label: &str) -> Self {
        let ticks = [0.0, 0.25, 0.5, 0.75, 1.0].map(|tick| (tick, format!("{tick:.2}"))).into();
        Self { label: format!("{label} (share, 0 to 1)"), low: 0.0, high: 1.0, ticks, is_steps: false }
    }

    fn scale(&self, to: (f64, f64)) -> Scale {
        Scale { from: (self.low, self.high), to }
    }
}

impl Plot {
    /// The drawing.
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
            svg.polyline(&format!("line s{}", index % 4), &places);
            for (point, place) in series.points.iter().zip(&places) {
                if let Some((low, high)) = point.interval {
                    whisker(&mut svg, index, place.0, y.at(low), y.at(high));
                }
                svg.marker(index, *place);
            }
        }
        svg.close()
    }

    /// The same numbers as a table; `number` writes a value with its interval.
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
            svg.marker(index, (x + 14.0, 12.0));
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

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
