//! Hashing passwords with Argon2id, off the async threads and few at a time: each hash takes
//! megabytes and tens of milliseconds on purpose.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::{OnceCell, Semaphore};

use crate::{config::PasswordCost, problem::Problem};

/// Hashes at work at once; the rest wait.
const AT_ONCE: usize = 2;
/// Waiting requests beyond which the server says it is busy.
const MOST_WAITING: usize = 256;

/// What a check of a password found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The password is right.
    Right,
    /// It is right, and its hash was made with other work factors: store this new one.
    RightWithNewHash(String),
    /// It is wrong, or there is no such account.
    Wrong,
}

/// The one place where passwords are read.
pub(crate) struct Passwords {
    params: Params,
    working: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    decoy: OnceCell<String>,
}

impl Passwords {
    pub fn new(cost: PasswordCost) -> Self {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None).unwrap_or(Params::DEFAULT);
        Self {
            params,
            working: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Arc::new(Semaphore::new(MOST_WAITING)),
            decoy: OnceCell::new(),
        }
    }

    /// The PHC string to store for a new password.
    pub async fn hash(&self, password: String) -> Result<String, Problem> {
        let hasher = self.hasher();
        self.work(move || hash(&hasher, &password)).await?
    }

    /// Checks a password. Without a stored hash (no such account) a decoy is checked, so that the
    /// time does not tell whether the account exists.
    pub async fn check(&self, password: String, stored: Option<String>) -> Result<Verdict, Problem> {
        let known = stored.is_some();
        let stored = match stored {
            Some(stored) => stored,
            None => self.decoy.get_or_try_init(|| self.hash("decoy".to_owned())).await?.clone(),
        };
        let hasher = self.hasher();
        self.work(move || {
            let parsed = PasswordHash::new(&stored).map_err(unusable)?;
            let right = hasher.verify_password(password.as_bytes(), &parsed).is_ok();
            if !(right && known) {
                return Ok(Verdict::Wrong);
            }
            let current = Params::try_from(&parsed).is_ok_and(|params| same_work(&params, hasher.params()));
            if current {
                return Ok(Verdict::Right);
            }
            hash(&hasher, &password).map(Verdict::RightWithNewHash)
        })
        .await?
    }

    fn hasher(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone())
    }

    async fn work<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let _place = self.waiting.try_acquire().map_err(|_| Problem::busy())?;
        let turn = Arc::clone(&self.working).acquire_owned().await.map_err(Problem::internal)?;
        let job = move || {
            // Held until the work ends, even if the client went away meanwhile.
            let _turn = turn;
            job()
        };
        tokio::task::spawn_blocking(job).await.map_err(Problem::internal)
    }
}

fn hash(hasher: &Argon2<'_>, password: &str) -> Result<String, Problem> {
    hasher.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(unusable)
}

fn unusable(error: impl std::fmt::Display) -> Problem {
    Problem::internal(format!("Argon2: {error}"))
}

fn same_work(a: &Params, b: &Params) -> bool {
    (a.m_cost(), a.t_cost(), a.p_cost()) == (b.m_cost(), b.t_cost(), b.p_cost())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap() -> Passwords {
        Passwords::new(PasswordCost::for_tests())
    }

    #[tokio::test]
    async fn the_right_password_is_right_and_no_other() {
        let passwords = cheap();
        let stored = passwords.hash("正确的马电池钉".to_owned()).await.expect("hashed");
        assert!(stored.starts_with("$argon2id$"));
        let check = |word: &str| passwords.check(word.to_owned(), Some(stored.clone()));
        assert_eq!(check("正确的马电池钉").await, Ok(Verdict::Right));
        assert_eq!(check("wrong horse").await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn nobody_signs_in_with_the_decoy() {
        assert_eq!(cheap().check("decoy".to_owned(), None).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn a_hash_of_other_cost_is_renewed() {
        let old = Passwords::new(PasswordCost { memory_kib: 16, passes: 1 });
        let stored = old.hash("long enough".to_owned()).await.expect("hashed");
        let verdict = cheap().check("long enough".to_owned(), Some(stored)).await;
        assert!(matches!(verdict, Ok(Verdict::RightWithNewHash(_))));
    }
}
