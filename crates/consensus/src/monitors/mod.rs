//! What a lead watches so that a wrong belief is seen before it does harm: pure functions on
//! plain slices, and [`Monitors`], everything together as it is stored round by round (by [`watch`]). Filling
//! the input from the live state, storing the result and showing it is left to others.
//!
//! - `reliability`: whether posteriors on known images mean what they say.
//! - `totals`: ΣP, and what experts confirmed of it.
//! - `dispersion`: whether the same images fool everybody.
//! - `drift`: whether the believed share of lenses moves.
//! - `volunteers`: what a vote of each volunteer tells, and who should be looked at.
//! - `vote_entropy`: whether votes on one image agree as the model says they should.
//!
//! Nothing here changes a belief or removes a volunteer: monitors only tell.

mod dispersion;
mod drift;
mod input;

mod reliability;
mod totals;
mod volunteers;
mod vote_entropy;
mod watch;

pub use dispersion::{Dispersion, dispersion};
pub use drift::{Drift, Share, drift};
pub use input::{
    Believed, KnownClaim, KnownNonLens, MonitorInput, MonitorSettings, Reviewed, SubjectTally, VolunteerTrack,
};
pub use reliability::{Reliability, ReliabilityBin, reliability, reliability_in_equal_parts};
pub use totals::{ReviewedTotals, Totals, totals};
pub use volunteers::{VolunteerFlag, VolunteerMonitor, VolunteersMonitor, volunteers};
pub use vote_entropy::{VoteEntropy, vote_entropy};
pub use watch::{Alarm, AlarmKind, KnownCalibration, Monitors, watch};
