//! What can go wrong, and the status it is answered with.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use contracts::jobs::{JobState, NOT_NOW};
use service_kit::{db, http::problem::Problem};

/// Why an operation has no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The ledger does not know the job.
    #[error("there is no such job")]
    NoSuchJob,
    /// Where the job stands, this cannot be done.
    #[error("the job is {}", .0.name())]
    NotNow(JobState),
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl Error {
    fn problem(self) -> Problem {
        match self {
            Self::NoSuchJob => Problem::not_found("job"),
            Self::NotNow(state) => {
                let detail = format!("This cannot be done with a job that is {}", state.name());
                Problem::new(StatusCode::CONFLICT, NOT_NOW, detail)
            }
            Self::Database(error) if db::is_away(&error) => {
                tracing::warn!(%error, "the database is away");
                Problem::unavailable("The ledger cannot be reached")
            }
            Self::Database(error) => {
                tracing::error!(%error, "a statement failed");
                Problem::internal()
            }
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        error.problem()
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.problem().into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_status_and_code() {
        let answer = |error: Error| {
            let problem = error.problem();
            (problem.status().as_u16(), problem.code())
        };
        assert_eq!(
            answer(Error::Database(sqlx::Error::PoolTimedOut)),
            (503, "UPSTREAM_DOWN")
        );
        assert_eq!(answer(Error::NoSuchJob), (404, "NOT_FOUND"));
        assert_eq!(answer(Error::NotNow(JobState::Done)), (409, "NOT_NOW"));
        assert_eq!(
            answer(Error::Database(sqlx::Error::RowNotFound)),
            (500, "INTERNAL")
        );
    }
}
