//! A simulated crowd of volunteers with mixed skill. It uses the HTTP API like
//! any browser and knows the truth only to make each person's mistakes from it.
//! Every answer is a pure function of the seed, the person and the image, and
//! people take turns, so that the same server state gives the same votes.
//! It speaks to this machine only. What real people do is another matter: see
//! the rates in [`replay::crowd::Kind`].

mod client;
mod config;
mod error;
mod report;
mod truth;
mod volunteer;

#[cfg(test)]
mod fake_server;
#[cfg(test)]
mod tests;

pub use config::CrowdConfig;
pub use error::CrowdError;
pub use report::CrowdReport;
pub use truth::Truth;

use domain::{Progress, Seed};
use replay::crowd::answer;
use tokio::sync::Mutex;

use client::{Api, Ballot, Receipt};
use volunteer::Volunteer;

/// People who are ready to look.
pub struct Crowd {
    config: CrowdConfig,
    /// Locked for the whole of a run: two runs at once would not be reproducible.
    volunteers: Mutex<Vec<Volunteer>>,
}

/// How one person's turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// Gave this many votes.
    Voted(u64),
    /// Got no image now, but the server may have some later (someone else holds them).
    Waits,
    /// There is nothing left to look at.
    Rests,
}

impl Crowd {
    /// The people of this configuration and seed. Nobody has signed up yet.
    ///
    /// # Errors
    /// When the configuration makes no sense.
    pub fn new(config: CrowdConfig, seed: Seed) -> Result<Self, CrowdError> {
        config.check()?;
        let volunteers = Mutex::new(volunteer::gather(&config, seed.child("crowd")));
        Ok(Self { config, volunteers })
    }

    /// Everybody looks at images of `project` at `base_url` until nothing is left for anyone, `most` votes
    /// (or a few more: a turn is finished) or the configured number are given, or `progress` is cancelled;
    /// the next call goes on with whoever has not had a turn. Signs people up (or in) as needed and can be
    /// called again for the next round; after a crash a new crowd with the same seed goes on where the old
    /// one stopped. What is shown of it begins and ends with the caller.
    ///
    /// # Errors
    /// When the server is not on this machine, stays unreachable, or refuses something it should
    /// not; and [`CrowdError::Cancelled`].
    pub async fn run(
        &self,
        base_url: &str,
        project: &str,
        truth: &Truth,
        progress: &dyn Progress,
        most: u64,
    ) -> Result<CrowdReport, CrowdError> {
        let api = Api::new(base_url, self.config.patience)?;
        let mut volunteers = self.volunteers.lock().await;
        let mut report = CrowdReport::default();
        let most = self.config.max_votes.map_or(most, |configured| configured.min(most));
        let turns = (most, &mut report);
        let outcome = self.take_turns(&api, project, truth, &mut volunteers, turns, progress).await;
        report.retried_requests = api.retries();
        outcome.map(|had_turns| {
            volunteers.rotate_left(had_turns);
            report
        })
    }

    /// Says how many people have had a turn in the last, unfinished lap.
    async fn take_turns(
        &self,
        api: &Api,
        project: &str,
        truth: &Truth,
        volunteers: &mut [Volunteer],
        (most, report): (u64, &mut CrowdReport),
        progress: &dyn Progress,
    ) -> Result<usize, CrowdError> {
        let mut fruitless = 0;
        loop {
            let (mut voted, mut waiting) = (0, 0);
            for (at, volunteer) in volunteers.iter_mut().enumerate() {
                if report.votes >= most {
                    return Ok(at);
                }
                match self.turn(api, project, truth, volunteer, report, progress).await? {
                    Turn::Voted(votes) => voted += votes,
                    Turn::Waits => waiting += 1,
                    Turn::Rests => {}
                }
            }
            fruitless = if voted > 0 { 0 } else { fruitless + 1 };
            if voted == 0 && waiting == 0 {
                return Ok(0);
            }
            if voted == 0 {
                if fruitless >= self.config.waits {
                    report.gave_up_waiting = true;
                    return Ok(0);
                }
                progress.note("waiting for images that others hold");
                tokio::time::sleep(self.config.wait).await;
            }
        }
    }

    /// One person asks for a few images and answers them.
    async fn turn(
        &self,
        api: &Api,
        project: &str,
        truth: &Truth,
        volunteer: &mut Volunteer,
        report: &mut CrowdReport,
        progress: &dyn Progress,
    ) -> Result<Turn, CrowdError> {
        progress.check()?;
        let batch = api.assignments(volunteer, project).await?;
        if batch.assignments.is_empty() {
            return Ok(if batch.nothing_left { Turn::Rests } else { Turn::Waits });
        }
        let mut votes = 0;
        // The end of a turn is the safe point: images asked for and not answered would stay held.
        for assignment in &batch.assignments {
            let image = assignment.digest()?;
            let entry = truth.get(image);
            let said = answer(volunteer.seed, &volunteer.skill, image, entry);
            let ballot =
                Ballot { id: volunteer.vote_id(assignment.id), assignment_id: assignment.id, answer: said };
            let receipt = api.vote(volunteer, &ballot).await?;
            report.count(volunteer.kind, said, entry, &receipt);
            if matches!(receipt, Receipt::Taken { .. }) {
                votes += 1;
                progress.advance(1);
            }
        }
        progress.note(&volunteer.display_name);
        Ok(Turn::Voted(votes))
    }
}
