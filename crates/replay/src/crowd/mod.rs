//! A crowd of simulated people: what kinds there are, how often each is right, and what one of them
//! says about an image. Every answer is a pure function of the seed, the person and the image. What
//! real people do is another matter: see the rates in [`Kind`]. How they reach a server is left to `cli`.

mod answer;
mod kind;
mod mix;
mod truth;

pub(crate) use answer::standard_normal;
pub use answer::{Skill, answer};
pub use kind::{Kind, Rates};
pub use mix::{CrowdMix, CrowdPreset, Person, share_out};
pub use truth::TruthEntry;
