//! Files of plate solving: star catalogues, index files (mapped, both layouts),
//! images, and what lies where an image was placed.

pub mod annotate;
pub mod astrometer;
pub mod catalogue_file;
pub mod drawings;
pub mod header;
pub mod index_file;
pub mod index_folder;
mod mapped;
pub mod matched;
pub mod picture;
pub mod references;
pub mod whole_file;

pub use astrometer::Astrometer;
pub use catalogue_file::{CatalogueFileError, CatalogueRead, ReadCatalogue, read_catalogue};
pub use index_file::{IndexFile, IndexFileError};
pub use index_folder::IndexFolder;
pub use picture::{Picture, PictureError, PictureFormat};
pub use references::{References, ReferencesError};
