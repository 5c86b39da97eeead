//! What teaches people: the outline of what there is to see in an image, and the images of quiz,
//! practice and gallery. Their truth is public, so they are never subjects; how they are chosen is
//! `campaign`'s, what is said about them the pages'.

use domain::{Digest, Label, ProjectId, SkyCoord, SubjectId};

use crate::{
    ImageRef, Result, Store, StoreError,
    store::{on_backend, write_on_backend},
};

/// Rows written in one transaction.
const CHUNK: usize = 200;

/// Closed polygons in fractions of the image, x to the right, y down.
pub type Outline = Vec<Vec<[f64; 2]>>;

/// What a teaching image is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A question of the entry quiz.
    Quiz,
    /// For practising as long as one likes.
    Practice,
    /// To look at, with everything that is known of it.
    Gallery,
}

impl Purpose {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Quiz => "quiz",
            Self::Practice => "practice",
            Self::Gallery => "gallery",
        }
    }
}

/// An image whose truth everybody may know.
#[derive(Debug, Clone, PartialEq)]
pub struct TeachingImage {
    /// Its number among those of its purpose.
    pub place: u32,
    /// Its id in the dataset it comes from.
    pub name: String,
    /// Its picture.
    pub image: ImageRef,
    /// Lens or non-lens.
    pub truth: Label,
    /// What it is, such as `ring` or `spiral`: the key of what is said about it.
    pub kind: String,
    /// Whether a computer made it.
    pub simulated: bool,
    /// Where there is something to see.
    pub outline: Option<Outline>,
    /// The project's own words about it, in English and Chinese.
    pub words: [Option<String>; 2],
    /// What is known of a real object.
    pub about: About,
}

/// What is known of a real object.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct About {
    /// Its name.
    pub title: Option<String>,
    /// Where it is.
    pub position: Option<SkyCoord>,
    /// The paper that describes it.
    pub reference: Option<String>,
    /// Whose picture it is.
    pub credit: Option<String>,
}

/// Truth and kind of a teaching image, for choosing among many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeachingKind {
    /// Its number.
    pub place: u32,
    /// Lens or non-lens.
    pub truth: Label,
    /// What it is.
    pub kind: String,
}

impl Store {
    /// Says where there is something to see in these training subjects; others have no truth to show.
    ///
    /// # Errors
    /// When the database fails. Chunks before the failure stay.
    pub async fn set_outlines(&self, project: ProjectId, outlines: Vec<(SubjectId, Outline)>) -> Result<()> {
        for chunk in outlines.chunks(CHUNK) {
            let chunk = chunk.to_vec();
            write_on_backend!(self, "recording outlines", teaching::set_outlines(project, chunk))?;
        }
        Ok(())
    }

    /// Replaces the images of one purpose. A picture that a subject of the project shows is left out:
    /// its truth must not become public. Says how many were taken.
    ///
    /// # Errors
    /// When one of them is neither lens nor non-lens, or the database fails.
    pub async fn set_teaching(
        &self,
        project: ProjectId,
        purpose: Purpose,
        images: Vec<TeachingImage>,
    ) -> Result<u64> {
        if let Some(odd) = images.iter().find(|image| image.truth == Label::Unknown) {
            return Err(StoreError::invalid("truth", format!("unknown, of {}", odd.name)));
        }
        write_on_backend!(self, "recording teaching images", teaching::put(project, purpose, images))
    }

    /// One teaching image.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn teaching_image(
        &self,
        project: ProjectId,
        purpose: Purpose,
        place: u32,
    ) -> Result<Option<TeachingImage>> {
        on_backend!(self, read, "reading a teaching image", teaching::one(project, purpose, place))
    }

    /// The next `limit` teaching images after this place.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn teaching_images(
        &self,
        project: ProjectId,
        purpose: Purpose,
        after: Option<u32>,
        limit: u32,
    ) -> Result<Vec<TeachingImage>> {
        on_backend!(self, read, "listing teaching images", teaching::page(project, purpose, after, limit))
    }

    /// Truth and kind of all images of a purpose.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn teaching_kinds(&self, project: ProjectId, purpose: Purpose) -> Result<Vec<TeachingKind>> {
        on_backend!(self, read, "listing kinds of teaching images", teaching::kinds(project, purpose))
    }

    /// Whether a subject of this project shows this very picture.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_subject_image(&self, project: ProjectId, digest: Digest) -> Result<bool> {
        on_backend!(self, read, "looking a picture up", teaching::is_taken(project, digest))
    }
}
