//! The HTTP server: accounts and sessions, images handed out and answers taken, live numbers, the
//! OpenAPI document and the embedded web app. It reads what the campaign wrote into the store and
//! never trains or scores; SQL is left to `store`, pages to `web/`.

mod account;
mod api;
mod app;
mod beat;
mod certificate;
mod claim;
mod client_address;
mod config;
mod etag;
mod extract;
mod headers;
mod lens_model;
mod mail;
mod markdown;
mod openapi;
mod openapi_common;
mod pagination;
mod pictures;
mod placing;
mod problem;
mod public_numbers;
mod quiz_draw;
mod quiz_gate;
mod ranking;
mod rate_limit;
mod request_id;
mod secret;
mod serve;
mod silence;
mod skill;
mod state;
mod status_feed;
mod store_errors;
mod team;
mod text;
mod training;
mod web;
mod work_settings;

pub use app::router;
pub use claim::{CLAIM_LIFETIME, claim_link};
pub use config::{PasswordCost, ServerConfig};
pub use mail::{MailRoute, MailSettings};
pub use openapi::{openapi, openapi_json};
pub use placing::PlacingSettings;
pub use problem::{Problem, ProblemCode};
pub use rate_limit::{Rate, RateLimits};
pub use serve::serve;
pub use silence::{SilentSchedule, SilentStep};
pub use state::{AppState, Shared};
pub use team::{Team, TeamMember};
pub use training::{Skill, TrainingSchedule, TrainingStep};
pub use work_settings::{WorkSettings, WorkSettingsError};
