//! How refusals of the store reach a client.

use store::{AccountRefusal, RetractionRefusal, StoreError, VoteRefusal};

use crate::problem::{Problem, ProblemCode};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::AddressTaken => {
                let detail = "Sign in instead, or use another address.";
                Self { field: Some("email".to_owned()), ..Self::new(ProblemCode::AddressTaken, detail) }
            }
            StoreError::Invalid { field, reason } => Self::field(field, reason),
            StoreError::Vote(refusal) => refused_vote(refusal),
            StoreError::Retraction(refusal) => refused_retraction(refusal),
            StoreError::NotFound { what: "placement", .. } => {
                Self::new(ProblemCode::PlacementNotFound, "There is no such picture.")
            }
            StoreError::NotFound { what: "article" | "feedback", .. } => {
                Self::new(ProblemCode::NotFound, "There is nothing under this id.")
            }
            StoreError::Conflict { what: "slug", .. } => Self {
                field: Some("slug".to_owned()),
                ..Self::new(ProblemCode::SlugTaken, "Choose another name for the address.")
            },
            StoreError::Conflict { what: "revision", reason } => {
                let detail = format!("Nothing was overwritten: {reason}.");
                Self::new(ProblemCode::EditedMeanwhile, detail)
            }
            StoreError::Conflict { what: "subject", reason } => {
                let detail =
                    format!("Nothing was published: {reason}. Publish it when the image is settled.");
                Self::new(ProblemCode::ImageStillOpen, detail)
            }
            StoreError::Account(refusal) => refused_account(refusal),
            StoreError::Closed => Self::busy(),
            other => Self::internal(other),
        }
    }
}

fn refused_account(refusal: AccountRefusal) -> Problem {
    let (code, detail) = match refusal {
        AccountRefusal::LinkNotValid => {
            (ProblemCode::LinkNotValid, "The link was used before, or is too old. Ask for another.")
        }
        AccountRefusal::NotVerified => {
            (ProblemCode::EmailNotVerified, "First the link in the letter to this address has to be opened.")
        }
        AccountRefusal::NotAdmin => (ProblemCode::NotAllowed, "Only an admin may do this."),
        AccountRefusal::LastAdmin => (ProblemCode::LastAdmin, "Make somebody else an admin first."),
        AccountRefusal::TooMany => (ProblemCode::LimitReached, "Remove one first."),
    };
    Problem::new(code, detail)
}

fn refused_vote(refusal: VoteRefusal) -> Problem {
    let (code, detail) = match refusal {
        VoteRefusal::NotFound => (ProblemCode::AssignmentNotFound, "Ask for a new image."),
        VoteRefusal::NotYours => (ProblemCode::NotYourAssignment, "Ask for an image of your own."),
        VoteRefusal::Expired => (
            ProblemCode::AssignmentExpired,
            "The image was kept for you for a while and has gone back. Ask for a new one.",
        ),
        VoteRefusal::AlreadyAnswered => (ProblemCode::AlreadyAnswered, "Your first answer is kept."),
        VoteRefusal::IdTaken => (ProblemCode::IdInUse, "Make a new id and send the answer again."),
    };
    Problem::new(code, detail)
}

fn refused_retraction(refusal: RetractionRefusal) -> Problem {
    let (code, detail) = match refusal {
        // Whose answers exist is nobody else's business.
        RetractionRefusal::NotFound | RetractionRefusal::NotYours => {
            (ProblemCode::ClassificationNotFound, "There is no such answer of yours.")
        }
        RetractionRefusal::AlreadyRetracted => {
            (ProblemCode::AlreadyRetracted, "The image is with you again, or was answered anew.")
        }
        RetractionRefusal::FeedbackShown => {
            (ProblemCode::FeedbackShown, "The truth about this image was shown, so the answer stands.")
        }
        RetractionRefusal::TooLate => {
            (ProblemCode::TooLateToRetract, "An answer can be taken back for a day; now it stands.")
        }
        RetractionRefusal::IdTaken => (ProblemCode::IdInUse, "Make a new id and try again."),
    };
    Problem::new(code, detail)
}
