//! The loop: rounds of named steps, each claimed from the database, done from
//! inputs frozen by the steps before it, and marked done. Killed anywhere, the
//! same call goes on and ends with the same digests.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::{Clock, Digest, Progress, ProjectId};
use finder::DeviceChoice;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::{Claim, RunState, Store};

use crate::{
    CampaignError, CampaignSpec, Workspace,
    step::{self, Ended},
};

/// The steps of a round, in order.
pub const STEPS: [&str; 9] =
    ["freeze", "aggregate", "train", "evaluate", "gate", "promote", "score", "select", "collect"];

/// How long a step may be silent before another process may take it.
const LEASE: Duration = Duration::from_secs(60);
/// How often a running step says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Everything a step needs from outside.
#[derive(Clone)]
pub struct Context {
    /// The database.
    pub store: Store,
    /// The folder.
    pub workspace: Workspace,
    /// Where the network runs.
    pub device: DeviceChoice,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Who is watching.
    pub progress: Arc<dyn Progress>,
}

/// One project on its way through the rounds.
#[derive(Clone)]
pub struct Project {
    /// Its id in the database.
    pub id: ProjectId,
    /// Its short name.
    pub slug: String,
    /// Its settings.
    pub spec: CampaignSpec,
    /// Whether a former version set it up (see [`CampaignSpec::stored`]).
    pub is_former: bool,
    /// The key of its volunteers' pseudonyms, in exports and monitors: over the settings as they were
    /// stored, so that nobody's pseudonym changes with the version that reads them.
    pub pseudonyms: Digest,
}

/// One round of a project, as a step sees it.
#[derive(Clone)]
pub struct Round {
    /// From 0.
    pub number: u32,
    /// What the steps of this round before the present one put out.
    outputs: BTreeMap<String, Value>,
    /// What the steps of the previous round put out.
    previous: BTreeMap<String, Value>,
}

impl Round {
    /// What a step of this round put out.
    ///
    /// # Errors
    /// When that step is not done, or its output is of another version.
    pub fn output<T: DeserializeOwned>(&self, step: &str) -> Result<T, CampaignError> {
        read_output(self.number, step, self.outputs.get(step))
    }

    /// What a step of the previous round put out; `None` in round 0.
    ///
    /// # Errors
    /// When its output is of another version.
    pub fn previous<T: DeserializeOwned>(&self, step: &str) -> Result<Option<T>, CampaignError> {
        if self.number == 0 {
            return Ok(None);
        }
        read_output(self.number - 1, step, self.previous.get(step)).map(Some)
    }
}

fn read_output<T: DeserializeOwned>(
    round: u32,
    step: &str,
    output: Option<&Value>,
) -> Result<T, CampaignError> {
    let wrong = |reason: String| CampaignError::Inconsistent { round, step: step.to_owned(), reason };
    let output = output.ok_or_else(|| wrong("is not done yet".into()))?;
    serde_json::from_value(output.clone()).map_err(|error| {
        wrong(format!("its stored output is of another version ({error}); start a new project"))
    })
}

/// Where the loop stands after [`advance`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advance {
    /// The round asks people; call again when there are votes.
    Collecting {
        /// Round number.
        round: u32,
        /// Votes so far.
        votes: u64,
        /// Votes wanted.
        wanted: u64,
    },
    /// A round ended; call again for the next.
    RoundDone(u32),
}

/// Does what can be done now: all steps of the present round up to the one that waits for people.
///
/// # Errors
/// When a step fails (it is done again at the next call), when another process holds it, or when
/// the watching [`Progress`] asks to stop.
pub async fn advance(context: &Context, project: &Project) -> Result<Advance, CampaignError> {
    if project.is_former {
        let reason = format!(
            "project {} was set up by a former version and its loop cannot go on; its votes and candidates can still be exported; start a new project",
            project.slug
        );
        return Err(CampaignError::Setting { field: "spec", reason });
    }
    let rounds = context.store.rounds(project.id).await?;
    let number = match rounds.last() {
        None => 0,
        Some(last) if last.state == RunState::Done => last.number + 1,
        Some(last) => last.number,
    };
    let previous = match rounds.iter().find(|round| round.number + 1 == number) {
        Some(round) => {
            round.steps.iter().filter_map(|step| Some((step.name.clone(), step.output.clone()?))).collect()
        }
        None => BTreeMap::new(),
    };
    let spec = serde_json::to_value(&project.spec).map_err(CampaignError::Json)?;
    context
        .store
        .begin_round(project.id, number, spec, STEPS.iter().map(|&name| name.to_owned()).collect())
        .await?;
    let mut round = Round { number, outputs: BTreeMap::new(), previous };
    for &name in &STEPS {
        if name == "collect" {
            amend_summary(context, project.id, number, &summary(&round)).await?;
        }
        match run_step(context, project, &round, name).await? {
            Ended::Done(output) => {
                round.outputs.insert(name.to_owned(), output);
            }
            Ended::Waiting { votes, wanted } => {
                return Ok(Advance::Collecting { round: number, votes, wanted });
            }
        }
    }
    context.store.end_round(project.id, number, RunState::Done).await?;
    Ok(Advance::RoundDone(number))
}

/// What everybody may know of a round: counts and decisions, nothing about single images.
fn summary(round: &Round) -> Vec<(&'static str, Value)> {
    let of =
        |step: &str, field: &str| round.outputs.get(step).map_or(Value::Null, |output| output[field].clone());
    vec![
        ("votes_total", of("aggregate", "votes")),
        ("images_looked_at", of("aggregate", "subjects")),
        ("candidates", of("aggregate", "candidates")),
        ("gate", serde_json::json!({ "accepted": of("gate", "accepted"), "reason": of("gate", "reason") })),
        ("search", of("select", "search")),
    ]
}

/// Puts these entries into a round's summary, `search` and `live` over older ones only if they say
/// something: the step that selects knows less than the head that followed the votes since.
pub(crate) async fn amend_summary(
    context: &Context,
    project: ProjectId,
    round: u32,
    entries: &[(&'static str, Value)],
) -> Result<(), CampaignError> {
    let was = context.store.round(project, round).await?.and_then(|round| round.summary);
    let mut now = was.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    let newer = |old: &Value, new: &Value| new["as_of_votes"].as_u64() >= old["as_of_votes"].as_u64();
    for (name, entry) in entries {
        let stays = now.get(*name).is_some_and(|old| {
            !old.is_null() && (entry.is_null() || *name == "search" && !newer(old, entry))
        });
        if !stays {
            now.insert((*name).to_owned(), entry.clone());
        }
    }
    let now = Value::Object(now);
    if was.as_ref() != Some(&now) {
        context.store.set_round_summary(project, round, now).await?;
    }
    Ok(())
}

/// Claims a step, does it under a heartbeat and marks it done; or returns what it put out before.
async fn run_step(
    context: &Context,
    project: &Project,
    round: &Round,
    name: &'static str,
) -> Result<Ended, CampaignError> {
    let input = input_digest(project, round, name)?;
    let owner = format!("worker:{}", context.workspace.root().display());
    let claim = context.store.claim_step(project.id, round.number, name, &owner, LEASE, input).await?;
    let epoch = match claim {
        Claim::Done { output, input: was } if was == input => return Ok(Ended::Done(output)),
        Claim::Done { .. } => {
            let reason =
                "was done with other inputs or settings; start a new project for new settings".into();
            return Err(CampaignError::Inconsistent { round: round.number, step: name.into(), reason });
        }
        Claim::Busy { owner, until } => {
            return Err(CampaignError::Busy { round: round.number, step: name.into(), owner, until });
        }
        Claim::Waiting { on } => {
            let reason = format!("waits for step {on}");
            return Err(CampaignError::Inconsistent { round: round.number, step: name.into(), reason });
        }
        Claim::Work { epoch, .. } => epoch,
    };
    tracing::info!(project = project.slug, round = round.number, step = name, epoch, "step begins");
    let heart = beat(context.clone(), project.id, round.number, name, epoch);
    let ended = step::run(context, project, round, name).await;
    heart.abort();
    match ended {
        Ok(Ended::Done(output)) => {
            context.store.complete_step(project.id, round.number, name, epoch, output.clone()).await?;
            tracing::info!(project = project.slug, round = round.number, step = name, "step done");
            Ok(Ended::Done(output))
        }
        Ok(waiting) => Ok(waiting),
        Err(CampaignError::Cancelled(cancelled)) => Err(cancelled.into()),
        Err(error) => {
            context.store.fail_step(project.id, round.number, name, epoch, &error.to_string()).await?;
            Err(error)
        }
    }
}

/// Says at intervals that the step is alive, until aborted or fenced off.
fn beat(
    context: Context,
    project: ProjectId,
    round: u32,
    name: &'static str,
    epoch: i64,
) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            if let Err(error) = context.store.heartbeat(project, round, name, epoch, LEASE).await {
                tracing::warn!(round, step = name, %error, "heartbeat refused");
                return;
            }
        }
    })
}

/// The digest of all a step depends on: the settings, its name, and what came before it.
fn input_digest(project: &Project, round: &Round, name: &str) -> Result<Digest, CampaignError> {
    let before = serde_json::to_vec(&(&round.outputs, &round.previous)).map_err(CampaignError::Json)?;
    Ok(Digest::of_parts([
        project.spec.digest()?.0.as_slice(),
        round.number.to_le_bytes().as_slice(),
        name.as_bytes(),
        &before,
    ]))
}
