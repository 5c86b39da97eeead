//! `GET /api/v1/me/certificate`: what one did, on a page to print. The first request of a day fixes
//! the numbers and the code; later ones give the same paper.

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, header},
};
use domain::VolunteerId;
use serde::Deserialize;
use store::{Certificate, NewCertificate, Volunteer};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use crate::{
    account::session::SignedIn,
    certificate::{Language, draw, new_code},
    extract::Query,
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

/// A language of the certificate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Lang {
    #[default]
    En,
    Zh,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CertificateQuery {
    /// `en` if not given.
    #[param(inline)]
    lang: Option<Lang>,
}

/// Pages drawn at once, so that they never keep the processors from those who answer.
static DRAWING: Semaphore = Semaphore::const_new(1);

/// A PDF of one page to keep.
pub(crate) type Paper = ([(HeaderName, HeaderValue); 2], Vec<u8>);

/// One's certificate of participation, over all projects. Needs a verified address and an answer.
#[utoipa::path(
    get, path = "/api/v1/me/certificate", tag = "own work", security(("session" = [])),
    params(CertificateQuery),
    responses(
        (
            status = 200, description = "The page", body = Vec<u8>, content_type = "application/pdf",
            headers(("Content-Disposition", description = "The name of the file"))
        ),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`email_not_verified`", body = ProblemDetails, content_type = PROBLEM),
        (status = 409, description = "`nothing_to_certify`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn certificate(
    volunteer: SignedIn,
    State(state): State<AppState>,
    Query(query): Query<CertificateQuery>,
) -> Result<Paper, Problem> {
    state.limiters.volunteers.take(volunteer.id(), state.clock.now())?;
    if volunteer.0.email_verified_at.is_none() {
        let detail = "Answer the letter that was sent to your address first; the settings can send it again.";
        return Err(Problem::new(ProblemCode::EmailNotVerified, detail));
    }
    let certificate = issued(&state, &volunteer.0).await?;
    let language = match query.lang.unwrap_or_default() {
        Lang::En => Language::English,
        Lang::Zh => Language::Chinese,
    };
    let name = format!("attachment; filename=\"lensfinder-{}.pdf\"", certificate.code);
    let site = state.config.public_url.clone();
    let turn = DRAWING.acquire().await.map_err(Problem::internal)?;
    let drawn = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        draw(&certificate, &site, language)
    });
    let drawn = drawn.await;
    let bytes = drawn.map_err(Problem::internal)?.map_err(Problem::internal)?;
    let name = HeaderValue::try_from(name).map_err(Problem::internal)?;
    let kind = HeaderValue::from_static("application/pdf");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], bytes))
}

async fn issued(state: &AppState, who: &Volunteer) -> Result<Certificate, Problem> {
    let new = work_of(state, who.id).await?.ok_or_else(|| {
        Problem::new(ProblemCode::NothingToCertify, "Look at an image first; one answer is enough.")
    })?;
    let new = NewCertificate { code: new_code()?, display_name: who.display_name.clone(), ..new };
    Ok(state.store.issue_certificate(new).await?)
}

/// What somebody did in all projects together; nothing before their first answer.
async fn work_of(state: &AppState, who: VolunteerId) -> Result<Option<NewCertificate>, Problem> {
    let mut sum: Option<NewCertificate> = None;
    for project in state.store.projects_of(who).await? {
        let numbers = state.store.own_numbers(project, who).await?;
        let (Some(first_at), Some(last_at), 1..) = (numbers.first_at, numbers.last_at, numbers.votes) else {
            continue;
        };
        let before = sum.take();
        let (images, candidates) = before.as_ref().map_or((0, 0), |sum| (sum.images, sum.candidates));
        sum = Some(NewCertificate {
            code: String::new(),
            volunteer: who,
            display_name: String::new(),
            images: images + numbers.votes,
            candidates: candidates + numbers.candidates,
            first_at: before.as_ref().map_or(first_at, |sum| sum.first_at.min(first_at)),
            last_at: before.as_ref().map_or(last_at, |sum| sum.last_at.max(last_at)),
        });
    }
    Ok(sum)
}
