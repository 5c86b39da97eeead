//! The jobs in hand: bounded in number and memory, one at a time for a person, in the order they came. They
//! are in memory only: a server that ends forgets them, and people upload again.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::body::Bytes;
use domain::VolunteerId;
use store::{NewPlacement, StoreError};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{
    catalogues::Catalogues,
    indexes::Indexes,
    settings::PlacingSettings,
    solver::{self, Outcome, Wish},
    verdict::{NotPlaced, Verdict, WhyNot},
    watch::{Phase, Stop, Watch},
};
use crate::{
    problem::{Problem, ProblemCode},
    state::AppState,
};

/// A picture that somebody wants to have placed.
pub(crate) struct Upload {
    pub owner: VolunteerId,
    pub file_name: String,
    pub bytes: Bytes,
    pub wish: Wish,
}

/// One job, as its owner sees it.
#[derive(Clone)]
pub(crate) struct Job {
    pub id: Uuid,
    pub owner: VolunteerId,
    pub file_name: String,
    pub watch: Arc<Watch>,
}

/// All jobs of one server.
pub(crate) struct Placing {
    pub indexes: Indexes,
    pub catalogues: Catalogues,
    pub settings: PlacingSettings,
    /// In the order they came.
    jobs: Mutex<Vec<Job>>,
    turns: Semaphore,
    /// Whose files are on their way in: each is in memory while it comes, so they are few, and one for a person.
    uploads: Mutex<HashSet<VolunteerId>>,
}

/// A file on its way in; the room is free again when this goes.
pub(crate) struct WayIn<'a> {
    placing: &'a Placing,
    owner: VolunteerId,
}

impl Drop for WayIn<'_> {
    fn drop(&mut self) {
        self.placing.uploads.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.owner);
    }
}

impl Placing {
    pub fn new(settings: PlacingSettings) -> Self {
        Self {
            indexes: Indexes::new(settings.indexes.clone()),
            catalogues: Catalogues::new(settings.catalogues.clone()),
            jobs: Mutex::default(),
            turns: Semaphore::new(settings.jobs_at_once.max(1)),
            uploads: Mutex::default(),
            settings,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Job>> {
        // The list is whole whatever panicked while it was locked.
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses where another job would be one too many.
    pub fn check_room(&self, owner: VolunteerId) -> Result<(), Problem> {
        self.room_in(&self.lock(), owner)
    }

    /// Room for a file on its way in.
    pub fn way_in(&self, owner: VolunteerId) -> Result<WayIn<'_>, Problem> {
        let mut uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
        if uploads.contains(&owner) {
            return Err(already());
        }
        if uploads.len() >= self.settings.max_waiting.max(1) {
            return Err(Problem::busy());
        }
        uploads.insert(owner);
        Ok(WayIn { placing: self, owner })
    }

    fn room_in(&self, jobs: &[Job], owner: VolunteerId) -> Result<(), Problem> {
        if jobs.iter().any(|job| job.owner == owner) {
            return Err(already());
        }
        if jobs.len() >= self.settings.max_waiting + self.settings.jobs_at_once {
            return Err(Problem { retry_after_seconds: Some(30), ..Problem::busy() });
        }
        Ok(())
    }

    /// The job with this id, and how many come before it.
    pub fn job(&self, id: Uuid) -> Option<(Job, usize)> {
        let jobs = self.lock();
        let place = jobs.iter().position(|job| job.id == id)?;
        let before = jobs[..place].iter().filter(|job| job.watch.phase() == Phase::Waiting).count();
        Some((jobs[place].clone(), before))
    }

    /// Somebody's job, if they have one.
    pub fn job_of(&self, owner: VolunteerId) -> Option<Uuid> {
        self.lock().iter().find(|job| job.owner == owner).map(|job| job.id)
    }

    /// Stops somebody's job and forgets it; whether there was one.
    pub fn cancel(&self, id: Uuid, owner: VolunteerId) -> bool {
        let job = self.take(|job| job.id == id && job.owner == owner);
        job.inspect(|job| job.watch.stop(Stop::Asked)).is_some()
    }

    /// Somebody leaves.
    pub fn cancel_of(&self, owner: VolunteerId) {
        if let Some(job) = self.take(|job| job.owner == owner) {
            job.watch.stop(Stop::Asked);
        }
    }

    fn take(&self, is_it: impl Fn(&Job) -> bool) -> Option<Job> {
        let mut jobs = self.lock();
        jobs.iter().position(is_it).map(|place| jobs.remove(place))
    }
}

fn already() -> Problem {
    let detail = "Wait until your other picture is placed, or stop it.";
    Problem::new(ProblemCode::AlreadyPlacing, detail)
}

/// Takes a picture in; it is worked on when its turn comes.
pub(crate) fn enqueue(state: &AppState, id: Uuid, upload: Upload) -> Result<(), Problem> {
    let watch = Arc::new(Watch::default());
    let file_name = upload.file_name.clone();
    let job = Job { id, owner: upload.owner, file_name, watch: Arc::clone(&watch) };
    {
        let mut jobs = state.placing.lock();
        state.placing.room_in(&jobs, upload.owner)?;
        jobs.push(job);
    }
    let state = state.clone();
    tokio::spawn(async move {
        if let Some(new) = work(&state, id, upload, &watch).await {
            keep(&state, id, new).await;
        } else {
            state.placing.take(|job| job.id == id);
        }
    });
    Ok(())
}

/// Waits for a turn and works; `None` when somebody asked to stop.
async fn work(state: &AppState, id: Uuid, upload: Upload, watch: &Arc<Watch>) -> Option<NewPlacement> {
    let placing = &state.placing;
    let mut closing = state.closing.subscribe();
    // An error means that the state is gone, which is as good as closing.
    let turn = tokio::select! {
        turn = placing.turns.acquire() => turn.ok()?,
        () = watch.stopped() => return None,
        _ = closing.wait_for(|closing| *closing) => return None,
    };
    watch.enter(Phase::Finding);
    let (owner, file_name) = (upload.owner, upload.file_name.clone());
    let thread = {
        let (state, watch) = (state.clone(), Arc::clone(watch));
        tokio::task::spawn_blocking(move || solver::place(&state.placing, &upload, &watch))
    };
    let watcher = async {
        tokio::select! {
            () = tokio::time::sleep(placing.settings.time_limit) => watch.stop(Stop::Late),
            _ = closing.wait_for(|closing| *closing) => watch.stop(Stop::Asked),
        }
        std::future::pending::<()>().await;
    };
    let done = tokio::select! {
        done = thread => done,
        () = watcher => return None,
    };
    drop(turn);
    if watch.stop_reason() == Some(Stop::Asked) {
        return None;
    }
    let Outcome { verdict, picture } = done.unwrap_or_else(|error| {
        tracing::error!(%error, "placing a picture failed");
        let verdict = NotPlaced::because(WhyNot::Failed, "The server failed at this picture.");
        Outcome { verdict: Verdict::NotPlaced(verdict), picture: None }
    });
    let placed = matches!(verdict, Verdict::Placed(_));
    let result = serde_json::to_value(&verdict).ok()?;
    Some(NewPlacement { id, volunteer: owner, file_name, placed, result, picture })
}

/// Keeps what came of a job, and the job ends. Until it is taken off the list it can be stopped, and somebody who
/// stopped it was told that nothing is kept.
async fn keep(state: &AppState, id: Uuid, new: NewPlacement) {
    let kept = state.store.add_placement(new, state.placing.settings.kept_each).await;
    let wanted = state.placing.take(|job| job.id == id).is_some();
    match kept {
        Ok(()) => {}
        // Its person has left.
        Err(StoreError::NotFound { .. }) => return,
        Err(error) => {
            tracing::warn!(%error, "a placed picture could not be kept");
            return;
        }
    }
    if !wanted {
        let _ = state.store.delete_placement(id).await.inspect_err(
            |error| tracing::warn!(%error, "a picture that nobody wants any more could not be deleted"),
        );
    }
}
