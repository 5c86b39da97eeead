//! Networks: which ones a project has, what the gate decided about each, and
//! which one is in use.

use domain::{Digest, ProjectId, Timestamp};
use serde_json::Value;

use crate::{
    Result, Store,
    store::{on_backend, write_on_backend},
};

/// A network to be known.
#[derive(Debug, Clone, PartialEq)]
pub struct NewModel {
    /// Its version, unique in the project.
    pub version: String,
    /// Over its configuration and weights.
    pub digest: Digest,
    /// Where it lies.
    pub dir: String,
    /// What was measured.
    pub metrics: Value,
}

/// What the gate said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Nothing yet.
    Pending,
    /// It may be used.
    Accepted,
    /// It may not.
    Refused,
}

impl Decision {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Pending, Self::Accepted, Self::Refused].into_iter().find(|decision| decision.name() == name)
    }
}

/// A network of a project.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Its version.
    pub version: String,
    /// Over its configuration and weights.
    pub digest: Digest,
    /// Where it lies.
    pub dir: String,
    /// What was measured.
    pub metrics: Value,
    /// What the gate said.
    pub decision: Decision,
    /// Why.
    pub reason: Option<String>,
    /// When it became known.
    pub created_at: Timestamp,
}

/// How a promotion ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Promotion {
    /// The network is now in use.
    Promoted,
    /// It already was: a repeated step.
    AlreadyActive,
    /// Someone else has changed the network in use; nothing was done.
    Lost {
        /// The network now in use.
        active: Option<String>,
    },
}

/// The two ways the network in use changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromotionKind {
    /// A better one came.
    Promote,
    /// The one before it came back.
    RollBack,
}

impl PromotionKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Promote => "promote",
            Self::RollBack => "roll_back",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Promote, Self::RollBack].into_iter().find(|kind| kind.name() == name)
    }
}

/// One change of the network in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotionRecord {
    /// What was in use.
    pub from: Option<String>,
    /// What came.
    pub to: Option<String>,
    /// Forward or back.
    pub kind: PromotionKind,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Makes a network known; the same one again changes nothing.
    ///
    /// # Errors
    /// `Conflict` when the version is taken by a network with another digest.
    pub async fn register_model(&self, project: ProjectId, model: NewModel) -> Result<Model> {
        let now = self.now();
        write_on_backend!(self, "registering a network", model::register(project, model, now))
    }

    /// Writes down what the gate decided, and why.
    ///
    /// # Errors
    /// When there is no such network.
    pub async fn decide_model(
        &self,
        project: ProjectId,
        version: &str,
        decision: Decision,
        reason: &str,
    ) -> Result<()> {
        let (version, reason) = (version.to_owned(), reason.to_owned());
        write_on_backend!(self, "deciding on a network", model::decide(project, version, decision, reason))
    }

    /// The network of this version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn model(&self, project: ProjectId, version: &str) -> Result<Option<Model>> {
        let version = version.to_owned();
        on_backend!(self, read, "reading a network", model::by_version(project, version))
    }

    /// All networks of a project, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn models(&self, project: ProjectId) -> Result<Vec<Model>> {
        on_backend!(self, read, "listing networks", model::of_project(project))
    }

    /// Puts a network in use if the one now in use is still `expected`.
    ///
    /// # Errors
    /// `NotFound` for an unknown network, `Conflict` for one that the gate has not accepted.
    pub async fn promote_model(
        &self,
        project: ProjectId,
        expected: Option<&str>,
        version: &str,
    ) -> Result<Promotion> {
        let (expected, version) = (expected.map(str::to_owned), version.to_owned());
        let now = self.now();
        write_on_backend!(self, "promoting a network", model::promote(project, expected, version, now))
    }

    /// Puts the network before `expected` in use again; returns it (`None`: there was none).
    ///
    /// # Errors
    /// `Conflict` when `expected` is not the network in use.
    pub async fn roll_back_model(&self, project: ProjectId, expected: &str) -> Result<Option<String>> {
        let expected = expected.to_owned();
        let now = self.now();
        write_on_backend!(self, "rolling a network back", model::roll_back(project, expected, now))
    }

    /// Every change of the network in use, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn promotions(&self, project: ProjectId) -> Result<Vec<PromotionRecord>> {
        on_backend!(self, read, "listing promotions", model::promotions(project))
    }
}
