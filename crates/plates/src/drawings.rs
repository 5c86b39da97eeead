//! The drawings of the page that explains how a picture finds its place, made
//! of real stars by the code that does the real work: the builder's grid and
//! quads, the solver's answer for one picture.
//!
//! They carry no words but the letters A to D and numbers, so that every
//! language shares them, and take their ink from the page (`currentColor`);
//! the classes `accent` and `warm` are there for the page's own colours.

mod canvas;
mod cells;
mod codes;
mod place;
mod sky;

use platesolve::{Field, Index, Solution, catalogue::Catalogue};

/// One drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// Name of its file, without an ending.
    pub name: &'static str,
    /// An SVG document.
    pub svg: String,
}

/// A picture that was solved, and what it was solved with.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// The stars the index was built of.
    pub catalogue: &'a Catalogue,
    /// The index whose quad was recognised.
    pub index: &'a Index<'a>,
    /// What the picture shows.
    pub field: &'a Field,
    /// Where it lies.
    pub solution: &'a Solution,
}

impl Example<'_> {
    /// The stars A, B, C, D of a quad as unit vectors; `None` where the index contradicts itself.
    fn quad(&self, number: usize) -> Option<Vec<platesolve::vector::Vec3>> {
        let dim = self.index.meta.dim_quads;
        let ids = self.index.quads.get(number.checked_mul(dim)?..number.checked_add(1)?.checked_mul(dim)?)?;
        ids.iter().map(|&id| self.index.star(id as usize)).collect()
    }

    /// The quad that was recognised.
    fn recognised(&self) -> Option<Vec<platesolve::vector::Vec3>> {
        self.quad(self.solution.quad)
    }
}

/// All of them; `None` where the solution is not one of this index, or the index has no grid.
#[must_use]
pub fn all(example: &Example<'_>) -> Option<Vec<Drawing>> {
    Some(vec![
        Drawing { name: "grid", svg: cells::grid(example)? },
        Drawing { name: "brightest", svg: cells::brightest(example)? },
        Drawing { name: "quads", svg: cells::quads(example)? },
        Drawing { name: "code", svg: codes::code(example)? },
        Drawing { name: "codes", svg: codes::codes(example)? },
        Drawing { name: "match", svg: place::found(example)? },
        Drawing { name: "verify", svg: place::verified(example)? },
    ])
}
