//! The first admin, roles and letters of a served site, from the command line.

use serde_json::{Value, json};

use crate::program::{lensfinder, serve, succeeds};

fn fails(folder: &std::path::Path, arguments: &[&str]) -> String {
    let output = lensfinder(folder, arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn json_of(folder: &std::path::Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&succeeds(folder, arguments)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_runs_the_server_makes_the_first_admin_and_sees_who_has_which_role() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    succeeds(at, &["account", "list"]);
    let (_server, url) = serve(at);
    let http = reqwest::Client::builder().cookie_store(true).build().unwrap();
    let post =
        async |path: &str, body: Value| http.post(format!("{url}{path}")).json(&body).send().await.unwrap();
    let new = json!({
        "email": "mira@example.org", "display_name": "Mira", "password": "a slow red giant", "language": "zh",
    });
    assert_eq!(post("/api/v1/accounts", new).await.status(), 201);

    let claim = json_of(at, &["account", "claim", "--url", "https://lens.example/", "--json"]);
    let link = claim["link"].as_str().unwrap();
    let secret = link.strip_prefix("https://lens.example/admin/claim#").unwrap();
    assert_eq!(post("/api/v1/admin/claim", json!({ "secret": secret })).await.status(), 200);
    assert!(fails(at, &["account", "claim"]).contains("there is an admin already"));

    let admins = json_of(at, &["account", "list", "--role", "admin", "--json"]);
    assert_eq!(
        (admins[0]["email"].as_str(), admins.as_array().map(Vec::len)),
        (Some("mira@example.org"), Some(1))
    );
    assert!(
        succeeds(at, &["account", "list", "--search", "MIRA"]).contains("mira@example.org (not verified)")
    );
    assert!(fails(at, &["account", "role", "mira@example.org", "lead"]).contains("last admin"));
    assert!(fails(at, &["account", "role", "nobody@example.org", "lead"]).contains("nobody@example.org"));
    let same = json_of(at, &["account", "role", "Mira@Example.org", "admin", "--json"]);
    assert_eq!((&same["before"], &same["role"]), (&json!("admin"), &json!("admin")));

    // Letters of a site that only this machine can reach lie in the workspace.
    let mail = at.join("workspace").join("mail");
    let letters = || std::fs::read_dir(&mail).map(Iterator::count).unwrap_or_default();
    for _ in 0..100 {
        if letters() >= 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(letters(), 2, "one letter, as it would be sent and readable");
}

#[test]
fn settings_of_letters_that_cannot_work_are_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    for (extra, words) in [
        (["--smtp", "http://mail.example.org"], "mail server"),
        (["--mail-from", "nobody"], "sender"),
        (["--public-url", "lens.example.org"], "--public-url"),
        (["--public-url", "https://lens.example.org/path"], "--public-url"),
    ] {
        let said = fails(folder.path(), &[serve.as_slice(), extra.as_slice()].concat());
        assert!(said.contains(words), "{extra:?}: {said}");
    }
}
