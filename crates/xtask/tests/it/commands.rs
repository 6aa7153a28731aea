//! The command line, without building anything.

use crate::helpers::{Scratch, eventually, free_offset, xtask};
use std::path::Path;
use std::process::Output;
use xtask::layout::Layout;
use xtask::up::lock::Lock;

fn run(data: &Path, args: &[&str]) -> Output {
    xtask(data).args(args).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn down_and_status_say_that_nothing_runs() {
    let scratch = Scratch::new();
    let down = run(&scratch.path("data"), &["down"]);
    assert!(down.status.success());
    assert_eq!(text(&down), "nothing was running\n");
    let status = run(&scratch.path("data"), &["status", "--json"]);
    assert!(!status.status.success());
    assert!(text(&status).contains("nothing is running here; `cargo xtask up` starts it"));
}

#[test]
fn a_second_up_says_who_runs() {
    let scratch = Scratch::new();
    let data = scratch.path("data");
    let layout = Layout {
        root: "/".into(),
        data: data.clone(),
        port_offset: 0,
    };
    let lock = Lock::take(&layout).unwrap();
    let second = run(&data, &["up"]);
    assert!(!second.status.success());
    let expected = format!("it is running already (pid {})", std::process::id());
    assert!(text(&second).contains(&expected), "{}", text(&second));
    drop(lock);
    // A child that another test is starting holds a copy until its exec.
    eventually("it is free again", || Lock::take(&layout).is_ok());
}

#[test]
fn up_names_every_taken_port_before_it_builds() {
    let scratch = Scratch::new();
    let (offset, held) = free_offset([5000, 3500]);
    let output = xtask(&scratch.path("data"))
        .args(["up", "--data", "none"])
        .env("AIRSIDE_PORT_OFFSET", offset.to_string())
        .output()
        .unwrap();
    assert!(!output.status.success());
    let text = text(&output);
    let pid = std::process::id();
    for (port, service) in [(5000 + offset, "gateway"), (3500 + offset, "flights")] {
        let taken = format!("port {port} for {service} is taken by");
        let line = text
            .lines()
            .find(|line| line.contains(&taken))
            .expect(&text);
        assert!(line.contains(&format!("(pid {pid})")), "{text}");
    }
    assert!(
        text.contains("nothing was started") && !text.contains("building"),
        "{text}"
    );
    drop(held);
}

#[test]
fn without_root_and_servers_the_fix_is_a_command() {
    let needs = [xtask::install::MARIADB, xtask::install::REDIS];
    let fix = xtask::install::obstacle(&needs);
    if rustix::process::geteuid().is_root() && xtask::process::find_program("apt-get").is_some() {
        assert_eq!(fix, None);
    } else {
        assert!(fix.unwrap().contains("install"));
    }
}

#[test]
fn help_lists_every_command() {
    let scratch = Scratch::new();
    let help = text(&run(&scratch.path("data"), &["help"]));
    for command in [
        "up", "down", "status", "start", "stop", "logs", "backup", "restore", "test", "lint", "ci",
        "seed", "import", "audit", "openapi", "fuzz", "bench", "chaos",
    ] {
        assert!(
            help.contains(&format!("\n  {command} ")),
            "{command} is not in:\n{help}"
        );
    }
}

#[test]
fn help_says_what_up_can_do_without() {
    let scratch = Scratch::new();
    let help = text(&run(&scratch.path("data"), &["up", "--help"]));
    for option in ["--no-frontend", "--no-prometheus"] {
        assert!(help.contains(option), "{help}");
    }
}
