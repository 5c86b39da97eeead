//! SWAP exactly: the analysis of Space Warps (Marshall et al. 2016) and its later settings, as a
//! fold over a log in its order, on dense numbers. What a lead's own project runs on is `live`;
//! reading a log from a file is left to the crate `votes`.
//!
//! # How the published code behaves, and how it is read here
//!
//! The settings `production` and `prior05_gzx` and the trace in `tests/it/space_warps.rs` are
//! checked against tables made by the original code (MIT licence since 2014; nothing is copied),
//! `kswap` against tables made by its real-time successor. The other settings follow from these
//! readings of the original:
//!
//! 1. **Who hears first.** The image is updated with the agent as it was before the vote; then
//!    the agent hears the vote.
//! 2. **Newcomers.** While an agent's training count NT is 0, its votes only add to the
//!    exposure of an image. NT counts every vote the agent *heard*, that is every vote the
//!    learning mode lets through: training images when supervised, test images when
//!    unsupervised, all when both. So with `unsup` an agent's first vote on a test image moves
//!    nothing, its second does, and training images never start it; with `both` only its very
//!    first vote moves nothing.
//! 3. **Agents that never learn** (`fixed075`) still hear training images: NT, NL and ND grow,
//!    PL and PD stay. So they too need one training image before they count.
//! 4. **Learning from a test image** uses the image's posterior P *after* this vote: PL takes
//!    the vote with weight P, PD with weight 1 − P, and NL and ND grow by these (no whole
//!    numbers then). P is the image's current one even where the vote did not move it, because
//!    the agent was new or the image frozen: a frozen image still teaches.
//! 5. **Training images** carry a posterior like any other and freeze when `hasty`, but are never
//!    retired. With `unsup` they get posteriors and teach nobody.
//! 6. **Frozen** (`hasty`): a vote on an image past a threshold moves neither posterior nor
//!    exposure and earns no contribution. Without `hasty` the status follows the posterior both
//!    ways, and a rejected image that comes back is undecided and active again.
//! 7. **Clips**: PL and PD within 0.01 and 0.99 after each step, P never below 2e-8 and without
//!    an upper bound. Thresholds are strict.
//! 8. **Repeats** count again in SWAP, and are ignored in kSWAP.
//! 9. **The last bit.** P ← (a / (aP + b(1−P))) P, in this order of operations, as the original
//!    has it: near P = 1 another order of the same formula differs by more than rounding.
//! 10. **kSWAP** keeps scoring an image after its retirement, retires test images only, and lets
//!     the cap speak last: from 30 votes on the image is retired as what most said (of equals
//!     what was said first), whatever the threshold had decided. Its retirements are named like
//!     statuses: as non-lens `rejected`, as lens `detected`, else `undecided`.
//! 11. **Contradictory truths** for one image: each vote teaches what its own line says; whether the
//!     image can be retired is settled by its first line. The crate `votes` reads such logs and counts
//!     the lines that contradict an earlier one.
//!
//! Not taken over: the trajectories drawn around the posterior (the tables are without them),
//! the slip that a rejected image which rises above the upper threshold stays closed, banned
//! agents (nothing ever banned one), and kSWAP's "hard" training images.

mod agent;
mod config;
mod fold;
mod follow;
mod log;
mod offline;
mod status;
mod subject;

pub use agent::Agent;
pub use config::{KSwapRules, Learning, Preset, SpaceWarpsConfig, SwapRules};
pub use fold::{LogVote, SpaceWarps};
pub use log::{ReplayedLog, replay_log};
pub use offline::OfflineSwap;
pub use status::Status;
pub use subject::SubjectTrack;
