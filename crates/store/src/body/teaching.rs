//! Outlines, and the images of quiz, practice and gallery.

use domain::{Digest, ProjectId, SkyCoord, SubjectId};
use sqlx::Row as _;

use super::{Conn, Row, bytes, label, small, subject::required_image};
use crate::{
    Outline, Purpose, Result, StoreError, TeachingImage, TeachingKind, sql::teaching as sql, teaching::About,
};

pub(crate) async fn set_outlines(
    conn: &mut Conn,
    project: &ProjectId,
    outlines: &[(SubjectId, Outline)],
) -> Result<()> {
    for (id, outline) in outlines {
        let text = (!outline.is_empty()).then(|| written(outline));
        sqlx::query(sql::SET_OUTLINE).bind(project.0).bind(id.0).bind(text).execute(&mut *conn).await?;
    }
    Ok(())
}

pub(super) async fn outline_of(conn: &mut Conn, subject: SubjectId) -> Result<Option<Outline>> {
    let row = sqlx::query(sql::OUTLINE).bind(subject.0).fetch_optional(conn).await?;
    row.as_ref().map_or(Ok(None), outline)
}

pub(crate) async fn put(
    conn: &mut Conn,
    project: &ProjectId,
    purpose: &Purpose,
    images: &[TeachingImage],
) -> Result<u64> {
    if super::project::by_id(conn, project).await?.is_none() {
        return Err(StoreError::not_found("project", project));
    }
    sqlx::query(sql::CLEAR).bind(project.0).bind(purpose.name()).execute(&mut *conn).await?;
    let mut taken = 0;
    for one in images {
        if is_taken(conn, project, &one.image.digest).await? {
            continue;
        }
        let [english, chinese] = one.words.clone();
        let position = one.about.position;
        sqlx::query(sql::PUT)
            .bind(project.0)
            .bind(purpose.name())
            .bind(i64::from(one.place))
            .bind(one.name.clone())
            .bind(bytes(&one.image.digest))
            .bind(one.image.encoding.code())
            .bind(i64::from(one.image.width))
            .bind(i64::from(one.image.height))
            .bind(one.image.pixel_scale_arcsec)
            .bind(one.truth.code())
            .bind(one.kind.clone())
            .bind(one.simulated)
            .bind(one.outline.as_ref().filter(|outline| !outline.is_empty()).map(written))
            .bind(english)
            .bind(chinese)
            .bind(one.about.title.clone())
            .bind(position.map(|sky| sky.ra_deg))
            .bind(position.map(|sky| sky.dec_deg))
            .bind(one.about.reference.clone())
            .bind(one.about.credit.clone())
            .execute(&mut *conn)
            .await?;
        taken += 1;
    }
    Ok(taken)
}

pub(crate) async fn one(
    conn: &mut Conn,
    project: &ProjectId,
    purpose: &Purpose,
    place: &u32,
) -> Result<Option<TeachingImage>> {
    let query = sqlx::query(sql::ONE).bind(project.0).bind(purpose.name()).bind(i64::from(*place));
    let row = query.fetch_optional(conn).await?;
    row.as_ref().map(teaching_image).transpose()
}

pub(crate) async fn page(
    conn: &mut Conn,
    project: &ProjectId,
    purpose: &Purpose,
    after: &Option<u32>,
    limit: &u32,
) -> Result<Vec<TeachingImage>> {
    let after = after.map_or(-1, i64::from);
    let query = sqlx::query(sql::PAGE).bind(project.0).bind(purpose.name()).bind(after);
    let rows = query.bind(i64::from(*limit)).fetch_all(conn).await?;
    rows.iter().map(teaching_image).collect()
}

pub(crate) async fn kinds(
    conn: &mut Conn,
    project: &ProjectId,
    purpose: &Purpose,
) -> Result<Vec<TeachingKind>> {
    let rows = sqlx::query(sql::KINDS).bind(project.0).bind(purpose.name()).fetch_all(conn).await?;
    let kind = |row: &Row| {
        Ok(TeachingKind { place: small(row, "place")?, truth: label(row)?, kind: row.try_get("kind")? })
    };
    rows.iter().map(kind).collect()
}

pub(crate) async fn is_taken(conn: &mut Conn, project: &ProjectId, digest: &Digest) -> Result<bool> {
    let query = sqlx::query(sql::TAKEN).bind(project.0).bind(bytes(digest));
    Ok(query.fetch_optional(conn).await?.is_some())
}

fn teaching_image(row: &Row) -> Result<TeachingImage> {
    let (ra, dec): (Option<f64>, Option<f64>) = (row.try_get("ra_deg")?, row.try_get("dec_deg")?);
    Ok(TeachingImage {
        place: small(row, "place")?,
        name: row.try_get("name")?,
        image: required_image(row)?,
        truth: label(row)?,
        kind: row.try_get("kind")?,
        simulated: row.try_get("simulated")?,
        outline: outline(row)?,
        words: [row.try_get("words_en")?, row.try_get("words_zh")?],
        about: About {
            title: row.try_get("title")?,
            position: ra.zip(dec).map(|(ra_deg, dec_deg)| SkyCoord { ra_deg, dec_deg }),
            reference: row.try_get("reference")?,
            credit: row.try_get("credit")?,
        },
    })
}

pub(super) fn outline(row: &Row) -> Result<Option<Outline>> {
    let text: Option<String> = row.try_get("outline")?;
    text.map(|text| serde_json::from_str(&text).map_err(|_| StoreError::corrupt("outline", text))).transpose()
}

/// Plain numbers, written by hand: nothing here can fail.
fn written(outline: &Outline) -> String {
    let point = |[x, y]: &[f64; 2]| format!("[{x},{y}]");
    let polygon =
        |points: &Vec<[f64; 2]>| format!("[{}]", points.iter().map(point).collect::<Vec<_>>().join(","));
    format!("[{}]", outline.iter().map(polygon).collect::<Vec<_>>().join(","))
}
