//! A few SVG elements as text. Everything a person wrote is escaped; styles are
//! classes of the page, so that both themes and print use the same drawing.

use std::fmt::Write as _;

/// A drawing that grows.
pub(crate) struct Svg {
    body: String,
}

impl Svg {
    /// Opens a drawing of this size in its own units, which scales to the width of its column.
    pub fn open(width: f64, height: f64, title: &str, id: &str) -> Self {
        let title = escape(title);
        let body = format!(
            "<svg viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-labelledby=\"{id}-svg\" \
             xmlns=\"http://www.w3.org/2000/svg\">\n<title id=\"{id}-svg\">{title}; the numbers are in the table below</title>\n"
        );
        Self { body }
    }

    /// A straight line.
    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let ((x1, y1), (x2, y2)) = (from, to);
        let _ = writeln!(
            self.body,
            "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
        );
    }

    /// A line through several places.
    pub fn polyline(&mut self, class: &str, places: &[(f64, f64)]) {
        let places: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(self.body, "<polyline class=\"{class}\" points=\"{}\"/>", places.join(" "));
    }

    /// Words; `anchor` is `start`, `middle` or `end`.
    pub fn text(&mut self, class: &str, anchor: &str, at: (f64, f64), words: &str) {
        let words = escape(words);
        let (x, y) = at;
        let _ = writeln!(
            self.body,
            "<text class=\"{class}\" text-anchor=\"{anchor}\" x=\"{x:.1}\" y=\"{y:.1}\">{words}</text>"
        );
    }

    /// Words along the y axis, read from below.
    pub fn text_upwards(&mut self, class: &str, at: (f64, f64), words: &str) {
        let words = escape(words);
        let (x, y) = at;
        let _ = writeln!(
            self.body,
            "<text class=\"{class}\" text-anchor=\"middle\" transform=\"translate({x:.1} {y:.1}) rotate(-90)\">{words}</text>"
        );
    }

    /// A marker; its shape tells the series apart without colour.
    pub fn marker(&mut self, series: usize, at: (f64, f64)) {
        let (x, y) = at;
        let class = format!("marker s{series}");
        let shape = match series % 4 {
            0 => format!("<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\"/>"),
            1 => format!(
                "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"8\" height=\"8\"/>",
                x - 4.0,
                y - 4.0
            ),
            2 => format!("<path class=\"{class}\" d=\"M{x:.1} {:.1}l5 8.7h-10z\"/>", y - 5.2),
            _ => {
                format!("<path class=\"{class}\" d=\"M{x:.1} {:.1}l5.5 5.5l-5.5 5.5l-5.5 -5.5z\"/>", y - 5.5)
            }
        };
        self.body.push_str(&shape);
        self.body.push('\n');
    }

    /// A filled area between places that go around it.
    pub fn area(&mut self, class: &str, places: &[(f64, f64)]) {
        let places: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(self.body, "<polygon class=\"{class}\" points=\"{}\"/>", places.join(" "));
    }

    /// The finished text.
    pub fn close(mut self) -> String {
        self.body.push_str("</svg>");
        self.body
    }
}

/// Text for XML: markup and control characters cannot come through.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cannot_become_markup() {
        let mut svg = Svg::open(10.0, 10.0, "<b>\"&", "a");
        svg.text("tick", "start", (0.0, 0.0), "<script>");
        let text = svg.close();
        assert!(text.contains("&lt;b&gt;&quot;&amp;;") && text.contains("&lt;script&gt;"));
        assert!(!text.contains("<script>"));
    }
}
