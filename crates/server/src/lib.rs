//! The HTTP server: accounts and sessions, images handed out and answers taken, live numbers, the
//! OpenAPI document and the embedded web app. It reads what the campaign wrote into the store and
//! never trains or scores; SQL is left to `store`, pages to `web/`.

mod account;
mod api;
mod app;
mod client_address;
mod config;
mod extract;
mod headers;
mod openapi;
mod problem;
mod public_numbers;
mod rate_limit;
mod request_id;
mod secret;
mod serve;
mod silence;
mod skill;
mod state;
mod status_feed;
mod store_errors;
mod training;
mod web;
mod work_settings;

pub use app::router;
pub use config::{PasswordCost, ServerConfig};
pub use openapi::{openapi, openapi_json};
pub use problem::{Problem, ProblemCode};
pub use rate_limit::{Rate, RateLimits};
pub use serve::serve;
pub use silence::{SilentSchedule, SilentStep};
pub use state::{AppState, Shared};
pub use training::{Skill, TrainingSchedule, TrainingStep};
pub use work_settings::{WorkSettings, WorkSettingsError};
