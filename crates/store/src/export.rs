//! The log as rows for researchers: every vote with why its image was shown, and
//! a pseudonym in place of the person.

use std::collections::VecDeque;

use domain::{Answer, ClassificationId, Digest, Label, ProjectId, Timestamp, VolunteerId};
use futures::stream::{self, BoxStream, StreamExt as _};

use crate::{LogSeq, Mark, Result, Role, Store, store::on_backend};

/// Rows fetched at once.
const PAGE: u32 = 5_000;

/// One vote with the impression it answers.
#[derive(Debug, Clone, PartialEq)]
pub struct VoteRow {
    /// Its place in the log.
    pub seq: LogSeq,
    /// Its id.
    pub id: ClassificationId,
    /// The subject's id in its dataset.
    pub external_id: String,
    /// The same person has the same pseudonym under the same key, and no one else has it.
    pub volunteer: String,
    /// What was said.
    pub answer: Answer,
    /// When.
    pub at: Timestamp,
    /// How long the image was looked at.
    pub seconds: Option<f64>,
    /// Where the arc was said to be.
    pub mark: Option<Mark>,
    /// The round in which the image was shown.
    pub round: Option<u32>,
    /// What the subject is for.
    pub role: Role,
    /// What the project knows of the subject.
    pub label: Label,
    /// Who chose the image: an acquisition strategy, or `training`.
    pub strategy: String,
    /// Its place in the queue.
    pub rank: Option<u32>,
    /// With which probability it was chosen.
    pub inclusion_probability: Option<f64>,
    /// The network whose scores were used.
    pub model_version: Option<String>,
    /// Whether the vote was taken back by the end of the export.
    pub retracted: bool,
}

/// A stable name that does not lead back to the person without the key.
pub(crate) fn pseudonym(key: &Digest, volunteer: VolunteerId) -> String {
    Digest::of_parts([key.0.as_slice(), volunteer.0.as_bytes()]).to_string()[..16].to_owned()
}

struct Cursor {
    store: Store,
    after: LogSeq,
    page: VecDeque<VoteRow>,
}

impl Store {
    /// All votes of a project up to a place of the log, in order, fetched page by page.
    #[must_use]
    pub fn vote_rows(
        &self,
        project: ProjectId,
        up_to: LogSeq,
        pseudonym_key: Digest,
    ) -> BoxStream<'static, Result<VoteRow>> {
        let cursor = Cursor { store: self.clone(), after: LogSeq::START, page: VecDeque::new() };
        stream::try_unfold(cursor, move |mut cursor| async move {
            if cursor.page.is_empty() {
                let (store, after, limit) = (cursor.store.clone(), cursor.after, PAGE);
                let page = on_backend!(
                    store,
                    read,
                    "exporting votes",
                    log::vote_rows(project, after, up_to, limit, pseudonym_key)
                )?;
                cursor.page = page.into();
            }
            let row = cursor.page.pop_front();
            Ok(row.map(|row| {
                cursor.after = row.seq;
                (row, cursor)
            }))
        })
        .boxed()
    }
}
