//! The rules of a project's consensus as they are in force: an engine of the crate `consensus`,
//! made once from the newest anchor and kept, because parsing it for every vote would cost more
//! than the vote.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use consensus::live::Engine;
use domain::ProjectId;

use crate::LogSeq;

/// The name of the rules of a project that never adopted any.
pub(crate) const DEFAULT_ID: &str = "default";

/// The rules in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// Which anchor: a digest over everything the weights follow from.
    pub anchor_id: String,
    /// Votes up to here are weighed by what the refit learnt from all of them.
    pub high_water_mark: LogSeq,
    /// The rules.
    pub engine: Engine,
}

impl Default for Rules {
    fn default() -> Self {
        Self { anchor_id: DEFAULT_ID.to_owned(), high_water_mark: LogSeq::START, engine: Engine::default() }
    }
}

/// The newest rules of each project that this process has read. An anchor's id names its content,
/// so what lies here is never wrong, only perhaps not the newest: whoever uses it asks the database
/// for the newest id first.
#[derive(Debug, Default)]
pub(crate) struct RulesCache {
    by_project: Mutex<HashMap<ProjectId, Arc<Rules>>>,
}

impl RulesCache {
    pub(crate) fn get(&self, project: ProjectId, anchor_id: &str) -> Option<Arc<Rules>> {
        let kept = self.by_project.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&project).filter(|rules| rules.anchor_id == anchor_id).cloned()
    }

    pub(crate) fn put(&self, project: ProjectId, rules: Rules) -> Arc<Rules> {
        let rules = Arc::new(rules);
        let mut kept = self.by_project.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(project, Arc::clone(&rules));
        rules
    }
}
