//! What goes wrong in a request, as one table of stable codes and their HTTP statuses.
//! Every error of the API leaves as `application/problem+json` (RFC 9457).

use std::error::Error;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Media type of every error.
pub(crate) const PROBLEM: &str = "application/problem+json";

/// The stable codes a client may branch on. A code never changes its meaning or its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The body is no JSON.
    InvalidJson,
    /// A field is missing, unknown, of the wrong type or out of range; `field` says which.
    InvalidField,
    /// The body is not declared as `application/json`.
    UnsupportedMediaType,
    /// The body is larger than any this API needs.
    BodyTooLarge,
    /// No valid session.
    NotSignedIn,
    /// No account has this address and password.
    WrongCredentials,
    /// Signed in, but without the role or the token's scope that this needs.
    NotAllowed,
    /// The password is among the first that are tried; `field` says which field.
    CommonPassword,
    /// The password that was asked for again is not that of the account.
    WrongPassword,
    /// This server sends no letters.
    NoLetters,
    /// The address of the account is not known to be the person's: the letter was not answered.
    EmailNotVerified,
    /// The link of a letter (or of the console) is unknown, used, or too old.
    LinkNotValid,
    /// Somebody has to be left who can give roles.
    LastAdmin,
    /// There are as many of these as one account may have.
    LimitReached,
    /// An account with this address exists.
    AddressTaken,
    /// The request came from another web site.
    CrossOrigin,
    /// No such address in the API.
    NotFound,
    /// The address exists, but not with this method.
    MethodNotAllowed,
    /// No such project.
    ProjectNotFound,
    /// No such image.
    ImageNotFound,
    /// The file is no picture of a kind that is read here.
    NotAPicture,
    /// No star index is installed, so that nothing can be placed on the sky.
    NoStarIndex,
    /// Another picture of the same person is being placed.
    AlreadyPlacing,
    /// No such placed picture among yours.
    PlacementNotFound,
    /// No such assignment.
    AssignmentNotFound,
    /// The assignment belongs to someone else.
    NotYourAssignment,
    /// The assignment has its answer already, under another id.
    AlreadyAnswered,
    /// The lease of the assignment ran out.
    AssignmentExpired,
    /// No such classification among yours.
    ClassificationNotFound,
    /// The truth about this image was shown, so the answer stands.
    FeedbackShown,
    /// The answer was taken back before, under another id.
    AlreadyRetracted,
    /// The answer is more than a day old, so it stands.
    TooLateToRetract,
    /// The id is in use for something else.
    IdInUse,
    /// Another article of this kind has this name in addresses.
    SlugTaken,
    /// Somebody else has edited it since it was read; nothing was overwritten.
    EditedMeanwhile,
    /// People are still asked about the image, and must not learn what others said.
    ImageStillOpen,
    /// No certificate has this code.
    CertificateNotFound,
    /// There is no answer yet that a certificate could speak of.
    NothingToCertify,
    /// The entry quiz of the project has to be passed first.
    QuizNotPassed,
    /// The project has no quiz.
    NoQuiz,
    /// No such attempt at the quiz among yours.
    QuizNotFound,
    /// The attempt, or the guest's pass, is too old.
    QuizExpired,
    /// The question has its answer already; the first one stands.
    QuestionAnswered,
    /// Some question of the attempt is not answered yet.
    QuizUnfinished,
    /// Too many requests in a short time; `Retry-After` says when to go on.
    TooManyRequests,
    /// The server has more to do than it can; try again.
    Busy,
    /// The answer took too long; the same request may be repeated safely.
    TooSlow,
    /// A fault of the server.
    Internal,
}

impl ProblemCode {
    /// The one table: HTTP status and title.
    const fn row(self) -> (StatusCode, &'static str) {
        match self {
            Self::InvalidJson => (StatusCode::BAD_REQUEST, "The request is no JSON"),
            Self::InvalidField => (StatusCode::UNPROCESSABLE_ENTITY, "A field is not right"),
            Self::UnsupportedMediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The request must be JSON"),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The request is too large"),
            Self::NotSignedIn => (StatusCode::UNAUTHORIZED, "Not signed in"),
            Self::WrongCredentials => (StatusCode::UNAUTHORIZED, "Address or password is wrong"),
            Self::NotAllowed => (StatusCode::FORBIDDEN, "Not for this account"),
            Self::CommonPassword => (StatusCode::UNPROCESSABLE_ENTITY, "The password is a common one"),
            Self::WrongPassword => (StatusCode::FORBIDDEN, "The password is wrong"),
            Self::NoLetters => (StatusCode::SERVICE_UNAVAILABLE, "This server sends no letters"),
            Self::EmailNotVerified => (StatusCode::FORBIDDEN, "The e-mail address is not verified"),
            Self::LinkNotValid => (StatusCode::GONE, "The link does not work any more"),
            Self::LastAdmin => (StatusCode::CONFLICT, "The last admin stays"),
            Self::LimitReached => (StatusCode::CONFLICT, "There are enough of these"),
            Self::AddressTaken => (StatusCode::CONFLICT, "This address has an account"),
            Self::CrossOrigin => (StatusCode::FORBIDDEN, "The request came from another site"),
            Self::NotFound => (StatusCode::NOT_FOUND, "Nothing is here"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "Not with this method"),
            Self::ProjectNotFound => (StatusCode::NOT_FOUND, "No such project"),
            Self::ImageNotFound => (StatusCode::NOT_FOUND, "No such image"),
            Self::NotAPicture => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The file is no picture that can be read")
            }
            Self::NoStarIndex => (StatusCode::SERVICE_UNAVAILABLE, "No star index is installed"),
            Self::AlreadyPlacing => (StatusCode::CONFLICT, "Another picture of yours is being placed"),
            Self::PlacementNotFound => (StatusCode::NOT_FOUND, "No such placed picture"),
            Self::AssignmentNotFound => (StatusCode::NOT_FOUND, "No such assignment"),
            Self::NotYourAssignment => (StatusCode::FORBIDDEN, "The assignment is someone else's"),
            Self::AlreadyAnswered => (StatusCode::CONFLICT, "The assignment is answered"),
            Self::AssignmentExpired => (StatusCode::GONE, "The assignment has expired"),
            Self::ClassificationNotFound => (StatusCode::NOT_FOUND, "No such classification"),
            Self::FeedbackShown => (StatusCode::CONFLICT, "The truth was shown"),
            Self::AlreadyRetracted => (StatusCode::CONFLICT, "The answer is taken back already"),
            Self::TooLateToRetract => (StatusCode::CONFLICT, "The answer is too old to be taken back"),
            Self::IdInUse => (StatusCode::CONFLICT, "The id is in use"),
            Self::SlugTaken => (StatusCode::CONFLICT, "The address is taken"),
            Self::EditedMeanwhile => (StatusCode::CONFLICT, "Somebody else has edited it"),
            Self::CertificateNotFound => (StatusCode::NOT_FOUND, "No such certificate"),
            Self::NothingToCertify => (StatusCode::CONFLICT, "There is nothing to certify yet"),
            Self::ImageStillOpen => (StatusCode::CONFLICT, "People are still asked about the image"),
            Self::QuizNotPassed => (StatusCode::FORBIDDEN, "The quiz comes first"),
            Self::NoQuiz => (StatusCode::NOT_FOUND, "There is no quiz"),
            Self::QuizNotFound => (StatusCode::NOT_FOUND, "No such attempt"),
            Self::QuizExpired => (StatusCode::GONE, "The attempt is too old"),
            Self::QuestionAnswered => (StatusCode::CONFLICT, "The question is answered"),
            Self::QuizUnfinished => (StatusCode::CONFLICT, "The quiz is not finished"),
            Self::TooManyRequests => (StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "The server is busy"),
            Self::TooSlow => (StatusCode::SERVICE_UNAVAILABLE, "The server took too long"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "A fault of the server"),
        }
    }

    /// The HTTP status that goes with this code.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        self.row().0
    }

    /// The code as it is written in JSON.
    pub(crate) fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            _ => "internal".to_owned(),
        }
    }
}

/// An error on its way to the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code:?}: {detail}")]
pub struct Problem {
    /// What kind.
    pub code: ProblemCode,
    /// What happened, what was kept and what to do, for a person.
    pub detail: String,
    /// The field at fault, if one is.
    pub field: Option<String>,
    /// Seconds after which it is worth trying again.
    pub retry_after_seconds: Option<u32>,
}

impl Problem {
    /// A problem without a field.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), field: None, retry_after_seconds: None }
    }

    /// A field that is missing, unknown or out of range.
    pub fn field(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::new(ProblemCode::InvalidField, detail) }
    }

    /// The caller has no valid session.
    #[must_use]
    pub fn not_signed_in() -> Self {
        Self::new(ProblemCode::NotSignedIn, "Sign in and try again.")
    }

    /// Too many requests; try again in `seconds`.
    #[must_use]
    pub fn too_many(seconds: u32) -> Self {
        let detail = format!("Please wait {seconds} s and try again; nothing was lost.");
        Self { retry_after_seconds: Some(seconds), ..Self::new(ProblemCode::TooManyRequests, detail) }
    }

    /// More waiting work than the server takes on.
    #[must_use]
    pub fn busy() -> Self {
        let detail = "Please try again in a few seconds; nothing was lost.";
        Self { retry_after_seconds: Some(2), ..Self::new(ProblemCode::Busy, detail) }
    }

    /// A fault of ours: the cause goes to the log, never to the client.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let cause = cause.into();
        let mut chain = cause.to_string();
        let mut deeper = cause.source();
        while let Some(source) = deeper {
            chain = format!("{chain}: {source}");
            deeper = source.source();
        }
        tracing::error!(cause = %chain, "request failed");
        let detail = "Something failed on the server. The request may be repeated safely; \
                      the request id in the header helps to find the cause.";
        Self::new(ProblemCode::Internal, detail)
    }
}

/// The body of every error.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemDetails {
    /// A URN made of the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:lensfinder:problem:invalid_field")]
    pub kind: String,
    /// The code in words; the same for all problems of one code.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What a client may branch on.
    pub code: ProblemCode,
    /// What happened this time and what to do, in English.
    pub detail: String,
    /// The field at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, title) = self.code.row();
        let details = ProblemDetails {
            kind: format!("urn:lensfinder:problem:{}", self.code.name()),
            title,
            status: status.as_u16(),
            code: self.code,
            detail: self.detail,
            field: self.field,
        };
        let mut response = (status, Json(details)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_carries_its_status_code_and_field() {
        let response = Problem::field("email", "too long").into_response();
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(ProblemCode::AddressTaken.name(), "address_taken");
    }

    #[test]
    fn waiting_time_is_in_the_header() {
        assert_eq!(Problem::too_many(7).into_response().headers()[header::RETRY_AFTER], "7");
    }
}
