//! People with a role or a verified address, for the tests of what only they may do.

use std::time::Duration;

use domain::{Digest, VolunteerId};
use store::{LinkPurpose, NewLink, NewRank, Rank};

use super::test_server::{Browser, TestServer};

impl TestServer {
    /// Who this account belongs to.
    pub async fn id_of(&self, name: &str) -> VolunteerId {
        let found = self.store.credentials(&format!("{name}@example.org")).await.expect("a database");
        found.expect("an account").volunteer.id
    }

    /// As if they had opened the link in the letter.
    pub async fn verify_address(&self, name: &str) {
        let digest = Digest::of(format!("a link to {name}").as_bytes());
        let link = NewLink {
            digest,
            volunteer: self.id_of(name).await,
            purpose: LinkPurpose::Verify,
            email: format!("{name}@example.org"),
            lifetime: Duration::from_secs(60),
        };
        self.store.create_link(link).await.expect("a link");
        self.store.verify_address(digest).await.expect("verified");
    }

    /// Someone who just signed up and was made a lead by the command line.
    pub async fn lead(&self, name: &str) -> Browser {
        let browser = self.volunteer(name).await;
        let volunteer = self.id_of(name).await;
        let role = NewRank { volunteer, role: Rank::Lead, by: None, reason: "for a test".to_owned() };
        self.store.set_rank(role).await.expect("a role");
        browser
    }
}
