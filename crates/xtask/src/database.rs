//! Schemas and accounts: each service may touch its own schema only.

use crate::layout::Layout;
use crate::process::step;
use crate::services::{self, SERVICES, Service};
use crate::stack::Stack;
use anyhow::Result;

/// May read all five schemas.
pub const AUDIT_ACCOUNT: &str = "airside_audit";

/// Selects the GRANTs of a service's account.
const RIGHTS: &str = include_str!("../../../migrations/rights.sql");

/// Makes what is missing and sets the passwords to the generated ones. Can be run again.
pub fn prepare(stack: &Stack) -> Result<()> {
    let sql = statements(&stack.layout, stack.mysql.account_host())?;
    step::capture(
        "making schemas and accounts",
        &mut stack.mysql.client()?,
        sql.as_bytes(),
    )?;
    Ok(())
}

/// Gives each service its rights in the tables that are there, after the migrations.
pub fn grant(stack: &Stack) -> Result<()> {
    let host = stack.mysql.account_host();
    let rights = SERVICES.iter().map(|service| {
        let select = RIGHTS.replace("{schema}", service.schema);
        let select = select.replace("{account}", service.account);
        select.replace("{host}", host) + ";\n"
    });
    let rights: String = rights.collect();
    let grants = step::capture(
        "reading tables",
        &mut stack.mysql.client()?,
        rights.as_bytes(),
    )?;
    step::capture(
        "granting rights in tables",
        &mut stack.mysql.client()?,
        grants.as_bytes(),
    )?;
    Ok(())
}

fn statements(layout: &Layout, host: &str) -> Result<String> {
    let mut sql = account(layout, AUDIT_ACCOUNT, host)?;
    for Service {
        schema,
        account: name,
        ..
    } in &SERVICES
    {
        let migrate = format!("{name}_migrate");
        sql += &format!(
            "CREATE DATABASE IF NOT EXISTS `{schema}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;\n"
        );
        sql += &account(layout, name, host)?;
        sql += &account(layout, &migrate, host)?;
        // An underscore in a GRANT's schema is a wildcard unless escaped.
        let pattern = schema.replace('_', "\\_");
        // Older data may have the service's account with rights in the whole schema.
        let all = "SELECT, INSERT, UPDATE, DELETE";
        sql += &format!(
            "GRANT {all} ON `{pattern}`.* TO '{name}'@'{host}';\n\
             REVOKE {all} ON `{pattern}`.* FROM '{name}'@'{host}';\n\
             GRANT ALL PRIVILEGES ON `{pattern}`.* TO '{migrate}'@'{host}';\n\
             GRANT SELECT ON `{pattern}`.* TO '{AUDIT_ACCOUNT}'@'{host}';\n"
        );
    }
    Ok(sql)
}

fn account(layout: &Layout, name: &str, host: &str) -> Result<String> {
    // Letters and digits only: nothing to escape (`secrets`).
    let password = services::account_password(layout, name)?;
    Ok(format!(
        "CREATE USER IF NOT EXISTS '{name}'@'{host}' IDENTIFIED BY '{password}';\n\
         ALTER USER '{name}'@'{host}' IDENTIFIED BY '{password}';\n"
    ))
}
