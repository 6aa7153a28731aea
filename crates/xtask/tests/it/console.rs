//! What a person at a pipe, a log or nothing at all sees.

use crate::helpers::{Scratch, xtask};
use std::env;
use std::fs::File;
use std::process::Command;
use std::time::{Duration, Instant};
use xtask::console::{self, Progress};

/// This program again, only saying what `speaks` says.
fn speaker() -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["console::speaks", "--exact", "--ignored", "--nocapture"])
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE");
    command
}

#[test]
fn a_step_is_told_from_its_first_second_on_and_with_its_end() {
    let output = speaker().output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text.lines().skip_while(|line| *line != "first").collect();
    assert_eq!(lines[1], "warning: mind", "no colours in a pipe: {text}");
    assert_eq!(
        lines[2], "  long ... 1 s",
        "nothing of the short one: {text}"
    );
    assert!(lines[3].starts_with("  long: done in 1."), "{text}");
    assert_eq!(lines[4], "  talking ...");
    assert!(lines[5].starts_with("  talking: failed in "), "{text}");
}

#[test]
fn colours_can_be_asked_for() {
    let output = speaker().env("CLICOLOR_FORCE", "1").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("\x1b[33mwarning: mind\x1b[0m"), "{text}");
}

#[test]
fn that_nothing_can_be_written_is_no_reason_to_fail() {
    let scratch = Scratch::new();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let status = xtask(&scratch.path("data"))
        .arg("down")
        .stdout(full)
        .status();
    assert!(status.unwrap().success());
}

#[test]
#[ignore = "a part of the tests above"]
fn speaks() {
    console::say("first");
    console::warn("mind");
    Progress::start("short").done();
    let mut long = Progress::start("long");
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(1_100) {
        long.tick();
        std::thread::sleep(Duration::from_millis(50));
    }
    long.tick();
    long.done();
    Progress::start_talking("talking").failed();
}
