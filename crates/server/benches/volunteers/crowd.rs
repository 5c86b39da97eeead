//! Many volunteers at once, and what each of them waits for.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use domain::Seed;
use hyper::StatusCode;
use rand::{Rng as _, RngExt as _};
use serde_json::Value;
use tokio::time::{Instant, sleep_until};

use super::{Failure, browser::Browser, prepare::SLUG, today, waits::Waits};

/// When cycles begin.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// When the one before has ended.
    FlatOut,
    /// At random times, so many a second from all volunteers together, taking turns.
    PerSecond(f64),
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FlatOut => write!(f, "flat out"),
            Self::PerSecond(rate) => write!(f, "{rate} cycles/s"),
        }
    }
}

/// What a crowd saw.
#[derive(Default)]
pub struct Run {
    pub seconds: f64,
    /// Votes acknowledged.
    pub answered: u64,
    /// From the moment the cycle was due.
    pub assigning: Waits,
    pub voting: Waits,
    /// Both, from the moment the cycle was due.
    pub cycle: Waits,
    pub errors: BTreeMap<String, u64>,
}

impl Run {
    fn extend(&mut self, other: Self) {
        self.answered += other.answered;
        self.assigning.extend(other.assigning);
        self.voting.extend(other.voting);
        self.cycle.extend(other.cycle);
        for (error, count) in other.errors {
            *self.errors.entry(error).or_default() += count;
        }
    }
}

/// Lets everybody work for this long.
pub async fn run(address: &str, tokens: &[String], pace: Pace, time: Duration) -> Result<Run, Failure> {
    // Never the same ids twice, also on a workspace that was used before.
    let seed = Seed::root(today().timestamp_micros().unsigned_abs());
    let mut browsers = Vec::new();
    for token in tokens {
        browsers.push(Browser::open(address, token).await?);
    }
    let start = Instant::now() + Duration::from_millis(50);
    let until = start + time;
    let mut tasks = tokio::task::JoinSet::new();
    let due = due(pace, tokens.len(), start, until);
    for (place, (browser, due)) in browsers.into_iter().zip(due).enumerate() {
        let dice = seed.child(&tokens[place]).rng();
        tasks.spawn(person(browser, due, until, dice));
    }
    let mut all = Run::default();
    while let Some(one) = tasks.join_next().await {
        all.extend(one?);
    }
    all.seconds = start.elapsed().as_secs_f64();
    Ok(all)
}

/// When each volunteer's cycles are due; none if they follow each other.
fn due(pace: Pace, people: usize, start: Instant, until: Instant) -> Vec<Option<Vec<Instant>>> {
    let Pace::PerSecond(rate) = pace else { return vec![None; people] };
    let mut dice = Seed::root(77).rng();
    let mut due = vec![Some(Vec::new()); people];
    let mut at = start;
    for turn in 0.. {
        at += Duration::from_secs_f64(-(1.0 - dice.random::<f64>()).ln() / rate);
        if at >= until {
            break;
        }
        if let Some(Some(mine)) = due.get_mut(turn % people) {
            mine.push(at);
        }
    }
    due
}

async fn person(
    mut browser: Browser,
    due: Option<Vec<Instant>>,
    until: Instant,
    mut dice: domain::Rng,
) -> Run {
    let mut run = Run::default();
    match due {
        None => {
            while Instant::now() < until {
                cycle(&mut browser, Instant::now(), &mut dice, &mut run).await;
            }
        }
        Some(due) => {
            for at in due {
                sleep_until(at).await;
                cycle(&mut browser, at, &mut dice, &mut run).await;
            }
        }
    }
    run
}

async fn cycle(browser: &mut Browser, due: Instant, dice: &mut domain::Rng, run: &mut Run) {
    if let Err(error) = try_cycle(browser, due, dice, run).await {
        *run.errors.entry(error.to_string()).or_default() += 1;
        // A server in trouble is not asked as fast as it refuses.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn try_cycle(
    browser: &mut Browser,
    due: Instant,
    dice: &mut domain::Rng,
    run: &mut Run,
) -> Result<(), Failure> {
    let path = format!("/api/v1/projects/{SLUG}/assignments");
    let (status, body) = browser.post(&path, r#"{"count":1}"#.to_owned()).await?;
    if status != StatusCode::OK {
        return Err(refusal("assignment", status, &body));
    }
    let assigned = Instant::now();
    let Some(assignment) = body["assignments"][0]["id"].as_str() else {
        return Err("assignment: none".into());
    };
    let answer = if dice.random_bool(0.9) { "no_lens" } else { "lens" };
    let id = uuid::Builder::from_random_bytes(bytes(dice)).into_uuid();
    let vote = format!(
        r#"{{"id":"{id}","assignment_id":"{assignment}","answer":"{answer}","seconds":3.2,"view":{{"preset":"standard","zoom":1.5}}}}"#
    );
    let (status, body) = browser.post("/api/v1/classifications", vote).await?;
    if status != StatusCode::CREATED {
        return Err(refusal("vote", status, &body));
    }
    run.answered += 1;
    run.assigning.push(assigned - due);
    run.voting.push(assigned.elapsed());
    run.cycle.push(due.elapsed());
    Ok(())
}

fn bytes(dice: &mut domain::Rng) -> [u8; 16] {
    let mut bytes = [0; 16];
    dice.fill_bytes(&mut bytes);
    bytes
}

fn refusal(what: &str, status: StatusCode, body: &Value) -> Failure {
    let code: Arc<str> = body["code"].as_str().unwrap_or("no code").into();
    format!("{what}: {status} {code}").into()
}
