//! Smooth lines, circles and letters over a picture.

use imaging::Rgb8;

use super::font;

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

pub(super) type Place = (f64, f64);

/// A picture to draw on. A figure is first gathered as coverage, so that its lines do not darken where
/// they cross.
pub(super) struct Canvas {
    pub picture: Rgb8,
    coverage: Vec<f32>,
    /// Touched part of the coverage: left, top, right, bottom (excluded).
    touched: [usize; 4],
}

impl Canvas {
    pub(super) fn new(picture: Rgb8) -> Self {
        let coverage = vec![0.0; picture.width * picture.height];
        Self { picture, coverage, touched: [usize::MAX, usize::MAX, 0, 0] }
    }

    pub(super) fn size(&self) -> Place {
        (self.picture.width as f64, self.picture.height as f64)
    }

    /// Gathers what lies within half a width of a figure, told by a distance.
    fn gather(&mut self, bounds: [f64; 4], half: f64, distance: impl Fn(f64, f64) -> f64) {
        let reach = half + 1.0;
        let clamp = |at: f64, size: usize| at.clamp(0.0, size as f64) as usize;
        let (w, h) = (self.picture.width, self.picture.height);
        let (left, right) =
            (clamp((bounds[0] - reach).floor(), w), clamp((bounds[2] + reach).ceil() + 1.0, w));
        let (top, bottom) =
            (clamp((bounds[1] - reach).floor(), h), clamp((bounds[3] + reach).ceil() + 1.0, h));
        if left >= right || top >= bottom {
            return;
        }
        let t = &mut self.touched;
        *t = [t[0].min(left), t[1].min(top), t[2].max(right), t[3].max(bottom)];
        for y in top..bottom {
            for x in left..right {
                let cover = (half + 0.5 - distance(x as f64, y as f64)).clamp(0.0, 1.0) as f32;
                let cell = &mut self.coverage[y * w + x];
                *cell = cell.max(cover);
            }
        }
    }

    /// Adds a line to the figure.
    pub(super) fn line(&mut self, a: Place, b: Place, width: f64) {
        // Cut to the picture first: places may be far outside.
        let (w, h) = self.size();
        let Some((a, b)) = cut(a, b, [-50.0, -50.0, w + 50.0, h + 50.0]) else { return };
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let square = dx * dx + dy * dy;
        let bounds = [a.0.min(b.0), a.1.min(b.1), a.0.max(b.0), a.1.max(b.1)];
        self.gather(bounds, width / 2.0, |x, y| {
            let along = ((x - a.0) * dx + (y - a.1) * dy) / square.max(1e-12);
            let t = along.clamp(0.0, 1.0);
            (x - a.0 - t * dx).hypot(y - a.1 - t * dy)
        });
    }

    /// Adds lines through places.
    pub(super) fn polyline(&mut self, places: &[Place], width: f64) {
        match places {
            [only] => self.line(*only, *only, width),
            _ => places.windows(2).for_each(|pair| self.line(pair[0], pair[1], width)),
        }
    }

    /// Adds a circle's line.
    pub(super) fn circle(&mut self, (cx, cy): Place, radius: f64, width: f64) {
        let bounds = [cx - radius, cy - radius, cx + radius, cy + radius];
        if bounds.iter().all(|b| b.is_finite() && b.abs() < 1e6) {
            self.gather(bounds, width / 2.0, |x, y| ((x - cx).hypot(y - cy) - radius).abs());
        }
    }

    /// Adds a filled disc.
    pub(super) fn disc(&mut self, (cx, cy): Place, radius: f64) {
        let bounds = [cx - radius, cy - radius, cx + radius, cy + radius];
        if bounds.iter().all(|b| b.is_finite() && b.abs() < 1e6) {
            self.gather(bounds, 0.0, |x, y| ((x - cx).hypot(y - cy) - radius).max(0.0));
        }
    }

    /// Adds letters; (x, y) is the left end of the line they stand on, `size` the height of capitals.
    pub(super) fn letters(&mut self, text: &str, (x, y): Place, size: f64, width: f64) {
        let unit = size / font::CAPITAL;
        for stroke in font::lines(text) {
            let places: Vec<Place> = stroke.iter().map(|p| (x + p.0 * unit, y - size + p.1 * unit)).collect();
            self.polyline(&places, width);
        }
    }

    /// Paints the gathered figure.
    pub(super) fn paint(&mut self, colour: Colour, opacity: f32) {
        let [left, top, right, bottom] = self.touched;
        for y in top..bottom {
            for x in left..right {
                let cell = y * self.picture.width + x;
                let cover = std::mem::take(&mut self.coverage[cell]) * opacity;
                if cover > 0.0 {
                    for (value, ink) in self.picture.data[cell * 3..cell * 3 + 3].iter_mut().zip(colour) {
                        *value = (f32::from(*value) * (1.0 - cover) + f32::from(ink) * cover).round() as u8;
                    }
                }
            }
        }
        self.touched = [usize::MAX, usize::MAX, 0, 0];
    }

    /// Letters with a dark edge, legible on anything.
    pub(super) fn text(&mut self, text: &str, at: Place, size: f64, colour: Colour) {
        let width = (size * 0.13).max(1.1);
        self.letters(text, at, size, width + 3.0);
        self.paint([4, 7, 15], 0.75);
        self.letters(text, at, size, width);
        self.paint(colour, 1.0);
    }
}

/// How wide a text becomes.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    font::width(text) * size / font::CAPITAL
}

/// The part of a line within a rectangle.
fn cut(a: Place, b: Place, [left, top, right, bottom]: [f64; 4]) -> Option<(Place, Place)> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut from, mut to) = (0.0_f64, 1.0_f64);
    for (start, step, low, high) in [(a.0, dx, left, right), (a.1, dy, top, bottom)] {
        if !(start.is_finite() && step.is_finite()) {
            return None;
        }
        if step == 0.0 {
            if start < low || start > high {
                return None;
            }
            continue;
        }
        let (t, u) = ((low - start) / step, (high - start) / step);
        (from, to) = (from.max(t.min(u)), to.min(t.max(u)));
    }
    (from <= to).then_some(((a.0 + from * dx, a.1 + from * dy), (a.0 + to * dx, a.1 + to * dy)))
}
