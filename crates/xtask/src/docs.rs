//! `docs-check`: runs the examples of the documents on a stack of its own, and fails where it does
//! not answer as they say.
//!
//! An example is a fenced block of `sh`; the fenced block right after it is the answer.

mod answer;
mod example;

use crate::fuzz;
use crate::install::{self, CURL, MARIADB, REDIS};
use crate::interrupt;
use crate::layout::Layout;
use crate::own_stack::OwnStack;
use crate::process::{guarded, step};
use anyhow::{Context as _, Result, ensure};
use example::Example;
use std::fs;
use std::path::Path;

/// In this order: the first makes the accounts that its ids count from.
const DOCUMENTS: [&str; 2] = ["API_DOC.md", "README.md"];

/// What the examples use, as it is here.
const BEFORE: &str = "exec 2>&1\ncargo() { shift; \"$XTASK\" \"$@\"; }\n";
/// Ends the output of an example: a character that no answer has.
const END: char = '\u{1e}';

/// Runs all of it by itself.
pub fn alone(layout: &Layout) -> Result<()> {
    interrupt::catch_signals(|| ())?;
    let scratch = fuzz::scratch(layout)?;
    let needs = [MARIADB, REDIS, CURL];
    install::require("docs-check", &needs, &scratch.join("apt.log"))?;
    run(layout, &scratch)
}

/// Runs all of it; the stack's files are in `scratch`.
pub fn run(layout: &Layout, scratch: &Path) -> Result<()> {
    let stack = OwnStack::start(layout, scratch, "documents", &["--no-frontend"])?;
    let mut faults = Vec::new();
    for document in DOCUMENTS {
        let text = fs::read_to_string(layout.root.join(document)).context(document)?;
        let examples = example::all(&text);
        let said = outputs(document, &examples, &stack)?;
        for (example, said) in examples.iter().zip(&said) {
            if let Some(missing) = answer::missing(&example.answer, said) {
                let Example { line, code, .. } = example;
                faults.push(format!(
                    "{document}:{line}\n{code}does not answer\n{missing}\nbut\n{said}"
                ));
            }
        }
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n\n"));
    Ok(())
}

/// What each of a document's examples prints; one shell runs them all.
fn outputs(document: &str, examples: &[Example], stack: &OwnStack) -> Result<Vec<String>> {
    ensure!(!examples.is_empty(), "{document} has no example");
    let ended = |example: &Example| format!("{}printf '{END}'\n", example.code_for(stack.offset));
    let script: String = examples.iter().map(ended).collect();
    let mut shell = guarded("bash");
    shell.args(["-c", &format!("{BEFORE}{script}")]);
    stack.name_in(&mut shell);
    let said = step::capture(&format!("running {document}"), &mut shell, b"")?;
    let said: Vec<String> = said.split_terminator(END).map(str::to_owned).collect();
    ensure!(
        said.len() == examples.len(),
        "{document}: an example ends the shell"
    );
    Ok(said)
}
