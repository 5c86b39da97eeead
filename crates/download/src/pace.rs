//! How often a request may be sent: starts are never closer than the rate
//! allows (a bucket of one token, nothing is saved up), and holds push
//! everything back.

use std::time::Duration;

use tokio::time::Instant;

/// Says when the next request may start.
#[derive(Debug)]
pub struct Pace {
    interval: Duration,
    next: Instant,
}

impl Pace {
    /// At most `per_second` starts a second, the first one `now`.
    #[must_use]
    pub fn new(per_second: f64, now: Instant) -> Self {
        Self { interval: Duration::from_secs_f64(1.0 / per_second), next: now }
    }

    /// Starts a request now.
    ///
    /// # Errors
    /// The moment to ask again, if it is too early; someone else may then have been faster.
    pub fn start(&mut self, now: Instant) -> Result<(), Instant> {
        if now < self.next {
            return Err(self.next);
        }
        // From the start itself, not from when it was due: a late start pushes the next one back.
        self.next = now + self.interval;
        Ok(())
    }

    /// Nothing may start before this moment.
    pub fn hold(&mut self, until: Instant) {
        self.next = self.next.max(until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn starts_keep_their_distance_however_late_they_are() {
        let begin = Instant::now();
        let half = Duration::from_millis(500);
        let mut pace = Pace::new(2.0, begin);
        assert_eq!(pace.start(begin), Ok(()));
        assert_eq!(pace.start(begin), Err(begin + half));
        let late = begin + Duration::from_millis(501);
        assert_eq!(pace.start(late), Ok(()));
        assert_eq!(pace.start(begin + 2 * half), Err(late + half));
        // Idle time does not save up for a burst.
        let later = begin + Duration::from_secs(3600);
        assert_eq!(pace.start(later), Ok(()));
        assert_eq!(pace.start(later), Err(later + half));
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_pushes_everything_back_and_a_shorter_one_changes_nothing() {
        let begin = Instant::now();
        let mut pace = Pace::new(1.0, begin);
        let minute = begin + Duration::from_secs(60);
        pace.hold(minute);
        pace.hold(begin + Duration::from_secs(30));
        assert_eq!(pace.start(begin), Err(minute));
        assert_eq!(pace.start(minute), Ok(()));
    }
}
