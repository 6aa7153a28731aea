//! The senders: claim what is due in the ledger, send it, store what the mail server said.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use service_kit::http::correlation;
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    deliveries::{Delivery, LEASE, Ledger, Outcome},
    mail::{Mailbag, SEND_TIMEOUT},
    metrics,
};

/// Without a wake-up the ledger is looked at this often.
const SWEEP: Duration = Duration::from_secs(1);
/// How long the writing of a result may be tried again: while nobody else can have the lease.
const SETTLE_FOR: Duration = LEASE.saturating_sub(SEND_TIMEOUT.saturating_mul(2));

/// Sends until `stop`; mails under way are finished. `senders` mails are under way at a time, each
/// on a connection of its own; as many can be repeated when this process is killed.
pub async fn run(ledger: Ledger, mailbag: Arc<Mailbag>, senders: usize, stop: CancellationToken) {
    let candidates = 2 * senders;
    let senders = Arc::new(Semaphore::new(senders));
    let under_way = TaskTracker::new();
    while !stop.is_cancelled() {
        let swept = sweep(&ledger, &mailbag, &senders, candidates, &under_way).await;
        let more_is_due = swept.unwrap_or_else(|error| {
            tracing::warn!(%error, "the ledger cannot be swept");
            false
        });
        tokio::select! {
            () = stop.cancelled() => {}
            // The next free sender looks for more at once.
            free = senders.acquire(), if more_is_due => drop(free),
            () = ledger.woken(), if !more_is_due => {}
            () = sleep(SWEEP), if !more_is_due => {}
        }
    }
    under_way.close();
    under_way.wait().await;
}

/// Hands what is due to the free senders, each mail claimed right before. Whether there was any.
async fn sweep(
    ledger: &Ledger,
    mailbag: &Arc<Mailbag>,
    senders: &Arc<Semaphore>,
    candidates: usize,
    under_way: &TaskTracker,
) -> sqlx::Result<bool> {
    // Other replicas look at the same rows: some will be gone.
    let candidates = ledger.due(candidates).await?;
    let found_any = !candidates.is_empty();
    for candidate in candidates {
        let Ok(sender) = Arc::clone(senders).try_acquire_owned() else {
            break;
        };
        let Some(claim) = ledger.claim(candidate).await? else {
            continue;
        };
        let (ledger, mailbag) = (ledger.clone(), Arc::clone(mailbag));
        under_way.spawn(async move {
            let work = deliver(&ledger, &mailbag, &claim);
            correlation::caused_by(claim.cause(), work).await;
            drop(sender);
        });
    }
    Ok(found_any)
}

/// Sends one mail and stores what became of it.
async fn deliver(ledger: &Ledger, mailbag: &Mailbag, claim: &Delivery) {
    let attempt = AssertUnwindSafe(mailbag.send(&claim.payload, &claim.message_id));
    let outcome = attempt.catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(job = claim.job_id, "sending panicked");
        Outcome::Transient("sending panicked".to_owned())
    });
    note(claim, mailbag, &outcome);
    let until = Instant::now() + SETTLE_FOR;
    loop {
        match ledger.settle(claim, &outcome).await {
            Ok(true) => return,
            Ok(false) => {
                tracing::warn!(
                    job = claim.job_id,
                    attempt = claim.attempts,
                    "the lease was taken over: this result does not count"
                );
                return;
            }
            Err(error) if Instant::now() < until => {
                tracing::warn!(job = claim.job_id, %error, "a result cannot be stored yet");
                sleep(SWEEP).await;
            }
            Err(error) => {
                tracing::error!(job = claim.job_id, %error, "a result was not stored");
                return;
            }
        }
    }
}

fn note(claim: &Delivery, mailbag: &Mailbag, outcome: &Outcome) {
    let (job, attempt, template) = (&claim.job_id, claim.attempts, &claim.template);
    match outcome {
        Outcome::Accepted => tracing::info!(job, attempt, template, "mail accepted"),
        Outcome::Transient(_) => tracing::warn!(job, attempt, template, "mail put off"),
        Outcome::Permanent(_) => tracing::error!(job, attempt, template, "mail given up"),
    }
    let template = match mailbag.knows(template) {
        true => template,
        false => "unknown",
    };
    metrics::attempted(job, template, outcome);
}
