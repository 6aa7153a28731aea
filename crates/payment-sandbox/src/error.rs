//! What can go wrong, and the status it is answered with.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use service_kit::{db, http::problem::Problem};

/// Why an operation has no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The id was used with another amount or currency.
    #[error("the id was used with another amount or currency")]
    ChargeMismatch,
    /// No charge has come with this id, and no void.
    #[error("no such charge")]
    NotFound,
    /// A refund of what was not taken.
    #[error("nothing was captured")]
    NotCaptured,
    /// The card network does not answer (a test token's doing).
    #[error("the network did not answer")]
    NoAnswer,
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl Error {
    fn problem(self) -> Problem {
        match self {
            Self::ChargeMismatch => Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "CHARGE_MISMATCH",
                "This id was used with another amount or currency",
            ),
            Self::NotFound => Problem::not_found("charge"),
            Self::NotCaptured => Problem::new(
                StatusCode::CONFLICT,
                "NOT_CAPTURED",
                "Nothing was captured with this id",
            ),
            Self::NoAnswer => Problem::unavailable("The card network did not answer"),
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
        assert_eq!(answer(Error::ChargeMismatch), (422, "CHARGE_MISMATCH"));
        assert_eq!(answer(Error::NotFound), (404, "NOT_FOUND"));
        assert_eq!(answer(Error::NotCaptured), (409, "NOT_CAPTURED"));
        assert_eq!(answer(Error::NoAnswer), (503, "UPSTREAM_DOWN"));
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
