//! Randomness that must be unguessable: session tokens and ids that leave the server. Secrets come
//! from the operating system, never from the seed tree: who knows the seed must not know them.

use domain::Digest;
use uuid::Uuid;

use crate::problem::Problem;

/// A session's secret; only its digest is stored.
pub(crate) struct SessionToken(String);

impl SessionToken {
    /// 256 random bits.
    pub fn generate() -> Result<Self, Problem> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| Problem::internal(error.to_string()))?;
        Ok(Self(Digest(bytes).to_string()))
    }

    /// What a cookie holds, if it has the form of a token.
    pub fn from_cookie(value: &str) -> Option<Self> {
        value.parse::<Digest>().is_ok().then(|| Self(value.to_owned()))
    }

    /// What goes into the cookie.
    pub fn secret(&self) -> &str {
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
    fn tokens_differ_and_survive_the_cookie() {
        let (a, b) = (SessionToken::generate().expect("random"), SessionToken::generate().expect("random"));
        assert_ne!(a.secret(), b.secret());
        let again = SessionToken::from_cookie(a.secret()).expect("a token");
        assert_eq!(again.digest(), a.digest());
        assert!(SessionToken::from_cookie("short").is_none());
    }
}
