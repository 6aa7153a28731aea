//! Runs a transaction again when it lost against another one.

use std::time::Duration;

use super::errors::{Failing, is_transient};

const ATTEMPTS: u32 = 5;

/// Runs `transaction` (which begins and commits by itself) up to 5 times, with jitter between, as
/// long as it fails by deadlock (1213), lock wait (1205) or a changed record (1020).
pub async fn retry<T, E, F>(mut transaction: impl FnMut() -> F) -> Result<T, E>
where
    E: Failing,
    F: Future<Output = Result<T, E>>,
{
    for attempt in 1.. {
        match transaction().await {
            Err(error) if attempt < ATTEMPTS && error.database().is_some_and(is_transient) => {
                let pause = rand::random_range(5..=20 << attempt);
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
            outcome => return outcome,
        }
    }
    unreachable!("the loop ends by returning")
}
