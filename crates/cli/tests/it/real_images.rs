//! Real images on their whole way: ingested beside damaged files, scored, shown, voted on
//! through the web app's API, and exported. Skips, and says so, where there are none.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::program::{serve, succeeds};

const SPEC: &str = "
subjects_per_round = 20
votes_per_round = 20
training_images = 4
gate_fraction = 0.0
[training]
epochs = 1
";

fn images() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/images/cfhtls_spacewarps");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: no real images at {}", folder.display());
    None
}

/// A folder with forty real images, and among them what a folder may hold in bad luck.
fn prepare(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    let mut names: Vec<PathBuf> = std::fs::read_dir(from)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "png"))
        .collect();
    names.sort();
    let mut table = "path,label\n".to_owned();
    for path in names.iter().take(40) {
        table += &format!("{},-1\n", path.display());
    }
    let whole = std::fs::read(&names[41]).unwrap();
    std::fs::write(to.join("cut.png"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(to.join("words.fits"), "this is no FITS file").unwrap();
    table += "cut.png,-1\nwords.fits,-1\nnowhere.png,-1\n";
    std::fs::write(to.join("table.csv"), table).unwrap();
}

#[tokio::test]
async fn real_images_are_ingested_scored_shown_voted_on_and_exported() {
    let Some(images) = images() else { return };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prepare(&images.canonicalize().unwrap(), &folder.join("in"));
    let taken = succeeds(
        folder,
        &[
            "ingest",
            "in/table.csv",
            "--out",
            "workspace/datasets/real",
            "--crop",
            "129",
            "--pixel-scale",
            "0.186",
            "--json",
        ],
    );
    let taken: Value = serde_json::from_str(&taken).unwrap();
    assert_eq!(taken["accepted"], 40);
    let refused = taken["rejected"].to_string();
    for bad in ["cut.png", "words.fits", "nowhere.png"] {
        assert!(refused.contains(bad), "{bad} is not named in {refused}");
    }

    succeeds(folder, &["simulate", "--out", "workspace/datasets", "--training", "60"]);
    std::fs::write(folder.join("spec.toml"), SPEC).unwrap();
    succeeds(
        folder,
        &["project", "create", "real", "--survey", "real", "--training", "training", "--spec", "spec.toml"],
    );
    succeeds(folder, &["run", "real", "--once"]);

    let (server, url) = serve(folder);
    let api = format!("{url}/api/v1");
    let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
    let person =
        json!({"email": "mei@example.org", "display_name": "Mei", "password": "a long night under the dome"});
    let answer = client.post(format!("{api}/accounts")).json(&person).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let mut voted = 0;
    while voted < 8 {
        let batch = client
            .post(format!("{api}/projects/real/assignments"))
            .json(&json!({"count": 4}))
            .send()
            .await
            .unwrap();
        let batch: Value = batch.json().await.unwrap();
        let assignments = batch["assignments"].as_array().unwrap().clone();
        assert!(!assignments.is_empty(), "nothing left after {voted} votes");
        for assignment in assignments {
            let path = assignment["image"]["url"].as_str().unwrap();
            let picture = client.get(format!("{url}{path}")).send().await.unwrap();
            assert_eq!(picture.headers()["content-type"], "image/webp");
            assert!(picture.bytes().await.unwrap().starts_with(b"RIFF"));
            let vote = json!({
                "id": uuid::Uuid::from_u128(100 + voted), "assignment_id": assignment["id"], "answer": "lens"
            });
            let answer = client.post(format!("{api}/classifications")).json(&vote).send().await.unwrap();
            assert_eq!(answer.status(), 201);
            voted += 1;
        }
    }
    drop(server);

    let votes = succeeds(folder, &["export", "real", "votes"]);
    assert_eq!(votes.lines().count() as u128, voted + 1, "a header and {voted} votes:\n{votes}");
    assert!(votes.lines().nth(1).unwrap().contains(",lens,"));
    let model =
        std::fs::read_dir(folder.join("workspace/models/lensnet-s")).unwrap().next().unwrap().unwrap().path();
    let plain = folder.join("plain");
    std::fs::create_dir(&plain).unwrap();
    std::fs::copy(images.join(first_image(&images)), plain.join("one.png")).unwrap();
    succeeds(
        folder,
        &["score", "--model", model.to_str().unwrap(), "--images", "plain", "--out", "scores.csv"],
    );
    let scores = std::fs::read_to_string(folder.join("scores.csv")).unwrap();
    assert!(scores.starts_with("id,score"), "{scores}");
    assert_eq!(scores.lines().count(), 2);
}

/// The name of some image of the folder.
fn first_image(folder: &Path) -> String {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".png"))
        .collect();
    names.sort();
    names.remove(0)
}
