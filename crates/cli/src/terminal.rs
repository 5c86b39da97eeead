//! What the terminal shows while work runs: progress bars for people, JSON lines
//! for programs, nothing when asked; and Ctrl-C as a request to stop at the next safe point.

use std::{
    io::IsTerminal as _,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use domain::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How progress is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// Bars on standard error when it is a terminal, one line a stretch when it is not.
    People,
    /// One JSON object a line on standard error.
    Json,
    /// Nothing.
    Quiet,
}

/// The terminal as a [`Progress`].
pub struct Terminal {
    voice: Voice,
    stretch: Mutex<Stretch>,
    cancelled: Arc<AtomicBool>,
    starts_over: Arc<AtomicBool>,
}

#[derive(Default)]
struct Stretch {
    what: String,
    total: u64,
    done: AtomicU64,
    bar: Option<ProgressBar>,
}

impl Terminal {
    /// A terminal that tells progress in this voice.
    #[must_use]
    pub fn new(voice: Voice) -> Self {
        Self { voice, stretch: Mutex::default(), cancelled: Arc::default(), starts_over: Arc::default() }
    }

    /// From now on Ctrl-C and SIGTERM ask the work to stop; a second one ends the program at once.
    pub fn listen_for_interrupt(&self) {
        let (cancelled, starts_over) = (self.cancelled.clone(), self.starts_over.clone());
        tokio::spawn(async move {
            loop {
                interrupt().await;
                if cancelled.swap(true, Ordering::SeqCst) {
                    std::process::exit(130);
                }
                let what = if starts_over.load(Ordering::SeqCst) {
                    "Stopping; the command will start over"
                } else {
                    "Stopping at the next safe point; what is done is kept"
                };
                eprintln!("\n{what}. Once more to stop at once.");
            }
        });
    }

    /// From now on work that is stopped keeps nothing half done, and whoever stops it is told so.
    pub fn work_starts_over(&self) {
        self.starts_over.store(true, Ordering::SeqCst);
    }

    /// Whether nothing is to be told.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.voice == Voice::Quiet
    }

    /// Ends when the person asks to stop.
    pub async fn cancelled(&self) {
        while !self.is_cancelled() {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Stretch> {
        self.stretch.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Resolves at Ctrl-C or SIGTERM.
async fn interrupt() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// A bar of fixed width whose first column is what is being done.
fn bar(what: &str, total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(8));
    let template = if total > 0 {
        "  {prefix:<34} {bar:28.cyan/black} {pos:>6}/{len:<6} {elapsed:>4} {msg}"
    } else {
        "  {prefix:<34} {spinner} {pos:>6} {elapsed:>4} {msg}"
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸─"));
    }
    bar.set_prefix(what.to_owned());
    bar
}

impl Progress for Terminal {
    fn begin(&self, what: &str, total: u64) {
        let mut stretch = self.lock();
        *stretch = Stretch { what: what.to_owned(), total, ..Stretch::default() };
        match self.voice {
            Voice::People if std::io::stderr().is_terminal() => stretch.bar = Some(bar(what, total)),
            Voice::Json => {
                eprintln!("{}", serde_json::json!({"event": "begin", "what": what, "total": total}));
            }
            Voice::People | Voice::Quiet => {}
        }
    }

    fn advance(&self, done: u64) {
        let stretch = self.lock();
        stretch.done.fetch_add(done, Ordering::Relaxed);
        if let Some(bar) = &stretch.bar {
            bar.inc(done);
        }
    }

    fn note(&self, note: &str) {
        if let Some(bar) = &self.lock().bar {
            bar.set_message(note.to_owned());
        }
    }

    fn end(&self) {
        let stretch = self.lock();
        let done = stretch.done.load(Ordering::Relaxed);
        match (self.voice, &stretch.bar) {
            (Voice::People, Some(bar)) => bar.finish(),
            (Voice::People, None) => eprintln!("  {}: {done}", stretch.what),
            (Voice::Json, _) => {
                let line = serde_json::json!({"event": "end", "what": stretch.what, "done": done, "total": stretch.total});
                eprintln!("{line}");
            }
            (Voice::Quiet, _) => {}
        }
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }
}
