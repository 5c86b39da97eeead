//! What a download leaves on disk, and what a second one does.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::DateTime;
use domain::{Clock, Digest, Progress, Seed, Silent, SkyCoord, Timestamp};
use download::{Client, DownloadError, Entry, Folder, List, Recipe, Report, Settings, State};
use survey::{IngestInput, IngestRequest};

use crate::sky_server::{Manner, SkyServer, cutout};

/// A clock that stands.
pub struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        DateTime::from_timestamp(1_794_000_000, 0).unwrap()
    }
}

/// `count` clusters in two corners of the sky, all inside the server's survey.
pub fn clusters(count: u32) -> List {
    let at = |k: u32| {
        let ra_deg = if k.is_multiple_of(2) { 359.9 } else { 150.0 } + 0.003 * f64::from(k);
        SkyCoord::new(ra_deg, 2.0 + 0.01 * f64::from(k)).unwrap()
    };
    List::of((0..count).map(|k| Entry::new(&format!("c{k}"), at(k))).collect()).unwrap()
}

/// Small cutouts, and no patience.
pub fn settings(url: &str) -> Settings {
    let recipe = Recipe { source: url.to_owned(), size: 24, ..Recipe::default() };
    let mut settings = Settings::new(recipe, "tests@example.org");
    settings.requests_per_second = 2000.0;
    settings.backoff_base = Duration::from_millis(2);
    settings.backoff_cap = Duration::from_millis(10);
    settings.idle_timeout = Duration::from_secs(20);
    settings.breaker.pause = Duration::from_millis(5);
    settings
}

pub async fn fetch(folder: &mut Folder, settings: &Settings) -> Result<Report, DownloadError> {
    let client = Client::new(settings, Arc::new(Standing))?;
    download::run(folder, settings, &client, Seed::root(1), &Silent).await
}

pub fn open(path: &Path, settings: &Settings, list: List) -> Folder {
    Folder::open(path, &settings.recipe, list, false, &Silent).unwrap()
}

/// Opens, fetches, and gives both back.
pub async fn download(path: &Path, settings: &Settings, list: List) -> (Folder, Report) {
    let mut folder = open(path, settings, list);
    let report = fetch(&mut folder, settings).await.unwrap();
    (folder, report)
}

#[tokio::test]
async fn every_cutout_is_fetched_once_whole_and_over_two_connections() {
    let server = SkyServer::start(|_| Manner::Good).await;
    let settings = settings(&server.url);
    let out = tempfile::tempdir().unwrap();
    let (folder, report) = download(out.path(), &settings, clusters(25)).await;
    assert_eq!((report.summary.done, report.requests), (25, 25));
    let asked = server.asked();
    assert_eq!(asked.len(), 25);
    assert!(asked.iter().all(|asked| asked.before == 0), "nothing is asked for twice");
    assert!(asked.iter().all(|asked| asked.agent.contains("contact: tests@example.org")));
    assert!(asked.iter().all(|asked| asked.path.starts_with("/viewer/fits-cutout?ra=")));
    assert!(server.most_open() <= 2, "{}", server.most_open());
    for (index, (entry, outcome)) in folder.entries().iter().zip(folder.outcomes()).enumerate() {
        let file = fs::read(folder.file(index)).unwrap();
        let theirs = asked.iter().find(|a| a.position().separation_arcsec(entry.position) < 0.01).unwrap();
        assert_eq!(file, cutout(theirs));
        assert_eq!(outcome.sha256, Some(Digest::of(&file)));
        assert_eq!((outcome.bytes, outcome.attempts), (file.len() as u64, 1));
        assert!(folder.file(index).ends_with(format!("cutouts/{:05}/{}.fits", entry.cell, entry.id)));
    }
}

#[tokio::test]
async fn a_second_run_asks_for_nothing() {
    let server = SkyServer::start(|_| Manner::Good).await;
    let settings = settings(&server.url);
    let out = tempfile::tempdir().unwrap();
    drop(download(out.path(), &settings, clusters(6)).await);
    let list = fs::read(out.path().join("downloads.csv")).unwrap();
    let (_, report) = download(out.path(), &settings, clusters(6)).await;
    assert_eq!((report.requests, report.summary.done, server.asked().len()), (0, 6, 6));
    assert_eq!(fs::read(out.path().join("downloads.csv")).unwrap(), list);
}

#[tokio::test]
async fn a_longer_list_fetches_only_what_is_new_and_a_moved_cluster_again() {
    let server = SkyServer::start(|_| Manner::Good).await;
    let settings = settings(&server.url);
    let out = tempfile::tempdir().unwrap();
    drop(download(out.path(), &settings, clusters(6)).await);
    let mut entries = clusters(8).entries().to_vec();
    let moved = entries.iter_mut().find(|entry| &*entry.id == "c3").unwrap();
    *moved = Entry::new("c3", SkyCoord { ra_deg: moved.position.ra_deg, dec_deg: 2.5 });
    let (_, report) = download(out.path(), &settings, List::of(entries).unwrap()).await;
    assert_eq!((report.requests, report.summary.done), (3, 8));
}

#[tokio::test]
async fn lost_and_damaged_files_are_fetched_again() {
    let server = SkyServer::start(|_| Manner::Good).await;
    let settings = settings(&server.url);
    let out = tempfile::tempdir().unwrap();
    let (folder, _) = download(out.path(), &settings, clusters(5)).await;
    let (lost, changed) = (folder.file(0), folder.file(1));
    drop(folder);
    fs::remove_file(&lost).unwrap();
    let mut bytes = fs::read(&changed).unwrap();
    let last = bytes.len() - 3000;
    bytes[last] ^= 1;
    fs::write(&changed, &bytes).unwrap();
    let folder = open(out.path(), &settings, clusters(5));
    assert_eq!(folder.summary().damaged, 1, "sizes alone show only the lost one");
    drop(folder);
    let mut folder = Folder::open(out.path(), &settings.recipe, clusters(5), true, &Silent).unwrap();
    assert_eq!((folder.summary().damaged, folder.summary().done), (2, 3));
    let report = fetch(&mut folder, &settings).await.unwrap();
    assert_eq!((report.requests, report.summary.done, server.asked().len()), (2, 5, 7));
}

#[tokio::test]
async fn a_file_that_a_killed_run_left_without_a_note_is_checked_and_kept() {
    let server = SkyServer::start(|_| Manner::Good).await;
    let settings = settings(&server.url);
    let out = tempfile::tempdir().unwrap();
    let (folder, _) = download(out.path(), &settings, clusters(4)).await;
    let half = folder.file(2);
    drop(folder);
    fs::remove_file(out.path().join("downloads.journal")).unwrap();
    let bytes = fs::read(&half).unwrap();
    fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
    let (_, report) = download(out.path(), &settings, clusters(4)).await;
    assert_eq!((report.requests, report.summary.done), (1, 4), "only the half file counts for nothing");
}

#[tokio::test]
async fn where_the_survey_has_no_image_is_final_and_no_error() {
    let server = SkyServer::start(|_| Manner::Good).await;
    let settings = settings(&server.url);
    let out = tempfile::tempdir().unwrap();
    let at = |id: &str, dec_deg| Entry::new(id, SkyCoord { ra_deg: 10.0, dec_deg });
    let list =
        || List::of(vec![at("nan", -40.0), at("zero", 85.0), at("no-z", 75.0), at("in", 1.0)]).unwrap();
    let (folder, report) = download(out.path(), &settings, list()).await;
    assert_eq!((report.summary.outside, report.summary.done, report.requests), (3, 1, 4));
    let reason = |id: &str| {
        let index = folder.entries().iter().position(|entry| &*entry.id == id).unwrap();
        folder.outcomes()[index].reason.clone().unwrap_or_default()
    };
    assert!(reason("zero").contains("OVERLAP"), "{}", reason("zero"));
    assert!(reason("no-z").contains("band z"), "{}", reason("no-z"));
    drop(folder);
    let (_, report) = download(out.path(), &settings, list()).await;
    assert_eq!(report.requests, 0);
}

#[tokio::test]
async fn an_answer_without_pixels_that_says_no_overlap_is_final_too() {
    let server = SkyServer::start(|asked| match asked.before {
        0 if asked.number("dec") < 2.005 => Manner::NoPixels,
        0 if asked.number("dec") < 2.015 => Manner::SaysNoOverlap,
        _ => Manner::Good,
    })
    .await;
    let settings = settings(&server.url);
    let out = tempfile::tempdir().unwrap();
    let (folder, report) = download(out.path(), &settings, clusters(3)).await;
    assert_eq!((report.summary.outside, report.summary.done, report.requests), (2, 1, 3));
    drop(folder);
    let (_, report) = download(out.path(), &settings, clusters(3)).await;
    assert_eq!((report.requests, report.summary.outside), (0, 2));
}

#[tokio::test]
async fn damage_that_was_found_is_remembered() {
    let server = SkyServer::start(|_| Manner::Good).await;
    let settings = settings(&server.url);
    let out = tempfile::tempdir().unwrap();
    let (folder, _) = download(out.path(), &settings, clusters(3)).await;
    let changed = folder.file(1);
    drop(folder);
    let mut bytes = fs::read(&changed).unwrap();
    let last = bytes.len() - 3000;
    bytes[last] ^= 1;
    fs::write(&changed, &bytes).unwrap();
    drop(Folder::open(out.path(), &settings.recipe, clusters(3), true, &Silent).unwrap());
    assert!(!changed.exists() && changed.with_extension("fits.damaged").exists());
    let mut folder = open(out.path(), &settings, clusters(3));
    assert_eq!((folder.outcomes()[1].state, folder.summary().waiting), (State::Waiting, 1));
    let report = fetch(&mut folder, &settings).await.unwrap();
    assert_eq!((report.requests, report.summary.done), (1, 3));
}

#[tokio::test]
async fn masks_and_inverse_variances_come_along_and_flags_go_to_the_list() {
    let server = SkyServer::start(|_| Manner::Good).await;
    let mut settings = settings(&server.url);
    (settings.recipe.invvar, settings.recipe.maskbits) = (true, true);
    let out = tempfile::tempdir().unwrap();
    let (folder, report) = download(out.path(), &settings, clusters(2)).await;
    assert_eq!(report.summary.done, 2);
    assert_eq!(folder.outcomes()[0].flags, Some(2 | 2048));
    let file = fs::read(folder.file(0)).unwrap();
    let cube = imaging::fits::read(&file).unwrap();
    let ivar = imaging::InverseVariance::of_cutout(&file, &cube).unwrap().unwrap();
    assert!(ivar.is_masked(0, 0, 0) && !ivar.is_masked(0, 1, 0));
}

#[tokio::test]
async fn ingest_takes_the_list() {
    let server =
        SkyServer::start(
            |asked| {
                if asked.number("dec") > 2.025 { Manner::Status(404, None) } else { Manner::Good }
            },
        )
        .await;
    let settings = settings(&server.url);
    let out = tempfile::tempdir().unwrap();
    let (folder, report) = download(out.path(), &settings, clusters(4)).await;
    assert_eq!((report.summary.done, report.summary.failed), (3, 1));
    let request = IngestRequest::new(IngestInput::Catalogue(folder.write_list().unwrap()), "clusters");
    let dataset = survey::ingest(&request, &out.path().join("dataset"), &Silent).unwrap();
    assert_eq!((dataset.accepted, dataset.rejected.len()), (3, 1));
}

#[tokio::test]
async fn a_list_of_bricks_adds_seeing_depth_and_extinction() {
    let server = SkyServer::start(|_| Manner::Good).await;
    let settings = settings(&server.url);
    let out = tempfile::tempdir().unwrap();
    let at = |id: &str, ra| Entry::new(id, SkyCoord { ra_deg: ra, dec_deg: 0.1 });
    let list = List::of(vec![at("known", 359.9), at("unknown", 10.0)]).unwrap();
    let bricks = survey::BrickTable::of(&crate::bricks_on_disk::bricks::table()).unwrap();
    let mut folder = open(out.path(), &settings, list).with_bricks(bricks);
    fetch(&mut folder, &settings).await.unwrap();
    let mut reader = csv::Reader::from_path(out.path().join("downloads.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let field = |row: &csv::StringRecord, name: &str| {
        row[header.iter().position(|have| have == name).unwrap()].parse::<f64>().ok()
    };
    for row in reader.records().map(Result::unwrap) {
        let known = row.iter().any(|text| text == "known");
        assert_eq!(field(&row, "psf_fwhm_g_arcsec"), known.then_some(1.25));
        assert_eq!(field(&row, "depth_g_mag").is_some(), known);
        assert_eq!(field(&row, "depth_r_mag"), None);
        assert_eq!(field(&row, "mw_transmission_g").is_some(), known);
    }
    let request = IngestRequest::new(IngestInput::Catalogue(out.path().join("downloads.csv")), "clusters");
    let dataset = survey::ingest(&request, &out.path().join("dataset"), &Silent).unwrap();
    assert_eq!(dataset.accepted, 2);
}

#[tokio::test]
async fn a_folder_has_one_kind_of_cutout_and_one_download_at_a_time() {
    let out = tempfile::tempdir().unwrap();
    let settings = settings("http://127.0.0.1:1/viewer");
    let first = open(out.path(), &settings, clusters(2));
    let twice = Folder::open(out.path(), &settings.recipe, clusters(2), false, &Silent);
    assert!(twice.unwrap_err().to_string().contains("another download works in this folder"));
    drop(first);
    let other = Recipe { size: 25, ..settings.recipe };
    let wrong = Folder::open(out.path(), &other, clusters(2), false, &Silent).unwrap_err().to_string();
    assert!(wrong.contains("another kind") && wrong.contains("24"), "{wrong}");
}

/// Asks to stop after so many cutouts.
struct StopAfter(u64, AtomicU64);

impl Progress for StopAfter {
    fn begin(&self, what: &str, _total: u64) {
        if what.starts_with("looking") {
            return;
        }
        self.1.store(0, Ordering::SeqCst);
    }
    fn advance(&self, done: u64) {
        self.1.fetch_add(done, Ordering::SeqCst);
    }
    fn note(&self, _note: &str) {}
    fn end(&self) {}
    fn is_cancelled(&self) -> bool {
        self.1.load(Ordering::SeqCst) >= self.0
    }
}

#[tokio::test]
async fn a_stopped_run_keeps_what_it_has_and_the_next_goes_on() {
    let server = SkyServer::start(|_| Manner::Good).await;
    let settings = settings(&server.url);
    let out = tempfile::tempdir().unwrap();
    let mut folder = open(out.path(), &settings, clusters(12));
    let client = Client::new(&settings, Arc::new(Standing)).unwrap();
    let stop = StopAfter(5, AtomicU64::new(0));
    let stopped = download::run(&mut folder, &settings, &client, Seed::root(1), &stop).await;
    assert!(matches!(stopped, Err(DownloadError::Cancelled(_))));
    let done = folder.summary().done;
    assert!((5..12).contains(&done), "{done}");
    drop(folder);
    let list = fs::read_to_string(out.path().join("downloads.csv")).unwrap();
    assert_eq!(list.matches(",done,").count() as u64, done);
    let (_, report) = download(out.path(), &settings, clusters(12)).await;
    assert_eq!((report.summary.done, report.requests), (12, 12 - done));
}

#[tokio::test]
async fn a_limit_fetches_the_first_of_the_sky() {
    let server = SkyServer::start(|_| Manner::Good).await;
    let settings = Settings { limit: Some(3), ..settings(&server.url) };
    let out = tempfile::tempdir().unwrap();
    let (folder, report) = download(out.path(), &settings, clusters(7)).await;
    assert_eq!((report.summary.done, report.summary.waiting), (3, 4));
    assert!(folder.outcomes()[..3].iter().all(|outcome| outcome.state == State::Done));
}
