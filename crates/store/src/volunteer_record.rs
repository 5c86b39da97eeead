//! What the consensus knows of each volunteer.

use consensus::live::VolunteerRecord;
use domain::{ProjectId, VolunteerId};

use crate::{Result, Store, store::on_backend};

/// One volunteer's record in a project.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RecordRow {
    /// Who.
    pub volunteer: VolunteerId,
    /// What is known of them.
    pub record: VolunteerRecord,
    /// What one answer of theirs tells about an image with even odds, in bits.
    pub bits: f64,
}

impl Store {
    /// What is known of a volunteer; `None` before their first vote in this project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn volunteer_record(
        &self,
        project: ProjectId,
        volunteer: VolunteerId,
    ) -> Result<Option<VolunteerRecord>> {
        let row = on_backend!(self, read, "reading a volunteer's record", record::one(project, volunteer))?;
        Ok(row.map(|row| row.record))
    }

    /// The next `limit` volunteers of a project after this one, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn volunteer_records(
        &self,
        project: ProjectId,
        after: Option<VolunteerId>,
        limit: u32,
    ) -> Result<Vec<RecordRow>> {
        on_backend!(self, read, "reading volunteers' records", record::page(project, after, limit))
    }
}
