//! News and discoveries.

use domain::{SubjectId, Timestamp, VolunteerId};
use sqlx::Row as _;

use super::{Conn, Row, micros, role, small, small_or_none, subject::image_of, timestamp, timestamp_or_none};
use crate::{
    Article, ArticleAct, ArticleContent, ArticleKind, Bilingual, Result, Role, StoreError,
    article::ArticlePlace, sql::article as sql,
};

pub(crate) async fn create(
    conn: &mut Conn,
    kind: &ArticleKind,
    slug: &str,
    content: &ArticleContent,
    author: &VolunteerId,
    now: &Timestamp,
) -> Result<Article> {
    check_subject(conn, content.subject).await?;
    let insert = sqlx::query(sql::INSERT).bind(kind.name()).bind(slug.to_owned()).bind(micros(*now));
    let Some(row) = insert.fetch_optional(&mut *conn).await? else { return Err(slug_taken()) };
    let id: i64 = row.try_get("id")?;
    add_revision(conn, id, 1, content, author, now).await?;
    note(conn, id, "create", 1, author, now).await?;
    required(conn, id).await
}

pub(crate) async fn edit(
    conn: &mut Conn,
    id: &i64,
    base: &u32,
    slug: &str,
    content: &ArticleContent,
    author: &VolunteerId,
    now: &Timestamp,
) -> Result<Article> {
    check_subject(conn, content.subject).await?;
    let next = sqlx::query(sql::NEXT_REVISION).bind(id).bind(i64::from(*base)).bind(micros(*now));
    let Some(row) = next.fetch_optional(&mut *conn).await? else { return Err(stale(conn, *id).await?) };
    let number = small(&row, "revision")?;
    if row.try_get::<String, _>("slug")? != slug {
        if timestamp_or_none(&row, "published_at")?.is_some() {
            let reason = "this was public, so links to it exist; keep its address";
            return Err(StoreError::invalid("slug", reason));
        }
        let taken = sqlx::query(sql::SLUG_TAKEN).bind(id).bind(slug.to_owned());
        if taken.fetch_optional(&mut *conn).await?.is_some() {
            return Err(slug_taken());
        }
        let set = sqlx::query(sql::SET_SLUG).bind(id).bind(slug.to_owned()).execute(&mut *conn).await;
        let set = set.map_err(StoreError::from);
        set.map_err(|error| if error.is_unique_violation() { slug_taken() } else { error })?;
    }
    add_revision(conn, *id, number, content, author, now).await?;
    note(conn, *id, "edit", number, author, now).await?;
    required(conn, *id).await
}

pub(crate) async fn publish(
    conn: &mut Conn,
    id: &i64,
    revision: &u32,
    by: &VolunteerId,
    now: &Timestamp,
) -> Result<Article> {
    let query = sqlx::query(sql::PUBLISH).bind(id).bind(i64::from(*revision)).bind(micros(*now));
    if query.fetch_optional(&mut *conn).await?.is_none() {
        return Err(stale(conn, *id).await?);
    }
    let article = required(conn, *id).await?;
    if let Some(subject) = article.content.subject {
        let row = sqlx::query(sql::SUBJECT).bind(subject.0).fetch_one(&mut *conn).await?;
        if small(&row, "wanted")? > 0 {
            let reason = "people are still asked about this image, and must not know what others said";
            return Err(StoreError::conflict("subject", reason));
        }
    }
    note(conn, *id, "publish", *revision, by, now).await?;
    Ok(article)
}

pub(crate) async fn withdraw(
    conn: &mut Conn,
    id: &i64,
    by: &VolunteerId,
    now: &Timestamp,
) -> Result<Article> {
    let query = sqlx::query(sql::WITHDRAW).bind(id).bind(micros(*now));
    if let Some(row) = query.fetch_optional(&mut *conn).await? {
        note(conn, *id, "withdraw", small(&row, "revision")?, by, now).await?;
    }
    required(conn, *id).await
}

pub(crate) async fn one(conn: &mut Conn, id: &i64) -> Result<Option<Article>> {
    let row = sqlx::query(sql::ONE).bind(id).fetch_optional(conn).await?;
    row.as_ref().map(article).transpose()
}

pub(crate) async fn page(
    conn: &mut Conn,
    kind: &Option<ArticleKind>,
    after: &Option<ArticlePlace>,
    limit: &u32,
) -> Result<Vec<Article>> {
    let (at, id) = place(*after);
    let query = sqlx::query(sql::PAGE).bind(kind.map(ArticleKind::name)).bind(at).bind(id);
    query.bind(i64::from(*limit)).fetch_all(conn).await?.iter().map(article).collect()
}

pub(crate) async fn public(conn: &mut Conn, kind: &ArticleKind, slug: &str) -> Result<Option<Article>> {
    let query = sqlx::query(sql::PUBLIC_ONE).bind(kind.name()).bind(slug.to_owned());
    query.fetch_optional(conn).await?.as_ref().map(article).transpose()
}

pub(crate) async fn public_page(
    conn: &mut Conn,
    kind: &ArticleKind,
    after: &Option<ArticlePlace>,
    limit: &u32,
) -> Result<Vec<Article>> {
    let (at, id) = place(*after);
    let query = sqlx::query(sql::PUBLIC_PAGE).bind(kind.name()).bind(at).bind(id);
    query.bind(i64::from(*limit)).fetch_all(conn).await?.iter().map(article).collect()
}

pub(crate) async fn history(conn: &mut Conn, id: &i64) -> Result<Vec<ArticleAct>> {
    let act = |row: &Row| {
        Ok(ArticleAct {
            act: row.try_get("act")?,
            revision: small(row, "revision")?,
            by: row.try_get("author")?,
            at: timestamp(row, "at")?,
        })
    };
    sqlx::query(sql::HISTORY).bind(id).fetch_all(conn).await?.iter().map(act).collect()
}

/// Only images of the survey: of a training image an article would tell the truth.
async fn check_subject(conn: &mut Conn, subject: Option<SubjectId>) -> Result<()> {
    let Some(subject) = subject else { return Ok(()) };
    let row = sqlx::query(sql::SUBJECT).bind(subject.0).fetch_optional(conn).await?;
    match row.as_ref().map(role).transpose()? {
        Some(Role::Survey) => Ok(()),
        Some(_) => Err(StoreError::invalid("subject", "name an image of the survey, not a training image")),
        None => Err(StoreError::invalid("subject", "there is no such image")),
    }
}

async fn add_revision(
    conn: &mut Conn,
    id: i64,
    number: u32,
    content: &ArticleContent,
    author: &VolunteerId,
    now: &Timestamp,
) -> Result<()> {
    let finders = serde_json::to_string(&content.finders);
    let finders = finders.map_err(|error| StoreError::invalid("finders", error.to_string()))?;
    sqlx::query(sql::INSERT_REVISION)
        .bind(id)
        .bind(i64::from(number))
        .bind(content.title.en.clone())
        .bind(content.title.zh.clone())
        .bind(content.summary.en.clone())
        .bind(content.summary.zh.clone())
        .bind(content.body.en.clone())
        .bind(content.body.zh.clone())
        .bind(content.picture.clone())
        .bind(content.subject.map(|subject| subject.0))
        .bind(finders)
        .bind(content.grade.clone())
        .bind(content.position.map(|(ra, _)| ra))
        .bind(content.position.map(|(_, dec)| dec))
        .bind(author.0)
        .bind(micros(*now))
        .execute(conn)
        .await?;
    Ok(())
}

async fn note(
    conn: &mut Conn,
    id: i64,
    act: &'static str,
    revision: u32,
    by: &VolunteerId,
    now: &Timestamp,
) -> Result<()> {
    let insert = sqlx::query(sql::INSERT_ACT).bind(id).bind(act).bind(i64::from(revision));
    insert.bind(by.0).bind(micros(*now)).execute(conn).await?;
    Ok(())
}

async fn required(conn: &mut Conn, id: i64) -> Result<Article> {
    one(conn, &id).await?.ok_or_else(|| StoreError::not_found("article", id))
}

/// Why the revision asked for is not the newest.
async fn stale(conn: &mut Conn, id: i64) -> Result<StoreError> {
    let row = sqlx::query(sql::EXISTS).bind(id).fetch_optional(conn).await?;
    Ok(match row {
        None => StoreError::not_found("article", id),
        Some(row) => {
            let reason = format!("the newest is {}; read it and try again", small(&row, "revision")?);
            StoreError::conflict("revision", reason)
        }
    })
}

fn slug_taken() -> StoreError {
    StoreError::conflict("slug", "another article has this address")
}

fn place(after: Option<ArticlePlace>) -> (i64, i64) {
    after.map_or((i64::MAX, i64::MAX), |(at, id)| (micros(at), id))
}

fn article(row: &Row) -> Result<Article> {
    let both = |en, zh| Ok::<_, StoreError>(Bilingual { en: row.try_get(en)?, zh: row.try_get(zh)? });
    let kind: String = row.try_get("kind")?;
    let finders: String = row.try_get("finders")?;
    let (ra, dec): (Option<f64>, Option<f64>) = (row.try_get("ra_deg")?, row.try_get("dec_deg")?);
    let (project, external): (Option<String>, Option<String>) =
        (row.try_get("project")?, row.try_get("external_id")?);
    Ok(Article {
        id: row.try_get("id")?,
        kind: ArticleKind::from_name(&kind).ok_or_else(|| StoreError::corrupt("kind", kind))?,
        slug: row.try_get("slug")?,
        revision: small(row, "revision")?,
        published_revision: small_or_none(row, "published_revision")?,
        published_at: timestamp_or_none(row, "published_at")?,
        created_at: timestamp(row, "created_at")?,
        changed_at: timestamp(row, "changed_at")?,
        number: small(row, "number")?,
        written_at: timestamp(row, "at")?,
        author: row.try_get("author")?,
        content: ArticleContent {
            title: both("title_en", "title_zh")?,
            summary: both("summary_en", "summary_zh")?,
            body: both("body_en", "body_zh")?,
            picture: row.try_get("picture")?,
            subject: row.try_get::<Option<i64>, _>("subject_id")?.map(SubjectId),
            finders: serde_json::from_str(&finders).map_err(|_| StoreError::corrupt("finders", finders))?,
            grade: row.try_get("grade")?,
            position: ra.zip(dec),
        },
        subject_name: project.zip(external),
        image: image_of(row)?,
    })
}
