//! `GET /api/v1/projects/{slug}/me`: what one's own work adds up to, in numbers that can be said in
//! plain words. What silent training images say is in none of them (`store::OwnNumbers`), so none
//! moves when one was answered, except the count of answers.

use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use store::OwnNumbers;
use utoipa::ToSchema;

use crate::{
    account::session::SignedIn,
    etag,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemDetails},
    ranking::to_tenths,
    state::AppState,
};

use super::super::project;

/// Decided answers below which a share says too little to be shown.
const LEAST: u32 = 10;

/// One's own work in a project.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct OwnWork {
    /// Answers that stand.
    answers: u64,
    /// Those of them after which the truth was told.
    answers_told: u64,
    #[schema(required = true)]
    first_at: Option<DateTime<Utc>>,
    #[schema(required = true)]
    last_at: Option<DateTime<Utc>>,
    /// Images one called a lens that became candidates: answers more than a day old, as of the last
    /// midnight (UTC).
    candidates: u64,
    /// Those of them that the experts who graded them agree on.
    confirmed: u64,
    /// What one's answers told together, in bits, as in the ranking: some minutes late, and 0 before
    /// there are enough of them.
    contribution_bits: f64,
    /// Weeks with answers, of the last 26, oldest first.
    weeks: Vec<WeekOfAnswers>,
    eye: OwnEye,
    worth: Worth,
}

/// How many answers a week saw.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct WeekOfAnswers {
    /// Its Monday (UTC).
    monday: NaiveDate,
    answers: u64,
}

/// How good one's eye is: from the last training images whose truth was told, at most 1,000.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct OwnEye {
    /// How often lenses were called lenses.
    lenses: Rate,
    /// How often images that are none were called none.
    non_lenses: Rate,
    /// Decided answers from which on a share is told.
    least: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub(crate) struct Rate {
    right: u32,
    wrong: u32,
    /// "Unsure" counts neither way.
    unsure: u32,
    /// Right among the decided ones; null while these are too few to say.
    #[schema(required = true)]
    share: Option<f64>,
    /// Lower end of its 95 % interval (Wilson).
    #[schema(required = true)]
    low: Option<f64>,
    /// Upper end.
    #[schema(required = true)]
    high: Option<f64>,
}

/// What one answer tells about an image that may as well be a lens as not, in bits from 0 (a guess)
/// to 1 (never wrong): an estimate from told training images alone. What an answer really weighs also
/// follows from those that are not told.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Worth {
    now: f64,
    /// An answer of somebody of whom nothing is known.
    newcomer: f64,
    /// Everybody's answers weigh the same in this project.
    equal: bool,
    /// How it grew.
    growth: Vec<GrowthPoint>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub(crate) struct GrowthPoint {
    /// After so many told training images.
    told: u32,
    bits: f64,
}

impl OwnWork {
    fn of(numbers: OwnNumbers, contribution_bits: f64) -> Self {
        let week = |week: store::WeekOfVotes| WeekOfAnswers {
            monday: week.week.start().date_naive(),
            answers: week.votes,
        };
        let point = |(told, bits): &(usize, f64)| GrowthPoint { told: *told as u32, bits: *bits };
        Self {
            answers: numbers.votes,
            answers_told: numbers.votes_told,
            first_at: numbers.first_at,
            last_at: numbers.last_at,
            candidates: numbers.candidates,
            confirmed: numbers.confirmed,
            contribution_bits,
            weeks: numbers.weeks.into_iter().map(week).collect(),
            eye: OwnEye {
                lenses: Rate::of(
                    numbers.eye.lenses.right,
                    numbers.eye.lenses.wrong,
                    numbers.eye.lenses.unsure,
                ),
                non_lenses: Rate::of(
                    numbers.eye.non_lenses.right,
                    numbers.eye.non_lenses.wrong,
                    numbers.eye.non_lenses.unsure,
                ),
                least: LEAST,
            },
            worth: Worth {
                now: numbers.worth.now,
                newcomer: numbers.worth.newcomer,
                equal: numbers.worth.equal,
                growth: numbers.worth.growth.iter().map(point).collect(),
            },
        }
    }
}

impl Rate {
    fn of(right: u32, wrong: u32, unsure: u32) -> Self {
        let decided = right + wrong;
        let interval = domain::wilson(u64::from(right), u64::from(decided)).filter(|_| decided >= LEAST);
        Self {
            right,
            wrong,
            unsure,
            share: interval.map(|_| f64::from(right) / f64::from(decided)),
            low: interval.map(|[low, _]| low),
            high: interval.map(|[_, high]| high),
        }
    }
}

/// What one's own work in a project adds up to.
#[utoipa::path(
    get, path = "/api/v1/projects/{slug}/me", tag = "own work", security(("session" = [])),
    params(("slug" = String, Path, description = "The project")),
    responses(
        (
            status = 200, description = "The numbers", body = OwnWork,
            headers(("ETag", description = "Of the numbers"))
        ),
        (status = 304, description = "The client has it"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`project_not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn overview(
    volunteer: SignedIn,
    State(state): State<AppState>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let project = project(&state, &slug).await?;
    // Reckons the ranking if that is due; nobody waits for it here.
    let due = state.clone();
    tokio::spawn(async move { due.rankings.of(project.id, due.clock.now()).await });
    let contribution = state.store.contribution(project.id, volunteer.id()).await?;
    let bits = contribution.map_or(0.0, |contribution| to_tenths(contribution.bits()));
    let numbers = state.store.own_numbers(project.id, volunteer.id()).await?;
    etag::personal(&headers, &OwnWork::of(numbers, bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_told_from_ten_decided_answers_on() {
        let few = Rate::of(7, 2, 30);
        assert_eq!((few.right, few.unsure, few.share, few.low, few.high), (7, 30, None, None, None));
        // 8 of 10: see `domain::wilson`.
        let enough = Rate::of(8, 2, 0);
        let near =
            |found: Option<f64>, expected: f64| found.is_some_and(|found| (found - expected).abs() < 5e-5);
        assert!(
            near(enough.share, 0.8) && near(enough.low, 0.490_16) && near(enough.high, 0.943_32),
            "{enough:?}"
        );
        assert_eq!(Rate::of(0, 0, 0).share, None);
    }
}
