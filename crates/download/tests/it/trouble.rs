//! A server that misbehaves: nothing it sends counts that is not the cutout.

use std::{sync::Arc, time::Duration};

use download::{Client, DownloadError, State};

use crate::{
    fetching::{Standing, clusters, download, fetch, open, settings},
    sky_server::{Manner, SkyServer},
};

/// Every way of failing, with a word that the reason then holds.
fn failings() -> Vec<(Manner, &'static str)> {
    vec![
        (Manner::Status(500, None), "HTTP 500"),
        (Manner::Status(502, None), "HTTP 502"),
        (Manner::Status(503, Some("Retry-After: 0".to_owned())), "HTTP 503"),
        (Manner::Status(429, Some("Retry-After: Thu, 01 Jan 1970 00:00:10 GMT".to_owned())), "HTTP 429"),
        (Manner::Html, "We are back soon"),
        (Manner::Json, "too busy"),
        (Manner::Empty, "empty"),
        (Manner::Reset, "broke off"),
        (Manner::Truncated, "cut off"),
        (Manner::WrongSize, "16×16"),
        (Manner::WrongPlace, "36.0 arcsec"),
        (Manner::WrongBands, "gri"),
        (Manner::WrongScale, "0.3"),
        (Manner::Hang, "no answer within"),
        (Manner::Redirect("http://example.org/elsewhere".to_owned()), "example.org"),
        (Manner::Redirect("//127.0.0.1:9/viewer/fits-cutout".to_owned()), "sends us on"),
        (Manner::Redirect("/viewer/fits-cutout?ra=1&dec=1".to_owned()), "circles"),
        (Manner::Gzip, "gzip"),
        (Manner::TooLarge, "more than"),
        (Manner::Endless, "more than"),
        (Manner::Noise, "broke off"),
    ]
}

#[tokio::test]
async fn what_fails_once_is_asked_for_again() {
    let all = failings();
    let count = u32::try_from(all.len()).unwrap();
    let server = SkyServer::start(move |asked| {
        // Redirected questions come without the cutout's position.
        if asked.number("dec") == 1.0 {
            return Manner::Redirect("/viewer/fits-cutout?ra=1&dec=1".to_owned());
        }
        let which = ((asked.number("dec") - 2.0) / 0.01).round() as usize;
        if asked.before == 0 { all[which].0.clone() } else { Manner::Good }
    })
    .await;
    let mut settings = settings(&server.url);
    // Each failure is the first of its cutout; the service as a whole is not in question here.
    settings.breaker.failures = 1000;
    settings.idle_timeout = Duration::from_secs(3);
    let out = tempfile::tempdir().unwrap();
    let (folder, report) = download(out.path(), &settings, clusters(count)).await;
    assert_eq!(report.summary.done, u64::from(count), "{:?}", folder.outcomes());
    assert!(folder.outcomes().iter().all(|outcome| outcome.attempts == 2));
}

#[tokio::test]
async fn what_always_fails_is_named_with_its_reason_and_harms_no_other() {
    for (manner, word) in failings() {
        let bad = manner.clone();
        let server = SkyServer::start(move |asked| {
            let is_bad = (asked.number("dec") - 2.03).abs() < 1e-6 || asked.number("dec") == 1.0;
            if is_bad { bad.clone() } else { Manner::Good }
        })
        .await;
        let mut settings = settings(&server.url);
        settings.attempts = 2;
        settings.breaker.failures = 1000;
        if manner == Manner::Hang {
            settings.idle_timeout = Duration::from_secs(2);
        }
        let out = tempfile::tempdir().unwrap();
        let (folder, report) = download(out.path(), &settings, clusters(5)).await;
        assert_eq!((report.summary.done, report.summary.failed), (4, 1), "{manner:?}");
        let index = folder.entries().iter().position(|entry| &*entry.id == "c3").unwrap();
        let outcome = &folder.outcomes()[index];
        assert_eq!((outcome.state, outcome.attempts), (State::Failed, 2), "{manner:?}");
        let reason = outcome.reason.as_deref().unwrap();
        assert!(reason.contains(word), "{manner:?}: {reason}");
        assert!(!folder.file(index).exists(), "{manner:?} left a file");
    }
}

#[tokio::test]
async fn a_request_that_is_refused_for_good_is_sent_once_a_run() {
    let server = SkyServer::start(|_| Manner::Status(404, None)).await;
    let settings = settings(&server.url);
    let out = tempfile::tempdir().unwrap();
    drop(download(out.path(), &settings, clusters(3)).await);
    assert_eq!(server.asked().len(), 3);
    let (folder, _) = download(out.path(), &settings, clusters(3)).await;
    assert_eq!(server.asked().len(), 6, "a new run tries again");
    assert!(folder.outcomes().iter().all(|outcome| outcome.attempts == 2));
}

#[tokio::test]
async fn slow_is_not_bad() {
    let server = SkyServer::start(|_| Manner::Drip).await;
    let settings = settings(&server.url);
    let out = tempfile::tempdir().unwrap();
    let (_, report) = download(out.path(), &settings, clusters(4)).await;
    assert_eq!((report.summary.done, report.requests), (4, 4));
}

#[tokio::test]
async fn a_redirect_within_the_service_is_followed() {
    let server = SkyServer::start(|_| Manner::RedirectOnce).await;
    let settings = settings(&server.url);
    let out = tempfile::tempdir().unwrap();
    let (_, report) = download(out.path(), &settings, clusters(3)).await;
    assert_eq!((report.summary.done, report.requests), (3, 6), "each redirect is a request of its own");
}

#[tokio::test]
async fn a_service_that_is_down_is_left_alone() {
    let server = SkyServer::start(|_| Manner::Status(500, None)).await;
    let mut settings = settings(&server.url);
    (settings.breaker.failures, settings.breaker.pauses) = (5, 2);
    let out = tempfile::tempdir().unwrap();
    let mut folder = open(out.path(), &settings, clusters(200));
    let error = fetch(&mut folder, &settings).await.unwrap_err();
    assert!(matches!(error, DownloadError::Broken { pauses: 2, .. }), "{error}");
    assert!(error.to_string().contains("HTTP 500"), "{error}");
    // Two workers: at most one answer more than the breaker counts.
    assert!((15..=16).contains(&server.asked().len()), "{}", server.asked().len());
    assert!(out.path().join("downloads.csv").exists());
}

#[tokio::test]
async fn a_service_that_wants_hours_of_rest_gets_them() {
    let server = SkyServer::start(|_| Manner::Status(429, Some("Retry-After: 7200".to_owned()))).await;
    let settings = settings(&server.url);
    let out = tempfile::tempdir().unwrap();
    let mut folder = open(out.path(), &settings, clusters(20));
    let error = fetch(&mut folder, &settings).await.unwrap_err();
    assert!(matches!(error, DownloadError::AskedToWait { seconds: 7200, .. }), "{error}");
    assert!(server.asked().len() <= 2);
}

#[tokio::test]
async fn nobody_at_home_is_named() {
    let mut settings = settings("http://127.0.0.1:1/viewer");
    settings.attempts = 1;
    let out = tempfile::tempdir().unwrap();
    let (folder, report) = download(out.path(), &settings, clusters(2)).await;
    assert_eq!(report.summary.failed, 2);
    let reason = folder.outcomes()[0].reason.clone().unwrap();
    assert!(reason.contains("cannot connect to 127.0.0.1:1"), "{reason}");
}

#[test]
fn addresses_that_are_none_are_refused() {
    for url in [
        "",
        "www.legacysurvey.org/viewer",
        "ftp://x.org",
        "http://",
        "https://me:secret@x.org",
        "http://x.org/?a",
    ] {
        let refused = Client::new(&settings(url), Arc::new(Standing));
        assert!(refused.is_err_and(|error| error.to_string().contains("--url")), "{url:?}");
    }
}
