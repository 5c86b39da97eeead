//! From votes to what we believe: every posterior and every skill is a fold over the
//! append-only log of classifications, recomputable from it at any time.
//!
//! One aggregator is one file with the same two verbs (take one vote; fit all of them at
//! once): [`Majority`] and [`Swap`]. Reading and cleaning the log is in `ballot`, what comes
//! out of it per image in `training_label`, how far it can be trusted in `calibration`, what
//! one more vote is worth in `routing`. No file, clock or random number is touched here;
//! storing states and deciding when to fold is left to `store` and `campaign`.

mod aggregator;
mod ballot;
mod config;
mod crowd;
mod digamma;
mod fit;
pub mod house;
pub mod live;
mod majority;
pub mod methods;
pub mod monitors;
mod prior;
pub mod reducers;
mod routing;
mod running;
pub mod space_warps;
mod state;
mod swap;
mod swap_config;
mod training_label;
mod volunteer;

pub use aggregator::{Aggregator, Folded, refit, replay};
pub use ballot::{Ballot, LogReport, ballots};
pub use config::{Config, ConfigError};
pub use crowd::{Crowd, Shape, Vote};
pub use fit::{Fit, Follow, Method, WorkerFit};
pub use majority::{Majority, MajorityConfig};
pub use monitors::{Reliability, ReliabilityBin, expected_lenses, known_image_scores, reliability};
pub use prior::PriorSource;
pub use routing::expected_information_bits;
pub use running::{Running, Step};
pub use space_warps::{OfflineSwap, Preset, SpaceWarps, SpaceWarpsConfig};
pub use state::{State, Status, SubjectState};
pub use swap::Swap;
pub use swap_config::SwapConfig;
pub use training_label::{LabelRule, SoftLabel, training_label};
pub use volunteer::{VolunteerState, skill_bits};
