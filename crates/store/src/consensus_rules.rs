//! The rules of a project's consensus: setting them, adopting a refit, and the check that the
//! kept state is what the log gives.

use consensus::live::{Anchor, Engine, Fold, Refit, Settings};
use domain::{Digest, Label, ProjectId, SubjectId};

use crate::{
    LogSeq, Result, Rules, Store, StoreError,
    store::{on_backend, write_on_backend},
};

/// What a refit learnt, as it is written down.
pub(crate) struct Adoption {
    pub anchor_id: String,
    pub refit: Refit,
    pub settings: String,
    pub anchor: String,
    pub high_water_mark: LogSeq,
}

impl Adoption {
    fn new(refit: Refit, high_water_mark: LogSeq) -> Result<Self> {
        let text = |value: serde_json::Result<String>| {
            value.map_err(|error| StoreError::invalid("refit", error.to_string()))
        };
        let settings = text(serde_json::to_string(refit.engine.settings()))?;
        let anchor = text(serde_json::to_string(refit.engine.anchor()))?;
        let records = text(serde_json::to_string(&refit.records))?;
        let mark = high_water_mark.0.to_string();
        let anchor_id = Digest::of_parts([&settings, &anchor, &records, &mark]).short();
        Ok(Self { anchor_id, refit, settings, anchor, high_water_mark })
    }
}

impl Store {
    /// The rules in force; the defaults for a project that never adopted any.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rules(&self, project: ProjectId) -> Result<Rules> {
        let cache = self.rules_cache();
        let rules = on_backend!(self, read, "reading the consensus rules", rules::current(project, cache))?;
        Ok(rules.as_ref().clone())
    }

    /// Puts settings in force before anything was learnt from votes; the same settings again
    /// change nothing, and what a refit under them has learnt stays.
    ///
    /// # Errors
    /// `Invalid` when a setting is out of its range.
    pub async fn configure(&self, project: ProjectId, settings: &Settings) -> Result<Rules> {
        let rules = self.rules(project).await?;
        if rules.engine.settings() == settings {
            return Ok(rules);
        }
        let engine = Engine::new(settings.clone(), Anchor::of(settings))
            .map_err(|error| StoreError::invalid("settings", error.to_string()))?;
        let nothing_learnt = Refit {
            engine,
            records: Default::default(),
            subjects: Default::default(),
            report: Default::default(),
        };
        self.adopt(project, nothing_learnt, LogSeq::START).await
    }

    /// Puts in force what a refit learnt from the log up to this mark: votes up to it weigh as the
    /// refit says, later ones are applied again on top. One transaction, and each subject whose
    /// outcome changes is written down as a decision. The same refit again changes nothing.
    ///
    /// # Errors
    /// `Invalid` when the mark lies beyond the log, `NotFound` for an unknown project.
    pub async fn adopt(&self, project: ProjectId, refit: Refit, high_water_mark: LogSeq) -> Result<Rules> {
        self.adopt_with_truths(project, refit, high_water_mark, Vec::new()).await
    }

    /// [`Store::adopt`], for a refit that went by other truths of training images than those kept:
    /// these are put in their place in the same transaction, so that what anybody learnt from such an
    /// image since the mark is learnt again. `Unknown` withdraws an image: it is not shown any more,
    /// teaches nobody and its old votes are those on an image of unknown truth.
    ///
    /// # Errors
    /// As [`Store::adopt`]; `NotFound` when one of them is no training image of this project.
    pub async fn adopt_with_truths(
        &self,
        project: ProjectId,
        refit: Refit,
        high_water_mark: LogSeq,
        truths: Vec<(SubjectId, Label)>,
    ) -> Result<Rules> {
        let adoption = Adoption::new(refit, high_water_mark)?;
        let (cache, now) = (self.rules_cache(), self.now());
        write_on_backend!(self, "adopting a refit", refold::adopt(project, adoption, truths, cache, now))?;
        self.rules(project).await
    }

    /// The state of the consensus from the log alone (and what the last refit learnt of each
    /// volunteer): a fold in memory, entry by entry.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replay(&self, project: ProjectId) -> Result<Fold> {
        let cache = self.rules_cache();
        on_backend!(self, snapshot, "replaying a log", replay::replay(project, cache))
    }

    /// Computes the state of projects whose database comes from before it was kept.
    pub(crate) async fn refold_stale(&self) -> Result<()> {
        let stale = on_backend!(self, read, "looking for projects to fold", refold::stale())?;
        for project in stale {
            let (cache, now) = (self.rules_cache(), self.now());
            write_on_backend!(self, "folding a log", refold::refresh(project, cache, now))?;
        }
        Ok(())
    }
}
