//! Who may classify: those who passed the entry quiz of the project, where it has one and the operator
//! wants it asked. A pass is for ever, so it is looked up once; whether a project has a quiz, now and then.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::TimeDelta;
use domain::{ProjectId, Timestamp, VolunteerId};

use crate::{
    problem::{Problem, ProblemCode},
    state::AppState,
};

/// Passes remembered at most; beyond, all are looked up again.
const MOST: usize = 100_000;

/// How long it is believed that a project has no quiz.
const RECHECK_SECONDS: i64 = 30;

/// What was looked up.
#[derive(Default)]
pub(crate) struct QuizGate {
    passes: Mutex<HashSet<(VolunteerId, ProjectId)>>,
    without: Mutex<HashMap<ProjectId, Timestamp>>,
}

/// Refuses with `quiz_not_passed` who has yet to pass.
pub(crate) async fn check(state: &AppState, project: ProjectId, who: VolunteerId) -> Result<(), Problem> {
    let (gate, now) = (&state.quiz_gate, state.clock.now());
    if !state.config.entry_quiz || gate.has_passed(who, project) || gate.has_no_quiz(project, now) {
        return Ok(());
    }
    // A project set up without a quiz lets everybody in.
    if state.store.quiz(project).await?.is_none() {
        locked(&gate.without).insert(project, now);
        return Ok(());
    }
    if state.store.quiz_record(who, project).await?.passed_at.is_some() {
        gate.note(who, project);
        return Ok(());
    }
    let detail = "Pass the short entry quiz of this project first; it can be taken again at once.";
    Err(Problem::new(ProblemCode::QuizNotPassed, detail))
}

impl QuizGate {
    fn has_passed(&self, who: VolunteerId, project: ProjectId) -> bool {
        locked(&self.passes).contains(&(who, project))
    }

    fn has_no_quiz(&self, project: ProjectId, now: Timestamp) -> bool {
        let fresh = |at: &Timestamp| now - *at < TimeDelta::seconds(RECHECK_SECONDS);
        locked(&self.without).get(&project).is_some_and(fresh)
    }

    fn note(&self, who: VolunteerId, project: ProjectId) {
        let mut passes = locked(&self.passes);
        if passes.len() >= MOST {
            passes.clear();
        }
        passes.insert((who, project));
    }
}

/// What is kept here stays meaningful whatever panicked while it was locked.
fn locked<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
