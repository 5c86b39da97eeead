//! What people do with their own account.

mod address;
mod deletion;
mod details;
mod export;
mod password;
mod password_letter;
mod password_reset;
mod session_end;
mod sessions;
mod settings;
mod sign_out_everywhere;
mod token_end;
mod token_new;
mod tokens;
mod verification;
mod verification_letter;

pub(super) use verification::LinkSecret;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    problem::{Problem, ProblemCode},
    state::AppState,
};

/// All of them.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(details::details))
        .routes(routes!(settings::change_settings))
        .routes(routes!(password::change_password))
        .routes(routes!(address::change_address))
        .routes(routes!(verification::verify))
        .routes(routes!(verification_letter::send_again))
        .routes(routes!(password_letter::forgotten, password_reset::reset))
        .routes(routes!(sessions::sessions, sign_out_everywhere::sign_out_everywhere))
        .routes(routes!(session_end::end_session))
        .routes(routes!(tokens::tokens, token_new::new_token))
        .routes(routes!(token_end::end_token))
        .routes(routes!(export::export))
        .routes(routes!(deletion::delete_account))
}

/// Refuses what would need a letter on a server that sends none.
fn letters_leave(state: &AppState) -> Result<(), Problem> {
    if state.config.mail.is_some() {
        return Ok(());
    }
    Err(Problem::new(ProblemCode::NoLetters, "Ask the people who run this server."))
}
