//! Which images to ask people about next, and with which probability each was chosen.
//!
//! A strategy is one file: pool in, [`Selected`] out. [`Portfolio`] divides a budget among
//! them; [`Audit`] draws the sample from which `horvitz_thompson` says how many lenses there
//! are and how many were found. Chance enters only by a [`domain::Seed`], attached to the
//! images' ids, so the order of the pool never matters. No file, clock or network is touched;
//! scoring the pool is left to `finder`, keeping what was selected to `store`.

mod audit;
mod badge;
mod bald;
mod beliefs;
mod cholesky;
mod clusters;
mod curvature;
mod direct;
mod diversity;
mod doubt;
mod ens;
mod entropy;
mod epig;
mod estimate;
mod expected_improvement;
mod forecast;
mod gamma;
mod greedy;
pub mod head;
mod interval;
mod k_center;
mod least_confidence;
mod located;
mod lure;
mod margin;
mod noise;
mod normal;
mod pool;
mod portfolio;
mod power_bald;
mod random;
mod registry;
mod relabel;
mod rerank;
mod rows;
mod selected;
mod selector;
mod similarity;
mod soft_rank_bald;
mod space;
mod stopping;
mod typiclust;
mod ucb;
mod variation;

pub use audit::{Audit, AuditConfig, Stratum};
pub use badge::Badge;
pub use bald::Bald;
pub use direct::{Direct, DirectConfig};
pub use diversity::DiversityConfig;
pub use doubt::Doubt;
pub use ens::{Ens, EnsConfig};
pub use entropy::{Entropy, PriorShift};
pub use epig::{Epig, EpigConfig, mutual_information_bits};
pub use estimate::{AuditRound, Audited, Estimate, Frame, Known, Survey, estimate_total, horvitz_thompson};
pub use expected_improvement::{ExpectedImprovement, improvement};
pub use forecast::{Forecast, Pace, forecast};
pub use greedy::Greedy;
pub use head::{Example, HeadError, HeadMode, HeadPrior, LiveHead, Standard, offset};
pub use interval::Interval;
pub use k_center::KCenter;
pub use least_confidence::LeastConfidence;
pub use lure::{Loss, lure};
pub use margin::Margin;
pub use pool::{Embeddings, Labelled, Pool};
pub use portfolio::{Exploration, Portfolio, PortfolioConfig, Shares};
pub use power_bald::{PowerBald, bald_bits};
pub use random::Random;
pub use registry::StrategyConfig;
pub use relabel::Relabel;
pub use rerank::Reranked;
pub use selected::{Selected, Strategy, UnknownStrategy};
pub use selector::{SelectError, Selector};
pub use similarity::{Similarity, SimilarityConfig};
pub use soft_rank_bald::SoftRankBald;
pub use stopping::{Evidence, StoppingRule, Verdict, cohen_kappa, kappa_of_rankings};
pub use typiclust::{Typiclust, TypiclustConfig};
pub use ucb::Ucb;
pub use variation::Variation;
