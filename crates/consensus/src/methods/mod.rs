//! Methods that weigh votes of any crowd with any number of classes, one file each; each fits a
//! log at once and follows one vote by vote. Reading votes is left to the crate `votes`, the
//! lens project's own state to `live`, the house model to `house`.

pub(crate) mod belief;
pub(crate) mod by_task;
mod confusion;
mod dawid_skene;
mod dawid_skene_steps;
pub(crate) mod exact_sum;
mod glad;
mod glad_steps;
pub(crate) mod informativeness;
mod majority;
mod one_coin;
mod one_coin_steps;
mod wawa;

pub use dawid_skene::{DawidSkene, DawidSkeneConfig};
pub use glad::{Glad, GladConfig};
pub use majority::{Majority, MajorityConfig};
pub use one_coin::{OneCoin, OneCoinConfig};
pub use wawa::{Wawa, WawaConfig};
