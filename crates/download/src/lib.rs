//! Cutouts from the Legacy Surveys' viewer service (or from coadds on disk)
//! into a sky-ordered folder: politely paced, checked before they count,
//! resumable after anything. What happens to the files afterwards is
//! `survey`'s business: its ingest reads `downloads.csv`.

mod answer;
mod backoff;
mod breaker;
mod client;
mod downloads;
mod error;
mod folder;
mod journal;
mod list;
mod local;
mod pace;
mod run;
mod settings;
mod store;

pub use answer::{Answer, Facts, Verdict, Wanted, judge};
pub use backoff::Backoff;
pub use breaker::{Breaker, BreakerSettings, Next};
pub use client::{Client, Service, Trouble};
pub use error::DownloadError;
pub use folder::{Folder, Summary};
pub use journal::{Outcome, State};
pub use list::{Entry, List};
pub use local::cut;
pub use pace::Pace;
pub use run::{Report, duration_in_words, run};
pub use settings::{MOST_CONNECTIONS, MOST_PER_SECOND, Recipe, Settings};
