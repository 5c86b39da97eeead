//! `lensfinder doctor`: what this machine and this program can do for scoring and
//! training, and what is wrong, in words.

mod check;
mod database;
mod machine;

use std::{path::PathBuf, sync::Arc};

use clap::Args;
use serde_json::json;

use self::check::{Check, Section, State};
use super::tell;
use crate::{arguments::Place, failure::Failure, terminal::Terminal};

/// `lensfinder doctor`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lensfinder doctor\n  lensfinder doctor --workspace W --device wgpu --json\n\n\
        Exit code 0 when everything that was asked for works, 1 when not. What is merely not there (another\n\
        backend, a faster kernel) is no failure. The database is looked at where the workspace has one or\n\
        --database names one, and opened as every command does; where there is none, none is made."
)]
pub struct Doctor {
    /// Also say whether this model reads and scores: a folder, or NAME@ALIAS in the workspace
    #[arg(long)]
    pub model: Option<PathBuf>,
}

/// Runs the command.
pub async fn run(wish: Doctor, place: Place, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let database = database::section(&place).await;
    let Place { workspace, device, .. } = place.clone();
    let mut sections = super::heavy(move || {
        Ok(vec![
            machine::processor(),
            machine::kernels(),
            machine::backends(device),
            machine::resources(&workspace),
        ])
    })
    .await?;
    sections.push(database);
    if let Some(model) = wish.model {
        sections.push(super::heavy(move || Ok(machine::model(&model, &place))).await?);
    }
    drop(terminal);
    let wrong =
        sections.iter().flat_map(|section| &section.checks).filter(|check| check.state == State::Wrong);
    let wrong = wrong.count();
    let value = json!({ "ok": wrong == 0, "problems": wrong, "sections": sections });
    tell(json, &value, &check::text(&sections, wrong, check::colour()))?;
    if wrong == 0 { Ok(()) } else { Err(Failure::Unwell) }
}
