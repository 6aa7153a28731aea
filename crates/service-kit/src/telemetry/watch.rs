//! Gauges that only a database or a queue can tell.

use std::{fmt::Display, time::Duration};

use tokio_util::sync::CancellationToken;

use super::recorder;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(5);

/// Looks at once and every five seconds until `stop`. While it fails the gauges keep their
/// values; the log says so when that begins and when it ends.
pub async fn watch<F, E>(what: &'static str, stop: CancellationToken, mut look: impl FnMut() -> F)
where
    F: Future<Output = Result<(), E>>,
    E: Display,
{
    if recorder::is_off() {
        return stop.cancelled().await;
    }
    stop.run_until_cancelled(async {
        let mut blind = false;
        loop {
            let looked = look().await;
            match &looked {
                Ok(()) if blind => tracing::info!(what, "can be watched again"),
                Err(error) if !blind => tracing::warn!(what, %error, "cannot be watched"),
                _ => {}
            }
            blind = looked.is_err();
            tokio::time::sleep(EVERY).await;
        }
    })
    .await;
}

/// Microseconds of the database as seconds; 0 for none, or for one that is ahead of its clock.
#[expect(
    clippy::cast_precision_loss,
    reason = "ages are far below 2^53 microseconds"
)]
pub fn seconds(microseconds: Option<i64>) -> f64 {
    microseconds.unwrap_or(0).max(0) as f64 / 1e6
}
