//! How long to wait before a request is repeated.

use std::time::Duration;

use rand::RngExt as _;

/// Exponential back-off with jitter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    /// Wait after the first failure.
    pub base: Duration,
    /// Longest wait.
    pub cap: Duration,
}

impl Backoff {
    /// Wait after failure number `failures` (1 = the first): `base · 2^(failures−1)`, at most `cap`,
    /// times a random number in [½, 1), so that many clients do not come back together. Never shorter
    /// than what the server asked for.
    #[must_use]
    pub fn wait(&self, failures: u32, asked: Option<Duration>, rng: &mut domain::Rng) -> Duration {
        let doublings = failures.saturating_sub(1).min(30);
        let full = self.base.saturating_mul(1 << doublings).min(self.cap);
        let share: f64 = 0.5 + 0.5 * rng.random::<f64>();
        full.mul_f64(share).max(asked.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Seed;

    #[test]
    fn waits_double_up_to_the_cap_and_scatter() {
        let backoff = Backoff { base: Duration::from_secs(2), cap: Duration::from_secs(60) };
        let mut rng = Seed::root(1).rng();
        for (failures, full) in [(1, 2.0), (2, 4.0), (5, 32.0), (6, 60.0), (40, 60.0)] {
            let waits: Vec<f64> =
                (0..100).map(|_| backoff.wait(failures, None, &mut rng).as_secs_f64()).collect();
            assert!(waits.iter().all(|wait| (full / 2.0..=full).contains(wait)), "{failures}: {waits:?}");
            assert!(waits.iter().any(|wait| *wait != waits[0]));
        }
    }

    #[test]
    fn what_the_server_asks_for_is_honoured() {
        let backoff = Backoff { base: Duration::from_secs(2), cap: Duration::from_secs(60) };
        let asked = Some(Duration::from_secs(120));
        assert_eq!(backoff.wait(1, asked, &mut Seed::root(1).rng()), Duration::from_secs(120));
    }
}
