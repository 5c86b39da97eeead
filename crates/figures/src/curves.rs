//! Curves over any axes, each with a band if it has one: learning curves with the
//! spread of their seeds, ROC with a logarithmic rate, reliability, histograms.

use crate::{Axis, Table, plot::capital, svg::Svg};

const WIDTH: f64 = 440.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 428.0;
/// Height of the axes' field.
const FIELD: f64 = 214.0;
/// Of one row of the legend, and where it breaks.
const LEGEND_ROW: f64 = 18.0;
/// Width of a letter of the legend.
const LETTER: f64 = 6.8;
/// Series that can be told apart.
const STYLES: usize = 8;
/// More points than this get no markers of their own.
const MOST_MARKERS: usize = 12;

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Curves {
    /// Along the bottom.
    pub x: Axis,
    /// Upwards.
    pub y: Axis,
    /// Levels with names.
    pub references: Vec<Reference>,
    /// From the most important on; eight can be told apart.
    pub curves: Vec<Curve>,
}

/// A line with a name that is no series.
#[derive(Debug, Clone, PartialEq)]
pub enum Reference {
    /// At one y.
    Level(f64, String),
    /// At one x.
    Upright(f64, String),
    /// Where x and y are equal.
    Diagonal(String),
}

/// One series.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curve {
    /// For the legend.
    pub name: String,
    /// x and y from left to right.
    pub points: Vec<(f64, f64)>,
    /// Lower and upper end at each point, or empty.
    pub band: Vec<(f64, f64)>,
    /// Drawn as steps: y holds from its x to the next.
    pub is_step: bool,
}

impl Curves {
    /// The drawing; `id` is unique on its page.
    #[must_use]
    pub fn svg(&self, title: &str, id: &str) -> String {
        let places = self.legend_places();
        let rows = places.last().map_or(0.0, |(_, row)| row + 1.0);
        let top = LEGEND_ROW.mul_add(rows, 20.0);
        let bottom = top + FIELD;
        let (x, y) = (self.x.scale((LEFT, RIGHT)), self.y.scale((bottom, top)));
        let mut svg = Svg::open(WIDTH, bottom + 48.0, title, id);
        for (index, (curve, (left, row))) in self.curves.iter().zip(&places).enumerate() {
            let level = LEGEND_ROW.mul_add(*row, 12.0);
            svg.line(&format!("line s{}", index % STYLES), (*left, level), (left + 28.0, level));
            svg.marker(index % STYLES, (left + 14.0, level));
            svg.text("legend", "start", (left + 34.0, level + 4.0), &curve.name);
        }
        for (value, label) in &self.y.ticks {
            let level = y.at(*value);
            svg.line("grid", (LEFT, level), (RIGHT, level));
            svg.text("tick", "end", (LEFT - 7.0, level + 4.0), label);
        }
        for (value, label) in &self.x.ticks {
            let place = x.at(*value);
            let anchor = if place + 10.0 > RIGHT { "end" } else { "middle" };
            svg.text("tick", anchor, (place, bottom + 18.0), label);
        }
        svg.line("axis", (LEFT, bottom), (RIGHT, bottom));
        svg.text("label", "middle", ((LEFT + RIGHT) / 2.0, bottom + 38.0), &self.x.label);
        svg.text_upwards("label", (13.0, (top + bottom) / 2.0), &self.y.label);
        for reference in &self.references {
            match reference {
                Reference::Level(at, name) => {
                    let level = y.at(*at);
                    svg.line("reference", (LEFT, level), (RIGHT, level));
                    let beside = if level < top + 16.0 { level + 15.0 } else { level - 6.0 };
                    svg.text("label halo", "start", (LEFT + 6.0, beside), name);
                }
                Reference::Upright(at, name) => {
                    let place = x.at(*at);
                    svg.line("reference", (place, top), (place, bottom));
                    let (anchor, beside) =
                        if place > (LEFT + RIGHT) / 2.0 { ("end", -6.0) } else { ("start", 6.0) };
                    svg.text("label halo", anchor, (place + beside, bottom - 8.0), name);
                }
                Reference::Diagonal(name) => {
                    let low = self.x.low.max(self.y.low);
                    let high = self.x.high.min(self.y.high);
                    svg.line("reference", (x.at(low), y.at(low)), (x.at(high), y.at(high)));
                    svg.text("label halo", "end", (x.at(high) - 12.0, y.at(high) + 26.0), name);
                }
            }
        }
        for (index, curve) in self.curves.iter().enumerate().rev() {
            let style = index % STYLES;
            let at = |(a, b): (f64, f64)| (x.at(a), y.at(b));
            if curve.band.len() == curve.points.len() && curve.points.len() > 1 {
                let xs = curve.points.iter().map(|point| point.0);
                let upper = xs.clone().zip(&curve.band).map(|(a, (_, high))| at((a, *high)));
                let lower = xs.zip(&curve.band).map(|(a, (low, _))| at((a, *low)));
                let mut around: Vec<_> = upper.collect();
                around.extend(lower.collect::<Vec<_>>().into_iter().rev());
                svg.area(&format!("band s{style}"), &around);
            }
            let places: Vec<(f64, f64)> = curve.points.iter().copied().map(at).collect();
            let line: Vec<(f64, f64)> = if curve.is_step { steps(&places) } else { places.clone() };
            if !line.is_empty() {
                svg.polyline(&format!("line s{style}"), &line);
            }
            if !curve.is_step && places.len() <= MOST_MARKERS {
                places.iter().for_each(|place| svg.marker(style, *place));
            } else if let Some(last) = places.last() {
                // One marker at the end tells whose line it is without colour.
                svg.marker(style, *last);
            }
        }
        svg.close()
    }

    /// The same numbers as a table, at most `most` rows of each curve; x and y are written with so many
    /// decimals.
    #[must_use]
    pub fn twin(&self, caption: &str, most: usize, decimals: (usize, usize)) -> Table {
        let (x, y) = (capital(&self.x.label), capital(&self.y.label));
        let mut table = Table::new(caption, &["Series", &format!("#{x}"), &format!("#{y}")]);
        for curve in &self.curves {
            let step = curve.points.len().div_ceil(most.max(1)).max(1);
            let last = curve.points.len().saturating_sub(1);
            for (at, point) in curve.points.iter().enumerate() {
                if at % step != 0 && at != last {
                    continue;
                }
                let (a, b) = (point.0, point.1);
                let value = match curve.band.get(at) {
                    Some((low, high)) => {
                        format!("{b:.*} [{low:.*}, {high:.*}]", decimals.1, decimals.1, decimals.1)
                    }
                    None => format!("{b:.*}", decimals.1),
                };
                table.push([curve.name.clone(), format!("{a:.*}", decimals.0), value]);
            }
        }
        table
    }

    /// Left end and row of each entry of the legend.
    fn legend_places(&self) -> Vec<(f64, f64)> {
        let (mut left, mut row) = (LEFT, 0.0);
        let mut places = Vec::with_capacity(self.curves.len());
        for curve in &self.curves {
            let width = LETTER.mul_add(curve.name.chars().count() as f64, 34.0);
            if left > LEFT && left + width > RIGHT + 6.0 {
                (left, row) = (LEFT, row + 1.0);
            }
            places.push((left, row));
            left += width + 16.0;
        }
        places
    }
}

/// Corners of a staircase through `places`.
fn steps(places: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut corners = Vec::with_capacity(2 * places.len());
    for (at, place) in places.iter().enumerate() {
        if let Some(before) = at.checked_sub(1).and_then(|before| places.get(before)) {
            corners.push((place.0, before.1));
        }
        corners.push(*place);
    }
    corners
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(names: &[&str]) -> Curves {
        let curve = |name: &&str| Curve {
            name: (*name).to_owned(),
            points: vec![(1.0, 0.2), (10.0, 0.6)],
            band: vec![(0.1, 0.3), (0.5, 0.7)],
            is_step: false,
        };
        Curves {
            x: Axis::log("votes", 1.0, 10.0),
            y: Axis::share("completeness"),
            references: vec![Reference::Level(0.9, "90 %".to_owned())],
            curves: names.iter().map(curve).collect(),
        }
    }

    #[test]
    fn bands_lines_and_references_are_drawn() {
        let svg = chart(&["a", "b"]).svg("Title", "id");
        assert_eq!(svg.matches("<polygon").count(), 2);
        assert_eq!(svg.matches("<polyline").count(), 2);
        assert!(svg.contains("90 %") && svg.contains("role=\"img\""));
    }

    #[test]
    fn a_long_legend_takes_more_rows() {
        let long = "a policy with quite a long name";
        let height = |names: &[&str]| {
            let svg = chart(names).svg("t", "i");
            svg.split("viewBox=\"0 0 440 ").nth(1).map(|rest| rest.split('"').next().map(str::to_owned))
        };
        assert_ne!(height(&["a", "b"]), height(&[long, long, long]));
    }

    #[test]
    fn the_table_has_the_numbers_with_their_bands() {
        let table = chart(&["a"]).twin("caption", 100, (0, 2));
        assert_eq!(table.rows[1], ["a", "10", "0.60 [0.50, 0.70]"]);
    }

    #[test]
    fn a_chart_without_anything_is_still_a_drawing() {
        let mut empty = chart(&["a"]);
        empty.curves[0] = Curve::default();
        assert!(empty.svg("t", "i").ends_with("</svg>"));
        empty.curves.clear();
        assert!(empty.svg("t", "i").ends_with("</svg>"));
    }
}
