//! The images of a survey as strategies see them: ids, what the network says of each, and what
//! else is known. Which of them can be chosen is said with each call (`open`); without a word,
//! all that have no label.

use std::collections::HashSet;

use domain::SubjectId;
use serde::{Deserialize, Serialize};

use crate::{Doubt, SelectError};

/// A checked view of the pool; all slices run in parallel.
#[derive(Debug, Clone, Copy)]
pub struct Pool<'a> {
    ids: &'a [SubjectId],
    probabilities: &'a [f64],
    members: Option<&'a [Vec<f32>]>,
    doubt: Option<&'a [Doubt]>,
    embeddings: Option<Embeddings<'a>>,
    labelled: &'a [Labelled],
    cells: Option<&'a [u64]>,
    disputed: Option<&'a [(usize, f64)]>,
}

/// What the network saw in each image: `[images × dim]`, row by row.
#[derive(Debug, Clone, Copy)]
pub struct Embeddings<'a> {
    /// All numbers.
    pub numbers: &'a [f32],
    /// Numbers of one image.
    pub dim: usize,
}

impl<'a> Embeddings<'a> {
    /// One image's.
    #[must_use]
    pub fn of(&self, index: usize) -> &'a [f32] {
        &self.numbers[index * self.dim..(index + 1) * self.dim]
    }
}

/// An image of the pool about which something is known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Labelled {
    /// Its position in the pool.
    pub index: usize,
    /// 1 for a lens, 0 for none, in between where people leave it open.
    pub is_lens: f32,
}

impl Labelled {
    /// Which side of one half it is on.
    #[must_use]
    pub fn says_lens(&self) -> bool {
        self.is_lens >= 0.5
    }
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
        // Ids that rise need no table.
        if !ids.is_sorted_by(|a, b| a < b) {
            let mut seen = HashSet::with_capacity(ids.len());
            if let Some(twice) = ids.iter().find(|id| !seen.insert(**id)) {
                return Err(SelectError::Twice(*twice));
            }
        }
        let (members, doubt, embeddings, cells, disputed) = (None, None, None, None, None);
        Ok(Self { ids, probabilities, members, doubt, embeddings, labelled: &[], cells, disputed })
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

    /// The same pool with what a Bayesian last layer believes of each logit.
    ///
    /// # Errors
    /// When the lengths differ, a logit is not finite or a variance negative.
    pub fn with_doubt(mut self, doubt: &'a [Doubt]) -> Result<Self, SelectError> {
        self.same_length("doubts", doubt.len())?;
        let sound = |d: &Doubt| d.logit.is_finite() && d.variance.is_finite() && d.variance >= 0.0;
        if let Some(i) = doubt.iter().position(|d| !sound(d)) {
            let Doubt { logit, variance } = doubt[i];
            let (what, value) =
                if logit.is_finite() { ("variance of the logit", variance) } else { ("logit", logit) };
            return Err(SelectError::NoNumber { what, subject: self.ids[i], value });
        }
        self.doubt = Some(doubt);
        Ok(self)
    }

    /// The same pool with embeddings.
    ///
    /// # Errors
    /// When there are not `dim` (1 at least) numbers for each image, or one is not finite.
    pub fn with_embeddings(mut self, embeddings: Embeddings<'a>) -> Result<Self, SelectError> {
        let Embeddings { numbers, dim } = embeddings;
        let expected = self.ids.len() * dim;
        if dim == 0 || numbers.len() != expected {
            let what = "numbers in embeddings (dim for each image, dim 1 or more)";
            let expected = expected.max(self.ids.len());
            return Err(SelectError::Length { what, expected, found: numbers.len() });
        }
        if let Some(i) = numbers.iter().position(|x| !x.is_finite()) {
            let (what, value) = ("embedding", f64::from(numbers[i]));
            return Err(SelectError::NoNumber { what, subject: self.ids[i / dim], value });
        }
        self.embeddings = Some(embeddings);
        Ok(self)
    }

    /// The same pool with what is known of some of its images.
    ///
    /// # Errors
    /// When a position is outside the pool or comes twice, or a label is not in [0, 1].
    pub fn with_labelled(mut self, labelled: &'a [Labelled]) -> Result<Self, SelectError> {
        self.positions("labelled image", labelled.iter().map(|label| label.index))?;
        if let Some(wrong) = labelled.iter().find(|label| !(0.0..=1.0).contains(&label.is_lens)) {
            let (what, value) = ("label", f64::from(wrong.is_lens));
            return Err(SelectError::NoProbability { what, subject: self.ids[wrong.index], value });
        }
        self.labelled = labelled;
        Ok(self)
    }

    /// The same pool with the part of the sky each image is in (a HEALPix cell, for instance).
    ///
    /// # Errors
    /// When the lengths differ.
    pub fn with_cells(mut self, cells: &'a [u64]) -> Result<Self, SelectError> {
        self.same_length("sky cells", cells.len())?;
        self.cells = Some(cells);
        Ok(self)
    }

    /// The same pool with the images whose votes conflict: position, and what one more vote is
    /// expected to tell (bits, nats: any one scale). They may have labels and be asked about again.
    ///
    /// # Errors
    /// When a position is outside the pool or comes twice, or an information is negative.
    pub fn with_disputed(mut self, disputed: &'a [(usize, f64)]) -> Result<Self, SelectError> {
        self.positions("disputed image", disputed.iter().map(|(index, _)| *index))?;
        if let Some((i, value)) = disputed.iter().find(|(_, bits)| !(bits.is_finite() && *bits >= 0.0)) {
            let what = "expected information of one more vote";
            return Err(SelectError::NoNumber { what, subject: self.ids[*i], value: *value });
        }
        self.disputed = Some(disputed);
        Ok(self)
    }

    fn same_length(&self, what: &'static str, found: usize) -> Result<(), SelectError> {
        let expected = self.ids.len();
        if found == expected { Ok(()) } else { Err(SelectError::Length { what, expected, found }) }
    }

    fn positions(&self, what: &'static str, at: impl Iterator<Item = usize>) -> Result<(), SelectError> {
        let mut seen = HashSet::new();
        for index in at {
            let images = self.ids.len();
            let Some(id) = self.ids.get(index) else {
                return Err(SelectError::Position { what, index, images });
            };
            if !seen.insert(index) {
                return Err(SelectError::Twice(*id));
            }
        }
        Ok(())
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

    /// What a Bayesian last layer believes of each logit, if given.
    #[must_use]
    pub const fn doubt(&self) -> Option<&'a [Doubt]> {
        self.doubt
    }

    /// The embeddings, if given.
    #[must_use]
    pub const fn embeddings(&self) -> Option<Embeddings<'a>> {
        self.embeddings
    }

    /// What is known; empty if nothing.
    #[must_use]
    pub const fn labelled(&self) -> &'a [Labelled] {
        self.labelled
    }

    /// The sky cells, if given.
    #[must_use]
    pub const fn cells(&self) -> Option<&'a [u64]> {
        self.cells
    }

    /// The images whose votes conflict, with what one more vote is expected to tell; `None` if nobody
    /// looked.
    #[must_use]
    pub const fn disputed(&self) -> Option<&'a [(usize, f64)]> {
        self.disputed
    }

    /// The positions without a label: what can be chosen when nothing else is said.
    #[must_use]
    pub fn unlabelled(&self) -> Vec<usize> {
        let mut known = vec![false; self.len()];
        for label in self.labelled {
            known[label.index] = true;
        }
        (0..self.len()).filter(|i| !known[*i]).collect()
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
