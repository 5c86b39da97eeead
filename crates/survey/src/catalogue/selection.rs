//! Which rows to keep: limits on columns of the normal form.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Entry,
    entry::{REALS, Real},
};

/// From where to where a value is kept; both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Smallest value kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest value kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// Limits by column (`m500_msun`, `z`, `richness`, `dec_deg`, …).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Limits(pub BTreeMap<String, Range>);

/// Why a row is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outside {
    /// The value is not known.
    Unknown,
    /// The value lies outside.
    Value,
}

impl Limits {
    /// Whether everything is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn check(&self) -> Result<(), String> {
        for (name, range) in &self.0 {
            if value_of(name).is_none() {
                let known: Vec<_> =
                    ["ra_deg", "dec_deg"].into_iter().chain(REALS.iter().map(|r| r.name)).collect();
                return Err(format!("[cut] knows no {name:?}; it may be {}", known.join(", ")));
            }
            let (min, max) = (range.min.unwrap_or(f64::NEG_INFINITY), range.max.unwrap_or(f64::INFINITY));
            if range.min.is_none() && range.max.is_none()
                || matches!(min.partial_cmp(&max), None | Some(std::cmp::Ordering::Greater))
            {
                return Err(format!("[cut] {name} needs min, max or both, and min not above max"));
            }
        }
        Ok(())
    }

    /// The first limit that the entry does not meet.
    pub(super) fn refuses(&self, entry: &Entry) -> Option<(&str, Outside)> {
        self.0.iter().find_map(|(name, range)| {
            let why = match value_of(name).and_then(|value| value(entry)) {
                None => Outside::Unknown,
                Some(v) if range.min.is_some_and(|min| v < min) || range.max.is_some_and(|max| v > max) => {
                    Outside::Value
                }
                Some(_) => return None,
            };
            Some((name.as_str(), why))
        })
    }
}

/// How to get a column of the normal form.
fn value_of(name: &str) -> Option<fn(&Entry) -> Option<f64>> {
    match name {
        "ra_deg" => Some(|entry| Some(entry.position.ra_deg)),
        "dec_deg" => Some(|entry| Some(entry.position.dec_deg)),
        _ => REALS.iter().find(|real| real.name == name).map(|real: &Real| real.get),
    }
}
