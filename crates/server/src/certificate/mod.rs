//! The certificate: what somebody did, on one page that can be printed, in Chinese or English, with
//! a code by which anybody can check it. No time and no speed is on it. Which numbers go on it is
//! decided by the endpoint; they are kept by the store.

mod code;
mod draw;
mod fonts;
mod words;

pub(crate) use code::{new_code, read_code};
pub(crate) use draw::draw;

/// The languages a certificate can be had in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Chinese,
}

impl Language {
    /// BCP 47.
    const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-Hans",
        }
    }
}
