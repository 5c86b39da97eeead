//! "Where is my picture?": pictures that people upload, placed on the sky. A bounded queue of jobs in memory, the
//! solver on threads of its own, and what came of it. What was uploaded lives as long as its job; kept are
//! pixels of our own encoding and where they lie (`store`). Finding the place itself is `platesolve`'s.

pub(crate) mod catalogues;
pub(crate) mod draw;
pub(crate) mod grid;
pub(crate) mod indexes;
pub(crate) mod inside;
pub(crate) mod orientation;
pub(crate) mod queue;
mod settings;
pub(crate) mod solver;
pub(crate) mod verdict;
pub(crate) mod watch;

pub use settings::PlacingSettings;
