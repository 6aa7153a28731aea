//! The whole stack, started as people start it.

use crate::helpers::{Scratch, executable, free_offset, xtask};
use crate::http;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Output, Stdio};

/// A stack of this test's own. A shell that waits for the end of its stdin takes it down, so that
/// it is gone also when this whole program is killed.
pub struct Stack {
    pub scratch: Scratch,
    pub offset: u16,
    undertaker: Child,
}

impl Stack {
    pub fn new() -> Self {
        let scratch = Scratch::new();
        fs::create_dir(scratch.path("bin")).unwrap();
        // Too old for maildev, which npm would have to fetch: the sink is our own.
        executable(&scratch.path("bin/node"), "echo v18.19.0");
        let (offset, []) = free_offset([]);
        let mut undertaker = Command::new("/bin/sh");
        undertaker
            .args(["-c", "cat; \"$0\" down; rm -r \"$1\""])
            .arg(env!("CARGO_BIN_EXE_xtask"))
            .arg(scratch.path(""))
            .env("AIRSIDE_DATA_DIR", scratch.path("data"))
            .env("AIRSIDE_PORT_OFFSET", offset.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .process_group(0);
        let undertaker = undertaker.spawn().unwrap();
        Self {
            scratch,
            offset,
            undertaker,
        }
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let path = std::env::var("PATH").unwrap_or_default();
        let path = format!("{}:{path}", self.scratch.path("bin").display());
        let mut command = xtask(&self.scratch.path("data"));
        command
            .args(args)
            .env("AIRSIDE_PORT_OFFSET", self.offset.to_string())
            .env("PATH", path);
        command
    }

    /// Runs a command that must succeed; gives what it said.
    pub fn must(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {said}{errors}");
        said
    }

    pub fn up(&self) -> String {
        self.must(&["up", "--detach", "--data", "none", "--no-frontend"])
    }

    pub fn status(&self) -> Value {
        serde_json::from_str(&self.must(&["status", "--json"])).unwrap()
    }

    pub fn health(&self, part: &str) -> String {
        let status = self.status();
        let mut parts = status["parts"].as_array().unwrap().iter();
        let found = parts.find(|found| found["name"] == part).unwrap();
        found["health"].as_str().unwrap().to_owned()
    }

    pub fn gateway(&self) -> u16 {
        5000 + self.offset
    }

    pub fn sign_in(&self, email: &str, password: &str) -> (u16, String) {
        let body = json!({"email": email, "password": password});
        let (status, answer) = http::post(self.gateway(), "/api/v1/signin", "", &body);
        (
            status,
            answer["data"]["jwt"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        drop(self.undertaker.stdin.take());
        let _ = self.undertaker.wait();
    }
}
