//! What stops a crowd.

/// Why the crowd could not go on. Votes that were acknowledged are safe in every case.
#[derive(Debug, thiserror::Error)]
pub enum CrowdError {
    /// A setting makes no sense.
    #[error("the crowd's setting `{field}` makes no sense: {remedy}")]
    Config {
        /// Which.
        field: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// The simulated crowd must never vote on somebody else's server.
    #[error("a simulated crowd votes only on this machine; {url} is not a loopback address")]
    NotLoopback {
        /// What was asked for.
        url: String,
    },
    /// No connection, again and again.
    #[error("the server did not answer ({what}) in {attempts} attempts; is it running?")]
    Unreachable {
        /// The request.
        what: String,
        /// How often it was made.
        attempts: u32,
        /// The last failure.
        #[source]
        source: reqwest::Error,
    },
    /// The server said no where it should not.
    #[error("the server refused to {what}: {status} {code}: {detail}")]
    Refused {
        /// The request.
        what: String,
        /// HTTP status.
        status: u16,
        /// The problem's code.
        code: String,
        /// The problem's words.
        detail: String,
    },
    /// The answer is not what the API promises.
    #[error("the server's answer is not what its API promises ({what}): {problem}")]
    Protocol {
        /// The request.
        what: String,
        /// What is wrong with the answer.
        problem: String,
    },
    /// The person asked to stop.
    #[error(transparent)]
    Cancelled(#[from] domain::Cancelled),
}
