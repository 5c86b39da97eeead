//! Letters to people: what they say (`letters`), how they leave (`route`), and the tasks that send them
//! (`post`). A request never waits for a letter, nor does it learn whether one was written.

mod letters;
mod post;
mod route;

pub(crate) use post::{Errand, Post};
pub(crate) use route::{KeptLetter, kept};
pub use route::{MailRoute, MailSettings};
