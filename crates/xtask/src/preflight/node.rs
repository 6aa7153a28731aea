//! Whether there is a Node that the mail inbox and the front end run on.

use super::{Fault, PATIENCE};
use crate::process::{find_program, guarded, step};

/// The oldest that both run on.
const OLDEST: (u32, u32) = (20, 9);

/// A fault when there is none, or one too old.
pub fn look() -> Result<(), Fault> {
    let (major, minor) = OLDEST;
    let fix = format!("install Node {major}.{minor} or later with npm (https://nodejs.org)");
    let fault = |what: &str| {
        let what =
            format!("{what}: there is no front end, and mails go to a plain sink without pages");
        Err(Fault::new(what, fix.clone()))
    };
    if find_program("npm").is_none() {
        return fault("Node with npm is not installed");
    }
    let Some(node) = find_program("node") else {
        return fault("Node is not installed");
    };
    match step::output_within(guarded(node).arg("--version"), PATIENCE) {
        Ok(Some(version)) if is_new_enough(&version) => Ok(()),
        Ok(Some(version)) => fault(&format!("Node is too old ({})", version.trim())),
        Ok(None) => fault(&format!(
            "`node --version` says nothing within {} s",
            PATIENCE.as_secs_f32()
        )),
        Err(error) => fault(&format!("`node --version` fails ({error:#})")),
    }
}

fn is_new_enough(version: &str) -> bool {
    let mut numbers = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .map(|n| n.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= OLDEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_20_9_is_the_oldest() {
        assert!(is_new_enough("v20.9.0\n") && is_new_enough("v22.1.0"));
        assert!(!is_new_enough("v20.8.1") && !is_new_enough("v18.19.0") && !is_new_enough(""));
    }
}
