//! How an Airside service runs. Knows no word of flights, bookings or mails; something enters
//! only when two services use it.
//!
//! Start reading at [`service::Service`]: it takes a listener, a table of [`http::routes::Routes`]
//! and background tasks, and runs them until it is told to stop.

pub mod clock;
pub mod config;
pub mod db;
pub mod http;
pub mod identity;
pub mod outbox;
pub mod service;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;

pub use service::{Service, run};

#[doc(hidden)]
pub use schemars;
#[doc(hidden)]
pub use sqlx;

/// Every binary of the workspace that links the kit allocates with mimalloc: under load it keeps
/// less memory and takes less time than the system's allocator. `.cargo/config.toml` builds it
/// without transparent huge pages, which would round each process up by 9 MB.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
