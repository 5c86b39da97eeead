//! What volunteers wait for over HTTP, with 370,000 images queued on SQLite: ask for an image, answer
//! it. 8 and 200 people, each on a connection of their own, first as fast as answers come, then
//! 500 such cycles a second from outside, whatever the server does (a cycle that starts late has waited
//! since it was due). The server is a process of its own, so that what it takes can be told.
//!
//! `cargo bench -p server --bench volunteers --profile release -- FOLDER` prints JSON. FOLDER keeps the filled
//! workspace; an existing one is used as it is. `LENSFINDER` names the shipped program to be measured,
//! else the server is the same code in this program. `POOL`, `HISTORY`, `SECONDS`, `RATE`, `CROWDS`
//! and `PHASES` change the size.

mod browser;
mod crowd;
mod prepare;
mod server_process;
mod waits;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::json;

use crowd::Pace;
use server_process::ServerProcess;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn setting<T: std::str::FromStr>(name: &str, usual: T) -> T {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn list(name: &str, usual: &str) -> Vec<String> {
    let text: String = setting(name, usual.to_owned());
    text.split(',').map(str::to_owned).collect()
}

#[expect(clippy::disallowed_methods, reason = "this program measures time")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "sessions must be valid for a server that looks at the clock")]
fn today() -> domain::Timestamp {
    domain::truncate_to_micros(chrono::Utc::now())
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["serve", folder, address] => {
            // As the shipped program does.
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(server_process::serve(Path::new(folder), address))
        }
        [folder] => {
            let folder = PathBuf::from(folder);
            // The crowd must take as little as it can of the cores it shares with the server.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(measure(&folder))
        }
        _ => Err("give a folder for the workspace".into()),
    }
}

async fn measure(folder: &Path) -> Result<(), Failure> {
    let crowds: Vec<usize> = list("CROWDS", "8,200").iter().filter_map(|text| text.parse().ok()).collect();
    let phases = list("PHASES", "flat,paced");
    // Other people in each phase: what the ones before did in half a minute would take a person weeks.
    let people = crowds.iter().sum::<usize>() * phases.len();
    let tokens = prepare::workspace(folder, people).await?;
    let (seconds, rate) = (Duration::from_secs(setting("SECONDS", 30)), setting("RATE", 500.0));
    let mut rest = tokens.as_slice();
    let (mut results, mut answered) = (Vec::new(), 0);
    for size in crowds {
        for phase in &phases {
            let (crowd, others) = rest.split_at(size);
            rest = others;
            let pace = if phase == "flat" { Pace::FlatOut } else { Pace::PerSecond(rate) };
            let server = ServerProcess::start(folder).await?;
            // Its caches, and the pages of the database it needs.
            let warm = crowd::run(&server.address, crowd, Pace::FlatOut, Duration::from_secs(3)).await?;
            let before = server.cpu()?;
            let run = crowd::run(&server.address, crowd, pace, seconds).await?;
            let cpu = server.cpu()? - before;
            let peak = server.peak_bytes()?;
            server.stop().await?;
            answered += warm.answered + run.answered;
            let cycles = run.answered as f64;
            let result = json!({
                "volunteers": size,
                "pace": pace.to_string(),
                "seconds": run.seconds,
                "cycles": run.answered,
                "cycles_per_second": round(cycles / run.seconds),
                "assignment_ms": run.assigning.describe(),
                "vote_ms": run.voting.describe(),
                "cycle_ms": run.cycle.describe(),
                "server_cpu_ms_per_cycle": round(cpu.as_secs_f64() * 1e3 / cycles),
                "server_cores": round(cpu.as_secs_f64() / run.seconds),
                "server_peak_mb": round(peak as f64 / 1e6),
                "errors": run.errors,
            });
            eprintln!("{result}");
            results.push(result);
        }
    }
    let votes = prepare::votes(folder).await?;
    let whole = json!({
        "images": prepare::POOL.of_setting(),
        "answers_acknowledged": answered,
        "votes_in_the_database": votes,
        "runs": results,
    });
    println!("{}", serde_json::to_string_pretty(&whole)?);
    Ok(())
}

fn round(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}
