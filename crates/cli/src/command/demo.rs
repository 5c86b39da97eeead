//! `lensfinder demo`: runs it, shows the report, and keeps serving.

use std::{path::PathBuf, sync::Arc};

use campaign::report;

use crate::{
    arguments::{Demo, Place},
    demo::{self, DemoSettings},
    failure::Failure,
    letters,
    opening::open_at,
    terminal::Terminal,
};

/// Where real test images lie beside a checkout.
const REAL: &str = "../shared/data/images";

/// Runs the command.
pub async fn run(wish: Demo, place: Place, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let settings = DemoSettings {
        seed: wish.seed,
        cutouts: wish.cutouts,
        rounds: wish.rounds,
        votes_per_round: wish.votes,
        ..DemoSettings::default()
    };
    let real = match (wish.real, wish.no_real) {
        (Some(folder), _) => Some(folder),
        (None, true) => None,
        (None, false) => Some(PathBuf::from(REAL)).filter(|folder| folder.is_dir()),
    };
    let context = open_at(&wish.dir, place.database.as_deref(), place.device, terminal.clone()).await?;
    let port = if wish.no_serve { 0 } else { wish.port };
    if !json {
        eprintln!("Lensfinder demo in {} (simulated survey, simulated crowd)\n", wish.dir.display());
    }
    let finished = demo::run(&settings, real.as_deref(), &context, terminal, port).await?;
    if json {
        print!("{}", report::json(&finished.report)?);
    } else {
        let on_terminal = std::io::IsTerminal::is_terminal(&std::io::stdout());
        let paint = report::Paint::for_output(on_terminal, std::env::var_os("NO_COLOR").as_deref());
        println!("{}", report::text(&finished.report, paint));
        let page = wish.dir.join("report").join("report.html");
        println!("The same with plots: {}", page.display());
    }
    if wish.no_serve {
        let _ = finished.stop.send(());
    } else {
        eprintln!("\nNow it is your turn: {}   (Ctrl-C ends)", finished.url);
        letters::tell_claim(&context.store, &finished.url).await?;
    }
    finished.server.await.map_err(Failure::words)??;
    context.store.close().await;
    Ok(())
}
