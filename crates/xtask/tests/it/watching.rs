//! Prometheus and Alertmanager beside a stack, without the stack.

use crate::helpers::{Scratch, eventually, free_offset, use_real_shim, xtask};
use crate::stack::Stack;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;
use xtask::install::PROMETHEUS;
use xtask::layout::Layout;
use xtask::process::{find_program, guarded, step};
use xtask::supervisor::probe::http_get;
use xtask::watching::{self, targets};

/// The configuration of this repository, in a folder of the test's own.
fn copy_of_the_repository(scratch: &Scratch, offset: u16) -> Layout {
    let root = scratch.path("repository");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for folder in ["rules", "targets"] {
        let folder = PathBuf::from("prometheus").join(folder);
        fs::create_dir_all(root.join(&folder)).unwrap();
        for entry in fs::read_dir(source.join(&folder)).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), root.join(&folder).join(entry.file_name())).unwrap();
        }
    }
    for file in ["prometheus.yml", "prometheus/alertmanager.yml"] {
        fs::copy(source.join(file), root.join(file)).unwrap();
    }
    Layout {
        root,
        data: scratch.path("data"),
        port_offset: offset,
    }
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = step::stop(&mut self.0, Duration::ZERO);
    }
}

fn start(scratch: &Scratch, folder: &Path, port: u16) -> Running {
    let log = File::create(scratch.path("prometheus.out")).unwrap();
    let mut command = guarded(find_program(PROMETHEUS.program).unwrap());
    command.args(watching::arguments(folder, port));
    let command = command.stderr(log.try_clone().unwrap()).stdout(log);
    let running = Running(command.spawn().unwrap());
    eventually("Prometheus is ready", || {
        http_get(port, "/-/ready").is_some_and(|(status, _)| status == 200)
    });
    running
}

#[test]
fn targets_that_are_away_or_not_scraped_are_named() {
    use_real_shim();
    let scratch = Scratch::new();
    let (offset, []) = free_offset([]);
    let layout = copy_of_the_repository(&scratch, offset);
    let configuration = layout.root.join("prometheus.yml");
    let text = fs::read_to_string(&configuration).unwrap();
    let wrong = text.replace("targets/booking-service.yml", "targets/bookings.yml");
    assert_ne!(text, wrong);
    fs::write(&configuration, wrong).unwrap();

    let folder = scratch.path("prometheus");
    let targets = watching::configure(&layout, &folder).unwrap();
    let port = layout.port(watching::PROMETHEUS_PORT);
    let _running = start(&scratch, &folder, port);
    let error = targets::wait(port, &targets, Duration::from_secs(10)).unwrap_err();
    let error = error.to_string();
    let flights = format!(
        "flight-service at http://127.0.0.1:{}/metrics",
        3500 + offset
    );
    let told = error.lines().find(|line| line.contains(&flights));
    assert!(told.is_some_and(|line| line.contains("refused")), "{error}");
    let unread = format!(
        "booking-service at 127.0.0.1:{}: prometheus.yml does not read prometheus/targets/booking-service.yml",
        4000 + offset
    );
    assert!(error.contains(&unread), "{error}");
}

#[test]
fn up_with_a_wrong_target_names_it_and_leaves_nothing() {
    let stack = Stack::new();
    let layout = copy_of_the_repository(&stack.scratch, stack.offset);
    for name in ["crates", "data", "migrations", "tools"] {
        let there = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(name);
        symlink(there.canonicalize().unwrap(), layout.root.join(name)).unwrap();
    }
    let file = layout.root.join("prometheus/targets/flight-service.yml");
    fs::write(file, "- targets: [\"flights:3501\"]\n").unwrap();
    let output = stack
        .command(&["up", "--detach", "--data", "none"])
        .current_dir(&layout.root)
        // What it would build was built for this test.
        .env("CARGO", "/bin/true")
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success(), "{told}");
    let wrong = format!(
        "flight-service at http://127.0.0.1:{}/metrics: ",
        3501 + stack.offset
    );
    assert!(told.contains(&wrong) && told.contains("refused"), "{told}");
    assert!(told.contains("everything is stopped"), "{told}");
    let status = stack.run(&["status"]);
    assert!(!status.status.success());
}

#[test]
fn a_target_that_is_no_address_stops_before_anything_starts() {
    let scratch = Scratch::new();
    let layout = copy_of_the_repository(&scratch, 0);
    let file = layout.root.join("prometheus/targets/flight-service.yml");
    fs::write(file, "- targets: [\"flights\"]\n").unwrap();
    let error = watching::configure(&layout, &scratch.path("prometheus")).unwrap_err();
    assert_eq!(
        format!("{error:#}"),
        "prometheus/targets/flight-service.yml: \"flights\" is not \"name:port\""
    );
}

#[test]
fn a_rule_that_was_removed_is_not_kept() {
    let scratch = Scratch::new();
    let layout = copy_of_the_repository(&scratch, 0);
    let folder = scratch.path("prometheus");
    fs::write(layout.root.join("prometheus/rules/old.yml"), "groups: []\n").unwrap();
    watching::configure(&layout, &folder).unwrap();
    assert!(folder.join("prometheus/rules/old.yml").is_file());
    fs::remove_file(layout.root.join("prometheus/rules/old.yml")).unwrap();
    watching::configure(&layout, &folder).unwrap();
    assert!(!folder.join("prometheus/rules/old.yml").exists());
}

#[test]
fn without_prometheus_up_names_it_and_how_to_do_without() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.path("bin")).unwrap();
    let (offset, [_held]) = free_offset([5000]);
    let up = |arguments: &[&str]| {
        let output = xtask(&scratch.path("data"))
            .arg("up")
            .args(arguments)
            .env("AIRSIDE_PORT_OFFSET", offset.to_string())
            // Neither programs nor a way to install them.
            .env("PATH", scratch.path("bin"))
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let told = up(&[]);
    let line = told
        .lines()
        .find(|line| line.contains("missing: Prometheus"));
    assert!(
        line.is_some_and(|line| line.contains("Alertmanager")),
        "{told}"
    );
    assert!(
        told.contains("or leave them out: cargo xtask up --no-prometheus"),
        "{told}"
    );
    let told = up(&["--no-prometheus"]);
    assert!(!told.contains("Prometheus"), "{told}");
}
