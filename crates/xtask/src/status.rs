//! `status`, `start` and `stop`: questions and orders to the running supervisor.

use crate::console;
use crate::layout::Layout;
use crate::supervisor::control::{self, Answer, Request};
use crate::supervisor::state::{self, EXTERNAL, State};
use anyhow::{Context as _, Result, bail};

/// Prints what runs.
pub fn run(layout: &Layout, json: bool) -> Result<()> {
    let answer = ask(layout, &Request::Status)?;
    let mut state = state::read(&layout.state_file()).context("the stack has not come up yet")?;
    state.parts.retain(|part| part.health == EXTERNAL);
    state.parts.extend(answer.parts);
    if json {
        console::say(serde_json::to_string_pretty(&state)?);
    } else {
        print(&state);
    }
    Ok(())
}

/// Starts a stopped part and waits until it is ready.
pub fn start(layout: &Layout, part: &str) -> Result<()> {
    ask(layout, &Request::Start(part.to_owned()))?;
    console::say(format_args!("{part} is ready"));
    Ok(())
}

/// Stops a part, which then stays stopped.
pub fn stop(layout: &Layout, part: &str) -> Result<()> {
    ask(layout, &Request::Stop(part.to_owned()))?;
    console::say(format_args!(
        "{part} is stopped; `cargo xtask start {part}` starts it again"
    ));
    Ok(())
}

/// An error unless the stack is up and ready.
pub fn require_running(layout: &Layout) -> Result<State> {
    ask(layout, &Request::Status)?;
    let state = state::read(&layout.state_file()).filter(|state| state.facts.ready);
    state.context("the stack is still starting: wait until `cargo xtask up` says it is ready")
}

/// Prints the addresses and accounts.
pub fn print(state: &State) {
    console::say(format_args!(
        "  {:<16} {:<11} {:>8}  address",
        "part", "health", "pid"
    ));
    for part in &state.parts {
        let pid = part
            .pid
            .map_or_else(|| "-".to_owned(), |pid| pid.to_string());
        console::say(format_args!(
            "  {:<16} {:<11} {pid:>8}  {}",
            part.name, part.health, part.url
        ));
    }
    if !state.facts.sink.inbox.is_empty() {
        console::say(format_args!(
            "\n  mails: {}   as JSON: {}",
            state.facts.sink.inbox, state.facts.sink.api
        ));
    }
    for account in &state.facts.accounts {
        let file = account.password_file.display();
        console::say(format_args!(
            "  {:<16} {:<28} password in {file}",
            account.role, account.email
        ));
    }
    if state.facts.limits_off {
        console::shout(
            "  limits are OFF: no rate limit, no limit on unpaid holds; for measuring only",
        );
    }
}

fn ask(layout: &Layout, request: &Request) -> Result<Answer> {
    let title = match request {
        Request::Start(part) => format!("starting {part}"),
        Request::Stop(part) => format!("stopping {part}"),
        Request::Status | Request::Down => "asking the supervisor".to_owned(),
    };
    match control::ask(&layout.control_socket(), request, &title)? {
        Some(answer) => Ok(answer),
        None => bail!("nothing is running here; `cargo xtask up` starts it"),
    }
}
