//! The network that looks first: everything that names burn. Data in, trained
//! and calibrated models out, shards scored with logits, probabilities and
//! embeddings, a Bayesian last layer, honest metrics, and whether mocks can be told
//! from survey images.
//!
//! Making tiles is `imaging`'s and `survey`'s, deciding which image people see
//! next is `acquisition`'s, when to train and whether to promote is `campaign`'s.

#![recursion_limit = "256"]

mod batch;
mod calibration;
mod card;
mod checkpoint;
mod cholesky;
mod device;
mod error;
mod examples;
mod excluded;
mod files;
mod folder;
mod forward;
mod gradient;
pub mod head;
mod learner;
pub mod metrics;
mod model;
mod network;
pub mod realism;
mod scores;
mod scoring;
mod training;

pub use calibration::{Calibration, Method};
pub use device::DeviceChoice;
pub use error::FinderError;
pub use examples::Examples;
pub use excluded::{Excluded, LeftOut};
pub use forward::Outputs;
pub use head::{HeadError, HeadPrediction, LaplaceHead};
pub use model::{Model, ModelConfig};
pub use network::NetworkConfig;
pub use realism::Realism;
pub use scores::{ScoreBatch, Scores, read_scores};
pub use scoring::{ScoreReport, ShardReport, score_dataset, score_shard};
pub use training::{EpochReport, TrainReport, TrainRequest, TrainingConfig, train};
