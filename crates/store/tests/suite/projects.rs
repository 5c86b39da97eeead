//! Projects and subjects.

use domain::{Digest, Label, SkyCoord, SubjectId};
use serde_json::json;
use store::{ImageRef, NewProject, NewSubject, Role, StoreError};
use testkit::{both_stores, project, survey_subjects, training_subjects};

#[tokio::test]
async fn a_project_made_twice_is_made_once_and_keeps_its_first_spec() {
    both_stores(async |store| {
        let new = NewProject {
            slug: "first".into(),
            name: "First".into(),
            description: "Look.".into(),
            spec: json!({"seed": 7, "share": 0.1}),
        };
        let made = store.create_project(new.clone()).await.unwrap();
        let again = store.create_project(NewProject { spec: json!({}), ..new }).await.unwrap();
        assert_eq!(made, again);
        assert_eq!(again.spec, json!({"seed": 7, "share": 0.1}));
        assert_eq!(store.projects().await.unwrap(), vec![made.clone()]);
        assert_eq!(store.project("first").await.unwrap(), Some(made.clone()));
        assert_eq!(store.project_by_id(made.id).await.unwrap(), Some(made));
        assert_eq!(store.project("second").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_slug_that_would_not_fit_an_address_is_refused() {
    both_stores(async |store| {
        for slug in ["", "Two Words", "a/b", "é"] {
            let new = NewProject {
                slug: slug.into(),
                name: String::new(),
                description: String::new(),
                spec: json!(null),
            };
            let refused = store.create_project(new).await;
            assert!(
                matches!(refused, Err(StoreError::Invalid { field: "slug", .. })),
                "{slug:?}: {refused:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn subjects_added_twice_are_added_once_however_many_there_are() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let new = |i: usize| NewSubject {
            external_id: format!("field-{i}"),
            role: Role::Survey,
            label: Label::Unknown,
            training_kind: None,
            position: SkyCoord::new(i as f64 / 10.0, -33.25),
            cell: Some(i as i64),
        };
        assert_eq!(store.add_subjects(project, (0..2500).map(new).collect()).await.unwrap(), 2500);
        assert_eq!(store.add_subjects(project, (2000..2510).map(new).collect()).await.unwrap(), 10);

        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = store.subjects(project, after, 999).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            seen.extend(page);
        }
        assert_eq!(seen.len(), 2510);
        assert_eq!(seen[17].external_id, "field-17");
        assert_eq!(seen[17].position, SkyCoord::new(1.7, -33.25));
        assert_eq!(seen[17].cell, Some(17));

        let wanted = vec!["field-3".to_owned(), "nowhere".to_owned()];
        let found = store.subject_ids(project, wanted).await.unwrap();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), vec![("field-3".to_owned(), seen[3].id)]);
    })
    .await;
}

#[tokio::test]
async fn subjects_of_a_project_that_does_not_exist_are_refused() {
    both_stores(async |store| {
        let new = NewSubject {
            external_id: "x".into(),
            role: Role::Survey,
            label: Label::Unknown,
            training_kind: None,
            position: None,
            cell: None,
        };
        let refused = store.add_subjects(99.into(), vec![new]).await;
        assert!(matches!(refused, Err(StoreError::NotFound { what: "project", .. })), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn only_images_that_belong_to_a_subject_can_be_served() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 2).await;
        let image = ImageRef {
            digest: Digest::of(b"pixels"),
            width: 381,
            height: 300,
            pixel_scale_arcsec: Some(0.1),
            encoding: store::ImageEncoding::Composite,
        };
        assert_eq!(store.image(image.digest).await.unwrap(), None);
        store.set_images(project, vec![(subjects[1], image)]).await.unwrap();
        assert_eq!(store.image(image.digest).await.unwrap(), Some(image));
        assert_eq!(store.subject(subjects[1]).await.unwrap().unwrap().image, Some(image));

        let nobody = vec![(SubjectId(123_456), image)];
        assert!(matches!(store.set_images(project, nobody).await, Err(StoreError::NotFound { .. })));
    })
    .await;
}

#[tokio::test]
async fn the_truths_are_those_of_the_training_subjects_only() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        survey_subjects(&store, project, 3).await;
        let (lenses, plain) = training_subjects(&store, project, 1, 2).await;
        let truths = store.training_truths(project).await.unwrap();
        assert_eq!(truths.len(), 3);
        assert_eq!(truths[&lenses[0]], Label::Lens);
        assert_eq!(truths[&plain[1]], Label::NonLens);
    })
    .await;
}
