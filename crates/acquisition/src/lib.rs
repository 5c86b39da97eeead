//! Which images to ask people about next, and with which probability each was chosen.
//!
//! A strategy is one file: pool in, [`Selected`] out. [`Portfolio`] divides a budget among
//! them; [`Audit`] draws the sample from which `horvitz_thompson` says how many lenses there
//! are and how many were found. Chance enters only by a [`domain::Seed`], attached to the
//! images' ids, so the order of the pool never matters. No file, clock or network is touched;
//! scoring the pool is left to `finder`, keeping what was selected to `store`.

mod audit;
mod cholesky;
mod curvature;
mod doubt;
mod entropy;
mod gamma;
mod greedy;
pub mod head;
mod horvitz_thompson;
mod noise;
mod pool;
mod portfolio;
mod power_bald;
mod random;
mod rerank;
mod selected;
mod selector;

pub use audit::{Audit, AuditConfig, Stratum};
pub use doubt::Doubt;
pub use entropy::{Entropy, PriorShift};
pub use greedy::Greedy;
pub use head::{Example, HeadError, HeadPrior, LiveHead, Standard};
pub use horvitz_thompson::{Completeness, Observation, Total, completeness, horvitz_thompson};
pub use pool::{Embeddings, Labelled, Pool};
pub use portfolio::{Exploration, Portfolio, PortfolioConfig, Shares};
pub use power_bald::{PowerBald, bald_bits};
pub use random::Random;
pub use rerank::Reranked;
pub use selected::{Selected, Strategy};
pub use selector::{SelectError, Selector};
