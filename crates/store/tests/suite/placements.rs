//! Pictures that people had placed on the sky: whose they are, who sees them, and how they go.

use std::time::Duration;

use domain::VolunteerId;
use serde_json::json;
use store::{
    AccountRefusal, ArticleContent, ArticleKind, Bilingual, NewPlacement, PlacementPicture, SkyBox,
    StoreError,
};
use testkit::{both_stores, volunteer};
use uuid::Uuid;

fn picture() -> PlacementPicture {
    PlacementPicture { media_type: "image/jpeg".to_owned(), bytes: vec![0xff, 0xd8, 0, 1] }
}

fn placed(n: u128, volunteer: VolunteerId) -> NewPlacement {
    NewPlacement {
        id: Uuid::from_u128(n),
        volunteer,
        file_name: format!("{n}.png"),
        placed: n % 2 == 1,
        result: json!({ "n": n as u64 }),
        picture: (n % 2 == 1).then(picture),
    }
}

#[tokio::test]
async fn a_placement_is_kept_with_its_pixels_and_listed_newest_first() {
    both_stores(async |store| {
        let (ada, ben) = (volunteer(&store, "ada").await, volunteer(&store, "ben").await);
        for n in 1..=5 {
            store.add_placement(placed(n, ada), 5).await.unwrap();
            // Two in one microsecond keep an order.
            if n % 2 == 0 {
                store.clock.advance(Duration::from_secs(1));
            }
        }
        let sixth = store.add_placement(placed(6, ada), 5).await;
        assert!(matches!(sixth, Err(StoreError::Account(AccountRefusal::TooMany))));
        assert_eq!(
            (store.placement_count(ada).await.unwrap(), store.placement_count(ben).await.unwrap()),
            (5, 0)
        );

        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = store.placements_of(ada, after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.at, last.id));
            seen.extend(page.into_iter().map(|row| row.id.as_u128()));
        }
        assert_eq!(seen, [5, 4, 3, 2, 1]);

        let one = store.placement(Uuid::from_u128(3)).await.unwrap().unwrap();
        assert_eq!(
            (one.volunteer, one.author.as_str(), one.placed, one.has_picture),
            (ada, "ada", true, true)
        );
        assert_eq!((one.result, one.note, one.sent_at), (json!({ "n": 3 }), None, None));
        assert_eq!(store.placement_picture(one.id).await.unwrap(), Some(picture()));
        assert_eq!(store.placement_picture(Uuid::from_u128(2)).await.unwrap(), None);
        assert_eq!(store.placement(Uuid::from_u128(9)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_is_sent_reaches_the_leads_and_only_the_owner_sends() {
    both_stores(async |store| {
        let (ada, ben) = (volunteer(&store, "ada").await, volunteer(&store, "ben").await);
        for n in 1..=3 {
            store.add_placement(placed(n, ada), 9).await.unwrap();
        }
        let id = Uuid::from_u128;
        let foreign = store.send_placement(id(1), ben, "mine".to_owned()).await;
        assert!(matches!(foreign, Err(StoreError::NotFound { .. })));
        let unsent = store.set_placement_done(id(1), true, ben).await;
        assert!(matches!(unsent, Err(StoreError::NotFound { .. })));
        assert_eq!(store.sent_placements(None, None, 9).await.unwrap(), []);

        for n in [1, 3] {
            store.send_placement(id(n), ada, format!("look {n}")).await.unwrap();
            store.clock.advance(Duration::from_secs(1));
        }
        store.set_placement_done(id(1), true, ben).await.unwrap();
        let ids = async |done| {
            let rows = store.sent_placements(done, None, 9).await.unwrap();
            rows.into_iter().map(|row| (row.id.as_u128(), row.note.unwrap())).collect::<Vec<_>>()
        };
        let (one, three) = ((1, "look 1".to_owned()), (3, "look 3".to_owned()));
        assert_eq!(ids(None).await, [three.clone(), one.clone()]);
        assert_eq!((ids(Some(true)).await, ids(Some(false)).await), (vec![one.clone()], vec![three.clone()]));
        store.set_placement_done(id(1), false, ben).await.unwrap();
        assert_eq!(ids(Some(false)).await, [three, one]);
    })
    .await;
}

#[tokio::test]
async fn placements_go_when_asked_when_old_and_with_their_person() {
    both_stores(async |store| {
        let (ada, ben) = (volunteer(&store, "ada").await, volunteer(&store, "ben").await);
        for n in 1..=4 {
            store.add_placement(placed(n, if n == 4 { ben } else { ada }), 9).await.unwrap();
        }
        let id = Uuid::from_u128;
        store.send_placement(id(1), ada, "look".to_owned()).await.unwrap();
        store.set_placement_done(id(1), true, ben).await.unwrap();

        assert!(store.delete_placement(id(2)).await.unwrap());
        assert!(!store.delete_placement(id(2)).await.unwrap());
        store.clock.advance(Duration::from_secs(100));
        assert_eq!(store.delete_unsent_placements(Duration::from_secs(101)).await.unwrap(), 0);
        assert_eq!(store.delete_unsent_placements(Duration::from_secs(99)).await.unwrap(), 2);
        assert!(store.placement(id(1)).await.unwrap().is_some(), "what was sent stays");
        assert_eq!(store.placement_picture(id(3)).await.unwrap(), None);

        store.delete_account(ben).await.unwrap();
        assert!(store.placement(id(1)).await.unwrap().is_some(), "the mark of somebody who left is no tie");
        store.delete_account(ada).await.unwrap();
        assert_eq!(store.placement(id(1)).await.unwrap(), None);
        assert_eq!(store.placement_picture(id(1)).await.unwrap(), None);
        assert_eq!(store.sent_placements(None, None, 9).await.unwrap(), []);

        let late = store.add_placement(placed(5, ada), 9).await;
        assert!(matches!(late, Err(StoreError::NotFound { what: "volunteer", .. })), "{late:?}");
        assert_eq!(
            (store.placement(id(5)).await.unwrap(), store.placement_count(ada).await.unwrap()),
            (None, 0)
        );
    })
    .await;
}

#[tokio::test]
async fn a_box_of_the_sky_has_edges_on_all_sides_and_may_lie_across_zero() {
    both_stores(async |store| {
        let lena = volunteer(&store, "lena").await;
        for (slug, ra, dec) in
            [("west", 359.5, 10.0), ("east", 0.5, 10.0), ("far", 180.0, 10.0), ("low", 0.5, -10.0)]
        {
            let title = Bilingual { en: slug.to_owned(), zh: String::new() };
            let content = ArticleContent { title, position: Some((ra, dec)), ..ArticleContent::default() };
            let article = store.create_article(ArticleKind::Discovery, slug.to_owned(), content, lena);
            store.publish_article(article.await.unwrap().id, 1, lena).await.unwrap();
        }
        let found = async |first, last, limit| {
            let within = SkyBox { dec_deg: (9.0, 11.0), ra_deg: (first, last) };
            assert_eq!(store.candidates_in(within, limit).await.unwrap(), []);
            let rows = store.discoveries_in(within, limit).await.unwrap();
            let mut slugs: Vec<_> = rows.into_iter().map(|row| row.slug).collect();
            slugs.sort();
            slugs
        };
        assert_eq!(found(359.0, 1.0, 9).await, ["east", "west"]);
        assert_eq!(found(0.0, 1.0, 9).await, ["east"]);
        assert_eq!(found(179.0, 181.0, 1).await, ["far"], "what is elsewhere takes no room");
        assert_eq!(found(0.0, 360.0, 9).await, ["east", "far", "west"]);
    })
    .await;
}
