//! Whether what was acknowledged is true.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use audit::{Audit, Schemas};
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection};

use super::{
    Plan, QUIESCE, Report,
    client::{Memory, Promise},
    killer::Deaths,
};
use crate::stack::Stack;

/// A lease of a dead worker lasts a minute, then the mail goes out.
const MAIL_LIMIT: Duration = Duration::from_secs(150);
/// Answers that are asked for again.
const REPLAYS: usize = 60;

/// Waits until all is settled, then checks every promise.
pub async fn run(
    stack: &mut Stack,
    plan: &Plan,
    memory: &Memory,
    deaths: Deaths,
) -> anyhow::Result<Report> {
    let schemas = stack.database.schemas.clone();
    let audit = Audit::new(&stack.database.audit_url(), schemas.clone())?;
    let mut root = stack.database.root().await?;
    let left = audit.quiesce(QUIESCE).await?;
    let still = audit.under_way().await?.into_iter();
    let mut problems: Vec<String> = memory.strange.clone();
    problems.extend(still.map(|what| format!("still under way: {what}")));
    if memory.given_up > 0 {
        problems.push(format!("{} requests were given up", memory.given_up));
    }
    let buried = deaths.worker_died.filter(|_| plan.impatient);
    wait_for_mails(&mut root, &schemas, buried).await?;
    problems.extend(bookings(&mut root, &schemas, memory).await?);
    problems.extend(payments(&mut root, &schemas, memory).await?);
    let (replayed, different) = replay(memory).await;
    problems.extend(different);
    let mails = mails(&mut root, &schemas, stack).await?;
    let worker_kills = deaths.of_worker();
    if mails.copies as u64 > worker_kills {
        problems.push(format!(
            "{} copies of mails after {worker_kills} kills of the worker",
            mails.copies
        ));
    }
    problems.extend(mails.problems);
    let alone = deaths.by_themselves.iter();
    problems.extend(alone.map(|part| format!("ended without being killed: {part}")));
    let report = Report {
        deaths,
        settled_after: Duration::ZERO,
        bookings: memory.promises.len(),
        payments: memory.settled.len(),
        replayed,
        booked: mails.booked,
        mails: mails.arrived,
        copies: mails.copies,
        left,
        audit: audit.run().await?,
        problems,
    };
    root.close().await?;
    Ok(report)
}

async fn wait_for_mails(
    root: &mut MySqlConnection,
    schemas: &Schemas,
    worker_died: Option<DateTime<Utc>>,
) -> anyhow::Result<()> {
    // What was claimed before the worker's death is the dead one's.
    let bury = schemas.fill(
        "UPDATE {notification}.Deliveries SET leasedUntil = NOW(6)
         WHERE state = 'SENDING' AND updatedAt < ?",
    );
    let waiting = schemas.fill(
        "SELECT COUNT(*) FROM {notification}.Deliveries WHERE state IN ('QUEUED', 'SENDING')",
    );
    let deadline = Instant::now() + MAIL_LIMIT;
    while Instant::now() < deadline {
        if let Some(died) = worker_died {
            let bury = sqlx::query(AssertSqlSafe(bury.clone())).bind(died);
            bury.execute(&mut *root).await?;
        }
        let left: i64 = sqlx::query_scalar(AssertSqlSafe(waiting.clone()))
            .fetch_one(&mut *root)
            .await?;
        if left == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}

async fn bookings(
    root: &mut MySqlConnection,
    schemas: &Schemas,
    memory: &Memory,
) -> anyhow::Result<Vec<String>> {
    let sql = schemas.fill("SELECT id, CAST(status AS CHAR) FROM {booking}.Bookings");
    let rows: Vec<(i64, String)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(root).await?;
    let statuses: HashMap<i64, String> = rows.into_iter().collect();
    let broken = |promise: &Promise| {
        let status = statuses.get(&promise.booking).map(String::as_str);
        (!is_kept(promise, status)).then(|| format!("{promise:?} is {status:?}"))
    };
    Ok(memory.promises.iter().filter_map(broken).collect())
}

/// Whether the status is the acknowledged one, or one that may legally follow.
fn is_kept(promise: &Promise, status: Option<&str>) -> bool {
    match status {
        Some("BOOKED") => promise.maybe_paid && !promise.cancelled,
        Some("CANCELLED") => promise.cancel_tried || !promise.paid,
        Some("INITIATED") => !promise.paid && !promise.cancelled,
        _ => false,
    }
}

async fn payments(
    root: &mut MySqlConnection,
    schemas: &Schemas,
    memory: &Memory,
) -> anyhow::Result<Vec<String>> {
    let sql = schemas.fill(
        "SELECT k.idempotencyKey, CAST(p.status AS CHAR) FROM {booking}.IdempotencyKeys k
         JOIN {booking}.Payments p ON p.id = k.paymentId WHERE k.operation = 'payment'",
    );
    let rows: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(root).await?;
    let statuses: HashMap<String, String> = rows.into_iter().collect();
    let mut problems = vec![];
    for settled in &memory.settled {
        let said = if settled.status == 200 {
            "CAPTURED"
        } else {
            "DECLINED"
        };
        let is = statuses.get(&settled.key).map(String::as_str);
        if is != Some(said) {
            problems.push(format!(
                "payment {} was answered {said}, it is {is:?}",
                settled.key
            ));
        }
    }
    Ok(problems)
}

/// Asks again, by the same key: how many gave the same bytes, and what differed.
async fn replay(memory: &Memory) -> (usize, Vec<String>) {
    let step = memory.settled.len().div_ceil(REPLAYS).max(1);
    let (mut same, mut different) = (0, vec![]);
    for settled in memory.settled.iter().step_by(step) {
        let traveller = &memory.travellers[settled.traveller];
        let again = traveller
            .pay_by(&settled.booking, &settled.key, settled.card)
            .await;
        match again {
            Ok(again) if (again.status, &again.text) == (settled.status, &settled.text) => {
                same += 1
            }
            Ok(again) => different.push(format!(
                "payment {} was answered {} {}, then {} {}",
                settled.key, settled.status, settled.text, again.status, again.text
            )),
            Err(error) => different.push(format!("payment {}: {error}", settled.key)),
        }
    }
    (same, different)
}

/// What arrived in the mail.
struct Mails {
    /// Bookings that ever were BOOKED.
    booked: usize,
    /// Mails that arrived, copies among them.
    arrived: usize,
    /// Mails of a Message-ID that had arrived before.
    copies: usize,
    /// Mails that are missing or belong to no job.
    problems: Vec<String>,
}

/// Compares every mail job with what arrived, and every BOOKED with its confirmation.
async fn mails(
    root: &mut MySqlConnection,
    schemas: &Schemas,
    stack: &Stack,
) -> anyhow::Result<Mails> {
    let mut arrived: HashMap<String, usize> = HashMap::new();
    for mail in stack.sink.mails() {
        *arrived.entry(mail.message_id).or_default() += 1;
    }
    let jobs = schemas.fill(
        "SELECT o.bookingId, o.id,
                COALESCE(CONVERT(JSON_VALUE(o.payload, '$.templateId') USING utf8mb4), '?'),
                COALESCE(CONVERT(d.messageId USING utf8mb4), '')
         FROM (SELECT id, topic, payload, COALESCE(bookingId, 0) AS bookingId
               FROM {booking}.Outbox
               UNION ALL SELECT id, topic, payload, 0 FROM {gateway}.Outbox) o
         LEFT JOIN {notification}.Deliveries d ON d.jobId = o.id
         WHERE o.topic = 'email'",
    );
    let jobs: Vec<(i64, String, String, String)> = sqlx::query_as(AssertSqlSafe(jobs))
        .fetch_all(&mut *root)
        .await?;
    let mut found = Mails {
        booked: 0,
        arrived: arrived.values().sum(),
        copies: arrived.values().map(|count| count - 1).sum(),
        problems: vec![],
    };
    let mut confirmed = HashSet::new();
    for (booking, job, template, message_id) in jobs {
        if arrived
            .remove(message_id.trim_matches(['<', '>']))
            .is_none()
        {
            let missing = format!("job {job}: no {template} arrived ({message_id:?})");
            found.problems.push(missing);
        } else if template == "booking_success" {
            confirmed.insert(booking);
        }
    }
    let orphans = arrived.into_keys();
    found
        .problems
        .extend(orphans.map(|id| format!("mail {id} arrived without a job")));

    let booked = schemas
        .fill("SELECT DISTINCT bookingId FROM {booking}.BookingEvents WHERE toStatus = 'BOOKED'");
    let booked: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(booked))
        .fetch_all(root)
        .await?;
    found.booked = booked.len();
    let unconfirmed = booked.iter().filter(|id| !confirmed.contains(id));
    found
        .problems
        .extend(unconfirmed.map(|id| format!("booking {id} was BOOKED without a confirmation")));
    Ok(found)
}
