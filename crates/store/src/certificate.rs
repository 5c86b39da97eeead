//! Certificates: what was printed about somebody's work, kept so that anybody who holds the paper
//! can ask whether it is real. The paper itself is left to the server.

use domain::{Timestamp, VolunteerId};

use crate::{
    Result, Store,
    store::{on_backend, write_on_backend},
};

const DAY_MICROS: i64 = 24 * 3600 * 1_000_000;

/// A certificate to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCertificate {
    /// What proves it, made by the caller; nobody can guess it.
    pub code: String,
    /// Whose work it is.
    pub volunteer: VolunteerId,
    /// The name on it.
    pub display_name: String,
    /// Images looked at.
    pub images: u64,
    /// Candidates helped.
    pub candidates: u64,
    /// The first answer.
    pub first_at: Timestamp,
    /// The last answer.
    pub last_at: Timestamp,
}

/// A certificate that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// What proves it.
    pub code: String,
    /// The name on it.
    pub display_name: String,
    /// Images looked at.
    pub images: u64,
    /// Candidates helped.
    pub candidates: u64,
    /// The first answer.
    pub first_at: Timestamp,
    /// The last answer.
    pub last_at: Timestamp,
    /// When it was issued.
    pub issued_at: Timestamp,
}

impl Store {
    /// Issues a certificate, or returns the one that this person was issued today (UTC) already:
    /// asking twice gives the same paper.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn issue_certificate(&self, new: NewCertificate) -> Result<Certificate> {
        let now = self.now();
        let day = now.timestamp_micros().div_euclid(DAY_MICROS);
        write_on_backend!(self, "issuing a certificate", certificate::issue(new, day, now))
    }

    /// The certificate with this code, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn certificate(&self, code: &str) -> Result<Option<Certificate>> {
        let code = code.to_owned();
        on_backend!(self, read, "looking a certificate up", certificate::by_code(code))
    }
}
