//! `gateway user import FILE.csv`: accounts brought over from the original, with their hashes.
//! All of the file or nothing of it; addresses that are there already are left as they are.

use std::io::Read;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use sqlx::{MySql, MySqlPool, Transaction};

use super::{
    DisplayName, Email, Grant,
    audit::{self, Action},
    passwords, store,
};

/// A line of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    email: Email,
    name: DisplayName,
    password_hash: String,
    role: String,
    airline: Option<String>,
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Accounts that were made.
    pub added: u64,
    /// Addresses that had an account already.
    pub skipped: u64,
}

/// Reads CSV with the header `email,name,password_hash,role,airline`.
pub async fn import(pool: &MySqlPool, file: impl Read) -> anyhow::Result<Imported> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(file);
    let mut transaction = pool.begin().await?;
    let mut done = Imported::default();
    for (index, line) in reader.deserialize().enumerate() {
        // The header is line 1.
        let number = index + 2;
        let line: Line = line.with_context(|| format!("line {number}"))?;
        match add(&mut transaction, line)
            .await
            .with_context(|| format!("line {number}"))?
        {
            true => done.added += 1,
            false => done.skipped += 1,
        }
    }
    transaction.commit().await?;
    Ok(done)
}

async fn add(transaction: &mut Transaction<'_, MySql>, line: Line) -> anyhow::Result<bool> {
    ensure!(line.email.rule().is_ok(), "email: is no e-mail address");
    ensure!(
        line.name.rule().is_ok(),
        "name: must have 1 to 100 printable characters"
    );
    if !passwords::is_readable(&line.password_hash) {
        bail!("password_hash: must be a bcrypt ($2a$, $2b$, $2y$) or an argon2id hash");
    }
    // What stands here is not repeated: in a line with a field too many it is the hash.
    let Ok(role) = line.role.parse() else {
        bail!("role: must be CUSTOMER, FLIGHT_COMPANY or ADMIN");
    };
    let airline = line.airline.as_deref().filter(|code| !code.is_empty());
    let grant = match Grant::new(role, airline) {
        Ok(grant) => grant,
        Err(rule) => bail!("airline: {}", rule.message.unwrap_or_default()),
    };
    let (email, name, hash) = (&line.email, &line.name, &line.password_hash);
    let Some(id) = store::insert(transaction, email, name, hash, &grant).await? else {
        return Ok(false);
    };
    audit::record_creation(transaction, Action::UserImported, id, &grant).await?;
    Ok(true)
}
