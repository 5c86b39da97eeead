//! What runs the statements: SQL, arguments in, rows out. Compiled twice, once
//! per database; `Conn`, `Db` and `dialect` come from whichever is compiling.
//!
//! Every function takes a connection that is already inside the transaction it needs.

use domain::{Answer, Digest, Label, Tally, Timestamp};
use serde_json::Value;
use sqlx::Row as _;

use super::{Conn, Db, dialect};
use crate::{Result, Role, StoreError};

pub(crate) mod account_link;
pub(crate) mod api_token;
pub(crate) mod article;
pub(crate) mod assign;
pub(crate) mod belief;
pub(crate) mod certificate;
pub(crate) mod contribution;
pub(crate) mod decision;
pub(crate) mod feedback;
pub(crate) mod history;
pub(crate) mod log;
pub(crate) mod model;
pub(crate) mod outcomes;
pub(crate) mod own_account;
pub(crate) mod own_numbers;
pub(crate) mod people;
pub(crate) mod placement;
pub(crate) mod posterior;
pub(crate) mod project;
pub(crate) mod queue;
pub(crate) mod quiz;
pub(crate) mod record;
pub(crate) mod refold;
pub(crate) mod replay;
pub(crate) mod review;
pub(crate) mod round;
pub(crate) mod route;
pub(crate) mod rules;
pub(crate) mod session;
pub(crate) mod standing;
pub(crate) mod status;
pub(crate) mod step;
pub(crate) mod subject;
pub(crate) mod teaching;
pub(crate) mod training;
pub(crate) mod truth;
pub(crate) mod undo;
pub(crate) mod verify;
pub(crate) mod volunteer;
pub(crate) mod vote;

type Row = <Db as sqlx::Database>::Row;

/// Takes a lock that only one of the databases needs.
async fn lock(conn: &mut Conn, statement: Option<&'static str>, id: i64) -> Result<()> {
    if let Some(statement) = statement {
        sqlx::query(statement).bind(id).execute(conn).await?;
    }
    Ok(())
}

/// A count or size: BIGINT in the database, never negative.
fn whole(row: &Row, column: &'static str) -> Result<u64> {
    let value: i64 = row.try_get(column)?;
    u64::try_from(value).map_err(|_| StoreError::corrupt(column, value))
}

fn small(row: &Row, column: &'static str) -> Result<u32> {
    let value: i64 = row.try_get(column)?;
    u32::try_from(value).map_err(|_| StoreError::corrupt(column, value))
}

fn small_or_none(row: &Row, column: &'static str) -> Result<Option<u32>> {
    let value: Option<i64> = row.try_get(column)?;
    value.map(|value| u32::try_from(value).map_err(|_| StoreError::corrupt(column, value))).transpose()
}

fn timestamp(row: &Row, column: &'static str) -> Result<Timestamp> {
    let micros: i64 = row.try_get(column)?;
    Timestamp::from_timestamp_micros(micros).ok_or_else(|| StoreError::corrupt(column, micros))
}

fn timestamp_or_none(row: &Row, column: &'static str) -> Result<Option<Timestamp>> {
    let micros: Option<i64> = row.try_get(column)?;
    let read =
        |micros| Timestamp::from_timestamp_micros(micros).ok_or_else(|| StoreError::corrupt(column, micros));
    micros.map(read).transpose()
}

fn micros(at: Timestamp) -> i64 {
    at.timestamp_micros()
}

fn digest(row: &Row, column: &'static str) -> Result<Digest> {
    digest_or_none(row, column)?.ok_or_else(|| StoreError::corrupt(column, "NULL"))
}

fn digest_or_none(row: &Row, column: &'static str) -> Result<Option<Digest>> {
    let bytes: Option<Vec<u8>> = row.try_get(column)?;
    let read = |bytes: Vec<u8>| {
        let length = bytes.len();
        bytes.try_into().map(Digest).map_err(|_| StoreError::corrupt(column, format!("{length} bytes")))
    };
    bytes.map(read).transpose()
}

fn bytes(digest: &Digest) -> Vec<u8> {
    digest.0.to_vec()
}

fn json(row: &Row, column: &'static str) -> Result<Value> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|_| StoreError::corrupt(column, text))
}

fn json_or_none(row: &Row, column: &'static str) -> Result<Option<Value>> {
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| serde_json::from_str(&text).map_err(|_| StoreError::corrupt(column, text))).transpose()
}

fn role(row: &Row) -> Result<Role> {
    let name: String = row.try_get("role")?;
    Role::from_name(&name).ok_or_else(|| StoreError::corrupt("role", name))
}

fn label(row: &Row) -> Result<Label> {
    let code: i16 = row.try_get("label")?;
    Label::from_code(code).ok_or_else(|| StoreError::corrupt("label", code))
}

fn answer(row: &Row) -> Result<Answer> {
    let code: i16 = row.try_get("answer")?;
    Answer::from_code(code).ok_or_else(|| StoreError::corrupt("answer", code))
}

fn tally(row: &Row) -> Result<Tally> {
    Ok(Tally { no_lens: small(row, "no_lens")?, unsure: small(row, "unsure")?, lens: small(row, "lens")? })
}

/// One vote as a step of each count.
fn steps(answer: Answer) -> [i64; 3] {
    Answer::ALL.map(|each| i64::from(each == answer))
}
