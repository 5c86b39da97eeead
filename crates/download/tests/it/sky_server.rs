//! A server of cutouts for tests, written on bare sockets so that it can break
//! every rule on demand: it makes real FITS cubes with the documented header,
//! knows the edge of its survey, counts what it is asked, and misbehaves as told.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::SkyCoord;
use imaging::{
    Cube, TanWcs,
    fits::{self, Compression, Pixels},
    parse_bands,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// How a request is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Manner {
    /// The cutout.
    Good,
    /// The cutout, in drips that take some time.
    Drip,
    /// An error with this status, and perhaps a header line.
    Status(u16, Option<String>),
    /// A web page with status 200.
    Html,
    /// A JSON error with status 200.
    Json,
    /// Status 200 and nothing.
    Empty,
    /// The right length announced, the connection closed half-way.
    Reset,
    /// The right status, and a body that ends early as if that were all.
    Truncated,
    /// A cutout of half the size.
    WrongSize,
    /// A cutout of another place.
    WrongPlace,
    /// A cutout in other bands.
    WrongBands,
    /// A cutout with another pixel scale.
    WrongScale,
    /// Nothing for ever.
    Hang,
    /// Sends elsewhere.
    Redirect(String),
    /// Sends to the same question with `&again`, which is answered well.
    RedirectOnce,
    /// Packed with gzip, unasked.
    Gzip,
    /// Announces a terabyte.
    TooLarge,
    /// Sends without end, announcing nothing.
    Endless,
    /// No HTTP.
    Noise,
    /// Status 200 and a FITS header with `OVERLAP = F` and no pixels.
    NoPixels,
    /// Status 200 and a sentence.
    SaysNoOverlap,
}

/// A request.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Path and query.
    pub path: String,
    /// `User-Agent`.
    pub agent: String,
    /// Parameters by name.
    pub query: HashMap<String, String>,
    /// How often this position was asked for before.
    pub before: usize,
}

impl Asked {
    /// A number of the query.
    pub fn number(&self, name: &str) -> f64 {
        self.query[name].parse().unwrap()
    }

    /// Where.
    pub fn position(&self) -> SkyCoord {
        SkyCoord::new(self.number("ra"), self.number("dec")).unwrap()
    }
}

/// What the server has seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// Every request, in order.
    pub asked: Vec<Asked>,
    /// Connections open now.
    pub open: usize,
    /// Most connections open at once.
    pub most_open: usize,
}

type Choose = dyn Fn(&Asked) -> Manner + Send + Sync;

/// The server; it ends with the test.
pub struct SkyServer {
    /// Its address, as for `--url`.
    pub url: String,
    seen: Arc<Mutex<Seen>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for SkyServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SkyServer {
    /// Starts a server with these manners.
    pub async fn start(choose: impl Fn(&Asked) -> Manner + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/viewer", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Seen>> = Arc::default();
        let (choose, shared): (Arc<Choose>, _) = (Arc::new(choose), seen.clone());
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (choose, seen) = (choose.clone(), shared.clone());
                tokio::spawn(async move {
                    {
                        let mut seen = seen.lock().unwrap();
                        seen.open += 1;
                        seen.most_open = seen.most_open.max(seen.open);
                    }
                    let _ = talk(socket, &choose, &seen).await;
                    seen.lock().unwrap().open -= 1;
                });
            }
        });
        Self { url, seen, task }
    }

    /// Requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.seen.lock().unwrap().asked.clone()
    }

    /// Most connections at once.
    pub fn most_open(&self) -> usize {
        self.seen.lock().unwrap().most_open
    }
}

/// Answers one connection's requests until it ends.
async fn talk(mut socket: TcpStream, choose: &Arc<Choose>, seen: &Mutex<Seen>) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        while !buffer.windows(4).any(|window| window == b"\r\n\r\n") {
            if socket.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        let asked = parse(&String::from_utf8_lossy(&buffer), seen);
        buffer.clear();
        let manner = choose(&asked);
        seen.lock().unwrap().asked.push(asked.clone());
        if !answer(&mut socket, &asked, manner).await? {
            return Ok(());
        }
    }
}

fn parse(head: &str, seen: &Mutex<Seen>) -> Asked {
    let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let header = |name: &str| {
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(name));
        line.and_then(|line| line.split_once(':'))
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let pairs = path.split_once('?').unwrap_or_default().1.split('&');
    let query: HashMap<String, String> = pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let same = |asked: &&Asked| {
        asked.query.get("ra") == query.get("ra") && asked.query.get("dec") == query.get("dec")
    };
    let before = seen.lock().unwrap().asked.iter().filter(same).count();
    Asked { agent: header("user-agent"), path, query, before }
}

/// Sends an answer; `false` when the connection is over.
async fn answer(socket: &mut TcpStream, asked: &Asked, manner: Manner) -> std::io::Result<bool> {
    let plain = |status: u16, more: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{more}\r\n", body.len());
        [head.as_bytes(), body].concat()
    };
    let changed = |name: &str, value: &str| {
        let mut asked = asked.clone();
        asked.query.insert(name.to_owned(), value.to_owned());
        plain(200, "", &cutout(&asked))
    };
    let bytes = match manner {
        Manner::Good => plain(200, "Content-Type: image/fits\r\n", &cutout(asked)),
        Manner::Drip => {
            let bytes = plain(200, "", &cutout(asked));
            for piece in bytes.chunks(bytes.len().div_ceil(8)) {
                socket.write_all(piece).await?;
                tokio::time::sleep(Duration::from_millis(15)).await;
            }
            return Ok(true);
        }
        Manner::Status(status, more) => {
            plain(status, &more.map(|line| format!("{line}\r\n")).unwrap_or_default(), b"in trouble")
        }
        Manner::Html => {
            plain(200, "Content-Type: text/html\r\n", b"<!DOCTYPE html><html>We are back soon</html>")
        }
        Manner::Json => plain(200, "Content-Type: application/json\r\n", b"{\"error\": \"too busy\"}"),
        Manner::Empty => plain(200, "", b""),
        Manner::Reset => {
            let bytes = plain(200, "", &cutout(asked));
            socket.write_all(&bytes[..bytes.len() / 2]).await?;
            return Ok(false);
        }
        Manner::Truncated => {
            let body = cutout(asked);
            plain(200, "", &body[..body.len() / 2])
        }
        Manner::WrongSize => changed("size", "16"),
        Manner::WrongPlace => changed("dec", &(asked.number("dec") + 0.01).to_string()),
        Manner::WrongBands => changed("bands", "gri"),
        Manner::WrongScale => changed("pixscale", "0.3"),
        Manner::Hang => {
            let mut nothing = [0; 64];
            let _ = socket.read(&mut nothing).await?;
            return Ok(false);
        }
        Manner::Redirect(to) => plain(302, &format!("Location: {to}\r\n"), b""),
        Manner::RedirectOnce if asked.query.contains_key("again") => plain(200, "", &cutout(asked)),
        Manner::RedirectOnce => plain(302, &format!("Location: {}&again\r\n", asked.path), b""),
        Manner::Gzip => plain(200, "Content-Encoding: gzip\r\n", &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]),
        Manner::TooLarge => b"HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\nSIMPLE  =".to_vec(),
        Manner::Endless => {
            socket.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nSIMPLE  =").await?;
            loop {
                socket.write_all(&[b' '; 65536]).await?;
            }
        }
        Manner::NoPixels => plain(200, "Content-Type: image/fits\r\n", &no_pixels()),
        Manner::SaysNoOverlap => plain(200, "Content-Type: text/plain\r\n", b"No overlap"),
        Manner::Noise => b"220 mail.example.org ESMTP\r\n\r\n".to_vec(),
    };
    socket.write_all(&bytes).await?;
    Ok(true)
}

/// The cutout of a request. Below Dec −30° the planes are NaN, above 80° zero with `OVERLAP = F`, and
/// above 70° band z is zero.
pub fn cutout(asked: &Asked) -> Vec<u8> {
    let position = asked.position();
    let bands = parse_bands(&asked.query["bands"]).unwrap();
    let size = asked.query["size"].parse::<usize>().unwrap();
    let at = position.ra_deg + position.dec_deg;
    let mut data = Vec::new();
    for band in 0..bands.len() {
        data.extend((0..size * size).map(|i| match position.dec_deg {
            dec if dec < -30.0 => f32::NAN,
            dec if dec > 80.0 || (dec > 70.0 && band == 2) => 0.0,
            _ => (0.01 * (at + band as f64) + 1e-4 * (i % 89) as f64) as f32,
        }));
    }
    let wcs = TanWcs::north_up(position, size, size, asked.number("pixscale"));
    let cube = Cube::new(size, size, bands, data).unwrap().with_wcs(wcs);
    let mut file = fits::write(&cube, Compression::None).unwrap();
    let overlap = if position.dec_deg > 80.0 { "F" } else { "T" };
    add_cards(
        &mut file,
        &[("SURVEY", "'DECaLS'"), ("VERSION", "'DR9'"), ("IMAGETYP", "'image'"), ("OVERLAP", overlap)],
    );
    if asked.query.contains_key("invvar") {
        let ivar: Vec<f32> = (0..cube.data.len()).map(|i| if i % 50 == 0 { -1.0 } else { 1e4 }).collect();
        fits::append(&mut file, "invvar", &[size, size, cube.bands.len()], Pixels::Real(&ivar), Some(wcs))
            .unwrap();
    }
    if asked.query.contains_key("maskbits") {
        let mask: Vec<i32> = (0..size * size).map(|i| if i == size * size / 2 { 2 } else { 2048 }).collect();
        fits::append(&mut file, "maskbits", &[size, size], Pixels::Whole(&mask), Some(wcs)).unwrap();
    }
    file
}

/// A file of one header that says there is no image here.
fn no_pixels() -> Vec<u8> {
    let cards = [("SIMPLE", "T"), ("BITPIX", "8"), ("NAXIS", "0"), ("OVERLAP", "F")];
    let header = cards.map(|(name, value)| format!("{:<80}", format!("{name:<8}= {value:>20}"))).concat();
    format!("{:<2880}", header + "END").into_bytes()
}

/// Puts cards before END, which must leave room in its block.
fn add_cards(file: &mut [u8], cards: &[(&str, &str)]) {
    let mut at = (0..).step_by(80).find(|&at| file[at..].starts_with(b"END     ")).unwrap();
    assert!(at % 2880 + 80 * (cards.len() + 1) <= 2880, "no room for more cards");
    for (name, value) in cards {
        file[at..at + 80].copy_from_slice(format!("{:<80}", format!("{name:<8}= {value:>20}")).as_bytes());
        at += 80;
    }
    file[at..at + 80].copy_from_slice(format!("{:<80}", "END").as_bytes());
}
