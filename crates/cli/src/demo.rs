//! The demo: the whole loop on a simulated survey, once for each way of choosing (usually active
//! and random), with the same votes, and a report that compares them with the hidden truth. Every
//! phase finds what an earlier run finished, so a run that was stopped goes on.

mod settings;
pub mod truth;

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use campaign::{
    Advance, Context, Project, advance,
    live::Follower,
    measure, real,
    report::{self, Report, WallTime},
    setup,
};
use domain::{Progress as _, Seed};
use server::{MailSettings, RateLimits, ServerConfig};
use simulate::{simulate_sets, simulate_survey, simulate_training};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

pub use settings::DemoSettings;

use crate::{
    clock::Stopwatch,
    command::serve::listen,
    crowd::{Crowd, CrowdConfig},
    failure::Failure,
    letters, machine,
    opening::app,
    terminal::Terminal,
};

/// Votes after which the simulated crowd waits for the live head.
const VOTES_AHEAD: u64 = 25;

/// How long the crowd's server keeps an image for somebody.
const CROWD_LEASE: Duration = Duration::from_secs(20);

/// A demo that has run, with its server still up.
pub struct Finished {
    /// What came out.
    pub report: Report,
    /// Where the web app is.
    pub url: String,
    /// The server; ends when the terminal is asked to stop or `stop` is dropped.
    pub server: JoinHandle<std::io::Result<()>>,
    /// Dropping or sending ends the server.
    pub stop: oneshot::Sender<()>,
}

/// Runs the demo in the context's workspace, or goes on with it. `port` 0 takes any free one.
///
/// # Errors
/// When a phase fails or the person asks to stop.
pub async fn run(
    settings: &DemoSettings,
    real_images: Option<&Path>,
    context: &Context,
    terminal: Arc<Terminal>,
    port: u16,
) -> Result<Finished, Failure> {
    let mut arms = settings.arms.clone();
    arms.sort_unstable();
    arms.dedup();
    if arms.is_empty() || arms.len() != settings.arms.len() {
        return Err(Failure::words("the demo's `arms` need at least one name, each once"));
    }
    let mut times = Times::default();
    let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
    let listener = listen(local(port)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let for_crowd = listen(local(0)).await?;
    let crowd_url = format!("http://{}", for_crowd.local_addr()?);

    let watch = Stopwatch::start();
    simulate_all(settings, context).await?;
    times.note("simulate survey and mocks", watch);
    let real_sets = match real_images {
        None => Vec::new(),
        Some(folder) => {
            let (job, folder) = (context.clone(), folder.to_owned());
            blocking(move || Ok(real::prepare(&job.workspace, &folder, job.progress.as_ref())?)).await?
        }
    };

    // Two servers over one store: people's has the usual settings, the crowd's has no limits, and gives
    // images back soon that a stopped run's crowd held.
    let config = ServerConfig {
        rate_limits: RateLimits::off(),
        lease: CROWD_LEASE,
        entry_quiz: false,
        repeatable_ids: true,
        ..ServerConfig::default()
    };
    let (stop_crowd, crowd_server) = start(settings, context, &terminal, for_crowd, config);
    let mail = MailSettings {
        route: letters::folder(&context.workspace),
        from: "Lensfinder <lensfinder@localhost>".to_owned(),
    };
    let people = ServerConfig {
        public_url: url.clone(),
        mail: Some(mail),
        show_letters: true,
        ..ServerConfig::default()
    };
    let (stop, server) = start(settings, context, &terminal, listener, people);

    let mut projects = Vec::new();
    for &arm in &settings.arms {
        let (slug, name, what) = (arm.slug(), arm.name(), arm.what());
        let spec = settings.spec(arm, real_sets.first().copied());
        let title = format!("Simulated survey, {name} selection");
        let watch = Stopwatch::start();
        let project = setup::create(
            context,
            &slug,
            &title,
            "Every image of this survey is simulated. Find the lenses hidden in it.",
            spec,
        )
        .await?;
        times.note("set projects up", watch);
        go_round(settings, context, &project, &crowd_url, &terminal, &mut times).await?;
        projects.push((project, name, what));
    }
    let _ = stop_crowd.send(());
    crowd_server.await.map_err(Failure::words)??;

    let watch = Stopwatch::start();
    let mut report = settings.blank_report(machine::line());
    for (project, name, what) in &projects {
        let hidden = measure::Hidden::open(context, project)?;
        report.pool = hidden.pool();
        report.arms.push(measure::arm(context, project, &hidden, name, what).await?);
    }
    if let Some((project, ..)) = projects.first() {
        report.real = measure::real(context, project, &real_sets).await?;
        report.realism = measure::realism(context, project).await?;
        report.monitors = measure::monitors(context, project).await?;
        // The other arms' projects have said what they can; people are asked about the first.
        context.store.set_project_active(project.id, true).await?;
    }
    for (project, ..) in projects.iter().skip(1) {
        context.store.set_project_active(project.id, false).await?;
    }
    times.note("measure", watch);
    report.wall_times = times.0;
    report.finished_at = Some(context.clock.now());
    write_report(context, &report)?;
    Ok(Finished { report, url, server, stop })
}

/// Starts a web server that ends when told, or when the person stops the program.
fn start(
    settings: &DemoSettings,
    context: &Context,
    terminal: &Arc<Terminal>,
    listener: TcpListener,
    config: ServerConfig,
) -> (oneshot::Sender<()>, JoinHandle<std::io::Result<()>>) {
    let (stop, stopped) = oneshot::channel::<()>();
    let state = app(context, Seed::root(settings.seed).child("server"), config);
    let until = terminal.clone();
    let server = tokio::spawn(server::serve(state, listener, async move {
        tokio::select! {
            _ = stopped => {}
            () = until.cancelled() => {}
        }
    }));
    (stop, server)
}

/// Rounds of one arm, with the crowd voting through the web app's own API.
async fn go_round(
    settings: &DemoSettings,
    context: &Context,
    project: &Project,
    url: &str,
    terminal: &Arc<Terminal>,
    times: &mut Times,
) -> Result<(), Failure> {
    // The same people in both arms, each time as newcomers.
    let accounts = project.slug.clone();
    let config = CrowdConfig { volunteers: settings.volunteers, accounts, ..CrowdConfig::default() };
    let crowd = Crowd::new(config, Seed::root(settings.seed).child("crowd"))?;
    let mut waited = false;
    loop {
        terminal.check()?;
        let watch = Stopwatch::start();
        let state = advance(context, project).await?;
        times.note("train, judge, score and select", watch);
        let Advance::Collecting { round, votes, .. } = state else { continue };
        if round >= settings.rounds {
            return Ok(());
        }
        let watch = Stopwatch::start();
        let votes_now = look(context, project, round, &crowd, url, terminal).await?;
        times.note("simulated crowd votes over HTTP", watch);
        if votes_now == 0 && !waited {
            // Images that a killed run's crowd held come back when their leases end.
            tokio::select! {
                () = tokio::time::sleep(CROWD_LEASE) => {}
                () = terminal.cancelled() => {}
            }
            waited = true;
        } else if votes_now > 0 {
            waited = false;
        } else {
            let problem = format!(
                "the crowd found nothing to look at in round {round} of {} after {votes} votes; ask for fewer votes or more volunteers",
                project.slug
            );
            return Err(Failure::words(problem));
        }
    }
}

/// The crowd looks until the round has its votes; says how many it gave. Simulated people answer hundreds of
/// times faster than real ones, so they wait for the live head after every few votes: it then follows as
/// closely as it does among people.
async fn look(
    context: &Context,
    project: &Project,
    round: u32,
    crowd: &Crowd,
    url: &str,
    terminal: &Arc<Terminal>,
) -> Result<u64, Failure> {
    let mut follower = Follower::open(context, project, round).await?;
    let mut votes = 0;
    terminal.begin("simulated volunteers look", 0);
    loop {
        // The queue may hold new images.
        let truth = truth::crowd_truth(context, project).await?;
        let most = if follower.is_some() { VOTES_AHEAD } else { u64::MAX };
        let report = crowd.run(url, &project.slug, &truth, terminal.as_ref(), most).await?;
        votes += report.votes;
        match &mut follower {
            Some(follower) if report.votes > 0 => {
                follower.follow().await?;
            }
            _ => {
                terminal.end();
                return Ok(votes);
            }
        }
    }
}

async fn simulate_all(settings: &DemoSettings, context: &Context) -> Result<(), Failure> {
    let (survey, training) = settings.requests(&context.workspace);
    let controls = settings.controls(&context.workspace);
    let progress = context.progress.clone();
    blocking(move || {
        simulate_survey(&survey, progress.as_ref())?;
        simulate_training(&training, progress.as_ref())?;
        simulate_sets(&controls, progress.as_ref())?;
        Ok(())
    })
    .await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(Failure::words)?
}

/// Writes `report/report.json` and `report/report.html`.
fn write_report(context: &Context, report: &Report) -> Result<(), Failure> {
    let folder = context.workspace.root().join("report");
    campaign::write_atomically(&folder.join("report.json"), report::json(report)?.as_bytes())?;
    let page = report::html(report).map_err(Failure::words)?;
    campaign::write_atomically(&folder.join("report.html"), page.as_bytes())?;
    Ok(())
}

/// Seconds by phase, in the order in which phases first came.
#[derive(Default)]
struct Times(Vec<WallTime>);

impl Times {
    fn note(&mut self, phase: &str, watch: Stopwatch) {
        let seconds = watch.seconds();
        match self.0.iter_mut().find(|time| time.phase == phase) {
            Some(time) => time.seconds += seconds,
            None => self.0.push(WallTime { phase: phase.to_owned(), seconds }),
        }
    }
}
