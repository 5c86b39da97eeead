//! The report of a run: one HTML page that asks nobody for anything, and the same
//! numbers for the terminal. Each part of the page is one file; drawing is left to
//! `figures`.

mod audits;
mod demo;
mod network;
mod page;
mod policies;
mod provenance;
mod words;

use figures::{Figure, Table};
use serde::Serialize;

pub use demo::page as demo_page;
pub use page::html;
pub use policies::{arms_table, seeds_words, short_table};
pub use provenance::flat;
pub use words::{number, title, with_interval};

use crate::{provenance::RunFile, replays::Replays};

/// A page before it is drawn.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// At the top.
    pub title: String,
    /// What is asked.
    pub question: String,
    /// What is simulated, in one sentence; empty where nothing is.
    pub simulated: String,
    /// Below the title: version, machine, time.
    pub line: String,
    /// What came out, one sentence each.
    pub findings: Vec<String>,
    /// The parts.
    pub sections: Vec<Section>,
}

/// A part of the page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Section {
    /// For links.
    pub id: String,
    /// Its head.
    pub title: String,
    /// `simulated`, `real` or nothing, beside the head.
    pub tag: String,
    /// Sentences before anything else.
    pub words: Vec<String>,
    /// Charts.
    pub figures: Vec<Figure>,
    /// Pictures.
    pub gallery: Vec<Card>,
    /// Tables.
    pub tables: Vec<Table>,
}

/// One picture pair.
#[derive(Debug, Clone, Serialize)]
pub struct Card {
    /// Such as "0.93, no lens: a ring galaxy".
    pub title: String,
    /// What it is, for who cannot see it.
    pub alt: String,
    /// Its id and numbers.
    pub words: String,
    /// PNG, base64.
    pub tile_png: String,
    /// PNG, base64.
    pub map_png: String,
}

impl Section {
    /// An empty part.
    #[must_use]
    pub fn new(id: &str, title: &str, tag: &str) -> Self {
        Self { id: id.to_owned(), title: title.to_owned(), tag: tag.to_owned(), ..Self::default() }
    }
}

/// The page of a replay experiment.
#[must_use]
pub fn replay_page(run: &RunFile, replays: &Replays) -> Page {
    let all_simulated = replays.pools.iter().all(|pool| pool.is_simulated);
    let simulated = if all_simulated {
        "The survey, its lenses and the volunteers are simulated; so is every number on this page, except those under \u{201c}Real images\u{201d}."
    } else {
        "The volunteers are simulated, and so is every number that depends on votes; the sections on the networks say whose images they were measured on."
    };
    let mut findings = policies::findings(replays);
    findings.extend(audits::findings(replays));
    findings.extend(network::findings(replays));
    let mut sections = vec![policies::section(replays)];
    sections.extend(policies::differences(replays));
    sections.extend(audits::sections(replays));
    for (number, pool) in replays.pools.iter().enumerate() {
        sections.extend(network::sections(number, pool));
    }
    sections.push(network::real(replays));
    sections.push(provenance::data(replays));
    sections.push(words::section());
    sections.push(provenance::section(run));
    Page {
        title: run.experiment.name.clone(),
        question: run.experiment.question().to_owned(),
        simulated: simulated.to_owned(),
        line: provenance::line(run),
        findings,
        sections,
    }
}
