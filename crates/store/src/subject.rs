//! Subjects: the images of a project that people can be asked about, and those
//! whose truth is known and that train people.

use std::collections::HashMap;

use domain::{Digest, Label, ProjectId, SkyCoord, SubjectId};

use crate::{
    Result, Store, StoreError,
    store::{on_backend, write_on_backend},
};

/// Subjects written in one transaction, so that votes get in between.
const CHUNK: usize = 1000;

/// What a subject is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Nobody knows what it is.
    Survey,
    /// A known lens, shown to teach and to measure.
    TrainingLens,
    /// A known non-lens, shown to teach and to measure.
    TrainingNonLens,
}

impl Role {
    /// Whether the truth is known.
    #[must_use]
    pub const fn is_training(self) -> bool {
        !matches!(self, Self::Survey)
    }

    /// The truth a training subject teaches; unknown for survey subjects.
    #[must_use]
    pub const fn truth(self) -> Label {
        match self {
            Self::Survey => Label::Unknown,
            Self::TrainingLens => Label::Lens,
            Self::TrainingNonLens => Label::NonLens,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Survey => "survey",
            Self::TrainingLens => "training_lens",
            Self::TrainingNonLens => "training_non_lens",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Survey, Self::TrainingLens, Self::TrainingNonLens].into_iter().find(|role| role.name() == name)
    }
}

/// A subject to be.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSubject {
    /// Its id in the dataset it comes from; unique in the project.
    pub external_id: String,
    /// What it is for.
    pub role: Role,
    /// What the project knows of it.
    pub label: Label,
    /// What a training subject is, in words for people: "simulated lens".
    pub training_kind: Option<String>,
    /// Where it is.
    pub position: Option<SkyCoord>,
    /// Its HEALPix cell, by which the sky is split.
    pub cell: Option<i64>,
}

/// The rendered image of a subject, named by what it holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ImageRef {
    /// SHA-256 of the file.
    pub digest: Digest,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Arcsec per pixel.
    pub pixel_scale_arcsec: Option<f64>,
    /// What its bytes mean.
    pub encoding: ImageEncoding,
}

/// What the bytes of a picture mean. The same for all pictures of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImageEncoding {
    /// Finished colours.
    Composite,
    /// The bands z, r, g themselves, companded (`imaging::compand`).
    Companded,
}

impl ImageEncoding {
    pub(crate) const fn code(self) -> i16 {
        match self {
            Self::Composite => 0,
            Self::Companded => 1,
        }
    }

    pub(crate) const fn from_code(code: i16) -> Option<Self> {
        match code {
            0 => Some(Self::Composite),
            1 => Some(Self::Companded),
            _ => None,
        }
    }
}

/// A subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// Its id.
    pub id: SubjectId,
    /// Its project.
    pub project: ProjectId,
    /// Its id in the dataset it comes from.
    pub external_id: String,
    /// What it is for.
    pub role: Role,
    /// What the project knows of it.
    pub label: Label,
    /// What a training subject is, in words for people.
    pub training_kind: Option<String>,
    /// Where it is.
    pub position: Option<SkyCoord>,
    /// Its HEALPix cell.
    pub cell: Option<i64>,
    /// Its image, once rendered.
    pub image: Option<ImageRef>,
}

impl Store {
    /// Adds subjects, skipping those whose external id the project already has; says how many were new.
    ///
    /// # Errors
    /// When there is no such project. Chunks before the failure stay; the same call again goes on.
    pub async fn add_subjects(&self, project: ProjectId, subjects: Vec<NewSubject>) -> Result<u64> {
        if let Some(odd) = subjects.iter().find(|subject| subject.external_id.is_empty()) {
            return Err(StoreError::invalid("external_id", format!("empty, for {odd:?}")));
        }
        let mut added = 0;
        for chunk in subjects.chunks(CHUNK) {
            let chunk = chunk.to_vec();
            added += write_on_backend!(self, "adding subjects", subject::add(project, chunk))?;
        }
        Ok(added)
    }

    /// The subject with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subject(&self, id: SubjectId) -> Result<Option<Subject>> {
        on_backend!(self, read, "reading a subject", subject::by_id(id))
    }

    /// The subjects with these ids; unknown ones are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subjects_of(&self, ids: Vec<SubjectId>) -> Result<HashMap<SubjectId, Subject>> {
        let mut found = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let chunk = chunk.to_vec();
            found.extend(on_backend!(self, snapshot, "reading subjects", subject::by_ids(chunk))?);
        }
        Ok(found)
    }

    /// The next `limit` subjects of a project after this one, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subjects(
        &self,
        project: ProjectId,
        after: Option<SubjectId>,
        limit: u32,
    ) -> Result<Vec<Subject>> {
        on_backend!(self, read, "listing subjects", subject::page(project, after, limit))
    }

    /// The ids of the subjects with these external ids; unknown ones are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subject_ids(
        &self,
        project: ProjectId,
        external_ids: Vec<String>,
    ) -> Result<HashMap<String, SubjectId>> {
        on_backend!(self, snapshot, "looking subjects up", subject::ids(project, external_ids))
    }

    /// Says which image shows each subject; an earlier one is replaced.
    ///
    /// # Errors
    /// When one of them is no subject of this project. Chunks before the failure stay.
    pub async fn set_images(&self, project: ProjectId, images: Vec<(SubjectId, ImageRef)>) -> Result<()> {
        for chunk in images.chunks(CHUNK) {
            let chunk = chunk.to_vec();
            write_on_backend!(self, "recording images", subject::set_images(project, chunk))?;
        }
        Ok(())
    }

    /// The image with this digest, if it belongs to a subject: nothing else is ever served.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn image(&self, digest: Digest) -> Result<Option<ImageRef>> {
        on_backend!(self, read, "looking an image up", subject::image(digest))
    }

    /// The truth of every training subject of a project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn training_truths(&self, project: ProjectId) -> Result<HashMap<SubjectId, Label>> {
        on_backend!(self, read, "reading the training subjects", subject::training_truths(project))
    }
}
