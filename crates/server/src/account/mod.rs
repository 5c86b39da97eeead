//! Accounts: passwords, what they may be, and the session a request belongs to.

pub(crate) mod password_rules;
pub(crate) mod passwords;
pub(crate) mod profile;
pub(crate) mod session;
