//! The dataset folder: what is written comes back, interrupted writing goes
//! on, and a changed file is noticed.
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

mod builders;

use std::fs;

use builders::{contents, fill, row, small, tile};
use domain::{Digest, Label, Silent, SkyCoord};
use parquet::file::{metadata::ParquetMetaDataReader, statistics::Statistics};
use survey::{Conditions, Dataset, DatasetWriter, Rejected, SurveyError, cell_of, shard};
use tempfile::tempdir;

fn write(dir: &std::path::Path, rows: u64, per_shard: usize) -> Dataset {
    let mut writer = DatasetWriter::create(dir, "test", small(), per_shard).unwrap();
    fill(&mut writer, 0..rows);
    writer.finish().unwrap()
}

#[test]
fn rows_and_tiles_come_back_as_they_went_in() {
    let dir = tempdir().unwrap();
    write(dir.path(), 700, 600);
    let dataset = Dataset::open(dir.path()).unwrap();
    assert_eq!((dataset.name(), dataset.len(), dataset.spec()), ("test", 700, &small()));
    assert_eq!(dataset.shards().iter().map(|s| s.rows).collect::<Vec<_>>(), [600, 100]);
    dataset.verify(&Silent).unwrap();

    for (n, found) in dataset.rows().unwrap().into_iter().enumerate() {
        assert_eq!(found.image, row(n as u64));
        assert_eq!((found.shard, found.row), (n / 600, n % 600));
        assert_eq!(found.cell.is_some(), found.position.is_some());
        assert_eq!(found.provenance_value("grade"), Some(n.to_string().as_str()));
    }
    let mut n = 0;
    for index in 0..2 {
        let reader = shard::Reader::open(&dataset.shard_path(index).unwrap()).unwrap();
        assert_eq!(reader.spec(), &small());
        for batch in reader {
            let batch = batch.unwrap();
            assert!(batch.len() <= shard::ROW_GROUP);
            for (i, data) in batch.tiles.chunks(8 * 8 * 3).enumerate() {
                assert_eq!((&batch.ids[i], batch.labels[i]), (&row(n).id, row(n).label));
                assert_eq!((batch.positions[i], data), (row(n).position, tile(n).data.as_slice()));
                n += 1;
            }
        }
    }
    assert_eq!(n, 700);
    assert_eq!(dataset.shard_path(2), None);
}

#[test]
fn a_shard_read_as_a_stream_gives_the_same_rows_and_its_digest() {
    let dir = tempdir().unwrap();
    let dataset = write(dir.path(), 700, 600);
    for (index, info) in dataset.shards().iter().enumerate() {
        let path = dataset.shard_path(index).unwrap();
        let mut stream = shard::Stream::open(&path).unwrap();
        assert_eq!((stream.spec(), stream.rows()), (&small(), info.rows));
        let rows: Vec<_> = stream.by_ref().map(Result::unwrap).collect();
        let same: Vec<_> = shard::Reader::open(&path).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows, same);
        assert_eq!(stream.digest().unwrap(), info.digest);
        // Also when not all rows were read.
        let mut stream = shard::Stream::open(&path).unwrap();
        stream.next().unwrap().unwrap();
        assert_eq!(stream.digest().unwrap(), info.digest);
    }
}

#[test]
fn a_damaged_stream_is_an_error_or_another_digest() {
    let dir = tempdir().unwrap();
    let dataset = write(dir.path(), 300, 300);
    let path = dataset.shard_path(0).unwrap();
    let good = fs::read(&path).unwrap();
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    for at in (0..good.len()).step_by(997) {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        fs::write(&path, bad).unwrap();
        if at % 2 == 0 {
            // As a failing disk would change it.
            fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        }
        if let Ok(mut stream) = shard::Stream::open(&path)
            && stream.by_ref().all(|batch| batch.is_ok())
        {
            assert_ne!(stream.digest().ok(), Some(dataset.shards()[0].digest), "byte {at}");
        }
    }
    fs::write(&path, &good[..good.len() / 2]).unwrap();
    assert!(shard::Stream::open(&path).is_err());
}

#[test]
fn single_tiles_are_found_in_any_order() {
    let dir = tempdir().unwrap();
    let dataset = write(dir.path(), 700, 300);
    let wanted = [699_u64, 0, 299, 300, 5, 5];
    let places: Vec<_> = wanted.iter().map(|&n| ((n / 300) as usize, (n % 300) as usize)).collect();
    let found = dataset.tiles(&places).unwrap();
    assert_eq!(found, wanted.map(tile));
    assert!(dataset.tiles(&[(0, 300)]).is_err() && dataset.tiles(&[(9, 0)]).is_err());
    assert_eq!(dataset.tiles(&[]).unwrap(), []);
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let (a, b) = (tempdir().unwrap(), tempdir().unwrap());
    let digest = write(a.path(), 400, 150).digest();
    assert_eq!(write(b.path(), 400, 150).digest(), digest);
    assert_eq!(contents(a.path()), contents(b.path()));
}

#[test]
fn an_empty_dataset_is_a_dataset() {
    let dir = tempdir().unwrap();
    let dataset = write(dir.path(), 0, 10);
    assert!(dataset.is_empty() && dataset.shards().is_empty());
    assert_eq!(dataset.rows().unwrap(), []);
}

#[test]
fn interrupted_writing_goes_on_after_the_last_whole_shard() {
    let (whole, broken) = (tempdir().unwrap(), tempdir().unwrap());
    let fingerprint = Digest::of(b"these rows");
    let resume = |dir: &tempfile::TempDir| {
        DatasetWriter::resume(dir.path(), "test", small(), 100, fingerprint).unwrap()
    };
    let refuse = |writer: &mut DatasetWriter, n: u64| {
        writer.reject(&Rejected { path: format!("bad-{n}"), reason: "torn, \"really\"".to_owned() }).unwrap();
    };
    let mut writer = resume(&whole);
    fill(&mut writer, 0..50);
    refuse(&mut writer, 50);
    fill(&mut writer, 51..330);
    refuse(&mut writer, 330);
    writer.finish().unwrap();

    let mut writer = resume(&broken);
    fill(&mut writer, 0..50);
    refuse(&mut writer, 50);
    fill(&mut writer, 51..270);
    refuse(&mut writer, 999);
    drop(writer);
    fs::write(broken.path().join("shards/00003.parquet.part"), b"torn").unwrap();
    assert!(matches!(Dataset::open(broken.path()), Err(SurveyError::NotADataset { .. })));

    let mut writer = resume(&broken);
    assert_eq!(writer.inputs_done(), 201, "two shards of 100 rows and one refusal");
    fill(&mut writer, 201..330);
    refuse(&mut writer, 330);
    let dataset = writer.finish().unwrap();
    assert_eq!(dataset.rejected().unwrap().len(), 2);
    assert_eq!(contents(whole.path()), contents(broken.path()));
}

#[test]
fn a_torn_or_foreign_shard_is_not_taken_over() {
    let dir = tempdir().unwrap();
    let begin = |fingerprint: &[u8]| {
        DatasetWriter::resume(dir.path(), "test", small(), 10, Digest::of(fingerprint)).unwrap()
    };
    fill(&mut begin(b"a"), 0..25);
    assert_eq!(begin(b"a").inputs_done(), 20);
    fs::write(dir.path().join("shards/00001.parquet"), b"torn").unwrap();
    assert_eq!(begin(b"a").inputs_done(), 10);
    fill(&mut begin(b"a"), 10..25);
    let part = dir.path().join("unfinished/00001.index.parquet");
    let whole = fs::read(&part).unwrap();
    fs::write(&part, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(begin(b"a").inputs_done(), 10, "a shard without its part of the index is made again");
    assert_eq!(begin(b"b").inputs_done(), 0, "other inputs begin anew");
    assert_eq!(begin(b"a").inputs_done(), 0);
}

#[test]
fn ids_stay_unique_across_an_interruption() {
    let dir = tempdir().unwrap();
    let begin = || DatasetWriter::resume(dir.path(), "test", small(), 10, Digest::of(b"a")).unwrap();
    fill(&mut begin(), 0..10);
    let error = begin().push(row(3), &tile(3)).unwrap_err();
    assert!(error.to_string().contains("img-0003") && error.to_string().contains("twice"), "{error}");
}

#[test]
fn what_does_not_belong_is_refused() {
    let dir = tempdir().unwrap();
    let mut writer = DatasetWriter::create(dir.path(), "test", small(), 10).unwrap();
    let nameless = survey::NewRow { id: String::new(), ..row(0) };
    assert!(writer.push(nameless, &tile(0)).is_err());
    let large = imaging::Tile { size: 96, data: vec![0; 96 * 96 * 3] };
    assert!(matches!(writer.push(row(0), &large), Err(SurveyError::Row { field: "tile", .. })));
    writer.push(row(0), &tile(0)).unwrap();
    writer.finish().unwrap();
    let again = DatasetWriter::create(dir.path(), "test", small(), 10);
    assert!(matches!(again, Err(SurveyError::Exists { .. })));
}

#[test]
fn a_changed_file_is_noticed() {
    let dir = tempdir().unwrap();
    let dataset = write(dir.path(), 30, 10);
    let path = dataset.shard_path(1).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let error = dataset.verify(&Silent).unwrap_err();
    assert!(matches!(&error, SurveyError::Digest { path, .. } if path.ends_with("00001.parquet")), "{error}");
}

#[test]
fn files_of_another_kind_are_named() {
    let dir = tempdir().unwrap();
    let error = Dataset::open(dir.path()).unwrap_err().to_string();
    assert!(error.contains("lensfinder ingest"), "{error}");
    fs::write(dir.path().join("dataset.json"), "{}").unwrap();
    assert!(matches!(Dataset::open(dir.path()), Err(SurveyError::Format { .. })));
    let text = dir.path().join("x.parquet");
    fs::write(&text, "no parquet").unwrap();
    assert!(matches!(shard::Reader::open(&text), Err(SurveyError::Shard { .. })));
    assert!(matches!(shard::Reader::open(&dir.path().join("none")), Err(SurveyError::Io { .. })));

    let dir = tempdir().unwrap();
    let dataset = write(dir.path(), 3, 10);
    fs::copy(dataset.shard_path(0).unwrap(), dataset.index_path()).unwrap();
    let error = dataset.rows().unwrap_err().to_string();
    assert!(error.contains("index.parquet") && error.contains("column source"), "{error}");
    fs::remove_file(dataset.index_path()).unwrap();
    assert!(matches!(dataset.rows(), Err(SurveyError::Io { .. })));
}

#[test]
fn a_dataset_of_the_first_kind_is_refused_with_the_remedy() {
    let dir = tempdir().unwrap();
    write(dir.path(), 3, 10);
    let path = dir.path().join("dataset.json");
    let text = fs::read_to_string(&path).unwrap();
    let old = text.replace("\"schema_version\": 2", "\"schema_version\": 1").replace("index", "manifest");
    fs::write(&path, old).unwrap();
    let error = Dataset::open(dir.path()).unwrap_err().to_string();
    assert!(error.contains("schema_version is 1") && error.contains("make the dataset again"), "{error}");
    fs::write(&path, text.replace("\"schema_version\": 2", "\"schema_version\": 3")).unwrap();
    let error = Dataset::open(dir.path()).unwrap_err().to_string();
    assert!(error.contains("use the program that wrote it"), "{error}");
}

#[test]
fn a_row_that_comes_too_late_is_refused_even_after_an_interruption() {
    let dir = tempdir().unwrap();
    let begin = || DatasetWriter::resume(dir.path(), "test", small(), 2, Digest::of(b"a")).unwrap();
    let at = |n: u64, ra_deg: f64| survey::NewRow { position: SkyCoord::new(ra_deg, 2.0), ..row(n) };
    let mut rows = [at(1, 10.0), at(2, 80.0), at(3, 200.0), at(4, 300.0)];
    rows.sort_by_key(|row| row.position.map(cell_of));
    let mut writer = begin();
    writer.push(rows[1].clone(), &tile(1)).unwrap();
    let error = writer.push(rows[0].clone(), &tile(0)).unwrap_err().to_string();
    assert!(error.contains("position comes too late") && error.contains(&rows[1].id), "{error}");
    writer.push(rows[2].clone(), &tile(2)).unwrap();
    drop(writer);

    let mut writer = begin();
    assert_eq!(writer.inputs_done(), 2);
    assert!(writer.push(rows[0].clone(), &tile(0)).is_err(), "the finished shard counts");
    writer.push(rows[3].clone(), &tile(3)).unwrap();
    writer.push(row(900), &tile(900)).unwrap();
    let late = survey::NewRow { id: "a-name-before".to_owned(), ..row(901) };
    assert!(writer.push(late, &tile(901)).is_err(), "without a position the id decides");
    let found = writer.finish().unwrap().rows().unwrap();
    let cells: Vec<_> = found.iter().map(|row| row.cell.unwrap_or(u64::MAX)).collect();
    assert!(cells.is_sorted() && found.len() == 4);
}

#[test]
fn conditions_that_cannot_be_are_refused() {
    let dir = tempdir().unwrap();
    let mut writer = DatasetWriter::create(dir.path(), "test", small(), 10).unwrap();
    let conditions = Conditions { m500_msun: Some(-1.0), ..Default::default() };
    let error = writer.push(survey::NewRow { conditions, ..row(0) }, &tile(0)).unwrap_err();
    assert!(matches!(error, SurveyError::Row { field: "m500_msun", .. }), "{error}");
    writer.push(row(0), &tile(0)).unwrap();
}

#[test]
fn the_index_is_the_same_however_the_shards_are_cut_and_can_be_pruned_by_cell() {
    // More than two row groups, in cells all over the sky.
    let mut rows: Vec<_> = (0..17_000_u64)
        .map(|n| survey::NewRow {
            position: SkyCoord::new((n * 7 % 360) as f64, (n % 120) as f64 - 60.0),
            ..row(n)
        })
        .collect();
    rows.sort_by_cached_key(|row| (row.position.map(cell_of), row.id.clone()));
    let one = tile(1);
    let made = |per_shard: usize| {
        let dir = tempdir().unwrap();
        let mut writer = DatasetWriter::create(dir.path(), "test", small(), per_shard).unwrap();
        rows.iter().for_each(|row| writer.push(row.clone(), &one).unwrap());
        (writer.finish().unwrap(), dir)
    };
    let (dataset, dir) = made(20_000);
    let file = fs::File::open(dataset.index_path()).unwrap();
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&file).unwrap();
    let bounds: Vec<(i64, i64)> = metadata
        .row_groups()
        .iter()
        .map(|group| {
            let cell = group.columns().iter().find(|c| c.column_path().string() == "cell").unwrap();
            match cell.statistics().unwrap() {
                Statistics::Int64(cells) => (*cells.min_opt().unwrap(), *cells.max_opt().unwrap()),
                other => panic!("{other:?}"),
            }
        })
        .collect();
    assert_eq!(bounds.len(), 3);
    assert!(bounds.is_sorted_by(|before, after| before.1 <= after.0), "{bounds:?}");
    // The number of the shard stands in each row; nothing else may differ.
    let (other, _other_dir) = made(3000);
    let plain =
        |dataset: &Dataset| dataset.rows().unwrap().into_iter().map(|row| row.image).collect::<Vec<_>>();
    assert!(plain(&dataset) == plain(&other) && plain(&dataset) == rows);

    // A shard is a patch of sky: it shares at most its first and last cell with its neighbours.
    let cells = |shard: usize| {
        let cells =
            other.rows().unwrap().into_iter().filter(|row| row.shard == shard).filter_map(|row| row.cell);
        cells.collect::<std::collections::BTreeSet<_>>()
    };
    for shard in 1..other.shards().len() {
        assert!(cells(shard - 1).intersection(&cells(shard)).count() <= 1, "shard {shard}");
    }
    drop(dir);
}

#[test]
fn the_index_can_be_had_as_csv() {
    let dir = tempdir().unwrap();
    let dataset = write(dir.path(), 660, 300);
    let path = dir.path().join("out.csv");
    dataset.export_csv(&path, &Silent).unwrap();
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let lines: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(lines.len(), 660);
    for (line, row) in lines.iter().zip(dataset.rows().unwrap()) {
        let number = |name| line[at(name)].parse::<f64>().ok();
        assert_eq!((&line[at("id")], &line[at("provenance")]), (row.id.as_str(), row.provenance.as_str()));
        assert_eq!(number("psf_fwhm_r_arcsec"), row.conditions.psf_fwhm_arcsec[1]);
        assert_eq!(number("m500_msun"), row.conditions.m500_msun);
        assert_eq!(number("ra_deg"), row.position.map(|sky| sky.ra_deg));
        assert_eq!(line[at("cluster_id")].parse().ok(), row.conditions.cluster_id);
        assert_eq!(line[at("cell")].parse().ok(), row.cell);
        assert_eq!(line[at("row")].parse(), Ok(row.row));
    }
}

#[test]
fn labels_keep_their_three_values() {
    let dir = tempdir().unwrap();
    let rows = write(dir.path(), 3, 10).rows().unwrap();
    let labels: Vec<_> = rows.iter().map(|row| row.label).collect();
    assert_eq!(labels, [Label::Unknown, Label::NonLens, Label::Lens]);
}
