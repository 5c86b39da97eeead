//! What a simulated cutout shows: a lens, a cluster without arcs, or something
//! that people and networks take for a lens.

use std::{fmt, str::FromStr};

use domain::{Label, LookAlike};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// What shows whether a network learned arcs or the way they were added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Control {
    /// The background through the same steps, with an arc of no light.
    Empty,
    /// A source like a lens's with the flux of its arc, added unlensed with the same seeing and noise.
    Unlensed,
}

impl Control {
    /// Every kind of control.
    pub const ALL: [Self; 2] = [Self::Empty, Self::Unlensed];
}

/// What a simulated cutout shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A cluster with a visible arc.
    Lens,
    /// A cluster without any.
    Plain,
    /// A cluster, and something that looks like an arc.
    LookAlike(LookAlike),
    /// A cluster without an arc, treated as one with an arc is.
    Control(Control),
}

impl Kind {
    /// The truth: only [`Kind::Lens`] is one.
    #[must_use]
    pub const fn label(self) -> Label {
        match self {
            Self::Lens => Label::Lens,
            Self::Plain | Self::LookAlike(_) | Self::Control(_) => Label::NonLens,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Lens => "lens",
            Self::Plain => "plain",
            Self::LookAlike(LookAlike::Spiral) => "spiral",
            Self::LookAlike(LookAlike::Ring) => "ring",
            Self::LookAlike(LookAlike::EdgeOnPair) => "edge_on_pair",
            Self::LookAlike(LookAlike::Merger) => "merger",
            Self::LookAlike(LookAlike::StarSpike) => "star_spike",
            Self::LookAlike(LookAlike::SatelliteTrail) => "satellite_trail",
            Self::Control(Control::Empty) => "control_empty",
            Self::Control(Control::Unlensed) => "control_unlensed",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no kind of cutout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no kind of cutout; known are lens, plain, spiral, ring, edge_on_pair, merger, star_spike, satellite_trail, control_empty, control_unlensed"
)]
pub struct UnknownKind(pub String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        LookAlike::ALL
            .map(Self::LookAlike)
            .into_iter()
            .chain([Self::Lens, Self::Plain])
            .chain(Control::ALL.map(Self::Control))
            .find(|kind| kind.name() == text)
            .ok_or_else(|| UnknownKind(text.chars().take(40).collect()))
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let others = [Kind::Lens, Kind::Plain].into_iter().chain(Control::ALL.map(Kind::Control));
        for kind in LookAlike::ALL.map(Kind::LookAlike).into_iter().chain(others) {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        assert!("galaxy".parse::<Kind>().is_err());
    }

    #[test]
    fn only_a_lens_is_labelled_lens() {
        assert_eq!(Kind::Lens.label(), Label::Lens);
        assert_eq!(Kind::LookAlike(LookAlike::Ring).label(), Label::NonLens);
        assert_eq!(Kind::Control(Control::Unlensed).label(), Label::NonLens);
    }
}
