//! `lensfinder project`: sets projects up and lists them.

use std::sync::Arc;

use campaign::{CampaignSpec, setup};

use super::tell;
use crate::{
    arguments::{Place, Project, ProjectWhat},
    failure::Failure,
    opening::open,
    terminal::Terminal,
};

/// Runs the command.
pub async fn run(wish: Project, place: Place, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let context = open(&place, terminal).await?;
    match wish.what {
        ProjectWhat::List => {
            let projects = context.store.projects().await?;
            let value: Vec<_> = projects
                .iter()
                .map(|p| serde_json::json!({"slug": p.slug, "name": p.name, "active": p.active, "model": p.active_model}))
                .collect();
            let words: Vec<String> = projects
                .iter()
                .map(|p| {
                    format!(
                        "{:<20} {:<40} {}",
                        p.slug,
                        p.name,
                        p.active_model.as_deref().unwrap_or("no model yet")
                    )
                })
                .collect();
            let words = if words.is_empty() {
                "no project yet; `lensfinder project create --help`".into()
            } else {
                words.join("\n")
            };
            tell(json, &value, &words)
        }
        ProjectWhat::Create { slug, name, survey, training, seed, spec } => {
            let usual = CampaignSpec::usual(seed, &survey, &training);
            let spec = match spec {
                None => usual,
                Some(path) => {
                    let text = std::fs::read_to_string(&path)?;
                    usual.with_toml(&text).map_err(|e| Failure::words(format!("{}: {e}", path.display())))?
                }
            };
            let name = name.unwrap_or_else(|| slug.clone());
            let project = setup::create(&context, &slug, &name, "", spec).await?;
            let status = context.store.status(project.id).await?;
            let value = serde_json::json!({"slug": slug, "images": status.images});
            tell(
                json,
                &value,
                &format!("project {slug}: {} images; now `lensfinder run {slug}`", status.images),
            )
        }
    }
}
