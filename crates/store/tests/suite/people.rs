//! Links, tokens, roles, settings and the end of an account.

use std::time::Duration;

use domain::{Clock as _, Digest, VolunteerId};
use store::{
    AccountChange, AccountRefusal, FeedbackAbout, LinkPurpose, NewApiToken, NewFeedback, NewLink, NewRank,
    PeopleQuery, Preferences, Rank, RankCause, SessionLimits, SessionOrigin, SignInWay, Store, StoreError,
    Theme, TokenScope,
};
use testkit::{both_stores, volunteer};
use uuid::Uuid;

const HOUR: Duration = Duration::from_secs(3600);
const LIMITS: SessionLimits = SessionLimits { idle: HOUR, absolute: HOUR };

async fn link(store: &Store, who: VolunteerId, purpose: LinkPurpose, email: &str, secret: &[u8]) -> Digest {
    let digest = Digest::of(secret);
    let new = NewLink { digest, volunteer: who, purpose, email: email.to_owned(), lifetime: HOUR };
    store.create_link(new).await.unwrap();
    digest
}

async fn verified(store: &Store, name: &str) -> VolunteerId {
    let who = volunteer(store, name).await;
    let email = format!("{name}@example.org");
    let digest = link(store, who, LinkPurpose::Verify, &email, name.as_bytes()).await;
    store.verify_address(digest).await.unwrap();
    who
}

/// By the command line.
async fn make(store: &Store, who: VolunteerId, role: Rank) {
    let new = NewRank { volunteer: who, role, by: None, reason: String::new() };
    store.set_rank(new).await.unwrap();
}

fn not_valid<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Account(AccountRefusal::LinkNotValid)))
}

#[tokio::test]
async fn a_link_works_once_in_its_time_and_for_its_purpose_only() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        let email = "Ada@Example.org ";
        let first = link(&store, ada, LinkPurpose::Verify, email, b"1").await;
        assert!(not_valid(store.reset_password(first, "h".into()).await), "another purpose");
        assert!(not_valid(store.verify_address(Digest::of(b"no")).await), "unknown");
        assert!(not_valid(store.claim_admin(first, ada).await), "not the console's");
        assert!(store.volunteer(ada).await.unwrap().unwrap().email_verified_at.is_none());
        let who = store.verify_address(first).await.unwrap();
        assert_eq!((who.id, who.email_verified_at.is_some()), (ada, true));
        assert!(not_valid(store.verify_address(first).await), "used");

        let late = link(&store, ada, LinkPurpose::Verify, email, b"2").await;
        store.clock.advance(HOUR);
        assert!(not_valid(store.verify_address(late).await), "too old");
        assert_eq!(store.link(late, LinkPurpose::Verify).await.unwrap(), None);
        assert_eq!(store.delete_expired_links().await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn of_many_who_use_one_link_at_once_one_gets_it() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        let digest = link(&store, ada, LinkPurpose::Reset, "ada@example.org", b"1").await;
        let tries = (0..12).map(|i| store.reset_password(digest, format!("hash {i}")));
        let outcomes = futures::future::join_all(tries).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(outcomes.into_iter().filter(Result::is_err).all(not_valid));
    })
    .await;
}

#[tokio::test]
async fn a_new_address_counts_once_its_letter_was_answered_and_never_if_somebody_has_it() {
    both_stores(async |store| {
        let (ada, _) = (verified(&store, "ada").await, volunteer(&store, "ben").await);
        let reset = link(&store, ada, LinkPurpose::Reset, "ada@example.org", b"r").await;
        let new = link(&store, ada, LinkPurpose::Verify, "New@example.org", b"n").await;
        assert!(store.credentials("new@example.org").await.unwrap().is_none(), "not yet");
        assert_eq!(store.verify_address(new).await.unwrap().email, "new@example.org");
        assert!(store.credentials("ada@example.org").await.unwrap().is_none());
        assert!(not_valid(store.reset_password(reset, "h".into()).await), "the old address opens nothing");

        let bens = link(&store, ada, LinkPurpose::Verify, "ben@example.org", b"b").await;
        assert!(matches!(store.verify_address(bens).await, Err(StoreError::AddressTaken)));
        let still = link(&store, ada, LinkPurpose::Verify, "new@example.org", b"s").await;
        assert_eq!(store.verify_address(still).await.unwrap().email, "new@example.org");
    })
    .await;
}

#[tokio::test]
async fn a_password_chosen_by_letter_ends_every_session_token_and_other_link() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        store.create_session(Digest::of(b"s"), ada, LIMITS).await.unwrap();
        let token = NewApiToken {
            digest: Digest::of(b"t"),
            volunteer: ada,
            name: "script".into(),
            scope: TokenScope::Work,
            lifetime: HOUR,
        };
        store.create_api_token(token).await.unwrap();
        let one = link(&store, ada, LinkPurpose::Reset, "ada@example.org", b"1").await;
        let two = link(&store, ada, LinkPurpose::Reset, "ada@example.org", b"2").await;
        let who = store.reset_password(two, "new".into()).await.unwrap();
        assert!(who.email_verified_at.is_some(), "they read letters to this address");
        assert_eq!(store.credentials("ada@example.org").await.unwrap().unwrap().password_hash, "new");
        assert_eq!(store.session(Digest::of(b"s"), LIMITS).await.unwrap(), None);
        assert!(store.api_token(Digest::of(b"t")).await.unwrap().is_none());
        assert!(not_valid(store.reset_password(one, "other".into()).await));
    })
    .await;
}

#[tokio::test]
async fn the_first_admin_comes_by_a_link_and_no_second_one_does() {
    both_stores(async |store| {
        let (ada, ben) = (volunteer(&store, "ada").await, volunteer(&store, "ben").await);
        let (old, new) = (Digest::of(b"old"), Digest::of(b"new"));
        assert!(store.open_claim(old, HOUR).await.unwrap());
        assert!(store.open_claim(new, HOUR).await.unwrap());
        assert!(not_valid(store.claim_admin(old, ada).await), "a later link replaces it");
        let claims = [ada, ben].map(|who| store.claim_admin(new, who));
        let outcomes = futures::future::join_all(claims).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(store.has_admin().await.unwrap());
        assert!(!store.open_claim(Digest::of(b"more"), HOUR).await.unwrap());
        let record = store.rank_changes(None, None, 9).await.unwrap();
        assert_eq!(record.len(), 1);
        assert_eq!(
            (record[0].cause, record[0].from, record[0].to),
            (RankCause::Link, Rank::Volunteer, Rank::Admin)
        );
    })
    .await;
}

#[tokio::test]
async fn a_link_for_the_first_admin_expires_and_is_void_once_there_is_one() {
    both_stores(async |store| {
        let (ada, ben) = (volunteer(&store, "ada").await, volunteer(&store, "ben").await);
        let digest = Digest::of(b"late");
        store.open_claim(digest, HOUR).await.unwrap();
        store.clock.advance(HOUR);
        assert!(not_valid(store.claim_admin(digest, ada).await));
        let digest = Digest::of(b"void");
        store.open_claim(digest, HOUR).await.unwrap();
        make(&store, ben, Rank::Admin).await;
        assert!(not_valid(store.claim_admin(digest, ada).await));
        assert_eq!(store.volunteer(ada).await.unwrap().unwrap().role, Rank::Volunteer);
    })
    .await;
}

#[tokio::test]
async fn roles_are_given_by_admins_to_people_with_a_verified_address_and_written_down() {
    both_stores(async |store| {
        let (root, lead) = (verified(&store, "root").await, verified(&store, "lead").await);
        let (ada, ben) = (verified(&store, "ada").await, volunteer(&store, "ben").await);
        make(&store, root, Rank::Admin).await;
        make(&store, lead, Rank::Lead).await;
        let give = |by, volunteer, role| {
            store.set_rank(NewRank { volunteer, role, by: Some(by), reason: "why".into() })
        };
        let refused = |outcome| match outcome {
            Err(StoreError::Account(refusal)) => Some(refusal),
            _ => None,
        };
        assert_eq!(refused(give(lead, lead, Rank::Admin).await), Some(AccountRefusal::NotAdmin));
        assert_eq!(refused(give(lead, ada, Rank::Expert).await), Some(AccountRefusal::NotAdmin));
        assert_eq!(refused(give(root, ben, Rank::Expert).await), Some(AccountRefusal::NotVerified));
        assert_eq!(refused(give(root, root, Rank::Lead).await), Some(AccountRefusal::LastAdmin));
        assert_eq!(give(root, ada, Rank::Expert).await.unwrap().role, Rank::Expert);
        give(root, ada, Rank::Expert).await.unwrap();
        assert_eq!(
            give(root, lead, Rank::Volunteer).await.unwrap().role,
            Rank::Volunteer,
            "down is always open"
        );
        let nobody = give(root, VolunteerId(Uuid::nil()), Rank::Lead).await;
        assert!(matches!(nobody, Err(StoreError::NotFound { .. })));

        let record = store.rank_changes(Some(ada), None, 9).await.unwrap();
        assert_eq!(record.len(), 1, "nothing changed the second time");
        assert_eq!((record[0].by.clone(), record[0].reason.as_str()), (Some((root, "root".into())), "why"));
        let all = store.rank_changes(None, None, 9).await.unwrap();
        assert_eq!(all.len(), 4);
        assert!(all.is_sorted_by(|a, b| a.seq > b.seq));
        assert_eq!(store.rank_changes(None, Some(all[1].seq), 1).await.unwrap()[0], all[2]);
    })
    .await;
}

#[tokio::test]
async fn two_admins_cannot_take_each_other_down_at_once() {
    both_stores(async |store| {
        for round in 0..6 {
            let (a, b) =
                (verified(&store, &format!("a{round}")).await, verified(&store, &format!("b{round}")).await);
            make(&store, a, Rank::Admin).await;
            make(&store, b, Rank::Admin).await;
            let take = |by, volunteer| {
                store.set_rank(NewRank {
                    volunteer,
                    role: Rank::Volunteer,
                    by: Some(by),
                    reason: String::new(),
                })
            };
            let (one, two) = tokio::join!(take(a, b), take(b, a));
            assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
            let left = if one.is_ok() { a } else { b };
            assert!(store.has_admin().await.unwrap());
            make(&store, verified(&store, &format!("c{round}")).await, Rank::Admin).await;
            make(&store, left, Rank::Volunteer).await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_record_of_roles_cannot_be_changed() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        make(&store, ada, Rank::Lead).await;
        for statement in ["DELETE FROM role_change", "UPDATE role_change SET to_role = 'admin'"] {
            assert!(by_hand(&store, statement).await.is_err(), "{statement}");
        }
        assert_eq!(store.rank_changes(None, None, 9).await.unwrap().len(), 1);
    })
    .await;
}

/// A statement by somebody who has the database.
async fn by_hand(store: &testkit::TestStore, statement: &'static str) -> Result<(), sqlx::Error> {
    use sqlx::Connection as _;
    match store.kind {
        store::DatabaseKind::Sqlite => {
            let mut connection = sqlx::SqliteConnection::connect(&store.url).await?;
            sqlx::query(statement).execute(&mut connection).await.map(drop)
        }
        store::DatabaseKind::Postgres => {
            let mut connection = sqlx::PgConnection::connect(&store.url).await?;
            sqlx::query(statement).execute(&mut connection).await.map(drop)
        }
    }
}

#[tokio::test]
async fn people_are_found_by_parts_of_name_and_address_page_by_page() {
    both_stores(async |store| {
        for name in ["ada", "ben", "cleo", "50%_off!", "Dora"] {
            volunteer(&store, name).await;
            store.clock.advance(Duration::from_secs(1));
        }
        let found = async |text: &str| {
            let query = PeopleQuery { text: text.into(), limit: 9, ..PeopleQuery::default() };
            let people = store.people(query).await.unwrap();
            people.into_iter().map(|one| one.volunteer.display_name).collect::<Vec<_>>()
        };
        assert_eq!(found("").await, ["Dora", "50%_off!", "cleo", "ben", "ada"]);
        assert_eq!(found(" DORA ").await, ["Dora"]);
        assert_eq!(found("a@example").await, ["Dora", "ada"]);
        assert_eq!(found("%_off!").await, ["50%_off!"]);
        assert_eq!(found("_en").await, Vec::<String>::new(), "signs stand for themselves");
        let mut after = None;
        let mut names = Vec::new();
        loop {
            let page = store.people(PeopleQuery { after, limit: 2, ..PeopleQuery::default() }).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.volunteer.created_at, last.volunteer.id));
            names.extend(page.into_iter().map(|one| one.volunteer.display_name));
        }
        assert_eq!(names, found("").await);
        let experts = PeopleQuery { role: Some(Rank::Expert), limit: 9, ..PeopleQuery::default() };
        assert!(store.people(experts).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn settings_are_kept_and_the_ranking_wants_a_verified_address() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        let before = store.volunteer(ada).await.unwrap().unwrap();
        assert_eq!(before.preferences, Preferences::default());
        let wish =
            Preferences { theme: Theme::Dark, data_saver: true, in_ranking: true, ..before.preferences };
        let change = AccountChange { preferences: Some(wish), ..AccountChange::default() };
        let refused = store.change_account(ada, change.clone()).await;
        assert!(matches!(refused, Err(StoreError::Account(AccountRefusal::NotVerified))));
        let digest = link(&store, ada, LinkPurpose::Verify, "ada@example.org", b"v").await;
        store.verify_address(digest).await.unwrap();
        store.change_account(ada, change).await.unwrap();
        let name = AccountChange {
            display_name: Some("Ada L.".into()),
            language: Some("zh".into()),
            preferences: None,
        };
        store.change_account(ada, name).await.unwrap();
        let after = store.volunteer(ada).await.unwrap().unwrap();
        assert_eq!(
            (after.preferences, after.display_name.as_str(), after.language.as_str()),
            (wish, "Ada L.", "zh")
        );
    })
    .await;
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_owner_only() {
    both_stores(async |store| {
        let (ada, ben) = (volunteer(&store, "ada").await, volunteer(&store, "ben").await);
        let [here, there, bens] = [b"1", b"2", b"3"].map(|text| Digest::of(text));
        let origin =
            SessionOrigin { way: SignInWay::Letter, browser: "firefox".into(), system: "android".into() };
        store.open_session(here, ada, origin.clone(), LIMITS).await.unwrap();
        store.create_session(there, ada, LIMITS).await.unwrap();
        store.create_session(bens, ben, LIMITS).await.unwrap();
        store.clock.advance(Duration::from_secs(120));
        store.session(here, LIMITS).await.unwrap();
        let rows = store.sessions_of(ada).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.digest).collect::<Vec<_>>(), [here, there], "last used first");
        assert_eq!((&rows[0].origin, rows[0].last_seen_at), (&origin, store.clock.now()));
        assert!(!store.delete_session_of(ada, bens).await.unwrap());
        assert!(store.session(bens, LIMITS).await.unwrap().is_some());
        store.change_password(ada, "new".into(), here).await.unwrap();
        assert!(store.session(here, LIMITS).await.unwrap().is_some(), "this one is kept");
        assert_eq!(store.session(there, LIMITS).await.unwrap(), None);
        assert!(store.delete_session_of(ada, here).await.unwrap());
        assert_eq!(store.session(here, LIMITS).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn tokens_for_scripts_are_few_end_in_time_and_belong_to_one_person() {
    both_stores(async |store| {
        let (ada, ben) = (volunteer(&store, "ada").await, volunteer(&store, "ben").await);
        let new = |n: u8, volunteer| NewApiToken {
            digest: Digest::of(&[n]),
            volunteer,
            name: format!("script {n}"),
            scope: TokenScope::Read,
            lifetime: HOUR,
        };
        for n in 0..20 {
            store.create_api_token(new(n, ada)).await.unwrap();
        }
        let enough = store.create_api_token(new(20, ada)).await;
        assert!(matches!(enough, Err(StoreError::Account(AccountRefusal::TooMany))));
        store.create_api_token(new(21, ben)).await.unwrap();
        assert!(!store.delete_api_token(ada, Digest::of(&[21])).await.unwrap());
        let (who, scope) = store.api_token(Digest::of(&[0])).await.unwrap().unwrap();
        assert_eq!((who.id, scope), (ada, TokenScope::Read));
        let used = store.api_tokens(ada).await.unwrap();
        let used: Vec<_> = used.iter().filter(|token| token.last_used_at.is_some()).collect();
        assert_eq!((used.len(), used[0].name.as_str()), (1, "script 0"));
        assert!(store.delete_api_token(ada, Digest::of(&[0])).await.unwrap());
        assert!(store.api_token(Digest::of(&[0])).await.unwrap().is_none());
        store.clock.advance(HOUR);
        assert!(store.api_token(Digest::of(&[1])).await.unwrap().is_none(), "over");
        assert_eq!(store.delete_expired_api_tokens().await.unwrap(), 20);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_account_leaves_votes_without_a_name_and_a_free_address() {
    both_stores(async |store| {
        let project = testkit::project(&store, "p").await;
        let subjects = testkit::survey_subjects(&store, project, 3).await;
        let rule = domain::RetirementRule { min_votes: 3, max_votes: 5 };
        testkit::queue(&store, project, 1, &subjects, rule, 100).await;
        let ada = verified(&store, "ada").await;
        make(&store, ada, Rank::Lead).await;
        let held = store.assign(project, ada, testkit::slots(1, 2), HOUR).await.unwrap().assignments;
        testkit::answer_all(&store, ada, &held[..1], domain::Answer::Lens).await;
        let note =
            NewFeedback { about: FeedbackAbout::Site, text: "hello".into(), page: None, author: Some(ada) };
        store.add_feedback(note).await.unwrap();
        assert_eq!(store.own_feedback(ada).await.unwrap()[0].text, "hello");
        store.create_session(Digest::of(b"s"), ada, LIMITS).await.unwrap();

        store.delete_account(ada).await.unwrap();
        let left = store.volunteer(ada).await.unwrap().unwrap();
        assert_eq!(
            (left.display_name.as_str(), left.role, left.email_verified_at),
            ("–", Rank::Volunteer, None)
        );
        assert!(!left.email.contains('@') && !left.email.contains("ada"));
        assert!(store.credentials("ada@example.org").await.unwrap().is_none());
        assert!(store.credentials(&left.email).await.unwrap().is_none(), "nobody signs in with what is left");
        assert_eq!(store.session(Digest::of(b"s"), LIMITS).await.unwrap(), None);
        assert!(store.own_feedback(ada).await.unwrap().is_empty());
        assert!(store.people(PeopleQuery { limit: 9, ..PeopleQuery::default() }).await.unwrap().is_empty());
        let record = store.rank_changes(Some(ada), None, 9).await.unwrap();
        assert_eq!((record[0].cause, record[0].name.as_str()), (RankCause::Deletion, "–"));
        assert!(matches!(store.delete_account(ada).await, Err(StoreError::NotFound { .. })));

        assert_eq!(store.vote_counts(ada, store.clock.now()).await.unwrap().total, 1, "the vote stands");
        assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
        let again = store::NewVolunteer {
            id: VolunteerId(Uuid::from_u128(99)),
            email: "ada@example.org".into(),
            display_name: "ada".into(),
            password_hash: "h".into(),
            language: "en".into(),
        };
        assert_eq!(store.create_volunteer(again).await.unwrap().id, VolunteerId(Uuid::from_u128(99)));
    })
    .await;
}

#[tokio::test]
async fn the_last_admin_cannot_be_deleted() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        make(&store, ada, Rank::Admin).await;
        let refused = store.delete_account(ada).await;
        assert!(matches!(refused, Err(StoreError::Account(AccountRefusal::LastAdmin))));
        assert_eq!(store.volunteer(ada).await.unwrap().unwrap().display_name, "ada");
    })
    .await;
}
