//! What an operator can set about the server. Every number has a default that suits a small team on
//! one machine; the storage of these settings is left to the binary.

use std::{net::IpAddr, time::Duration};

use crate::{
    mail::MailSettings, placing::PlacingSettings, rate_limit::RateLimits, silence::SilentSchedule,
    team::Team, training::TrainingSchedule,
};

/// Settings of the server.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Behind https: the session cookie gets `Secure` and the `__Host-` prefix, and browsers are told
    /// to stay with https. Off for `http://127.0.0.1`.
    pub secure_cookies: bool,
    /// A session that nobody used for this long ends.
    pub session_idle: Duration,
    /// After this a session ends, however busy it was.
    pub session_lifetime: Duration,
    /// How long an image is kept for the volunteer it was handed to. The page renews it while visible.
    pub lease: Duration,
    /// When training images appear, by how many images and by how good an eye.
    pub training: TrainingSchedule,
    /// Which training images are never explained.
    pub silent: SilentSchedule,
    /// Share of lenses among the training images.
    pub training_lens_share: f64,
    /// Whether a project's entry quiz has to be passed before it hands images out. Off for simulated crowds.
    pub entry_quiz: bool,
    /// How letters leave; `None`: none is written, nobody can verify an address or forget a password.
    pub mail: Option<MailSettings>,
    /// Whether `/dev/mail` shows letters that lie in a folder, to a browser on this machine. Never behind a
    /// proxy on the same machine: everybody comes from there.
    pub show_letters: bool,
    /// Where people find this site, for links in letters: `https://lens.example.org`, no slash at the end.
    pub public_url: String,
    /// New accounts get ids that follow from address and seed, so that a simulated crowd is the same
    /// people in every run. Never for real people: their deleted accounts could be traced.
    pub repeatable_ids: bool,
    /// Per address and per volunteer; [`RateLimits::off`] for simulated crowds and tests.
    pub rate_limits: RateLimits,
    /// Peers whose `X-Forwarded-For` is believed. Empty: the peer is the client.
    pub trusted_proxies: Vec<IpAddr>,
    /// How much work one password hash takes.
    pub password_cost: PasswordCost,
    /// Whole requests (event streams excepted) end after this with `too_slow`.
    pub request_timeout: Duration,
    /// Largest request body in bytes.
    pub max_body_bytes: usize,
    /// How often the numbers of a watched project are read at most.
    pub status_interval: Duration,
    /// Answers that have to come in before the public numbers about images move, so that nobody can
    /// tell from them what became of one image.
    pub numbers_every_votes: u64,
    /// How often the ranking is reckoned at most, and how old an answer must be to count in it.
    pub ranking_every: Duration,
    /// Who runs this server.
    pub team: Team,
    /// Event streams open at once; more are refused with `busy`.
    pub max_event_streams: usize,
    /// Placing people's pictures on the sky.
    pub placing: PlacingSettings,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            secure_cookies: false,
            session_idle: Duration::from_secs(14 * 24 * 3600),
            session_lifetime: Duration::from_secs(90 * 24 * 3600),
            lease: Duration::from_secs(10 * 60),
            training: TrainingSchedule::default(),
            silent: SilentSchedule::default(),
            training_lens_share: 0.5,
            entry_quiz: true,
            show_letters: false,
            mail: None,
            public_url: "http://127.0.0.1:8080".to_owned(),
            repeatable_ids: false,
            rate_limits: RateLimits::default(),
            trusted_proxies: Vec::new(),
            password_cost: PasswordCost::default(),
            request_timeout: Duration::from_secs(30),
            max_body_bytes: 16 * 1024,
            status_interval: Duration::from_secs(1),
            numbers_every_votes: 20,
            ranking_every: Duration::from_secs(10 * 60),
            team: Team::default(),
            max_event_streams: 2_000,
            placing: PlacingSettings::default(),
        }
    }
}

/// Work factors of Argon2id. The default is the least that OWASP recommends (2024).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory per hash in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
}

impl Default for PasswordCost {
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }
}

impl PasswordCost {
    /// Hardly any work: for tests that sign up many people, never for real accounts.
    #[must_use]
    pub const fn for_tests() -> Self {
        Self { memory_kib: 8, passes: 1 }
    }
}
