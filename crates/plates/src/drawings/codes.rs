//! The frame of a quad with its code, and the codes of many quads.

use platesolve::code::{Frame, TangentPlane};

use super::{
    Example,
    canvas::{Canvas, Ink, Place},
};

/// Points of the cloud: enough to show its shape, few enough for a small file.
const MOST_POINTS: usize = 1300;

/// The frame: A at (0, 0), B at (1, 1).
struct Square {
    origin: Place,
    side: f64,
}

impl Square {
    fn place(&self, [x, y]: [f64; 2]) -> Place {
        (self.origin.0 + x * self.side, self.origin.1 - y * self.side)
    }

    /// Axes and the circle.
    fn draw(&self, canvas: &mut Canvas) {
        canvas.fills(Ink::Plain(0.04));
        canvas.circle(self.place([0.5, 0.5]), self.side * std::f64::consts::FRAC_1_SQRT_2);
        canvas.end();
        canvas.strokes(Ink::Plain(0.25), 1.0);
        canvas.path(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]].map(|p| self.place(p)), true);
        canvas.end();
        canvas.strokes(Ink::Plain(0.6), 1.2);
        canvas.circle(self.place([0.5, 0.5]), self.side * std::f64::consts::FRAC_1_SQRT_2);
        canvas.path(&[[-0.3, 0.0], [1.3, 0.0]].map(|p| self.place(p)), false);
        canvas.path(&[[0.0, -0.3], [0.0, 1.3]].map(|p| self.place(p)), false);
        canvas.end();
        for (at, shift, text) in [
            ([0.0, 0.0], (-12.0, 14.0), "0"),
            ([1.0, 0.0], (0.0, 16.0), "1"),
            ([0.0, 1.0], (-14.0, 0.0), "1"),
        ] {
            let (x, y) = self.place(at);
            canvas.text((x + shift.0, y + shift.1), 14.0, Ink::Plain(0.7), text);
        }
    }
}

/// A quad's inner stars in its frame, as the index has them.
fn code_of(example: &Example<'_>) -> Option<Vec<[f64; 2]>> {
    let stars = example.recognised()?;
    let plane = TangentPlane::between(*stars.first()?, *stars.get(1)?);
    let flat: Vec<[f64; 2]> = stars.iter().map(|&star| plane.project(star)).collect();
    let frame = Frame::new(flat[0], flat[1]);
    Some(flat[2..].iter().map(|&point| frame.place(point)).collect())
}

/// The recognised quad in its own frame.
pub(super) fn code(example: &Example<'_>) -> Option<String> {
    let code = code_of(example)?;
    let square = Square { origin: (150.0, 370.0), side: 290.0 };
    let mut canvas = Canvas::new(
        "code",
        600.0,
        480.0,
        "(xC, yC, xD, yD)",
        "A at (0, 0), B at (1, 1), C and D in the circle.",
    );
    square.draw(&mut canvas);
    let (a, b) = (square.place([0.0, 0.0]), square.place([1.0, 1.0]));
    canvas.dashed(&[a, b], Ink::Accent, 1.4);
    for (k, &[x, y]) in code.iter().enumerate() {
        let place = square.place([x, y]);
        canvas.dashed(&[square.place([0.0, y]), place, square.place([x, 0.0])], Ink::Warm, 1.2);
        // Beside the axes, and not over one another.
        let (below, beside) = (square.place([x, 0.0]), square.place([0.0, y]));
        let down = if y < 0.0 { -14.0 } else { 18.0 + 18.0 * k as f64 };
        canvas.text((below.0, below.1 + down), 14.0, Ink::Warm, &format!("{x:.3}"));
        let left = if x < 0.0 { 30.0 } else { -32.0 };
        canvas.text((beside.0 + left, beside.1), 14.0, Ink::Warm, &format!("{y:.3}"));
    }
    let letters = ["C", "D", "E"];
    for (place, letter, ink) in [(a, "A", Ink::Accent), (b, "B", Ink::Accent)]
        .into_iter()
        .chain(code.iter().zip(letters).map(|(&at, letter)| (square.place(at), letter, Ink::Accent)))
    {
        canvas.fills(ink);
        canvas.circle(place, 6.5);
        canvas.end();
        let shift = if letter == "A" { (-16.0, -14.0) } else { (15.0, -14.0) };
        canvas.text((place.0 + shift.0, place.1 + shift.1), 20.0, ink, letter);
    }
    Some(canvas.close())
}

/// (xC, yC) of many quads, and of the recognised one.
pub(super) fn codes(example: &Example<'_>) -> Option<String> {
    let tree = &example.index.codes;
    let value = |at: usize, k: usize| {
        Some(tree.low.get(k)? + f64::from(*tree.data.get(at * tree.dim + k)?) / tree.scale)
    };
    let square = Square { origin: (150.0, 370.0), side: 290.0 };
    let step = tree.len().div_ceil(MOST_POINTS).max(1);
    let cloud: Vec<Place> = (0..tree.len())
        .step_by(step)
        .map(|at| Some(square.place([value(at, 0)?, value(at, 1)?])))
        .collect::<Option<_>>()?;
    let mut canvas = Canvas::new("codes", 600.0, 480.0, "(xC, yC)", "The codes of many quads as points.");
    square.draw(&mut canvas);
    canvas.dots(&cloud, Ink::Plain(0.55), 2.4);
    let ours = square.place(*code_of(example)?.first()?);
    canvas.fills(Ink::Accent);
    canvas.circle(ours, 4.0);
    canvas.end();
    canvas.strokes(Ink::Warm, 2.0);
    canvas.circle(ours, 14.0);
    canvas.end();
    Some(canvas.close())
}
