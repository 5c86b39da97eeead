//! What must hold in the database, while a crowd works and when it has gone.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use consensus::live::{Belief, Evidence};
use domain::{LogEntry, ProjectId, Tally, VolunteerId};
use store::{BeliefRow, Store};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::site::{ROUND, Site};

/// The crowd should be busy with the server, not with being watched.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// What volunteers know of their own work: every answer of the server is in it.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Acknowledged answers: whose, and what they said.
    pub votes: BTreeMap<Uuid, (VolunteerId, &'static str)>,
    /// Acknowledged retractions, and what they took back.
    pub undone: BTreeMap<Uuid, Uuid>,
    /// Answers whose first request was lost and whose next was refused: they may be there or not.
    pub perhaps: BTreeSet<Uuid>,
}

impl Ledger {
    pub fn extend(&mut self, more: Self) {
        self.votes.extend(more.votes);
        self.undone.extend(more.undone);
        self.perhaps.extend(more.perhaps);
    }
}

/// Looks at the queue again and again until it is stopped.
pub struct Watch {
    stop: Arc<AtomicBool>,
    task: JoinHandle<u64>,
}

impl Watch {
    /// `nobody_undoes`: then what is wanted of a fresh image is a bound at every moment.
    pub fn start(site: &Site, nobody_undoes: bool) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (store, project, until) = (site.store.store.clone(), site.project, Arc::clone(&stop));
        let task = tokio::spawn(async move {
            let mut looks = 0;
            // Once more after the last answer.
            let mut over = false;
            while !over {
                over = until.load(Ordering::Relaxed);
                nobody_is_asked_too_often(&store, project, nobody_undoes).await;
                looks += 1;
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
            looks
        });
        Self { stop, task }
    }

    /// Ends it; how often it looked. Fails where it found something.
    pub async fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.expect("nothing was wrong on the way")
    }
}

/// Votes and open leases together stay within what was wanted, image by image and in all. Three
/// bounds, at any moment: the budget of the round, the votes any image may ever have, and what is
/// wanted of an image that nobody has answered yet (later a vote may take a wish back that is already
/// in somebody's hands).
async fn nobody_is_asked_too_often(store: &Store, project: ProjectId, nobody_undoes: bool) {
    let state = store.queue_state(project, ROUND).await.expect("read").expect("a queue");
    assert!(state.votes + state.open_leases <= state.votes_budget, "{state:?}");
    let rules = store.rules(project).await.expect("read");
    let retirement = rules.engine.settings().retirement;
    let cap = retirement.max_votes + retirement.expert_votes;
    for row in beliefs(store, project).await {
        if row.truth.is_some() {
            continue;
        }
        let votes = row.tally.total();
        assert!(votes + row.open_leases <= cap, "{row:?}");
        if votes == 0 && nobody_undoes {
            assert!(row.open_leases <= row.wanted, "{row:?}");
        }
    }
}

async fn beliefs(store: &Store, project: ProjectId) -> Vec<BeliefRow> {
    let mut all: Vec<BeliefRow> = Vec::new();
    loop {
        let after = all.last().map(|row| row.subject);
        let page = store.beliefs(project, after, 2_000).await.expect("read");
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

/// What every vote and every undo did on the spot is what the log alone gives, to the last bit.
async fn online_is_replayed(store: &Store, project: ProjectId) {
    let replayed = store.replay(project).await.expect("replayed");
    let mut voted_on = 0;
    for row in beliefs(store, project).await {
        let Some(said) = replayed.subjects().get(&row.subject) else {
            assert_eq!((row.tally, row.evidence), (Tally::default(), Evidence::NONE), "{row:?}");
            continue;
        };
        voted_on += 1;
        assert_eq!((row.tally, row.evidence), (said.tally, said.evidence), "{row:?}");
        let bits = |belief: Belief| (belief.p_votes.to_bits(), belief.p_joint.to_bits());
        assert_eq!(bits(row.belief), bits(said.belief), "{row:?}");
        if row.truth.is_none() {
            assert_eq!(row.outcome, said.judgement.outcome, "{row:?}");
        }
    }
    assert_eq!(voted_on, replayed.subjects().len());
    let mut people = 0;
    for (volunteer, record) in replayed.volunteers() {
        let kept = store.volunteer_record(project, volunteer).await.expect("read").unwrap_or_default();
        assert_eq!(kept, *record, "{volunteer}");
        people += 1;
    }
    println!("beliefs of {voted_on} images and records of {people} volunteers: as replayed");
}

/// The log holds what was acknowledged and nothing else, nobody answered an image twice, and every
/// count is what the log says.
pub async fn the_end(site: &Site, ledger: &Ledger) {
    let mark = site.store.high_water_mark(site.project).await.expect("a mark");
    let log = site.store.log(site.project, mark).await.expect("the log");

    let (mut votes, mut undone) = (BTreeMap::new(), BTreeMap::new());
    let mut standing = HashMap::new();
    for entry in &log {
        match entry {
            LogEntry::Vote(vote) => {
                let before = votes.insert(vote.id.0, (vote.volunteer, vote.answer.name()));
                assert_eq!(before, None, "one id, two votes");
                let before = standing.insert((vote.volunteer, vote.subject), vote.id);
                assert_eq!(before, None, "two answers of one volunteer to one image stand");
            }
            LogEntry::Retraction(retraction) => {
                let before = undone.insert(retraction.id.0, retraction.of.0);
                assert_eq!(before, None, "one id, two retractions");
                let count = standing.len();
                standing.retain(|_, id| *id != retraction.of);
                assert_eq!(standing.len() + 1, count, "a retraction takes one standing vote back");
            }
        }
    }
    let (votes_in_log, perhaps) = (votes.len(), &ledger.perhaps);
    votes.retain(|id, _| ledger.votes.contains_key(id) || !perhaps.contains(id));
    assert_eq!(votes, ledger.votes, "the log and what was acknowledged");
    assert_eq!(undone, ledger.undone, "the log and what was acknowledged");

    let verified = site.store.verify(site.project).await.expect("verified");
    assert_eq!(verified.mismatches, Vec::<String>::new());
    assert_eq!(verified.entries as usize, log.len());
    online_is_replayed(&site.store, site.project).await;
    println!(
        "{votes_in_log} votes and {} retractions in the log: 0 lost, 0 repeats, 0 images asked about too \
         often",
        undone.len()
    );
}
