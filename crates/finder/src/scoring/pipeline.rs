//! Shards through the network without a pause between them: one thread reads, hashes and decodes ahead,
//! the network always has a second batch to turn to while the first one ends, and whoever called writes
//! in the order of the rows. What is in memory is counted in batches, not in shards or pools.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

use domain::{Digest, Progress};
use survey::shard::{Batch, Stream};

use super::{
    peak::Peak,
    receipt::Receipt,
    watch::{Busy, Watch},
};
use crate::{FinderError, Model, Outputs, ScoreBatch, files, scores::Writer};

/// Batches of tiles that wait for the network.
const AHEAD: usize = 2;

/// Batches in the network at the same time: while the last pictures of one keep a thread busy, the others
/// begin the next.
const AT_ONCE: usize = 2;

/// Batches anywhere between the reader and the disk; those behind the network have no tiles any more, so
/// that a slow disk does not stop the network at once.
const IN_FLIGHT: usize = 48;

/// Between two words on the rate.
const WORD_SECONDS: f64 = 0.5;

/// One shard to score.
pub(super) struct Job {
    pub shard: PathBuf,
    /// What the dataset promises.
    pub expected: Option<Digest>,
    pub out: PathBuf,
}

/// One shard scored.
pub(super) struct Done {
    pub shard: Digest,
    pub rows: u64,
    pub scores: Digest,
    /// Since the shard before was done.
    pub seconds: f64,
}

/// What goes through the pipe, in order.
enum Piece<T> {
    Batch(T),
    /// The shard is over; its digest.
    End(Digest),
    Failed(FinderError),
}

type Numbered<T> = (u64, Piece<T>);

/// Scores shards, each into a file of its own. `done` is told of each in turn.
pub(super) fn run(
    model: &Model,
    jobs: &[Job],
    busy: &Busy,
    pace: Pace<'_>,
    mut done: impl FnMut(usize, Done),
) -> Result<(), FinderError> {
    let (to_network, from_reader) = sync_channel(AHEAD);
    let (to_writer, from_network) = sync_channel(IN_FLIGHT);
    let (take_place, free_place) = sync_channel(IN_FLIGHT);
    let from_reader = Arc::new(Mutex::new(from_reader));
    std::thread::scope(|scope| {
        scope.spawn(move || read(model, jobs, &to_network, &take_place));
        // A card is given one batch after another.
        for _ in 0..if model.kernel().is_some() { AT_ONCE } else { 1 } {
            let (from_reader, to_writer) = (from_reader.clone(), to_writer.clone());
            scope.spawn(move || network(model, busy, &from_reader, &to_writer));
        }
        drop((from_reader, to_writer));
        // Its ends of the pipes go with it, and then the threads end by themselves.
        let pieces = InOrder { from: from_network, free_place, early: BTreeMap::new(), next: 0 };
        write(model, jobs, pieces, pace, &mut done)
    })
}

/// Reads all shards; ends when nobody listens.
fn read(model: &Model, jobs: &[Job], to: &SyncSender<Numbered<Batch>>, take_place: &SyncSender<()>) {
    let mut number = 0;
    let mut send = |piece| {
        let sent = take_place.send(()).is_ok() && to.send((number, piece)).is_ok();
        number += 1;
        sent
    };
    for job in jobs {
        match read_shard(model, job, &mut send) {
            Ok(Some(digest)) => {
                if !send(Piece::End(digest)) {
                    return;
                }
            }
            Ok(None) => return,
            Err(error) => {
                send(Piece::Failed(error));
                return;
            }
        }
    }
}

/// One shard's batches and its digest; `None` when nobody listens.
fn read_shard(
    model: &Model,
    job: &Job,
    send: &mut impl FnMut(Piece<Batch>) -> bool,
) -> Result<Option<Digest>, FinderError> {
    let wrong = |error: survey::SurveyError| match job.expected {
        // What does not read is most likely not what was written.
        Some(expected) => match files::digest(&job.shard) {
            Ok(found) if found != expected => {
                FinderError::WrongDigest { path: job.shard.clone(), expected, found }
            }
            _ => FinderError::Dataset(Box::new(error)),
        },
        None => FinderError::Dataset(Box::new(error)),
    };
    let mut stream = Stream::open(&job.shard).map_err(wrong)?;
    model.check_tiles(&format!("shard {}", job.shard.display()), stream.spec())?;
    for batch in stream.by_ref() {
        if !send(Piece::Batch(batch.map_err(wrong)?)) {
            return Ok(None);
        }
    }
    let found = stream.digest().map_err(wrong)?;
    match job.expected {
        Some(expected) if expected != found => {
            Err(FinderError::WrongDigest { path: job.shard.clone(), expected, found })
        }
        _ => Ok(Some(found)),
    }
}

/// Takes batches through the network until there are none or nobody listens.
fn network(
    model: &Model,
    busy: &Busy,
    from: &Mutex<Receiver<Numbered<Batch>>>,
    to: &SyncSender<Numbered<ScoreBatch>>,
) {
    loop {
        let received = from.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, piece)) = received else { return };
        let piece = match piece {
            Piece::End(digest) => Piece::End(digest),
            Piece::Failed(error) => Piece::Failed(error),
            Piece::Batch(batch) => {
                match busy.during(|| model.outputs(&batch.tiles)).and_then(|out| scored(model, batch, out)) {
                    Ok(scores) => Piece::Batch(scores),
                    Err(error) => Piece::Failed(error),
                }
            }
        };
        if to.send((number, piece)).is_err() {
            return;
        }
    }
}

fn scored(model: &Model, batch: Batch, outputs: Outputs) -> Result<ScoreBatch, FinderError> {
    if let Some(row) = outputs.logits.iter().position(|logit| !logit.is_finite()) {
        let (id, logit) = (&batch.ids[row], outputs.logits[row]);
        let problem =
            format!("the score of image {id} is {logit}; use another kernel or train the model again");
        return Err(FinderError::Network(problem));
    }
    Ok(ScoreBatch {
        probabilities: outputs.logits.iter().map(|&logit| model.probability(logit)).collect(),
        peaks: Peak::of_maps(&outputs),
        ids: batch.ids,
        logits: outputs.logits,
        embeddings: outputs.embeddings,
        dim: outputs.dim,
    })
}

/// What comes out of the network, in the order in which it went in.
struct InOrder {
    from: Receiver<Numbered<ScoreBatch>>,
    free_place: Receiver<()>,
    early: BTreeMap<u64, Piece<ScoreBatch>>,
    next: u64,
}

impl Iterator for InOrder {
    type Item = Piece<ScoreBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(piece) = self.early.remove(&self.next) {
                self.next += 1;
                self.free_place.recv().ok()?;
                return Some(piece);
            }
            let (number, piece) = self.from.recv().ok()?;
            self.early.insert(number, piece);
        }
    }
}

/// Writes all shards.
fn write(
    model: &Model,
    jobs: &[Job],
    mut pieces: InOrder,
    mut pace: Pace<'_>,
    done: &mut impl FnMut(usize, Done),
) -> Result<(), FinderError> {
    for (index, job) in jobs.iter().enumerate() {
        pace.progress.check()?;
        let watch = Watch::start();
        let mut writer = Writer::create(&job.out, model)?;
        let mut rows = 0;
        let shard = loop {
            match pieces.next() {
                Some(Piece::Batch(batch)) => {
                    pace.progress.check()?;
                    writer.push(&batch)?;
                    rows += batch.len() as u64;
                    pace.advance(batch.len() as u64);
                }
                Some(Piece::End(digest)) => break digest,
                Some(Piece::Failed(error)) => return Err(error),
                // Only where a thread of the pipe panicked, which the scope then passes on.
                None => return Err(FinderError::Network("scoring stopped before its end".into())),
            }
        };
        Receipt::remove(&job.out)?;
        let scores = writer.commit(shard)?;
        Receipt::new(model, shard, rows, scores).write(&job.out)?;
        done(index, Done { shard, rows, scores, seconds: watch.seconds() });
    }
    Ok(())
}

/// Tells how far scoring is, how fast it goes and how long it will take.
pub(super) struct Pace<'a> {
    progress: &'a dyn Progress,
    watch: Watch,
    /// Images to score; `None` where nobody counted them.
    total: Option<u64>,
    rows: u64,
    said: f64,
}

impl<'a> Pace<'a> {
    pub(super) fn new(progress: &'a dyn Progress, total: Option<u64>) -> Self {
        Self { progress, watch: Watch::start(), total, rows: 0, said: 0.0 }
    }

    fn advance(&mut self, rows: u64) {
        self.progress.advance(rows);
        self.rows += rows;
        let seconds = self.watch.seconds();
        if seconds - self.said < WORD_SECONDS {
            return;
        }
        self.said = seconds;
        let rate = self.rows as f64 / seconds;
        let left = self.total.map_or(String::new(), |total| {
            let left = total.saturating_sub(self.rows) as f64 / rate;
            if left < 90.0 { format!(", {left:.0} s left") } else { format!(", {:.0} min left", left / 60.0) }
        });
        self.progress.note(&format!("{rate:.0} images/s{left}"));
    }
}
