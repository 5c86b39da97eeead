//! Who runs this server, as the operator wrote it down. Shipped empty: nobody is invented.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The people who run this server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// In the order in which they are shown.
    #[serde(default, rename(deserialize = "member"))]
    #[schema(required = true)]
    pub members: Vec<TeamMember>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamMember {
    /// As they want to be called.
    pub name: String,
    /// What they do, in English.
    pub role_en: String,
    /// What they do, in Chinese.
    pub role_zh: String,
    /// A page about them: `https://…`.
    #[schema(required = true)]
    pub link: Option<String>,
}

impl Team {
    /// Refuses what cannot be shown.
    ///
    /// # Errors
    /// A sentence that names the member and the remedy.
    pub fn check(&self) -> Result<(), String> {
        for member in &self.members {
            let name = &member.name;
            if name.trim().is_empty() {
                return Err("a member of the team has no name; give one, or leave the member out".to_owned());
            }
            if member.link.as_deref().is_some_and(|link| !link.starts_with("https://")) {
                return Err(format!("the link of {name} must begin with https://"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_web_and_members_have_names() {
        let member = |name: &str, link: &str| TeamMember {
            name: name.to_owned(),
            role_en: "Lead".to_owned(),
            role_zh: "负责人".to_owned(),
            link: Some(link.to_owned()),
        };
        let team = |member| Team { members: vec![member] };
        assert_eq!(team(member("Mei", "https://example.org")).check(), Ok(()));
        assert!(team(member("Mei", "javascript:alert(1)")).check().is_err());
        assert!(team(member(" ", "https://example.org")).check().is_err());
        assert_eq!(Team::default().check(), Ok(()));
    }
}
