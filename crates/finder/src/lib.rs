//! The network that looks first: everything that names burn. Data in, trained
//! and calibrated models out, shards scored with logits, probabilities and
//! embeddings, a Bayesian last layer, honest metrics, and whether mocks can be told
//! from survey images.
//!
//! Making tiles is `imaging`'s and `survey`'s, deciding which image people see
//! next is `acquisition`'s, when to train and whether to promote is `campaign`'s.

#![recursion_limit = "256"]

mod augment;
mod batch;
mod calibration;
mod card;
mod checkpoint;
mod device;
mod error;
mod examples;
mod exchange;
mod excluded;
mod files;
mod folder;
mod forward;
mod gradient;
mod labels;
mod learner;
mod look_alike;
pub mod metrics;
mod model;
mod network;
mod probe;
pub mod realism;
pub mod registry;
mod scores;
mod scoring;
mod training;

pub use augment::Augment;
pub use calibration::{Calibration, CalibrationChoice, Check, Method, Source};
pub use device::DeviceChoice;
pub use error::FinderError;
pub use examples::Examples;
pub use exchange::{Format, export, import, packed};
pub use excluded::{Excluded, LeftOut};
pub use forward::Outputs;
pub use inference::Kernel;
pub use labels::Labels;
pub use look_alike::LookAlike;
pub use model::{Model, ModelConfig};
pub use network::{Architecture, NetworkConfig};
pub use realism::Realism;
pub use registry::{Registry, RegistryError};
pub use scores::{ScoreBatch, Scores, read_scores};
pub use scoring::{Peak, ScoreReport, ShardReport, score_dataset, score_shard};
pub use training::{EpochReport, LEAST_AUDITED, TrainReport, TrainRequest, TrainingConfig, train};
