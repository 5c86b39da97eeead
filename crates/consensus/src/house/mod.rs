//! The house model: latent states that may be more than the truths (a look-alike is not a plain
//! non-lens), answers that may be more than the states ("unsure"), per-volunteer rows of
//! P(answer | state) pooled towards the crowd's own mean as strongly as the crowd is alike, known
//! tasks clamped, each task with its own prior, and votes tempered because errors on one image
//! are shared.
//!
//! [`fit_states`] is the offline fit, [`House`] the method for any crowd. Correcting posteriors
//! by expert reviews is left to `calibration`, the lens project's online state to `live`.

mod ability;
mod config;
mod dirichlet;
mod follow;
mod method;
mod prior;
mod rows;
mod states;
mod tempering;

pub use config::{HouseConfig, Tempering};
pub use method::House;
pub use rows::log_chances;
pub use states::{StateFit, StateInput, fit_states};
