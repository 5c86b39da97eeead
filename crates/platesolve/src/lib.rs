//! Plate solving: where on the sky is this image? Star catalogue → index of
//! quads, image → sources, sources + index → projection. Pure: bytes and
//! numbers in, bytes and numbers out. Files are `plates`'.

pub mod build;
pub mod catalogue;
pub mod code;
pub mod extract;
pub mod field;
mod grid;
pub mod healpix;
pub mod index;
pub mod kdtree;
pub mod layout;
pub mod local;
mod plane;
pub mod preset;
mod quads;
mod refine;
pub mod search;
pub mod solution;
pub mod solve;
pub mod uniformize;
pub mod vector;
pub mod verify;
pub mod verify_wcs;

pub use field::{Field, Source};
pub use index::{Index, IndexMeta, Tree};
pub use solution::{Hints, Match, Refusal, Solution};
pub use solve::{SolveSettings, solve};
