//! Who may classify: those who passed the entry quiz of the project, where it has one and the operator
//! wants it asked. A pass is for ever, so it is looked up once.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use domain::{ProjectId, VolunteerId};

use crate::{
    problem::{Problem, ProblemCode},
    state::AppState,
};

/// Passes remembered at most; beyond, all are looked up again.
const MOST: usize = 100_000;

/// The passes that were looked up.
#[derive(Default)]
pub(crate) struct QuizGate(Mutex<HashSet<(VolunteerId, ProjectId)>>);

/// Refuses with `quiz_not_passed` who has yet to pass.
pub(crate) async fn check(state: &AppState, project: ProjectId, who: VolunteerId) -> Result<(), Problem> {
    if !state.config.entry_quiz || state.quiz_gate.knows(who, project) {
        return Ok(());
    }
    let passed = state.store.quiz_record(who, project).await?.passed_at.is_some();
    if passed {
        state.quiz_gate.note(who, project);
        return Ok(());
    }
    // A project set up without a quiz lets everybody in.
    if state.store.quiz(project).await?.is_none() {
        return Ok(());
    }
    let detail = "Pass the short entry quiz of this project first; it can be taken again at once.";
    Err(Problem::new(ProblemCode::QuizNotPassed, detail))
}

impl QuizGate {
    fn knows(&self, who: VolunteerId, project: ProjectId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&(who, project))
    }

    fn note(&self, who: VolunteerId, project: ProjectId) {
        let mut passes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if passes.len() >= MOST {
            passes.clear();
        }
        passes.insert((who, project));
    }
}
