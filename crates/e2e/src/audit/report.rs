//! What an audit found.

use std::{collections::BTreeMap, fmt};

use super::{CHECKS, Violator};

/// The invariants' names, as the protocol numbers them.
const INVARIANTS: [&str; 8] = [
    "seats add up on every flight",
    "every hold has its booking",
    "every BOOKED booking is paid once and has its seats",
    "every CANCELLED booking gave its seats back; unpaid holds are counted",
    "money in the books is money at the provider",
    "one confirmation e-mail for each BOOKED, none for others",
    "each timeline replays by legal transitions",
    "nothing is stuck for more than 5 minutes",
];

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

    /// Who breaks invariant `number`, 1 to 8.
    pub fn violators(&self, number: usize) -> Vec<&Violator> {
        let checks = CHECKS.iter().filter(|check| check.invariant == number);
        checks
            .flat_map(|check| self.found.get(check.name))
            .flatten()
            .collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, name) in INVARIANTS.iter().enumerate() {
            let violators = self.violators(at + 1);
            let verdict = match violators.len() {
                0 => "ok".to_owned(),
                n => format!("{n} VIOLATORS"),
            };
            writeln!(f, "{}  {name:<72} {verdict}", at + 1)?;
            for violator in violators {
                writeln!(f, "     {}: {}", violator.who, violator.why)?;
            }
        }
        Ok(())
    }
}
