//! Beliefs about subjects.

use domain::Tally;
use store::{LogSeq, PosteriorBatch, PosteriorRow, StoreError};
use testkit::{both_stores, project, survey_subjects, training_subjects};

#[tokio::test]
async fn beliefs_come_back_to_the_last_bit_and_saving_again_replaces_them() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 2300).await;
        let row = |(i, subject): (usize, &domain::SubjectId)| PosteriorRow {
            subject: *subject,
            p_votes: 1.0 / (i as f64 + 3.0),
            p_joint: (i % 2 == 0).then_some(0.1 + 0.2),
            status: "open".into(),
            tally: Tally { no_lens: 1, unsure: 2, lens: i as u32 },
        };
        let rows: Vec<_> = subjects.iter().enumerate().map(row).collect();
        let batch = PosteriorBatch {
            round: 2,
            aggregator: "swap".into(),
            high_water_mark: LogSeq(9),
            rows: rows.clone(),
        };
        store.save_posteriors(project, batch.clone()).await.unwrap();
        assert_eq!(store.posteriors(project, 2).await.unwrap(), rows);

        let mut changed = batch;
        changed.rows.truncate(1);
        changed.rows[0].p_votes = 0.75;
        store.save_posteriors(project, changed).await.unwrap();
        let kept = store.posteriors(project, 2).await.unwrap();
        assert_eq!((kept.len(), kept[0].p_votes, kept[1].p_votes), (2300, 0.75, 0.25));
        assert_eq!(store.posteriors(project, 1).await.unwrap(), vec![]);
    })
    .await;
}

#[tokio::test]
async fn candidates_are_likely_survey_subjects_the_best_first() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 4).await;
        let (lenses, _) = training_subjects(&store, project, 1, 0).await;
        let row = |subject, p_votes, p_joint| PosteriorRow {
            subject,
            p_votes,
            p_joint,
            status: "open".into(),
            tally: Tally::default(),
        };
        let rows = vec![
            row(subjects[0], 0.9, Some(0.2)),
            row(subjects[1], 0.6, None),
            row(subjects[2], 0.1, Some(0.8)),
            row(subjects[3], 0.4, None),
            row(lenses[0], 1.0, Some(1.0)),
        ];
        let batch =
            PosteriorBatch { round: 1, aggregator: "swap".into(), high_water_mark: LogSeq::START, rows };
        store.save_posteriors(project, batch).await.unwrap();
        let found = store.candidates(project, 1, 0.5, 10).await.unwrap();
        let ids: Vec<_> = found.iter().map(|candidate| candidate.subject.id).collect();
        assert_eq!(ids, [subjects[2], subjects[1]]);
        assert_eq!(store.candidates(project, 1, 0.0, 1).await.unwrap().len(), 1);
        assert_eq!(store.status(project).await.unwrap().candidates, 2);
    })
    .await;
}

#[tokio::test]
async fn a_belief_that_is_no_probability_is_refused() {
    both_stores(async |store| {
        let project = project(&store, "p").await;
        let subjects = survey_subjects(&store, project, 1).await;
        for p in [f64::NAN, -0.1, 1.5] {
            let row = PosteriorRow {
                subject: subjects[0],
                p_votes: p,
                p_joint: None,
                status: "open".into(),
                tally: Tally::default(),
            };
            let batch = PosteriorBatch {
                round: 1,
                aggregator: "swap".into(),
                high_water_mark: LogSeq::START,
                rows: vec![row],
            };
            assert!(matches!(store.save_posteriors(project, batch).await, Err(StoreError::Invalid { .. })));
        }
    })
    .await;
}
