//! The invariants as SQL: each statement selects who breaks it (`who`) and how (`why`).
//!
//! `{booking}` and the like stand for the schemas' names. What is joined has an index or is read
//! once into a derived table, so that each statement's work grows as the books do.

mod mails;
mod money;
mod people;
mod seats;
mod time;

/// One statement of an invariant.
#[derive(Debug)]
pub struct Check {
    /// The invariant's number in the protocol.
    pub invariant: usize,
    /// What must hold; no two checks have the same.
    pub name: &'static str,
    /// Selects the violators.
    pub sql: &'static str,
}

/// All checks.
pub fn all() -> impl Iterator<Item = &'static Check> {
    let groups = [
        seats::CHECKS,
        money::CHECKS,
        mails::CHECKS,
        time::CHECKS,
        people::CHECKS,
    ];
    groups.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::all;

    #[test]
    fn each_check_has_a_name_of_its_own_and_each_invariant_a_check() {
        let names: HashSet<_> = all().map(|check| check.name).collect();
        assert_eq!(names.len(), all().count());
        let invariants: HashSet<_> = all().map(|check| check.invariant).collect();
        assert_eq!(invariants, (1..=9).collect());
    }
}
