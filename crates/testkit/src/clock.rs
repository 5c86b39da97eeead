//! A clock that moves only when told.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use domain::{Clock, Timestamp};

/// 2026-11-21T00:00:00Z.
const START_MICROS: i64 = 1_795_219_200_000_000;

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct FixedClock {
    micros: AtomicI64,
}

impl FixedClock {
    /// Stands at this moment.
    #[must_use]
    pub const fn new(at: Timestamp) -> Self {
        Self { micros: AtomicI64::new(at.timestamp_micros()) }
    }

    /// Moves on.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).expect("tests stay within a human life");
        self.micros.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Default for FixedClock {
    fn default() -> Self {
        Self { micros: AtomicI64::new(START_MICROS) }
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        let micros = self.micros.load(Ordering::SeqCst);
        Timestamp::from_timestamp_micros(micros).expect("tests stay within a human life")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_where_it_says_and_moves_when_told() {
        let clock = FixedClock::default();
        assert_eq!(clock.now().to_rfc3339(), "2026-11-21T00:00:00+00:00");
        clock.advance(Duration::from_millis(1500));
        assert_eq!(clock.now().to_rfc3339(), "2026-11-21T00:00:01.500+00:00");
    }
}
