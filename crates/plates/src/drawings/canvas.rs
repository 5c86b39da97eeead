//! The few SVG elements the drawings need. Within a page a drawing has the page's ink and ground; as an
//! image by itself it brings its own, after the reader's system, and is legible on any page.

use std::fmt::Write as _;

/// Places on the drawing, x to the right, y down.
pub(super) type Place = (f64, f64);

/// How a line or an area looks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ink {
    /// The page's own ink, this opaque.
    Plain(f64),
    /// What is spoken of: quads, the answer.
    Accent,
    /// What is singled out: chosen stars, the search.
    Warm,
}

impl Ink {
    /// Attributes for `stroke` or `fill`. The two colours stand on light and dark pages alike.
    fn attributes(self, what: &str) -> String {
        match self {
            Self::Plain(opacity) if opacity >= 1.0 => format!("{what}=\"currentColor\""),
            Self::Plain(opacity) => format!("{what}=\"currentColor\" {what}-opacity=\"{opacity}\""),
            Self::Accent => format!("class=\"accent-{what}\" {what}=\"#4f74f0\""),
            Self::Warm => format!("class=\"warm-{what}\" {what}=\"#cc8600\""),
        }
    }
}

/// A drawing in the making.
pub(super) struct Canvas {
    body: String,
    name: &'static str,
    clips: usize,
}

impl Canvas {
    pub(super) fn new(name: &'static str, width: f64, height: f64, title: &str, description: &str) -> Self {
        let mut body = String::new();
        let _ = write!(
            body,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sky-drawing\" viewBox=\"0 0 {width} {height}\" \
             role=\"img\" fill=\"none\" font-family=\"Inter,system-ui,sans-serif\">\
             <title>{title}</title><desc>{description}</desc>\
             <style>:root.sky-drawing{{color:#131a2c;background:#fff}}\
             @media(prefers-color-scheme:dark){{:root.sky-drawing{{color:#e9edf8;background:#111729}}}}</style>"
        );
        Self { body, name, clips: 0 }
    }

    /// Opens a part of which only the rectangle is seen.
    pub(super) fn clip(&mut self, x: f64, y: f64, width: f64, height: f64) {
        self.clips += 1;
        let id = format!("{}-{}", self.name, self.clips);
        let _ = write!(
            self.body,
            "<clipPath id=\"{id}\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>\
             </clipPath><g clip-path=\"url(#{id})\">"
        );
    }

    /// Opens a part that shares ink and line width.
    pub(super) fn strokes(&mut self, ink: Ink, width: f64) {
        let _ = write!(
            self.body,
            "<g {} stroke-width=\"{width}\" stroke-linejoin=\"round\" stroke-linecap=\"round\">",
            ink.attributes("stroke")
        );
    }

    /// Opens a part that shares a filling.
    pub(super) fn fills(&mut self, ink: Ink) {
        let _ = write!(self.body, "<g {}>", ink.attributes("fill"));
    }

    /// Closes what was opened last.
    pub(super) fn end(&mut self) {
        self.body.push_str("</g>");
    }

    pub(super) fn circle(&mut self, (x, y): Place, radius: f64) {
        let _ = write!(self.body, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"/>");
    }

    /// A line through places, closed or not.
    pub(super) fn path(&mut self, places: &[Place], is_closed: bool) {
        let mut path = String::new();
        add_to_path(&mut path, places, is_closed);
        let _ = write!(self.body, "<path d=\"{path}\"/>");
    }

    /// Closed shapes as one element.
    pub(super) fn shapes(&mut self, shapes: &[Vec<Place>]) {
        let mut path = String::new();
        for shape in shapes {
            add_to_path(&mut path, shape, true);
        }
        let _ = write!(self.body, "<path d=\"{path}\"/>");
    }

    /// Round dots of one size as one element: a line of no length has round ends.
    pub(super) fn dots(&mut self, places: &[Place], ink: Ink, diameter: f64) {
        let _ = write!(
            self.body,
            "<path {} stroke-width=\"{diameter}\" stroke-linecap=\"round\" d=\"",
            ink.attributes("stroke")
        );
        for (x, y) in places {
            let _ = write!(self.body, "M{x:.1} {y:.1}h0");
        }
        self.body.push_str("\"/>");
    }

    pub(super) fn dashed(&mut self, places: &[Place], ink: Ink, width: f64) {
        let mut path = String::new();
        add_to_path(&mut path, places, false);
        let _ = write!(
            self.body,
            "<path {} stroke-width=\"{width}\" stroke-dasharray=\"5 4\" d=\"{path}\"/>",
            ink.attributes("stroke")
        );
    }

    pub(super) fn rect(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let _ = write!(
            self.body,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"8\"/>"
        );
    }

    /// Letters or numbers, centred.
    pub(super) fn text(&mut self, (x, y): Place, size: f64, ink: Ink, text: &str) {
        let _ = write!(
            self.body,
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"{size}\" font-weight=\"600\" {}>{text}</text>",
            y + size * 0.35,
            ink.attributes("fill")
        );
    }

    pub(super) fn close(mut self) -> String {
        self.body.push_str("</svg>\n");
        self.body
    }
}

fn add_to_path(path: &mut String, places: &[Place], is_closed: bool) {
    for (k, (x, y)) in places.iter().enumerate() {
        let _ = write!(path, "{}{x:.1} {y:.1}", if k == 0 { 'M' } else { 'L' });
    }
    if is_closed {
        path.push('Z');
    }
}
