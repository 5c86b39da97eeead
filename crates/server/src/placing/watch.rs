//! How far one job is, and whether it should stop: what the solver reports to and the page asks.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};

use domain::Progress;
use tokio::sync::Notify;

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Phase {
    Waiting = 0,
    /// Reading the file and finding its stars.
    Finding = 1,
    /// Searching the sky.
    Searching = 2,
}

/// Why a job should stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Stop {
    /// The person asked, or the server closes: nothing is kept.
    Asked = 1,
    /// It took too long: that is kept as the reason.
    Late = 2,
}

/// One job's progress.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    phase: AtomicU8,
    stop: AtomicU8,
    total: AtomicU64,
    done: AtomicU64,
    stopped: Notify,
}

impl Watch {
    pub fn enter(&self, phase: Phase) {
        self.total.store(0, Relaxed);
        self.done.store(0, Relaxed);
        self.phase.store(phase as u8, Relaxed);
    }

    pub fn phase(&self) -> Phase {
        match self.phase.load(Relaxed) {
            0 => Phase::Waiting,
            1 => Phase::Finding,
            _ => Phase::Searching,
        }
    }

    /// Share of the phase that is done, where that is known.
    pub fn share(&self) -> Option<f64> {
        let (done, total) = (self.done.load(Relaxed), self.total.load(Relaxed));
        (total > 0).then(|| (done as f64 / total as f64).min(1.0))
    }

    /// Asks the job to stop; the first reason counts.
    pub fn stop(&self, why: Stop) {
        let _ = self.stop.compare_exchange(0, why as u8, Relaxed, Relaxed);
        self.stopped.notify_one();
    }

    pub fn stop_reason(&self) -> Option<Stop> {
        match self.stop.load(Relaxed) {
            0 => None,
            1 => Some(Stop::Asked),
            _ => Some(Stop::Late),
        }
    }

    /// Completes when the job is asked to stop.
    pub async fn stopped(&self) {
        while self.stop_reason().is_none() {
            self.stopped.notified().await;
        }
    }
}

impl Progress for Watch {
    fn begin(&self, _what: &str, total: u64) {
        self.done.store(0, Relaxed);
        self.total.store(total, Relaxed);
    }

    fn advance(&self, done: u64) {
        self.done.fetch_add(done, Relaxed);
    }

    fn note(&self, _note: &str) {}

    fn end(&self) {}

    fn is_cancelled(&self) -> bool {
        self.stop_reason().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_reason_to_stop_counts_and_wakes_who_waits() {
        let watch = Watch::default();
        assert!(!watch.is_cancelled());
        watch.stop(Stop::Late);
        watch.stop(Stop::Asked);
        watch.stopped().await;
        assert_eq!((watch.stop_reason(), watch.is_cancelled()), (Some(Stop::Late), true));
    }

    #[test]
    fn a_phase_begins_with_nothing_done() {
        let watch = Watch::default();
        watch.begin("x", 10);
        watch.advance(25);
        assert_eq!(watch.share(), Some(1.0));
        watch.enter(Phase::Searching);
        assert_eq!((watch.phase(), watch.share()), (Phase::Searching, None));
    }
}
