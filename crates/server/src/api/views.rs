//! What several endpoints send: the JSON forms of people, assignments and answers. They are made
//! field by field from what the store returns, so that nothing new there leaves by accident.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{account::settings::Settings, problem::Problem, public_numbers::PublicNumbers, state::AppState};

/// The signed-in volunteer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Me {
    pub id: Uuid,
    pub display_name: String,
    /// Whether a letter to their address was answered.
    pub email_verified: bool,
    pub role: Role,
    pub settings: Settings,
    /// The projects whose entry quiz they passed.
    pub quizzes_passed: Vec<String>,
    /// Answers given and not taken back, in all projects.
    pub votes_total: u64,
    /// Those since midnight UTC.
    pub votes_today: u64,
}

impl Me {
    pub async fn of(state: &AppState, volunteer: &store::Volunteer) -> Result<Self, Problem> {
        let midnight = state.clock.now().date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
        let counts = state.store.vote_counts(volunteer.id, midnight).await?;
        Ok(Self {
            id: volunteer.id.0,
            display_name: volunteer.display_name.clone(),
            email_verified: volunteer.email_verified_at.is_some(),
            role: volunteer.role.into(),
            settings: Settings::of(volunteer),
            quizzes_passed: state.store.quizzes_passed(volunteer.id).await?,
            votes_total: counts.total,
            votes_today: counts.since,
        })
    }
}

/// What a person may do, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    Volunteer,
    Expert,
    Researcher,
    Lead,
    Admin,
}

impl From<store::Rank> for Role {
    fn from(rank: store::Rank) -> Self {
        match rank {
            store::Rank::Volunteer => Self::Volunteer,
            store::Rank::Expert => Self::Expert,
            store::Rank::Researcher => Self::Researcher,
            store::Rank::Lead => Self::Lead,
            store::Rank::Admin => Self::Admin,
        }
    }
}

impl From<Role> for store::Rank {
    fn from(role: Role) -> Self {
        match role {
            Role::Volunteer => Self::Volunteer,
            Role::Expert => Self::Expert,
            Role::Researcher => Self::Researcher,
            Role::Lead => Self::Lead,
            Role::Admin => Self::Admin,
        }
    }
}

/// An image handed to one volunteer for a while. It says nothing about what the image is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Assignment {
    pub id: Uuid,
    pub image: Image,
    /// After this the image goes back, unless it is renewed or answered.
    pub expires_at: DateTime<Utc>,
    /// How long one lease is, in seconds.
    pub lease_seconds: u64,
}

/// Where the image is and what its pixels mean. Beside `….webp` there are `….small.webp`, the same
/// with half as many pixels on a side, and `….jpg`, a thumbnail of 192 pixels in finished colours.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Image {
    /// Absolute path on this server; the bytes behind it never change.
    #[schema(
        example = "/api/v1/images/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.webp"
    )]
    pub url: String,
    /// What the bytes mean; the same for all images of a project.
    pub encoding: Encoding,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Arcsec per pixel, where known.
    #[schema(required = true)]
    pub pixel_scale_arcsec: Option<f64>,
}

/// What the bytes of an image mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Encoding {
    /// Finished colours.
    Composite,
    /// The bands z, r, g themselves, companded; the numbers are constants of the client.
    Companded,
}

impl Image {
    pub fn of(image: &store::ImageRef) -> Self {
        Self {
            url: format!("/api/v1/images/{}.webp", image.digest),
            encoding: match image.encoding {
                store::ImageEncoding::Composite => Encoding::Composite,
                store::ImageEncoding::Companded => Encoding::Companded,
            },
            width: image.width,
            height: image.height,
            pixel_scale_arcsec: image.pixel_scale_arcsec,
        }
    }
}

impl Assignment {
    pub fn of(assignment: &store::Assignment, state: &AppState) -> Self {
        Self {
            id: assignment.id.0,
            image: Image::of(&assignment.image),
            expires_at: assignment.expires_at,
            lease_seconds: state.config.lease.as_secs(),
        }
    }
}

/// One of the three answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    NoLens,
    Unsure,
    Lens,
}

impl From<Answer> for domain::Answer {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::NoLens => Self::NoLens,
            Answer::Unsure => Self::Unsure,
            Answer::Lens => Self::Lens,
        }
    }
}

/// How far a project is. Numbers about images move only after many answers, not after each.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Status {
    pub slug: String,
    /// The round at work; none before the first.
    #[schema(required = true)]
    pub round: Option<u32>,
    /// The step of that round, such as `collect`.
    #[schema(required = true)]
    pub step: Option<String>,
    /// Images in the survey.
    pub images: u64,
    /// Those that somebody has answered.
    pub images_looked_at: u64,
    /// Answers that stand.
    pub votes: u64,
    /// People who gave them.
    pub volunteers: u64,
    /// Images that still want answers in this round.
    pub queue_open: u64,
    /// Images that have enough.
    pub queue_done: u64,
    /// Images that are more likely lenses than not.
    pub candidates: u64,
    pub outcomes: Outcomes,
    /// The network at work; none before the first.
    #[schema(required = true)]
    pub model: Option<ModelRef>,
    /// When these numbers were read.
    pub updated_at: DateTime<Utc>,
}

/// What became of the images that people were asked about, over all rounds.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Outcomes {
    /// More answers are wanted.
    pub open: u64,
    /// The answers say clearly: no lens.
    pub no_lens: u64,
    /// The answers say clearly: a lens.
    pub lens: u64,
    /// Many answers, and they disagree.
    pub contested: u64,
    /// Of the clear ones, those that somebody was asked about again, to measure how often they are wrong.
    pub retested: u64,
    /// Answers per clear image, on average; null while there is none.
    #[schema(required = true)]
    pub votes_per_settled: Option<f64>,
}

impl From<store::Outcomes> for Outcomes {
    fn from(outcomes: store::Outcomes) -> Self {
        let settled = outcomes.detected + outcomes.rejected;
        Self {
            open: outcomes.open,
            no_lens: outcomes.rejected,
            lens: outcomes.detected,
            contested: outcomes.contested,
            retested: outcomes.retested,
            votes_per_settled: (settled > 0).then(|| outcomes.settled_votes as f64 / settled as f64),
        }
    }
}

/// A network.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct ModelRef {
    pub version: String,
    /// SHA-256 over its configuration and weights.
    pub digest: String,
}

impl From<PublicNumbers> for Status {
    fn from(PublicNumbers { status, outcomes }: PublicNumbers) -> Self {
        Self {
            slug: status.slug,
            round: status.round,
            step: status.step,
            images: status.images,
            images_looked_at: status.images_looked_at,
            votes: status.votes,
            volunteers: status.volunteers,
            queue_open: status.queue_open,
            queue_done: status.queue_done,
            candidates: status.candidates,
            outcomes: outcomes.into(),
            model: status.model.map(|(version, digest)| ModelRef { version, digest: digest.to_string() }),
            updated_at: status.updated_at,
        }
    }
}
