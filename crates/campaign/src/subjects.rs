//! The subjects of a project as the loop needs them: names of those people are asked about, and
//! what is known of the training images.

use std::collections::HashMap;

use consensus::live::TruthKind;
use domain::{Label, SubjectId};

use crate::{
    CampaignError, known_negatives,
    runner::{Context, Project},
};

/// Subjects read at a time.
const PAGE: u32 = 10_000;

/// All subjects of a project.
#[derive(Debug, Default)]
pub(crate) struct Subjects {
    /// The dataset's id of every survey subject.
    pub names: HashMap<SubjectId, String>,
    /// What every training image is.
    pub known: HashMap<SubjectId, TruthKind>,
}

impl Subjects {
    /// What experts say now of survey images whose twins are training images.
    pub(crate) fn correct(&mut self, twins: &[(SubjectId, Label)]) {
        for (id, label) in twins {
            match TruthKind::of(*label, Some(known_negatives::KIND)) {
                Some(kind) => self.known.insert(*id, kind),
                None => self.known.remove(id),
            };
        }
    }

    /// Reads them from the database.
    pub(crate) async fn of(context: &Context, project: &Project) -> Result<Self, CampaignError> {
        let mut all = Self::default();
        let mut after = None;
        loop {
            let page = context.store.subjects(project.id, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after = Some(last.id);
            for subject in page {
                if !subject.role.is_training() {
                    all.names.insert(subject.id, subject.external_id);
                } else if let Some(kind) = TruthKind::of(subject.label, subject.training_kind.as_deref()) {
                    all.known.insert(subject.id, kind);
                }
            }
        }
    }
}
