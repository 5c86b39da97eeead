//! What a known image is. Training images are of several kinds, and people are not equally good
//! at all of them: a specificity learnt from empty fields says little about look-alikes.

use domain::Label;
use serde::{Deserialize, Serialize};

/// What is known of a known image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TruthKind {
    /// A lens, simulated or confirmed.
    Lens,
    /// Nothing that could be taken for one.
    Plain,
    /// Something that looks like one: a reviewed false positive of the network, a ring, a spiral.
    LookAlike,
    /// No lens, of either kind.
    NonLens,
}

/// Words in `training_kind` that mean a look-alike.
const LOOK_ALIKES: [&str; 6] =
    ["look-alike", "false positive", "ring galaxy", "spiral", "merger", "artefact"];

impl TruthKind {
    /// From a subject's label and the kind its training image was given; `None` for an image of
    /// unknown truth.
    #[must_use]
    pub fn of(label: Label, training_kind: Option<&str>) -> Option<Self> {
        let kind = training_kind.unwrap_or_default();
        match label {
            Label::Unknown => None,
            Label::Lens => Some(Self::Lens),
            Label::NonLens if LOOK_ALIKES.iter().any(|word| kind.contains(word)) => Some(Self::LookAlike),
            Label::NonLens if kind.contains("plain") => Some(Self::Plain),
            Label::NonLens => Some(Self::NonLens),
        }
    }

    /// Whether it is a lens.
    #[must_use]
    pub const fn is_lens(self) -> bool {
        matches!(self, Self::Lens)
    }

    /// The states it may be in, one bit each (lens 1, plain 2, look-alike 4).
    #[must_use]
    pub const fn mask(self) -> u64 {
        match self {
            Self::Lens => 0b001,
            Self::Plain => 0b010,
            Self::LookAlike => 0b100,
            Self::NonLens => 0b110,
        }
    }
}
