//! The whole system, black box: HTTP through the gateway, SQL only for the audit and for time.

mod audit;
mod books;
