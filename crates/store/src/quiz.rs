//! The entry quiz: how many questions, how many must be right, every attempt, and who passed. Which
//! images are asked about and what is said about them is left to `server`.

use domain::{Answer, ProjectId, Timestamp, VolunteerId};
use uuid::Uuid;

use crate::{
    Result, Store, StoreError,
    store::{on_backend, write_on_backend},
};

/// The rules of a project's quiz.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuizRules {
    /// Questions in an attempt, at least 1.
    pub questions: u32,
    /// Right answers that pass, at least 1 and at most `questions`.
    pub pass_mark: u32,
}

/// An attempt that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttempt {
    /// Random: whoever knows it may answer, and may claim it.
    pub id: Uuid,
    /// Whose quiz it is.
    pub project: ProjectId,
    /// Who takes it; `None` for a guest.
    pub volunteer: Option<VolunteerId>,
    /// The places of the images asked about, in order.
    pub places: Vec<u32>,
    /// Right answers that pass.
    pub pass_mark: u32,
}

/// An attempt as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its id.
    pub id: Uuid,
    /// Whose quiz it is.
    pub project: ProjectId,
    /// Who takes it; `None` for a guest.
    pub volunteer: Option<VolunteerId>,
    /// The places of the images asked about, in order.
    pub places: Vec<u32>,
    /// Right answers that pass.
    pub pass_mark: u32,
    /// The answers so far, by question.
    pub answers: Vec<QuizAnswer>,
    /// When it began.
    pub started_at: Timestamp,
    /// How it ended.
    pub result: Option<QuizResult>,
}

/// The standing answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuizAnswer {
    /// The question, from 0.
    pub question: u32,
    /// What was said.
    pub answer: Answer,
    /// Whether that is right.
    pub correct: bool,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuizResult {
    /// Right answers.
    pub score: u32,
    /// Whether they are enough.
    pub passed: bool,
    /// When.
    pub at: Timestamp,
}

/// What a volunteer has done in a project's quiz.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QuizRecord {
    /// Attempts taken to the end.
    pub attempts: u64,
    /// Most right answers in one of them.
    pub best: Option<u32>,
    /// When it was first passed.
    pub passed_at: Option<Timestamp>,
}

impl Store {
    /// Puts a quiz in force; `None` takes it away, and then nobody needs to pass one.
    ///
    /// # Errors
    /// When the pass mark cannot be reached, there is no such project, or the database fails.
    pub async fn set_quiz(&self, project: ProjectId, rules: Option<QuizRules>) -> Result<()> {
        if rules.is_some_and(|rules| rules.pass_mark == 0 || rules.pass_mark > rules.questions) {
            return Err(StoreError::invalid("pass_mark", "give 1 to the number of questions"));
        }
        write_on_backend!(self, "setting the quiz", quiz::set(project, rules))
    }

    /// The quiz in force.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quiz(&self, project: ProjectId) -> Result<Option<QuizRules>> {
        on_backend!(self, read, "reading the quiz", quiz::of(project))
    }

    /// Begins an attempt, and forgets those of guests that began before `forget_before`.
    ///
    /// # Errors
    /// When the id is in use or the database fails.
    pub async fn begin_quiz(&self, attempt: NewAttempt, forget_before: Timestamp) -> Result<()> {
        let now = self.now();
        write_on_backend!(self, "beginning a quiz", quiz::begin(attempt, forget_before, now))
    }

    /// The attempt with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quiz_attempt(&self, id: Uuid) -> Result<Option<Attempt>> {
        on_backend!(self, snapshot, "reading a quiz", quiz::attempt(id))
    }

    /// Answers a question; returns the answer that stands, which is the first.
    ///
    /// # Errors
    /// When there is no such attempt or the database fails.
    pub async fn answer_quiz(&self, id: Uuid, answer: QuizAnswer) -> Result<QuizAnswer> {
        let now = self.now();
        write_on_backend!(self, "answering a question", quiz::answer(id, answer, now))
    }

    /// Ends an attempt whose questions are all answered, and says how; again, and it says the same.
    /// `None` while a question is open.
    ///
    /// # Errors
    /// When there is no such attempt or the database fails.
    pub async fn finish_quiz(&self, id: Uuid) -> Result<Option<QuizResult>> {
        let now = self.now();
        write_on_backend!(self, "finishing a quiz", quiz::finish(id, now))
    }

    /// Gives a guest's passed attempt that ended at `not_before` or later to this volunteer; each goes
    /// to one only. Says whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_quiz(&self, id: Uuid, volunteer: VolunteerId, not_before: Timestamp) -> Result<bool> {
        write_on_backend!(self, "claiming a quiz", quiz::claim(id, volunteer, not_before))
    }

    /// What a volunteer has done in a project's quiz.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quiz_record(&self, volunteer: VolunteerId, project: ProjectId) -> Result<QuizRecord> {
        on_backend!(self, snapshot, "reading a quiz record", quiz::record(volunteer, project))
    }

    /// The projects (by slug) whose quiz a volunteer passed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quizzes_passed(&self, volunteer: VolunteerId) -> Result<Vec<String>> {
        on_backend!(self, read, "reading passed quizzes", quiz::passed_by(volunteer))
    }
}
