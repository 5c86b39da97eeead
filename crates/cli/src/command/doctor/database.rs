//! Whether the workspace's database answers. One that is not there is not made; one that is there is opened
//! as every command opens it, which brings its schema up to date.

use store::{DatabaseKind, Store};

use super::{Check, Section};
use crate::{arguments::Place, clock::SystemClock};

/// The database, where there is one to look at.
pub async fn section(place: &Place) -> Section {
    let Place { workspace, database, .. } = place;
    let mut checks = Vec::new();
    if workspace.is_dir() {
        checks.push(Check::fine("folder", workspace.display().to_string()));
    } else {
        let says =
            format!("there is no {} yet; the first command that needs it makes it", workspace.display());
        checks.push(Check::absent("folder", says));
    }
    checks.push(check(place, database.as_deref()).await);
    Section { title: "Workspace", checks }
}

async fn check(place: &Place, given: Option<&str>) -> Check {
    let usual = place.workspace.join("lensfinder.db");
    let url = match given {
        Some(url) => url.to_owned(),
        None if usual.is_file() => format!("sqlite:{}", usual.display()),
        None => return Check::absent("database", format!("there is no {} yet", usual.display())),
    };
    if let Some(path) = url.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path))
        && !std::path::Path::new(path).is_file()
    {
        return Check::wrong("database", format!("there is no {path}; correct --database"));
    }
    let counted = async {
        let store = Store::connect(&url, std::sync::Arc::new(SystemClock)).await?;
        let (kind, projects) = (store.kind(), store.projects().await?.len());
        store.close().await;
        Ok::<_, store::StoreError>((kind, projects))
    };
    match counted.await {
        Ok((kind, projects)) => {
            let kind = match kind {
                DatabaseKind::Sqlite => "SQLite",
                DatabaseKind::Postgres => "PostgreSQL",
            };
            Check::fine("database", format!("{kind} answers; projects: {projects}"))
        }
        Err(error) => Check::wrong("database", error.to_string()),
    }
}
