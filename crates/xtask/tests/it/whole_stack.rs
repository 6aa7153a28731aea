//! `up` as people run it: the program itself, real servers, the five services; killed and started
//! again.

use crate::helpers::{Scratch, eventually, executable, free_offset, xtask};
use crate::http;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Instant;
use xtask::process::procfs;

const SERVICES: [&str; 5] = [
    "payment-sandbox",
    "notification",
    "flights",
    "booking",
    "gateway",
];

/// A stack of this test's own. A shell that waits for the end of its stdin takes it down, so that
/// it is gone also when this whole program is killed.
struct Stack {
    scratch: Scratch,
    offset: u16,
    undertaker: Child,
}

impl Stack {
    fn new() -> Self {
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

    fn run(&self, args: &[&str]) -> Output {
        let path = std::env::var("PATH").unwrap_or_default();
        xtask(&self.scratch.path("data"))
            .args(args)
            .env("AIRSIDE_PORT_OFFSET", self.offset.to_string())
            .env(
                "PATH",
                format!("{}:{path}", self.scratch.path("bin").display()),
            )
            .output()
            .unwrap()
    }

    /// Runs a command that must succeed; gives what it said.
    fn must(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {said}{errors}");
        said
    }

    fn up(&self) -> String {
        self.must(&["up", "--detach", "--data", "none", "--no-frontend"])
    }

    fn status(&self) -> Value {
        serde_json::from_str(&self.must(&["status", "--json"])).unwrap()
    }

    fn health(&self, part: &str) -> String {
        let status = self.status();
        let mut parts = status["parts"].as_array().unwrap().iter();
        let found = parts.find(|found| found["name"] == part).unwrap();
        found["health"].as_str().unwrap().to_owned()
    }

    fn gateway(&self) -> u16 {
        5000 + self.offset
    }

    fn sign_in(&self, email: &str, password: &str) -> (u16, String) {
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

fn pids(status: &Value) -> Vec<u32> {
    let parts = status["parts"].as_array().unwrap().iter();
    parts
        .map(|part| u32::try_from(part["pid"].as_u64().unwrap()).unwrap())
        .collect()
}

fn are_gone(pids: &[u32]) -> bool {
    pids.iter().all(|pid| procfs::started(*pid).is_none())
}

#[test]
fn a_stack_comes_up_survives_a_kill_with_its_data_and_goes_down() {
    let stack = Stack::new();
    stack.up();
    let status = stack.status();
    check_parts(&status, stack.offset);
    check_inbox(&status);
    let admin = check_accounts(&stack, &status);
    create_city(&stack, &admin);
    check_stop_and_start(&stack);

    let all = pids(&status);
    let now = pids(&stack.status());
    kill(status["pid"].as_u64().unwrap());
    let killed = Instant::now();
    eventually("everything died with the supervisor", || {
        are_gone(&now) && are_gone(&all)
    });
    println!(
        "all was gone {:.1} s after the kill",
        killed.elapsed().as_secs_f64()
    );

    fs::remove_file(stack.scratch.path("data/accounts/traveller.password")).unwrap();
    let said = stack.up();
    check_lost_account(&stack, &said);
    let (found, cities) = http::get(stack.gateway(), "/flightsService/api/v1/city");
    assert_eq!(
        (found, cities["data"][0]["city"].as_str()),
        (200, Some("Linz"))
    );
    let last = stack.status();
    let supervisor = u32::try_from(last["pid"].as_u64().unwrap()).unwrap();
    assert!(stack.must(&["down"]).ends_with("everything is stopped\n"));
    assert!(are_gone(&pids(&last)) && are_gone(&[supervisor]));
    assert_eq!(
        fs::read_dir(stack.scratch.path("data/run"))
            .unwrap()
            .count(),
        1,
        "the lock"
    );
}

fn check_parts(status: &Value, offset: u16) {
    let parts = status["parts"].as_array().unwrap();
    let mut names: Vec<_> = parts
        .iter()
        .map(|part| part["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    let mut expected = [&SERVICES[..], &["mariadb", "redis", "mail"]].concat();
    expected.sort_unstable();
    assert_eq!(names, expected);
    for part in parts {
        assert_eq!(part["health"], "ready", "{part}");
        assert!(part["pid"].as_u64().is_some_and(|pid| pid > 1), "{part}");
        assert!(part["url"].as_str().unwrap().contains("://"), "{part}");
    }
    let gateway = parts.iter().find(|part| part["name"] == "gateway").unwrap();
    assert_eq!(
        gateway["url"],
        format!("http://127.0.0.1:{}", 5000 + offset)
    );
}

fn check_inbox(status: &Value) {
    for (address, is_json) in [("inbox", false), ("api", true)] {
        let url = status["sink"][address].as_str().unwrap();
        let (port, path) = http::port_and_path(url);
        let (answered, body) = http::get(port, &path);
        assert_eq!((answered, body.is_array()), (200, is_json), "{url}");
    }
}

/// Everybody can sign in; gives the administrator's token.
fn check_accounts(stack: &Stack, status: &Value) -> String {
    let accounts = status["accounts"].as_array().unwrap();
    let roles: Vec<_> = accounts
        .iter()
        .map(|account| account["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["ADMIN", "FLIGHT_COMPANY", "CUSTOMER"]);
    let mut tokens = accounts.iter().map(|account| {
        let file = Path::new(account["passwordFile"].as_str().unwrap());
        assert!(file.is_absolute());
        let password = fs::read_to_string(file).unwrap();
        let (status, token) = stack.sign_in(account["email"].as_str().unwrap(), &password);
        assert_eq!(status, 200, "{account}");
        token
    });
    let admin = tokens.next().unwrap();
    assert_eq!(tokens.count(), 2);
    admin
}

/// Is not shown with a password that does not work, and the fix that `up` told makes it anew.
fn check_lost_account(stack: &Stack, said: &str) {
    let email = "traveller@airside.example";
    assert!(said.contains(&format!("{email} cannot sign in")), "{said}");
    let file = stack.scratch.path("data/accounts/traveller.password");
    assert!(!file.exists());
    let status = stack.status();
    let accounts = status["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 2, "{accounts:?}");
    assert!(accounts.iter().all(|account| account["email"] != email));

    let fix = said.lines().find(|line| line.contains("DELETE")).unwrap();
    let fixed = Command::new("/bin/sh").args(["-c", fix]).status().unwrap();
    assert!(fixed.success(), "{fix}");
    let said = stack.must(&["seed", "none"]);
    assert!(!said.contains("cannot sign in"), "{said}");
    let password = fs::read_to_string(file).unwrap();
    assert_eq!(stack.sign_in(email, &password).0, 200);
}

fn create_city(stack: &Stack, admin: &str) {
    let path = "/flightsService/api/v1/city";
    let (created, answer) = http::post(stack.gateway(), path, admin, &json!({"city": "Linz"}));
    assert_eq!(created, 201, "{answer}");
}

fn check_stop_and_start(stack: &Stack) {
    stack.must(&["stop", "notification"]);
    assert_eq!(stack.health("notification"), "stopped");
    stack.must(&["start", "notification"]);
    assert_eq!(stack.health("notification"), "ready");
}

fn kill(pid: u64) {
    let killed = Command::new("kill").args(["-9", &pid.to_string()]).status();
    assert!(killed.unwrap().success());
}
