//! The images that can be selected: ids and what the network says of each. Which images belong
//! in it (unlabelled, not retired) is left to the caller.

use std::collections::HashSet;

use domain::SubjectId;

use crate::SelectError;

/// A checked view of the pool; all slices run in parallel.
#[derive(Debug, Clone, Copy)]
pub struct Pool<'a> {
    ids: &'a [SubjectId],
    probabilities: &'a [f64],
    members: Option<&'a [Vec<f32>]>,
}

impl<'a> Pool<'a> {
    /// A pool of ids, each with its calibrated probability of a lens.
    ///
    /// # Errors
    /// When the lengths differ, an id comes twice or a number is no probability.
    pub fn new(ids: &'a [SubjectId], probabilities: &'a [f64]) -> Result<Self, SelectError> {
        if ids.len() != probabilities.len() {
            return Err(SelectError::Length {
                what: "probabilities",
                expected: ids.len(),
                found: probabilities.len(),
            });
        }
        for (id, p) in ids.iter().zip(probabilities) {
            if !(0.0..=1.0).contains(p) {
                return Err(SelectError::NoProbability { what: "probability", subject: *id, value: *p });
            }
        }
        let mut seen = HashSet::with_capacity(ids.len());
        match ids.iter().find(|id| !seen.insert(**id)) {
            Some(twice) => Err(SelectError::Twice(*twice)),
            None => Ok(Self { ids, probabilities, members: None }),
        }
    }

    /// The same pool with the probabilities by each of K members (an ensemble, or draws of the
    /// last layer's weights), `members[k][i]` for image `i`; needed by [`crate::PowerBald`].
    ///
    /// # Errors
    /// When there are fewer than two members, the lengths differ or a number is no probability.
    pub fn with_members(mut self, members: &'a [Vec<f32>]) -> Result<Self, SelectError> {
        if members.len() < 2 {
            return Err(SelectError::Length { what: "members", expected: 2, found: members.len() });
        }
        for member in members {
            if member.len() != self.ids.len() {
                let (expected, found) = (self.ids.len(), member.len());
                return Err(SelectError::Length { what: "one member's probabilities", expected, found });
            }
            if let Some(i) = member.iter().position(|p| !(0.0..=1.0).contains(p)) {
                let value = f64::from(member[i]);
                return Err(SelectError::NoProbability {
                    what: "member's probability",
                    subject: self.ids[i],
                    value,
                });
            }
        }
        self.members = Some(members);
        Ok(self)
    }

    /// The images.
    #[must_use]
    pub const fn ids(&self) -> &'a [SubjectId] {
        self.ids
    }

    /// Their calibrated probabilities.
    #[must_use]
    pub const fn probabilities(&self) -> &'a [f64] {
        self.probabilities
    }

    /// The members' probabilities, if any.
    #[must_use]
    pub const fn members(&self) -> Option<&'a [Vec<f32>]> {
        self.members
    }

    /// How many images.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}
