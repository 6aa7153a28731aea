//! What can go wrong, and the status it is answered with.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use service_kit::{
    db::{self, Failing},
    http::problem::Problem,
};

/// Why an operation has no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The caller may see it but not write it.
    #[error("not the caller's to write")]
    Forbidden,
    /// A unique field has this value already.
    #[error("{0} is taken")]
    Duplicate(&'static str),
    /// A field is well formed but wrong.
    #[error("{field} {rule}")]
    Invalid {
        /// The field as the client sent it.
        field: &'static str,
        /// The rule in words.
        rule: String,
    },
    /// The request was refused while it was read.
    #[error("{}", .0.code())]
    Refused(Problem),
    /// Something depends on it.
    #[error("in use: {0}")]
    InUse(&'static str),
    /// Seats of the flight are held or sold.
    #[error("seats of the flight are held or sold")]
    FlightHasBookings,
    /// Fewer seats are free.
    #[error("not enough free seats")]
    NoSeats,
    /// The hold was given back.
    #[error("the hold was given back")]
    Released,
    /// A hold asks for a flight that does not exist.
    #[error("no such flight to hold")]
    InvalidFlight,
    /// The hold was taken with other items.
    #[error("the hold was taken with other items")]
    HoldMismatch,
    /// The flight has departed.
    #[error("the flight has departed")]
    FlightDeparted,
    /// A hold spans currencies.
    #[error("the flights are sold in different currencies")]
    CurrencyMismatch,
    /// A hold names a flight twice.
    #[error("a flight is named twice")]
    DuplicateFlight,
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// What operations return.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A field that is well formed but wrong.
    pub fn invalid(field: &'static str, rule: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            rule: rule.into(),
        }
    }

    fn problem(self) -> Problem {
        let conflict = |code, detail: &str| Problem::new(StatusCode::CONFLICT, code, detail);
        let invalid =
            |code, detail: &str| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail);
        match self {
            Self::NotFound(what) => Problem::not_found(what),
            Self::Forbidden => Problem::forbidden(),
            Self::Duplicate(field) => Problem::duplicate(field),
            Self::Invalid { field, rule } => Problem::field(field, "invalid", rule),
            Self::Refused(problem) => problem,
            Self::InUse(detail) => conflict("IN_USE", detail),
            Self::FlightHasBookings => conflict(
                "FLIGHT_HAS_BOOKINGS",
                "This flight has bookings, or had some in the last 7 days",
            ),
            Self::NoSeats => conflict("NO_SEATS", "There are not enough free seats"),
            Self::Released => conflict("RELEASED", "These seats were given back"),
            Self::InvalidFlight => Problem::new(
                StatusCode::NOT_FOUND,
                "INVALID_FLIGHT",
                "There is no such flight",
            ),
            Self::HoldMismatch => invalid("HOLD_MISMATCH", "The hold was taken with other items"),
            Self::FlightDeparted => invalid("FLIGHT_DEPARTED", "The flight has departed"),
            Self::CurrencyMismatch => invalid(
                "CURRENCY_MISMATCH",
                "These flights are sold in different currencies",
            ),
            Self::DuplicateFlight => invalid("DUPLICATE_FLIGHT", "A flight is named twice"),
            Self::Database(error) => of_database(&error),
        }
    }
}

fn of_database(error: &sqlx::Error) -> Problem {
    if db::is_away(error) {
        tracing::warn!(%error, "the database is away");
        return Problem::unavailable("The inventory cannot be reached");
    }
    tracing::error!(%error, "a statement failed");
    Problem::internal()
}

impl Failing for Error {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        error.problem()
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
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
        let table = [
            (Error::NotFound("city"), 404, "NOT_FOUND"),
            (Error::Forbidden, 403, "FORBIDDEN"),
            (Error::Duplicate("city"), 409, "DUPLICATE"),
            (Error::invalid("price", "is odd"), 422, "VALIDATION"),
            (Error::Refused(Problem::malformed("?")), 400, "MALFORMED"),
            (Error::InUse("x"), 409, "IN_USE"),
            (Error::FlightHasBookings, 409, "FLIGHT_HAS_BOOKINGS"),
            (Error::NoSeats, 409, "NO_SEATS"),
            (Error::Released, 409, "RELEASED"),
            (Error::InvalidFlight, 404, "INVALID_FLIGHT"),
            (Error::HoldMismatch, 422, "HOLD_MISMATCH"),
            (Error::FlightDeparted, 422, "FLIGHT_DEPARTED"),
            (Error::CurrencyMismatch, 422, "CURRENCY_MISMATCH"),
            (Error::DuplicateFlight, 422, "DUPLICATE_FLIGHT"),
            (sqlx::Error::PoolTimedOut.into(), 503, "UPSTREAM_DOWN"),
            (sqlx::Error::RowNotFound.into(), 500, "INTERNAL"),
        ];
        for (error, status, code) in table {
            let name = error.to_string();
            let problem = error.problem();
            assert_eq!(
                (problem.status().as_u16(), problem.code()),
                (status, code),
                "{name}"
            );
        }
    }
}
