//! The demo with several seeds: each in a workspace of its own below the run's folder,
//! so that a stopped experiment goes on.

use std::{path::Path, sync::Arc};

use finder::DeviceChoice;
use laboratory::{DemoRun, Experiment, Plan, Results, Run, config::DemoPlan};

use super::failure;
use crate::{
    clock::SystemClock,
    demo::{self, DemoSettings},
    failure::Failure,
    opening::open_at,
    terminal::Terminal,
};

/// Refuses settings that the demo does not know, before anything is run.
pub fn check(file: &Path, experiment: &Experiment) -> Result<(), Failure> {
    for cell in &experiment.cells {
        if let Plan::Demo(plan) = &cell.plan {
            settings(&file.display().to_string(), plan)?;
        }
    }
    Ok(())
}

fn settings(file: &str, plan: &DemoPlan) -> Result<DemoSettings, Failure> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    laboratory::config::strict(file, &text, toml::Value::Table(plan.demo.clone())).map_err(failure)
}

/// Runs every seed that is not finished.
pub async fn run(run: &mut Run, device: DeviceChoice, terminal: &Arc<Terminal>) -> Result<Results, Failure> {
    let mut finished = Vec::new();
    let cells = run.file.experiment.cells.clone();
    for (number, cell) in cells.iter().enumerate() {
        let Plan::Demo(plan) = &cell.plan else { continue };
        let usual = settings(&run.file.id, plan)?;
        for &seed in &plan.seeds {
            finished.push(match run.demo(number, seed).map_err(failure)? {
                Some(kept) => kept,
                None => {
                    let settings = DemoSettings { seed, ..usual.clone() };
                    let folder = run.folder.join("work").join(format!("{number:02}-seed-{seed}"));
                    let context = open_at(&folder, None, device, terminal.clone()).await?;
                    let done = demo::run(&settings, None, &context, terminal.clone(), 0).await?;
                    let _ = done.stop.send(());
                    done.server.await.map_err(Failure::words)??;
                    context.store.close().await;
                    let kept = DemoRun { cell: cell.label.clone(), seed, report: done.report };
                    run.keep_demo(number, &kept).map_err(failure)?;
                    kept
                }
            });
        }
    }
    run.finish_demos(&finished, &SystemClock).map_err(failure)
}
