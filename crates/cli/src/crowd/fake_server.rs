//! A server for the crowd's own tests: the handful of routes it uses, a list of
//! images, and connections that break on purpose after the work was done.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
};

use domain::Digest;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use uuid::Uuid;

/// What the server remembers.
#[derive(Default)]
pub struct Memory {
    pub images: Vec<Digest>,
    /// Address to password.
    pub accounts: BTreeMap<String, String>,
    /// Assignment to (address, image).
    pub assignments: BTreeMap<Uuid, (String, Digest)>,
    /// The log: (vote id, address, image, answer), in the order it was written.
    pub votes: Vec<(Uuid, String, Digest, String)>,
    pub sign_ins: u32,
    /// Every so many requests the connection is cut after the work is done; 0 never.
    pub cut_every: u32,
    /// Every so many requests the server is too busy to do anything; 0 never.
    pub busy_every: u32,
    /// Every so many votes nothing is told after it, as of a silent training image; 0 never.
    pub silent_every: u32,
    /// Says that images are left and hands out none.
    pub holds_everything_back: bool,
    pub requests: u32,
}

/// The server; it lives as long as the test's runtime.
pub struct FakeServer {
    pub url: String,
    pub memory: Arc<Mutex<Memory>>,
}

impl FakeServer {
    pub async fn start(memory: Memory) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let memory = Arc::new(Mutex::new(memory));
        let shared = memory.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Self { url, memory }
    }

    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap()
    }
}

/// One connection, many requests.
async fn serve(mut stream: TcpStream, memory: Arc<Mutex<Memory>>) -> Option<()> {
    loop {
        let (head, body) = read_request(&mut stream).await?;
        let path = head.split(' ').nth(1)?.to_owned();
        let cookie = head.lines().find_map(|line| line.strip_prefix("cookie: session="));
        let cookie = cookie.unwrap_or_default().to_owned();
        let reply = {
            let mut memory = memory.lock().unwrap();
            memory.requests += 1;
            let due = |every: u32| every > 0 && memory.requests.is_multiple_of(every);
            let (is_cut, is_busy) = (due(memory.cut_every), due(memory.busy_every));
            let (status, body) =
                if is_busy { (503, json!({"code": "busy"})) } else { memory.answer(&path, &cookie, &body) };
            (!is_cut).then_some((status, body))
        };
        let (status, body) = reply?;
        let cookie = body
            .get("email")
            .and_then(Value::as_str)
            .map(|email| format!("set-cookie: session={email}; Path=/\r\n"));
        let body = body.to_string();
        let head = format!(
            "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\n{}content-length: {}\r\n\r\n",
            cookie.unwrap_or_default(),
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).await.ok()?;
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<(String, Value)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).ok()?.to_lowercase();
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse::<usize>().ok()?;
            if bytes.len() >= end + 4 + length {
                return Some((head, serde_json::from_slice(&bytes[end + 4..]).ok()?));
            }
        }
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&chunk[..read]);
    }
}

impl Memory {
    fn answer(&mut self, path: &str, email: &str, body: &Value) -> (u16, Value) {
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        match path {
            "/api/v1/accounts" if self.accounts.contains_key(&text("email")) => {
                (409, json!({"code": "address_taken"}))
            }
            "/api/v1/accounts" => {
                self.accounts.insert(text("email"), text("password"));
                (201, json!({"email": text("email")}))
            }
            "/api/v1/session" => {
                self.sign_ins += 1;
                let is_right = self.accounts.get(&text("email")) == Some(&text("password"));
                if is_right {
                    (200, json!({"email": text("email")}))
                } else {
                    (401, json!({"code": "wrong_credentials"}))
                }
            }
            _ if email.is_empty() => (401, json!({"code": "not_signed_in"})),
            "/api/v1/projects/sky/assignments" => self.hand_out(email, body["count"].as_u64().unwrap_or(0)),
            "/api/v1/classifications" => self.take(email, body),
            _ => (404, json!({"code": "not_found", "detail": path})),
        }
    }

    fn hand_out(&mut self, email: &str, count: u64) -> (u16, Value) {
        let seen: BTreeSet<Digest> =
            self.votes.iter().filter(|vote| vote.1 == email).map(|vote| vote.2).collect();
        let left: Vec<Digest> = self.images.iter().filter(|image| !seen.contains(*image)).copied().collect();
        let count = if self.holds_everything_back { 0 } else { count as usize };
        let mut assignments = Vec::new();
        for image in left.iter().take(count) {
            let id = Uuid::from_u128(self.assignments.len() as u128 + 1);
            self.assignments.insert(id, (email.to_owned(), *image));
            assignments.push(json!({"id": id, "image": {"url": format!("/api/v1/images/{image}.webp")}}));
        }
        (200, json!({"assignments": assignments, "nothing_left": left.is_empty()}))
    }

    fn take(&mut self, email: &str, body: &Value) -> (u16, Value) {
        let id = |key: &str| body[key].as_str().and_then(|text| text.parse::<Uuid>().ok());
        let (Some(vote), Some(assignment)) = (id("id"), id("assignment_id")) else {
            return (422, json!({"code": "invalid_field"}));
        };
        if self.votes.iter().any(|known| known.0 == vote) {
            return (200, json!({"id": vote, "feedback": null}));
        }
        match self.assignments.get(&assignment) {
            Some((owner, image)) if owner == email => {
                let answer = body["answer"].as_str().unwrap_or_default().to_owned();
                self.votes.push((vote, email.to_owned(), *image, answer));
                let is_silent =
                    self.silent_every > 0 && (self.votes.len() as u32).is_multiple_of(self.silent_every);
                let feedback = if is_silent { Value::Null } else { json!({"correct": true}) };
                (201, json!({"id": vote, "feedback": feedback}))
            }
            _ => (404, json!({"code": "assignment_not_found"})),
        }
    }
}
