//! Sending letters, behind the requests: each errand is a task of its own that looks up what it needs,
//! makes the link and tries again when the mail server does not answer. Waiting letters are lost when
//! the server stops (their links would have to lie somewhere in the clear): people ask for another.

use std::{sync::Arc, time::Duration};

use store::{LinkPurpose, NewLink, Volunteer};
use tokio::sync::Semaphore;

use super::{
    letters::{About, Letter},
    route::{Carrier, MailSettings},
};
use crate::{account::settings::Language, problem::Problem, secret::Secret, state::AppState};

/// Errands on their way at once; more are dropped, and the log says so.
const MOST_WAITING: u32 = 512;
/// Letters in the hands of the mail server at once.
const AT_ONCE: usize = 4;
/// After which time a letter is tried again, and again.
const TRY_AGAIN: [Duration; 4] =
    [Duration::from_secs(5), Duration::from_secs(30), Duration::from_secs(180), Duration::from_secs(900)];
/// How long the server waits at its end for letters on their way.
const LAST_LETTERS: Duration = Duration::from_secs(5);

const VERIFY_LIFETIME: Duration = Duration::from_secs(48 * 3600);
const RESET_LIFETIME: Duration = Duration::from_secs(3600);

/// Something to write to somebody.
pub(crate) enum Errand {
    /// Is this address theirs?
    Verify { volunteer: Box<Volunteer>, address: String },
    /// A new password, if the address has an account.
    Reset { address: String },
    /// To the old address: the account has another.
    AddressChanged { address: String, language: Language },
    /// The password was changed.
    PasswordChanged { address: String, language: Language },
}

/// The post office.
pub(crate) struct Post {
    carrier: Option<Arc<Carrier>>,
    waiting: Arc<Semaphore>,
    sending: Arc<Semaphore>,
}

impl Post {
    /// Without settings, or with wrong ones, no letters leave.
    pub fn new(settings: Option<&MailSettings>) -> Self {
        let carrier = settings.and_then(|settings| match Carrier::new(settings) {
            Ok(carrier) => Some(Arc::new(carrier)),
            Err(reason) => {
                tracing::error!(reason, "no letters will leave");
                None
            }
        });
        let (waiting, sending) = (Semaphore::new(MOST_WAITING as usize), Semaphore::new(AT_ONCE));
        Self { carrier, waiting: Arc::new(waiting), sending: Arc::new(sending) }
    }

    /// Takes an errand on, and returns at once.
    pub fn send(&self, state: &AppState, errand: Errand) {
        let Some(carrier) = self.carrier.clone() else { return };
        let Ok(place) = Arc::clone(&self.waiting).try_acquire_owned() else {
            tracing::warn!("a letter was dropped: too many are waiting");
            return;
        };
        let (state, sending) = (state.clone(), Arc::clone(&self.sending));
        tokio::spawn(async move {
            let _place = place;
            match write(&state, errand).await {
                Ok(Some(letter)) => deliver(&carrier, &state, &sending, &letter).await,
                Ok(None) => {}
                Err(problem) => tracing::warn!(%problem, "a letter could not be written"),
            }
        });
    }

    /// Waits a little for letters on their way.
    pub async fn finish(&self) {
        let all = self.waiting.acquire_many(MOST_WAITING);
        if tokio::time::timeout(LAST_LETTERS, all).await.is_err() {
            tracing::warn!("letters on their way are lost; people can ask for others");
        }
    }
}

async fn write(state: &AppState, errand: Errand) -> Result<Option<Letter>, Problem> {
    Ok(match errand {
        Errand::Verify { volunteer, address } => {
            let link = link(state, &volunteer, LinkPurpose::Verify, &address, VERIFY_LIFETIME).await?;
            let language = Language::of(&volunteer.language);
            Some(Letter::new(&address, language, About::Verify { link: &link }))
        }
        Errand::Reset { address } => {
            let Some(known) = state.store.credentials(&address).await? else { return Ok(None) };
            let volunteer = known.volunteer;
            let address = &volunteer.email;
            let link = link(state, &volunteer, LinkPurpose::Reset, address, RESET_LIFETIME).await?;
            let language = Language::of(&volunteer.language);
            Some(Letter::new(address, language, About::Reset { link: &link }))
        }
        Errand::AddressChanged { address, language } => {
            Some(Letter::new(&address, language, About::AddressChanged))
        }
        Errand::PasswordChanged { address, language } => {
            Some(Letter::new(&address, language, About::PasswordChanged))
        }
    })
}

/// Makes a link and keeps its digest. The secret stands behind a `#`, so that no server's log, ours
/// included, ever holds it.
async fn link(
    state: &AppState,
    volunteer: &Volunteer,
    purpose: LinkPurpose,
    address: &str,
    lifetime: Duration,
) -> Result<String, Problem> {
    let secret = Secret::generate()?;
    let email = address.to_owned();
    let new = NewLink { digest: secret.digest(), volunteer: volunteer.id, purpose, email, lifetime };
    state.store.create_link(new).await?;
    let page = match purpose {
        LinkPurpose::Verify => "verify",
        LinkPurpose::Reset => "reset",
    };
    Ok(format!("{}/{page}#{}", state.config.public_url, secret.text()))
}

async fn deliver(carrier: &Carrier, state: &AppState, sending: &Semaphore, letter: &Letter) {
    for wait in TRY_AGAIN.map(Some).into_iter().chain([None]) {
        let outcome = {
            let Ok(_turn) = sending.acquire().await else { return };
            carrier.carry(letter, state.clock.now()).await
        };
        let Err(error) = outcome else { return };
        let Some(wait) = wait.filter(|_| !error.for_good) else {
            tracing::warn!(reason = error.reason, "a letter was given up");
            return;
        };
        tracing::info!(reason = error.reason, again_s = wait.as_secs(), "a letter has to wait");
        tokio::time::sleep(wait).await;
    }
}
