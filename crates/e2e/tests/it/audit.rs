//! For each invariant, books that break it alone: the audit names who does.

mod mails;
mod money;
mod people;
mod seats;
mod time;
mod tool;

use std::time::Duration;

use crate::books::Books;

/// Clean books in which those that had seats say so.
async fn clean() -> Books {
    let books = Books::clean().await;
    books
        .change("UPDATE {booking}.Bookings SET heldAt = createdAt")
        .await;
    books
}

/// Breaks clean books by `sql`: `who` breaks invariant `number`. Why.
async fn breaking(number: usize, sql: &str, who: &str) -> String {
    let books = clean().await;
    books.change(sql).await;
    let report = books.audit().await;
    assert!(!report.is_clean());
    let violators = report.violators(number);
    let named = violators.iter().find(|violator| violator.who == who);
    let named = named.unwrap_or_else(|| panic!("{who} is not among {violators:?}:\n{report}"));
    named.why.clone()
}

/// Changes clean books by `sql`, which breaks nothing.
async fn keeping(sql: &str) {
    let books = clean().await;
    books.change(sql).await;
    let report = books.audit().await;
    assert!(report.is_clean(), "{sql}: {report}");
}

#[tokio::test]
async fn clean_books_are_clean() {
    let books = clean().await;
    let report = books.audit().await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.to_string().matches(" ok\n").count(), 9);
}

#[tokio::test]
async fn a_violator_that_heals_meanwhile_is_not_reported() {
    let books = clean().await;
    books
        .change("UPDATE {flights}.Flight SET availableSeats = 8 WHERE id = 1")
        .await;
    let audit = books.auditor().rereading(3, Duration::from_millis(300));
    let heal = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        books
            .change("UPDATE {flights}.Flight SET availableSeats = 7 WHERE id = 1")
            .await;
    };
    let (report, ()) = tokio::join!(audit.run(), heal);
    let report = report.unwrap();
    assert!(report.is_clean(), "{report}");
}

/// Those that heal must not hide those that stay, however many there are.
#[tokio::test]
async fn no_violator_is_overlooked_among_thousands() {
    let books = clean().await;
    let digits = "(SELECT 0 n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION
                   SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";
    let orphans = format!(
        "INSERT INTO {{flights}}.SeatHolds (holdId, state)
         SELECT CONCAT('ORPHAN', a.n, b.n, c.n, d.n), 'RELEASED'
         FROM {digits} a, {digits} b, {digits} c, {digits} d WHERE a.n < 3"
    );
    books.change(&orphans).await;
    let audit = books.auditor().rereading(1, Duration::from_secs(2));
    let heal = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        books
            .change(
                "DELETE FROM {flights}.SeatHolds
                     WHERE holdId BETWEEN 'ORPHAN0000' AND 'ORPHAN1699'",
            )
            .await;
    };
    let (report, ()) = tokio::join!(audit.run(), heal);
    let report = report.unwrap();
    assert_eq!(report.violators(2).len(), 1_300, "{report}");
    let printed = report.to_string();
    assert_eq!(printed.matches("hold ORPHAN").count(), 1_000, "{printed}");
    assert!(printed.contains("1300 VIOLATORS"), "{printed}");
    let more = "and 300 more against: every hold has its booking";
    assert!(printed.contains(more), "{printed}");
}
