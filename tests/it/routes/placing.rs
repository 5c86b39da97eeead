//! "Where is my picture?": placing, failing, stopping, who sees what, and how it all goes.

use std::time::Duration;

use domain::{Digest, Label, RetirementRule, SkyCoord};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use server::{PlacingSettings, ServerConfig};
use store::{ArticleContent, ArticleKind, Bilingual, ImageEncoding, ImageRef, NewSubject, Role};
use tempfile::TempDir;
use testkit::{TestStore, both_stores};

use super::{
    made_up_sky as sky,
    test_server::{Browser, PASSWORD, SLUG, TestServer, client_id, id_of, ok, quick, refused},
};

/// A server with an index of the made-up sky.
async fn server_with(store: TestStore, change: impl FnOnce(&mut PlacingSettings)) -> (TestServer, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    sky::index_into(folder.path());
    let mut placing =
        PlacingSettings { indexes: Some(folder.path().to_owned()), ..PlacingSettings::default() };
    change(&mut placing);
    (TestServer::start(store, ServerConfig { placing, ..quick() }).await, folder)
}

async fn server(store: TestStore) -> (TestServer, TempDir) {
    server_with(store, |_| {}).await
}

impl Browser {
    async fn upload(&self, query: &str, bytes: Vec<u8>) -> Response {
        let request = self.request(Method::POST, &format!("/api/v1/placements?{query}"));
        request
            .header("content-type", "application/octet-stream")
            .body(bytes)
            .send()
            .await
            .expect("an answer")
    }

    /// Uploads and waits until it is finished.
    async fn place(&self, query: &str, bytes: Vec<u8>) -> Value {
        let receipt = ok(self.upload(query, bytes).await, StatusCode::ACCEPTED).await;
        self.finished(receipt["id"].as_str().expect("an id")).await
    }

    async fn finished(&self, id: &str) -> Value {
        for _ in 0..1_200 {
            let found = ok(self.get(&format!("/api/v1/placements/{id}")).await, StatusCode::OK).await;
            if ["placed", "not_placed"].contains(&found["state"].as_str().expect("a state")) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("not finished in a minute");
    }
}

fn path_of(placement: &Value) -> String {
    format!("/api/v1/placements/{}", placement["id"].as_str().expect("an id"))
}

/// A file that is decoded slowly enough to be met on its way: many pixels, nothing in them.
fn slow() -> Vec<u8> {
    let cards = [
        "SIMPLE  =                    T",
        "BITPIX  =                    8",
        "NAXIS   =                    2",
        "NAXIS1  =                 4000",
        "NAXIS2  =                 4000",
        "END",
    ];
    let mut bytes: Vec<u8> = cards.iter().flat_map(|card| format!("{card:<80}").into_bytes()).collect();
    bytes.resize(2880, b' ');
    let pixel = |n: u32| (n.wrapping_mul(2_654_435_761) >> 24) as u8;
    bytes.extend((0..16_000_000).map(pixel));
    bytes.resize(bytes.len().next_multiple_of(2880), 0);
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_finds_its_place_and_its_owner_sees_it() {
    both_stores(async |store| {
        let (server, _folder) = server(store).await;
        let mira = server.volunteer("mira").await;
        let about = ok(mira.get("/api/v1/placing").await, StatusCode::OK).await;
        assert_eq!(
            (about["available"].as_bool(), about["indexes"][0]["file"].as_str()),
            (Some(true), Some("made-up.sqx"))
        );

        let there = SkyCoord { ra_deg: 151.0, dec_deg: 29.0 };
        let found = mira.place("name=my%20sky.png", sky::picture(there)).await;
        assert_eq!(
            (found["state"].as_str(), found["file_name"].as_str()),
            (Some("placed"), Some("my sky.png")),
            "{found}"
        );
        let place = &found["place"];
        let number = |key: &str| place[key].as_f64().expect("a number");
        let centre = SkyCoord { ra_deg: number("ra_deg"), dec_deg: number("dec_deg") };
        assert!(centre.separation_arcsec(there) < sky::SCALE, "{place}");
        assert!((number("scale_arcsec") / sky::SCALE - 1.0).abs() < 0.005, "{place}");
        // North up, east left, as it was drawn.
        let up = number("rotation_deg");
        assert!(
            ((up + 180.0).rem_euclid(360.0) - 180.0).abs() < 1.0 && place["mirrored"] == json!(false),
            "{place}"
        );
        assert!(number("log_odds") > 13.8 && number("matched") >= 8.0, "{place}");
        // The upper left corner is north and east of the middle.
        let corner = |n: usize, k: usize| place["corners"][n][k].as_f64().expect("a number");
        assert!(corner(0, 0) > centre.ra_deg && corner(0, 1) > centre.dec_deg, "{place}");
        assert!(
            !place["grid"].as_array().expect("lines").is_empty()
                && !place["stars"].as_array().expect("stars").is_empty()
        );

        let picture = mira.get(&format!("{}/picture", path_of(&found))).await;
        assert_eq!(picture.headers()["content-type"], "image/jpeg");
        assert_eq!(picture.headers()["cache-control"], "no-store");
        let kept = picture.bytes().await.expect("bytes");
        let kept = image::load_from_memory(&kept).expect("a picture");
        assert_eq!((kept.width(), kept.height()), (sky::SIDE, sky::SIDE));
        let header = mira.get(&format!("{}/header", path_of(&found))).await;
        assert!(header.headers()["content-disposition"].to_str().expect("ASCII").contains("my-sky.wcs.fits"));
        assert!(header.text().await.expect("text").contains("CRVAL1"));
        let annotated = mira.get(&format!("{}/annotated", path_of(&found))).await;
        let annotated = annotated.bytes().await.expect("bytes");
        assert!(image::load_from_memory(&annotated).is_ok());

        let list = ok(mira.get("/api/v1/placements").await, StatusCode::OK).await;
        assert_eq!(list["items"][0]["id"], found["id"]);
        assert_eq!(list["items"][0]["place"]["stars"], json!([]), "lists are short");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_or_too_large_is_refused_at_once() {
    both_stores(async |store| {
        let (server, _folder) = server_with(store, |placing| placing.max_upload_bytes = 100_000).await;
        let mira = server.volunteer("mira").await;
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
        for bytes in [svg, Vec::new(), b"GIF89a".to_vec(), b"\x89PN".to_vec()] {
            refused(mira.upload("", bytes).await, 415, "not_a_picture", None).await;
        }
        refused(mira.upload("", vec![b'x'; 100_001]).await, 413, "body_too_large", None).await;
        for (query, field) in [
            ("ra=10", "radius"),
            ("ra=10&dec=91&radius=1", "dec"),
            ("ra=10&dec=9&radius=0", "radius"),
            ("scale_low=3", "scale_low"),
            ("scale_low=3&scale_high=1", "scale_low"),
            ("scale=3", "scale"),
        ] {
            refused(mira.upload(query, sky::empty()).await, 422, "invalid_field", Some(field)).await;
        }
        let list = ok(mira.get("/api/v1/placements").await, StatusCode::OK).await;
        assert_eq!(list["items"], json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_and_hopeless_files_end_with_a_reason() {
    both_stores(async |store| {
        let (server, _folder) = server(store).await;
        let mira = server.volunteer("mira").await;
        let good = sky::picture(sky::CENTRE);
        let mut bomb = sky::empty();
        // Width and height of the head say a hundred thousand; its checksum is wrong then, as hostile files' are.
        bomb[16..24].copy_from_slice(&[0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0]);
        let mut noise = b"SIMPLE  =                    T".to_vec();
        noise.extend((0..5_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8));
        for (bytes, reason) in [
            (good[..good.len() / 2].to_vec(), "unreadable"),
            (bomb, "unreadable"),
            (noise, "unreadable"),
            (b"\xff\xd8\xff\xe0".to_vec(), "unreadable"),
            (b"II*\0\xff\xff\xff\xff".to_vec(), "unreadable"),
            (sky::empty(), "too_few_sources"),
        ] {
            let found = mira.place("", bytes).await;
            assert_eq!(found["not_placed"]["reason"], json!(reason), "{found}");
            assert_eq!(found["has_picture"], json!(reason == "too_few_sources"));
        }
        // A hint that is wrong: the place is elsewhere.
        let found = mira.place("ra=10&dec=-60&radius=5", good).await;
        let reason = found["not_placed"]["reason"].as_str().expect("a reason");
        assert!(["nothing_fits", "out_of_effort"].contains(&reason), "{found}");
        let gone = mira.get(&format!("{}/header", path_of(&found))).await;
        refused(gone, 404, "placement_not_found", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_index_nothing_is_taken_in_and_the_page_is_told() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let about = ok(mira.get("/api/v1/placing").await, StatusCode::OK).await;
        assert_eq!((about["available"].as_bool(), about["widths_deg"].is_null()), (Some(false), true));
        refused(mira.upload("", sky::empty()).await, 503, "no_star_index", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_is_put_there_later_is_found() {
    both_stores(async |store| {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("junk.sqx"), b"LENSSQX\njunk").expect("a file");
        let placing =
            PlacingSettings { indexes: Some(folder.path().to_owned()), ..PlacingSettings::default() };
        let server = TestServer::start(store, ServerConfig { placing, ..quick() }).await;
        let (mira, lena) = (server.volunteer("mira").await, server.lead("lena").await);
        let about = async |who: &Browser| ok(who.get("/api/v1/placing").await, StatusCode::OK).await;
        assert_eq!(about(&mira).await["available"], json!(false));
        assert_eq!(about(&mira).await["refused"], json!([]), "for leads only");
        assert_eq!(about(&lena).await["refused"][0]["file"], json!("junk.sqx"));
        sky::index_into(folder.path());
        assert_eq!(about(&mira).await["available"], json!(true));
        assert_eq!(mira.place("", sky::picture(sky::CENTRE)).await["state"], json!("placed"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_at_a_time_for_each_person_and_the_queue_is_bounded_and_jobs_can_be_stopped() {
    both_stores(async |store| {
        let (server, _folder) = server_with(store, |placing| placing.max_waiting = 1).await;
        let (mira, ben, cleo) =
            (server.volunteer("mira").await, server.volunteer("ben").await, server.volunteer("cleo").await);
        let first = ok(mira.upload("name=a", slow()).await, StatusCode::ACCEPTED).await;
        let second = ok(ben.upload("name=b", slow()).await, StatusCode::ACCEPTED).await;
        // Should the first be done already, there is nothing to see of a full queue: try anew with the others.
        let in_hand = async |who: &Browser| {
            ok(who.get("/api/v1/placing").await, StatusCode::OK).await["in_hand"].clone()
        };
        if in_hand(&mira).await == first["id"] && in_hand(&ben).await == second["id"] {
            refused(mira.upload("", sky::empty()).await, 409, "already_placing", None).await;
            refused(cleo.upload("", sky::empty()).await, 503, "busy", None).await;
            refused(cleo.get(&path_of(&first)).await, 404, "placement_not_found", None).await;
            refused(cleo.delete(&path_of(&first)).await, 404, "placement_not_found", None).await;
        }
        for (who, job) in [(&ben, &second), (&mira, &first)] {
            assert_eq!(who.delete(&path_of(job)).await.status(), StatusCode::NO_CONTENT);
            refused(who.get(&path_of(job)).await, 404, "placement_not_found", None).await;
        }
        // The room is there again.
        assert_eq!(cleo.place("", sky::empty()).await["state"], json!("not_placed"));
        tokio::time::sleep(Duration::from_millis(300)).await;
        let list = ok(mira.get("/api/v1/placements").await, StatusCode::OK).await;
        assert_eq!(list["items"], json!([]), "nothing of a stopped job is kept");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_sees_a_picture_until_it_is_sent_and_then_only_leads() {
    both_stores(async |store| {
        let (server, _folder) = server(store).await;
        let (mira, ben, lena) =
            (server.volunteer("mira").await, server.volunteer("ben").await, server.lead("lena").await);
        let found = mira.place("name=mine.png", sky::picture(sky::CENTRE)).await;
        let path = path_of(&found);
        let parts = ["", "/picture", "/header", "/annotated"];
        for who in [&ben, &lena] {
            for part in parts {
                refused(who.get(&format!("{path}{part}")).await, 404, "placement_not_found", None).await;
            }
            refused(who.delete(&path).await, 404, "placement_not_found", None).await;
            let note = json!({ "note": "mine" });
            refused(who.post(&format!("{path}/sending"), note).await, 404, "placement_not_found", None).await;
        }
        refused(ben.get("/api/v1/lead/placements").await, 403, "not_allowed", None).await;
        let mark = || {
            let path = format!("{}/done", path.replace("/placements", "/lead/placements"));
            lena.request(Method::PUT, &path).json(&json!({ "done": true })).send()
        };
        refused(mark().await.expect("an answer"), 404, "placement_not_found", None).await;

        let sending = format!("{path}/sending");
        let send = |note: &str| mira.post(&sending, json!({ "note": note }));
        refused(send(&"x".repeat(2_001)).await, 422, "invalid_field", Some("note")).await;
        assert_eq!(send("a\u{202e}n arc?").await.status(), StatusCode::NO_CONTENT);
        let inbox = ok(lena.get("/api/v1/lead/placements?done=false").await, StatusCode::OK).await;
        let item = &inbox["items"][0];
        assert_eq!(
            (item["note"].as_str(), item["author"].as_str()),
            (Some("an arc?"), Some("mira")),
            "{item}"
        );
        for part in parts {
            assert_eq!(lena.get(&format!("{path}{part}")).await.status(), StatusCode::OK, "{part}");
            refused(ben.get(&format!("{path}{part}")).await, 404, "placement_not_found", None).await;
        }
        assert_eq!(mark().await.expect("an answer").status(), StatusCode::NO_CONTENT);
        let inbox = ok(lena.get("/api/v1/lead/placements?done=false").await, StatusCode::OK).await;
        assert_eq!(inbox["items"], json!([]));
        // Whoever sent it can take it back.
        assert_eq!(mira.delete(&path).await.status(), StatusCode::NO_CONTENT);
        refused(lena.get(&path).await, 404, "placement_not_found", None).await;
        let inbox = ok(lena.get("/api/v1/lead/placements").await, StatusCode::OK).await;
        assert_eq!(inbox["items"], json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn discoveries_in_a_picture_are_told_to_everybody_once_they_are_public() {
    both_stores(async |store| {
        let (server, _folder) = server(store).await;
        let mira = server.volunteer("mira").await;
        server.lead("lena").await;
        let lena = server.id_of("lena").await;
        let both = |text: &str| Bilingual { en: text.to_owned(), zh: String::new() };
        for (slug, ra, publish) in [("inside", 150.5, true), ("draft", 149.5, false), ("far", 190.0, true)] {
            let position = Some((ra, 30.0));
            let content = ArticleContent { title: both(slug), position, ..ArticleContent::default() };
            let article = server.store.create_article(ArticleKind::Discovery, slug.to_owned(), content, lena);
            let article = article.await.expect("an article");
            if publish {
                server.store.publish_article(article.id, 1, lena).await.expect("public");
            }
        }
        let found = mira.place("", sky::picture(sky::CENTRE)).await;
        let inside = found["inside"].as_array().expect("a list");
        let names: Vec<_> = inside.iter().map(|one| one["name"].as_str().expect("a name")).collect();
        assert_eq!(names, ["inside"], "{found}");
        let at = |k: usize| inside[0]["at"][k].as_f64().expect("a share");
        // Half a degree east of the middle is left of it.
        assert!(at(0) < 0.49 && (at(1) - 0.5).abs() < 0.01, "{found}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn candidates_in_a_picture_are_told_to_leads_whom_it_was_sent_to_and_to_nobody_else() {
    both_stores(async |store| {
        let project = testkit::project(&store, SLUG).await;
        let subject = |name: &str, ra_deg| NewSubject {
            external_id: name.to_owned(),
            role: Role::Survey,
            label: Label::Unknown,
            training_kind: None,
            position: Some(SkyCoord { ra_deg, dec_deg: 30.2 }),
            cell: None,
        };
        let names = ["arc", "elsewhere"];
        let subjects = vec![subject(names[0], 150.5), subject(names[1], 200.0)];
        store.add_subjects(project, subjects).await.expect("subjects");
        let ids = store.subject_ids(project, names.map(str::to_owned).to_vec()).await.expect("ids");
        let survey: Vec<_> = names.iter().map(|name| ids[*name]).collect();
        let image = |name: &str| ImageRef {
            digest: Digest::of(name.as_bytes()),
            width: 96,
            height: 96,
            pixel_scale_arcsec: Some(0.262),
            encoding: ImageEncoding::Composite,
        };
        store
            .set_images(project, survey.iter().copied().zip(names.map(image)).collect())
            .await
            .expect("images");
        let rule = RetirementRule { min_votes: 3, max_votes: 5 };
        testkit::queue(&store, project, 1, &survey, rule, 1_000).await;

        let folder = tempfile::tempdir().expect("a folder");
        sky::index_into(folder.path());
        let placing =
            PlacingSettings { indexes: Some(folder.path().to_owned()), ..PlacingSettings::default() };
        let config = ServerConfig { placing, entry_quiz: false, ..quick() };
        let server = TestServer::over(store, project, survey, config).await;
        let mut people = Vec::new();
        for (n, name) in ["ada", "ben", "cleo", "dora", "eve"].into_iter().enumerate() {
            let person = server.volunteer(name).await;
            for (k, assignment) in person.assignments(2).await.iter().enumerate() {
                let vote = client_id((10 * n + k + 1) as u128);
                ok(person.vote(vote, &id_of(assignment), "lens").await, StatusCode::CREATED).await;
            }
            people.push(person);
        }
        let (ada, lena) = (&people[0], server.lead("lena").await);
        let own = ada.place("", sky::picture(sky::CENTRE)).await;
        assert_eq!(own["inside"], json!([]), "{own}");
        let path = path_of(&own);
        let sent = ada.post(&format!("{path}/sending"), json!({ "note": "" })).await;
        assert_eq!(sent.status(), StatusCode::NO_CONTENT);
        let seen = ok(lena.get(&path).await, StatusCode::OK).await;
        let kinds: Vec<_> = seen["inside"].as_array().expect("a list").iter().collect();
        assert_eq!(kinds.len(), 1, "{seen}");
        assert_eq!((kinds[0]["kind"].as_str(), kinds[0]["name"].as_str()), (Some("candidate"), Some("arc")));
        assert!(kinds[0]["probability"].as_f64().expect("a number") > 0.9, "{seen}");
        let still = ok(ada.get(&path).await, StatusCode::OK).await;
        assert_eq!(still["inside"], json!([]), "sending tells its owner nothing");
        // Nor does a picture of a lead's own.
        let leads_own = lena.place("", sky::picture(sky::CENTRE)).await;
        assert_eq!(leads_own["inside"], json!([]), "{leads_own}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_export_tells_of_placements_and_a_deleted_account_takes_them_along() {
    both_stores(async |store| {
        let (server, _folder) = server(store).await;
        let (mira, lena) = (server.volunteer("mira").await, server.lead("lena").await);
        let found = mira.place("name=mine.png", sky::picture(sky::CENTRE)).await;
        let path = path_of(&found);
        let sent = mira.post(&format!("{path}/sending"), json!({ "note": "look" })).await;
        assert_eq!(sent.status(), StatusCode::NO_CONTENT);
        let export = ok(mira.get("/api/v1/me/export").await, StatusCode::OK).await;
        let kept = &export["placed_pictures"][0];
        assert_eq!(
            (kept["file_name"].as_str(), kept["note"].as_str()),
            (Some("mine.png"), Some("look")),
            "{kept}"
        );
        assert_eq!(kept["picture"], json!(format!("{path}/picture")));
        assert!(kept["result"]["ra_deg"].is_number(), "{kept}");

        let gone = mira.post("/api/v1/me/deletion", json!({ "password": PASSWORD })).await;
        assert_eq!(gone.status(), StatusCode::NO_CONTENT);
        refused(lena.get(&path).await, 404, "placement_not_found", None).await;
        refused(lena.get(&format!("{path}/picture")).await, 404, "placement_not_found", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_a_limit_to_what_one_person_keeps() {
    both_stores(async |store| {
        let (server, _folder) = server_with(store, |placing| placing.kept_each = 1).await;
        let mira = server.volunteer("mira").await;
        let first = mira.place("", sky::empty()).await;
        refused(mira.upload("", sky::empty()).await, 409, "limit_reached", None).await;
        assert_eq!(mira.delete(&path_of(&first)).await.status(), StatusCode::NO_CONTENT);
        assert_eq!(mira.upload("", sky::empty()).await.status(), StatusCode::ACCEPTED);
    })
    .await;
}
