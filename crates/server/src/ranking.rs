//! The ranking of those who want to be in one, by what their answers were worth. Reckoned at most every
//! so often and from answers older than that, so that nobody can learn from it what one image was; kept
//! in memory without names, which are asked for when they are about to be shown.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{ProjectId, Timestamp, VolunteerId};
use store::{Contribution, Store, StoreError, TeamTotal, Week};
use tokio::sync::watch;

/// People kept in memory; beyond these nobody has a place.
const MOST_PEOPLE: u32 = 20_000;
/// How long a request waits for a reckoning before it is served the one before.
const PATIENCE: Duration = Duration::from_secs(3);

/// Somebody's place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    /// From 1; people with the same contribution share one.
    pub place: u32,
    pub volunteer: VolunteerId,
    /// What their answers told, in bits, to one decimal.
    pub bits: f64,
    /// Images now believed to be lenses that they called one, ever.
    pub found: u64,
}

/// The ranking as it was at one moment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ranking {
    /// When it was reckoned.
    pub at: Timestamp,
    /// Answers up to here count.
    pub until: Timestamp,
    pub week: Week,
    /// By what was contributed in the week.
    pub this_week: Vec<Place>,
    pub ever: Vec<Place>,
    /// Everybody, whether in the ranking or not.
    pub team: TeamTotal,
}

/// The rankings of all projects.
pub(crate) struct Rankings {
    store: Store,
    every: Duration,
    projects: Arc<Mutex<Projects>>,
}

type Projects = HashMap<ProjectId, Kept>;

#[derive(Default)]
struct Kept {
    ranking: Option<Arc<Ranking>>,
    /// Ends when the reckoning under way does.
    under_way: Option<watch::Receiver<()>>,
}

impl Rankings {
    pub fn new(store: Store, every: Duration) -> Self {
        Self { store, every, projects: Arc::default() }
    }

    /// The ranking of a project; `None` while the first is being reckoned.
    pub async fn of(&self, project: ProjectId, now: Timestamp) -> Option<Arc<Ranking>> {
        let mut under_way = {
            let mut projects = lock(&self.projects);
            let kept = projects.entry(project).or_default();
            let fresh = |ranking: &Arc<Ranking>| now < ranking.at + self.every;
            if let Some(ranking) = kept.ranking.clone().filter(fresh) {
                return Some(ranking);
            }
            kept.under_way.get_or_insert_with(|| self.begin(project, now)).clone()
        };
        // An error is the end that is waited for: the sender is gone.
        let _ = tokio::time::timeout(PATIENCE, under_way.changed()).await;
        lock(&self.projects).get(&project)?.ranking.clone()
    }

    /// Reckons in a task of its own: it goes on when whoever asked has gone.
    fn begin(&self, project: ProjectId, now: Timestamp) -> watch::Receiver<()> {
        let (done, under_way) = watch::channel(());
        let (store, every, projects) = (self.store.clone(), self.every, Arc::clone(&self.projects));
        tokio::spawn(async move {
            let reckoned = reckon(&store, project, now, every).await;
            {
                let mut projects = lock(&projects);
                let kept = projects.entry(project).or_default();
                kept.under_way = None;
                match reckoned {
                    Ok(ranking) => kept.ranking = Some(Arc::new(ranking)),
                    Err(error) => tracing::warn!(%error, "the ranking could not be reckoned; trying again"),
                }
            }
            drop(done);
        });
        under_way
    }
}

async fn reckon(
    store: &Store,
    project: ProjectId,
    now: Timestamp,
    every: Duration,
) -> Result<Ranking, StoreError> {
    let until = now - every;
    store.fold_contributions(project, until).await?;
    let week = Week::of(until);
    let people = store.ranked_contributions(project, MOST_PEOPLE).await?;
    Ok(Ranking {
        at: now,
        until,
        week,
        this_week: places(&people, |one| one.bits_in(week)),
        ever: places(&people, Contribution::bits),
        team: store.team_total(project, week).await?,
    })
}

/// Those who contributed something, most first.
fn places(people: &[Contribution], bits: impl Fn(&Contribution) -> f64) -> Vec<Place> {
    let place = |one: &Contribution| Place {
        place: 0,
        volunteer: one.volunteer,
        bits: to_tenths(bits(one)),
        found: one.found,
    };
    let mut places: Vec<Place> = people.iter().map(place).filter(|place| place.bits > 0.0).collect();
    places.sort_by(|a, b| b.bits.total_cmp(&a.bits).then(a.volunteer.cmp(&b.volunteer)));
    let (mut number, mut before) = (0, f64::INFINITY);
    for (index, place) in (1..).zip(&mut places) {
        if place.bits < before {
            (number, before) = (index, place.bits);
        }
        place.place = number;
    }
    places
}

/// As it is shown.
pub(crate) fn to_tenths(bits: f64) -> f64 {
    (bits * 10.0).round() / 10.0
}

fn lock(projects: &Mutex<Projects>) -> MutexGuard<'_, Projects> {
    projects.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contribution(n: u128, answers: u64, bits_per_answer: f64) -> Contribution {
        Contribution {
            volunteer: VolunteerId(uuid::Uuid::from_u128(n)),
            answers,
            week_answers: answers / 2,
            week: Week(1),
            bits_per_answer,
            found: 0,
        }
    }

    #[test]
    fn few_good_answers_come_before_many_poor_ones_and_equals_share_a_place() {
        let people = [
            contribution(1, 1000, 0.01),
            contribution(2, 50, 0.6),
            contribution(3, 30, 1.0),
            contribution(4, 9, 0.0),
        ];
        let found: Vec<_> = places(&people, Contribution::bits)
            .iter()
            .map(|place| (place.place, place.volunteer.0.as_u128(), place.bits))
            .collect();
        assert_eq!(found, [(1, 2, 30.0), (1, 3, 30.0), (3, 1, 10.0)]);
        assert_eq!(places(&people, |one| one.bits_in(Week(2))), [], "another week");
    }
}
