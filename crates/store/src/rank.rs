//! What a person may do on the site, beyond what everybody may. (What a *subject* is for is [`crate::Role`].)

use serde::{Deserialize, Serialize};

/// A person's role, in order: each may do what those before it may, except that contested images are
/// for experts alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// Everybody with an account.
    #[default]
    Volunteer,
    /// Is asked about contested images, too, however their record stands.
    Expert,
    /// Sees what the data says: experiments, models, exports.
    Researcher,
    /// Runs projects: news, feedback, rounds.
    Lead,
    /// Gives roles.
    Admin,
}

impl Rank {
    /// All of them, from below.
    pub const ALL: [Self; 5] = [Self::Volunteer, Self::Expert, Self::Researcher, Self::Lead, Self::Admin];

    /// As the database writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Volunteer => "volunteer",
            Self::Expert => "expert",
            Self::Researcher => "researcher",
            Self::Lead => "lead",
            Self::Admin => "admin",
        }
    }

    /// The rank with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rank| rank.name() == name)
    }
}

impl std::fmt::Display for Rank {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_ordered_and_known_by_their_names() {
        assert!(Rank::ALL.is_sorted());
        for rank in Rank::ALL {
            assert_eq!(Rank::from_name(rank.name()), Some(rank));
        }
        assert_eq!(Rank::from_name("owner"), None);
    }
}
