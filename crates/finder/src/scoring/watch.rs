//! How long scoring takes. No result depends on it.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// Measures this module's own speed.
pub(super) struct Watch(Instant);

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "measures how long scoring takes; no result depends on it")]
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// The time in which at least one thread is at work.
#[derive(Default)]
pub(super) struct Busy(Mutex<(usize, Option<Watch>, f64)>);

impl Busy {
    pub(super) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        self.change(|(threads, since, _)| {
            *threads += 1;
            since.get_or_insert_with(Watch::start);
        });
        let done = work();
        self.change(|(threads, since, total)| {
            *threads -= 1;
            if *threads == 0
                && let Some(watch) = since.take()
            {
                *total += watch.seconds();
            }
        });
        done
    }

    pub(super) fn seconds(&self) -> f64 {
        self.change(|(_, _, total)| *total)
    }

    fn change<T>(&self, change: impl FnOnce(&mut (usize, Option<Watch>, f64)) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
