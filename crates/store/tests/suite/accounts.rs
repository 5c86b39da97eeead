//! Volunteers and sessions.

use std::time::Duration;

use domain::{Clock as _, Digest, VolunteerId};
use store::{NewVolunteer, SessionLimits, StoreError};
use testkit::{both_stores, volunteer};
use uuid::Uuid;

const LIMITS: SessionLimits =
    SessionLimits { idle: Duration::from_secs(3600), absolute: Duration::from_secs(3 * 3600) };

#[tokio::test]
async fn a_second_sign_up_with_the_same_address_is_refused_however_it_is_written() {
    both_stores(async |store| {
        volunteer(&store, "ada").await;
        let twin = NewVolunteer {
            id: VolunteerId(Uuid::from_u128(2)),
            email: "  Ada@Example.ORG ".into(),
            display_name: "Other".into(),
            password_hash: "h".into(),
            language: "de".into(),
        };
        let refused = store.create_volunteer(twin).await;
        assert!(matches!(refused, Err(StoreError::AddressTaken)), "{refused:?}");
        let kept = store.credentials("ADA@example.org").await.unwrap().unwrap();
        assert_eq!(kept.volunteer.display_name, "ada");
        assert_eq!(kept.volunteer.created_at, store.clock.now());
    })
    .await;
}

#[tokio::test]
async fn one_refused_sign_up_spoils_none_that_wait_beside_it() {
    both_stores(async |store| {
        volunteer(&store, "ada").await;
        let sign_up = |i: u128| {
            let email =
                if i.is_multiple_of(3) { "ada@example.org".to_owned() } else { format!("v{i}@example.org") };
            store.create_volunteer(NewVolunteer {
                id: VolunteerId(Uuid::from_u128(i)),
                email,
                display_name: i.to_string(),
                password_hash: "h".into(),
                language: "en".into(),
            })
        };
        let outcomes = futures::future::join_all((0..30).map(sign_up)).await;
        for (i, outcome) in outcomes.iter().enumerate() {
            assert_eq!(outcome.is_ok(), !i.is_multiple_of(3), "{i}: {outcome:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_id_used_twice_is_an_error_and_nothing_else() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        let twin = NewVolunteer {
            id: ada,
            email: "new@example.org".into(),
            display_name: "New".into(),
            password_hash: "h".into(),
            language: "en".into(),
        };
        assert!(matches!(store.create_volunteer(twin).await, Err(StoreError::Database { .. })));
        assert!(store.credentials("new@example.org").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_session_lives_while_it_is_used_but_not_for_ever() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        let token = Digest::of(b"token");
        store.create_session(token, ada, LIMITS).await.unwrap();
        for _ in 0..5 {
            store.clock.advance(Duration::from_secs(30 * 60));
            assert_eq!(store.session(token, LIMITS).await.unwrap().map(|v| v.id), Some(ada));
        }
        store.clock.advance(Duration::from_secs(30 * 60));
        assert_eq!(store.session(token, LIMITS).await.unwrap(), None, "three hours are over");
        assert_eq!(store.delete_expired_sessions().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_session_nobody_uses_ends_after_the_idle_time() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        let token = Digest::of(b"token");
        store.create_session(token, ada, LIMITS).await.unwrap();
        store.clock.advance(Duration::from_secs(3600));
        assert_eq!(store.session(token, LIMITS).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_one_session_and_signing_out_everywhere_all() {
    both_stores(async |store| {
        let (ada, ben) = (volunteer(&store, "ada").await, volunteer(&store, "ben").await);
        let tokens = [b"1", b"2", b"3"].map(|text| Digest::of(text));
        for token in tokens {
            store.create_session(token, ada, LIMITS).await.unwrap();
        }
        let bens = Digest::of(b"ben");
        store.create_session(bens, ben, LIMITS).await.unwrap();
        store.delete_session(tokens[0]).await.unwrap();
        assert_eq!(store.session(tokens[0], LIMITS).await.unwrap(), None);
        assert!(store.session(tokens[1], LIMITS).await.unwrap().is_some());
        assert_eq!(store.delete_sessions_of(ada).await.unwrap(), 2);
        assert_eq!(store.session(tokens[2], LIMITS).await.unwrap(), None);
        assert!(store.session(bens, LIMITS).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_new_password_replaces_the_old_one() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        store.set_password_hash(ada, "new".into()).await.unwrap();
        assert_eq!(store.credentials("ada@example.org").await.unwrap().unwrap().password_hash, "new");
        let nobody = store.set_password_hash(VolunteerId(Uuid::nil()), "new".into()).await;
        assert!(matches!(nobody, Err(StoreError::NotFound { .. })));
    })
    .await;
}
