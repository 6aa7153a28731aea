//! What `up` finds before it starts anything. A taken port ends each of these early.

use crate::helpers::{Scratch, executable, free_offset, xtask};
use std::fs;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

/// An `up` with the gateway's port taken and this `node` on the PATH.
struct Attempt {
    scratch: Scratch,
    offset: u16,
    _held: TcpListener,
}

impl Attempt {
    fn with_node(script: &str) -> Self {
        let scratch = Scratch::new();
        fs::create_dir(scratch.path("bin")).unwrap();
        executable(&scratch.path("bin/node"), script);
        executable(&scratch.path("bin/npm"), "");
        let (offset, [held]) = free_offset([5000]);
        Self {
            scratch,
            offset,
            _held: held,
        }
    }

    fn command(&self) -> Command {
        let mut command = xtask(&self.scratch.path("data"));
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .args(["up", "--data", "none"])
            .env("AIRSIDE_PORT_OFFSET", self.offset.to_string())
            .env(
                "PATH",
                format!("{}:{path}", self.scratch.path("bin").display()),
            );
        command
    }
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!text.contains("building"), "{text}");
    text
}

#[test]
fn an_old_node_is_a_warning_with_a_fix() {
    let attempt = Attempt::with_node("echo v18.19.0");
    let text = said(&mut attempt.command());
    let expected = "warning: Node is too old (v18.19.0): there is no front end, and mails go to a plain sink without pages; \
                    fix: install Node 20.9 or later";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn it_takes_two_seconds_whatever_hangs() {
    // They accept, by the kernel, and never answer.
    let [mysql, redis] = [0, 0].map(|port| TcpListener::bind(("127.0.0.1", port)).unwrap());
    let [mysql, redis] = [&mysql, &redis].map(|l| l.local_addr().unwrap().port());
    let attempt = Attempt::with_node("sleep 60");
    // The machine may be busy with other tests: the best of some counts.
    let fastest = (0..5).find_map(|_| {
        let began = Instant::now();
        let text = said(
            attempt
                .command()
                .env(
                    "AIRSIDE_MYSQL_URL",
                    format!("mysql://root:hunter2@127.0.0.1:{mysql}/"),
                )
                .env(
                    "AIRSIDE_REDIS_URL",
                    format!("redis://:hunter2@127.0.0.1:{redis}"),
                ),
        );
        let took = began.elapsed();
        for expected in [
            "`node --version` says nothing within 1.2 s".to_owned(),
            format!(
                "missing: AIRSIDE_MYSQL_URL: mysql://127.0.0.1:{mysql}/ cannot be used: no answer"
            ),
            format!(
                "missing: AIRSIDE_REDIS_URL: redis://127.0.0.1:{redis} cannot be used: no answer"
            ),
            format!(
                "missing: port {} for gateway is taken",
                5000 + attempt.offset
            ),
        ] {
            assert!(text.contains(&expected), "{expected}\n{text}");
        }
        assert!(!text.contains("hunter2"), "{text}");
        (took < Duration::from_secs(2)).then_some(took)
    });
    println!("preflight took {:?}", fastest.expect("two seconds"));
}

#[test]
fn servers_that_do_not_run_or_refuse_are_told_with_the_reason() {
    let attempt = Attempt::with_node("echo v22.0.0");
    // Below the kernel's range for others, and looked up as free: nobody listens there.
    let (offset, []) = free_offset([]);
    let nobody = 3500 + offset;
    let text = said(
        attempt
            .command()
            .env(
                "AIRSIDE_MYSQL_URL",
                format!("mysql://root@127.0.0.1:{nobody}"),
            )
            .env("AIRSIDE_REDIS_URL", format!("redis://127.0.0.1:{nobody}/1")),
    );
    for name in ["MYSQL", "REDIS"] {
        let line = format!("missing: AIRSIDE_{name}_URL: ");
        let told = text.lines().find(|told| told.contains(&line)).expect(&text);
        assert!(
            told.contains("cannot be used: ") && told.to_lowercase().contains("connect"),
            "{text}"
        );
    }
    assert!(!text.contains("warning"), "{text}");
}
