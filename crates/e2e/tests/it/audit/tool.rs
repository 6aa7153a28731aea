//! The tool, its account, and its waiting.

use std::time::{Duration, Instant};

use e2e::{
    api::Api,
    stack::{client, ports},
};

use super::clean;
use crate::{books::audit_tool, shared::eventually};

/// All e-mails are in the ledger.
const SETTLED: &str = "UPDATE {booking}.Outbox SET doneAt = NOW(6);
UPDATE {gateway}.Outbox SET doneAt = NOW(6);
INSERT INTO {notification}.Deliveries (jobId, template, payload, messageId)
SELECT id, 'x', '{}', id FROM {booking}.Outbox WHERE topic = 'email'
UNION ALL SELECT id, 'x', '{}', id FROM {gateway}.Outbox WHERE topic = 'email'";

#[tokio::test]
async fn quiesce_waits_for_what_is_under_way_and_gives_up_in_time() {
    let books = clean().await;
    let started = Instant::now();
    let left = books
        .auditor()
        .quiesce(Duration::from_millis(600))
        .await
        .unwrap();
    assert_eq!(left, 4, "four e-mails are not done");
    assert!(started.elapsed() < Duration::from_secs(3));
    books.change(SETTLED).await;
    let left = books
        .auditor()
        .quiesce(Duration::from_secs(60))
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn everything_under_way_is_counted_by_its_kind() {
    let books = clean().await;
    books
        .change(
            "INSERT INTO {booking}.Outbox (id, topic, payload) VALUES
               ('SELL', 'hold.sell', '{\"bookingId\": 1}');
UPDATE {booking}.Bookings SET status = 'PENDING' WHERE id = 1;
UPDATE {booking}.Bookings SET seatState = 'RELEASING' WHERE id = 2;
UPDATE {booking}.Bookings SET expiresAt = NOW(6) WHERE id = 3;
UPDATE {booking}.Payments SET status = 'PROCESSING' WHERE id = 'PAY0';
UPDATE {booking}.Refunds SET status = 'PENDING'",
        )
        .await;
    let left = books.auditor().left().await.unwrap();
    let left: Vec<_> = left.iter().map(|l| (l.count, l.kind.as_str())).collect();
    let expected = [
        (1, "booking CANCELLED RELEASING"),
        (1, "booking INITIATED HELD"),
        (1, "booking PENDING SOLD"),
        (4, "outbox email"),
        (1, "outbox hold.sell"),
        (1, "payment PROCESSING"),
        (1, "refund PENDING"),
    ];
    assert_eq!(left, expected);
    let under_way = books.auditor().under_way().await.unwrap();
    assert_eq!(under_way.len(), 10, "{under_way:?}");
}

#[tokio::test]
async fn the_tool_fails_and_says_what_is_left_when_the_books_do_not_come_to_rest() {
    let books = clean().await;
    let (code, said) = books.run_tool();
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("STILL UNDER WAY after 0 s: 4 x outbox email\n"),
        "{said}"
    );
    assert_eq!(said.matches(" ok\n").count(), 9, "{said}");
}

#[tokio::test]
async fn the_audit_account_can_only_read() {
    let books = clean().await;
    let refused = books.write_as_auditor("DELETE FROM {booking}.Outbox").await;
    assert!(refused.to_string().contains("denied"), "{refused}");
}

#[tokio::test]
async fn the_tool_prints_a_line_for_each_invariant_and_fails_on_a_violator() {
    let books = clean().await;
    books.change(SETTLED).await;
    let (code, said) = books.run_tool();
    assert_eq!(
        (code, said.matches(" ok\n").count()),
        (Some(0), 9),
        "{said}"
    );
    let hold = "INSERT INTO {flights}.SeatHolds (holdId, state) VALUES ('ORPHAN', 'RELEASED')";
    books.change(hold).await;
    let (code, said) = books.run_tool();
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("1 VIOLATORS") && said.contains("hold ORPHAN"),
        "{said}"
    );
}

#[test]
fn the_tool_names_the_variable_that_it_lacks() {
    let output = audit_tool()
        .env_remove("AUDIT_DATABASE_URL")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("AUDIT_DATABASE_URL: is required"), "{said}");
}

#[test]
fn a_patrol_that_is_not_there_is_not_healthy() {
    let (code, said) = health(ports::free().unwrap());
    assert_eq!(code, Some(1));
    assert!(said.contains("nobody answers"), "{said}");
}

/// What a container engine asks, and why it was refused.
fn health(port: u16) -> (Option<i32>, String) {
    let mut command = audit_tool();
    let asked = command.arg("health").env("PORT", port.to_string()).output();
    let output = asked.unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// Ends its child.
struct Patrol(std::process::Child);

impl Drop for Patrol {
    fn drop(&mut self) {
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

#[tokio::test]
async fn the_patrol_shows_prometheus_what_is_broken_and_what_is_whole_again() {
    let books = clean().await;
    books.change(SETTLED).await;
    let port = ports::free().unwrap();
    let patrol = books
        .tool()
        .arg("patrol")
        .env("PORT", port.to_string())
        .env("AUDIT_EVERY_SECONDS", "5")
        .spawn()
        .unwrap();
    let _patrol = Patrol(patrol);
    let api = Api::new(client(), format!("http://127.0.0.1:{port}"));
    let shown = || async {
        let answer = api.get("/metrics").await;
        answer.map(|answer| answer.text).unwrap_or_default()
    };
    let has = |line: &'static str| move |text: &String| text.contains(line);
    let line = "audit_violators{invariant=\"2\"} 0\n";
    eventually("clean books", shown, has(line)).await;
    assert_eq!(health(port), (Some(0), String::new()));
    let hold = "INSERT INTO {flights}.SeatHolds (holdId, state) VALUES ('ORPHAN', 'RELEASED')";
    books.change(hold).await;
    let line = "audit_violators{invariant=\"2\"} 1\n";
    eventually("the orphan", shown, has(line)).await;
    books
        .change("DELETE FROM {flights}.SeatHolds WHERE holdId = 'ORPHAN'")
        .await;
    let line = "audit_violators{invariant=\"2\"} 0\n";
    let text = eventually("clean books again", shown, has(line)).await;
    assert!(
        text.contains("audit_last_end_timestamp_seconds 1"),
        "{text}"
    );
}
