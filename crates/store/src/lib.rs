//! The application database: projects, subjects, volunteers, queues, the
//! append-only log of votes, the live consensus that every vote updates, decisions,
//! posteriors, models and the rounds of the campaign, on SQLite or PostgreSQL.
//!
//! Every SQL statement of the house lives in [`sql`], every function that runs
//! one in `body`, and `body` is compiled twice: once against sqlx's SQLite types
//! (`sqlite.rs`) and once against its PostgreSQL types (`postgres.rs`). The few
//! sentences the two say differently are in each backend's `dialect`.
//!
//! How votes are weighed and when an image is retired is decided by the engine of
//! `consensus::live`; here its state is kept, in the transaction of each vote, and
//! images are handed out by it (`route`). Selection, password hashing and the wording
//! of HTTP errors are left to others; no other crate names sqlx.
#![expect(clippy::duplicate_mod, reason = "`body` is compiled once per database on purpose")]

mod account_link;
mod api_token;
mod article;
mod assignment;
mod belief;
mod certificate;
mod consensus_rules;
mod contribution;
mod decision;
mod error;
mod export;
mod feedback;
mod history;
mod kept;
mod log;
mod model;
mod outcomes;
mod own_account;
mod own_numbers;
mod people;
mod placement;
mod posterior;
mod postgres;
mod preferences;
mod project;
mod queue;
mod quiz;
mod rank;
mod review;
mod round;
mod route;
mod rules;
mod session;
mod sql;
mod sqlite;
mod standing;
mod status;
mod step;
mod store;
mod subject;
mod teaching;
mod verify;
mod volunteer;
mod volunteer_record;
mod vote;

pub use account_link::{FoundLink, LinkPurpose, NewLink};
pub use api_token::{ApiToken, NewApiToken, TokenScope};
pub use article::{Article, ArticleAct, ArticleContent, ArticleKind, ArticlePlace, Bilingual};
pub use assignment::{Assigned, Assignment, Slot, TrainingPick};
pub use belief::BeliefRow;
pub use certificate::{Certificate, NewCertificate};
pub use contribution::{ANSWERS_PER_STEP, Contribution, TeamTotal, Week};
pub use decision::{Cause, DecisionRow, DecisionSeq};
pub use error::{AccountRefusal, Result, RetractionRefusal, StoreError, VoteRefusal};
pub use export::VoteRow;
pub use feedback::{Feedback, FeedbackAbout, FeedbackFilter, NewFeedback};
pub use history::{HistoryFilter, HistoryPlace, HistoryRow, OUTCOME_LAG, Since, Told};
pub use log::LogSeq;
pub use model::{Decision, Model, NewModel, Promotion, PromotionKind, PromotionRecord};
pub use outcomes::Outcomes;
pub use own_account::{AccountChange, OwnFeedback, OwnQuizAttempt};
pub use own_numbers::{OwnNumbers, WeekOfVotes};
pub use people::{NewRank, PeopleQuery, Person, RankCause, RankChange};
pub use placement::{
    NewPlacement, PlacedCandidate, PlacedDiscovery, Placement, PlacementPicture, PlacementPlace, SkyBox,
};
pub use posterior::{Candidate, PosteriorBatch, PosteriorRow};
pub use preferences::{Preferences, Theme};
pub use project::{NewProject, Project};
pub use queue::{NewQueue, QueueItem, QueueRevision, QueueState, QueuedItem};
pub use quiz::{Attempt, NewAttempt, QuizAnswer, QuizRecord, QuizResult, QuizRules};
pub use rank::Rank;
pub use review::Review;
pub use round::{Round, RunState};
pub use rules::Rules;
pub use session::{SessionLimits, SessionOrigin, SessionRow, SignInWay};
pub use standing::Standing;
pub use status::ProjectStatus;
pub use step::{Claim, Step};
pub use store::{DatabaseKind, Store};
pub use subject::{ImageEncoding, ImageRef, NewSubject, Role, Subject};
pub use teaching::{About, Outline, Purpose, TeachingImage, TeachingKind};
pub use verify::Verification;
pub use volunteer::{Credentials, NewVolunteer, Volunteer, VoteCounts};
pub use volunteer_record::RecordRow;
pub use vote::{Mark, NewRetraction, NewVote, VoteReceipt};
