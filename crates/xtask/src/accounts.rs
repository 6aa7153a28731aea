//! The demo accounts: one of each role, with generated passwords.

use crate::console;
use crate::layout::{binaries, private_folder};
use crate::process::{guarded, step};
use crate::secrets;
use crate::services::named;
use crate::stack::Stack;
use crate::supervisor::probe;
use crate::supervisor::state::AccountFacts;
use anyhow::{Context as _, Result};
use serde_json::json;
use std::fs;
use std::time::Duration;

/// Hashes are slow on purpose, and slower on a busy machine.
const SIGN_IN_TIMEOUT: Duration = Duration::from_secs(10);

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

/// An account that is there; whether its password is the one in our file, only the gateway knows.
pub struct Prepared {
    facts: AccountFacts,
    password: String,
    /// The file was made just now.
    is_fresh: bool,
}

/// Makes those that are missing. `data` names the set whose first airline the staff works for.
pub fn prepare(stack: &Stack, data: &str) -> Result<Vec<Prepared>> {
    private_folder(&stack.layout.data.join("accounts"))?;
    ACCOUNTS
        .iter()
        .map(|account| create(stack, account, data))
        .collect()
}

/// Those that can sign in at the running gateway. The others, made under another data folder or
/// before their file was lost, are told loudly: the gateway leaves an account that is there as it is.
pub fn usable(stack: &Stack, prepared: Vec<Prepared>) -> Vec<AccountFacts> {
    let check = |account: &Prepared| match sign_in(stack, account) {
        Some(200) => true,
        Some(401) => {
            tell_how_to_reset(stack, account);
            false
        }
        other => {
            let answer = other.map_or("nothing".to_owned(), |status| status.to_string());
            let email = &account.facts.email;
            console::warn(&format!(
                "could not try {email}: the gateway answers {answer}"
            ));
            true
        }
    };
    let usable = prepared.into_iter().filter(check);
    usable.map(|account| account.facts).collect()
}

fn create(stack: &Stack, account: &Account, data: &str) -> Result<Prepared> {
    let password_file = stack.layout.data.join("accounts").join(account.file);
    let is_fresh = !password_file.is_file();
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
    let facts = AccountFacts {
        role: account.role.to_owned(),
        email: account.email.to_owned(),
        password_file,
    };
    Ok(Prepared {
        facts,
        password,
        is_fresh,
    })
}

/// The gateway's answer.
fn sign_in(stack: &Stack, account: &Prepared) -> Option<u16> {
    let port = stack.layout.port(named("gateway").port);
    let body = json!({"email": account.facts.email, "password": account.password}).to_string();
    let request = format!(
        "POST /api/v1/signin HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    probe::http_status(port, &request, SIGN_IN_TIMEOUT)
}

fn tell_how_to_reset(stack: &Stack, account: &Prepared) {
    let AccountFacts {
        email,
        password_file,
        ..
    } = &account.facts;
    let file = password_file.display();
    let why = if account.is_fresh {
        // What was made up for it opens nothing.
        let _ = fs::remove_file(password_file);
        format!("its password is lost: there was no {file}")
    } else {
        format!("its password is not the one in {file}")
    };
    let client = stack.mysql.client_for_people();
    console::shout(&format!(
        "  {email} cannot sign in: the account is there, but {why}\n  \
         to make it anew (with a new id; its bookings stay with the old one):\n    \
         {client} --execute \"DELETE FROM api_gateway_db.User WHERE email = '{email}'\"\n    \
         then: cargo xtask down; cargo xtask up"
    ));
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
