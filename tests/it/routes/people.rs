//! Roles, tokens, sessions, settings, and the end of an account, seen by clients who mean harm.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use server::ServerConfig;
use store::{LinkPurpose, NewLink, NewRank, Rank};
use testkit::both_stores;
use uuid::Uuid;

use super::test_server::{Browser, PASSWORD, SLUG, TestServer, client_id, id_of, ok, quick, refused};

async fn put(browser: &Browser, path: &str, body: Value) -> Response {
    browser.request(Method::PUT, path).json(&body).send().await.expect("an answer")
}

async fn me(browser: &Browser) -> Value {
    ok(browser.get("/api/v1/me").await, StatusCode::OK).await
}

async fn id(browser: &Browser) -> Uuid {
    me(browser).await["id"].as_str().and_then(|text| text.parse().ok()).expect("an id")
}

/// Somebody with this role whose address is verified.
async fn with_role(server: &TestServer, name: &str, role: Rank) -> Browser {
    let browser = server.volunteer(name).await;
    let volunteer = domain::VolunteerId(id(&browser).await);
    let digest = domain::Digest::of(name.as_bytes());
    let link = NewLink {
        digest,
        volunteer,
        purpose: LinkPurpose::Verify,
        email: format!("{name}@example.org"),
        lifetime: std::time::Duration::from_secs(60),
    };
    server.store.create_link(link).await.expect("kept");
    server.store.verify_address(digest).await.expect("verified");
    let new = NewRank { volunteer, role, by: None, reason: String::new() };
    server.store.set_rank(new).await.expect("given");
    browser
}

async fn new_token(browser: &Browser, scope: &str) -> String {
    let wish = json!({ "name": "script", "scope": scope, "days": 30 });
    let made = ok(browser.post("/api/v1/me/tokens", wish).await, StatusCode::CREATED).await;
    made["secret"].as_str().expect("a secret").to_owned()
}

/// A program with a token and no cookies.
struct Script<'a> {
    server: &'a TestServer,
    secret: String,
}

impl Script<'_> {
    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        let request = reqwest::Client::new()
            .request(method, format!("{}{path}", self.server.base))
            .header("authorization", format!("Bearer {}", self.secret));
        let request = if let Some(body) = body { request.json(&body) } else { request };
        request.send().await.expect("an answer")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_see_people_and_nobody_raises_themselves() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let admin = with_role(&server, "root", Rank::Admin).await;
        let lead = with_role(&server, "lead", Rank::Lead).await;
        let mira = server.volunteer("mira").await;
        for (who, browser) in [("lead", &lead), ("volunteer", &mira)] {
            let own = format!("/api/v1/admin/people/{}/role", id(browser).await);
            for response in [
                browser.get("/api/v1/admin/people").await,
                browser.get("/api/v1/admin/role-changes").await,
                put(browser, &own, json!({ "role": "admin" })).await,
                // Not even what is wrong with the body is told.
                put(browser, &own, json!({ "nonsense": 1 })).await,
            ] {
                refused(response, 403, "not_allowed", None).await;
            }
            assert_ne!(me(browser).await["role"], "admin", "{who}");
        }
        refused(server.stranger().get("/api/v1/admin/people").await, 401, "not_signed_in", None).await;

        let found = ok(admin.get("/api/v1/admin/people?text=MIRA&limit=5").await, StatusCode::OK).await;
        assert_eq!(found["items"][0]["email"], "mira@example.org");
        assert_eq!((found["items"].as_array().map(Vec::len), &found["next"]), (Some(1), &Value::Null));
        let of_mira = format!("/api/v1/admin/people/{}/role", id(&mira).await);
        refused(put(&admin, &of_mira, json!({ "role": "expert" })).await, 403, "email_not_verified", None)
            .await;
        refused(
            put(&admin, &of_mira, json!({ "role": "emperor" })).await,
            422,
            "invalid_field",
            Some("role"),
        )
        .await;
        let of_lead = format!("/api/v1/admin/people/{}/role", id(&lead).await);
        let given = json!({ "role": "expert", "reason": "knows arcs" });
        assert_eq!(ok(put(&admin, &of_lead, given).await, StatusCode::OK).await["role"], "expert");
        assert_eq!(me(&lead).await["role"], "expert", "at once, in the same session");
        let own = format!("/api/v1/admin/people/{}/role", id(&admin).await);
        refused(put(&admin, &own, json!({ "role": "lead" })).await, 409, "last_admin", None).await;
        let nobody = format!("/api/v1/admin/people/{}/role", Uuid::from_u128(7));
        refused(put(&admin, &nobody, json!({ "role": "lead" })).await, 404, "not_found", None).await;

        let record = ok(admin.get("/api/v1/admin/role-changes?limit=1").await, StatusCode::OK).await;
        let last = &record["items"][0];
        assert_eq!(
            (&last["person"], &last["by"], &last["from"], &last["to"], &last["reason"]),
            (&json!("lead"), &json!("root"), &json!("lead"), &json!("expert"), &json!("knows arcs"))
        );
        assert!(record["next"].is_string(), "there is more");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_consoles_link_makes_the_first_admin_and_only_that_one() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let link = server::claim_link(&server.store, "http://x").await.expect("kept").expect("no admin yet");
        let secret = link.strip_prefix("http://x/admin/claim#").expect("a link").to_owned();
        let body = json!({ "secret": secret });
        refused(
            server.stranger().post("/api/v1/admin/claim", body.clone()).await,
            401,
            "not_signed_in",
            None,
        )
        .await;
        let (mira, ben) = (server.volunteer("mira").await, server.volunteer("ben").await);
        let guess = json!({ "secret": "0".repeat(64) });
        refused(ben.post("/api/v1/admin/claim", guess).await, 410, "link_not_valid", None).await;
        assert_eq!(
            ok(mira.post("/api/v1/admin/claim", body.clone()).await, StatusCode::OK).await["role"],
            "admin"
        );
        refused(ben.post("/api/v1/admin/claim", body).await, 410, "link_not_valid", None).await;
        assert_eq!(server::claim_link(&server.store, "http://x").await.expect("read"), None);
        assert_eq!(mira.get("/api/v1/admin/people").await.status(), StatusCode::OK);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_reads_or_works_and_never_touches_the_account() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = with_role(&server, "mira", Rank::Admin).await;
        let read = Script { server: &server, secret: new_token(&mira, "read").await };
        let work = Script { server: &server, secret: new_token(&mira, "work").await };
        let assignments = format!("/api/v1/projects/{SLUG}/assignments");
        let one = || Some(json!({ "count": 1 }));
        for script in [&read, &work] {
            assert_eq!(script.send(Method::GET, "/api/v1/me", None).await.status(), StatusCode::OK);
        }
        refused(read.send(Method::POST, &assignments, one()).await, 403, "not_allowed", None).await;
        let held = ok(work.send(Method::POST, &assignments, one()).await, StatusCode::OK).await;
        let vote = json!({
            "id": client_id(1), "assignment_id": id_of(&held["assignments"][0]), "answer": "lens",
        });
        let voted = work.send(Method::POST, "/api/v1/classifications", Some(vote)).await;
        assert!(voted.status().is_success(), "{:?}", voted.status());

        let role = format!("/api/v1/admin/people/{}/role", id(&mira).await);
        let wish = || Some(json!({ "name": "more", "scope": "work", "days": 1 }));
        for (method, path, body) in [
            (Method::GET, "/api/v1/me/account", None),
            (Method::GET, "/api/v1/me/tokens", None),
            (Method::POST, "/api/v1/me/tokens", wish()),
            (Method::GET, "/api/v1/me/sessions", None),
            (Method::DELETE, "/api/v1/me/sessions", None),
            (Method::GET, "/api/v1/me/export", None),
            (Method::PATCH, "/api/v1/me/settings", Some(json!({ "theme": "dark" }))),
            (
                Method::PUT,
                "/api/v1/me/password",
                Some(json!({ "current": PASSWORD, "new": "a fast white dwarf" })),
            ),
            (Method::POST, "/api/v1/me/deletion", Some(json!({ "password": PASSWORD }))),
            (Method::PUT, role.as_str(), Some(json!({ "role": "volunteer" }))),
        ] {
            refused(work.send(method, path, body).await, 403, "not_allowed", None).await;
        }
        assert_eq!(me(&mira).await["role"], "admin");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_wrong_withdrawn_or_somebody_elses_opens_nothing() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let (mira, ben) = (server.volunteer("mira").await, server.volunteer("ben").await);
        let secret = new_token(&mira, "read").await;
        let listed = ok(mira.get("/api/v1/me/tokens").await, StatusCode::OK).await;
        let text = listed.to_string();
        assert!(!text.contains(&secret) && !text.contains(secret.trim_start_matches("lf_")), "{text}");
        let token = format!("/api/v1/me/tokens/{}", listed["items"][0]["id"].as_str().expect("an id"));
        refused(ben.delete(&token).await, 404, "not_found", None).await;
        refused(ben.delete("/api/v1/me/tokens/nonsense").await, 404, "not_found", None).await;
        let script = Script { server: &server, secret: secret.clone() };
        assert_eq!(script.send(Method::GET, "/api/v1/me", None).await.status(), StatusCode::OK);
        // The id that lists name it by is no secret.
        let by_id = listed["items"][0]["id"].as_str().expect("an id");
        for wrong in [format!("lf_{by_id}"), "lf_".to_owned(), secret[3..].to_owned(), secret.to_uppercase()]
        {
            let script = Script { server: &server, secret: wrong };
            refused(script.send(Method::GET, "/api/v1/me", None).await, 401, "not_signed_in", None).await;
        }
        // A wrong token is not saved by a good cookie.
        let both = mira.request(Method::GET, "/api/v1/me").header("authorization", "Bearer lf_wrong");
        refused(both.send().await.expect("an answer"), 401, "not_signed_in", None).await;
        assert_eq!(mira.delete(&token).await.status(), StatusCode::NO_CONTENT);
        refused(script.send(Method::GET, "/api/v1/me", None).await, 401, "not_signed_in", None).await;

        let again = Script { server: &server, secret: new_token(&mira, "read").await };
        server.store.clock.advance(std::time::Duration::from_secs(30 * 24 * 3600));
        refused(again.send(Method::GET, "/api/v1/me", None).await, 401, "not_signed_in", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_may_not_use_a_cookie_and_a_token_needs_none_of_that() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let secret = new_token(&mira, "work").await;
        let path = format!("/api/v1/projects/{SLUG}/assignments");
        let from_elsewhere = |request: reqwest::RequestBuilder| {
            let request =
                request.header("origin", "https://evil.example").header("sec-fetch-site", "cross-site");
            request.json(&json!({ "count": 1 })).send()
        };
        let with_cookie = from_elsewhere(mira.request(Method::POST, &path)).await.expect("an answer");
        refused(with_cookie, 403, "cross_origin", None).await;
        let with_token = reqwest::Client::new()
            .post(format!("{}{path}", server.base))
            .header("authorization", format!("Bearer {secret}"));
        assert_eq!(from_elsewhere(with_token).await.expect("an answer").status(), StatusCode::OK);
        // A made-up token does not carry the cookie past the guard.
        let both = mira.request(Method::POST, &path).header("authorization", "Bearer lf_wrong");
        refused(from_elsewhere(both).await.expect("an answer"), 401, "not_signed_in", None).await;
        let other = mira.request(Method::POST, &path).header("authorization", "Basic abc");
        refused(from_elsewhere(other).await.expect("an answer"), 403, "cross_origin", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_have_bounds() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        for (wish, field) in [
            (json!({ "name": " ", "scope": "read", "days": 1 }), "name"),
            (json!({ "name": "x".repeat(61), "scope": "read", "days": 1 }), "name"),
            (json!({ "name": "a", "scope": "admin", "days": 1 }), "scope"),
            (json!({ "name": "a", "scope": "read", "days": 0 }), "days"),
            (json!({ "name": "a", "scope": "read", "days": 367 }), "days"),
            (json!({ "name": "a", "scope": "read", "days": 1, "owner": "root" }), "owner"),
        ] {
            refused(mira.post("/api/v1/me/tokens", wish).await, 422, "invalid_field", Some(field)).await;
        }
        for _ in 0..20 {
            new_token(&mira, "read").await;
        }
        let wish = json!({ "name": "more", "scope": "read", "days": 1 });
        refused(mira.post("/api/v1/me/tokens", wish).await, 409, "limit_reached", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_needs_the_old_one_and_ends_other_sessions() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let other = server.stranger();
        other.sign_in("mira", PASSWORD).await;
        let change = |current: &str, new: &str| json!({ "current": current, "new": new });
        let path = "/api/v1/me/password";
        refused(
            put(&mira, path, change("wrong", "a fast white dwarf")).await,
            403,
            "wrong_password",
            Some("current"),
        )
        .await;
        refused(put(&mira, path, change(PASSWORD, "iloveyou")).await, 422, "common_password", Some("new"))
            .await;
        refused(put(&mira, path, change(PASSWORD, "short")).await, 422, "invalid_field", Some("new")).await;
        assert_eq!(other.get("/api/v1/me").await.status(), StatusCode::OK, "nothing happened yet");
        let done = put(&mira, path, change(PASSWORD, "a fast white dwarf")).await;
        assert_eq!(done.status(), StatusCode::NO_CONTENT);
        assert_eq!(mira.get("/api/v1/me").await.status(), StatusCode::OK);
        refused(other.get("/api/v1/me").await, 401, "not_signed_in", None).await;
        refused(other.sign_in("mira", PASSWORD).await, 401, "wrong_credentials", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_named_by_device_and_ended_one_by_one_or_all() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let phone = server.stranger();
        let line = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";
        let credentials = json!({ "email": "mira@example.org", "password": PASSWORD });
        let signed_in = phone.request(Method::POST, "/api/v1/session").header("user-agent", line);
        assert_eq!(signed_in.json(&credentials).send().await.expect("an answer").status(), StatusCode::OK);
        let ben = server.volunteer("ben").await;
        let listed = ok(mira.get("/api/v1/me/sessions").await, StatusCode::OK).await;
        let items = listed["items"].as_array().expect("a list");
        assert_eq!(items.len(), 2);
        let there = items.iter().find(|one| one["current"] == json!(false)).expect("the phone");
        assert_eq!(
            (&there["browser"], &there["system"], &there["way"]),
            (&json!("chrome"), &json!("android"), &json!("password"))
        );
        let path = format!("/api/v1/me/sessions/{}", there["id"].as_str().expect("an id"));
        refused(ben.delete(&path).await, 404, "not_found", None).await;
        assert_eq!(phone.get("/api/v1/me").await.status(), StatusCode::OK);
        // What the list shows opens nothing.
        let cookie = format!("lensfinder_session={}", there["id"].as_str().expect("an id"));
        let forged =
            reqwest::Client::new().get(format!("{}/api/v1/me", server.base)).header("cookie", cookie);
        refused(forged.send().await.expect("an answer"), 401, "not_signed_in", None).await;
        assert_eq!(mira.delete(&path).await.status(), StatusCode::NO_CONTENT);
        refused(phone.get("/api/v1/me").await, 401, "not_signed_in", None).await;
        phone.sign_in("mira", PASSWORD).await;
        let all = mira.delete("/api/v1/me/sessions").await;
        assert!(all.headers()["set-cookie"].to_str().is_ok_and(|line| line.contains("Max-Age=0")));
        for browser in [&mira, &phone] {
            refused(browser.get("/api/v1/me").await, 401, "not_signed_in", None).await;
        }
        assert_eq!(ben.get("/api/v1/me").await.status(), StatusCode::OK);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_change_alone_and_the_ranking_wants_a_verified_address() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let change = async |browser: &Browser, body: Value| {
            browser.request(Method::PATCH, "/api/v1/me/settings").json(&body).send().await.expect("an answer")
        };
        let usual = json!({
            "language": "en", "theme": "system", "shortcuts": true, "data_saver": false, "keep_view": false,
            "in_ranking": false,
        });
        assert_eq!(me(&mira).await["settings"], usual);
        let changed =
            ok(change(&mira, json!({ "theme": "dark", "language": "zh" })).await, StatusCode::OK).await;
        assert_eq!(changed, me(&mira).await);
        assert_eq!(
            (
                &changed["settings"]["theme"],
                &changed["settings"]["language"],
                &changed["settings"]["shortcuts"]
            ),
            (&json!("dark"), &json!("zh"), &json!(true))
        );
        refused(change(&mira, json!({ "in_ranking": true })).await, 403, "email_not_verified", None).await;
        for (body, field) in [
            (json!({ "display_name": "  " }), "display_name"),
            (json!({ "theme": "pink" }), "theme"),
            (json!({ "role": "admin" }), "role"),
            (json!({ "email_verified": true }), "email_verified"),
        ] {
            refused(change(&mira, body).await, 422, "invalid_field", Some(field)).await;
        }
        let known = with_role(&server, "known", Rank::Volunteer).await;
        let inside =
            ok(change(&known, json!({ "in_ranking": true, "display_name": " 米拉 " })).await, StatusCode::OK)
                .await;
        assert_eq!(
            (&inside["settings"]["in_ranking"], &inside["display_name"]),
            (&json!(true), &json!("米拉"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_copy_of_ones_data_holds_every_answer_and_no_secret_of_the_site() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let (mira, ben) = (server.volunteer("mira").await, server.volunteer("ben").await);
        new_token(&mira, "read").await;
        let held = mira.assignments(4).await;
        for (n, assignment) in (1..).zip(&held) {
            mira.vote(client_id(n), &id_of(assignment), "unsure").await;
        }
        mira.undo(client_id(90), client_id(2)).await;
        ben.vote(client_id(50), &ben.assignment().await, "lens").await;
        refused(server.stranger().get("/api/v1/me/export").await, 401, "not_signed_in", None).await;
        let file = mira.get("/api/v1/me/export").await;
        let name = file.headers()["content-disposition"].to_str().expect("ASCII").to_owned();
        assert!(
            name.starts_with("attachment; filename=\"lensfinder-") && name.ends_with(".json\""),
            "{name}"
        );
        assert_eq!(file.headers()["cache-control"], "no-store");
        let copy = ok(file, StatusCode::OK).await;
        assert_eq!(copy["account"]["email"], "mira@example.org");
        assert_eq!(copy["tokens"][0]["name"], "script");
        let answers = copy["answers"].as_array().expect("a list");
        assert_eq!(answers.len(), 4, "{answers:?}");
        assert_eq!(answers.iter().filter(|one| one["taken_back"] == json!(true)).count(), 1);
        let text = copy.to_string();
        for word in ["argon2", "digest", "strategy", "training_", "p_votes", "inclusion", "ben"] {
            assert!(!text.contains(word), "{word} in {text}");
        }
        let none = ok(server.volunteer("new").await.get("/api/v1/me/export").await, StatusCode::OK).await;
        assert_eq!(none["answers"], json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_account_is_gone_and_its_address_may_begin_anew() {
    both_stores(async |store| {
        let config = ServerConfig { repeatable_ids: false, ..quick() };
        let server = TestServer::start(store, config).await;
        let mira = server.volunteer("mira").await;
        let before = id(&mira).await;
        let other = server.stranger();
        other.sign_in("mira", PASSWORD).await;
        mira.vote(client_id(1), &mira.assignment().await, "lens").await;
        let delete =
            async |password: &str| mira.post("/api/v1/me/deletion", json!({ "password": password })).await;
        refused(delete("wrong one").await, 403, "wrong_password", Some("password")).await;
        assert_eq!(delete(PASSWORD).await.status(), StatusCode::NO_CONTENT);
        for browser in [&mira, &other] {
            refused(browser.get("/api/v1/me").await, 401, "not_signed_in", None).await;
        }
        refused(mira.sign_in("mira", PASSWORD).await, 401, "wrong_credentials", None).await;
        let left = format!("deleted:{before}");
        let ghost = json!({ "email": left, "password": "" });
        refused(mira.post("/api/v1/session", ghost).await, 401, "wrong_credentials", None).await;
        let again = ok(mira.sign_up("mira").await, StatusCode::CREATED).await;
        assert_eq!((&again["votes_total"], &again["role"]), (&json!(0), &json!("volunteer")));
        assert_ne!(id(&mira).await, before, "nothing leads from the new account to the old answers");

        let admin = with_role(&server, "root", Rank::Admin).await;
        let last = admin.post("/api/v1/me/deletion", json!({ "password": PASSWORD })).await;
        refused(last, 409, "last_admin", None).await;
    })
    .await;
}
