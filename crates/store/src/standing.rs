//! How a volunteer stands when they ask for images: all that decides which kind of image comes next, read at once,
//! because it is read before every image.

use std::sync::Arc;

use consensus::live::VolunteerRecord;
use domain::{ProjectId, VolunteerId};

use crate::{Result, Rules, Store, store::on_backend};

/// One volunteer in one project, now.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The project.
    pub project: ProjectId,
    /// Votes they gave and did not take back, in all projects.
    pub answered: u64,
    /// Images of this project they hold.
    pub held: u64,
    /// What the project knows of them; `None` before their first vote.
    pub record: Option<VolunteerRecord>,
    /// The rules in force.
    pub rules: Arc<Rules>,
}

impl Store {
    /// How a volunteer stands in the project of this name; `None` when there is no such project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn standing(&self, slug: &str, volunteer: VolunteerId) -> Result<Option<Standing>> {
        let (slug, rules, now) = (slug.to_owned(), self.rules_cache(), self.now());
        on_backend!(self, read, "reading a standing", standing::of(slug, volunteer, rules, now))
    }
}
