//! Leaks built on purpose must be found, each kind of them, and a clean split
//! must pass.
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

mod builders;

use std::collections::BTreeSet;

use domain::{Digest, Label, Seed, Silent, SkyCoord};
use proptest::prelude::*;
use survey::{
    AuditInput, AuditReport, AuditRow, AuditSettings, CUTOUT_DIAGONAL_ARCSEC, DatasetWriter, Fold,
    KnownLenses, NewRow, SkySplit, SurveyError, catalogue::Entry, cell_of, split_audit,
};

fn row(id: &str, ra_deg: f64, dec_deg: f64, fold: Fold) -> AuditRow {
    let sky = SkyCoord::new(ra_deg, dec_deg).unwrap();
    AuditRow {
        source: 0,
        id: id.to_owned(),
        position: Some(sky),
        cell: Some(cell_of(sky)),
        digest: Some(Digest::of(id.as_bytes())),
        label: Label::Unknown,
        has_local_id: false,
        fold: Some(fold),
    }
}

fn audit(rows: Vec<AuditRow>) -> AuditReport {
    audit_with(rows, &AuditSettings::default())
}

fn audit_with(rows: Vec<AuditRow>, settings: &AuditSettings) -> AuditReport {
    let mut input = AuditInput::default();
    for row in rows {
        // The part before the dash is the dataset.
        let name = row.id.split('-').next().unwrap().to_owned();
        input.push(&name, row);
    }
    split_audit(&input, settings, &Silent).unwrap()
}

fn count(report: &AuditReport, check: &str) -> u64 {
    report.finding(check).unwrap().count
}

fn clean() -> Vec<AuditRow> {
    vec![
        row("a-1", 10.0, 10.0, Fold::Pool),
        row("a-2", 10.001, 10.0, Fold::Pool),
        row("a-3", 100.0, 10.0, Fold::Gate),
        row("b-1", 200.0, -50.0, Fold::HeldOut),
    ]
}

#[test]
fn a_clean_split_passes() {
    let report = audit(clean());
    assert_eq!(report.leaks(), 0, "{}", report.words());
    assert_eq!((report.folds["a"].pool, report.folds["a"].gate, report.folds["b"].held_out), (2, 1, 1));
    assert!(!report.words().contains("LEAK"));
}

#[test]
fn a_cell_in_two_folds_is_found() {
    let report = audit([clean(), vec![row("a-9", 10.3, 10.3, Fold::Gate)]].concat());
    assert_eq!((count(&report, "cells"), report.leaks()), (1, 1), "{}", report.words());
}

#[test]
fn a_cell_that_is_not_the_position_s_is_found() {
    let mut rows = clean();
    rows[0].cell = Some(7);
    assert_eq!(count(&audit(rows), "cells"), 1);
}

#[test]
fn the_same_image_in_two_folds_is_found() {
    let mut rows = clean();
    rows[2].digest = rows[0].digest;
    let report = audit(rows);
    assert_eq!((count(&report, "images"), report.leaks()), (1, 1));
    let words = report.words();
    assert!(
        words.contains("LEAK") && words.contains("a/a-1 [pool]") && words.contains("a/a-3 [gate]"),
        "{words}"
    );
}

#[test]
fn the_same_id_in_two_folds_is_found_unless_it_is_a_mere_number() {
    let mut rows = clean();
    rows[3].id = "a-1".to_owned();
    assert_eq!(count(&audit(rows.clone()), "ids"), 1);
    rows[3].has_local_id = true;
    assert_eq!(count(&audit(rows), "ids"), 0);
}

#[test]
fn a_row_of_no_fold_leaks_nothing() {
    let mut rows = clean();
    (rows[2].digest, rows[2].fold) = (rows[0].digest, None);
    let report = audit(rows);
    assert_eq!((report.leaks(), report.folds["a"].dropped), (0, 1));
}

#[test]
fn neighbours_across_a_border_are_found_up_to_the_diagonal() {
    let arcsec = 1.0 / 3600.0;
    for (separation, found) in [(140.0, 1), (143.0, 0)] {
        // RA 45° is a border between cells at the equator.
        let a = row("a-1", 45.0 - 0.5 * separation * arcsec, 0.0, Fold::Pool);
        let b = row("a-2", 45.0 + 0.5 * separation * arcsec, 0.0, Fold::Gate);
        assert_ne!(a.cell, b.cell);
        let report = audit(vec![a, b]);
        assert_eq!(count(&report, "neighbours"), found, "{separation}″");
        let leave: Vec<_> = report.leave.iter().map(|member| member.id.as_str()).collect();
        assert_eq!(leave, vec!["a-1"; found as usize], "the pool gives way");
    }
}

#[test]
fn an_object_of_two_catalogues_is_noted_but_is_no_leak() {
    let report = audit([clean(), vec![row("c-1", 10.0, 10.0001, Fold::Pool)]].concat());
    assert_eq!((count(&report, "repeated"), report.leaks()), (1, 0));
    assert!(report.words().contains("note objects listed by two catalogues: 1"), "{}", report.words());
}

#[test]
fn a_known_lens_among_the_negatives_is_found() {
    let lens = Entry::new(1, 1, SkyCoord::new(10.0, 10.01).unwrap());
    let known = Some(KnownLenses::from_entries(&[lens]));
    let settings = AuditSettings { known, ..AuditSettings::default() };
    let mut rows = clean();
    for (label, found) in [(Label::Unknown, 0), (Label::Lens, 0), (Label::NonLens, 1)] {
        rows[0].label = label;
        assert_eq!(count(&audit_with(rows.clone(), &settings), "negatives"), found, "{label:?}");
    }
}

#[test]
fn rows_without_a_position_are_checked_by_id_and_image_only() {
    let mut rows = clean();
    (rows[2].position, rows[2].cell, rows[2].digest) = (None, None, rows[0].digest);
    let report = audit(rows);
    assert_eq!((report.unplaced, count(&report, "images")), (1, 1));
}

#[test]
fn all_findings_are_counted_and_some_listed() {
    let rows =
        (0..40).map(|n| row(&format!("a-{n}"), 10.0, 10.0, if n < 20 { Fold::Pool } else { Fold::Gate }));
    let settings = AuditSettings { listed: 5, ..AuditSettings::default() };
    let report = audit_with(rows.collect(), &settings);
    let near = report.finding("neighbours").unwrap();
    assert_eq!((near.count, near.first.len(), report.leave.len()), (400, 5, 20));
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["findings"][3]["first"][0]["separation_arcsec"], 0.0, "{json}");
}

#[test]
fn a_buffer_costs_little_and_leaves_no_neighbours() {
    let split = SkySplit::new(Seed::root(1), 0.2, 0.1).unwrap();
    let mut rng = Seed::root(2).rng();
    let mut rows = Vec::new();
    let mut without = Vec::new();
    // Pairs 100″ apart all over the sky: some of them across borders.
    for n in 0..60_000 {
        let ra = rng.random_range(0.0..360.0);
        let dec = rng.random_range(-1.0..1.0_f64).asin().to_degrees().clamp(-89.9, 89.9);
        for (part, dec) in [("x", dec), ("y", dec + 100.0 / 3600.0)] {
            let mut row = row(&format!("a-{n}{part}"), ra, dec, Fold::Pool);
            row.fold = Some(split.fold(row.cell.unwrap()));
            without.push(row.clone());
            row.fold = split.fold_with_buffer(row.position.unwrap(), CUTOUT_DIAGONAL_ARCSEC).unwrap();
            rows.push(row);
        }
    }
    let bare = audit(without.clone());
    assert!(count(&bare, "neighbours") > 100, "{}", bare.words());
    let report = audit(rows.clone());
    assert_eq!(report.leaks(), 0, "{}", report.words());
    let dropped = report.folds["a"].dropped as f64 / rows.len() as f64;
    println!("{dropped:.4} of the sky lies in a buffer of a diagonal");
    assert!(dropped < 0.03, "{dropped}");
    // Leaving out only the listed rows is the cheaper way, once the rows are known.
    let leave: BTreeSet<_> = bare.leave.iter().map(|member| member.id.clone()).collect();
    without.retain(|row| !leave.contains(&row.id));
    assert_eq!(audit(without).leaks(), 0);
}

#[test]
fn a_buffer_that_is_no_small_angle_is_refused() {
    let split = SkySplit::new(Seed::root(1), 0.2, 0.1).unwrap();
    let sky = SkyCoord::new(1.0, 1.0).unwrap();
    for buffer in [-1.0, f64::NAN, 1e5] {
        assert!(split.fold_with_buffer(sky, buffer).is_err(), "{buffer}");
    }
    assert_eq!(split.fold_with_buffer(sky, 0.0), Ok(Some(split.fold(cell_of(sky)))));
}

/// A dataset as a survey makes it: images near RA 150°, some of them labelled.
#[test]
fn a_dataset_is_audited_row_by_row() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = DatasetWriter::create(dir.path(), "survey", builders::small(), 20).unwrap();
    for n in 0..60 {
        let image = NewRow { source: format!("file-{n}.fits"), ..builders::row(n) };
        writer.push(image, &builders::tile(n)).unwrap();
    }
    let dataset = writer.finish().unwrap();
    let rows = dataset.rows().unwrap();
    // Image 31 is labelled "no lens" and is one.
    let lens = Entry::new(1, 1, rows[31].position.unwrap());
    assert_eq!(rows[31].label, Label::NonLens);
    let known = KnownLenses::from_entries(&[lens]);
    assert_eq!(known.mark(&rows, 0.1).iter().filter(|&&marked| marked).count(), 1);
    let settings = AuditSettings { known: Some(known), known_arcsec: 0.1, ..AuditSettings::default() };
    let mut input = AuditInput::default();
    let split = SkySplit::new(Seed::root(1), 0.2, 0.1).unwrap();
    let fold = |row: &survey::ManifestRow| row.cell.map(|cell| split.fold(cell));
    input.add_dataset::<SurveyError>("survey", dataset.manifest().unwrap(), fold).unwrap();
    let report = split_audit(&input, &settings, &Silent).unwrap();
    assert_eq!((report.rows, report.leaks(), count(&report, "negatives")), (60, 1, 1), "{}", report.words());
    // The same images in a second dataset, dealt by another seed.
    let other =
        |row: &survey::ManifestRow| row.cell.map(|_| Fold::HeldOut).filter(|_| row.id.as_str() < "img-0010");
    input.add_dataset::<SurveyError>("copy", dataset.manifest().unwrap(), other).unwrap();
    let report = split_audit(&input, &AuditSettings::default(), &Silent).unwrap();
    let found = ["cells", "ids", "images"].map(|check| count(&report, check));
    assert_eq!(found, if fold(&rows[0]) == Some(Fold::HeldOut) { [0, 0, 0] } else { [1, 10, 10] });
    assert!(count(&report, "repeated") >= 60);
}

#[test]
fn without_the_rows_that_are_to_leave_nothing_leaks() {
    let mut rows = clean();
    // An image in all three folds, an id in two, neighbours across a border, a lens among the negatives.
    rows[2].digest = rows[0].digest;
    rows[3].digest = rows[0].digest;
    rows.push(AuditRow { digest: rows[0].digest, ..row("a-4", 30.0, 10.0, Fold::Pool) });
    rows.push(row("b-5", 60.0, 10.0, Fold::Pool));
    rows.push(row("b-5", 70.0, 10.0, Fold::Gate));
    rows.push(row("b-6", 44.999, 0.0, Fold::Pool));
    rows.push(row("b-7", 45.001, 0.0, Fold::Gate));
    rows.push(AuditRow { label: Label::NonLens, ..row("b-8", 120.0, 5.0, Fold::Pool) });
    let lens = Entry::new(1, 1, SkyCoord::new(120.0, 5.0).unwrap());
    let settings =
        AuditSettings { known: Some(KnownLenses::from_entries(&[lens])), ..AuditSettings::default() };
    let report = audit_with(rows.clone(), &settings);
    let leaks = ["ids", "images", "neighbours", "negatives"].map(|check| count(&report, check));
    assert_eq!(leaks, [1, 2, 1, 1], "{}", report.words());
    for row in &mut rows {
        let leaves = |member: &survey::Member| member.id == row.id && member.fold == row.fold;
        if report.leave.iter().any(leaves) {
            row.fold = None;
        }
    }
    let after = audit_with(rows, &settings);
    assert_eq!((after.leaks(), report.leave.len()), (0, 6), "{}", after.words());
}

fn position() -> impl Strategy<Value = SkyCoord> {
    let corner =
        prop_oneof![Just((45.0, 0.0)), Just((0.0, 90.0)), Just((90.0, 41.810_314_9)), Just((180.0, -2.4))];
    (corner, -0.1..0.1, -0.1..0.1).prop_map(|((ra, dec), x, y): ((f64, f64), f64, f64)| {
        SkyCoord::new(ra + x, (dec + y).clamp(-90.0, 90.0)).unwrap()
    })
}

proptest! {
    #[test]
    fn pairs_across_folds_are_those_of_brute_force(
        positions in prop::collection::vec(position(), 2..60),
        seed in 0_u64..1000,
        limit in 1.0..900.0_f64,
    ) {
        let split = SkySplit::new(Seed::root(seed), 0.4, 0.3).unwrap();
        let rows: Vec<AuditRow> = positions.iter().enumerate().map(|(n, sky)| {
            let fold = split.fold(cell_of(*sky));
            AuditRow { position: Some(*sky), cell: Some(cell_of(*sky)), ..row(&format!("a-{n}"), 0.0, 0.0, fold) }
        }).collect();
        let mut expected = 0;
        for (n, a) in rows.iter().enumerate() {
            for b in &rows[..n] {
                let near = a.position.unwrap().separation_arcsec(b.position.unwrap()) <= limit;
                expected += u64::from(near && a.fold != b.fold);
            }
        }
        let settings = AuditSettings { pair_arcsec: limit, ..AuditSettings::default() };
        let found = audit_with(rows.clone(), &settings);
        prop_assert_eq!(count(&found, "neighbours"), expected);
        let buffered = rows.into_iter().map(|row| {
            let fold = split.fold_with_buffer(row.position.unwrap(), limit).unwrap();
            AuditRow { fold, ..row }
        });
        prop_assert_eq!(audit_with(buffered.collect(), &settings).leaks(), 0);
    }
}
