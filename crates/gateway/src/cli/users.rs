//! `gateway admin create`, `gateway user create`, `gateway user import`: accounts from the command
//! line, with the rules of sign-up.

use std::{
    fs::File,
    io::{BufRead, Write, stdin, stdout},
    path::Path,
};

use anyhow::{Context, anyhow};
use service_kit::{config::Env, db::DatabaseConfig};
use sqlx::MySqlPool;
use validator::ValidationError;

use crate::accounts::{
    DisplayName, Email, Grant, Password, Role,
    audit::{self, Action},
    import,
    passwords::Passwords,
    store,
};

/// Adds an account. An address that has one already is left as it is, so that it can be run again.
pub async fn create(
    env: &Env,
    email: String,
    name: String,
    role: Role,
    airline: Option<String>,
) -> anyhow::Result<()> {
    let (email, name) = (Email::from(email), DisplayName::from(name));
    email.rule().map_err(|rule| broken("--email", &rule))?;
    name.rule().map_err(|rule| broken("--name", &rule))?;
    let grant = Grant::new(role, airline.as_deref()).map_err(|rule| broken("--airline", &rule))?;
    let password = read_password()?;
    let hash = Passwords::new()?.hash(&password).await?;
    let shown = email.as_str();
    match add(&database(env)?, &email, &name, &hash, &grant).await? {
        Some(id) => writeln!(stdout(), "{shown} has the id {id} and the role {role}")?,
        None => writeln!(
            stdout(),
            "{shown} has an account already; nothing was changed"
        )?,
    }
    Ok(())
}

async fn add(
    pool: &MySqlPool,
    email: &Email,
    name: &DisplayName,
    hash: &str,
    grant: &Grant,
) -> sqlx::Result<Option<i64>> {
    let mut transaction = pool.begin().await?;
    let Some(id) = store::insert(&mut transaction, email, name, hash, grant).await? else {
        return Ok(None);
    };
    audit::record_creation(&mut transaction, Action::UserCreated, id, grant).await?;
    transaction.commit().await?;
    Ok(Some(id))
}

/// Adds the accounts of a CSV file.
pub async fn import(env: &Env, file: &Path) -> anyhow::Result<()> {
    let shown = file.display();
    let opened = File::open(file).with_context(|| format!("opening {shown}"))?;
    let done = import::import(&database(env)?, opened)
        .await
        .with_context(|| format!("{shown}: nothing was imported"))?;
    writeln!(
        stdout(),
        "{} added, {} had an account already",
        done.added,
        done.skipped
    )?;
    Ok(())
}

fn database(env: &Env) -> anyhow::Result<MySqlPool> {
    Ok(DatabaseConfig::from_env(env, "api_gateway_db")?.pool())
}

fn read_password() -> anyhow::Result<Password> {
    let mut line = String::new();
    let read = stdin().lock().read_line(&mut line);
    read.context("reading the password from stdin")?;
    let password = Password::new(line.trim_end_matches(['\r', '\n']));
    password
        .rule_for_new()
        .map_err(|rule| broken("password on stdin", &rule))?;
    Ok(password)
}

fn broken(what: &str, rule: &ValidationError) -> anyhow::Error {
    anyhow!(
        "{what}: {}",
        rule.message.as_deref().unwrap_or("is invalid")
    )
}
