//! Plate solving: where on the sky is this image? Star catalogue → index of
//! quads, image → sources, sources + index → projection. Pure: bytes and
//! numbers in, bytes and numbers out. Files are `plates`'.

pub mod code;
pub mod extract;
pub mod field;
pub mod index;
pub mod solution;
pub mod vector;

pub use field::{Field, Source};
pub use index::{Index, IndexMeta, Tree};
pub use solution::{Hints, Match, Refusal, Solution};
