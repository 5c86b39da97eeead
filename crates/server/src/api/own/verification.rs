//! `GET /api/v1/certificates/{code}`: whether a certificate is real. Whoever holds the paper learns
//! what is printed on it, and nothing else.

use axum::{Json, extract::State};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    certificate::read_code,
    client_address::ClientAddress,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct VerifiedCertificate {
    code: String,
    /// The name on it.
    name: String,
    /// Images looked at.
    images: u64,
    /// The day it was issued (UTC).
    issued_on: NaiveDate,
}

/// What a certificate with this code says. Case, hyphens and blanks in the code do not matter.
#[utoipa::path(
    get, path = "/api/v1/certificates/{code}", tag = "own work",
    params(("code" = String, Path, description = "The code on the certificate")),
    responses(
        (status = 200, description = "The certificate is real", body = VerifiedCertificate),
        (status = 404, description = "`certificate_not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn verification(
    State(state): State<AppState>,
    address: ClientAddress,
    Path(code): Path<String>,
) -> Result<Json<VerifiedCertificate>, Problem> {
    state.limiters.lessons.take(address.0, state.clock.now())?;
    let missing = || {
        let detail =
            "Compare the code with the paper, sign by sign. Who deletes their account takes it along.";
        Problem::new(ProblemCode::CertificateNotFound, detail)
    };
    let code = read_code(&code).ok_or_else(missing)?;
    let found = state.store.certificate(&code).await?.ok_or_else(missing)?;
    Ok(Json(VerifiedCertificate {
        code: found.code,
        name: found.display_name,
        images: found.images,
        issued_on: found.issued_at.date_naive(),
    }))
}
