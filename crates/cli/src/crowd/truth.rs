//! The truth about every image the crowd may be shown, by the digest in the image's address.

use std::collections::HashMap;

use domain::Digest;
use replay::crowd::TruthEntry;

/// The truth about every image the crowd may be shown.
#[derive(Debug, Clone, Default)]
pub struct Truth(HashMap<Digest, TruthEntry>);

impl Truth {
    /// What is in the image with this digest, if it is known.
    #[must_use]
    pub fn get(&self, image: Digest) -> Option<&TruthEntry> {
        self.0.get(&image)
    }

    /// Adds an image; the later entry of two for one digest counts.
    pub fn insert(&mut self, image: Digest, entry: TruthEntry) {
        self.0.insert(image, entry);
    }
}

impl FromIterator<(Digest, TruthEntry)> for Truth {
    fn from_iter<T: IntoIterator<Item = (Digest, TruthEntry)>>(entries: T) -> Self {
        Self(entries.into_iter().collect())
    }
}
