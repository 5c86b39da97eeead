//! HTTP over plain or encrypted connections, as little as the service needs:
//! GET, one request at a time per connection, never more connections than
//! requests in the air, and an end to every wait. Redirects, repeats and pace
//! are [`crate::run()`]'s.

use std::{
    future::Future,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::Clock;
use http_body_util::{BodyExt as _, Empty};
use hyper::{
    Request, Uri,
    body::{Bytes, Incoming},
    client::conn::http1::{self, SendRequest},
    header::{self, HeaderMap, HeaderValue},
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpStream,
    task::JoinHandle,
    time::{timeout, timeout_at},
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName},
};

use crate::{Answer, DownloadError, Settings};

/// No answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No connection.
    #[error("cannot connect to {host}: {reason}")]
    Connect {
        /// The server.
        host: String,
        /// Why.
        reason: String,
    },
    /// The connection broke, or what came was no HTTP.
    #[error("the answer broke off: {0}")]
    Broken(String),
    /// Nothing came for too long.
    #[error("no answer within {} s ({during})", after.as_secs_f64())]
    Timeout {
        /// The limit.
        after: Duration,
        /// What was waited for.
        during: &'static str,
    },
    /// The answer is longer than any cutout of this size.
    #[error("the answer has more than {limit} bytes, which no such cutout has")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
}

/// Something that answers requests: the real service, or a test's.
pub trait Service: Send + Sync {
    /// Sends a GET for this path (with query, below the service's address) and waits for the answer.
    fn get(&self, path: &str) -> impl Future<Output = Result<Answer, Trouble>> + Send;

    /// Name of the server, for messages.
    fn host(&self) -> String;

    /// The path below the service's address that a redirect leads to; `None` when it leads elsewhere.
    fn follow(&self, location: &str) -> Option<String>;
}

/// A connection nobody uses at the moment.
struct Line {
    sender: SendRequest<Empty<Bytes>>,
    driver: JoinHandle<()>,
}

impl Line {
    /// Ends when the socket is closed.
    async fn close(self) {
        drop(self.sender);
        self.driver.abort();
        let _ = self.driver.await;
    }
}

/// The client of one service.
pub struct Client {
    scheme: String,
    host: String,
    port: u16,
    /// Path of the service's address without a slash at the end.
    base: String,
    agent: HeaderValue,
    tls: TlsConnector,
    idle: Mutex<Vec<Line>>,
    clock: Arc<dyn Clock>,
    connect_timeout: Duration,
    idle_timeout: Duration,
    total_timeout: Duration,
    most_bytes: u64,
}

impl Client {
    /// A client for the service of these settings, which are checked.
    ///
    /// # Errors
    /// When the address is none, or the settings are not polite.
    pub fn new(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, DownloadError> {
        let url = &settings.recipe.source;
        let wrong = |reason: &str| DownloadError::Setting {
            field: "--url",
            reason: format!("is {url:?}; {reason}, such as https://www.legacysurvey.org/viewer"),
        };
        let uri: Uri = url.parse().map_err(|_| wrong("write an address"))?;
        let scheme = uri.scheme_str().ok_or_else(|| wrong("write an address with http:// or https://"))?;
        let usual = match scheme {
            "https" => 443,
            "http" => 80,
            _ => return Err(wrong("only http and https are known; write an address")),
        };
        let authority = uri.authority().ok_or_else(|| wrong("write an address with a host"))?;
        if authority.as_str().contains('@') || uri.query().is_some() {
            return Err(wrong("write an address without names, passwords and questions"));
        }
        let host = uri.host().ok_or_else(|| wrong("write an address with a host"))?;
        let host = host.trim_matches(['[', ']']).to_owned();
        settings.check(is_own_machine(&host))?;
        let version = env!("CARGO_PKG_VERSION");
        let agent = format!("lensfinder/{version} (contact: {})", settings.contact);
        let agent = HeaderValue::from_str(&agent).map_err(|_| wrong("write an address"))?;
        Ok(Self {
            scheme: scheme.to_owned(),
            host,
            port: uri.port_u16().unwrap_or(usual),
            base: uri.path().trim_end_matches('/').to_owned(),
            agent,
            tls: tls()?,
            idle: Mutex::default(),
            clock,
            connect_timeout: settings.connect_timeout,
            idle_timeout: settings.idle_timeout,
            total_timeout: settings.total_timeout,
            most_bytes: settings.recipe.most_bytes(),
        })
    }

    fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match (self.scheme.as_str(), self.port) {
            ("http", 80) | ("https", 443) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }

    /// A waiting connection that is still good, or a new one.
    async fn line(&self) -> Result<Line, Trouble> {
        let waiting = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(line) = waiting {
            if !line.sender.is_closed() && !line.driver.is_finished() {
                return Ok(line);
            }
            line.close().await;
        }
        let failed = |reason: String| Trouble::Connect { host: self.authority(), reason };
        let connect = async {
            let address = (self.host.as_str(), self.port);
            let socket = TcpStream::connect(address).await.map_err(|error| failed(error.to_string()))?;
            let _ = socket.set_nodelay(true);
            if self.scheme == "http" {
                return shake(TokioIo::new(socket)).await.map_err(|error| failed(error.to_string()));
            }
            let name = ServerName::try_from(self.host.clone()).map_err(|error| failed(error.to_string()))?;
            let tls = self.tls.connect(name, socket).await.map_err(|error| failed(error.to_string()))?;
            shake(TokioIo::new(tls)).await.map_err(|error| failed(error.to_string()))
        };
        let late = Trouble::Timeout { after: self.connect_timeout, during: "connecting" };
        timeout(self.connect_timeout, connect).await.map_err(|_| late)?
    }

    async fn exchange(&self, line: &mut Line, path: &str) -> Result<Answer, Trouble> {
        let broken = |error: hyper::Error| Trouble::Broken(with_causes(&error));
        let silent = |during| move |_| Trouble::Timeout { after: self.idle_timeout, during };
        let request = Request::get(format!("{}{path}", self.base))
            .header(header::HOST, self.authority())
            .header(header::USER_AGENT, self.agent.clone())
            .header(header::ACCEPT, "*/*")
            .header(header::ACCEPT_ENCODING, "identity")
            .body(Empty::new())
            .map_err(|error| Trouble::Broken(error.to_string()))?;
        let response = timeout(self.idle_timeout, line.sender.send_request(request))
            .await
            .map_err(silent("waiting for the answer"))?
            .map_err(broken)?;
        let headers = response.headers();
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut answer = Answer {
            status: response.status().as_u16(),
            encoding: text(header::CONTENT_ENCODING),
            location: text(header::LOCATION),
            retry_after: self.retry_after(headers),
            body: Vec::new(),
        };
        let announced = text(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
        if announced.is_some_and(|length| length > self.most_bytes) {
            return Err(Trouble::TooLarge { limit: self.most_bytes });
        }
        let mut body: Incoming = response.into_body();
        while let Some(frame) =
            timeout(self.idle_timeout, body.frame()).await.map_err(silent("within the answer"))?
        {
            let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
            if (answer.body.len() + data.len()) as u64 > self.most_bytes {
                return Err(Trouble::TooLarge { limit: self.most_bytes });
            }
            answer.body.extend_from_slice(&data);
        }
        Ok(answer)
    }

    /// `Retry-After`: seconds, or a date.
    fn retry_after(&self, headers: &HeaderMap) -> Option<Duration> {
        let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let at = httpdate::parse_http_date(text).ok()?;
        let at = at.duration_since(std::time::UNIX_EPOCH).ok()?;
        let now = u64::try_from(self.clock.now().timestamp()).ok()?;
        Some(at.saturating_sub(Duration::from_secs(now)))
    }
}

impl Service for Client {
    async fn get(&self, path: &str) -> Result<Answer, Trouble> {
        let mut line = self.line().await?;
        let deadline = tokio::time::Instant::now() + self.total_timeout;
        let late = Trouble::Timeout { after: self.total_timeout, during: "the whole answer" };
        let answer = timeout_at(deadline, self.exchange(&mut line, path)).await.unwrap_or(Err(late));
        if answer.is_ok() && line.sender.ready().await.is_ok() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        } else {
            line.close().await;
        }
        answer
    }

    fn host(&self) -> String {
        self.authority()
    }

    fn follow(&self, location: &str) -> Option<String> {
        let target: Uri = location.parse().ok()?;
        if let Some(authority) = target.authority() {
            let port =
                target.port_u16().unwrap_or(if target.scheme_str() == Some("https") { 443 } else { 80 });
            let host = authority.host().trim_matches(['[', ']']);
            let same = target.scheme_str() == Some(&self.scheme) && port == self.port;
            if !same || !host.eq_ignore_ascii_case(&self.host) {
                return None;
            }
        }
        let path = target.path_and_query()?.as_str();
        path.strip_prefix(self.base.as_str()).filter(|rest| rest.starts_with('/')).map(str::to_owned)
    }
}

/// Whether the host is this machine, where nobody else is disturbed.
pub(crate) fn is_own_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

async fn shake<T>(io: TokioIo<T>) -> hyper::Result<Line>
where
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
{
    let (sender, connection) = http1::handshake(io).await?;
    let driver = tokio::spawn(async move {
        // A failure reaches the request that waits.
        let _ = connection.await;
    });
    Ok(Line { sender, driver })
}

/// Certificates of the usual authorities, compiled in.
fn tls() -> Result<TlsConnector, DownloadError> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| DownloadError::Setting { field: "TLS", reason: error.to_string() })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}
