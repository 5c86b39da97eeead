//! `PATCH /api/v1/me/settings`: what a person chose about the site.

use axum::{Json, extract::State};
use serde::Deserialize;
use store::{AccountChange, Preferences};
use utoipa::ToSchema;

use crate::{
    account::{
        profile,
        session::InPerson,
        settings::{Language, Theme},
    },
    api::views::Me,
    extract::JsonBody,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsChange {
    /// What other people see.
    #[schema(min_length = 1, max_length = 40)]
    display_name: Option<String>,
    /// Language of the pages and of letters.
    language: Option<Language>,
    theme: Option<Theme>,
    /// Whether single keys answer.
    shortcuts: Option<bool>,
    /// Smaller images, fewer of them ahead.
    data_saver: Option<bool>,
    /// Whether brightness and zoom stay from one image to the next.
    keep_view: Option<bool>,
    /// Whether others may see this person in the ranking; needs a verified address.
    in_ranking: Option<bool>,
}

/// Changes settings.
#[utoipa::path(
    patch, path = "/api/v1/me/settings", tag = "accounts", security(("session" = [])),
    request_body = SettingsChange,
    responses(
        (status = 200, description = "As they are now", body = Me),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 403, description = "`email_not_verified` (the ranking), `not_allowed` (with a token)",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn change_settings(
    me: InPerson,
    State(state): State<AppState>,
    JsonBody(wish): JsonBody<SettingsChange>,
) -> Result<Json<Me>, Problem> {
    state.limiters.volunteers.take(me.volunteer.id, state.clock.now())?;
    let display_name = wish.display_name.as_deref().map(profile::display_name).transpose()?;
    let before = me.volunteer.preferences;
    let preferences = Preferences {
        theme: wish.theme.map_or(before.theme, store::Theme::from),
        shortcuts: wish.shortcuts.unwrap_or(before.shortcuts),
        data_saver: wish.data_saver.unwrap_or(before.data_saver),
        keep_view: wish.keep_view.unwrap_or(before.keep_view),
        in_ranking: wish.in_ranking.unwrap_or(before.in_ranking),
    };
    let language = wish.language.map(|language| language.code().to_owned());
    let change = AccountChange { display_name, language, preferences: Some(preferences) };
    let changed = state.store.change_account(me.volunteer.id, change).await?;
    Me::of(&state, &changed).await.map(Json)
}
