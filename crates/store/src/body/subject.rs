//! Subjects and their images.

use std::collections::HashMap;

use domain::{Digest, Label, ProjectId, SkyCoord, SubjectId};
use sqlx::{QueryBuilder, Row as _};

use super::{Conn, Db, Row, bytes, dialect, digest_or_none, label, lock, role, small};
use crate::{
    ImageEncoding, ImageRef, NewSubject, Result, StoreError, Subject,
    sql::{bulk, subject as sql},
};

pub(crate) async fn add(conn: &mut Conn, project: &ProjectId, subjects: &[NewSubject]) -> Result<u64> {
    if super::project::by_id(conn, project).await?.is_none() {
        return Err(StoreError::not_found("project", project));
    }
    let mut insert = QueryBuilder::<Db>::new(bulk::SUBJECTS);
    insert.push_values(subjects, |mut row, subject| {
        row.push_bind(project.0)
            .push_bind(subject.external_id.clone())
            .push_bind(subject.role.name())
            .push_bind(subject.label.code())
            .push_bind(subject.training_kind.clone())
            .push_bind(subject.position.map(|sky| sky.ra_deg))
            .push_bind(subject.position.map(|sky| sky.dec_deg))
            .push_bind(subject.cell);
    });
    insert.push(bulk::SUBJECTS_TAIL);
    Ok(insert.build().persistent(false).execute(conn).await?.rows_affected())
}

pub(crate) async fn by_id(conn: &mut Conn, id: &SubjectId) -> Result<Option<Subject>> {
    let row = sqlx::query(sql::BY_ID).bind(id.0).fetch_optional(conn).await?;
    row.as_ref().map(subject).transpose()
}

pub(crate) async fn by_ids(conn: &mut Conn, ids: &[SubjectId]) -> Result<HashMap<SubjectId, Subject>> {
    let mut found = HashMap::with_capacity(ids.len());
    for id in ids {
        if let Some(one) = by_id(&mut *conn, id).await? {
            found.insert(*id, one);
        }
    }
    Ok(found)
}

pub(crate) async fn page(
    conn: &mut Conn,
    project: &ProjectId,
    after: &Option<SubjectId>,
    limit: &u32,
) -> Result<Vec<Subject>> {
    let after = after.map_or(i64::MIN, |id| id.0);
    let query = sqlx::query(sql::PAGE).bind(project.0).bind(after).bind(i64::from(*limit));
    query.fetch_all(conn).await?.iter().map(subject).collect()
}

pub(crate) async fn ids(
    conn: &mut Conn,
    project: &ProjectId,
    external_ids: &[String],
) -> Result<HashMap<String, SubjectId>> {
    let mut found = HashMap::with_capacity(external_ids.len());
    for external_id in external_ids {
        let query = sqlx::query(sql::ID_OF).bind(project.0).bind(external_id.clone());
        if let Some(row) = query.fetch_optional(&mut *conn).await? {
            found.insert(external_id.clone(), SubjectId(row.try_get("id")?));
        }
    }
    Ok(found)
}

pub(crate) async fn set_images(
    conn: &mut Conn,
    project: &ProjectId,
    images: &[(SubjectId, ImageRef)],
) -> Result<()> {
    let mut locked = false;
    for (id, image) in images {
        let set = sqlx::query(sql::SET_IMAGE)
            .bind(project.0)
            .bind(id.0)
            .bind(bytes(&image.digest))
            .bind(i64::from(image.width))
            .bind(i64::from(image.height))
            .bind(image.pixel_scale_arcsec)
            .bind(image.encoding.code())
            .fetch_optional(&mut *conn)
            .await?;
        let set = set.ok_or_else(|| StoreError::not_found("subject of this project", id))?;
        let role = role(&set)?;
        if role.is_training() {
            if !locked {
                lock(conn, dialect::LOCK_PROJECT, project.0).await?;
                locked = true;
            }
            let query = sqlx::query(sql::NUMBER).bind(project.0).bind(role.name()).bind(id.0);
            query.execute(&mut *conn).await?;
        }
    }
    Ok(())
}

pub(crate) async fn image(conn: &mut Conn, digest: &Digest) -> Result<Option<ImageRef>> {
    let row = sqlx::query(sql::IMAGE).bind(bytes(digest)).fetch_optional(conn).await?;
    row.as_ref().map_or(Ok(None), image_of)
}

pub(crate) async fn training_truths(
    conn: &mut Conn,
    project: &ProjectId,
) -> Result<HashMap<SubjectId, Label>> {
    let rows = sqlx::query(sql::TRAINING_TRUTHS).bind(project.0).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((SubjectId(row.try_get("id")?), label(row)?))).collect()
}

pub(super) fn subject(row: &Row) -> Result<Subject> {
    let (ra, dec): (Option<f64>, Option<f64>) = (row.try_get("ra_deg")?, row.try_get("dec_deg")?);
    Ok(Subject {
        id: SubjectId(row.try_get("id")?),
        project: ProjectId(row.try_get("project_id")?),
        external_id: row.try_get("external_id")?,
        role: role(row)?,
        label: label(row)?,
        training_kind: row.try_get("training_kind")?,
        position: ra.zip(dec).map(|(ra_deg, dec_deg)| SkyCoord { ra_deg, dec_deg }),
        cell: row.try_get("cell")?,
        image: image_of(row)?,
    })
}

/// The image of a subject that may be shown.
pub(super) fn required_image(row: &Row) -> Result<ImageRef> {
    image_of(row)?.ok_or_else(|| StoreError::corrupt("image_digest", "NULL for a queued subject"))
}

/// The image columns of a row, if there is an image.
pub(super) fn image_of(row: &Row) -> Result<Option<ImageRef>> {
    let Some(digest) = digest_or_none(row, "image_digest")? else { return Ok(None) };
    let code: i16 = row.try_get("image_encoding")?;
    Ok(Some(ImageRef {
        digest,
        width: small(row, "image_width")?,
        height: small(row, "image_height")?,
        pixel_scale_arcsec: row.try_get("pixel_scale_arcsec")?,
        encoding: ImageEncoding::from_code(code)
            .ok_or_else(|| StoreError::corrupt("image_encoding", code))?,
    }))
}
