//! Asking for the password again, before something that a stolen session must not do.

use domain::Digest;
use store::Volunteer;

use crate::{
    account::passwords::Verdict,
    problem::{Problem, ProblemCode},
    state::AppState,
};

/// Refuses unless this is the person's password. Wrong ones count like failed sign-ins.
pub(crate) async fn password(
    state: &AppState,
    volunteer: &Volunteer,
    password: String,
    field: &'static str,
) -> Result<(), Problem> {
    let account = key(&volunteer.email);
    state.limiters.accounts.take(account, state.clock.now())?;
    let stored = state.store.credentials(&volunteer.email).await?.map(|known| known.password_hash);
    if state.passwords.check(password, stored).await? == Verdict::Wrong {
        let detail = "This is not the password of this account.";
        let wrong = Problem::new(ProblemCode::WrongPassword, detail);
        return Err(Problem { field: Some(field.to_owned()), ..wrong });
    }
    state.limiters.accounts.give_back(account);
    Ok(())
}

/// An address as the limits count it.
pub(crate) fn key(email: &str) -> Digest {
    Digest::of(email.trim().to_lowercase().as_bytes())
}
