//! Letters and what their links do: verifying an address, a forgotten password, another address.

use std::{path::PathBuf, sync::Mutex, time::Duration};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::{MailRoute, MailSettings, Rate, RateLimits, ServerConfig};
use tempfile::TempDir;
use testkit::{TestStore, both_stores};

use super::test_server::{Browser, PASSWORD, TestServer, ok, quick, refused};

const NEW_PASSWORD: &str = "a fast white dwarf";

/// A server whose letters lie in a folder.
struct Site {
    server: TestServer,
    folder: TempDir,
    found: Mutex<Vec<(PathBuf, Value)>>,
}

impl Site {
    async fn start(store: TestStore, config: ServerConfig) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mail = MailSettings {
            route: MailRoute::Folder(folder.path().to_owned()),
            from: "Lensfinder <lens@example.org>".to_owned(),
        };
        let config =
            ServerConfig { mail: Some(mail), public_url: "https://lens.example".to_owned(), ..config };
        Self { server: TestServer::start(store, config).await, folder, found: Mutex::default() }
    }

    /// Letters so far, the oldest first.
    fn letters(&self) -> Vec<Value> {
        let files = std::fs::read_dir(self.folder.path()).expect("a folder");
        let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|end| end == "json"));
        // In the order in which they were found: the clock of a test stands still, and that of the file
        // system ticks too slowly to tell two letters apart.
        let mut found = self.found.lock().expect("a list");
        for path in paths {
            let letter = std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
            if let Some(letter) = letter
                && found.iter().all(|(known, _)| *known != path)
            {
                found.push((path, letter));
            }
        }
        found.iter().map(|(_, letter)| letter.clone()).collect()
    }

    /// The letters once there are so many: they are written behind the requests.
    async fn wait_for(&self, count: usize) -> Vec<Value> {
        for _ in 0..200 {
            let letters = self.letters();
            if letters.len() >= count {
                return letters;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{} letters of {count}", self.letters().len());
    }

    /// The secret in the link of the last of `count` letters.
    async fn secret(&self, count: usize, page: &str) -> String {
        let letters = self.wait_for(count).await;
        let text = letters.last().and_then(|letter| letter["text"].as_str()).expect("words").to_owned();
        let start = format!("https://lens.example/{page}#");
        let link = text.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("{text}"));
        link[start.len()..].to_owned()
    }
}

async fn put(browser: &Browser, path: &str, body: Value) -> reqwest::Response {
    browser.request(Method::PUT, path).json(&body).send().await.expect("an answer")
}

async fn verify(browser: &Browser, secret: &str) -> reqwest::Response {
    browser.post("/api/v1/verification", json!({ "secret": secret })).await
}

async fn reset(browser: &Browser, secret: &str, password: &str) -> reqwest::Response {
    put(browser, "/api/v1/password-reset", json!({ "secret": secret, "password": password })).await
}

async fn forgot(browser: &Browser, email: &str) -> reqwest::Response {
    browser.post("/api/v1/password-reset", json!({ "email": email })).await
}

async fn is_verified(browser: &Browser) -> bool {
    ok(browser.get("/api/v1/me").await, StatusCode::OK).await["email_verified"] == json!(true)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_account_gets_a_letter_whose_link_verifies_the_address_once() {
    both_stores(async |store| {
        let site = Site::start(store, quick()).await;
        let mira = site.server.volunteer("mira").await;
        assert!(!is_verified(&mira).await);
        let secret = site.secret(1, "verify").await;
        assert_eq!(site.letters()[0]["to"], "mira@example.org");
        let elsewhere = site.server.stranger();
        for wrong in ["", "short", &"0".repeat(64), &format!("{secret}0")] {
            refused(verify(&elsewhere, wrong).await, 410, "link_not_valid", None).await;
        }
        assert_eq!(verify(&elsewhere, &secret).await.status(), StatusCode::NO_CONTENT);
        assert!(is_verified(&mira).await, "also when it was opened elsewhere");
        refused(elsewhere.get("/api/v1/me").await, 401, "not_signed_in", None).await;
        refused(verify(&elsewhere, &secret).await, 410, "link_not_valid", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_grow_old() {
    both_stores(async |store| {
        let site = Site::start(store, quick()).await;
        let mira = site.server.volunteer("mira").await;
        let secret = site.secret(1, "verify").await;
        site.server.store.clock.advance(Duration::from_secs(48 * 3600));
        refused(verify(&mira, &secret).await, 410, "link_not_valid", None).await;
        assert_eq!(mira.post("/api/v1/me/verification", json!({})).await.status(), StatusCode::ACCEPTED);
        let again = site.secret(2, "verify").await;
        assert_eq!(verify(&mira, &again).await.status(), StatusCode::NO_CONTENT);
        assert_eq!(mira.post("/api/v1/me/verification", json!({})).await.status(), StatusCode::ACCEPTED);
        assert_eq!(forgot(&mira, "mira@example.org").await.status(), StatusCode::ACCEPTED);
        let late = site.secret(3, "reset").await;
        assert_eq!(site.letters().len(), 3, "no letter to a verified address");
        site.server.store.clock.advance(Duration::from_secs(3600));
        refused(reset(&mira, &late, NEW_PASSWORD).await, 410, "link_not_valid", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_and_everybody_else_is_out() {
    both_stores(async |store| {
        let site = Site::start(store, quick()).await;
        let thief = site.server.volunteer("mira").await;
        site.wait_for(1).await;
        let mira = site.server.stranger();
        assert_eq!(forgot(&mira, " Mira@Example.org").await.status(), StatusCode::ACCEPTED);
        let secret = site.secret(2, "reset").await;
        refused(verify(&mira, &secret).await, 410, "link_not_valid", None).await;
        refused(reset(&mira, &secret, "password123").await, 422, "common_password", Some("password")).await;
        refused(reset(&mira, &secret, "short").await, 422, "invalid_field", Some("password")).await;
        let me = ok(reset(&mira, &secret, NEW_PASSWORD).await, StatusCode::OK).await;
        assert_eq!((&me["display_name"], &me["email_verified"]), (&json!("mira"), &json!(true)));
        assert_eq!(mira.get("/api/v1/me").await.status(), StatusCode::OK, "signed in");
        refused(thief.get("/api/v1/me").await, 401, "not_signed_in", None).await;
        refused(reset(&thief, &secret, "another one again").await, 410, "link_not_valid", None).await;
        refused(thief.sign_in("mira", PASSWORD).await, 401, "wrong_credentials", None).await;
        assert_eq!(mira.sign_in("mira", NEW_PASSWORD).await.status(), StatusCode::OK);
        let told = site.wait_for(3).await;
        assert!(told[2]["subject"].as_str().is_some_and(|words| words.contains("password was changed")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_a_password_does_not_tell_who_has_an_account() {
    both_stores(async |store| {
        let site = Site::start(store, quick()).await;
        site.server.volunteer("mira").await;
        site.wait_for(1).await;
        let browser = site.server.stranger();
        let ask = async |email: &str| {
            let answer = forgot(&browser, email).await;
            let names: Vec<String> = answer.headers().keys().map(ToString::to_string).collect();
            (answer.status(), names, answer.text().await.expect("a body"))
        };
        assert_eq!(ask("mira@example.org").await, ask("nobody@example.org").await);
        site.wait_for(2).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(site.letters().len(), 2, "nobody gets no letter");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_flood_a_mailbox() {
    both_stores(async |store| {
        let limits = RateLimits {
            letters_per_account: Some(Rate { burst: 2, per_second: 0.01 }),
            ..RateLimits::off()
        };
        let site = Site::start(store, ServerConfig { rate_limits: limits, ..quick() }).await;
        let browser = site.server.stranger();
        // The limit holds for addresses without an account, too, or it would tell.
        for email in ["victim@example.org", "VICTIM@example.org "] {
            assert_eq!(forgot(&browser, email).await.status(), StatusCode::ACCEPTED);
        }
        let third = forgot(&browser, "victim@example.org").await;
        assert!(third.headers().contains_key("retry-after"));
        refused(third, 429, "too_many_requests", None).await;
        assert_eq!(forgot(&browser, "other@example.org").await.status(), StatusCode::ACCEPTED);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_is_verified_before_it_counts_and_the_old_one_is_told() {
    both_stores(async |store| {
        let site = Site::start(store, quick()).await;
        let mira = site.server.volunteer("mira").await;
        site.server.volunteer("ben").await;
        site.wait_for(2).await;
        let wish = async |email: &str, password: &str| {
            put(&mira, "/api/v1/me/email", json!({ "email": email, "password": password })).await
        };
        let account =
            async || ok(mira.get("/api/v1/me/account").await, StatusCode::OK).await["email"].clone();
        refused(wish("new@example.org", "wrong one").await, 403, "wrong_password", Some("password")).await;
        refused(wish("Ben@example.org", PASSWORD).await, 409, "address_taken", Some("email")).await;
        refused(wish("nonsense", PASSWORD).await, 422, "invalid_field", Some("email")).await;
        assert_eq!(wish("new@example.org", PASSWORD).await.status(), StatusCode::ACCEPTED);
        let secret = site.secret(3, "verify").await;
        assert_eq!(site.letters()[2]["to"], "new@example.org");
        assert_eq!(account().await, "mira@example.org", "not yet");
        assert_eq!(verify(&site.server.stranger(), &secret).await.status(), StatusCode::NO_CONTENT);
        assert_eq!(account().await, "new@example.org");
        let told = site.wait_for(4).await;
        assert_eq!(told[3]["to"], "mira@example.org");
        assert!(told[3]["text"].as_str().is_some_and(|words| !words.contains("new@example.org")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_are_in_the_language_of_the_account_and_say_nothing_a_stranger_chose() {
    both_stores(async |store| {
        let site = Site::start(store, quick()).await;
        let body = json!({
            "email": "victim@example.org", "display_name": "Visit evil.example", "password": PASSWORD,
            "language": "zh",
        });
        let created = site.server.stranger().post("/api/v1/accounts", body).await;
        assert_eq!(created.status(), StatusCode::CREATED);
        let letter = &site.wait_for(1).await[0];
        assert!(letter["subject"].as_str().is_some_and(|text| text.contains("邮箱")));
        assert!(!letter.to_string().contains("evil"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_it_is_said_and_signing_up_still_works() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        refused(forgot(&mira, "mira@example.org").await, 503, "no_letters", None).await;
        refused(mira.post("/api/v1/me/verification", json!({})).await, 503, "no_letters", None).await;
        refused(mira.get("/api/v1/dev/letters").await, 404, "not_found", None).await;
        let account = ok(mira.get("/api/v1/me/account").await, StatusCode::OK).await;
        assert_eq!(account["letters"], json!(false));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_in_the_folder_are_hidden_unless_the_operator_asks_for_them() {
    both_stores(async |store| {
        let site = Site::start(store, quick()).await;
        site.server.volunteer("mira").await;
        site.wait_for(1).await;
        refused(site.server.stranger().get("/api/v1/dev/letters").await, 404, "not_found", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_in_the_folder_are_shown_on_this_machine_only() {
    both_stores(async |store| {
        let site = Site::start(store, ServerConfig { show_letters: true, ..quick() }).await;
        site.server.volunteer("mira").await;
        site.wait_for(1).await;
        let browser = site.server.stranger();
        let shown = ok(browser.get("/api/v1/dev/letters").await, StatusCode::OK).await;
        assert_eq!(shown["items"][0]["to"], "mira@example.org");
        for (name, value) in [("x-forwarded-for", "127.0.0.1"), ("host", "lens.example")] {
            let request = browser.request(Method::GET, "/api/v1/dev/letters").header(name, value);
            refused(request.send().await.expect("an answer"), 404, "not_found", None).await;
        }
    })
    .await;
}
