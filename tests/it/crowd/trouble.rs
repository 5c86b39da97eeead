//! Two hundred volunteers whose browsers crash, send everything twice, come too late and change
//! their minds, on a queue that is too small for them: in the end the log says exactly what was
//! acknowledged, and what was counted online is what the log says.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use consensus::live::{Experts, Retirement, Settings};
use domain::VolunteerId;
use testkit::{FixedClock, both_stores};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{
    audit::{self, Ledger, Watch},
    person::{Held, Person, Said},
    site::{Site, Size, like_a_real_server},
};

const PEOPLE: u64 = 200;
/// Images each of them is handed before they stop, at least.
const IMAGES: u64 = 50;
/// Votes between two jumps of the clock over the end of every lease.
const BETWEEN_JUMPS: u64 = 1_500;

/// How often each kind of trouble happened.
#[derive(Debug, Default, Clone, Copy)]
struct Trouble {
    left_lying: u64,
    crashed: u64,
    sent_twice: u64,
    too_late: u64,
    taken_back: u64,
    told_and_kept: u64,
    not_theirs: u64,
}

impl std::ops::AddAssign for Trouble {
    fn add_assign(&mut self, more: Self) {
        self.left_lying += more.left_lying;
        self.crashed += more.crashed;
        self.sent_twice += more.sent_twice;
        self.too_late += more.too_late;
        self.taken_back += more.taken_back;
        self.told_and_kept += more.told_and_kept;
        self.not_theirs += more.not_theirs;
    }
}

/// The usual rules, but images are contested after few votes, experts are made quickly, and many
/// retired images are asked about again.
fn unrest() -> Settings {
    let retirement = Retirement { max_votes: 6, retest_share: 0.1, ..Retirement::default() };
    let experts = Experts { min_known: 3, min_bits: 0.0 };
    Settings { retirement, experts, ..Settings::default() }
}

struct Unlucky {
    person: Person,
    ledger: Ledger,
    /// Images whose answer stands.
    answered: BTreeSet<String>,
    trouble: Trouble,
    votes: Arc<AtomicU64>,
    clock: Arc<FixedClock>,
    /// The last image that somebody offered for meddling with, and who holds it.
    foreign: Arc<Mutex<Option<(VolunteerId, String)>>>,
}

impl Unlucky {
    /// Now and then time jumps, and all leases in anybody's hands are over.
    fn time_passes(&self) {
        if (self.votes.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(BETWEEN_JUMPS) {
            self.clock.advance(like_a_real_server().lease + Duration::from_secs(1));
        }
    }

    async fn work(mut self) -> (Ledger, Trouble) {
        let mut images = 0;
        while images < IMAGES {
            let count = 1 + (self.person.draw() * 4.0) as u64;
            if self.person.draw() < 0.05 {
                // The browser dies before the images arrive; perhaps they are leased to nobody now.
                self.dies(self.person.asking(count)).await;
            }
            let (held, nothing_left, _) = self.person.ask(count).await;
            if held.is_empty() {
                assert!(nothing_left);
                break;
            }
            images += held.len() as u64;
            for one in &held {
                assert!(!self.answered.contains(&one.image), "{} came again", one.image);
                self.look(one).await;
            }
        }
        (self.ledger, self.trouble)
    }

    async fn look(&mut self, held: &Held) {
        let whim = self.person.draw();
        if whim < 0.05 {
            self.trouble.left_lying += 1;
            return;
        }
        if whim < 0.10 {
            self.person.renew(&held.assignment).await;
        }
        if whim > 0.95 {
            self.meddle(held).await;
        }
        // Most answer once; some take it back and answer again, or leave the image lying then.
        for _ in 0..3 {
            let Some(vote) = self.answer(held).await else { return };
            if self.person.draw() > 0.15 || !self.take_back(held, vote).await {
                return;
            }
            if self.person.draw() < 0.2 {
                self.trouble.left_lying += 1;
                return;
            }
        }
    }

    /// Sends an answer, perhaps in an unlucky way, until it is taken or refused for good.
    async fn answer(&mut self, held: &Held) -> Option<Uuid> {
        let (id, opinion) = (self.person.new_id(), self.person.opinion());
        let luck = self.person.draw();
        let unlucky = luck < 0.16;
        if luck < 0.08 {
            self.dies(self.person.answer(id, &held.assignment, opinion)).await;
        } else if unlucky {
            self.trouble.sent_twice += 1;
            let send = || self.person.answer(id, &held.assignment, opinion).send();
            let _ = tokio::join!(send(), send());
        }
        self.time_passes();
        match self.person.vote(id, &held.assignment, opinion).await.0 {
            Said::Taken { .. } => {
                self.ledger.votes.insert(id, (self.person.id, opinion));
                self.answered.insert(held.image.clone());
                Some(id)
            }
            Said::Refused(code) => {
                assert_eq!(code, "assignment_expired", "{held:?}");
                self.trouble.too_late += 1;
                if unlucky {
                    self.ledger.perhaps.insert(id);
                }
                None
            }
        }
    }

    /// Whether the image is back in their hands.
    async fn take_back(&mut self, held: &Held, vote: Uuid) -> bool {
        let id = self.person.new_id();
        if self.person.draw() < 0.2 {
            self.trouble.sent_twice += 1;
            let _ = tokio::join!(self.person.undo(id, vote), self.person.undo(id, vote));
        }
        match self.person.undo(id, vote).await {
            Said::Taken { .. } => {
                self.trouble.taken_back += 1;
                self.ledger.undone.insert(id, vote);
                self.answered.remove(&held.image);
                true
            }
            Said::Refused(code) => {
                assert_eq!(code, "feedback_shown", "{held:?}");
                self.trouble.told_and_kept += 1;
                false
            }
        }
    }

    /// Answers an image that somebody else holds, and leaves the own one for others to try.
    async fn meddle(&mut self, held: &Held) {
        let own = (self.person.id, held.assignment.clone());
        let foreign = self.foreign.lock().expect("nobody panicked").replace(own);
        let Some((_, foreign)) = foreign.filter(|(whose, _)| *whose != self.person.id) else { return };
        self.trouble.not_theirs += 1;
        let id = self.person.new_id();
        let (said, _) = self.person.vote(id, &foreign, "lens").await;
        assert!(matches!(&said, Said::Refused(code) if code == "not_your_assignment"), "{said:?}");
    }

    /// Sends a request and never learns what became of it.
    async fn dies(&mut self, request: reqwest::RequestBuilder) {
        self.trouble.crashed += 1;
        let dying = tokio::spawn(request.send());
        tokio::time::sleep(Duration::from_micros((self.person.draw() * 4e3) as u64)).await;
        dying.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn crashes_retries_doubles_undos_and_late_answers_leave_the_log_and_the_counts_in_step() {
    both_stores(async |store| {
        let size = Size { survey: 900, training: 60, budget: 1_000_000, settings: unrest() };
        let site = Site::start(store, &size, like_a_real_server()).await;
        let people = site.people(PEOPLE).await;
        let watch = Watch::start(&site, false);
        let (votes, foreign) = (Arc::default(), Arc::default());
        let mut crowd = JoinSet::new();
        for person in people {
            let unlucky = Unlucky {
                person,
                ledger: Ledger::default(),
                answered: BTreeSet::new(),
                trouble: Trouble::default(),
                votes: Arc::clone(&votes),
                clock: Arc::clone(&site.store.clock),
                foreign: Arc::clone(&foreign),
            };
            crowd.spawn(unlucky.work());
        }
        let (mut ledger, mut trouble) = (Ledger::default(), Trouble::default());
        for (known, met) in crowd.join_all().await {
            ledger.extend(known);
            trouble += met;
        }
        let looks = watch.stop().await;
        let (given, back) = (ledger.votes.len(), ledger.undone.len());
        println!("{:?}: {given} answers, {back} taken back; {trouble:?}", site.store.kind());
        println!("{looks} looks at the queue meanwhile");
        audit::the_end(&site, &ledger).await;
        site.stop().await;
    })
    .await;
}
