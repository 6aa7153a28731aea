//! The demo accounts: one of each role, with generated passwords.

use crate::layout::{binaries, private_folder};
use crate::process::{guarded, step};
use crate::secrets;
use crate::services::named;
use crate::stack::Stack;
use crate::supervisor::state::AccountFacts;
use anyhow::{Context as _, Result};
use std::fs;

struct Account {
    role: &'static str,
    email: &'static str,
    name: &'static str,
    /// The file under `.data/accounts/`.
    file: &'static str,
}

const ACCOUNTS: [Account; 3] = [
    Account {
        role: "ADMIN",
        email: "admin@airside.example",
        name: "Ada Admin",
        file: "admin.password",
    },
    Account {
        role: "FLIGHT_COMPANY",
        email: "airline@airside.example",
        name: "Arlo Airline",
        file: "airline.password",
    },
    Account {
        role: "CUSTOMER",
        email: "traveller@airside.example",
        name: "Tara Traveller",
        file: "traveller.password",
    },
];

/// Makes those that are missing. `data` names the set whose first airline the staff works for.
pub fn prepare(stack: &Stack, data: &str) -> Result<Vec<AccountFacts>> {
    private_folder(&stack.layout.data.join("accounts"))?;
    ACCOUNTS
        .iter()
        .map(|account| create(stack, account, data))
        .collect()
}

fn create(stack: &Stack, account: &Account, data: &str) -> Result<AccountFacts> {
    let password_file = stack.layout.data.join("accounts").join(account.file);
    let password = secrets::password(&password_file)?;
    let mut command = guarded(binaries(&stack.layout.root, stack.release).join("gateway"));
    command
        .env_clear()
        .envs(named("gateway").environment(stack)?);
    match account.role {
        "ADMIN" => command.args(["admin", "create"]),
        role => command.args(["user", "create", "--role", role]),
    };
    command.args(["--email", account.email, "--name", account.name]);
    if account.role == "FLIGHT_COMPANY" {
        command.args(["--airline", &first_airline(stack, data)?]);
    }
    step::capture(
        &format!("making the account {}", account.email),
        &mut command,
        password.as_bytes(),
    )?;
    Ok(AccountFacts {
        role: account.role.to_owned(),
        email: account.email.to_owned(),
        password_file,
    })
}

/// The code of the first airline in the data set; without data, of the demo set.
fn first_airline(stack: &Stack, data: &str) -> Result<String> {
    let folder = if data == "nyc" { "nyc" } else { "demo" };
    let file = stack
        .layout
        .root
        .join("data")
        .join(folder)
        .join("airlines.csv");
    let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let code = text.lines().nth(1).and_then(|line| line.split(',').next());
    Ok(code.context("the data set has no airline")?.to_owned())
}
