//! The OpenAPI document: the part that is not said by the endpoints themselves. The committed copy,
//! `web/openapi.json`, is what the typed client of the web app is generated from.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        self,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::problem::{ProblemCode, ProblemDetails};

/// Title, security scheme and the schemas every endpoint shares.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lensfinder",
        description = "Look at images of the sky together and find gravitational lenses. \
                       Every error is an `application/problem+json` with a stable `code`. \
                       A method that an address does not have is answered with 405, an address that does not \
                       exist with 404. Lists come in pages: give `next` as `after` until it is null.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(ProblemDetails, ProblemCode)),
    tags(
        (name = "accounts", description = "Accounts and sessions"),
        (name = "people", description = "Everybody with an account and their roles, for admins"),
        (name = "work", description = "Images handed out and the answers to them"),
        (name = "own work", description = "One's own numbers, history, candidates and certificate"),
        (name = "articles", description = "News and discoveries, and the leads who write them"),
        (name = "feedback", description = "What people write to the leads"),
        (name = "placing", description = "Pictures that people upload, placed on the sky"),
        (name = "projects", description = "What the projects are and how far they are"),
        (name = "teaching", description = "The entry quiz, practice and the gallery"),
        (name = "server", description = "The server itself")
    ),
    modifiers(&WaysIn)
)]
pub(crate) struct ApiDescription;

impl ApiDescription {
    pub fn document() -> openapi::OpenApi {
        Self::openapi()
    }
}

struct WaysIn;

impl Modify for WaysIn {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let description = "Set by signing in; `__Host-lensfinder_session` behind https.";
        let cookie = ApiKeyValue::with_description("lensfinder_session", description);
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        let description =
            "A token `lf_…` made in the settings, for scripts: `read` for GET, `work` also for answers.";
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description)).build();
        components.add_security_scheme("token", SecurityScheme::Http(token));
    }
}

/// The OpenAPI document of this server.
#[must_use]
pub fn openapi() -> openapi::OpenApi {
    crate::api::routers().2
}

/// The document as it is committed: indented, with a line end.
///
/// # Errors
/// Never in practice: the document is plain data.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    openapi().to_pretty_json().map(|json| json + "\n")
}
