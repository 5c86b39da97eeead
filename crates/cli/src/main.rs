//! `lensfinder`: the one binary. Reads the command line, sets up log, progress and
//! interrupt, and hands over to one file per subcommand.

mod arguments;
mod clock;
mod command;
mod crowd;
mod demo;
mod experiment;
mod failure;
mod letters;
mod machine;
mod opening;
mod terminal;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser as _;
use failure::Failure;
use terminal::{Terminal, Voice};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_log(arguments.verbose);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::from(error).report(arguments.json),
    };
    let voice = match (arguments.json, arguments.quiet) {
        (_, true) => Voice::Quiet,
        (true, _) => Voice::Json,
        _ => Voice::People,
    };
    let json = arguments.json;
    let outcome = runtime.block_on(async {
        let terminal = std::sync::Arc::new(Terminal::new(voice));
        terminal.listen_for_interrupt();
        run(arguments, terminal).await
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(json),
    }
}

async fn run(arguments: Arguments, terminal: std::sync::Arc<Terminal>) -> Result<(), Failure> {
    let Arguments { command, place, json, .. } = arguments;
    match command {
        Command::Demo(wish) => command::demo::run(wish, place, terminal, json).await,
        Command::Simulate(wish) => command::simulate::run(wish, terminal, json).await,
        Command::Download(wish) => command::download::run(wish, terminal, json).await,
        Command::Aggregate(wish) => command::aggregate::run(wish, terminal, json).await,
        Command::Catalogue(wish) => command::catalogue::run(wish, terminal, json).await,
        Command::Audit(wish) => command::audit::run(wish, terminal, json).await,
        Command::Index(wish) => command::index::run(wish, terminal, json).await,
        Command::Ingest(wish) => command::ingest::run(wish, terminal, json).await,
        Command::Lens(wish) => command::lens::run(wish, json).await,
        Command::Solve(wish) => command::solve::run(wish, place, terminal, json).await,
        Command::Train(wish) => command::train::run(wish, place, terminal, json).await,
        Command::Evaluate(wish) => command::evaluate::run(wish, place, terminal, json).await,
        Command::Realism(wish) => command::realism::run(wish, place, terminal, json).await,
        Command::Score(wish) => command::score::run(wish, place, terminal, json).await,
        Command::Model(wish) => command::model::run(wish, place, json).await,
        Command::Doctor(wish) => command::doctor::run(wish, place, terminal, json).await,
        Command::Project(wish) => command::project::run(wish, place, terminal, json).await,
        Command::Review(wish) => command::review::run(wish, place, terminal, json).await,
        Command::Run(wish) => command::run::run(wish, place, terminal, json).await,
        Command::Serve(wish) => command::serve::run(wish, place, terminal).await,
        Command::Account(wish) => command::account::run(wish, place, terminal, json).await,
        Command::Crowd(wish) => command::crowd::run(wish, place, terminal, json).await,
        Command::Export(wish) => command::export::run(wish, place, terminal).await,
        Command::Experiment(wish) => experiment::run(wish, place, terminal, json).await,
    }
}

/// Logs go to standard error: warnings unless `--verbose` or `LENSFINDER_LOG` ask for more.
fn start_log(verbose: bool) {
    use tracing_subscriber::EnvFilter;
    let usual = if verbose { "info" } else { "warn" };
    let filter = EnvFilter::try_from_env("LENSFINDER_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let ansi = std::env::var_os("NO_COLOR").is_none() && std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(ansi).init();
}
