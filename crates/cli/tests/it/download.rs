//! `lensfinder download` from outside: killed, interrupted, run again.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::Value;

use crate::{
    program::lensfinder,
    sky_server::{Manner, SkyServer, cutout},
};

/// A list of clusters inside the server's survey.
fn list(folder: &Path, count: u32) {
    let rows = (0..count).map(|k| {
        let (ra, dec) = (100.0 + f64::from(k % 3) * 60.0, 2.0 + 0.01 * f64::from(k));
        format!("{},{ra},{dec},{}\n", 7_000_000_000_u64 + u64::from(k), 0.3 + 0.01 * f64::from(k))
    });
    let text = format!("cluster_id,ra_deg,dec_deg,z\n{}", rows.collect::<String>());
    fs::write(folder.join("clusters.csv"), text).unwrap();
}

fn command(folder: &Path, url: &str, more: &[&str]) -> Command {
    let mut arguments = vec!["download", "clusters.csv", "--out", "out", "--contact", "tests@example.org"];
    arguments.extend(["--url", url, "--size", "24", "--json"]);
    arguments.extend(more);
    lensfinder(folder, &arguments)
}

/// Runs it to its end, off the server's thread, and reads what it printed.
async fn run(folder: &Path, url: &str, more: &[&str]) -> Value {
    let mut command = command(folder, url, more);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_many_moments_it_loses_nothing_and_doubles_nothing() {
    const COUNT: u32 = 60;
    let server = SkyServer::start(|_| Manner::Drip).await;
    let folder = tempfile::tempdir().unwrap();
    list(folder.path(), COUNT);
    let kills: usize = 6;
    for round in 1..=kills {
        let mut child = command(folder.path(), &server.url, &["--rate", "1000"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Killed once it has asked for some more, wherever it then stands.
        let until = (round * 8).min(COUNT as usize);
        while server.asked().len() < until && child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let before = server.asked().len();
    assert!(before >= 40, "{before}");
    let told = run(folder.path(), &server.url, &["--rate", "1000"]).await;
    assert_eq!(told["summary"]["done"], COUNT);
    let asked = server.asked();
    // A kill loses at most what the two connections were about to bring.
    assert!(asked.len() <= COUNT as usize + 2 * kills, "{} requests", asked.len());
    let out = folder.path().join("out");
    let rows = fs::read_to_string(out.join("downloads.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(rows.as_bytes());
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|have| have == name).unwrap();
    let mut ids = Vec::new();
    for row in reader.records().map(Result::unwrap) {
        let file = fs::read(out.join(&row[column("path")])).unwrap();
        assert_eq!(row[column("sha256")], domain::Digest::of(&file).to_string());
        let dec: f64 = row[column("dec_deg")].parse().unwrap();
        let theirs = asked.iter().find(|asked| (asked.number("dec") - dec).abs() < 1e-7).unwrap();
        assert_eq!(file, cutout(theirs), "{row:?}");
        assert_eq!(&row[column("state")], "done");
        assert!(row[column("z_cluster")].starts_with("0."));
        ids.push(row[column("id")].to_owned());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), COUNT as usize);
    let again = run(folder.path(), &server.url, &["--verify"]).await;
    assert_eq!((&again["requests"], &again["summary"]["damaged"]), (&Value::from(0), &Value::from(0)));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupt_ends_it_with_130_and_the_next_run_goes_on() {
    let server = SkyServer::start(|_| Manner::Drip).await;
    let folder = tempfile::tempdir().unwrap();
    list(folder.path(), 40);
    let mut child = command(folder.path(), &server.url, &["--rate", "1000"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while server.asked().len() < 5 {
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    let interrupt = format!("kill -INT {}", child.id());
    assert!(Command::new("sh").args(["-c", &interrupt]).status().unwrap().success());
    let status = tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
    assert_eq!(status.code(), Some(130));
    let rows = fs::read_to_string(folder.path().join("out/downloads.csv")).unwrap();
    let done = rows.matches(",done,").count();
    assert!(done > 0 && done < 40 && rows.matches(",waiting,").count() == 40 - done, "{rows}");
    let told = run(folder.path(), &server.url, &["--rate", "1000"]).await;
    assert_eq!(told["summary"]["done"], 40);
    assert_eq!(told["requests"].as_u64().unwrap() as usize, 40 - done);
}

#[tokio::test]
async fn bad_manners_and_bad_lists_are_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    list(folder.path(), 2);
    let refused = |arguments: &[&str], words: &[&str]| {
        let output = lensfinder(folder.path(), arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{arguments:?}");
        assert!(words.iter().all(|word| said.contains(word)), "{arguments:?}: {said}");
    };
    let with = |more: &[&'static str]| {
        let usual = ["download", "clusters.csv", "--out", "o", "--contact", "tests@example.org"];
        usual.into_iter().chain(more.iter().copied()).collect::<Vec<_>>()
    };
    refused(&["download", "clusters.csv", "--out", "o"], &["--contact"]);
    refused(&["download", "clusters.csv", "--out", "o", "--contact", "me"], &["you@example.org"]);
    refused(&with(&["--rate", "3"]), &["--rate", "shared by all astronomers"]);
    refused(&with(&["--connections", "5"]), &["--connections", "within 1 and 4"]);
    refused(&with(&["--size", "600"]), &["--size", "512"]);
    refused(&with(&["--url", "legacysurvey"]), &["--url"]);
    fs::write(folder.path().join("clusters.csv"), "name,l,b\nx,1,2\n").unwrap();
    refused(&with(&[]), &["clusters.csv", "ra_deg or ra"]);
    assert!(!folder.path().join("o/downloads.csv").exists());
}
