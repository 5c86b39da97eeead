//! Tables with a row per vote.

use std::{io::Write as _, sync::Arc};

use arrow::{
    array::{
        ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int64Array, LargeStringArray, RecordBatch,
        StringArray, StringViewArray, TimestampMicrosecondArray,
    },
    datatypes::Int32Type,
};
use parquet::{arrow::ArrowWriter, basic::Compression, file::properties::WriterProperties};
use votes::{Format, ReadOptions};

use crate::support::{left_out, read, read_as, refusal, says, truths, votes};

const PLAIN: &str = "task,worker,label\n1,a,yes\n2,b,no\n";

#[test]
fn columns_are_found_by_name_in_any_order_case_and_line_ending() {
    let expected = ["1 a yes", "2 b no"];
    for text in [
        PLAIN,
        "label,task,worker\nyes,1,a\nno,2,b\n",
        "\u{feff}Task,WORKER,Label\r\n1,a,yes\r\n2,b,no\r\n",
        "task,worker,label\n\n 1 ,\"a\", yes\n\n2,b,no",
        "note,subject_id,user,answer\n\"x, y\",1,a,yes\n\"two\nlines\",2,b,no\n",
        "task\tworker\tlabel\n1\ta\tyes\n2\tb\tno\n",
        "task;worker;label\n1;a;yes\n2;b;no\n",
    ] {
        assert_eq!(votes(&read("v.csv", text)), expected, "{text}");
    }
    // What the file is decides, not its name.
    assert_eq!(read("v.parquet", PLAIN).format, Format::Csv);
    assert_eq!(read("v.csv", "task\tworker\tlabel\n1\ta\tyes\n").format, Format::Tsv);
}

#[test]
fn a_packed_file_is_read_even_in_several_pieces() {
    let mut bytes = Vec::new();
    for piece in ["task,worker,label\n1,a,y", "es\n2,b,no\n"] {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(piece.as_bytes()).unwrap();
        bytes.extend(packer.finish().unwrap());
    }
    assert_eq!(votes(&read("v.csv", &bytes)), ["1 a yes", "2 b no"]);
    bytes.truncate(bytes.len() - 12);
    says(&refusal("v.csv.gz", &bytes), &["v.csv.gz", "cannot be read"]);
}

#[test]
fn names_keep_their_quotes_commas_and_line_breaks() {
    let log = read(
        "v.csv",
        "task,worker,label\n\"a,\"\"b\"\"\nc\",w,\"x\ny\"\n123456789012345678901234567890,w,x\n",
    );
    assert_eq!(log.tasks.name(0), "a,\"b\"\nc");
    assert_eq!(log.labels.name(0), "x\ny");
    assert_eq!(log.tasks.name(1), "123456789012345678901234567890");
    // The place is where the row begins.
    assert_eq!(log.entries()[1].place, 5);
}

#[test]
fn a_wrong_file_is_refused_by_line_field_and_remedy() {
    says(&refusal("v.csv", ""), &["v.csv", "is empty"]);
    says(&refusal("v.csv", " \n\n"), &["is empty"]);
    says(&refusal("v.csv", "task,worker,label\n"), &["holds no votes"]);
    says(
        &refusal("v.csv", "task,rater,label\n1,a,x\n"),
        &["no column `worker`", "task, rater, label", "--worker-column"],
    );
    says(&refusal("v.csv", "task,worker,label,Label\n1,a,x,y\n"), &["several columns called `label`"]);
    says(
        &refusal("v.csv", "task,worker,label\n1,a,x\n2,,y\n"),
        &["line 3", "worker", "is empty", "--skip-incomplete"],
    );
    says(&refusal("v.csv", "task,worker,label\n1,a,NaN\n"), &["line 2", "label", "is empty"]);
    says(
        &refusal("v.csv", "task,worker,label\n1,a,x\n2,b\n"),
        &["line 3", "2 fields", "header has 3", "quote"],
    );
    says(&refusal("v.csv", b"task,worker,label\n1,a,x\n2,\xff,y\n"), &["line 3", "worker", "UTF-8"]);
    says(&refusal("v.csv", b"\xff\xfet\0a\0s\0k\0"), &["UTF-16", "UTF-8"]);
    says(
        &refusal("v.csv", format!("task,worker,label\n1,a,{}\n", "x".repeat(5000))),
        &["line 2", "5000 bytes"],
    );
    says(&refusal("v.parquet", b"PAR1 and then nothing"), &["damaged Parquet"]);
}

#[test]
fn a_quote_left_open_is_refused_where_it_begins() {
    // It swallows the rest of the file: as one field too few, or as a label.
    says(&refusal("v.csv", "task,worker,label\n1,\"a,x\n2,b,y\n"), &["line 2", "fields", "quote"]);
    says(&refusal("v.csv", "task,worker,label\n1,a,x\n2,a,\"x\n3,b,y\n"), &["line 3", "quote is left open"]);
    // A quote inside a plain field opens nothing.
    assert_eq!(votes(&read("v.csv", "task,worker,label\n1,a,5\" disc\n")), ["1 a 5\" disc"]);
}

#[test]
fn incomplete_rows_are_left_out_and_counted_when_asked_for() {
    let text = "task,worker,label\n1,a,x\n2,,y\n3,b,nan\n,c,x\n4,d,y\n";
    let options = ReadOptions { skip_incomplete: true, ..ReadOptions::default() };
    let log = read_as("v.csv", text, &options).unwrap();
    assert_eq!(votes(&log), ["1 a x", "4 d y"]);
    assert_eq!(left_out(&log), ["3 incomplete"]);
    assert_eq!(log.rows, 5);
    let nothing = read_as("v.csv", "task,worker,label\n1,a,\n", &options).unwrap_err().to_string();
    says(&nothing, &["none of its 1 rows", "1 incomplete"]);
}

#[test]
fn columns_with_other_names_can_be_chosen() {
    let options = ReadOptions {
        task_column: Some("image".to_owned()),
        worker_column: Some("who".to_owned()),
        label_column: Some("what".to_owned()),
        truth_column: Some("really".to_owned()),
        ..ReadOptions::default()
    };
    let log = read_as("v.csv", "who,what,image,task,really\na,x,i1,t9,y\nb,y,i2,t9,\n", &options).unwrap();
    assert_eq!(votes(&log), ["i1 a x", "i2 b y"]);
    assert_eq!(truths(&log), ["i1 y"]);
    says(&read_as("v.csv", PLAIN, &options).unwrap_err().to_string(), &["no column `image`"]);
}

#[test]
fn a_column_of_truths_is_not_used_unless_it_is_chosen() {
    let log = read("v.csv", "task,worker,label,truth\n1,a,x,y\n");
    assert!(log.truths.is_empty());
}

#[test]
fn our_own_export_gives_votes_times_and_truths_without_those_taken_back() {
    let text = "vote_id,subject,volunteer,answer,submitted_at,seconds,round,is_training,truth,strategy,rank,\
                inclusion_probability,model_version,retracted\n\
                0190-a,s1,p1,lens,2026-11-21T08:00:00.000001Z,2.5,1,true,1,training,,,,false\n\
                0190-b,s2,p1,unsure,2026-11-21T08:00:05.000000Z,2.5,1,false,,greedy,3,0.5,m1,false\n\
                0190-c,s3,p2,no_lens,2026-11-21T08:00:06.000000Z,2.5,1,true,0,training,,,,false\n\
                0190-d,s2,p2,lens,2026-11-21T08:00:07.000000Z,2.5,1,false,,greedy,3,0.5,m1,true\n";
    let log = read("votes.csv", text);
    assert_eq!(votes(&log), ["s1 p1 lens", "s2 p1 unsure", "s3 p2 no_lens"]);
    assert_eq!(truths(&log), ["s1 lens", "s3 no_lens"]);
    assert_eq!(left_out(&log), ["1 retracted"]);
    assert_eq!(log.time(0), Some(1_795_248_000_000_001));
}

#[test]
fn times_that_cannot_be_read_are_put_aside_unless_the_column_was_chosen() {
    let text = "task,worker,label,time\n1,a,x,day one\n1,b,y,day two\n";
    let log = read("v.csv", text);
    assert!(!log.has_times() && log.notes[0].contains("2 times"));
    let options = ReadOptions { time_column: Some("time".to_owned()), ..ReadOptions::default() };
    says(&read_as("v.csv", text, &options).unwrap_err().to_string(), &["line 2", "day one"]);
}

fn parquet(columns: Vec<(&str, ArrayRef)>, compression: Compression) -> Vec<u8> {
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true))).unwrap();
    let mut bytes = Vec::new();
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn parquet_of_any_usual_type_and_packing_reads_like_text() {
    let tasks: [ArrayRef; 4] = [
        Arc::new(Int64Array::from(vec![1, 2])),
        Arc::new(Float64Array::from(vec![1.0, 2.0])),
        Arc::new(StringViewArray::from(vec!["1", " 2"])),
        Arc::new(LargeStringArray::from(vec!["1", "2"])),
    ];
    let workers: ArrayRef = Arc::new(vec!["a", "b"].into_iter().collect::<DictionaryArray<Int32Type>>());
    let labels: ArrayRef = Arc::new(BooleanArray::from(vec![true, false]));
    let times: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![5_000_000, 1]).with_timezone("UTC"));
    let packings = [
        Compression::ZSTD(Default::default()),
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::LZ4_RAW,
    ];
    for (task, packing) in tasks.into_iter().zip(packings) {
        let bytes = parquet(
            vec![
                ("label", labels.clone()),
                ("created_at", times.clone()),
                ("worker", workers.clone()),
                ("task", task),
            ],
            packing,
        );
        let log = read("v.parquet", &bytes);
        assert_eq!(votes(&log), ["1 a true", "2 b false"], "{packing:?}");
        assert_eq!([log.time(0), log.time(1)], [Some(5_000_000), Some(1)]);
    }
}

#[test]
fn a_gap_in_parquet_is_a_row_without_a_value() {
    let column = |values: Vec<Option<&str>>| Arc::new(StringArray::from(values)) as ArrayRef;
    let numbers: ArrayRef = Arc::new(Float64Array::from(vec![0.0, f64::NAN]));
    let bytes = parquet(
        vec![
            ("task", column(vec![Some("1"), Some("2")])),
            ("worker", column(vec![Some("a"), Some("b")])),
            ("label", numbers),
        ],
        Compression::SNAPPY,
    );
    says(&refusal("v.parquet", &bytes), &["row 2", "label", "is empty"]);
    let options = ReadOptions { skip_incomplete: true, ..ReadOptions::default() };
    assert_eq!(votes(&read_as("v.parquet", &bytes, &options).unwrap()), ["1 a 0"]);
}
