//! What is in a dump: its hash, and how many rows of which table. Counted in the dump itself: the
//! tables have changed since it was made.

use crate::interrupt;
use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// The last line of a dump that was not cut off.
const LAST: &[u8] = b"-- Dump completed";

/// What is in it.
#[derive(Debug, Default)]
pub struct Content {
    /// By schema and table.
    pub rows: BTreeMap<String, BTreeMap<String, u64>>,
    /// In hex.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// Reads a dump from its beginning to its end.
pub fn read(file: &Path) -> Result<Content> {
    let reader = File::open(file).with_context(|| file.display().to_string())?;
    count(BufReader::with_capacity(1 << 20, reader)).with_context(|| file.display().to_string())
}

/// A dump has no line break within a value: it is written as `\n`.
fn count(mut dump: impl BufRead) -> Result<Content> {
    let mut content = Content::default();
    let mut hash = Sha256::new();
    let (mut schema, mut table) = (String::new(), String::new());
    let (mut line, mut is_whole) = (Vec::new(), false);
    while dump.read_until(b'\n', &mut line)? > 0 {
        interrupt::check()?;
        hash.update(&line);
        content.bytes += u64::try_from(line.len())?;
        let mut values: &[u8] = &[];
        if let Some(name) = named(&line, b"USE `") {
            schema = name;
        } else if let Some(name) = named(&line, b"CREATE TABLE `") {
            table = name;
            let tables = content.rows.entry(schema.clone()).or_default();
            tables.insert(table.clone(), 0);
        } else if let Some(name) = named(&line, b"INSERT INTO `") {
            table = name;
            values = after_values(&line);
        } else if line.starts_with(b"(") {
            values = &line;
        }
        if !values.is_empty() {
            let tables = content.rows.entry(schema.clone()).or_default();
            *tables.entry(table.clone()).or_default() += rows(values);
        }
        is_whole = line.starts_with(LAST) || (is_whole && line == b"\n");
        line.clear();
    }
    ensure!(is_whole, "the dump is cut off");
    content.sha256 = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Ok(content)
}

/// The quoted name behind `start`.
fn named(line: &[u8], start: &[u8]) -> Option<String> {
    let rest = line.strip_prefix(start)?;
    let name = rest.split(|byte| *byte == b'`').next()?;
    Some(String::from_utf8_lossy(name).into_owned())
}

/// Between the table and VALUES may stand the names of its columns, in brackets.
fn after_values(line: &[u8]) -> &[u8] {
    const VALUES: &[u8] = b" VALUES";
    let at = line.windows(VALUES.len()).position(|word| word == VALUES);
    at.map_or(&[][..], |at| &line[at + VALUES.len()..])
}

/// MariaDB writes a row a line, MySQL all in one: each opens a bracket outside of a text.
fn rows(values: &[u8]) -> u64 {
    let (mut count, mut in_text, mut is_escaped) = (0, false, false);
    for byte in values {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_text,
            b'\'' => in_text = !in_text,
            b'(' if !in_text => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_in_the_dialects_of_both_servers() {
        let dump = br"-- comment
USE `a`;
CREATE TABLE `t` (
  `x` int
);
INSERT INTO `t` VALUES
(1,'one'),
(2,'(''),(\'\\'),
(3,'it\nis');
CREATE TABLE `empty` (
USE `b`;
CREATE TABLE `t` (
INSERT INTO `t` (`x`, `y`) VALUES (1,'a VALUES (2)'),(2,NULL),(3,0xFF);
INSERT INTO `t` (`x`, `y`) VALUES (4,'');
-- Dump completed
";
        let content = count(&dump[..]).unwrap();
        assert_eq!(content.rows["a"]["t"], 3);
        assert_eq!(content.rows["a"]["empty"], 0);
        assert_eq!(content.rows["b"]["t"], 4);
        assert_eq!(content.bytes, u64::try_from(dump.len()).unwrap());
        let cut = &dump[..dump.len() - 40];
        let error = count(cut).unwrap_err();
        assert_eq!(error.to_string(), "the dump is cut off");
    }
}
