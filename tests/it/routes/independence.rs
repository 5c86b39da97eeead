//! Nobody can tell an image whose truth is known from one of the survey before they answered it, and
//! nobody learns what others said or wrote about an image before their own answer: judged over thousands
//! of assignments, every header, the length of every picture, the work of the database, and every GET of
//! the OpenAPI document.

mod pictures;
mod reading;
mod slots;
mod sought;
mod work;

use std::collections::HashSet;

use domain::{Digest, Label, RetirementRule, SubjectId};
use serde_json::Value;
use server::ServerConfig;
use store::{ImageEncoding, ImageRef, NewProject, NewSubject, Role};
use testkit::TestStore;

use super::test_server::{SLUG, TestServer};

/// What only the truth of a training image says.
const KIND: &str = "marker-of-the-kind";
/// What the names of all subjects in their datasets begin with.
const NAME: &str = "marker-of-the-name";

/// A server over a project with so many survey and training images.
struct World {
    server: TestServer,
    /// Addresses of pictures of the survey.
    survey: HashSet<String>,
    subjects: Vec<SubjectId>,
}

impl World {
    async fn new(store: TestStore, survey: usize, training: usize, config: ServerConfig) -> Self {
        let spec = serde_json::json!({});
        let new = |slug: &str| NewProject {
            slug: slug.to_owned(),
            name: slug.to_owned(),
            description: "For a test.".into(),
            spec: spec.clone(),
        };
        // Another project's images come first, so that the ids of this one's are no small numbers.
        let before = store.create_project(new("before")).await.expect("a project").id;
        let plain = |n: usize| subject(&format!("before-{n}"), Role::Survey);
        store.add_subjects(before, (0..7_000).map(plain).collect()).await.expect("subjects");

        let project = store.create_project(new(SLUG)).await.expect("a project").id;
        let roles =
            [(Role::Survey, survey), (Role::TrainingLens, training), (Role::TrainingNonLens, training)];
        let mut ids = Vec::new();
        for (role, count) in roles {
            let names: Vec<String> = (0..count).map(|n| format!("{NAME}-{role:?}-{n}")).collect();
            let subjects = names.iter().map(|name| subject(name, role)).collect();
            store.add_subjects(project, subjects).await.expect("subjects");
            let found = store.subject_ids(project, names.clone()).await.expect("ids");
            let images: Vec<_> = names.iter().map(|name| (found[name], image(name))).collect();
            ids.push(images.iter().map(|(id, _)| *id).collect::<Vec<_>>());
            store.set_images(project, images).await.expect("images");
        }
        let rule = RetirementRule { min_votes: 200, max_votes: 201 };
        testkit::queue(&store, project, 1, &ids[0], rule, 1_000_000).await;
        let subjects = ids.concat();
        let urls = (0..survey).map(|n| url(&format!("{NAME}-{:?}-{n}", Role::Survey))).collect();
        let server = TestServer::over(store, project, ids.swap_remove(0), config).await;
        Self { server, survey: urls, subjects }
    }

    /// Whether an assignment is of the survey: only the test knows.
    fn is_survey(&self, assignment: &Value) -> bool {
        self.survey.contains(assignment["image"]["url"].as_str().expect("a path"))
    }
}

fn subject(name: &str, role: Role) -> NewSubject {
    NewSubject {
        external_id: name.to_owned(),
        role,
        label: role.truth(),
        training_kind: (role.truth() != Label::Unknown).then(|| KIND.to_owned()),
        position: None,
        cell: None,
    }
}

fn image(name: &str) -> ImageRef {
    ImageRef {
        digest: Digest::of(name.as_bytes()),
        width: 384,
        height: 384,
        pixel_scale_arcsec: Some(0.262),
        encoding: ImageEncoding::Companded,
    }
}

fn url(name: &str) -> String {
    format!("/api/v1/images/{}.webp", image(name).digest)
}
