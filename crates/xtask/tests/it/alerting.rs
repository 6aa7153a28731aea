//! A service that is away is told, and what waited for it arrives.

use crate::helpers::within;
use crate::http;
use crate::journey::{book, mails, traveller};
use crate::stack::Stack;
use std::fs;
use std::time::Instant;

/// What Alertmanager holds, by name and job.
fn alerts(stack: &Stack) -> Vec<(String, String)> {
    let (status, alerts) = http::get(9093 + stack.offset, "/api/v2/alerts");
    assert_eq!(status, 200, "{alerts}");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let alerts = alerts
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| &alert["labels"]);
    alerts
        .map(|labels| (text(&labels["alertname"]), text(&labels["job"])))
        .collect()
}

/// The same rules with less patience, for this stack alone.
fn hurry(stack: &Stack) {
    let file = stack
        .scratch
        .path("data/prometheus/prometheus/rules/promises.yml");
    let text = fs::read_to_string(&file).unwrap();
    let quick = text.replace("for: 30s", "for: 2s").replace(
        "(outbox_oldest_seconds) > 300",
        "(outbox_oldest_seconds) > 5",
    );
    assert_eq!(quick.matches("for: 2s").count(), 2, "{text}");
    assert!(quick.contains("> 5\n"), "{text}");
    fs::write(&file, quick).unwrap();
    stack.must(&["stop", "prometheus"]);
    stack.must(&["start", "prometheus"]);
}

#[test]
fn an_absent_notification_is_told_and_its_mail_arrives_when_it_is_back() {
    let stack = Stack::new();
    stack.must(&["up", "--detach", "--data", "demo"]);
    hurry(&stack);
    assert_eq!(alerts(&stack), []);
    stack.must(&["stop", "notification"]);
    let began = Instant::now();
    book(&stack, &traveller(&stack));
    let expected = [
        ("OutboxStuck", "booking-service"),
        ("TargetDown", "notification-service"),
    ]
    .map(|(name, job)| (name.to_owned(), job.to_owned()));
    within(60, "both alerts fire", || {
        let mut alerts = alerts(&stack);
        alerts.sort();
        alerts == expected
    });
    println!("both fired after {:.1} s", began.elapsed().as_secs_f64());
    assert_eq!(mails(&stack), 0);
    stack.must(&["start", "notification"]);
    let began = Instant::now();
    within(30, "the mail arrives", || mails(&stack) == 1);
    println!("the mail came after {:.1} s", began.elapsed().as_secs_f64());
    // The outbox asks again after a minute at most.
    within(120, "both alerts end", || alerts(&stack).is_empty());
    println!("both ended after {:.1} s", began.elapsed().as_secs_f64());
}
