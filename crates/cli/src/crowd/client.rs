//! The few requests the crowd makes. Each is repeated with the same ids and
//! growing pauses while the server does not answer; the server recognises a
//! repeated vote by its id.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use domain::{Answer, Digest};
use reqwest::{Method, StatusCode, Url, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{error::CrowdError, volunteer::Volunteer};

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Images handed to one person.
#[derive(Debug, Deserialize)]
pub struct Batch {
    pub assignments: Vec<Assignment>,
    pub nothing_left: bool,
}

/// One of them.
#[derive(Debug, Deserialize)]
pub struct Assignment {
    pub id: Uuid,
    image: Image,
}

#[derive(Debug, Deserialize)]
struct Image {
    url: String,
}

impl Assignment {
    /// The digest in the image's address.
    pub fn digest(&self) -> Result<Digest, CrowdError> {
        let name = self.image.url.rsplit('/').next().unwrap_or_default();
        let digest = name.split('.').next().unwrap_or_default();
        digest.parse().map_err(|_| CrowdError::Protocol {
            what: "ask for images".to_owned(),
            problem: format!("the image's address {:?} holds no digest", self.image.url),
        })
    }
}

/// One vote.
#[derive(Debug, Serialize)]
pub struct Ballot {
    pub id: Uuid,
    pub assignment_id: Uuid,
    pub answer: Answer,
}

/// What became of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Receipt {
    /// In the log; for a training image, whether the answer was right.
    Taken { feedback: Option<bool> },
    /// Too late.
    Expired,
    /// Answered before, under another id.
    AlreadyAnswered,
}

/// The server.
pub struct Api {
    http: reqwest::Client,
    base: Url,
    patience: Duration,
    retries: AtomicU64,
}

/// A response that arrived, whatever its status.
struct Reply {
    status: StatusCode,
    cookie: Option<String>,
    body: Value,
}

impl Api {
    /// Refuses servers on other machines.
    pub fn new(base_url: &str, patience: Duration) -> Result<Self, CrowdError> {
        let not_loopback = || CrowdError::NotLoopback { url: base_url.to_owned() };
        let base = Url::parse(base_url).map_err(|_| not_loopback())?;
        let host = base.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let is_loopback =
            host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        if !is_loopback {
            return Err(not_loopback());
        }
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30))
            .build()
            .map_err(|source| CrowdError::Unreachable { what: "prepare".to_owned(), attempts: 0, source })?;
        Ok(Self { http, base, patience, retries: AtomicU64::new(0) })
    }

    /// How many requests were made again.
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    /// Images for one person.
    pub async fn assignments(&self, person: &mut Volunteer, project: &str) -> Result<Batch, CrowdError> {
        let path = format!("api/v1/projects/{project}/assignments");
        let reply =
            self.as_person(person, "ask for images", &path, &json!({ "count": person.batch })).await?;
        match reply.status {
            StatusCode::OK => read(reply.body, "ask for images"),
            _ => Err(refused(&reply, "hand out images")),
        }
    }

    /// One vote. A vote that cannot count any more is no error.
    pub async fn vote(&self, person: &mut Volunteer, ballot: &Ballot) -> Result<Receipt, CrowdError> {
        let body = json!(ballot);
        let reply = self.as_person(person, "vote", "api/v1/classifications", &body).await?;
        match reply.status {
            StatusCode::OK | StatusCode::CREATED => {
                let feedback = reply.body.get("feedback").and_then(|feedback| feedback.get("correct"));
                Ok(Receipt::Taken { feedback: feedback.and_then(Value::as_bool) })
            }
            StatusCode::GONE => Ok(Receipt::Expired),
            StatusCode::CONFLICT if code(&reply) == "already_answered" => Ok(Receipt::AlreadyAnswered),
            _ => Err(refused(&reply, "take a vote")),
        }
    }

    /// A request of somebody signed in; signs up or in first where needed, and once more if the
    /// session has ended.
    async fn as_person(
        &self,
        person: &mut Volunteer,
        what: &str,
        path: &str,
        body: &Value,
    ) -> Result<Reply, CrowdError> {
        for _ in 0..2 {
            if person.session.is_none() {
                person.session = Some(self.enter(person).await?);
            }
            let reply = self.send(what, path, body, person.session.as_deref()).await?;
            if reply.status != StatusCode::UNAUTHORIZED {
                return Ok(reply);
            }
            person.session = None;
        }
        let problem = "a fresh session is not accepted".to_owned();
        Err(CrowdError::Protocol { what: what.to_owned(), problem })
    }

    /// Signs up, or in where the account exists; returns the session cookie.
    async fn enter(&self, person: &Volunteer) -> Result<String, CrowdError> {
        let account = json!({
            "email": person.email,
            "display_name": person.display_name,
            "password": person.password,
        });
        let mut reply = self.send("sign up", "api/v1/accounts", &account, None).await?;
        if reply.status == StatusCode::CONFLICT && code(&reply) == "address_taken" {
            let credentials = json!({ "email": person.email, "password": person.password });
            reply = self.send("sign in", "api/v1/session", &credentials, None).await?;
        }
        if !reply.status.is_success() {
            return Err(refused(&reply, "let a simulated volunteer in"));
        }
        let no_cookie = || CrowdError::Protocol {
            what: "sign in".to_owned(),
            problem: "the answer sets no session cookie".to_owned(),
        };
        reply.cookie.ok_or_else(no_cookie)
    }

    /// Posts until something other than "later" comes back, for as long as patience lasts.
    async fn send(
        &self,
        what: &str,
        path: &str,
        body: &Value,
        session: Option<&str>,
    ) -> Result<Reply, CrowdError> {
        let url = self.base.join(path).map_err(|error| CrowdError::Protocol {
            what: what.to_owned(),
            problem: format!("no address can be made of {path:?}: {error}"),
        })?;
        let (mut pause, mut waited, mut attempts) = (FIRST_PAUSE, Duration::ZERO, 0);
        loop {
            attempts += 1;
            let outcome = self.post(url.clone(), body, session).await;
            let wait = match &outcome {
                Ok((reply, after)) => match reply.status {
                    StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => after.unwrap_or(pause),
                    status if status.is_server_error() => pause,
                    _ => {
                        return outcome
                            .map(|(reply, _)| reply)
                            .map_err(|source| unreachable(what, attempts, source));
                    }
                },
                Err(_) => pause,
            };
            if waited + wait > self.patience {
                return match outcome {
                    Ok((reply, _)) => Err(refused(&reply, what)),
                    Err(source) => Err(unreachable(what, attempts, source)),
                };
            }
            self.retries.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(wait).await;
            waited += wait;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// One attempt; with what `Retry-After` says.
    async fn post(
        &self,
        url: Url,
        body: &Value,
        session: Option<&str>,
    ) -> Result<(Reply, Option<Duration>), reqwest::Error> {
        let mut request = self.http.request(Method::POST, url).json(body);
        if let Some(session) = session {
            request = request.header(header::COOKIE, session);
        }
        let response = request.send().await?;
        let status = response.status();
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let cookie = text(header::SET_COOKIE).and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
        let after =
            text(header::RETRY_AFTER).and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
        // A body that is no JSON only matters where its content is needed.
        let body = serde_json::from_slice(&response.bytes().await?).unwrap_or(Value::Null);
        Ok((Reply { status, cookie, body }, after))
    }
}

fn unreachable(what: &str, attempts: u32, source: reqwest::Error) -> CrowdError {
    CrowdError::Unreachable { what: what.to_owned(), attempts, source }
}

fn read<T: DeserializeOwned>(body: Value, what: &str) -> Result<T, CrowdError> {
    serde_json::from_value(body)
        .map_err(|error| CrowdError::Protocol { what: what.to_owned(), problem: error.to_string() })
}

fn code(reply: &Reply) -> &str {
    reply.body.get("code").and_then(Value::as_str).unwrap_or_default()
}

fn refused(reply: &Reply, what: &str) -> CrowdError {
    let text = |key: &str| reply.body.get(key).and_then(Value::as_str).unwrap_or("-").to_owned();
    CrowdError::Refused {
        what: what.to_owned(),
        status: reply.status.as_u16(),
        code: text("code"),
        detail: text("detail"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_voted_on() {
        for good in ["http://127.0.0.1:8080", "http://localhost:1/", "http://[::1]:9"] {
            assert!(Api::new(good, Duration::ZERO).is_ok(), "{good}");
        }
        for bad in ["https://lens.example.org", "http://127.0.0.1.example.org", "http://10.0.0.1", "nonsense"]
        {
            assert!(matches!(Api::new(bad, Duration::ZERO), Err(CrowdError::NotLoopback { .. })), "{bad}");
        }
    }

    #[test]
    fn the_digest_is_read_from_the_address() {
        let digest = Digest::of(b"image");
        let assignment = |url: String| Assignment { id: Uuid::nil(), image: Image { url } };
        let good = assignment(format!("/api/v1/images/{digest}.webp"));
        assert_eq!(good.digest().expect("a digest"), digest);
        assert!(assignment("/api/v1/images/7.webp".to_owned()).digest().is_err());
    }
}
