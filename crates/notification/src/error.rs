//! What can go wrong, and the status it is answered with.

use axum::response::{IntoResponse, Response};
use service_kit::{db, http::problem::Problem};

/// Why an operation has no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl Error {
    fn problem(self) -> Problem {
        match self {
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
        assert_eq!(
            answer(Error::Database(sqlx::Error::RowNotFound)),
            (500, "INTERNAL")
        );
    }
}
