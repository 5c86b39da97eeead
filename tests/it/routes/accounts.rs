//! Signing up, in and out.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use server::{Rate, RateLimits, ServerConfig};
use testkit::both_stores;

use super::test_server::{PASSWORD, TestServer, ok, quick, refused};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_volunteer_is_signed_in_and_has_no_votes() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let browser = server.stranger();
        refused(browser.get("/api/v1/me").await, 401, "not_signed_in", None).await;
        let created = ok(browser.sign_up("mira").await, StatusCode::CREATED).await;
        let me = ok(browser.get("/api/v1/me").await, StatusCode::OK).await;
        assert_eq!(me, created);
        assert_eq!(
            (&me["display_name"], &me["votes_total"], &me["votes_today"]),
            (&json!("mira"), &json!(0), &json!(0))
        );
        assert!(me.get("email").is_none(), "the address stays on the server");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_sign_up_with_the_same_address_is_refused_and_the_first_account_stays() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        server.volunteer("mira").await;
        let again =
            json!({ "email": " MIRA@Example.org ", "display_name": "Other", "password": "another long one" });
        refused(server.stranger().post("/api/v1/accounts", again).await, 409, "address_taken", Some("email"))
            .await;
        assert_eq!(server.stranger().sign_in("mira", PASSWORD).await.status(), StatusCode::OK);
        refused(server.stranger().sign_in("mira", "another long one").await, 401, "wrong_credentials", None)
            .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unusable_details_are_refused_by_field() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        for (email, name, password, code, field) in [
            ("no address", "Mira", PASSWORD, "invalid_field", "email"),
            ("mira@example.org", "  ", PASSWORD, "invalid_field", "display_name"),
            ("mira@example.org", "Mira", "short", "invalid_field", "password"),
            ("mira@example.org", "Mira", "password123", "common_password", "password"),
        ] {
            let body = json!({ "email": email, "display_name": name, "password": password });
            let response = server.stranger().post("/api/v1/accounts", body).await;
            refused(response, 422, code, Some(field)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_and_a_wrong_password_are_refused_alike() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        server.volunteer("mira").await;
        let unknown = server.stranger().sign_in("nobody", PASSWORD).await;
        let wrong = server.stranger().sign_in("mira", "not this one at all").await;
        let (unknown, wrong) =
            (ok(unknown, StatusCode::UNAUTHORIZED).await, ok(wrong, StatusCode::UNAUTHORIZED).await);
        assert_eq!(unknown, wrong);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_changes_the_token_and_signing_out_ends_it() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let token = |response: &reqwest::Response| {
            let line = response.headers()["set-cookie"].to_str().expect("ASCII").to_owned();
            assert!(
                line.contains("HttpOnly") && line.contains("SameSite=Lax") && line.contains("Path=/"),
                "{line}"
            );
            line.split(';').next().expect("a pair").to_owned()
        };
        let browser = server.stranger();
        let first = token(&browser.sign_up("mira").await);
        let second = token(&browser.sign_in("mira", PASSWORD).await);
        assert_ne!(first, second);
        let as_holder_of = async |cookie: &str| {
            let request =
                reqwest::Client::new().get(format!("{}/api/v1/me", server.base)).header("cookie", cookie);
            request.send().await.expect("an answer").status()
        };
        assert_eq!(as_holder_of(&first).await, StatusCode::UNAUTHORIZED, "the old token ended");
        assert_eq!(as_holder_of(&second).await, StatusCode::OK);
        assert_eq!(browser.delete("/api/v1/session").await.status(), StatusCode::NO_CONTENT);
        assert_eq!(as_holder_of(&second).await, StatusCode::UNAUTHORIZED);
        assert_eq!(browser.delete("/api/v1/session").await.status(), StatusCode::NO_CONTENT, "twice is fine");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_https_the_cookie_is_secure_and_bound_to_the_host() {
    both_stores(async |store| {
        let server = TestServer::start(store, ServerConfig { secure_cookies: true, ..quick() }).await;
        let response = server.stranger().sign_up("mira").await;
        let line = response.headers()["set-cookie"].to_str().expect("ASCII");
        assert!(line.starts_with("__Host-lensfinder_session=") && line.contains("; Secure"), "{line}");
        assert!(response.headers().contains_key("strict-transport-security"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_a_long_pause() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let browser = server.volunteer("mira").await;
        server.store.clock.advance(quick().session_idle - Duration::from_secs(60));
        assert_eq!(browser.get("/api/v1/me").await.status(), StatusCode::OK);
        server.store.clock.advance(quick().session_idle + Duration::from_secs(60));
        refused(browser.get("/api/v1/me").await, 401, "not_signed_in", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_passwords_is_slowed_down_and_the_right_one_still_counts_later() {
    both_stores(async |store| {
        let limits = RateLimits {
            attempts_per_account: Some(Rate { burst: 3, per_second: 0.1 }),
            ..RateLimits::off()
        };
        let server = TestServer::start(store, ServerConfig { rate_limits: limits, ..quick() }).await;
        server.volunteer("mira").await;
        for _ in 0..5 {
            assert_eq!(
                server.stranger().sign_in("mira", PASSWORD).await.status(),
                StatusCode::OK,
                "not a guess"
            );
        }
        for _ in 0..3 {
            let wrong = server.stranger().sign_in("mira", "a wild guess").await;
            refused(wrong, 401, "wrong_credentials", None).await;
        }
        let slowed = server.stranger().sign_in("mira", PASSWORD).await;
        assert_eq!(slowed.headers()["retry-after"], "10");
        refused(slowed, 429, "too_many_requests", None).await;
        server.store.clock.advance(Duration::from_secs(11));
        assert_eq!(server.stranger().sign_in("mira", PASSWORD).await.status(), StatusCode::OK);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ups_from_one_address_are_slowed_down() {
    both_stores(async |store| {
        let limits = RateLimits {
            attempts_per_address: Some(Rate { burst: 2, per_second: 0.1 }),
            ..RateLimits::off()
        };
        let server = TestServer::start(store, ServerConfig { rate_limits: limits, ..quick() }).await;
        server.volunteer("a").await;
        server.volunteer("b").await;
        refused(server.stranger().sign_up("c").await, 429, "too_many_requests", None).await;
    })
    .await;
}
