//! News and discoveries: only leads write them, only what is published is seen, and nothing that they
//! write can run in a reader's browser.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use testkit::both_stores;

use super::test_server::{Browser, SLUG, TestServer, client_id, ok, quick, refused};

fn news(slug: &str, body: &str) -> Value {
    json!({ "kind": "news", "content": content(slug, body) })
}

fn content(slug: &str, body: &str) -> Value {
    json!({
        "slug": slug,
        "title": { "en": format!("Title of {slug}"), "zh": "" },
        "summary": { "en": "In short.", "zh": "" },
        "body": { "en": body, "zh": "" },
    })
}

async fn put(browser: &Browser, path: &str, body: Value) -> Response {
    browser.request(Method::PUT, path).json(&body).send().await.expect("an answer")
}

async fn publish(lead: &Browser, article: &Value) -> Response {
    let path = format!("/api/v1/lead/articles/{}/publication", article["id"]);
    put(lead, &path, json!({ "revision": article["revision"] })).await
}

/// A draft that is public at once.
async fn published(lead: &Browser, slug: &str, body: &str) -> Value {
    let made = ok(lead.post("/api/v1/lead/articles", news(slug, body)).await, StatusCode::CREATED).await;
    ok(publish(lead, &made).await, StatusCode::OK).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_becomes_public_changes_and_is_withdrawn() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let (mei, reader) = (server.lead("mei").await, server.stranger());
        let public = "/api/v1/articles/news/first-light";
        let made = mei.post("/api/v1/lead/articles", news("first-light", "# One\n\n*two*")).await;
        let made = ok(made, StatusCode::CREATED).await;
        assert_eq!((&made["revision"], &made["published_revision"]), (&json!(1), &json!(null)));
        refused(reader.get(public).await, 404, "not_found", None).await;
        let none = ok(reader.get("/api/v1/articles/news").await, StatusCode::OK).await;
        assert_eq!(none, json!({ "items": [], "next": null }));

        ok(publish(&mei, &made).await, StatusCode::OK).await;
        let response = reader.get(public).await;
        let tag = response.headers()["etag"].to_str().expect("ASCII").to_owned();
        let seen = ok(response, StatusCode::OK).await;
        assert_eq!(seen["html"]["en"], "<h2>One</h2>\n<p><em>two</em></p>\n");
        assert_eq!((&seen["author"], &seen["discovery"]), (&json!("mei"), &json!(null)));
        let again = reader.request(Method::GET, public).header("if-none-match", &tag);
        assert_eq!(again.send().await.expect("an answer").status(), StatusCode::NOT_MODIFIED);

        let path = format!("/api/v1/lead/articles/{}", made["id"]);
        let edit = json!({ "revision": 1, "content": content("first-light", "changed") });
        let edited = ok(put(&mei, &path, edit.clone()).await, StatusCode::OK).await;
        assert_eq!(ok(reader.get(public).await, StatusCode::OK).await, seen, "not before it is published");
        refused(put(&mei, &path, edit).await, 409, "edited_meanwhile", None).await;
        refused(publish(&mei, &made).await, 409, "edited_meanwhile", None).await;
        ok(publish(&mei, &edited).await, StatusCode::OK).await;
        assert_eq!(ok(reader.get(public).await, StatusCode::OK).await["html"]["en"], "<p>changed</p>\n");

        let withdrawn = ok(mei.delete(&format!("{path}/publication")).await, StatusCode::OK).await;
        refused(reader.get(public).await, 404, "not_found", None).await;
        let acts: Vec<_> = withdrawn["history"].as_array().expect("acts").iter().map(|a| &a["act"]).collect();
        assert_eq!(acts, ["withdraw", "publish", "edit", "publish", "create"]);
        let kept = ok(mei.get(&path).await, StatusCode::OK).await;
        assert_eq!(kept["body"]["en"], "changed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn volunteers_write_nothing_and_see_no_drafts() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let (mei, vera) = (server.lead("mei").await, server.volunteer("vera").await);
        let made = mei.post("/api/v1/lead/articles", news("a", "b")).await;
        let id = ok(made, StatusCode::CREATED).await["id"].clone();
        let path = format!("/api/v1/lead/articles/{id}");
        for response in [
            vera.get("/api/v1/lead/articles").await,
            vera.get(&path).await,
            vera.get("/api/v1/lead/feedback").await,
            vera.post("/api/v1/lead/articles", json!("nonsense")).await,
            vera.post("/api/v1/lead/preview", json!({ "markdown": "a" })).await,
            vera.post("/api/v1/lead/uploads", json!({})).await,
            put(&vera, &path, json!("nonsense")).await,
            put(&vera, &format!("{path}/publication"), json!({ "revision": 1 })).await,
            vera.delete(&format!("{path}/publication")).await,
        ] {
            refused(response, 403, "not_allowed", None).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_an_article_is_named() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mei = server.lead("mei").await;
        let with = |field: &str, value: Value| {
            let mut body = news("a", "b");
            body["content"][field] = value;
            body
        };
        let discovery = |facts: Value| {
            let mut body = with("discovery", facts);
            body["kind"] = json!("discovery");
            body
        };
        let far = "https://evil.example/x.jpg";
        for (body, field) in [
            (with("slug", json!("Two Words")), "slug"),
            (with("slug", json!("..")), "slug"),
            (with("title", json!({ "en": " \u{202e} ", "zh": "" })), "title"),
            (with("title", json!({ "en": "x".repeat(161), "zh": "" })), "title"),
            (with("summary", json!({ "en": "x".repeat(501), "zh": "" })), "summary"),
            (with("body", json!({ "en": "x".repeat(60_001), "zh": "" })), "body"),
            (with("picture", json!(far)), "picture"),
            (with("discovery", json!({})), "discovery"),
            (with("surprise", json!(1)), "content.surprise"),
            (discovery(json!(null)), "discovery"),
            (discovery(json!({ "ra_deg": 360, "dec_deg": 0 })), "discovery.ra_deg"),
            (discovery(json!({ "ra_deg": 1 })), "discovery.dec_deg"),
            (discovery(json!({ "ra_deg": 1, "dec_deg": -91 })), "discovery.dec_deg"),
            (discovery(json!({ "finders": vec!["x"; 51] })), "discovery.finders"),
            (discovery(json!({ "subject": { "project": SLUG, "image": "nothing" } })), "discovery.subject"),
            (discovery(json!({ "subject": { "project": "no", "image": "survey-0" } })), "discovery.subject"),
        ] {
            refused(mei.post("/api/v1/lead/articles", body).await, 422, "invalid_field", Some(field)).await;
        }
        let half = ok(
            mei.post("/api/v1/lead/articles", with("title", json!({ "en": "a", "zh": "题" }))).await,
            StatusCode::CREATED,
        )
        .await;
        refused(publish(&mei, &half).await, 422, "invalid_field", Some("title")).await;
        refused(mei.post("/api/v1/lead/articles", news("a", "b")).await, 409, "slug_taken", Some("slug"))
            .await;
        let large = "透".repeat(60_000);
        let made = mei.post("/api/v1/lead/articles", news("large", &large)).await;
        ok(made, StatusCode::CREATED).await;
        let huge = mei.post("/api/v1/lead/articles", news("huge", &"x".repeat(2_000_000))).await;
        refused(huge, 413, "body_too_large", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_a_lead_writes_runs_in_a_readers_browser() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let (mei, reader) = (server.lead("mei").await, server.stranger());
        let attacks = [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "[x](javascript:alert(1)) [y](&#106;avascript:alert(1)) [z](data:text/html,x)",
            "![x](https://evil.example/pixel.gif)",
            "<svg/onload=alert(1)>\n\n<iframe src=//evil.example></iframe>",
            "[x](https://a.example/\"onmouseover=\"alert(1))",
            "> <div><p><script>alert(1)</script></p></div>",
            "a\u{202e}gpj.exe",
        ];
        for (number, attack) in attacks.iter().enumerate() {
            let slug = format!("a-{number}");
            published(&mei, &slug, attack).await;
            let path = format!("/api/v1/articles/news/{slug}");
            let seen = ok(reader.get(&path).await, StatusCode::OK).await;
            let html = seen["html"]["en"].as_str().expect("HTML").to_lowercase();
            for bad in ["<script", "<img", "<svg", "<iframe", "<div", "=\"javascript", "=\"data:", "\u{202e}"]
            {
                assert!(!html.contains(bad), "{attack} became {html}");
            }
            assert!(!html.contains("onmouseover=\""), "{attack} became {html}");
            let preview = mei.post("/api/v1/lead/preview", json!({ "markdown": attack })).await;
            let preview = ok(preview, StatusCode::OK).await;
            assert_eq!(preview["html"].as_str().expect("HTML").to_lowercase(), html);
        }
        let list = reader.get("/api/v1/articles/news?limit=3").await;
        let list = ok(list, StatusCode::OK).await;
        assert_eq!(list["items"].as_array().map(Vec::len), Some(3));
        let next = list["next"].as_str().expect("a cursor");
        let rest = reader.get(&format!("/api/v1/articles/news?limit=100&after={next}")).await;
        let rest = ok(rest, StatusCode::OK).await;
        assert_eq!((rest["items"].as_array().map(Vec::len), &rest["next"]), (Some(5), &json!(null)));
        refused(reader.get("/api/v1/articles/poems").await, 404, "not_found", None).await;
        let nonsense = reader.get("/api/v1/articles/news?after=nonsense").await;
        refused(nonsense, 422, "invalid_field", Some("after")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discovery_tells_nobody_about_an_image_that_people_still_look_at() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let (mei, reader) = (server.lead("mei").await, server.stranger());
        let about = |image: &str| {
            let facts = json!({
                "finders": ["Mei", "张衡"], "grade": "a", "ra_deg": 10.5, "dec_deg": -3.25,
                "subject": { "project": SLUG, "image": image },
            });
            let mut body = news(&format!("found-{image}"), "text");
            body["kind"] = json!("discovery");
            body["content"]["discovery"] = facts;
            body
        };
        let training = mei.post("/api/v1/lead/articles", about("lens-0")).await;
        refused(training, 422, "invalid_field", Some("subject")).await;
        let made = ok(mei.post("/api/v1/lead/articles", about("survey-0")).await, StatusCode::CREATED).await;
        refused(publish(&mei, &made).await, 409, "image_still_open", None).await;

        // Three people agree, so nobody is asked any more.
        for (number, name) in (1..).zip(["ada", "ben", "cleo"]) {
            let person = server.volunteer(name).await;
            let mut given = 0;
            loop {
                let held = person.assignments(5).await;
                if held.is_empty() {
                    break;
                }
                for one in held {
                    given += 1;
                    let id = client_id(number * 100 + given);
                    let answered = person.vote(id, one["id"].as_str().expect("an id"), "no_lens").await;
                    assert_eq!(answered.status(), StatusCode::CREATED);
                }
            }
            assert_eq!(given, 12, "everybody looks at everything");
        }
        ok(publish(&mei, &made).await, StatusCode::OK).await;
        let seen = reader.get("/api/v1/articles/discovery/found-survey-0").await;
        let seen = ok(seen, StatusCode::OK).await;
        assert_eq!(seen["discovery"]["finders"], json!(["Mei", "张衡"]));
        assert_eq!((&seen["discovery"]["grade"], &seen["discovery"]["ra_deg"]), (&json!("a"), &json!(10.5)));
        let picture = seen["picture"].as_str().expect("a picture");
        assert!(picture.starts_with("/api/v1/images/") && picture.ends_with(".jpg"), "{picture}");
        assert!(seen["discovery"].get("subject").is_none(), "its name in the dataset is for leads");
    })
    .await;
}

/// A PNG of one grey pixel.
const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8,
    0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0x68, 0, 0, 0,
    0x82, 0, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

#[tokio::test(flavor = "multi_thread")]
async fn an_uploaded_picture_is_made_anew_and_shown_to_everybody() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let (mei, reader) = (server.lead("mei").await, server.stranger());
        let send = async |kind: &str, bytes: &[u8]| {
            let request = mei.request(Method::POST, "/api/v1/lead/uploads").header("content-type", kind);
            request.body(bytes.to_vec()).send().await.expect("an answer")
        };
        let kept = ok(send("image/png", PIXEL).await, StatusCode::CREATED).await;
        assert_eq!((&kept["width"], &kept["height"]), (&json!(1), &json!(1)));
        let url = kept["url"].as_str().expect("an address");
        let shown = reader.get(url).await;
        assert_eq!(shown.headers()["content-type"], "image/webp");
        assert_eq!(shown.headers()["cache-control"], "public, max-age=31536000, immutable");
        assert!(shown.bytes().await.expect("bytes").starts_with(b"RIFF"));

        let seen = published(&mei, "with-picture", &format!("![one pixel]({url})")).await;
        let html = mei.post("/api/v1/lead/preview", json!({ "markdown": seen["body"]["en"] })).await;
        let html = ok(html, StatusCode::OK).await;
        assert!(html["html"].as_str().is_some_and(|html| html.contains(&format!("src=\"{url}\""))), "{html}");

        refused(send("image/svg+xml", b"<svg/>").await, 415, "unsupported_media_type", None).await;
        refused(send("image/png", b"<svg/>").await, 422, "invalid_field", Some("(body)")).await;
        refused(send("image/png", &vec![0; 13_000_000]).await, 413, "body_too_large", None).await;
        let elsewhere = reader.get("/api/v1/uploads/..%2F..%2Fserver.seed").await;
        refused(elsewhere, 404, "image_not_found", None).await;
    })
    .await;
}
