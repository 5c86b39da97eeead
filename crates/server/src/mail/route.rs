//! How letters leave: over SMTP, or, while somebody works on the site, into a folder.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use domain::Timestamp;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt as _;

use super::letters::Letter;

/// Letters in the folder that are shown; the files of older ones stay.
const SHOWN: usize = 50;

/// Where letters go.
#[derive(Clone)]
pub enum MailRoute {
    /// Into a folder, one `.eml` file each: nobody gets them. The page `/dev/mail` shows them on this
    /// machine.
    Folder(PathBuf),
    /// To a mail server: `smtps://user:password@host:465`, or `smtp://…:587?tls=required`.
    Smtp(String),
}

impl fmt::Debug for MailRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => f.debug_tuple("Folder").field(folder).finish(),
            // Its address holds a password.
            Self::Smtp(_) => f.write_str("Smtp"),
        }
    }
}

/// How letters leave, and in whose name.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// Where they go.
    pub route: MailRoute,
    /// The sender: `Lensfinder <lens@example.org>`.
    pub from: String,
}

impl MailSettings {
    /// Says what is wrong, before the first letter does.
    ///
    /// # Errors
    /// When the sender is no address, or the mail server's is none that letters can go to.
    pub fn check(&self) -> Result<(), String> {
        Carrier::new(self).map(drop)
    }
}

/// Why a letter did not leave.
#[derive(Debug)]
pub(super) struct NotSent {
    pub reason: String,
    /// Whether trying again is of no use.
    pub for_good: bool,
}

/// Takes letters where they go.
pub(super) struct Carrier {
    from: Mailbox,
    way: Way,
}

enum Way {
    Folder(PathBuf),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

impl Carrier {
    pub fn new(settings: &MailSettings) -> Result<Self, String> {
        let from = settings.from.parse().map_err(|error| {
            format!(
                "the sender of letters, {:?}, is no address ({error}); write Name <name@example.org>",
                settings.from
            )
        })?;
        let way = match &settings.route {
            MailRoute::Folder(folder) => Way::Folder(folder.clone()),
            MailRoute::Smtp(url) => {
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|error| {
                    format!("the address of the mail server cannot be used ({error}); write smtps://user:password@host:465")
                })?;
                Way::Smtp(transport.build())
            }
        };
        Ok(Self { from, way })
    }

    pub async fn carry(&self, letter: &Letter, now: Timestamp) -> Result<(), NotSent> {
        let message = self.message(letter, now).map_err(|reason| NotSent { reason, for_good: true })?;
        match &self.way {
            Way::Folder(folder) => put(folder, letter, &message, now)
                .await
                .map_err(|error| NotSent { reason: error.to_string(), for_good: false }),
            Way::Smtp(transport) => transport
                .send(message)
                .await
                .map(drop)
                .map_err(|error| NotSent { for_good: error.is_permanent(), reason: error.to_string() }),
        }
    }

    fn message(&self, letter: &Letter, now: Timestamp) -> Result<Message, String> {
        let to = letter.to.parse().map_err(|error| format!("no address: {error}"))?;
        // So that no machine answers, and no holiday notice comes back.
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject.clone())
            .date(now.into())
            .message_id(None)
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|error| error.to_string())
    }
}

/// A letter in the folder, as `/dev/mail` shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KeptLetter {
    pub at: DateTime<Utc>,
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// Writes a letter twice: as it would be sent, and readable.
async fn put(folder: &Path, letter: &Letter, message: &Message, now: Timestamp) -> std::io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    let unique = getrandom::u32().unwrap_or_default();
    let name = format!("{}-{unique:08x}", now.format("%Y%m%dT%H%M%S%6f"));
    write_private(&folder.join(format!("{name}.eml")), &message.formatted()).await?;
    let kept = KeptLetter {
        at: now,
        to: letter.to.clone(),
        subject: letter.subject.clone(),
        text: letter.text.clone(),
    };
    let json = serde_json::to_vec_pretty(&kept)?;
    write_private(&folder.join(format!("{name}.json")), &json).await
}

/// Letters hold links that open accounts: only who runs the server may read them.
async fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(path).await?;
    file.write_all(bytes).await?;
    file.flush().await
}

/// The latest letters of a folder, the last first. Files that are no letters are passed over.
pub(crate) async fn kept(folder: &Path) -> std::io::Result<Vec<KeptLetter>> {
    let mut names = Vec::new();
    let mut files = match tokio::fs::read_dir(folder).await {
        Ok(files) => files,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    while let Some(file) = files.next_entry().await? {
        let path = file.path();
        if path.extension().is_some_and(|end| end == "json") {
            names.push(path);
        }
    }
    names.sort();
    let mut letters = Vec::new();
    for path in names.into_iter().rev().take(SHOWN) {
        let bytes = tokio::fs::read(path).await?;
        letters.extend(serde_json::from_slice::<KeptLetter>(&bytes).ok());
    }
    Ok(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(route: MailRoute, from: &str) -> MailSettings {
        MailSettings { route, from: from.to_owned() }
    }

    #[test]
    fn wrong_settings_are_named_and_no_password_is_shown() {
        let folder = MailRoute::Folder("mail".into());
        assert!(settings(folder.clone(), "Lensfinder <lens@example.org>").check().is_ok());
        assert!(settings(folder, "Lensfinder").check().expect_err("no address").contains("Name <"));
        let smtp = |url: &str| settings(MailRoute::Smtp(url.to_owned()), "a@example.org");
        assert!(smtp("smtps://me:secret@mail.example.org:465").check().is_ok());
        assert!(smtp("http://mail.example.org").check().is_err());
        assert!(!format!("{:?}", smtp("smtps://me:secret@x")).contains("secret"));
    }

    #[tokio::test]
    async fn a_letter_in_the_folder_can_be_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let carrier = Carrier::new(&settings(MailRoute::Folder(folder.path().into()), "a@example.org"));
        let letter =
            Letter { to: "mira@example.org".into(), subject: "你好".into(), text: "一封信\n".into() };
        let now = DateTime::UNIX_EPOCH;
        carrier.expect("a carrier").carry(&letter, now).await.expect("written");
        let found = kept(folder.path()).await.expect("readable");
        assert_eq!(
            (found.len(), found[0].text.as_str(), found[0].to.as_str()),
            (1, "一封信\n", "mira@example.org")
        );
        let eml = std::fs::read_dir(folder.path()).expect("files");
        let eml =
            eml.filter_map(Result::ok).find(|file| file.path().extension().is_some_and(|end| end == "eml"));
        let text = std::fs::read_to_string(eml.expect("a message").path()).expect("ASCII");
        assert!(
            text.contains("Auto-Submitted: auto-generated") && text.contains("To: mira@example.org"),
            "{text}"
        );
    }

    /// A mail server for one visit, which answers `RCPT` like this and returns the letter it was given.
    fn mail_server(to_recipient: &'static str) -> (String, std::thread::JoinHandle<String>) {
        use std::io::{BufRead as _, BufReader, Write as _};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("smtp://{}", listener.local_addr().expect("bound"));
        let serve = move || {
            let (stream, _) = listener.accept().expect("a visitor");
            let mut out = stream.try_clone().expect("a stream");
            let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
            let mut letter = String::new();
            write!(out, "220 mail.test\r\n").expect("open");
            while let Some(line) = lines.next() {
                let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                    "RCPT" => to_recipient,
                    "DATA" => {
                        write!(out, "354 go on\r\n").expect("open");
                        letter = lines.by_ref().take_while(|line| line != ".").collect::<Vec<_>>().join("\n");
                        "250 kept"
                    }
                    "QUIT" => "221 bye",
                    _ => "250 fine",
                };
                if write!(out, "{answer}\r\n").is_err() || line == "QUIT" {
                    break;
                }
            }
            letter
        };
        (url, std::thread::spawn(serve))
    }

    async fn carried(url: String) -> Result<(), NotSent> {
        let carrier = Carrier::new(&settings(MailRoute::Smtp(url), "Lens <lens@example.org>"));
        let letter =
            Letter { to: "mira@example.org".into(), subject: "Hello".into(), text: "A letter.\n".into() };
        carrier.expect("a carrier").carry(&letter, DateTime::UNIX_EPOCH).await
    }

    #[tokio::test]
    async fn a_letter_leaves_over_smtp() {
        let (url, server) = mail_server("250 fine");
        carried(url).await.expect("sent");
        let letter = server.join().expect("no panic");
        assert!(letter.contains("To: mira@example.org") && letter.contains("A letter."), "{letter}");
    }

    #[tokio::test]
    async fn what_a_mail_server_refuses_for_good_is_not_tried_again_and_the_rest_is() {
        let (url, _server) = mail_server("550 nobody of that name");
        assert!(carried(url).await.expect_err("refused").for_good);
        let (url, _server) = mail_server("451 come back later");
        assert!(!carried(url).await.expect_err("not now").for_good);
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
        assert!(!carried(format!("smtp://{port}")).await.expect_err("nobody listens").for_good);
    }
}
