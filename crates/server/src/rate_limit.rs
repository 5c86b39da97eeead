//! Token buckets in memory: how often one address may fail to sign in and one volunteer may vote.
//! They slow down guessing and runaway scripts of one server; limits across servers belong to the
//! load balancer.

use std::{collections::HashMap, hash::Hash, net::IpAddr, sync::Mutex};

use domain::{Timestamp, VolunteerId};

use crate::problem::Problem;

/// One bucket's size and how fast it fills again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Tokens in a full bucket.
    pub burst: u32,
    /// Tokens that come back per second.
    pub per_second: f64,
}

/// The limits of the server. Generous: a person never meets them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateLimits {
    /// Failed sign-ins and all sign-ups, per client address. A class room shares one address.
    pub attempts_per_address: Option<Rate>,
    /// Failed sign-ins per account, whoever tries.
    pub attempts_per_account: Option<Rate>,
    /// Requests for images, votes and retractions, per volunteer.
    pub work_per_volunteer: Option<Rate>,
    /// Letters that somebody causes (links to verify an address or to choose a password), per client address.
    pub letters_per_address: Option<Rate>,
    /// The same per address they go to, whoever asks.
    pub letters_per_account: Option<Rate>,
    /// Questions of the quiz and practice images, per client address. A class room shares one address.
    pub lessons_per_address: Option<Rate>,
    /// Letters to the leads, per volunteer or, from guests, per client address.
    pub feedback_per_writer: Option<Rate>,
    /// Pictures to be placed on the sky, per volunteer.
    pub pictures_per_volunteer: Option<Rate>,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            attempts_per_address: Some(Rate { burst: 60, per_second: 0.5 }),
            attempts_per_account: Some(Rate { burst: 20, per_second: 1.0 / 30.0 }),
            work_per_volunteer: Some(Rate { burst: 200, per_second: 5.0 }),
            letters_per_address: Some(Rate { burst: 20, per_second: 1.0 / 60.0 }),
            letters_per_account: Some(Rate { burst: 4, per_second: 1.0 / 600.0 }),
            lessons_per_address: Some(Rate { burst: 600, per_second: 5.0 }),
            feedback_per_writer: Some(Rate { burst: 20, per_second: 1.0 / 30.0 }),
            pictures_per_volunteer: Some(Rate { burst: 10, per_second: 1.0 / 60.0 }),
        }
    }
}

impl RateLimits {
    /// No limits: for simulated crowds and tests.
    #[must_use]
    pub const fn off() -> Self {
        Self {
            attempts_per_address: None,
            attempts_per_account: None,
            work_per_volunteer: None,
            letters_per_address: None,
            letters_per_account: None,
            lessons_per_address: None,
            feedback_per_writer: None,
            pictures_per_volunteer: None,
        }
    }
}

/// All buckets of one server.
pub(crate) struct Limiters {
    pub addresses: Limiter<IpAddr>,
    /// Keyed by the digest of the normalised e-mail address.
    pub accounts: Limiter<domain::Digest>,
    pub volunteers: Limiter<VolunteerId>,
    pub lessons: Limiter<IpAddr>,
    pub letters_by: Limiter<IpAddr>,
    /// Keyed by the digest of the normalised e-mail address.
    pub letters_to: Limiter<domain::Digest>,
    /// Keyed by the digest of the volunteer's id or of the client address.
    pub writers: Limiter<domain::Digest>,
    pub pictures: Limiter<VolunteerId>,
}

impl Limiters {
    pub fn new(limits: RateLimits) -> Self {
        Self {
            addresses: Limiter::new(limits.attempts_per_address),
            accounts: Limiter::new(limits.attempts_per_account),
            volunteers: Limiter::new(limits.work_per_volunteer),
            letters_by: Limiter::new(limits.letters_per_address),
            letters_to: Limiter::new(limits.letters_per_account),
            lessons: Limiter::new(limits.lessons_per_address),
            writers: Limiter::new(limits.feedback_per_writer),
            pictures: Limiter::new(limits.pictures_per_volunteer),
        }
    }
}

/// Buckets by key. Memory is bounded: beyond [`Limiter::MOST_KEYS`] the longest untouched go, which
/// are the fullest.
pub(crate) struct Limiter<K> {
    rate: Option<Rate>,
    buckets: Mutex<HashMap<K, Bucket>>,
}

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Timestamp,
}

impl<K: Eq + Hash + Copy> Limiter<K> {
    const MOST_KEYS: usize = 20_000;

    pub fn new(rate: Option<Rate>) -> Self {
        Self { rate, buckets: Mutex::default() }
    }

    /// Takes a token, or says how long to wait.
    pub fn take(&self, key: K, now: Timestamp) -> Result<(), Problem> {
        let Some(rate) = self.rate else { return Ok(()) };
        let mut buckets = self.lock();
        if buckets.len() >= Self::MOST_KEYS && !buckets.contains_key(&key) {
            drop_oldest_half(&mut buckets);
        }
        let full = Bucket { tokens: f64::from(rate.burst), at: now };
        let bucket = buckets.entry(key).or_insert(full);
        bucket.refill(rate, now);
        if bucket.tokens < 1.0 {
            let seconds = ((1.0 - bucket.tokens) / rate.per_second).ceil().clamp(1.0, 3600.0);
            return Err(Problem::too_many(seconds as u32));
        }
        bucket.tokens -= 1.0;
        Ok(())
    }

    /// Gives a token back: the attempt was a good one.
    pub fn give_back(&self, key: K) {
        let Some(rate) = self.rate else { return };
        if let Some(bucket) = self.lock().get_mut(&key) {
            bucket.tokens = (bucket.tokens + 1.0).min(f64::from(rate.burst));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<K, Bucket>> {
        // Buckets stay meaningful whatever panicked while they were locked.
        self.buckets.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Bucket {
    fn refill(&mut self, rate: Rate, now: Timestamp) {
        let seconds = (now - self.at).as_seconds_f64().max(0.0);
        self.tokens = seconds.mul_add(rate.per_second, self.tokens).min(f64::from(rate.burst));
        self.at = self.at.max(now);
    }
}

fn drop_oldest_half<K: Eq + Hash + Copy>(buckets: &mut HashMap<K, Bucket>) {
    let mut touched: Vec<Timestamp> = buckets.values().map(|bucket| bucket.at).collect();
    let middle = touched.len() / 2;
    let (_, median, _) = touched.select_nth_unstable(middle);
    let median = *median;
    let before = buckets.len();
    buckets.retain(|_, bucket| bucket.at > median);
    if buckets.len() == before {
        buckets.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemCode;
    use chrono::{DateTime, TimeDelta};

    const START: Timestamp = DateTime::UNIX_EPOCH;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let limiter = Limiter::new(Some(Rate { burst: 2, per_second: 0.5 }));
        assert!(limiter.take(1, START).is_ok());
        assert!(limiter.take(1, START).is_ok());
        let refused = limiter.take(1, START).expect_err("the bucket is empty");
        assert_eq!((refused.code, refused.retry_after_seconds), (ProblemCode::TooManyRequests, Some(2)));
        assert!(limiter.take(2, START).is_ok(), "another key has its own bucket");
        assert!(limiter.take(1, START + TimeDelta::seconds(2)).is_ok());
    }

    #[test]
    fn a_token_given_back_can_be_taken_again() {
        let limiter = Limiter::new(Some(Rate { burst: 1, per_second: 0.1 }));
        assert!(limiter.take(1, START).is_ok());
        limiter.give_back(1);
        assert!(limiter.take(1, START).is_ok());
        assert!(limiter.take(1, START).is_err());
    }

    #[test]
    fn a_flood_of_keys_does_not_grow_the_memory() {
        let limiter = Limiter::new(Some(Rate { burst: 1, per_second: 1.0 }));
        for key in 0..(3 * Limiter::<u64>::MOST_KEYS as u64) {
            let now = START + TimeDelta::milliseconds(key.cast_signed() / 7);
            assert!(limiter.take(key, now).is_ok());
        }
        assert!(limiter.lock().len() <= Limiter::<u64>::MOST_KEYS);
    }

    #[test]
    fn a_clock_that_steps_back_refuses_nobody_for_long() {
        let limiter = Limiter::new(Some(Rate { burst: 1, per_second: 1.0 }));
        assert!(limiter.take(1, START + TimeDelta::hours(1)).is_ok());
        assert!(limiter.take(1, START).is_err());
        assert!(limiter.take(1, START + TimeDelta::hours(1) + TimeDelta::seconds(1)).is_ok());
    }
}
