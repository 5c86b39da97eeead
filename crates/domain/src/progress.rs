//! How long work says how far it is, and hears that it should stop.

/// Someone watching long work. Libraries report here; the binary draws the bar.
pub trait Progress: Send + Sync {
    /// A new stretch of work begins, `total` units long (0 when unknown).
    fn begin(&self, what: &str, total: u64);

    /// `done` more units are done.
    fn advance(&self, done: u64);

    /// A short word beside the bar, such as the current loss.
    fn note(&self, note: &str);

    /// The stretch is over.
    fn end(&self);

    /// Whether the person asked to stop. Work then ends at the next safe point with [`Cancelled`].
    fn is_cancelled(&self) -> bool;

    /// [`Cancelled`] if the person asked to stop.
    ///
    /// # Errors
    /// When [`Progress::is_cancelled`].
    fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }
}

/// The person asked to stop; what was finished is kept and the same command goes on from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped on request; run the same command to go on")]
pub struct Cancelled;

/// Nobody is watching.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _what: &str, _total: u64) {}
    fn advance(&self, _done: u64) {}
    fn note(&self, _note: &str) {}
    fn end(&self) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}
