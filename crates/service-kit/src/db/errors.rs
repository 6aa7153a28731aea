//! What the server's error numbers mean.

use sqlx::mysql::MySqlDatabaseError;

/// An operation's error that may have come from the database.
pub trait Failing {
    /// The database's error, if it is one.
    fn database(&self) -> Option<&sqlx::Error>;
}

impl Failing for sqlx::Error {
    fn database(&self) -> Option<&sqlx::Error> {
        Some(self)
    }
}

/// The server's error number, such as 1062.
pub fn number(error: &sqlx::Error) -> Option<u16> {
    let database = error.as_database_error()?;
    database
        .try_downcast_ref::<MySqlDatabaseError>()
        .map(MySqlDatabaseError::number)
}

/// A unique key was there already.
pub fn is_duplicate(error: &sqlx::Error) -> bool {
    number(error) == Some(1062)
}

/// The unique key named `key` was there already.
pub fn is_duplicate_of(error: &sqlx::Error, key: &str) -> bool {
    let message = error
        .as_database_error()
        .map(|database| database.message().to_owned());
    // MariaDB names the key alone, MySQL 8 writes table.key: both end with the key's name.
    is_duplicate(error) && message.is_some_and(|text| text.trim_end_matches('\'').ends_with(key))
}

/// A row cannot go because others refer to it (1451), or refers to one that is not there (1452).
pub fn is_referenced(error: &sqlx::Error) -> bool {
    matches!(number(error), Some(1451 | 1452))
}

/// The transaction lost against another one and may simply be run again.
pub(super) fn is_transient(error: &sqlx::Error) -> bool {
    matches!(number(error), Some(1213 | 1205 | 1020))
}

/// The database cannot be reached, or not in time.
pub fn is_away(error: &sqlx::Error) -> bool {
    let away = matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Tls(_)
    );
    // 1053 shutdown in progress, 1040 too many connections, 1927 connection killed, 1205 lock wait.
    away || matches!(number(error), Some(1053 | 1040 | 1927 | 1205 | 1213 | 1020))
}
