//! The report as one HTML page that needs nothing else: styles and drawings are
//! inside, there is no script, and it reads well without colour, on a phone, in
//! the dark and on paper.

use minijinja::{AutoEscape, Environment, UndefinedBehavior, value::Serde};
use serde::Serialize;

use figures::{Figure, STYLE, Table};

use super::{
    chart,
    data::Report,
    findings,
    format::duration,
    monitors::{self, MonitorLine},
    tables,
    words::{DEFINITIONS, SIMULATED},
};

const TEMPLATE: &str = include_str!("page/page.html");

/// The page could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the report's page could not be made")]
pub struct RenderError(#[from] minijinja::Error);

/// The whole page.
///
/// # Errors
/// Only if the built-in template is broken, which a test excludes.
pub fn html(report: &Report) -> Result<String, RenderError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("page", TEMPLATE)?;
    let page = environment.get_template("page")?.render(Serde(View::of(report)))?;
    Ok(page)
}

/// What the template sees.
#[derive(Serialize)]
struct View<'a> {
    report: &'a Report,
    style: &'static str,
    simulated: &'static str,
    wall_time: String,
    finished_at: Option<String>,
    findings: Vec<String>,
    figures: Vec<Figure>,
    real_figure: Option<Figure>,
    people: Table,
    network: Table,
    gates: Option<Table>,
    audit: Option<Table>,
    live: Option<Table>,
    real: Option<Table>,
    realism: Option<Table>,
    monitors: Option<Table>,
    alarms: Vec<&'a MonitorLine>,
    reliability: Option<Table>,
    suspects: Option<Table>,
    times: Option<Table>,
    settings: Option<Table>,
    definitions: &'static [(&'static str, &'static str)],
}

impl<'a> View<'a> {
    fn of(report: &'a Report) -> Self {
        Self {
            report,
            style: STYLE,
            simulated: SIMULATED,
            wall_time: duration(report.wall_times.iter().map(|time| time.seconds).sum()),
            finished_at: report.finished_at.map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string()),
            findings: findings::all(report),
            figures: chart::figures(report),
            real_figure: chart::real(report),
            people: tables::people(report),
            network: tables::network(report),
            gates: tables::gates(report),
            audit: tables::audit(report),
            live: tables::live(report),
            real: tables::real(report),
            realism: tables::realism(report),
            monitors: monitors::lines(report),
            alarms: report.alarms().collect(),
            reliability: monitors::reliability(report),
            suspects: monitors::suspects(report),
            times: tables::times(report),
            settings: tables::settings(report),
            definitions: DEFINITIONS,
        }
    }
}
