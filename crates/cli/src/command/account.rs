//! `lensfinder account`: people with an account and their roles, for whoever runs the server.

use std::sync::Arc;

use campaign::Context;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use store::{NewRank, PeopleQuery, Person, Rank};
use uuid::Uuid;

use super::tell;
use crate::{arguments::Place, failure::Failure, opening::open, terminal::Terminal};

/// `lensfinder account`.
#[derive(Debug, Args)]
#[command(after_help = "Works on the database directly, beside a running server or without one.\n\n\
        Examples:\n  \
        lensfinder account list --role lead\n  \
        lensfinder account role mira@example.org expert --reason 'reviews candidates'\n  \
        lensfinder account claim --url https://lens.example.org")]
pub struct Account {
    /// What to do
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// People with an account, those who signed up last first
    #[command(after_help = "Examples:\n  lensfinder account list --search example.org --limit 5\n  \
        lensfinder account list --role admin --json")]
    List {
        /// Part of a name or an e-mail address
        #[arg(long, value_name = "TEXT", default_value = "")]
        search: String,
        /// Only people with this role
        #[arg(long)]
        role: Option<Role>,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// Give somebody a role; it is written down in the record that admins see
    #[command(after_help = "Example:\n  lensfinder account role mira@example.org admin")]
    Role {
        /// Their e-mail address
        email: String,
        /// The role
        role: Role,
        /// For the record
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Make a link that makes whoever opens it the first admin; it works once, for 24 hours
    #[command(after_help = "Example:\n  lensfinder account claim --url https://lens.example.org")]
    Claim {
        /// Where people find the site
        #[arg(long, default_value = "http://127.0.0.1:8080", env = "LENSFINDER_PUBLIC_URL")]
        url: String,
    },
}

/// What a person may do.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Role {
    /// Everybody
    Volunteer,
    /// Is asked about contested images, too
    Expert,
    /// Sees experiments, models and exports
    Researcher,
    /// Runs projects: news, feedback, rounds
    Lead,
    /// Gives roles
    Admin,
}

impl From<Role> for Rank {
    fn from(role: Role) -> Self {
        match role {
            Role::Volunteer => Self::Volunteer,
            Role::Expert => Self::Expert,
            Role::Researcher => Self::Researcher,
            Role::Lead => Self::Lead,
            Role::Admin => Self::Admin,
        }
    }
}

/// A person, as JSON.
#[derive(Serialize)]
struct Line {
    id: Uuid,
    email: String,
    display_name: String,
    role: Rank,
    email_verified: bool,
    votes: u64,
    created_at: DateTime<Utc>,
}

impl From<Person> for Line {
    fn from(person: Person) -> Self {
        let who = person.volunteer;
        Self {
            id: who.id.0,
            email: who.email,
            display_name: who.display_name,
            role: who.role,
            email_verified: who.email_verified_at.is_some(),
            votes: person.votes,
            created_at: who.created_at,
        }
    }
}

/// Runs the command.
pub async fn run(wish: Account, place: Place, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let context = open(&place, terminal).await?;
    let outcome = match wish.what {
        What::List { search, role, limit } => list(&context, search, role, limit, json).await,
        What::Role { email, role, reason } => give(&context, &email, role.into(), reason, json).await,
        What::Claim { url } => claim(&context, &url, json).await,
    };
    context.store.close().await;
    outcome
}

async fn list(
    context: &Context,
    text: String,
    role: Option<Role>,
    limit: u32,
    json: bool,
) -> Result<(), Failure> {
    let query = PeopleQuery { text, role: role.map(Rank::from), after: None, limit };
    let lines: Vec<Line> = context.store.people(query).await?.into_iter().map(Line::from).collect();
    let mut words = format!("{:<10}  {:>7}  {:<10}  {:<32}  name", "role", "votes", "since", "e-mail");
    for line in &lines {
        let email = format!("{}{}", line.email, if line.email_verified { "" } else { " (not verified)" });
        let since = line.created_at.format("%Y-%m-%d");
        words += &format!(
            "\n{:<10}  {:>7}  {since:<10}  {email:<32}  {}",
            line.role, line.votes, line.display_name
        );
    }
    tell(json, &lines, if lines.is_empty() { "Nobody." } else { &words })
}

async fn give(context: &Context, email: &str, role: Rank, reason: String, json: bool) -> Result<(), Failure> {
    let known = context.store.credentials(email).await?;
    let Some(known) = known else {
        return Err(Failure::words(format!(
            "no account has the address {email}; `lensfinder account list --search` finds people"
        )));
    };
    let before = known.volunteer.role;
    let new = NewRank { volunteer: known.volunteer.id, role, by: None, reason };
    let after = context.store.set_rank(new).await?;
    let value = serde_json::json!({ "email": after.email, "before": before, "role": after.role });
    let words = if before == after.role {
        format!("{} is {role} already.", after.email)
    } else {
        format!("{}: {before} → {role}.", after.email)
    };
    tell(json, &value, &words)
}

async fn claim(context: &Context, url: &str, json: bool) -> Result<(), Failure> {
    let Some(link) = server::claim_link(&context.store, url.trim_end_matches('/')).await? else {
        return Err(Failure::words(
            "there is an admin already, who can give roles at /admin/people; `lensfinder account role` can, too"
                .to_owned(),
        ));
    };
    let hours = server::CLAIM_LIFETIME.as_secs() / 3600;
    let value = serde_json::json!({ "link": link, "hours": hours });
    tell(
        json,
        &value,
        &format!("Whoever opens this within {hours} hours becomes the first admin:\n\n  {link}"),
    )
}
