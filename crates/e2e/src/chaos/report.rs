//! What came of it.

use std::{fmt, time::Duration};

use super::killer::Deaths;

/// What was done, measured and found.
#[derive(Debug)]
pub struct Report {
    /// Kills and restarts.
    pub deaths: Deaths,
    /// From the last client's end to everything settled and checked.
    pub settled_after: Duration,
    /// Acknowledged bookings that were checked.
    pub bookings: usize,
    /// Acknowledged payments that were checked.
    pub payments: usize,
    /// Answers that were asked for again by the same key, and were the same bytes.
    pub replayed: usize,
    /// Bookings that ever were BOOKED.
    pub booked: usize,
    /// Mails that the mail server accepted.
    pub mails: usize,
    /// Those among them that it had accepted before.
    pub copies: usize,
    /// What is under way after all that waiting.
    pub left: i64,
    /// The books.
    pub audit: audit::Report,
    /// Broken promises.
    pub problems: Vec<String>,
}

impl Report {
    /// Whether every promise was kept.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty() && self.audit.is_clean() && self.left == 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kills: u64 = self.deaths.kills.values().sum();
        writeln!(
            f,
            "{kills} SIGKILLs {:?}, {} FLUSHALL; settled and checked after {:.1} s, {} left",
            self.deaths.kills,
            self.deaths.flushes,
            self.settled_after.as_secs_f64(),
            self.left
        )?;
        writeln!(
            f,
            "checked: {} acknowledged bookings, {} payments ({} replayed byte for byte), {} booked, \
             {} mails of which {} copies",
            self.bookings, self.payments, self.replayed, self.booked, self.mails, self.copies
        )?;
        write!(f, "{}", self.audit)?;
        for problem in &self.problems {
            writeln!(f, "BROKEN: {problem}")?;
        }
        match self.is_clean() {
            true => writeln!(f, "every promise was kept"),
            false => writeln!(f, "PROMISES WERE BROKEN"),
        }
    }
}
