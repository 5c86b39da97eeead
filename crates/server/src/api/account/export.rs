//! `GET /api/v1/me/export`: everything that is kept about a person, as one file. The answers are read
//! page by page while the file is on its way, so it may be long.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::ProjectId;
use futures::{StreamExt as _, stream};
use serde::Serialize;
use serde_json::{Value, json};
use store::{HistoryRow, Since, Told, Volunteer};
use uuid::Uuid;

use crate::{
    account::{session::InPerson, settings::Settings},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

/// Role changes copied; nobody has nearly as many.
const MOST_CHANGES: u32 = 1_000;

/// One answer, as its owner may see it.
#[derive(Serialize)]
struct Vote<'a> {
    project: &'a str,
    number: u64,
    id: Uuid,
    image: Option<String>,
    answer: &'static str,
    seconds: Option<f64>,
    mark: Option<[f64; 2]>,
    at: DateTime<Utc>,
    taken_back: bool,
    /// The truth, where it was shown.
    shown: Option<Shown>,
    since: &'static str,
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct Shown {
    truth: &'static str,
    kind: Option<String>,
}

/// Everything kept about whoever is signed in, as one JSON file to keep.
#[utoipa::path(
    get, path = "/api/v1/me/export", tag = "accounts", security(("session" = [])),
    responses(
        (
            status = 200, description = "A file", body = serde_json::Value,
            headers(("Content-Disposition", description = "The name of the file"))
        ),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed` (with a token)", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn export(me: InPerson, State(state): State<AppState>) -> Result<Response, Problem> {
    state.limiters.volunteers.take(me.volunteer.id, state.clock.now())?;
    let mut projects = Vec::new();
    for id in state.store.projects_of(me.volunteer.id).await? {
        if let Some(project) = state.store.project_by_id(id).await? {
            projects.push((id, project.slug));
        }
    }
    let head = head(&state, &me.volunteer).await?;
    // The head is an object; the answers become its last field.
    let head = head.trim_end().strip_suffix('}').unwrap_or_default().trim_end().to_owned();
    let begin = stream::iter([Ok(head + ",\n  \"answers\": [\n")]);
    let answers = answers(&state, &me.volunteer, projects);
    let end = stream::iter([Ok("\n  ]\n}\n".to_owned())]);
    // An answer that cannot be read breaks the transfer off: half a file must not look whole.
    let body = Body::from_stream(begin.chain(answers).chain(end));
    let name = format!("attachment; filename=\"lensfinder-{}.json\"", state.clock.now().format("%Y-%m-%d"));
    let name = HeaderValue::try_from(name).map_err(Problem::internal)?;
    let kind = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], body).into_response())
}

/// What there is about a person besides their answers.
async fn head(state: &AppState, who: &Volunteer) -> Result<String, Problem> {
    let sessions = state.store.sessions_of(who.id).await?;
    let tokens = state.store.api_tokens(who.id).await?;
    let changes = state.store.rank_changes(Some(who.id), None, MOST_CHANGES).await?;
    let feedback = state.store.own_feedback(who.id).await?;
    let attempts = state.store.own_quiz_attempts(who.id).await?;
    let pictures = state.store.placements_of(who.id, None, u32::MAX).await?;
    let value = json!({
        "what": "everything Lensfinder keeps about this account",
        "left_out": "the password (only a hash of it is kept, which says nothing), and which images without \
                     a shown solution were training images: that is told to nobody",
        "made_at": state.clock.now(),
        "account": {
            "id": who.id.0,
            "email": who.email,
            "email_verified_at": who.email_verified_at,
            "display_name": who.display_name,
            "created_at": who.created_at,
            "role": who.role,
        },
        "settings": Settings::of(who),
        "sessions": sessions.iter().map(|row| json!({
            "browser": row.origin.browser, "system": row.origin.system, "way": row.origin.way.name(),
            "created_at": row.created_at, "last_seen_at": row.last_seen_at, "expires_at": row.expires_at,
        })).collect::<Vec<Value>>(),
        "tokens": tokens.iter().map(|row| json!({
            "name": row.name, "scope": row.scope.name(), "created_at": row.created_at,
            "last_used_at": row.last_used_at, "expires_at": row.expires_at,
        })).collect::<Vec<Value>>(),
        "role_changes": changes.iter().map(|row| json!({
            "from": row.from, "to": row.to, "cause": row.cause.name(), "at": row.at,
        })).collect::<Vec<Value>>(),
        "quiz": attempts.iter().map(|row| json!({
            "project": row.project, "score": row.score, "passed": row.passed,
            "started_at": row.started_at, "finished_at": row.finished_at,
        })).collect::<Vec<Value>>(),
        "feedback": feedback.iter().map(|row| json!({
            "about": row.about, "text": row.text, "page": row.page, "at": row.at,
        })).collect::<Vec<Value>>(),
        "placed_pictures": pictures.iter().map(|row| json!({
            "file_name": row.file_name, "at": row.at, "result": row.result, "note": row.note,
            "sent_at": row.sent_at,
            "picture": row.has_picture.then(|| format!("/api/v1/placements/{}/picture", row.id)),
        })).collect::<Vec<Value>>(),
    });
    serde_json::to_string_pretty(&value).map_err(Problem::internal)
}

/// All answers, a line each, with the commas between them.
fn answers(
    state: &AppState,
    who: &Volunteer,
    projects: Vec<(ProjectId, String)>,
) -> impl futures::Stream<Item = Result<String, Problem>> + Send + use<> {
    let (store, who) = (state.store.clone(), who.id);
    let rows = stream::iter(projects).flat_map(move |(project, slug)| {
        store.history_rows(project, who).map(move |row| (slug.clone(), row))
    });
    rows.enumerate().map(|(place, (slug, row))| {
        let line = serde_json::to_string(&vote(&slug, &row?)).map_err(Problem::internal)?;
        Ok(format!("{}    {line}", if place == 0 { "" } else { ",\n" }))
    })
}

fn vote<'a>(project: &'a str, row: &'a HistoryRow) -> Vote<'a> {
    Vote {
        project,
        number: row.number,
        id: row.id.0,
        image: row.image.as_ref().map(|image| image.digest.to_string()),
        answer: said(row.answer),
        seconds: row.seconds,
        mark: row.mark.map(|mark| [mark.x, mark.y]),
        at: row.at,
        taken_back: row.taken_back,
        shown: row.told.as_ref().map(shown),
        since: match row.since {
            Since::Quiet => "nothing decided, or no lens",
            Since::Candidate(_) => "became a candidate",
            Since::Contested => "people disagree",
        },
        note: row.note.as_deref(),
    }
}

fn shown(told: &Told) -> Shown {
    let truth = match told.label {
        domain::Label::Lens => "lens",
        domain::Label::NonLens => "no lens",
        domain::Label::Unknown => "withdrawn since",
    };
    Shown { truth, kind: told.kind.clone() }
}

const fn said(answer: domain::Answer) -> &'static str {
    match answer {
        domain::Answer::NoLens => "no_lens",
        domain::Answer::Unsure => "unsure",
        domain::Answer::Lens => "lens",
    }
}
