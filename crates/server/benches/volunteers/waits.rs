//! Times of many requests, in the end as a few numbers.

use std::time::Duration;

use serde_json::{Value, json};

/// How long each took.
#[derive(Debug, Default)]
pub struct Waits(Vec<Duration>);

impl Waits {
    pub fn push(&mut self, one: Duration) {
        self.0.push(one);
    }

    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Milliseconds.
    pub fn describe(&self) -> Value {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = |share: f64| {
            let rank = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
            sorted.get(rank).map(|wait| super::round(wait.as_secs_f64() * 1e3))
        };
        json!({ "p50": at(0.5), "p90": at(0.9), "p99": at(0.99), "p999": at(0.999), "longest": at(1.0) })
    }
}
