//! The report of an experiment with a hidden truth: what each arm spent and
//! found, round by round, how good the network was on sky it never saw, and how
//! it does on real images. One [`Report`] is rendered as text for a terminal, as
//! JSON and as one self-contained HTML page. Measuring is left to `finder` and
//! `acquisition`, running to the steps of a round.
//!
//! Every rendering is a pure function of the report, so the same run gives the
//! same bytes; only the wall times differ from machine to machine.

mod chart;
mod data;
mod findings;
mod format;
mod monitors;
mod page;
mod tables;
mod text;
mod words;

pub use data::{
    Arm, Audit, Gate, Live, Measured, Pool, RealSet, Report, Round, SCHEMA_VERSION, Setting, WallTime,
};
pub use monitors::{Claim, MonitorLine, MonitorReport, Suspect};
pub use page::{RenderError, html};
pub use text::{Paint, text};

/// The report as JSON: indented, with a final newline.
///
/// # Errors
/// When a number in the report is not finite, which its makers exclude.
pub fn json(report: &Report) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(report).map(|text| text + "\n")
}

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
