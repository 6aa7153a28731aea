//! Private MariaDB and Redis servers: durable ones for `up`, throw-away ones for `test`.

pub mod mariadb;
pub mod redis;
pub mod throwaway;

/// How much a server may forget when it is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was acknowledged (Redis: at most a second).
    Kept,
    /// Everything: for tests only.
    ThrowAway,
}
