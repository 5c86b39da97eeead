//! When a service fails again and again, asking on helps nobody: first a
//! pause, after some pauses an end.

use std::time::Duration;

/// How many failures are too many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakerSettings {
    /// Failures in a row before a pause.
    pub failures: u32,
    /// Length of the first pause; doubles each time.
    pub pause: Duration,
    /// Pauses without a good answer in between before giving up.
    pub pauses: u32,
}

impl Default for BreakerSettings {
    /// A pause of five minutes after 12 failures; the end after three pauses.
    fn default() -> Self {
        Self { failures: 12, pause: Duration::from_secs(300), pauses: 3 }
    }
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Go on.
    Go,
    /// Send nothing for so long.
    Pause(Duration),
    /// Give up.
    Stop,
}

/// Counts failures in a row.
#[derive(Debug)]
pub struct Breaker {
    settings: BreakerSettings,
    in_a_row: u32,
    since_pause: u32,
    pauses: u32,
}

impl Breaker {
    /// A breaker that has seen nothing yet.
    #[must_use]
    pub fn new(settings: BreakerSettings) -> Self {
        Self { settings, in_a_row: 0, since_pause: 0, pauses: 0 }
    }

    /// The service answered well.
    pub fn success(&mut self) {
        (self.in_a_row, self.since_pause, self.pauses) = (0, 0, 0);
    }

    /// It did not.
    pub fn failure(&mut self) -> Next {
        self.in_a_row += 1;
        self.since_pause += 1;
        if self.since_pause < self.settings.failures {
            return Next::Go;
        }
        if self.pauses >= self.settings.pauses {
            return Next::Stop;
        }
        self.since_pause = 0;
        self.pauses += 1;
        Next::Pause(self.settings.pause.saturating_mul(1 << (self.pauses - 1).min(6)))
    }

    /// Failures since the last good answer.
    #[must_use]
    pub fn in_a_row(&self) -> u32 {
        self.in_a_row
    }

    /// Pauses since the last good answer.
    #[must_use]
    pub fn pauses(&self) -> u32 {
        self.pauses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_of_failures_pauses_longer_and_longer_and_then_stops() {
        let second = Duration::from_secs(1);
        let mut breaker = Breaker::new(BreakerSettings { failures: 3, pause: second, pauses: 2 });
        let after: Vec<Next> = (0..9).map(|_| breaker.failure()).collect();
        let (go, once, twice) = (Next::Go, Next::Pause(second), Next::Pause(2 * second));
        assert_eq!(after, [go, go, once, go, go, twice, go, go, Next::Stop]);
        assert_eq!((breaker.in_a_row(), breaker.pauses()), (9, 2));
    }

    #[test]
    fn one_good_answer_forgives_everything() {
        let mut breaker = Breaker::new(BreakerSettings { failures: 2, pause: Duration::ZERO, pauses: 0 });
        for _ in 0..20 {
            assert_eq!(breaker.failure(), Next::Go);
            breaker.success();
        }
    }
}
