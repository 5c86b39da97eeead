//! Files of plate solving: star catalogues, index files (mapped, both layouts),
//! images, and what lies where an image was placed.
