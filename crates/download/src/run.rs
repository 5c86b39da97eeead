//! The download itself: a few workers take clusters in sky order, wait for
//! their turn, ask, judge, and note durably what became of each. Every wait
//! ends when the person asks to stop.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{Progress, Seed};
use tokio::{
    task::spawn_blocking,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    Answer, Backoff, Breaker, DownloadError, Folder, Next, Outcome, Pace, Service, Settings, State, Summary,
    Trouble, Verdict, answer::judge, folder::done, store,
};

/// How often a worker looks whether the person asked to stop, or whether there is work again.
const LOOK: Duration = Duration::from_millis(100);
/// A server that wants to be left alone for longer ends the run.
const LONGEST_ASKED_WAIT: Duration = Duration::from_secs(3600);
/// Cutouts after which `downloads.csv` is written anew, so that one can look at it during a long run.
const LIST_EVERY: u64 = 2000;
/// Redirects followed for one request.
const MOST_REDIRECTS: u32 = 3;

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Report {
    /// The folder afterwards.
    pub summary: Summary,
    /// Requests sent.
    pub requests: u64,
    /// Bytes of good cutouts.
    pub bytes: u64,
}

/// What the workers share.
struct Shared<'a, S> {
    settings: &'a Settings,
    service: &'a S,
    progress: &'a dyn Progress,
    began: Instant,
    state: Mutex<Work<'a>>,
}

struct Work<'a> {
    folder: &'a mut Folder,
    fresh: VecDeque<usize>,
    /// Entries to ask for again, the earliest first.
    again: BinaryHeap<Reverse<(Instant, usize)>>,
    /// Failures of an entry in this run.
    failures: HashMap<usize, u32>,
    in_the_air: usize,
    pace: Pace,
    breaker: Breaker,
    rng: domain::Rng,
    finished: u64,
    requests: u64,
    bytes: u64,
    stopped: Option<DownloadError>,
}

/// Why a worker ends early.
struct Stop;

/// Fetches what the folder misses. However it ends, what was fetched is kept and `downloads.csv`
/// tells of it.
///
/// # Errors
/// When the service fails for long, the disk fails, or the person asked to stop.
pub async fn run<S: Service>(
    folder: &mut Folder,
    settings: &Settings,
    service: &S,
    seed: Seed,
    progress: &dyn Progress,
) -> Result<Report, DownloadError> {
    let mut fresh: VecDeque<usize> = folder.missing().into();
    fresh.truncate(settings.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)));
    folder.write_list()?;
    progress.begin("downloading cutouts", fresh.len() as u64);
    let began = Instant::now();
    let shared = Shared {
        settings,
        service,
        progress,
        began,
        state: Mutex::new(Work {
            folder,
            fresh,
            again: BinaryHeap::new(),
            failures: HashMap::new(),
            in_the_air: 0,
            pace: Pace::new(settings.requests_per_second, began),
            breaker: Breaker::new(settings.breaker),
            rng: seed.child("download").rng(),
            finished: 0,
            requests: 0,
            bytes: 0,
            stopped: None,
        }),
    };
    futures::future::join_all((0..settings.connections).map(|_| worker(&shared))).await;
    let work = shared.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    work.folder.write_list()?;
    progress.end();
    match work.stopped {
        Some(error) => Err(error),
        None => {
            let summary = work.folder.summary();
            Ok(Report { summary, requests: work.requests, bytes: work.bytes })
        }
    }
}

/// Takes entries until none is left or someone says stop.
async fn worker<S: Service>(shared: &Shared<'_, S>) {
    while let Ok(Some(index)) = shared.next().await {
        let ended = shared.fetch(index).await;
        shared.lock().in_the_air -= 1;
        if let Err(error) = ended {
            shared.lock().stopped.get_or_insert(error);
        }
    }
}

impl<'a, S: Service> Shared<'a, S> {
    fn lock(&self) -> MutexGuard<'_, Work<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// [`Stop`] once the person or a worker said so.
    fn check(&self) -> Result<(), Stop> {
        let mut work = self.lock();
        if let Err(cancelled) = self.progress.check() {
            work.stopped.get_or_insert(cancelled.into());
        }
        if work.stopped.is_some() { Err(Stop) } else { Ok(()) }
    }

    /// The next entry, when its time has come; `None` when all are through.
    async fn next(&self) -> Result<Option<usize>, Stop> {
        loop {
            self.check()?;
            {
                let mut work = self.lock();
                let now = Instant::now();
                let due = work.again.peek().is_some_and(|Reverse((at, _))| *at <= now);
                let next = if due {
                    work.again.pop().map(|Reverse((_, index))| index)
                } else {
                    work.fresh.pop_front()
                };
                if let Some(index) = next {
                    work.in_the_air += 1;
                    return Ok(Some(index));
                }
                if work.again.is_empty() && work.in_the_air == 0 {
                    return Ok(None);
                }
            }
            sleep(LOOK).await;
        }
    }

    /// Ends when the person asks to stop.
    async fn stop(&self) {
        while self.check().is_ok() {
            sleep(LOOK).await;
        }
    }

    /// Waits for a moment at which a request may start.
    async fn turn(&self) -> Result<(), Stop> {
        loop {
            self.check()?;
            let started = self.lock().pace.start(Instant::now());
            let Err(at) = started else { return Ok(()) };
            tokio::select! {
                () = sleep_until(at) => {}
                () = self.stop() => return Err(Stop),
            }
        }
    }

    /// Asks for an entry, following the service's own redirects.
    async fn ask(&self, index: usize) -> Result<Result<Answer, Trouble>, Stop> {
        let (mut path, host) = {
            let work = self.lock();
            let position = work.folder.entries()[index].position;
            (self.settings.recipe.query(position.ra_deg, position.dec_deg), self.service.host())
        };
        for _ in 0..=MOST_REDIRECTS {
            self.turn().await?;
            self.lock().requests += 1;
            let answer = tokio::select! {
                answer = self.service.get(&path) => answer,
                () = self.stop() => return Err(Stop),
            };
            let Ok(Answer { status: 300..=399, location: Some(location), .. }) = &answer else {
                return Ok(answer);
            };
            let Some(next) = self.service.follow(location) else {
                let reason = format!("the server sends us on to {location:?}, away from {host}");
                return Ok(Err(Trouble::Broken(reason)));
            };
            path = next;
        }
        Ok(Err(Trouble::Broken(format!("the server sends us round in circles (last to {path:?})"))))
    }

    /// One attempt at an entry, to its consequences.
    async fn fetch(&self, index: usize) -> Result<(), DownloadError> {
        // Stopped before there was an answer: the entry stays as it is.
        let Ok(answer) = self.ask(index).await else { return Ok(()) };
        let (wanted, file, before) = {
            let work = self.lock();
            let earlier = work.folder.outcomes()[index].attempts;
            (work.folder.wanted(index), work.folder.file(index), earlier)
        };
        let attempts = before + self.lock().failures.get(&index).copied().unwrap_or(0) + 1;
        let (verdict, outcome) = match answer {
            Err(trouble) => (Verdict::Again { reason: trouble.to_string(), after: None }, None),
            Ok(answer) => {
                let judged = spawn_blocking(move || match judge(&answer, &wanted) {
                    Verdict::Cutout(facts) => store::write(&file, &answer.body)
                        .map(|()| (Verdict::Cutout(facts), Some(done(&answer.body, facts, attempts)))),
                    other => Ok((other, None)),
                });
                // A panic over a strange answer is that answer's failure, not the program's.
                let reason = "it could not be checked: it contradicts itself".to_owned();
                judged.await.unwrap_or(Ok((Verdict::Again { reason, after: None }, None)))?
            }
        };
        match (verdict, outcome) {
            (Verdict::Cutout(_), Some(outcome)) => {
                let mut work = self.lock();
                work.breaker.success();
                work.bytes += outcome.bytes;
                self.settle(&mut work, index, outcome)
            }
            (Verdict::Outside(reason), _) => {
                let mut work = self.lock();
                work.breaker.success();
                let reason = Some(reason.into());
                let outcome = Outcome { state: State::Outside, attempts, reason, ..Outcome::default() };
                self.settle(&mut work, index, outcome)
            }
            (Verdict::Again { reason, after }, _) => self.failed(index, reason, after, attempts, false),
            (Verdict::Refused(reason), _) => self.failed(index, reason, None, attempts, true),
            (Verdict::Cutout(_), None) => Ok(()),
        }
    }

    /// Notes what is final in this run.
    fn settle(&self, work: &mut Work<'a>, index: usize, outcome: Outcome) -> Result<(), DownloadError> {
        work.folder.note(index, outcome)?;
        work.failures.remove(&index);
        work.finished += 1;
        self.progress.advance(1);
        if work.finished.is_multiple_of(LIST_EVERY) {
            work.folder.write_list()?;
        }
        let left = work.fresh.len() + work.again.len() + work.in_the_air.saturating_sub(1);
        let seconds = self.began.elapsed().as_secs_f64();
        if seconds > 0.0 {
            let rate = work.finished as f64 / seconds;
            self.progress.note(&format!("{rate:.2}/s, {} left", duration_in_words(left as f64 / rate)));
        }
        Ok(())
    }

    /// A failed attempt: again later, or not.
    fn failed(
        &self,
        index: usize,
        reason: String,
        after: Option<Duration>,
        attempts: u32,
        hopeless: bool,
    ) -> Result<(), DownloadError> {
        let mut work = self.lock();
        let now = Instant::now();
        let host = self.service.host();
        if let Some(wait) = after {
            if wait > LONGEST_ASKED_WAIT {
                return Err(DownloadError::AskedToWait { host, seconds: wait.as_secs() });
            }
            // The server asks everybody to wait, not only for this cutout.
            work.pace.hold(now + wait);
        }
        match work.breaker.failure() {
            Next::Go => {}
            Next::Pause(pause) => {
                let seconds = pause.as_secs_f64();
                self.progress
                    .note(&format!("{host} fails ({reason}); pausing for {}", duration_in_words(seconds)));
                work.pace.hold(now + pause);
            }
            Next::Stop => {
                let (failures, pauses) = (work.breaker.in_a_row(), work.breaker.pauses());
                return Err(DownloadError::Broken { failures, pauses, last: reason, host });
            }
        }
        let failures = work.failures.entry(index).or_insert(0);
        *failures += 1;
        let failures = *failures;
        if hopeless || failures >= self.settings.attempts {
            let reason = Some(reason.into());
            let outcome = Outcome { state: State::Failed, attempts, reason, ..Outcome::default() };
            return self.settle(&mut work, index, outcome);
        }
        let backoff = Backoff { base: self.settings.backoff_base, cap: self.settings.backoff_cap };
        let wait = backoff.wait(failures, after, &mut work.rng);
        work.again.push(Reverse((now + wait, index)));
        Ok(())
    }
}

/// `1 d 4 h`, `12 min`, `30 s`.
#[must_use]
pub fn duration_in_words(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as u64;
    match minutes {
        0 | 1 => format!("{} s", seconds.round() as u64),
        2..120 => format!("{minutes} min"),
        120..2880 => format!("{} h {} min", minutes / 60, minutes % 60),
        _ => format!("{} d {} h", minutes / 1440, minutes % 1440 / 60),
    }
}
