//! Things a database test needs, each in one line, all derived from names and
//! numbers so that a failing test fails the same way again.

use consensus::live::{LiveMethod, MajoritySettings, Retirement, Settings};
use domain::{
    Answer, AssignmentId, ClassificationId, Digest, Label, ProjectId, RetirementRule, Seed, SubjectId,
    VolunteerId, logit, sigmoid,
};
use rand::Rng as _;
use store::{
    Assignment, ImageRef, NewProject, NewQueue, NewSubject, NewVolunteer, NewVote, QueueItem, Role, Slot,
    Store,
};
use uuid::Uuid;

fn uuid(seed: Seed) -> Uuid {
    let mut bytes = [0; 16];
    seed.rng().fill_bytes(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// A project with this slug.
///
/// # Panics
/// When the store fails.
pub async fn project(store: &Store, slug: &str) -> ProjectId {
    let (slug, name) = (slug.to_owned(), format!("Project {slug}"));
    let new = NewProject { slug, name, description: "For a test.".into(), spec: serde_json::json!({}) };
    store.create_project(new).await.expect("a project can be made").id
}

/// `count` survey subjects with images, `survey-0` and on.
///
/// # Panics
/// When the store fails.
pub async fn survey_subjects(store: &Store, project: ProjectId, count: usize) -> Vec<SubjectId> {
    subjects(store, project, Role::Survey, "survey", count).await
}

/// Known lenses (`lens-0` and on) and known non-lenses (`plain-0` and on) with images.
///
/// # Panics
/// When the store fails.
pub async fn training_subjects(
    store: &Store,
    project: ProjectId,
    lenses: usize,
    non_lenses: usize,
) -> (Vec<SubjectId>, Vec<SubjectId>) {
    let lenses = subjects(store, project, Role::TrainingLens, "lens", lenses).await;
    (lenses, subjects(store, project, Role::TrainingNonLens, "plain", non_lenses).await)
}

async fn subjects(store: &Store, project: ProjectId, role: Role, name: &str, count: usize) -> Vec<SubjectId> {
    let names: Vec<_> = (0..count).map(|i| format!("{name}-{i}")).collect();
    let new = |external_id: &String| NewSubject {
        external_id: external_id.clone(),
        role,
        label: role.truth(),
        training_kind: (role.truth() == Label::Lens).then(|| "simulated lens".to_owned()),
        position: None,
        cell: None,
    };
    store.add_subjects(project, names.iter().map(new).collect()).await.expect("subjects can be added");
    let ids = store.subject_ids(project, names.clone()).await.expect("subjects can be found");
    let ids: Vec<_> = names.iter().map(|name| ids[name]).collect();
    let image = |name: &String| ImageRef {
        digest: Digest::of_parts([project.to_string().as_bytes(), name.as_bytes()]),
        width: 381,
        height: 381,
        pixel_scale_arcsec: Some(0.262),
        encoding: store::ImageEncoding::Composite,
    };
    let images = ids.iter().copied().zip(names.iter().map(image)).collect();
    store.set_images(project, images).await.expect("images can be set");
    ids
}

/// A volunteer with this name.
///
/// # Panics
/// When the store fails.
pub async fn volunteer(store: &Store, name: &str) -> VolunteerId {
    let new = NewVolunteer {
        id: VolunteerId(uuid(Seed::root(0).child(name))),
        email: format!("{name}@example.org"),
        display_name: name.to_owned(),
        password_hash: "$argon2id$none".to_owned(),
        language: "en".to_owned(),
    };
    store.create_volunteer(new).await.expect("a volunteer can be made").id
}

/// Log-odds one vote moves an image by under [`settings`], in nats.
const STEP: f64 = 1.5;

/// A consensus that can be counted on one's fingers: every vote weighs the same, an image is done
/// after `min_votes` if everybody says "no lens", else after `max_votes` (as long as that is at most
/// two more); no experts, no re-tests.
#[must_use]
pub fn settings(rule: RetirementRule) -> Settings {
    let prior = 0.1;
    let way = (f64::from(rule.min_votes) - 0.5) * STEP;
    Settings {
        method: LiveMethod::Majority(MajoritySettings { accuracy: sigmoid(STEP) }),
        prior,
        retirement: Retirement {
            detect_above: 0.98,
            reject_below: sigmoid(logit(prior) - way.min(11.0)),
            least_evidence: 0.0,
            min_votes: rule.min_votes,
            min_votes_to_detect: rule.max_votes,
            max_votes: rule.max_votes,
            expert_votes: 0,
            retest_share: 0.0,
        },
        ..Settings::default()
    }
}

/// These subjects as items of a queue, in this order: each is worth a tenth less than the one
/// before.
#[must_use]
pub fn queue_items(subjects: &[SubjectId]) -> Vec<QueueItem> {
    let item = |(rank, subject): (u32, &SubjectId)| QueueItem {
        subject: *subject,
        rank,
        strategy: "entropy".to_owned(),
        inclusion_probability: 0.25,
        model_version: "v1".to_owned(),
        value: 0.9_f64.powi(rank.min(180) as i32),
    };
    (0..).zip(subjects).map(item).collect()
}

/// Opens the queue of a round with these subjects in this order, under [`settings`].
///
/// # Panics
/// When the store fails.
pub async fn queue(
    store: &Store,
    project: ProjectId,
    round: u32,
    subjects: &[SubjectId],
    rule: RetirementRule,
    votes_budget: u64,
) {
    store.configure(project, &settings(rule)).await.expect("settings can be put in force");
    let queue = NewQueue { round, items: queue_items(subjects), votes_budget };
    store.enqueue(project, queue).await.expect("a queue can be opened");
}

/// `count` slots without training, with ids from this seed.
#[must_use]
pub fn slots(seed: u64, count: u64) -> Vec<Slot> {
    let slot = |i| Slot {
        id: AssignmentId(uuid(Seed::root(seed).child("slot").index(i))),
        training: None,
        silent: false,
    };
    (0..count).map(slot).collect()
}

/// Answers every assignment the same way; the votes' ids follow from the assignments'.
///
/// # Panics
/// When a vote is refused.
pub async fn answer_all(
    store: &Store,
    volunteer: VolunteerId,
    assignments: &[Assignment],
    answer: Answer,
) -> Vec<ClassificationId> {
    let mut ids = Vec::new();
    for assignment in assignments {
        let id = ClassificationId(uuid(Seed::root(1).child(&assignment.id.to_string())));
        let vote = NewVote {
            id,
            assignment: assignment.id,
            volunteer,
            answer,
            seconds: Some(2.5),
            view: None,
            mark: None,
            feedback: true,
        };
        store.record_vote(vote).await.expect("the vote is taken");
        ids.push(id);
    }
    ids
}
