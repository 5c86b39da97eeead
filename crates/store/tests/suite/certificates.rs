//! Certificates: one a day and person, found by their code, gone with the account.

use std::time::Duration;

use domain::{Clock as _, VolunteerId};
use store::NewCertificate;
use testkit::{TestStore, both_stores, volunteer};

fn certificate(store: &TestStore, who: VolunteerId, code: &str, images: u64) -> NewCertificate {
    NewCertificate {
        code: code.to_owned(),
        volunteer: who,
        display_name: "张衡".to_owned(),
        images,
        candidates: 2,
        first_at: store.clock.now() - Duration::from_secs(3600),
        last_at: store.clock.now(),
    }
}

#[tokio::test]
async fn asking_twice_on_one_day_gives_the_same_certificate() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        let first = store.issue_certificate(certificate(&store, ada, "one", 7)).await.unwrap();
        assert_eq!((first.code.as_str(), first.images, first.display_name.as_str()), ("one", 7, "张衡"));
        store.clock.advance(Duration::from_secs(3600));
        let again = store.issue_certificate(certificate(&store, ada, "two", 9)).await.unwrap();
        assert_eq!(again, first);
        store.clock.advance(Duration::from_secs(24 * 3600));
        let tomorrow = store.issue_certificate(certificate(&store, ada, "two", 9)).await.unwrap();
        assert_eq!((tomorrow.code.as_str(), tomorrow.images), ("two", 9));

        assert_eq!(store.certificate("one").await.unwrap(), Some(first), "the old paper is still true");
        assert_eq!(store.certificate("three").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn who_leaves_takes_the_name_along() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        store.issue_certificate(certificate(&store, ada, "one", 7)).await.unwrap();
        store.delete_account(ada).await.unwrap();
        assert_eq!(store.certificate("one").await.unwrap(), None);
    })
    .await;
}
