//! How the service is treated, with time standing still between the steps: no
//! test here waits, and the moments are exact.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::{Seed, Silent};
use download::{Answer, MOST_PER_SECOND, Service, Settings, Trouble};
use tokio::time::{Instant, sleep};

use crate::{
    fetching::{clusters, open, settings},
    sky_server::{Asked, cutout},
};

/// A service in memory that notes when it is asked.
struct Noting {
    began: Instant,
    starts: Mutex<Vec<Duration>>,
    now: AtomicUsize,
    most: AtomicUsize,
    /// What to answer to request number n: the wait asked for, or the cutout after so many milliseconds.
    answer: fn(usize) -> Result<u64, u64>,
}

impl Noting {
    fn new(answer: fn(usize) -> Result<u64, u64>) -> Self {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { began: Instant::now(), starts: Mutex::default(), now, most, answer }
    }
}

impl Service for Noting {
    async fn get(&self, path: &str) -> Result<Answer, Trouble> {
        let number = {
            let mut starts = self.starts.lock().unwrap();
            starts.push(self.began.elapsed());
            starts.len() - 1
        };
        self.most.fetch_max(self.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let reply = (self.answer)(number);
        sleep(Duration::from_millis(reply.unwrap_or(10))).await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        if let Err(seconds) = reply {
            let retry_after = Some(Duration::from_secs(seconds));
            return Ok(Answer { status: 429, retry_after, ..Answer::default() });
        }
        let pairs = path.split_once('?').unwrap().1.split('&').filter_map(|pair| pair.split_once('='));
        let query = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let asked = Asked { path: path.to_owned(), agent: String::new(), query, before: 0 };
        Ok(Answer { status: 200, body: cutout(&asked), ..Answer::default() })
    }

    fn host(&self) -> String {
        "memory".to_owned()
    }

    fn follow(&self, _location: &str) -> Option<String> {
        None
    }
}

fn polite() -> Settings {
    Settings { requests_per_second: MOST_PER_SECOND, ..settings("http://127.0.0.1:1/viewer") }
}

/// Fetches `count` cutouts and gives the moments of all requests.
async fn starts(service: &Noting, count: u32) -> Vec<Duration> {
    let out = tempfile::tempdir().unwrap();
    let mut folder = open(out.path(), &polite(), clusters(count));
    let report = download::run(&mut folder, &polite(), service, Seed::root(1), &Silent).await.unwrap();
    assert_eq!(report.summary.done, u64::from(count));
    service.starts.lock().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn in_no_window_of_time_is_the_rate_exceeded() {
    // Answers take between nothing and three seconds.
    let service = Noting::new(|number| Ok((number as u64 * 7919) % 3000));
    let starts = starts(&service, 40).await;
    assert_eq!(starts.len(), 40);
    for pair in starts.windows(2) {
        assert!(pair[1] - pair[0] >= Duration::from_millis(500), "{starts:?}");
    }
    assert!(service.most.load(Ordering::SeqCst) <= 2);
}

#[tokio::test(start_paused = true)]
async fn a_fast_service_is_asked_as_often_as_allowed() {
    let service = Noting::new(|_| Ok(1));
    let starts = starts(&service, 20).await;
    // 19 intervals of half a second, and what the timer adds.
    assert!(*starts.last().unwrap() < Duration::from_secs(11), "{starts:?}");
}

#[tokio::test(start_paused = true)]
async fn after_a_request_to_wait_nobody_asks_before_the_time_is_over() {
    let service = Noting::new(|number| if number == 5 { Err(90) } else { Ok(20) });
    let starts = starts(&service, 12).await;
    assert_eq!(starts.len(), 13, "one was asked for again");
    let asked = starts[5] + Duration::from_millis(10);
    let after: Vec<_> = starts.iter().filter(|start| **start > asked).collect();
    assert!(after.iter().all(|start| **start >= asked + Duration::from_secs(90)), "{starts:?}");
}
