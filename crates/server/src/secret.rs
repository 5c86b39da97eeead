//! Randomness that must be unguessable: secrets of sessions, links and tokens, and ids that leave the server. Secrets come
//! from the operating system, never from the seed tree: who knows the seed must not know them.

use domain::Digest;
use uuid::Uuid;

use crate::problem::Problem;

/// What only its holder knows: of a session's cookie, a letter's link, a token. Only its digest is stored.
pub(crate) struct Secret(String);

impl Secret {
    /// 256 random bits.
    pub fn generate() -> Result<Self, Problem> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| Problem::internal(error.to_string()))?;
        Ok(Self(Digest(bytes).to_string()))
    }

    /// What somebody showed, if it has the form of a secret.
    pub fn parse(value: &str) -> Option<Self> {
        value.parse::<Digest>().is_ok().then(|| Self(value.to_owned()))
    }

    /// What its holder gets.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What goes into the database.
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

/// A random (version 4) id.
pub(crate) fn random_id() -> Result<Uuid, Problem> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_survive_being_written() {
        let (a, b) = (Secret::generate().expect("random"), Secret::generate().expect("random"));
        assert_ne!(a.text(), b.text());
        let again = Secret::parse(a.text()).expect("a secret");
        assert_eq!(again.digest(), a.digest());
        assert!(Secret::parse("short").is_none());
    }
}
