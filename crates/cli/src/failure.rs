//! How a failed command ends: the reason on standard error, as text or JSON, and an
//! exit code that says whether it failed or was stopped.

use std::process::ExitCode;

use campaign::CampaignError;
use domain::Cancelled;

use crate::crowd::CrowdError;

/// Why a command did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// The person asked to stop; the same command goes on from there.
    Stopped,
    /// The person asked to stop work that keeps nothing half done.
    StoppedWhole,
    /// Whoever read standard output has enough (`… | head`): no failure, and nothing more to say.
    Unread,
    /// It was done, but not for every image, and the person asked to be told so by the exit code.
    LeftOut,
    /// A look at the machine found something wrong, and has said so.
    Unwell,
    /// It failed.
    Failed(miette::Report),
}

impl Failure {
    /// A failure with these words.
    pub fn words(text: impl std::fmt::Display) -> Self {
        Self::Failed(miette::miette!("{text}"))
    }

    /// Tells the person and gives the exit code.
    pub fn report(self, json: bool) -> ExitCode {
        match self {
            Self::Stopped => {
                if !json {
                    eprintln!("Stopped. Run the same command to go on.");
                }
                ExitCode::from(130)
            }
            Self::StoppedWhole => {
                if !json {
                    eprintln!("Stopped. The same command starts over.");
                }
                ExitCode::from(130)
            }
            Self::Unread => ExitCode::SUCCESS,
            Self::LeftOut => ExitCode::from(3),
            Self::Unwell => ExitCode::FAILURE,
            Self::Failed(report) => {
                if json {
                    eprintln!("{}", serde_json::json!({"event": "error", "message": report.to_string()}));
                } else {
                    eprintln!("Error: {report}");
                    for cause in report.chain().skip(1) {
                        eprintln!("  because {cause}");
                    }
                }
                ExitCode::FAILURE
            }
        }
    }
}

macro_rules! from {
    ($($error:ty),* $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::Failed(miette::Report::msg(error.to_string()))
            }
        }
    )*};
}

from!(std::io::Error, store::StoreError, serde_json::Error, toml::de::Error, finder::RegistryError);

impl From<csv::Error> for Failure {
    fn from(error: csv::Error) -> Self {
        match error.kind() {
            // Tables are written to files and to standard output; only the latter has a reader.
            csv::ErrorKind::Io(gone) if gone.kind() == std::io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::Failed(miette::Report::msg(error.to_string())),
        }
    }
}

impl From<Cancelled> for Failure {
    fn from(_: Cancelled) -> Self {
        Self::Stopped
    }
}

impl From<CampaignError> for Failure {
    fn from(error: CampaignError) -> Self {
        match error {
            CampaignError::Cancelled(_)
            | CampaignError::Survey(survey::SurveyError::Cancelled(_))
            | CampaignError::Simulate(simulate::SimulateError::Cancelled(_)) => Self::Stopped,
            other => Self::words(other),
        }
    }
}

impl From<survey::SurveyError> for Failure {
    fn from(error: survey::SurveyError) -> Self {
        CampaignError::from(error).into()
    }
}

impl From<survey::catalogue::CatalogueError> for Failure {
    fn from(error: survey::catalogue::CatalogueError) -> Self {
        use survey::catalogue::CatalogueError as E;
        match error {
            E::Cancelled(_) => Self::Stopped,
            E::Survey(error) => error.into(),
            other => Self::words(other),
        }
    }
}

impl From<simulate::SimulateError> for Failure {
    fn from(error: simulate::SimulateError) -> Self {
        CampaignError::from(error).into()
    }
}

impl From<finder::FinderError> for Failure {
    fn from(error: finder::FinderError) -> Self {
        CampaignError::from_finder(error).into()
    }
}

impl From<CrowdError> for Failure {
    fn from(error: CrowdError) -> Self {
        match error {
            CrowdError::Cancelled(_) => Self::Stopped,
            other => Self::words(other),
        }
    }
}
