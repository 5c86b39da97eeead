//! What can go wrong before a picture is scored.

use thiserror::Error;

/// An engine that cannot be made, or an input it cannot read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InferenceError {
    /// The network is none the engine can run.
    #[error("layer {layer} of the network cannot be run: {problem}")]
    Network {
        /// Counted from 1; 0 is the input, one more than there are layers the pooling.
        layer: usize,
        /// What is wrong.
        problem: String,
    },
    /// A weight is missing or has another shape.
    #[error("weight {name}: {problem}")]
    Weight {
        /// Its name in the file.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// This machine cannot run the kernel that was asked for.
    #[error("this processor cannot run the kernel {asked}; it can run {available}")]
    Kernel {
        /// What was asked for.
        asked: &'static str,
        /// What there is.
        available: String,
    },
    /// A file that holds no network.
    #[error("no file of a network: {0}")]
    File(String),
    /// A kernel of this name does not exist.
    #[error("unknown kernel {asked:?}; this program has {known}")]
    UnknownKernel {
        /// What was asked for.
        asked: String,
        /// Every kernel there is.
        known: String,
    },
    /// Bytes that are no whole number of tiles.
    #[error("{bytes} bytes are no whole number of tiles of {tile}")]
    Tiles {
        /// Given.
        bytes: usize,
        /// Of one tile.
        tile: usize,
    },
}
