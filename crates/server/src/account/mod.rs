//! Accounts: passwords, what they may be, the session or the token a request belongs to, and who may
//! do what. Another way of signing in (ORCID, the China-VO passport) would be a module here that ends in
//! `session::begin` with a [`store::SignInWay`] of its own; a second factor would come before that call.

pub(crate) mod bearer;
pub(crate) mod device;
pub(crate) mod password_rules;
pub(crate) mod passwords;
pub(crate) mod profile;
pub(crate) mod proof;
pub(crate) mod role;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod visitor;
