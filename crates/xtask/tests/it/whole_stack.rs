//! `up` as people run it: the program itself, real servers, the five services; killed and started
//! again.

use crate::helpers::eventually;
use crate::http;
use crate::stack::Stack;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use xtask::process::procfs;

const SERVICES: [&str; 5] = [
    "payment-sandbox",
    "notification",
    "flights",
    "booking",
    "gateway",
];

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
    check_watching(stack.offset);
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
    let others = [
        "mariadb",
        "redis",
        "mail",
        "prometheus",
        "alertmanager",
        "auditor",
        "mysqld-exporter",
        "redis-exporter",
    ];
    let mut expected = [&SERVICES[..], &others].concat();
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

/// Prometheus sees every service of this stack, and has nothing to say.
fn check_watching(offset: u16) {
    let ask = |path: &str| {
        let (status, answer) = http::get(9090 + offset, path);
        assert_eq!(status, 200, "{path}: {answer}");
        answer["data"].clone()
    };
    let targets = ask("/api/v1/targets?state=active");
    let mut seen: Vec<_> = targets["activeTargets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|target| {
            assert_eq!(target["health"], "up", "{target}");
            let instance = target["labels"]["instance"].as_str().unwrap();
            instance.rsplit_once(':').unwrap().1.parse::<u16>().unwrap() - offset
        })
        .collect();
    seen.sort_unstable();
    assert_eq!(seen, [3500, 4000, 4500, 5001, 8000, 8100, 9104, 9121]);
    let receivers = ask("/api/v1/alertmanagers");
    let expected = format!("http://127.0.0.1:{}/api/v2/alerts", 9093 + offset);
    assert_eq!(receivers["activeAlertmanagers"][0]["url"], expected);
    let rules = ask("/api/v1/rules?type=alert");
    assert!(
        rules["groups"]
            .as_array()
            .is_some_and(|groups| !groups.is_empty())
    );
    assert_eq!(ask("/api/v1/alerts")["alerts"], json!([]));
    let (public, _) = http::get(5000 + offset, "/metrics");
    assert_eq!(public, 404, "the gateway's public port shows no metrics");
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
