//! How many cores are used.

use crate::error::SimulateError;

/// Most threads that can be asked for.
const MOST: usize = 1024;

/// Does the work on `threads` threads (all cores when `None`) and says how many there were. The number
/// changes nothing in what is made.
///
/// # Errors
/// When the number cannot be, or the system gives no threads.
pub fn on_threads<T: Send>(
    threads: Option<usize>,
    work: impl FnOnce() -> T + Send,
) -> Result<(T, usize), SimulateError> {
    let wrong = |problem: String| SimulateError::Request { field: "threads", problem };
    if let Some(number) = threads.filter(|number| !(1..=MOST).contains(number)) {
        return Err(wrong(format!("{number} is not between 1 and {MOST}; leave it out for all cores")));
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or(0))
        .build()
        .map_err(|error| wrong(error.to_string()))?;
    let count = pool.current_num_threads();
    Ok((pool.install(work), count))
}
