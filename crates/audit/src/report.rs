//! What an audit found.

use std::{collections::BTreeMap, fmt};

use super::{Violator, checks};

/// The invariants' names, as the protocol numbers them.
const INVARIANTS: [&str; 9] = [
    "seats add up on every flight",
    "every hold has its booking",
    "every BOOKED booking is paid once and has its seats",
    "every CANCELLED booking gave its seats back; unpaid holds are counted",
    "money in the books is money at the provider",
    "one e-mail for each that was booked, expired or cancelled, no others",
    "each timeline replays by legal transitions",
    "nothing is stuck for more than 5 minutes",
    "nothing is left of who is erased",
];

/// So many violators are printed per check; a broken system has enough with these.
const LISTED: usize = 1_000;

/// The violators of each check.
#[derive(Clone, Debug)]
pub struct Report {
    found: BTreeMap<&'static str, Vec<Violator>>,
}

impl Report {
    pub(super) fn new(found: BTreeMap<&'static str, Vec<Violator>>) -> Self {
        Self { found }
    }

    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.found.values().all(Vec::is_empty)
    }

    /// The invariants by number.
    pub fn invariants(&self) -> impl Iterator<Item = (usize, &'static str)> {
        (1..).zip(INVARIANTS)
    }

    /// Who breaks invariant `number`, 1 to 9.
    pub fn violators(&self, number: usize) -> Vec<&Violator> {
        self.by_check(number).flat_map(|(_, found)| found).collect()
    }

    fn by_check(&self, number: usize) -> impl Iterator<Item = (&'static str, &[Violator])> {
        let checks = checks::all().filter(move |check| check.invariant == number);
        checks.filter_map(|check| Some((check.name, self.found.get(check.name)?.as_slice())))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, name) in self.invariants() {
            let verdict = match self.violators(number).len() {
                0 => "ok".to_owned(),
                n => format!("{n} VIOLATORS"),
            };
            writeln!(f, "{number}  {name:<72} {verdict}")?;
            for (check, violators) in self.by_check(number) {
                write_violators(f, check, violators)?;
            }
        }
        Ok(())
    }
}

fn write_violators(f: &mut fmt::Formatter<'_>, check: &str, violators: &[Violator]) -> fmt::Result {
    for violator in violators.iter().take(LISTED) {
        writeln!(f, "     {}: {}", violator.who, violator.why)?;
    }
    match violators.len().saturating_sub(LISTED) {
        0 => Ok(()),
        more => writeln!(f, "     and {more} more against: {check}"),
    }
}
