//! The quiz, practice and the gallery: what is told when, and who gets in.

use std::{collections::HashMap, time::Duration};

use domain::{Digest, Label};
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{Rate, RateLimits, ServerConfig};
use store::{About, ImageEncoding, ImageRef, Purpose, QuizRules, TeachingImage};
use testkit::both_stores;

use super::test_server::{Browser, SLUG, TestServer, ok, quick, refused};

const OUTLINE: [[f64; 2]; 3] = [[0.125, 0.25], [0.5, 0.25], [0.375, 0.75]];

fn image(purpose: &str, place: u32) -> TeachingImage {
    let kinds = ["arc", "spiral", "ring", "plain"];
    let kind = kinds[place as usize % kinds.len()];
    let truth = if place.is_multiple_of(2) { Label::Lens } else { Label::NonLens };
    TeachingImage {
        place,
        name: format!("{purpose}-{place}"),
        image: ImageRef {
            digest: Digest::of_parts([purpose.as_bytes(), &place.to_le_bytes()]),
            width: 384,
            height: 384,
            pixel_scale_arcsec: Some(0.26),
            encoding: ImageEncoding::Companded,
        },
        truth,
        kind: kind.to_owned(),
        simulated: true,
        outline: (truth == Label::Lens).then(|| vec![OUTLINE.to_vec()]),
        words: if place == 0 {
            [Some("Look closely.".to_owned()), Some("仔细看。".to_owned())]
        } else {
            [None, None]
        },
        about: About::default(),
    }
}

/// A server whose project has a quiz of 4 of 8 images (2 must be right), and 3 images for the rest.
async fn with_quiz(store: testkit::TestStore, config: ServerConfig) -> TestServer {
    let server = TestServer::start(store, config).await;
    for (purpose, name, count) in
        [(Purpose::Quiz, "quiz", 8), (Purpose::Practice, "practice", 3), (Purpose::Gallery, "gallery", 3)]
    {
        let images = (0..count).map(|place| image(name, place)).collect();
        server.store.set_teaching(server.project, purpose, images).await.expect("images");
    }
    let rules = QuizRules { questions: 4, pass_mark: 3 };
    server.store.set_quiz(server.project, Some(rules)).await.expect("a quiz");
    server
}

/// The truth of each question image, by its address.
fn truths() -> HashMap<String, bool> {
    let of = |place| (format!("/api/v1/images/{}.webp", image("quiz", place).image.digest), place % 2 == 0);
    (0..8).map(of).collect()
}

struct Attempt {
    id: String,
    /// Whether each question is a lens.
    lenses: Vec<bool>,
}

async fn begin(who: &Browser) -> Attempt {
    let attempt =
        ok(who.post(&format!("/api/v1/projects/{SLUG}/quiz"), json!({})).await, StatusCode::CREATED).await;
    let truths = truths();
    let lenses = attempt["questions"].as_array().expect("questions").iter();
    Attempt {
        id: attempt["id"].as_str().expect("an id").to_owned(),
        lenses: lenses.map(|image| truths[image["url"].as_str().expect("a url")]).collect(),
    }
}

async fn answer(who: &Browser, attempt: &str, question: usize, lens: bool) -> reqwest::Response {
    let body = json!({ "question": question, "answer": if lens { "lens" } else { "no_lens" } });
    who.post(&format!("/api/v1/quizzes/{attempt}/answers"), body).await
}

async fn finish(who: &Browser, attempt: &str) -> reqwest::Response {
    who.post(&format!("/api/v1/quizzes/{attempt}/result"), json!({})).await
}

/// Takes the whole quiz with so many right answers.
async fn take(who: &Browser, right: usize) -> (String, Value) {
    let attempt = begin(who).await;
    for (question, lens) in attempt.lenses.iter().enumerate() {
        let said = if question < right { *lens } else { !*lens };
        ok(answer(who, &attempt.id, question, said).await, StatusCode::OK).await;
    }
    let result = ok(finish(who, &attempt.id).await, StatusCode::OK).await;
    (attempt.id, result)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_image_is_handed_out_before_the_quiz_is_passed() {
    both_stores(async |store| {
        let server = with_quiz(store, quick()).await;
        let ada = server.volunteer("ada").await;
        refused(ada.ask_for(1).await, 403, "quiz_not_passed", None).await;
        let (_, failed) = take(&ada, 2).await;
        assert_eq!(
            (&failed["passed"], &failed["score"], &failed["pass_mark"]),
            (&json!(false), &json!(2), &json!(3))
        );
        assert!(!failed["look_again"].as_array().expect("kinds").is_empty());
        refused(ada.ask_for(1).await, 403, "quiz_not_passed", None).await;
        let (_, passed) = take(&ada, 3).await;
        assert_eq!((&passed["passed"], &passed["claimable"]), (&json!(true), &json!(false)));
        assert_eq!(ada.assignments(1).await.len(), 1);

        let me = ok(ada.get("/api/v1/me").await, StatusCode::OK).await;
        assert_eq!(me["quizzes_passed"], json!([SLUG]));
        let quiz = ok(ada.get(&format!("/api/v1/projects/{SLUG}/quiz")).await, StatusCode::OK).await;
        assert_eq!(
            (&quiz["required"], &quiz["mine"]["attempts"], &quiz["mine"]["best"]),
            (&json!(true), &json!(2), &json!(3))
        );
        assert!(quiz["mine"]["passed_at"].is_string());
        let ben = server.volunteer("ben").await;
        refused(ben.ask_for(1).await, 403, "quiz_not_passed", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_can_leave_the_quiz_out_and_a_project_can_have_none() {
    both_stores(async |store| {
        let server = with_quiz(store, ServerConfig { entry_quiz: false, ..quick() }).await;
        let ada = server.volunteer("ada").await;
        assert_eq!(ada.assignments(1).await.len(), 1);
        let quiz = ok(ada.get(&format!("/api/v1/projects/{SLUG}/quiz")).await, StatusCode::OK).await;
        assert_eq!(quiz["required"], json!(false));
        server.stop().await;
    })
    .await;
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let ada = server.volunteer("ada").await;
        assert_eq!(ada.assignments(1).await.len(), 1);
        refused(ada.post(&format!("/api/v1/projects/{SLUG}/quiz"), json!({})).await, 404, "no_quiz", None)
            .await;
        let quiz = ok(ada.get(&format!("/api/v1/projects/{SLUG}/quiz")).await, StatusCode::OK).await;
        assert_eq!((&quiz["questions"], &quiz["required"]), (&json!(0), &json!(false)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_tells_the_truth_before_the_answer() {
    both_stores(async |store| {
        let server = with_quiz(store, quick()).await;
        let guest = server.stranger();
        let quiz = guest.post(&format!("/api/v1/projects/{SLUG}/quiz"), json!({})).await;
        let quiz = ok(quiz, StatusCode::CREATED).await;
        let practice =
            ok(guest.get(&format!("/api/v1/projects/{SLUG}/practice")).await, StatusCode::OK).await;
        let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
        let plain = ["encoding", "height", "pixel_scale_arcsec", "url", "width"];
        for image in quiz["questions"].as_array().expect("images") {
            assert_eq!(keys(image), plain);
        }
        assert_eq!(keys(&quiz), ["id", "pass_mark", "questions"]);
        for item in practice["items"].as_array().expect("images") {
            assert_eq!(
                (keys(item), keys(&item["image"])),
                (vec!["image".to_owned(), "number".to_owned()], plain.map(str::to_owned).to_vec())
            );
        }
        for words in ["lens\"", "truth", "kind", "\"arc\"", "spiral", "outline", "0.125"] {
            let text = format!("{quiz}{practice}");
            assert!(!text.contains(words), "{words} in {text}");
        }
        // Answering one question tells nothing of the others.
        let id = quiz["id"].as_str().expect("an id");
        let told = ok(answer(&guest, id, 0, true).await, StatusCode::OK).await;
        assert_eq!(keys(&told), ["left", "lesson", "question"]);
        assert_eq!((&told["left"], &told["question"]), (&json!(3), &json!(0)));
        refused(finish(&guest, id).await, 409, "quiz_unfinished", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_answer_it_is_explained() {
    both_stores(async |store| {
        let server = with_quiz(store, quick()).await;
        let guest = server.stranger();
        let say = async |number: u32, answer: &str| {
            let path = format!("/api/v1/projects/{SLUG}/practice/{number}");
            guest.post(&path, json!({ "answer": answer })).await
        };
        let arc = ok(say(0, "unsure").await, StatusCode::OK).await;
        let expected = json!({
            "truth": "lens", "correct": false, "kind": "arc", "simulated": true, "outline": [OUTLINE],
            "words": { "en": "Look closely.", "zh": "仔细看。" },
        });
        assert_eq!(arc, expected);
        let spiral = ok(say(1, "no_lens").await, StatusCode::OK).await;
        assert_eq!(
            (&spiral["truth"], &spiral["correct"], &spiral["outline"]),
            (&json!("no_lens"), &json!(true), &Value::Null)
        );
        refused(say(9, "lens").await, 404, "image_not_found", None).await;
        refused(say(0, "maybe").await, 422, "invalid_field", Some("answer")).await;
        let page =
            ok(guest.get(&format!("/api/v1/projects/{SLUG}/practice?limit=2")).await, StatusCode::OK).await;
        let next = page["next"].as_str().expect("there is more");
        let path = format!("/api/v1/projects/{SLUG}/practice?limit=2&after={next}");
        let last = ok(guest.get(&path).await, StatusCode::OK).await;
        assert_eq!((last["items"][0]["number"].as_u64(), &last["next"]), (Some(2), &Value::Null));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiz_cannot_be_passed_by_answering_again() {
    both_stores(async |store| {
        let server = with_quiz(store, quick()).await;
        let guest = server.stranger();
        let attempt = begin(&guest).await;
        for (question, lens) in attempt.lenses.iter().enumerate() {
            let first = ok(answer(&guest, &attempt.id, question, !lens).await, StatusCode::OK).await;
            assert_eq!(first["lesson"]["correct"], json!(false));
            // The explanation is known now; the right answer comes too late.
            refused(answer(&guest, &attempt.id, question, *lens).await, 409, "question_answered", None).await;
            let same = ok(answer(&guest, &attempt.id, question, !lens).await, StatusCode::OK).await;
            assert_eq!(same, first, "a request that is sent again gets the same answer");
        }
        let result = ok(finish(&guest, &attempt.id).await, StatusCode::OK).await;
        assert_eq!((&result["score"], &result["passed"]), (&json!(0), &json!(false)));
        refused(answer(&guest, &attempt.id, 0, attempt.lenses[0]).await, 409, "question_answered", None)
            .await;
        assert_eq!(ok(finish(&guest, &attempt.id).await, StatusCode::OK).await, result);
        refused(answer(&guest, &attempt.id, 4, true).await, 422, "invalid_field", Some("question")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guests_pass_comes_along_to_the_new_account_and_to_no_other() {
    both_stores(async |store| {
        let server = with_quiz(store, quick()).await;
        let guest = server.stranger();
        let (passed, result) = take(&guest, 4).await;
        assert_eq!(result["claimable"], json!(true));
        let (failed, _) = take(&guest, 1).await;
        let open = begin(&guest).await.id;
        let claim =
            async |who: &Browser, id: &str| who.post(&format!("/api/v1/quizzes/{id}/claim"), json!({})).await;
        refused(claim(&guest, &passed).await, 401, "not_signed_in", None).await;

        let ada = server.volunteer("ada").await;
        for (id, why) in
            [(failed.as_str(), "failed"), (&open, "open"), ("00000000-0000-4000-8000-000000000001", "forged")]
        {
            let response = claim(&ada, id).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{why}");
            refused(response, 404, "quiz_not_found", None).await;
        }
        refused(claim(&ada, "not-an-id").await, 404, "not_found", None).await;
        refused(ada.ask_for(1).await, 403, "quiz_not_passed", None).await;
        assert_eq!(claim(&ada, &passed).await.status(), StatusCode::NO_CONTENT);
        assert_eq!(claim(&ada, &passed).await.status(), StatusCode::NO_CONTENT, "sent again");
        assert_eq!(ada.assignments(1).await.len(), 1);

        let ben = server.volunteer("ben").await;
        refused(claim(&ben, &passed).await, 404, "quiz_not_found", None).await;
        refused(ben.ask_for(1).await, 403, "quiz_not_passed", None).await;
        // An attempt of an account is nobody else's, not even to look at.
        let (own, _) = take(&ben, 4).await;
        for other in [&ada, &guest] {
            refused(finish(other, &own).await, 404, "quiz_not_found", None).await;
            refused(answer(other, &own, 0, true).await, 404, "quiz_not_found", None).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_counts_for_its_own_project_only() {
    both_stores(async |store| {
        let server = with_quiz(store, quick()).await;
        let other = testkit::project(&server.store, "other").await;
        let images = (0..4).map(|place| image("quiz", place)).collect();
        server.store.set_teaching(other, Purpose::Quiz, images).await.expect("images");
        server.store.set_quiz(other, Some(QuizRules { questions: 2, pass_mark: 1 })).await.expect("a quiz");
        let guest = server.stranger();
        let (passed, _) = take(&guest, 4).await;
        let ada = server.volunteer("ada").await;
        ada.post(&format!("/api/v1/quizzes/{passed}/claim"), json!({})).await;
        let response = ada.post("/api/v1/projects/other/assignments", json!({ "count": 1 })).await;
        refused(response, 403, "quiz_not_passed", None).await;
        assert_eq!(ada.assignments(1).await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_and_passes_grow_old() {
    both_stores(async |store| {
        let server = with_quiz(store, quick()).await;
        let guest = server.stranger();
        let (passed, _) = take(&guest, 4).await;
        let (fresh, _) = take(&guest, 4).await;
        let open = begin(&guest).await;
        server.store.clock.advance(Duration::from_secs(25 * 3600));
        refused(answer(&guest, &open.id, 0, true).await, 410, "quiz_expired", None).await;
        refused(finish(&guest, &open.id).await, 410, "quiz_expired", None).await;
        let ada = server.volunteer("ada").await;
        let claim = async |id: &str| ada.post(&format!("/api/v1/quizzes/{id}/claim"), json!({})).await;
        assert_eq!(claim(&fresh).await.status(), StatusCode::NO_CONTENT);
        server.store.clock.advance(Duration::from_secs(7 * 24 * 3600));
        refused(claim(&passed).await, 410, "quiz_expired", None).await;
        // The next who begins clears old guests away.
        begin(&guest).await;
        refused(claim(&passed).await, 404, "quiz_not_found", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_asks_without_end_is_slowed_down() {
    both_stores(async |store| {
        let limits =
            RateLimits { lessons_per_address: Some(Rate { burst: 3, per_second: 0.1 }), ..RateLimits::off() };
        let server = with_quiz(store, ServerConfig { rate_limits: limits, ..quick() }).await;
        let guest = server.stranger();
        for _ in 0..3 {
            begin(&guest).await;
        }
        let refusal = guest.post(&format!("/api/v1/projects/{SLUG}/quiz"), json!({})).await;
        refused(refusal, 429, "too_many_requests", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gallery_and_the_lens_are_open_to_everybody() {
    both_stores(async |store| {
        let server = with_quiz(store, quick()).await;
        let guest = server.stranger();
        let gallery = ok(guest.get(&format!("/api/v1/projects/{SLUG}/gallery")).await, StatusCode::OK).await;
        let items = gallery["items"].as_array().expect("items");
        assert_eq!(items.len(), 3);
        assert_eq!((&items[0]["truth"], &items[0]["kind"]), (&json!("lens"), &json!("arc")));
        refused(guest.get("/api/v1/projects/nowhere/gallery").await, 404, "project_not_found", None).await;

        let lens = guest.get("/api/v1/lens-model").await;
        let tag = lens.headers()["etag"].clone();
        assert!(ok(lens, StatusCode::OK).await["galaxies"].as_array().expect("galaxies").len() > 3);
        let again = guest.request(reqwest::Method::GET, "/api/v1/lens-model").header("if-none-match", tag);
        assert_eq!(again.send().await.expect("an answer").status(), StatusCode::NOT_MODIFIED);
    })
    .await;
}
