//! `GET /api/v1/projects/{slug}/ranking`: whose answers told most, among those who want to be seen.

use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::{DateTime, Utc};
use domain::{ProjectId, VolunteerId};
use serde::{Deserialize, Serialize};
use store::Volunteer;
use utoipa::ToSchema;

use crate::{
    account::visitor::Visitor,
    etag,
    extract::{Path, Query},
    problem::{PROBLEM, Problem, ProblemDetails},
    ranking::{Place, Ranking, to_tenths},
    state::AppState,
};

use super::project;

/// People at the head of the list.
const TOP: usize = 10;
/// People shown on either side of whoever asks.
const NEIGHBOURS: usize = 2;

/// Which answers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Period {
    /// Those since Monday, 00:00 UTC.
    #[default]
    Week,
    /// All.
    Ever,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RankingQuery {
    /// Which answers count: `week` (if not given) or `ever`.
    period: Option<Period>,
}

/// Under a name of its own: utoipa would describe it a second time.
type Asked = Query<RankingQuery>;

/// The ranking. What counts is what answers told, never how many or how fast they were: an answer of
/// somebody who is always right tells one bit, one of somebody who guesses none.
#[derive(Serialize, ToSchema)]
pub(crate) struct RankingPage {
    period: Period,
    /// The Monday the week began; null for `ever`.
    #[schema(required = true)]
    since: Option<DateTime<Utc>>,
    /// Answers up to then count; null while the first ranking is being reckoned.
    #[schema(required = true)]
    until: Option<DateTime<Utc>>,
    team: TeamTotal,
    /// How many people are in the ranking.
    people: u32,
    /// The first ten.
    top: Vec<Helper>,
    /// Whoever asks, with two people before and after; empty unless they are in the ranking.
    near: Vec<Helper>,
    /// Null for guests.
    #[schema(required = true)]
    me: Option<MyContribution>,
}

/// Everybody together, whether in the ranking or not.
#[derive(Serialize, ToSchema)]
pub(crate) struct TeamTotal {
    people: u64,
    /// Answers whose truth was not told.
    answers: u64,
    /// What they told, in bits.
    bits: f64,
}

/// Somebody in the ranking.
#[derive(Serialize, ToSchema)]
pub(crate) struct Helper {
    /// From 1; people with the same contribution share one.
    place: u32,
    /// The name they chose.
    name: String,
    /// What their answers told, in bits.
    bits: f64,
    /// Images now believed to be lenses that they called one, ever.
    found: u64,
    is_me: bool,
}

/// What whoever asks contributed, shown to nobody else unless they want to be in the ranking.
#[derive(Serialize, ToSchema)]
pub(crate) struct MyContribution {
    in_ranking: bool,
    /// Needed to be in the ranking.
    email_verified: bool,
    #[schema(required = true)]
    place: Option<u32>,
    /// Answers whose truth was not told.
    answers: u64,
    /// What they told, in bits; 0 before there are enough answers to say.
    bits: f64,
    found: u64,
}

/// The ranking of a project, some minutes late.
#[utoipa::path(
    get, path = "/api/v1/projects/{slug}/ranking", tag = "projects",
    params(("slug" = String, Path, description = "The project"), RankingQuery),
    responses(
        (
            status = 200, description = "The ranking", body = RankingPage,
            headers(("ETag", description = "Of the ranking"))
        ),
        (status = 304, description = "The client has it"),
        (status = 404, description = "`project_not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn ranking(
    visitor: Visitor,
    State(state): State<AppState>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Query(query): Asked,
) -> Result<Response, Problem> {
    let project = project(&state, &slug).await?.id;
    let period = query.period.unwrap_or_default();
    let ranking = state.rankings.of(project, state.clock.now()).await;
    let places: &[Place] = match (&ranking, period) {
        (None, _) => &[],
        (Some(ranking), Period::Week) => &ranking.this_week,
        (Some(ranking), Period::Ever) => &ranking.ever,
    };
    let who = visitor.0.as_ref().map(|volunteer| volunteer.id);
    let mine = places.iter().position(|place| Some(place.volunteer) == who);
    let near = mine.map_or(0..0, |i| i.saturating_sub(NEIGHBOURS)..places.len().min(i + NEIGHBOURS + 1));
    let page = RankingPage {
        period,
        since: ranking.as_ref().filter(|_| period == Period::Week).map(|ranking| ranking.week.start()),
        until: ranking.as_ref().map(|ranking| ranking.until),
        team: team(ranking.as_deref(), period),
        people: places.len() as u32,
        top: helpers(&state, &places[..places.len().min(TOP)], who).await?,
        near: helpers(&state, &places[near], who).await?,
        me: match &visitor.0 {
            Some(me) => {
                let place = mine.map(|index| places[index].place);
                Some(my_contribution(&state, project, me, ranking.as_deref(), period, place).await?)
            }
            None => None,
        },
    };
    if page.me.is_some() { etag::personal(&headers, &page) } else { etag::json(&headers, &page) }
}

fn team(ranking: Option<&Ranking>, period: Period) -> TeamTotal {
    let total = ranking.map(|ranking| ranking.team).unwrap_or_default();
    match period {
        Period::Week => TeamTotal {
            people: total.week_people,
            answers: total.week_answers,
            bits: to_tenths(total.week_bits),
        },
        Period::Ever => {
            TeamTotal { people: total.people, answers: total.answers, bits: to_tenths(total.bits) }
        }
    }
}

/// These places with the names of those who are still in the ranking.
async fn helpers(
    state: &AppState,
    places: &[Place],
    who: Option<VolunteerId>,
) -> Result<Vec<Helper>, Problem> {
    let names = state.store.ranked_names(places.iter().map(|place| place.volunteer).collect()).await?;
    let helper = |(place, name): (&Place, Option<String>)| {
        Some(Helper {
            place: place.place,
            name: name?,
            bits: place.bits,
            found: place.found,
            is_me: Some(place.volunteer) == who,
        })
    };
    Ok(places.iter().zip(names).filter_map(helper).collect())
}

async fn my_contribution(
    state: &AppState,
    project: ProjectId,
    me: &Volunteer,
    ranking: Option<&Ranking>,
    period: Period,
    place: Option<u32>,
) -> Result<MyContribution, Problem> {
    let mine = state.store.contribution(project, me.id).await?;
    let week = ranking.map(|ranking| ranking.week);
    let (answers, bits) = match (&mine, period) {
        (None, _) => (0, 0.0),
        (Some(mine), Period::Ever) => (mine.answers, mine.bits()),
        (Some(mine), Period::Week) if Some(mine.week) == week => (mine.week_answers, mine.bits_in(mine.week)),
        (Some(_), Period::Week) => (0, 0.0),
    };
    Ok(MyContribution {
        in_ranking: me.preferences.in_ranking,
        email_verified: me.email_verified_at.is_some(),
        place,
        answers,
        bits: to_tenths(bits),
        found: mine.map_or(0, |mine| mine.found),
    })
}
