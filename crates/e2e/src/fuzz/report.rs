//! What came out, as a table.

use std::{fmt, time::Duration};

use super::Person;

/// All runs.
#[derive(Debug)]
pub struct Report {
    /// Of every random choice.
    pub seed: u64,
    /// One for each kind of people.
    pub rows: Vec<Row>,
}

/// One run.
#[derive(Debug)]
pub struct Row {
    /// As whom.
    pub person: Person,
    /// Operations that were asked for.
    pub operations: u64,
    /// Requests.
    pub cases: u64,
    /// What was not as documented.
    pub failures: Vec<Failure>,
    /// Requests that could not be made.
    pub errors: u64,
    /// Whether it came to its end.
    pub is_complete: bool,
    /// Whether the account that asked is not what it was.
    pub lost_account: bool,
    /// How long it took.
    pub elapsed: Duration,
    /// All that schemathesis said.
    pub said: String,
}

/// One kind of failure.
#[derive(Debug)]
pub struct Failure {
    /// What it is.
    pub title: String,
    /// How often.
    pub count: u64,
}

impl Report {
    /// Nothing yet.
    pub fn new(seed: u64) -> Self {
        Self { seed, rows: vec![] }
    }

    /// Whether every answer was as documented.
    pub fn is_clean(&self) -> bool {
        self.rows.iter().all(Row::is_clean)
    }
}

impl Row {
    fn is_clean(&self) -> bool {
        self.failures.is_empty()
            && self.errors == 0
            && self.is_complete
            && !self.lost_account
            && self.cases > 0
    }

    fn faults(&self) -> String {
        let mut faults: Vec<_> = self
            .failures
            .iter()
            .map(|failure| format!("{} x {}", failure.count, failure.title))
            .collect();
        if self.errors > 0 {
            faults.push(format!("{} x ERROR", self.errors));
        }
        if !self.is_complete {
            faults.push("NOT COMPLETE".to_owned());
        }
        if self.lost_account {
            faults.push("THE ACCOUNT DID NOT SURVIVE".to_owned());
        }
        match faults.is_empty() {
            true => "none".to_owned(),
            false => faults.join(", "),
        }
    }
}

const HEAD: &str = "\
| as | operations | cases | seconds | failures |
| --- | ---: | ---: | ---: | --- |";

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in self.rows.iter().filter(|row| !row.is_clean()) {
            writeln!(f, "{}\n", row.said)?;
        }
        writeln!(f, "seed {}\n\n{HEAD}", self.seed)?;
        for row in &self.rows {
            writeln!(
                f,
                "| {} | {} | {} | {:.0} | {} |",
                row.person,
                row.operations,
                row.cases,
                row.elapsed.as_secs_f64(),
                row.faults()
            )?;
        }
        let cases: u64 = self.rows.iter().map(|row| row.cases).sum();
        writeln!(f, "\n{cases} cases")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        Row {
            person: Person::Customer,
            operations: 70,
            cases: 400,
            failures: vec![],
            errors: 0,
            is_complete: true,
            lost_account: false,
            elapsed: Duration::from_secs(8),
            said: "FAILURES of this run".to_owned(),
        }
    }

    #[test]
    fn whatever_is_not_as_documented_is_shown_and_counts() {
        let clean = Report {
            seed: 1,
            rows: vec![row()],
        };
        assert!(clean.is_clean() && !clean.to_string().contains("FAILURES"));
        let failure = Failure {
            title: "Server error".to_owned(),
            count: 2,
        };
        let faults = [
            Row {
                failures: vec![failure],
                ..row()
            },
            Row { errors: 1, ..row() },
            Row {
                is_complete: false,
                ..row()
            },
            Row {
                lost_account: true,
                ..row()
            },
            Row { cases: 0, ..row() },
        ];
        for row in faults {
            let report = Report {
                seed: 1,
                rows: vec![row],
            };
            assert!(!report.is_clean(), "{report}");
            assert!(report.to_string().contains("FAILURES of this run"));
        }
    }
}
