//! The kinds of people in the crowd and how often each is right.

use serde::{Deserialize, Serialize};

/// A kind of volunteer. The rates are for an image of middling difficulty, among the answers that
/// are not "unsure"; [`super::Skill`] says how difficulty moves them.
///
/// The spread follows what campaigns report: most people reject well and miss some faint arcs, a
/// few call much a lens, a few answer without looking (Marshall et al. 2016, Space Warps I).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Looks long, knows the look-alikes.
    Careful,
    /// Most people.
    Average,
    /// Clicks on quickly and misses faint arcs.
    Hasty,
    /// Sees lenses everywhere.
    Optimist,
    /// Often says "unsure".
    Cautious,
    /// Answers without looking.
    Spammer,
    /// Has hardly seen a lens before. No part of the usual crowd.
    Novice,
    /// Never errs, however hard the image. No part of the usual crowd.
    Perfect,
}

/// How often a kind is right and unsure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// P(says "lens" | lens, not unsure).
    pub lens: f64,
    /// P(says "no lens" | no lens, not unsure).
    pub no_lens: f64,
    /// P(says "unsure").
    pub unsure: f64,
    /// Whether the image plays any role.
    pub looks: bool,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Careful,
        Self::Average,
        Self::Hasty,
        Self::Optimist,
        Self::Cautious,
        Self::Spammer,
        Self::Novice,
        Self::Perfect,
    ];

    /// The table.
    #[must_use]
    pub const fn rates(self) -> Rates {
        let (lens, no_lens, unsure, looks) = match self {
            Self::Careful => (0.88, 0.97, 0.08, true),
            Self::Average => (0.75, 0.92, 0.10, true),
            Self::Hasty => (0.55, 0.95, 0.03, true),
            Self::Optimist => (0.92, 0.70, 0.05, true),
            Self::Cautious => (0.75, 0.95, 0.35, true),
            Self::Spammer => (0.50, 0.50, 0.00, false),
            Self::Novice => (0.60, 0.80, 0.20, true),
            Self::Perfect => (1.00, 1.00, 0.00, true),
        };
        Rates { lens, no_lens, unsure, looks }
    }

    /// Share of the crowd unless configured otherwise.
    #[must_use]
    pub const fn usual_share(self) -> f64 {
        match self {
            Self::Careful => 0.20,
            Self::Average => 0.40,
            Self::Hasty => 0.15,
            Self::Optimist | Self::Cautious => 0.10,
            Self::Spammer => 0.05,
            Self::Novice | Self::Perfect => 0.0,
        }
    }
}
