//! The table of all variables in docs/operations.md, made of what the code says of them: comments
//! that begin with a variable's name, on the fields and constants that it sets. A test of the whole
//! system holds those comments against what each service really reads.

use anyhow::{Context as _, Result, bail, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What is read on behalf of every service and of the audit.
const OF_ALL: [&str; 3] = [
    "crates/service-kit/src/config.rs",
    "crates/service-kit/src/telemetry.rs",
    "crates/service-kit/src/telemetry/recorder.rs",
];
/// What is read on behalf of every service.
const OF_SERVICES: [&str; 2] = [
    "crates/service-kit/src/db/mod.rs",
    "crates/service-kit/src/service/limits.rs",
];
/// The one that serves nobody and has no schema.
const AUDIT: &str = "audit";
/// The services, in the order of a request.
const SERVICES: [&str; 5] = [
    "gateway",
    "flights",
    "booking",
    "notification",
    "payment-sandbox",
];
const FRONTEND: &str = "frontend/README.md";
const START: &str = "<!-- written by `cargo xtask configuration` -->\n";
const END: &str = "<!-- end -->\n";

/// Variables that are explained together.
#[derive(Debug, PartialEq, Eq)]
pub struct Explained {
    /// Their names, in the order of the text.
    pub names: Vec<String>,
    /// What they do.
    pub text: String,
}

/// Writes the table, or with `check` fails if the one that is there is not the same.
pub fn run(root: &Path, check: bool) -> Result<()> {
    let file = file(root);
    let old = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let new = with_table(root, &old)?;
    if check {
        ensure!(
            old == new,
            "{} is not what the code says: run `cargo xtask configuration` and commit it",
            file.display()
        );
        return Ok(());
    }
    Ok(fs::write(file, new)?)
}

fn file(root: &Path) -> PathBuf {
    root.join("docs/operations.md")
}

/// The names of all variables that a service reads.
pub fn variables(root: &Path, service: &str) -> Result<BTreeSet<String>> {
    let all = all(root, service)?;
    Ok(all.into_iter().flat_map(|some| some.names).collect())
}

/// The names of all variables of the front end: its README explains them.
pub fn variables_of_frontend(root: &Path) -> Result<BTreeSet<String>> {
    let text = fs::read_to_string(root.join(FRONTEND)).context(FRONTEND)?;
    let rows = text.lines().filter_map(|line| line.strip_prefix("| "));
    let first_cells = rows.filter_map(|row| row.split('|').next());
    Ok(first_cells.flat_map(names_in).collect())
}

/// All that a service, or the audit, reads.
pub fn all(root: &Path, service: &str) -> Result<Vec<Explained>> {
    let mut all = own(root, service)?;
    all.extend(common(root, &OF_ALL)?);
    if service != AUDIT {
        all.extend(common(root, &OF_SERVICES)?);
    }
    Ok(all)
}

fn own(root: &Path, service: &str) -> Result<Vec<Explained>> {
    explained_in(root, &format!("crates/{service}/src/config.rs"))
}

fn common(root: &Path, files: &[&str]) -> Result<Vec<Explained>> {
    let all: Result<Vec<_>> = files.iter().map(|file| explained_in(root, file)).collect();
    Ok(all?.into_iter().flatten().collect())
}

fn explained_in(root: &Path, file: &str) -> Result<Vec<Explained>> {
    let text = fs::read_to_string(root.join(file)).with_context(|| file.to_owned())?;
    let found = explained(&text);
    ensure!(!found.is_empty(), "{file} explains no variable");
    Ok(found)
}

/// The doc comments that begin with a variable's name.
fn explained(code: &str) -> Vec<Explained> {
    let mut found = vec![];
    let mut comment = String::new();
    for line in code.lines().map(str::trim) {
        if let Some(more) = line.strip_prefix("///") {
            comment += more;
            continue;
        }
        let text = comment.trim();
        let names = names_in(text);
        if names
            .first()
            .is_some_and(|first| text.starts_with(&format!("`{first}`")))
        {
            found.push(Explained {
                text: without_names(text, &names),
                names,
            });
        }
        comment.clear();
    }
    found
}

/// What is quoted and written in capitals.
fn names_in(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    let is_name = |word: &&str| {
        let mut letters = word.chars();
        letters.next().is_some_and(|c| c.is_ascii_uppercase())
            && word.len() > 3
            && letters.all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    let mut names: Vec<String> = vec![];
    for name in quoted.filter(is_name) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// The text behind the names, where nothing but all of them stands before it.
fn without_names(text: &str, names: &[String]) -> String {
    let (before, rest) = text.split_once(": ").unwrap_or(("", text));
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match before == quoted.join(", ") {
        true => rest.to_owned(),
        false => text.to_owned(),
    }
}

fn with_table(root: &Path, document: &str) -> Result<String> {
    let (before, rest) = document
        .split_once(START)
        .context("no place for the table")?;
    let (_, after) = rest.split_once(END).context("no end of the table")?;
    let mut tables = section("every service, and the audit", &common(root, &OF_ALL)?)?;
    tables += &section("every service", &common(root, &OF_SERVICES)?)?;
    for service in SERVICES.into_iter().chain([AUDIT]) {
        tables += &section(service, &own(root, service)?)?;
    }
    Ok(format!("{before}{START}{tables}\n{END}{after}"))
}

fn section(title: &str, variables: &[Explained]) -> Result<String> {
    let mut table = format!("\n| {title} | |\n|---|---|\n");
    for Explained { names, text } in variables {
        if text.contains('|') {
            bail!("{}: its explanation has a |", names.join(", "));
        }
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        table += &format!("| {} | {text} |\n", names.join(", "));
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_that_begin_with_a_variable_explain_it() {
        let code = "
/// All of it, from `OTHER_THING`.
pub struct Config {
    /// `HOST` (127.0.0.1) and `PORT` (4000).
    pub listen: SocketAddr,
    /// `HOLD_TTL_SECONDS`: how long
    /// seats wait; default 600. See `Rules`.
    pub ttl: u32,
}
";
        let found = explained(code);
        assert_eq!(found[0].names, ["HOST", "PORT"]);
        assert_eq!(found[0].text, "`HOST` (127.0.0.1) and `PORT` (4000).");
        assert_eq!(found[1].names, ["HOLD_TTL_SECONDS"]);
        assert_eq!(
            found[1].text,
            "how long seats wait; default 600. See `Rules`."
        );
        assert_eq!(found.len(), 2);
    }
}
