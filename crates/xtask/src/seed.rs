//! Migrations, demo data and demo accounts.

use crate::cli::Data;
use crate::layout::{Layout, binaries};
use crate::process::{guarded, step};
use crate::services::{SERVICES, named};
use crate::stack::Stack;
use crate::{accounts, console, database, status};
use anyhow::Result;

/// `seed`: into the running stack.
pub fn run(layout: &Layout, data: Data) -> Result<()> {
    status::require_running(layout)?;
    let stack = Stack::load(layout)?;
    flights(&stack, data)?;
    let accounts = accounts::prepare(&stack, data.name().unwrap_or("demo"))?;
    accounts::usable(&stack, accounts);
    console::say("seeded");
    Ok(())
}

/// Brings every schema to the version of the code, and gives the services their rights in it.
pub fn migrate(stack: &Stack) -> Result<()> {
    for service in &SERVICES {
        let mut command = guarded(binaries(&stack.layout.root, stack.release).join(service.name));
        command
            .env_clear()
            .env("MIGRATE_DATABASE_URL", service.migrate_url(stack)?)
            .arg("migrate");
        let log = stack
            .layout
            .logs()
            .join(format!("migrate-{}.log", service.name));
        step::run_logged(&format!("migrating {}", service.schema), &mut command, &log)?;
    }
    database::grant(stack)
}

/// Puts a data set into flights' schema; what is there already stays.
pub fn flights(stack: &Stack, data: Data) -> Result<()> {
    let Some(name) = data.name() else {
        return Ok(());
    };
    let flights = named("flights");
    let mut command = guarded(binaries(&stack.layout.root, stack.release).join(flights.name));
    command
        .current_dir(&stack.layout.root)
        .env_clear()
        .envs(flights.environment(stack)?);
    let log = stack.layout.logs().join("seed.log");
    step::run_logged(
        &format!("seeding the {name} flights"),
        command.args(["seed", name]),
        &log,
    )
}
