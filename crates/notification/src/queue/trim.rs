//! Keeps the queue in Redis small: the library never forgets a job by itself, and its vacuum
//! forgets jobs that are not done.

use std::time::Duration;

use contracts::email::QUEUE;
use redis::{Script, aio::ConnectionManager};

const EVERY: Duration = Duration::from_secs(10);
/// Jobs forgotten in one call.
const BATCH: u32 = 500;
/// Jobs that made no sense stay, about so many, for whoever wants to know why.
const DEAD_KEPT: u32 = 100;

/// Trims at the start and every ten seconds; ends when Redis does not answer.
pub async fn run(mut connection: ConnectionManager) {
    let script = Script::new(include_str!("trim.lua"));
    let mut tick = tokio::time::interval(EVERY);
    loop {
        tick.tick().await;
        loop {
            let call = script
                .key(QUEUE)
                .arg(BATCH)
                .arg(DEAD_KEPT)
                .invoke_async::<u32>(&mut connection)
                .await;
            match call {
                Ok(forgotten) if forgotten < BATCH => break,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "the queue cannot be trimmed");
                    return;
                }
            }
        }
    }
}
