//! The scoring engine: a trained network's weights packed for this machine's processor, tiles in, logits,
//! embeddings and maps out. Knows nothing of training, files of pictures or calibration.

#![deny(unsafe_op_in_unsafe_fn)]

mod convolution;
mod engine;
mod error;
pub mod export;
pub mod import;
mod kernel;
mod layout;
mod network;
mod pooling;
#[cfg(test)]
mod tests;
mod weights;

pub use engine::{Engine, Outputs};
pub use error::InferenceError;
pub use kernel::Kernel;
pub use network::{Input, Layer, Network};
pub use weights::Weights;
