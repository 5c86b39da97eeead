//! The picture beside the sky, and the test of its place.

use platesolve::vector::{self, Vec3};

use super::{
    Example,
    canvas::{Canvas, Ink, Place},
    sky::{self, Chart},
};

/// Sources of the picture that are drawn.
const MOST_SOURCES: usize = 120;

/// The picture as a frame with dots.
struct Frame {
    left: f64,
    top: f64,
    /// Drawing units per pixel.
    scale: f64,
}

impl Frame {
    fn place(&self, x: f64, y: f64) -> Place {
        (self.left + (x + 0.5) * self.scale, self.top + (y + 0.5) * self.scale)
    }

    /// Where a star is expected.
    fn expected(&self, example: &Example<'_>, star: Vec3) -> Option<Place> {
        let (x, y) = example.solution.wcs.sky_to_pixel(vector::to_sky(star))?;
        let (x, y) = (x - 1.0, y - 1.0);
        let (width, height) = (f64::from(example.field.width), f64::from(example.field.height));
        (x > -0.5 && x < width - 0.5 && y > -0.5 && y < height - 0.5).then(|| self.place(x, y))
    }

    fn draw(&self, canvas: &mut Canvas, example: &Example<'_>) {
        let (width, height) = (f64::from(example.field.width), f64::from(example.field.height));
        canvas.fills(Ink::Plain(0.08));
        canvas.rect(self.left, self.top, width * self.scale, height * self.scale);
        canvas.end();
        canvas.strokes(Ink::Plain(0.6), 1.5);
        canvas.rect(self.left, self.top, width * self.scale, height * self.scale);
        canvas.end();
        let brightest = example.field.sources.iter().map(|s| s.flux).fold(1.0_f32, f32::max);
        canvas.fills(Ink::Plain(1.0));
        for source in example.field.sources.iter().take(MOST_SOURCES) {
            let magnitudes = -2.5 * (source.flux.max(1.0) / brightest).log10();
            canvas.circle(self.place(source.x, source.y), sky::radius(1.2 + magnitudes));
        }
        canvas.end();
    }
}

/// The recognised quad in the picture and on the sky.
pub(super) fn found(example: &Example<'_>) -> Option<String> {
    let (width, height) = (f64::from(example.field.width), f64::from(example.field.height));
    let stars = example.recognised()?;
    let mut canvas = Canvas::new(
        "match",
        800.0,
        330.0,
        "A B C D",
        "The same quad in the picture and among catalogued stars.",
    );
    let scale = (372.0 / width).min(326.0 / height);
    let frame = Frame { left: 14.0, top: (330.0 - height * scale) / 2.0, scale };
    frame.draw(&mut canvas, example);
    let places: Vec<Place> =
        stars.iter().map(|&star| frame.expected(example, star)).collect::<Option<_>>()?;
    sky::quad(&mut canvas, &places, Ink::Accent, true);
    let chart = Chart::new(example, [419.0, 1.0, 380.0, 328.0], 17.0);
    chart.open(&mut canvas);
    canvas.fills(Ink::Plain(0.8));
    for (place, magnitude, _) in chart.stars(example, 6.6) {
        canvas.circle(place, sky::radius(magnitude));
    }
    canvas.end();
    canvas.strokes(Ink::Warm, 1.8);
    canvas.path(&chart.footprint(example)?, true);
    canvas.end();
    let places: Vec<Place> = stars.iter().map(|&star| chart.place(star)).collect::<Option<_>>()?;
    sky::quad(&mut canvas, &places, Ink::Accent, true);
    chart.close(&mut canvas);
    Some(canvas.close())
}

/// The picture with circles where the catalogue has stars.
pub(super) fn verified(example: &Example<'_>) -> Option<String> {
    let (width, height) = (f64::from(example.field.width), f64::from(example.field.height));
    let scale = 716.0 / width;
    let mut canvas = Canvas::new(
        "verify",
        720.0,
        (height * scale + 4.0).round(),
        "★ ○",
        "Circles: where stars should be. Dots: light in the picture.",
    );
    let frame = Frame { left: 2.0, top: 2.0, scale };
    frame.draw(&mut canvas, example);
    let sources: Vec<Place> =
        example.field.sources.iter().take(MOST_SOURCES).map(|s| frame.place(s.x, s.y)).collect();
    let stars = example.catalogue.stars().iter().take_while(|star| star.magnitude <= 7.4);
    let expected = stars.filter_map(|star| frame.expected(example, vector::from_sky(star.position)));
    let (hit, missed): (Vec<Place>, Vec<Place>) = expected
        .partition(|at| sources.iter().any(|s| (s.0 - at.0).hypot(s.1 - at.1) < 3.0 * scale.max(1.0)));
    canvas.strokes(Ink::Accent, 1.8);
    hit.iter().for_each(|&place| canvas.circle(place, 9.0));
    canvas.end();
    canvas.strokes(Ink::Warm, 1.8);
    missed.iter().for_each(|&place| canvas.circle(place, 9.0));
    canvas.end();
    let quad: Vec<Place> =
        example.recognised()?.iter().map(|&star| frame.expected(example, star)).collect::<Option<_>>()?;
    sky::quad(&mut canvas, &quad, Ink::Plain(0.55), true);
    Some(canvas.close())
}
