//! Aggregate: weighs all votes of the frozen log at once, hands what was learnt to the database
//! for the votes to come, and writes posteriors and the labels that the votes justify.
//!
//! Two posteriors: `p_votes` comes from people alone and is what networks are trained on; `p_joint`
//! starts from what the network thought of an image before it could learn from its votes. The fit
//! of people's skills never sees a network's score, with one exception: which of the images that
//! experts graded "no lens" become training images for people depends on it (the network's mistakes do,
//! see [`crate::known_negatives`]); their truth is the experts' alone.

use consensus::{
    calibration::{self, CalibrationError},
    live::{self, Anchor, Engine, Refit},
};
use domain::Digest;
use serde::{Deserialize, Serialize};
use store::{LogSeq, PosteriorBatch, PosteriorRow};

use super::{freeze, heavy};
use crate::{
    CampaignError, known_negatives,
    labels::{self, LabelRow, Voted},
    monitors::{self, Seen},
    priors::{self, Priors},
    review::{self, ReviewRow},
    runner::{Context, Project, Round},
    selection_log::write_csv,
    subjects::Subjects,
    workspace::{read_json, write_json},
};

/// What the votes say.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Output {
    /// Votes on unknown subjects that counted.
    pub votes: u64,
    /// Subjects with at least one vote.
    pub subjects: usize,
    /// Volunteers with at least one vote.
    pub volunteers: usize,
    /// Subjects above the candidate threshold.
    pub candidates: usize,
    /// Subjects by where they stand.
    pub outcomes: std::collections::BTreeMap<String, usize>,
    /// Digest of `labels.csv`.
    pub labels: Digest,
    /// Digest of `anchor.json`: what the refit learnt of the crowd.
    pub anchor: Digest,
    /// The calibration by expert reviews, or why there is none.
    pub calibration: String,
    /// Digest of `monitors.json`.
    pub monitors: Digest,
}

/// Folds the log and writes posteriors and labels.
pub(crate) async fn run(
    context: &Context,
    project: &Project,
    round: &Round,
) -> Result<Output, CampaignError> {
    let frozen: freeze::Output = round.output("freeze")?;
    let mark = LogSeq(frozen.high_water_mark);
    let log = context.store.log(project.id, mark).await?;
    let mut subjects = Subjects::of(context, project).await?;
    let reviews = review::read_frozen(context, project, round.number)?;
    let truths = known_negatives::truths(context, project, &reviews).await?;
    subjects.correct(&truths);
    let settings = project.spec.consensus.clone();
    let (refit, subjects, log) = heavy(move || {
        let refit = live::refit(&log, &subjects.known, &settings).map_err(setting)?;
        Ok((refit, subjects, log))
    })
    .await?;
    let priors = priors::before(context, project, round.number)?;
    let (refit, calibration) = calibrated(project, refit, &subjects, &priors, &reviews)?;
    let rules = context.store.adopt_with_truths(project.id, refit.clone(), mark, truths).await?;
    let folder = context.workspace.round(&project.slug, round.number);
    let anchor = write_json(&folder.join("anchor.json"), refit.engine.anchor())?;

    let believed = believed(project, &refit, &subjects, &priors);
    let rows = believed
        .iter()
        .map(|(id, row)| PosteriorRow {
            subject: *id,
            p_votes: row.p_votes,
            p_joint: Some(row.p_joint),
            status: row.status.clone(),
            tally: row.tally(),
        })
        .collect();
    let aggregator = aggregator(&refit.engine, &rules.anchor_id);
    let seen = Seen {
        log: &log,
        mark,
        refit: &refit,
        subjects: &subjects,
        labels: &believed,
        reviews: &reviews,
        aggregator: &aggregator,
    };
    let monitors = monitors::keep(context, project, round.number, &seen).await?;
    let mut labels: Vec<LabelRow> = believed.into_iter().map(|(_, row)| row).collect();
    labels.sort_by(|a, b| a.id.cmp(&b.id));
    let digest = write_csv(&labels::path(context, project, round.number), &labels)?;
    let batch = PosteriorBatch { round: round.number, aggregator, high_water_mark: mark, rows };
    context.store.save_posteriors(project.id, batch).await?;
    let mut outcomes = std::collections::BTreeMap::new();
    for row in &labels {
        *outcomes.entry(row.status.clone()).or_default() += 1;
    }
    Ok(Output {
        votes: labels.iter().map(|row| u64::from(row.tally().total())).sum(),
        subjects: labels.len(),
        volunteers: refit.records.len(),
        candidates: labels.iter().filter(|row| row.p_joint >= project.spec.candidate_threshold).count(),
        outcomes,
        labels: digest,
        anchor,
        calibration,
        monitors,
    })
}

/// The fit with `p_joint` corrected by the experts' grades, if there are enough; and in words what
/// became of them.
fn calibrated(
    project: &Project,
    refit: Refit,
    subjects: &Subjects,
    priors: &Priors,
    reviews: &[ReviewRow],
) -> Result<(Refit, String), CampaignError> {
    let rows = believed(project, &refit, subjects, priors);
    let claims: Vec<(&str, f64)> = rows
        .iter()
        .map(|(_, row)| (row.id.as_str(), row.uncalibrated(&refit.engine, project.spec.base_rate)))
        .collect();
    let graded: Vec<calibration::Review> = review::decided(reviews, &claims)
        .into_iter()
        .map(|one| calibration::Review { claimed: one.claimed, lens: one.lens, inclusion: one.inclusion })
        .collect();
    match calibration::fit(&graded, &project.spec.calibration) {
        Ok(calibration) => {
            let words = format!("calibration {} by {} reviews", calibration.id(), graded.len());
            Ok((refit.calibrated(calibration), words))
        }
        Err(error @ (CalibrationError::TooFew { .. } | CalibrationError::OneKind { .. })) => {
            Ok((refit, format!("not calibrated: {error}")))
        }
        Err(error) => Err(CampaignError::Setting { field: "calibration", reason: error.to_string() }),
    }
}

/// Everything believed of the survey's subjects, in the order of their ids.
fn believed(
    project: &Project,
    refit: &Refit,
    subjects: &Subjects,
    priors: &Priors,
) -> Vec<(domain::SubjectId, LabelRow)> {
    let spec = &project.spec;
    refit
        .subjects
        .iter()
        .filter_map(|(id, (evidence, tally))| {
            let name = subjects.names.get(id)?;
            let network = priors.get(name).map(|prior| prior.probability);
            let voted = Voted { evidence: *evidence, tally: *tally, network };
            Some((*id, LabelRow::of(name, &voted, &refit.engine, spec.base_rate, &spec.labels)))
        })
        .collect()
}

/// Who made the posteriors: the method, the program's version, and what it had learnt, by the id that
/// the database gave it and that its decisions bear.
fn aggregator(engine: &Engine, anchor: &str) -> String {
    let method = engine.settings().method.name();
    let calibration = engine.anchor().calibration.id();
    format!("{method} {}, anchor {anchor}, calibration {calibration}", env!("CARGO_PKG_VERSION"))
}

/// The rules in force in a round after its aggregate step.
///
/// # Errors
/// When what the step wrote is gone or of another version.
pub fn engine(context: &Context, project: &Project, round: u32) -> Result<Engine, CampaignError> {
    let path = context.workspace.round(&project.slug, round).join("anchor.json");
    let anchor: Anchor = read_json(&path)?;
    Engine::new(project.spec.consensus.clone(), anchor).map_err(setting)
}

fn setting(error: consensus::ConfigError) -> CampaignError {
    CampaignError::Setting { field: "consensus", reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use consensus::live::TruthKind;
    use domain::{
        Answer, AssignmentId, Classification, ClassificationId, Digest, LogEntry, ProjectId, Seed, SubjectId,
        Timestamp, VolunteerId,
    };
    use uuid::Uuid;

    use super::*;
    use crate::{CampaignSpec, priors::Prior};

    /// 12 people look at 40 images, every fourth of them known; one in three is a lens and they see it
    /// mostly.
    fn log_and_subjects() -> (Vec<LogEntry>, Subjects) {
        let mut subjects = Subjects::default();
        let mut log = Vec::new();
        for image in 0..40_i64 {
            let lens = image % 3 == 0;
            let id = SubjectId(image);
            if image % 4 == 0 {
                subjects.known.insert(id, if lens { TruthKind::Lens } else { TruthKind::NonLens });
            } else {
                subjects.names.insert(id, format!("image-{image:02}"));
            }
            for person in 0..12_u128 {
                let luck = Digest::of(format!("{image} {person}").as_bytes()).0[0];
                let answer = match luck {
                    0..180 if lens => Answer::Lens,
                    0..220 if !lens => Answer::NoLens,
                    _ => Answer::ALL[usize::from(luck) % 3],
                };
                log.push(LogEntry::Vote(Classification {
                    id: ClassificationId(Uuid::from_u128(person * 100 + image as u128 + 1)),
                    subject: id,
                    volunteer: VolunteerId(Uuid::from_u128(person)),
                    assignment: AssignmentId(Uuid::from_u128(person * 100 + image as u128 + 1)),
                    answer,
                    at: Timestamp::default(),
                }));
            }
        }
        (log, subjects)
    }

    fn project() -> Project {
        let spec = CampaignSpec::usual(1, "survey", "training");
        Project {
            id: ProjectId(1),
            slug: "p".to_owned(),
            spec,
            is_former: false,
            pseudonyms: Digest::of(b"p"),
        }
    }

    fn rows(score: impl Fn(&str) -> f64) -> Vec<LabelRow> {
        let (log, subjects) = log_and_subjects();
        let project = project();
        let refit = live::refit(&log, &subjects.known, &project.spec.consensus).unwrap();
        let prior = |id: &String| Prior {
            id: id.clone(),
            probability: score(id),
            model: "r0".to_owned(),
            heard: "r0".to_owned(),
        };
        let priors = subjects.names.values().map(|id| (id.clone(), prior(id))).collect();
        believed(&project, &refit, &subjects, &priors).into_iter().map(|(_, row)| row).collect()
    }

    #[test]
    fn no_score_of_the_network_changes_p_votes_or_a_label() {
        let indifferent = rows(|_| 0.01);
        assert!(indifferent.iter().filter(|row| row.target.is_some()).count() > 20);
        for opinion in 0..20 {
            let luck = Seed::root(opinion);
            let swayed =
                rows(|id| (luck.child(id).to_u64() as f64 / u64::MAX as f64).powi(opinion as i32 % 5 + 1));
            let of_votes = |row: &LabelRow| LabelRow {
                p_joint: 0.0,
                network: None,
                status: String::new(),
                ..row.clone()
            };
            let [before, after]: [Vec<LabelRow>; 2] =
                [&indifferent, &swayed].map(|rows| rows.iter().map(of_votes).collect());
            assert_eq!(before, after);
            assert!(indifferent.iter().zip(&swayed).any(|(a, b)| a.p_joint != b.p_joint));
        }
        let never = rows(|_| f64::NAN);
        assert!(never.iter().all(|row| row.p_joint.is_finite()), "a score that is none is left out");
    }

    #[test]
    fn experts_correct_p_joint_and_leave_p_votes_alone() {
        let (log, subjects) = log_and_subjects();
        let mut project = project();
        let refit = live::refit(&log, &subjects.known, &project.spec.consensus).unwrap();
        // Experts see hardly any lens where the crowd sees many: every second of the crowd's is none.
        let uncorrected = believed(&project, &refit, &subjects, &Priors::new());
        let grade = |(at, (_, row)): (usize, &(SubjectId, LabelRow))| ReviewRow {
            subject: row.id.clone(),
            reviewer: "ann".to_owned(),
            lens: row.p_votes > 0.5 && at % 4 != 1,
            stratum: "s1".to_owned(),
            inclusion_probability: 1.0,
        };
        let reviews: Vec<ReviewRow> = uncorrected.iter().enumerate().map(grade).collect();

        let few = calibrated(&project, refit.clone(), &subjects, &Priors::new(), &reviews[..5]).unwrap();
        assert!(few.1.starts_with("not calibrated: 5 reviews are too few"), "{}", few.1);
        assert_eq!(few.0, refit);

        project.spec.calibration.least_of_kind = 2;
        let (corrected, words) = calibrated(&project, refit, &subjects, &Priors::new(), &reviews).unwrap();
        let id = corrected.engine.anchor().calibration.id().to_owned();
        assert!(words.contains(&id) && aggregator(&corrected.engine, "a").contains(&id));
        let after = believed(&project, &corrected, &subjects, &Priors::new());
        assert!(uncorrected.iter().zip(&after).any(|((_, a), (_, b))| a.p_joint != b.p_joint));
        for ((_, before), (_, after)) in uncorrected.iter().zip(&after) {
            assert_eq!(
                (before.p_votes, before.target, before.weight),
                (after.p_votes, after.target, after.weight)
            );
        }
        // What is learnt from is never what was corrected before: learning again gives the same.
        let (again, _) =
            calibrated(&project, corrected.clone(), &subjects, &Priors::new(), &reviews).unwrap();
        assert_eq!(again.engine.anchor(), corrected.engine.anchor());
    }

    #[test]
    fn the_posteriors_say_what_made_them() {
        let engine = Engine::default();
        let name = aggregator(&engine, "5c1e9a00");
        assert!(name.starts_with("house ") && name.contains("anchor 5c1e9a00, "), "{name}");
    }
}
