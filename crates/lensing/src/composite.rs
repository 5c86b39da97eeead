//! Several masses in one plane.

use crate::{hessian::Hessian, mass::Mass};

/// The sum of its parts.
#[derive(Debug, Default)]
pub struct Composite {
    parts: Vec<Box<dyn Mass>>,
}

impl Composite {
    /// A lens without mass.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The lens with one more mass.
    #[must_use]
    pub fn with(mut self, part: impl Mass + 'static) -> Self {
        self.push(part);
        self
    }

    /// Adds a mass.
    pub fn push(&mut self, part: impl Mass + 'static) {
        self.parts.push(Box::new(part));
    }

    /// Adds a mass of a type known only when the program runs.
    pub fn push_boxed(&mut self, part: Box<dyn Mass>) {
        self.parts.push(part);
    }

    /// How many masses there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there is no mass.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

impl Mass for Composite {
    fn deflection(&self, x: f64, y: f64) -> [f64; 2] {
        self.parts.iter().fold([0.0, 0.0], |[sum_x, sum_y], part| {
            let [ax, ay] = part.deflection(x, y);
            [sum_x + ax, sum_y + ay]
        })
    }

    fn hessian(&self, x: f64, y: f64) -> Hessian {
        self.parts.iter().fold(Hessian::default(), |sum, part| sum + part.hessian(x, y))
    }

    fn potential(&self, x: f64, y: f64) -> f64 {
        self.parts.iter().map(|part| part.potential(x, y)).sum()
    }

    fn add_deflections(&self, xs: &[f64], ys: &[f64], ax: &mut [f64], ay: &mut [f64]) {
        for part in &self.parts {
            part.add_deflections(xs, ys, ax, ay);
        }
    }
}
