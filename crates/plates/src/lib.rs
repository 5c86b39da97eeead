//! Files of plate solving: star catalogues, index files (mapped, both layouts),
//! images, and what lies where an image was placed.

pub mod drawings;
pub mod picture;

pub use picture::{Picture, PictureError, PictureFormat};
