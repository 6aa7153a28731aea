//! One-shot commands.

use crate::helpers::{Scratch, use_real_shim};
use xtask::process::{guarded, step};

#[test]
fn a_failed_step_shows_the_end_of_its_log() {
    use_real_shim();
    let scratch = Scratch::new();
    let mut command = guarded("/bin/sh");
    command.args(["-c", "echo started; echo broken >&2; exit 4"]);
    let error = step::run_logged("migrating", &mut command, &scratch.path("log")).unwrap_err();
    let text = format!("{error:#}");
    assert!(
        text.contains("started\nbroken") && text.contains("migrating failed (exit status: 4)"),
        "{text}"
    );
}

#[test]
fn a_captured_step_gets_its_input_and_gives_its_output() {
    use_real_shim();
    let output = step::capture("counting", &mut guarded("wc"), b"a b c").unwrap();
    assert_eq!(
        output.split_whitespace().collect::<Vec<_>>(),
        ["0", "3", "5"]
    );
    let missing = step::capture("x", &mut guarded("/no/such/program"), b"").unwrap_err();
    assert!(
        format!("{missing:#}").contains("cannot start /no/such/program"),
        "{missing:#}"
    );
}

#[test]
fn a_command_that_cannot_start_is_shown_without_its_environment() {
    let mut command = std::process::Command::new("/no/such/program");
    command
        .arg("--verbose")
        .env("DATABASE_URL", "mysql://me:hunter2@db/");
    let error = step::capture("asking", &mut command, b"").unwrap_err();
    let text = format!("{error:#} {error:?}");
    assert!(
        text.contains("asking: cannot start /no/such/program --verbose"),
        "{text}"
    );
    assert!(
        !text.contains("hunter2") && !text.contains("DATABASE_URL"),
        "{text}"
    );
}
