//! News and discoveries: drafts, revisions, what is public, and what may not be said.

use std::{collections::BTreeSet, time::Duration};

use consensus::live::{Outcome, Retirement, Settings};
use domain::{Answer, RetirementRule, SubjectId};
use store::{ArticleContent, ArticleKind, Bilingual, StoreError};
use testkit::{
    answer_all, both_stores, project, queue, slots, survey_subjects, training_subjects, volunteer,
};

const MINUTE: Duration = Duration::from_secs(60);

fn content(title: &str) -> ArticleContent {
    let words = |text: &str| Bilingual { en: text.to_owned(), zh: format!("{text}（中文）") };
    ArticleContent {
        title: words(title),
        summary: words("summary"),
        body: words("# body"),
        ..ArticleContent::default()
    }
}

fn conflict(outcome: Result<store::Article, StoreError>, on: &str) -> bool {
    matches!(outcome, Err(StoreError::Conflict { what, .. }) if what == on)
}

#[tokio::test]
async fn what_is_public_stays_until_the_next_revision_is_published() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        let draft =
            store.create_article(ArticleKind::News, "first-light".into(), content("one"), ada).await.unwrap();
        assert_eq!((draft.revision, draft.published_revision, draft.published_at), (1, None, None));
        assert_eq!(store.published_article(ArticleKind::News, "first-light").await.unwrap(), None);

        let public = store.publish_article(draft.id, 1, ada).await.unwrap();
        let first_published = public.published_at;
        assert!(first_published.is_some());
        store.clock.advance(MINUTE);
        let edited =
            store.edit_article(draft.id, 1, "first-light".into(), content("two"), ada).await.unwrap();
        assert_eq!((edited.revision, edited.published_revision), (2, Some(1)));
        let seen = store.published_article(ArticleKind::News, "first-light").await.unwrap().unwrap();
        assert_eq!((seen.content.title.en.as_str(), seen.number), ("one", 1));
        assert_eq!(seen.author.as_deref(), Some("ada"));

        store.publish_article(draft.id, 2, ada).await.unwrap();
        let seen = store.published_article(ArticleKind::News, "first-light").await.unwrap().unwrap();
        assert_eq!((seen.content.title.en.as_str(), seen.published_at), ("two", first_published));

        let withdrawn = store.withdraw_article(draft.id, ada).await.unwrap();
        assert_eq!(withdrawn.published_revision, None);
        assert_eq!(store.withdraw_article(draft.id, ada).await.unwrap(), withdrawn, "nothing more happens");
        assert_eq!(store.published_article(ArticleKind::News, "first-light").await.unwrap(), None);
        assert_eq!(store.published_articles(ArticleKind::News, None, 9).await.unwrap(), vec![]);
        let acts: Vec<_> = store.article_history(draft.id).await.unwrap();
        let acts: Vec<_> = acts.iter().map(|act| (act.act.as_str(), act.revision)).collect();
        assert_eq!(acts, [("withdraw", 2), ("publish", 2), ("edit", 2), ("publish", 1), ("create", 1)]);
    })
    .await;
}

#[tokio::test]
async fn nobody_overwrites_what_somebody_else_wrote_meanwhile() {
    both_stores(async |store| {
        let (ada, ben) = (volunteer(&store, "ada").await, volunteer(&store, "ben").await);
        let draft = store.create_article(ArticleKind::News, "a".into(), content("one"), ada).await.unwrap();
        let edit = |title, who| store.edit_article(draft.id, 1, "a".into(), content(title), who);
        let (first, second) = tokio::join!(edit("by ada", ada), edit("by ben", ben));
        assert_eq!(first.is_ok() as u8 + second.is_ok() as u8, 1, "{first:?} {second:?}");
        let refused = if first.is_ok() { second } else { first };
        assert!(conflict(refused, "revision"));
        assert!(conflict(store.publish_article(draft.id, 1, ada).await, "revision"), "an old revision");
        assert!(matches!(store.publish_article(77, 1, ada).await, Err(StoreError::NotFound { .. })));
        assert!(matches!(store.withdraw_article(77, ada).await, Err(StoreError::NotFound { .. })));
    })
    .await;
}

#[tokio::test]
async fn an_address_belongs_to_one_article_and_stays_once_it_was_public() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        let make = |kind, slug: &str| store.create_article(kind, slug.to_owned(), content("one"), ada);
        let news = make(ArticleKind::News, "a").await.unwrap();
        assert!(conflict(make(ArticleKind::News, "a").await, "slug"));
        make(ArticleKind::Discovery, "a").await.unwrap();
        let other = make(ArticleKind::News, "b").await.unwrap();
        let renamed = store.edit_article(other.id, 1, "a".into(), content("one"), ada).await;
        assert!(conflict(renamed, "slug"));
        let renamed = store.edit_article(other.id, 1, "c".into(), content("one"), ada).await.unwrap();
        assert_eq!((renamed.slug.as_str(), renamed.revision), ("c", 2), "the refused edit left nothing");

        store.publish_article(news.id, 1, ada).await.unwrap();
        store.withdraw_article(news.id, ada).await.unwrap();
        let moved = store.edit_article(news.id, 1, "d".into(), content("one"), ada).await;
        assert!(matches!(moved, Err(StoreError::Invalid { field: "slug", .. })));
    })
    .await;
}

#[tokio::test]
async fn lists_come_in_pages_newest_first_and_without_the_texts() {
    both_stores(async |store| {
        let ada = volunteer(&store, "ada").await;
        let mut slugs = Vec::new();
        for i in 0..5 {
            let slug = format!("n-{i}");
            let made =
                store.create_article(ArticleKind::News, slug.clone(), content(&slug), ada).await.unwrap();
            // Two of them at the same moment.
            if i != 3 {
                store.clock.advance(MINUTE);
            }
            store.publish_article(made.id, 1, ada).await.unwrap();
            slugs.insert(0, slug);
        }
        store.create_article(ArticleKind::Discovery, "d".into(), content("d"), ada).await.unwrap();
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = store.published_articles(ArticleKind::News, after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.published_at.unwrap(), last.id));
            assert!(page.iter().all(|one| one.content.body == Bilingual::default()));
            seen.extend(page.into_iter().map(|one| one.slug));
        }
        assert_eq!(seen, slugs);
        assert_eq!(store.articles(None, None, 9).await.unwrap().len(), 6);
        let drafts = store.articles(Some(ArticleKind::Discovery), None, 9).await.unwrap();
        assert_eq!(drafts.iter().map(|one| one.slug.as_str()).collect::<Vec<_>>(), ["d"]);
    })
    .await;
}

#[tokio::test]
async fn a_discovery_waits_until_nobody_is_asked_about_its_image() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 1).await;
        let (lenses, _) = training_subjects(&store, project, 1, 1).await;
        queue(&store, project, 1, &subjects, RetirementRule { min_votes: 2, max_votes: 3 }, 100).await;
        let ada = volunteer(&store, "ada").await;
        let about = |subject| ArticleContent {
            subject: Some(subject),
            finders: vec!["Mei".into(), "张衡".into()],
            grade: Some("b".into()),
            position: Some((10.5, -3.25)),
            ..content("found")
        };
        let make = |slug: &str, subject| {
            store.create_article(ArticleKind::Discovery, slug.to_owned(), about(subject), ada)
        };
        let of_training = make("x", lenses[0]).await;
        assert!(matches!(of_training, Err(StoreError::Invalid { field: "subject", .. })), "{of_training:?}");
        assert!(make("y", SubjectId(999)).await.is_err());

        let draft = make("found", subjects[0]).await.unwrap();
        assert_eq!(draft.content.finders, ["Mei", "张衡"]);
        assert_eq!(draft.subject_name, Some(("p".into(), "survey-0".into())));
        assert!(draft.image.is_some());
        assert!(conflict(store.publish_article(draft.id, 1, ada).await, "subject"));
        assert_eq!(store.article(draft.id).await.unwrap().unwrap().published_revision, None);

        for (seed, name) in (1..).zip(["ben", "cleo"]) {
            let person = volunteer(&store, name).await;
            let held = store.assign(project, person, slots(seed, 1), 5 * MINUTE).await.unwrap();
            answer_all(&store, person, &held.assignments, Answer::NoLens).await;
        }
        let public = store.publish_article(draft.id, 1, ada).await.unwrap();
        assert_eq!((public.published_revision, public.content), (Some(1), draft.content));
    })
    .await;
}

/// Everybody may have seen it by then, with its answer.
#[tokio::test]
async fn a_published_discovery_is_nobodys_re_test() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let retirement = Retirement {
            min_votes: 1,
            reject_below: 0.04,
            least_evidence: 0.0,
            retest_share: 0.5,
            ..Retirement::default()
        };
        let subjects = survey_subjects(&store, project, 90).await;
        queue(&store, project, 1, &subjects, RetirementRule { min_votes: 1, max_votes: 9 }, 1000).await;
        store.configure(project, &Settings { retirement, ..Settings::default() }).await.unwrap();
        let ada = volunteer(&store, "ada").await;
        for seed in 0..5 {
            let held = store.assign(project, ada, slots(seed, 1), 5 * MINUTE).await.unwrap().assignments;
            answer_all(&store, ada, &held, Answer::NoLens).await;
        }
        let retired = store.beliefs(project, None, 99).await.unwrap();
        let retired = retired.iter().filter(|row| row.outcome == Outcome::Rejected);
        let retired: BTreeSet<SubjectId> = retired.map(|row| row.subject).collect();
        assert_eq!(retired.len(), 5);
        let found = *retired.first().unwrap();

        let about = ArticleContent { subject: Some(found), ..content("found") };
        let made = store.create_article(ArticleKind::Discovery, "found".into(), about, ada).await.unwrap();
        store.publish_article(made.id, 1, ada).await.unwrap();
        let asked_again = async |seed, name: &str| -> BTreeSet<SubjectId> {
            let person = volunteer(&store, name).await;
            let held = store.assign(project, person, slots(seed, 32), 5 * MINUTE).await.unwrap().assignments;
            answer_all(&store, person, &held, Answer::Unsure).await;
            held.iter().map(|one| one.subject).filter(|id| retired.contains(id)).collect()
        };
        let others: BTreeSet<_> = retired.iter().copied().filter(|id| *id != found).collect();
        assert_eq!(asked_again(40, "ben").await, others);
        store.withdraw_article(made.id, ada).await.unwrap();
        assert!(asked_again(41, "cleo").await.contains(&found));
    })
    .await;
}
