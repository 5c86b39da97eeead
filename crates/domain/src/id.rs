//! Typed ids, so that a subject is never taken for a volunteer.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $inner:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<$inner> for $name {
            fn from(inner: $inner) -> Self {
                Self(inner)
            }
        }
    };
}

id!(
    /// A project: one survey pool with its own queue, log and models.
    ProjectId, i64
);
id!(
    /// One image of one project that people can be asked about.
    SubjectId, i64
);
id!(
    /// A person with an account.
    VolunteerId, Uuid
);
id!(
    /// One image handed to one volunteer: a lease, and the record of the impression.
    AssignmentId, Uuid
);
id!(
    /// One entry of the classification log; made by the client, so that a retry is recognised.
    ClassificationId, Uuid
);
