//! Projects: one survey pool with its own queue, log and models.

use domain::{ProjectId, Timestamp};
use serde_json::Value;

use crate::{
    Result, Store, StoreError,
    store::{on_backend, write_on_backend},
};

/// A project to be.
#[derive(Debug, Clone, PartialEq)]
pub struct NewProject {
    /// Its name in addresses: lower-case letters, digits and `-`.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// One paragraph for volunteers.
    pub description: String,
    /// Whatever the campaign wants to keep with it.
    pub spec: Value,
}

/// A project.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// One paragraph for volunteers.
    pub description: String,
    /// Whatever the campaign keeps with it.
    pub spec: Value,
    /// Whether images are handed out.
    pub active: bool,
    /// The version of the network in use.
    pub active_model: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Store {
    /// Makes a project; one that exists under this slug is returned unchanged.
    ///
    /// # Errors
    /// When the slug is empty or holds anything but lower-case letters, digits and `-`.
    pub async fn create_project(&self, project: NewProject) -> Result<Project> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if project.slug.is_empty() || !project.slug.chars().all(fits) {
            let reason = format!("{:?} is no slug; use lower-case letters, digits and -", project.slug);
            return Err(StoreError::invalid("slug", reason));
        }
        let now = self.now();
        write_on_backend!(self, "creating a project", project::create(project, now))
    }

    /// The project with this slug.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn project(&self, slug: &str) -> Result<Option<Project>> {
        let slug = slug.to_owned();
        on_backend!(self, read, "reading a project", project::by_slug(slug))
    }

    /// The project with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn project_by_id(&self, id: ProjectId) -> Result<Option<Project>> {
        on_backend!(self, read, "reading a project", project::by_id(id))
    }

    /// All projects, by slug.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn projects(&self) -> Result<Vec<Project>> {
        on_backend!(self, read, "listing the projects", project::all())
    }

    /// Starts or stops the handing out of images.
    ///
    /// # Errors
    /// When there is no such project.
    pub async fn set_project_active(&self, id: ProjectId, active: bool) -> Result<()> {
        write_on_backend!(self, "switching a project", project::set_active(id, active))
    }
}
