//! Projects.

use domain::{ProjectId, Timestamp};
use sqlx::Row as _;

use super::{Conn, Row, json, micros, timestamp};
use crate::{NewProject, Project, Result, StoreError, sql::project as sql};

pub(crate) async fn create(conn: &mut Conn, new: &NewProject, now: &Timestamp) -> Result<Project> {
    sqlx::query(sql::INSERT)
        .bind(new.slug.clone())
        .bind(new.name.clone())
        .bind(new.description.clone())
        .bind(new.spec.to_string())
        .bind(micros(*now))
        .execute(&mut *conn)
        .await?;
    let found = by_slug(conn, &new.slug).await?;
    found.ok_or_else(|| StoreError::not_found("project", &new.slug))
}

pub(crate) async fn by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Project>> {
    let row = sqlx::query(sql::BY_SLUG).bind(slug.to_owned()).fetch_optional(conn).await?;
    row.as_ref().map(project).transpose()
}

pub(crate) async fn by_id(conn: &mut Conn, id: &ProjectId) -> Result<Option<Project>> {
    let row = sqlx::query(sql::BY_ID).bind(id.0).fetch_optional(conn).await?;
    row.as_ref().map(project).transpose()
}

pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<Project>> {
    sqlx::query(sql::ALL_PROJECTS).fetch_all(conn).await?.iter().map(project).collect()
}

pub(crate) async fn set_active(conn: &mut Conn, id: &ProjectId, active: &bool) -> Result<()> {
    let done = sqlx::query(sql::SET_ACTIVE).bind(id.0).bind(*active).execute(conn).await?;
    if done.rows_affected() == 0 { Err(StoreError::not_found("project", id)) } else { Ok(()) }
}

fn project(row: &Row) -> Result<Project> {
    Ok(Project {
        id: ProjectId(row.try_get("id")?),
        slug: row.try_get("slug")?,
        name: row.try_get("name")?,
        description: row.try_get("description")?,
        spec: json(row, "spec")?,
        active: row.try_get("active")?,
        active_model: row.try_get("active_model")?,
        created_at: timestamp(row, "created_at")?,
    })
}
