//! Processor time of this process.

use rustix::time::{ClockId, clock_gettime};

/// Measures from when it is started.
pub struct CpuClock(f64);

impl CpuClock {
    pub fn start() -> Self {
        Self(now())
    }

    /// Processor seconds of all threads since the start.
    pub fn seconds(&self) -> f64 {
        now() - self.0
    }
}

fn now() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}
