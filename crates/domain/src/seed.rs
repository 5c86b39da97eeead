//! The seed tree: every random number comes from one root seed by a path of
//! names and numbers, so that adding a consumer never shifts another's stream.

use rand_chacha::{ChaCha12Rng, rand_core::SeedableRng};
use sha2::{Digest as _, Sha256};

/// The generator used everywhere: portable and the same on every machine.
pub type Rng = ChaCha12Rng;

/// A node of the seed tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// The root, from the number a person typed.
    #[must_use]
    pub fn root(seed: u64) -> Self {
        Self(Sha256::digest([b"lensfinder:".as_slice(), &seed.to_le_bytes()].concat()).into())
    }

    /// The child with this name.
    #[must_use]
    pub fn child(self, name: &str) -> Self {
        self.descend(b'n', name.as_bytes())
    }

    /// The child with this number.
    #[must_use]
    pub fn index(self, index: u64) -> Self {
        self.descend(b'i', &index.to_le_bytes())
    }

    /// A generator for this node.
    #[must_use]
    pub fn rng(self) -> Rng {
        Rng::from_seed(self.0)
    }

    /// 64 bits of this node, for libraries that take a number as their seed.
    #[must_use]
    pub fn to_u64(self) -> u64 {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.0[..8]);
        u64::from_le_bytes(bytes)
    }

    /// 128 bits of this node, for ids.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        std::array::from_fn(|i| self.0[i])
    }

    fn descend(self, kind: u8, name: &[u8]) -> Self {
        Self(Sha256::digest([self.0.as_slice(), &[kind], name].concat()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_lead_to_different_places() {
        let root = Seed::root(7);
        assert_ne!(root.child("mock"), root.child("noise"));
        assert_ne!(root.index(0), root.index(1));
        assert_ne!(root, Seed::root(8));
        assert_eq!(root.child("mock").index(3), Seed::root(7).child("mock").index(3));
    }
}
