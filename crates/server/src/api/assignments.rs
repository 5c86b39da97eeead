//! `POST /api/v1/projects/{slug}/assignments`: images to look at. Which slots hold training images
//! is decided here; which image fills a slot is decided by the store.

use axum::{Json, extract::State};
use domain::{AssignmentId, VolunteerId};
use serde::{Deserialize, Serialize};
use store::{Slot, Standing, TrainingPick};
use utoipa::ToSchema;

use crate::{
    account::session::SignedIn,
    extract::{JsonBody, Path},
    problem::{PROBLEM, Problem, ProblemDetails},
    quiz_gate, secret, skill,
    state::AppState,
    training::Skill,
};

use super::{no_project, views::Assignment};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// How many images, 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    count: u8,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Assignments {
    /// At most as many as were asked for.
    assignments: Vec<Assignment>,
    /// No image of the survey wants an answer from this volunteer now.
    nothing_left: bool,
}

/// Hands out images that the volunteer has not answered and does not hold.
#[utoipa::path(
    post, path = "/api/v1/projects/{slug}/assignments", tag = "work", security(("session" = [])),
    params(("slug" = String, Path, description = "The project")), request_body = Wanted,
    responses(
        (status = 200, description = "Images, perhaps none", body = Assignments),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`quiz_not_passed`", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`project_not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn assign(
    volunteer: SignedIn,
    State(state): State<AppState>,
    Path(slug): Path<String>,
    JsonBody(wanted): JsonBody<Wanted>,
) -> Result<Json<Assignments>, Problem> {
    if !(1..=5).contains(&wanted.count) {
        return Err(Problem::field("count", "Ask for 1 to 5 images at once."));
    }
    state.limiters.volunteers.take(volunteer.id(), state.clock.now())?;
    let standing = state.store.standing(&slug, volunteer.id()).await?.ok_or_else(no_project)?;
    quiz_gate::check(&state, standing.project, volunteer.id()).await?;
    let (first, skill) = (slots_so_far(&standing), skill::of(&standing));
    let slots = (first..first + u64::from(wanted.count))
        .map(|number| slot(&state, volunteer.id(), number, skill))
        .collect::<Result<_, _>>()?;
    let assigned = state.store.assign(standing.project, volunteer.id(), slots, state.config.lease).await?;
    let assignments = assigned.assignments.iter().map(|one| Assignment::of(one, &state)).collect();
    Ok(Json(Assignments { assignments, nothing_left: assigned.nothing_left }))
}

/// Images this volunteer answered or holds. An image that went back unanswered frees its slot's
/// number, and an undo keeps it, so that nobody can draw again until a slot turns out as wished.
const fn slots_so_far(standing: &Standing) -> u64 {
    standing.answered + standing.held
}

/// Whether a slot trains, and silently, follows from its number; which training image comes follows
/// from its random id, as it does for images of the survey: of a slot that is let go and asked for
/// again, neither brings back what it held.
fn slot(state: &AppState, volunteer: VolunteerId, number: u64, skill: Skill) -> Result<Slot, Problem> {
    let config = &state.config;
    // The same kind of random id for every image: an id must not tell which slots hold training images.
    let id = AssignmentId(secret::random_id()?);
    let training = config.training.is_training(state.seed, volunteer, number, skill).then(|| {
        let node = state.seed.child("training image").child(&id.to_string());
        let kind = (node.child("kind").to_u64() >> 11) as f64 / (1u64 << 53) as f64;
        TrainingPick { lens: kind < config.training_lens_share, pick: node.child("pick").to_u64() }
    });
    let silent = config.silent.is_silent(state.seed, volunteer, number, skill);
    Ok(Slot { id, training, silent })
}
