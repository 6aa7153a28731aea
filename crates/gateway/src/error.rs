//! What can go wrong with accounts, and how each is answered.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use contracts::{ProblemField, erasure::BLOCKED};
use service_kit::{
    db::{self, Failing},
    http::problem::Problem,
};

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody has signed up with this address.
    #[error("the e-mail address is taken")]
    EmailTaken,
    /// Unknown address or wrong password; nobody learns which.
    #[error("address or password are wrong")]
    BadCredentials,
    /// No such account, or not the caller's to know of.
    #[error("no such user")]
    NoSuchUser,
    /// The token is good, its account is gone.
    #[error("the account is gone")]
    AccountGone,
    /// The account is disabled.
    #[error("the account is disabled")]
    Disabled,
    /// The account does not have this role.
    #[error("no such role")]
    NoSuchRole,
    /// Nobody could administer the platform any more.
    #[error("the last administrator stays")]
    LastAdministrator,
    /// Not the caller's own password, which a change of it asks for.
    #[error("the current password is wrong")]
    WrongPassword,
    /// The token of a link is unknown, used or expired, or for something else.
    #[error("the token of a link is not good")]
    BadToken,
    /// Somebody cannot be erased while these stand.
    #[error("the erasure is blocked by {0:?}")]
    ErasureBlocked(Vec<ProblemField>),
    /// The refresh token is unknown or used, or its session is over.
    #[error("the session is over")]
    SessionOver,
    /// More passwords wait to be hashed than can be in time.
    #[error("too many sign-ins at once")]
    Busy,
    /// The hash function itself failed.
    #[error("hashing failed")]
    Hashing,
    /// The database refused or is away.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
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
        match error {
            Error::EmailTaken => Problem::new(
                StatusCode::CONFLICT,
                "EMAIL_TAKEN",
                "email: there is an account with this address already",
            )
            .naming(
                "email",
                "taken",
                "there is an account with this address already",
            ),
            Error::BadCredentials => Problem::new(
                StatusCode::UNAUTHORIZED,
                "BAD_CREDENTIALS",
                "E-mail address or password are wrong",
            )
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Error::NoSuchUser => Problem::not_found("user"),
            Error::AccountGone => Problem::unauthenticated("The account of this token is gone"),
            Error::Disabled => Problem::new(
                StatusCode::FORBIDDEN,
                "FORBIDDEN",
                "This account is disabled",
            ),
            Error::NoSuchRole => Problem::not_found("role of this user"),
            Error::LastAdministrator => Problem::new(
                StatusCode::CONFLICT,
                "IN_USE",
                "This is the last administrator who can sign in",
            ),
            Error::WrongPassword => {
                Problem::field("currentPassword", "wrong", "is not your password")
            }
            Error::ErasureBlocked(reasons) => {
                let detail = "Something of this account is still under way; it is open again";
                let problem = Problem::new(StatusCode::CONFLICT, BLOCKED, detail);
                reasons.iter().fold(problem, |problem, reason| {
                    problem.naming(&reason.field, &reason.code, &reason.message)
                })
            }
            Error::BadToken => Problem::field("token", "invalid", "is unknown, used or expired"),
            Error::SessionOver => Problem::unauthenticated("The session is over; sign in again"),
            Error::Busy => Problem::unavailable("Too many people sign in right now; try again"),
            Error::Database(error) if db::is_away(&error) => {
                tracing::warn!(%error, "the database is away");
                Problem::unavailable("Accounts cannot be reached right now; try again")
            }
            Error::Hashing | Error::Database(_) => {
                tracing::error!(%error, "a request failed");
                Problem::internal()
            }
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_status_and_code() {
        let table = [
            (Error::EmailTaken, 409, "EMAIL_TAKEN"),
            (Error::BadCredentials, 401, "BAD_CREDENTIALS"),
            (Error::NoSuchUser, 404, "NOT_FOUND"),
            (Error::AccountGone, 401, "UNAUTHENTICATED"),
            (Error::Disabled, 403, "FORBIDDEN"),
            (Error::NoSuchRole, 404, "NOT_FOUND"),
            (Error::LastAdministrator, 409, "IN_USE"),
            (Error::WrongPassword, 422, "VALIDATION"),
            (Error::BadToken, 422, "VALIDATION"),
            (Error::ErasureBlocked(vec![]), 409, "ERASURE_BLOCKED"),
            (Error::SessionOver, 401, "UNAUTHENTICATED"),
            (Error::Busy, 503, "UPSTREAM_DOWN"),
            (Error::Hashing, 500, "INTERNAL"),
            (
                Error::Database(sqlx::Error::PoolTimedOut),
                503,
                "UPSTREAM_DOWN",
            ),
            (Error::Database(sqlx::Error::RowNotFound), 500, "INTERNAL"),
        ];
        for (error, status, code) in table {
            let problem = Problem::from(error);
            assert_eq!((problem.status().as_u16(), problem.code()), (status, code));
        }
    }
}
