//! Two hundred volunteers who just work: 20,000 answers.

use std::{collections::BTreeSet, time::Duration};

use consensus::live::Settings;
use testkit::both_stores;
use tokio::task::JoinSet;

use super::{
    audit::{self, Ledger, Watch},
    person::{Person, Said, laps},
    site::{Site, Size, like_a_real_server},
};

const PEOPLE: u64 = 200;
const EACH: u64 = 100;

/// What one volunteer did, and how long the requests took.
#[derive(Default)]
struct Done {
    ledger: Ledger,
    asking: Vec<Duration>,
    answering: Vec<Duration>,
}

async fn work(mut person: Person) -> Done {
    let (mut done, mut seen) = (Done::default(), BTreeSet::new());
    while (seen.len() as u64) < EACH {
        let (images, _, lap) = person.ask((EACH - seen.len() as u64).min(3)).await;
        done.asking.push(lap);
        assert!(!images.is_empty(), "there is work for everybody");
        for held in images {
            let (id, opinion) = (person.new_id(), person.opinion());
            let (said, lap) = person.vote(id, &held.assignment, opinion).await;
            done.answering.push(lap);
            assert!(matches!(said, Said::Taken { repeated: false }), "{said:?}");
            done.ledger.votes.insert(id, (person.id, opinion));
            assert!(seen.insert(held.image), "one image came twice to one volunteer");
        }
    }
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_volunteers_at_once_are_asked_neither_too_often_nor_twice_and_lose_nothing() {
    both_stores(async |store| {
        let size = Size { survey: 6_000, training: 400, budget: 1_000_000, settings: Settings::default() };
        let site = Site::start(store, &size, like_a_real_server()).await;
        let people = site.people(PEOPLE).await;
        let watch = Watch::start(&site, true);
        let mut crowd = JoinSet::new();
        for person in people {
            crowd.spawn(work(person));
        }
        let mut all = Done::default();
        for one in crowd.join_all().await {
            all.ledger.extend(one.ledger);
            all.asking.extend(one.asking);
            all.answering.extend(one.answering);
        }
        let looks = watch.stop().await;
        println!("{:?}, {PEOPLE} volunteers, {looks} looks at the queue meanwhile", site.store.kind());
        println!("{}", laps("asking for 3 images", &mut all.asking));
        println!("{}", laps("answering", &mut all.answering));
        assert_eq!(all.ledger.votes.len() as u64, PEOPLE * EACH);
        audit::the_end(&site, &all.ledger).await;
        site.stop().await;
    })
    .await;
}
