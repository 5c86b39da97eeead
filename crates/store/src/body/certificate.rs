//! Certificates.

use domain::Timestamp;
use sqlx::Row as _;

use super::{Conn, Row, micros, timestamp, whole};
use crate::{Certificate, NewCertificate, Result, StoreError, sql::certificate as sql};

pub(crate) async fn issue(
    conn: &mut Conn,
    new: &NewCertificate,
    day: &i64,
    now: &Timestamp,
) -> Result<Certificate> {
    let count = |field, value| i64::try_from(value).map_err(|_| StoreError::invalid(field, "too many"));
    sqlx::query(sql::INSERT)
        .bind(new.code.clone())
        .bind(new.volunteer.0)
        .bind(*day)
        .bind(new.display_name.clone())
        .bind(count("images", new.images)?)
        .bind(count("candidates", new.candidates)?)
        .bind(micros(new.first_at))
        .bind(micros(new.last_at))
        .bind(micros(*now))
        .execute(&mut *conn)
        .await?;
    let row = sqlx::query(sql::OF_DAY).bind(new.volunteer.0).bind(*day).fetch_one(conn).await?;
    certificate(&row)
}

pub(crate) async fn by_code(conn: &mut Conn, code: &str) -> Result<Option<Certificate>> {
    let row = sqlx::query(sql::BY_CODE).bind(code.to_owned()).fetch_optional(conn).await?;
    row.as_ref().map(certificate).transpose()
}

fn certificate(row: &Row) -> Result<Certificate> {
    Ok(Certificate {
        code: row.try_get("code")?,
        display_name: row.try_get("display_name")?,
        images: whole(row, "images")?,
        candidates: whole(row, "candidates")?,
        first_at: timestamp(row, "first_at")?,
        last_at: timestamp(row, "last_at")?,
        issued_at: timestamp(row, "issued_at")?,
    })
}
