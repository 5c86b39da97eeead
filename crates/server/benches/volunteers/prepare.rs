//! The workspace: a project with a full queue, and people with a history who are signed in.

use std::{path::Path, sync::Arc, time::Duration};

use domain::{Answer, AssignmentId, ClassificationId, Digest, Label, ProjectId, Seed, VolunteerId};
use rand::{Rng as _, RngExt as _};
use store::{
    ImageEncoding, ImageRef, NewAttempt, NewQueue, NewSubject, NewVote, QueueItem, QuizAnswer, QuizRules,
    Role, SessionLimits, Slot, Store, TrainingPick,
};

use super::{Failure, now, server_process::SystemClock, setting};

/// The project everybody works on.
pub const SLUG: &str = "volunteers";

const LEASE: Duration = Duration::from_secs(600);
const DAYS: Duration = Duration::from_secs(30 * 86_400);

/// How many images are queued.
pub struct Pool(usize);

/// What the surveys' first selection holds.
pub const POOL: Pool = Pool(370_000);

impl Pool {
    pub fn of_setting(&self) -> usize {
        setting("POOL", self.0)
    }
}

async fn open(folder: &Path) -> Result<Store, Failure> {
    let url = format!("sqlite:{}", folder.join("lensfinder.db").display());
    Ok(Store::connect(&url, Arc::new(SystemClock)).await?)
}

/// The tokens of so many volunteers of the workspace, which is made if it is not there.
pub async fn workspace(folder: &Path, people: usize) -> Result<Vec<String>, Failure> {
    let tokens = (0..people).map(token).collect();
    let ready = folder.join("ready");
    if let Ok(made_for) = std::fs::read_to_string(&ready) {
        let made_for: usize = made_for.trim().parse()?;
        if made_for < people {
            let folder = folder.display();
            return Err(format!("{folder} was made for {made_for} people, not {people}: delete it").into());
        }
        return Ok(tokens);
    }
    std::fs::create_dir_all(folder)?;
    let store = open(folder).await?;
    let start = now();
    let project = fill(&store, POOL.of_setting()).await?;
    eprintln!("{} images queued in {:.0} s", POOL.of_setting(), start.elapsed().as_secs_f64());
    let history = setting("HISTORY", 200);
    let start = now();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..people {
        let volunteer = testkit::volunteer(&store, &format!("v{number}")).await;
        let digest = Digest::of(token(number).as_bytes());
        store.create_session(digest, volunteer, SessionLimits { idle: DAYS, absolute: DAYS }).await?;
        pass(&store, project, volunteer).await?;
        tasks.spawn(remember(store.clone(), project, volunteer, history, number as u64));
    }
    while let Some(one) = tasks.join_next().await {
        one??;
    }
    eprintln!("{history} votes behind each of {people} in {:.0} s", start.elapsed().as_secs_f64());
    store.close().await;
    std::fs::write(ready, people.to_string())?;
    Ok(tokens)
}

/// Votes in the log.
pub async fn votes(folder: &Path) -> Result<u64, Failure> {
    let store = open(folder).await?;
    let project = store.project(SLUG).await?.ok_or("no such project")?;
    let votes = store.status_without_images(project.id).await?.votes;
    store.close().await;
    Ok(votes)
}

/// What the cookie of a volunteer holds.
fn token(number: usize) -> String {
    Digest::of(format!("volunteer {number}").as_bytes()).to_string()
}

/// A queue of so many images with a network's scores: most are surely no lens.
async fn fill(store: &Store, pool: usize) -> Result<ProjectId, Failure> {
    let project = testkit::project(store, SLUG).await;
    testkit::training_subjects(store, project, 1_000, 1_000).await;
    let names: Vec<String> = (0..pool).map(|number| format!("s{number}")).collect();
    let new = |external_id: &String| NewSubject {
        external_id: external_id.clone(),
        role: Role::Survey,
        label: Label::Unknown,
        training_kind: None,
        position: None,
        cell: None,
    };
    store.add_subjects(project, names.iter().map(new).collect()).await?;
    let mut subjects = Vec::with_capacity(pool);
    let mut after = None;
    loop {
        let page = store.subjects(project, after, 10_000).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        subjects.extend(page.iter().filter(|subject| !subject.role.is_training()).map(|subject| subject.id));
    }
    let image = |id: i64| ImageRef {
        digest: Digest::of(&id.to_le_bytes()),
        width: 381,
        height: 381,
        pixel_scale_arcsec: Some(0.262),
        encoding: ImageEncoding::Composite,
    };
    store.set_images(project, subjects.iter().map(|id| (*id, image(id.0))).collect()).await?;
    let mut dice = Seed::root(5).rng();
    let scores: Vec<_> = subjects.iter().map(|id| (*id, dice.random::<f64>().powi(8) * 0.5)).collect();
    store.set_priors(project, scores, "v1").await?;
    let items = subjects.iter().zip(0..).map(|(subject, rank)| QueueItem {
        subject: *subject,
        rank,
        strategy: "entropy".into(),
        inclusion_probability: 0.5,
        model_version: "v1".into(),
        value: 1.0,
    });
    store.set_quiz(project, Some(QuizRules { questions: 1, pass_mark: 1 })).await?;
    let queue = NewQueue { round: 1, items: items.collect(), votes_budget: 100_000_000 };
    store.enqueue(project, queue).await?;
    Ok(project)
}

/// The entry quiz, passed.
async fn pass(store: &Store, project: ProjectId, volunteer: VolunteerId) -> Result<(), Failure> {
    let id = volunteer.0;
    let attempt = NewAttempt { id, project, volunteer: Some(volunteer), places: vec![0], pass_mark: 1 };
    store.begin_quiz(attempt, chrono::DateTime::UNIX_EPOCH).await?;
    store.answer_quiz(id, QuizAnswer { question: 0, answer: Answer::Lens, correct: true }).await?;
    store.finish_quiz(id).await?.filter(|result| result.passed).ok_or("the quiz was not passed")?;
    Ok(())
}

/// Votes behind somebody, so that searches step over what they have had.
async fn remember(
    store: Store,
    project: ProjectId,
    volunteer: VolunteerId,
    votes: usize,
    seed: u64,
) -> Result<(), store::StoreError> {
    let mut dice = Seed::root(21).index(seed).rng();
    let mut given = 0;
    while given < votes {
        let slots = (0..votes.min(50)).map(|_| slot(&mut dice)).collect();
        let held = store.assign(project, volunteer, slots, LEASE).await?.assignments;
        if held.is_empty() {
            break;
        }
        for assignment in held {
            let vote = NewVote {
                id: ClassificationId(uuid(&mut dice)),
                assignment: assignment.id,
                volunteer,
                answer: if dice.random_bool(0.9) { Answer::NoLens } else { Answer::Lens },
                seconds: Some(3.0),
                view: None,
                mark: None,
                feedback: false,
            };
            store.record_vote(vote).await?;
            given += 1;
        }
    }
    Ok(())
}

fn slot(dice: &mut domain::Rng) -> Slot {
    let training = dice.random_bool(0.2);
    let training = training.then(|| TrainingPick { lens: dice.random(), pick: dice.random() });
    Slot { id: AssignmentId(uuid(dice)), training, silent: true }
}

fn uuid(dice: &mut domain::Rng) -> uuid::Uuid {
    let mut bytes = [0; 16];
    dice.fill_bytes(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
