//! The supervisor's promises, with shell scripts as children.

use crate::helpers::{Scratch, eventually, script, use_real_shim};
use rustix::process::Signal;
use std::env;
use std::fs;
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use xtask::process::{procfs, signal_group};
use xtask::supervisor::control::{self, Request};
use xtask::supervisor::spec::Tier;
use xtask::supervisor::{Event, Handle, RESTART_PAUSE, Supervisor, state};

/// Runs a supervisor on a thread of its own.
fn supervise(scratch: &Scratch) -> (Handle, JoinHandle<anyhow::Result<()>>) {
    let supervisor = Supervisor::new(scratch.path("state.json"));
    (
        supervisor.handle(),
        thread::spawn(move || supervisor.run(|| ())),
    )
}

fn pid(handle: &Handle, name: &str) -> Option<u32> {
    handle
        .status()
        .into_iter()
        .find(|part| part.name == name)?
        .pid
}

fn health(handle: &Handle, name: &str) -> String {
    handle
        .status()
        .into_iter()
        .find(|part| part.name == name)
        .unwrap()
        .health
}

#[test]
fn a_dead_part_is_started_again_after_a_second() {
    let scratch = Scratch::new();
    let (handle, running) = supervise(&scratch);
    handle
        .add(script(
            &scratch,
            "a",
            Tier::Service,
            "touch a.ready; exec sleep 60",
        ))
        .wait()
        .unwrap();
    let first = pid(&handle, "a").unwrap();
    let killed = Instant::now();
    Command::new("kill")
        .args(["-9", &first.to_string()])
        .status()
        .unwrap();
    eventually("a new process", || {
        pid(&handle, "a").is_some_and(|pid| pid != first)
    });
    assert!(killed.elapsed() >= RESTART_PAUSE);
    eventually("ready again", || health(&handle, "a") == "ready");
    let kept = state::read(&scratch.path("state.json")).unwrap();
    assert_eq!(kept.parts[0].pid, pid(&handle, "a"));
    handle.send(Event::Down);
    running.join().unwrap().unwrap();
}

#[test]
fn a_part_that_dies_five_times_before_it_is_ready_ends_everything() {
    let scratch = Scratch::new();
    let (handle, running) = supervise(&scratch);
    handle
        .add(script(
            &scratch,
            "good",
            Tier::Redis,
            "touch good.ready; exec sleep 60",
        ))
        .wait()
        .unwrap();
    let good = pid(&handle, "good").unwrap();
    let bad = script(
        &scratch,
        "bad",
        Tier::Service,
        "echo the cause; echo >>deaths; exit 3",
    );
    assert!(handle.add(bad).wait().is_err());
    let error = running.join().unwrap().unwrap_err().to_string();
    assert!(error.contains("bad died 5 times in a row"), "{error}");
    assert!(
        error.contains("bad.out") && error.contains("the cause"),
        "{error}"
    );
    assert_eq!(scratch.read("deaths").lines().count(), 5);
    assert_eq!(procfs::started(good), None);
}

#[test]
fn once_all_was_ready_only_the_part_that_keeps_dying_is_given_up() {
    let scratch = Scratch::new();
    let (handle, running) = supervise(&scratch);
    let good = "touch good.ready; exec sleep 60";
    let bad = "echo >>lives; [ -e broken ] && exit 3; touch bad.ready; exec sleep 60";
    for (name, life) in [("good", good), ("bad", bad)] {
        let part = script(&scratch, name, Tier::Service, life);
        handle.add(part).wait().unwrap();
    }
    handle.send(Event::Facts(Box::new(state::Facts {
        ready: true,
        ..state::Facts::default()
    })));
    fs::write(scratch.path("broken"), "").unwrap();
    fs::remove_file(scratch.path("bad.ready")).unwrap();
    let (kept, lost) = (pid(&handle, "good"), pid(&handle, "bad").unwrap());
    signal_group(lost, Signal::KILL);
    eventually("it is given up", || health(&handle, "bad") == "failed");
    assert_eq!(
        scratch.read("lives").lines().count(),
        6,
        "one good life, five bad"
    );
    assert_eq!(
        (health(&handle, "good").as_str(), pid(&handle, "good")),
        ("ready", kept)
    );
    let written = state::read(&scratch.path("state.json")).unwrap();
    assert_eq!(written.parts[1].health, "failed");

    let again = || {
        handle
            .ask(|reply| Event::Start("bad".to_owned(), reply))
            .wait()
    };
    let error = again().unwrap_err().to_string();
    assert!(error.contains("bad died 5 times in a row"), "{error}");
    fs::remove_file(scratch.path("broken")).unwrap();
    again().unwrap();
    assert_eq!(health(&handle, "bad"), "ready");
    handle.send(Event::Down);
    running.join().unwrap().unwrap();
}

#[test]
fn a_part_that_was_ready_in_between_is_not_given_up() {
    let scratch = Scratch::new();
    let (handle, running) = supervise(&scratch);
    // Dies four times, is ready once, dies twice more, stays.
    let life = "echo >>lives; n=$(wc -l <lives); \
        if [ $n = 5 ]; then touch a.ready; until [ -e seen ]; do sleep 0.05; done; rm a.ready; exit 1; fi; \
        if [ $n -lt 8 ]; then exit 1; fi; touch a.ready; exec sleep 60";
    handle
        .add(script(&scratch, "a", Tier::Service, life))
        .wait()
        .unwrap();
    fs::write(scratch.path("seen"), "").unwrap();
    eventually("the eighth life", || {
        scratch.read("lives").lines().count() == 8
    });
    eventually("ready", || health(&handle, "a") == "ready");
    handle.send(Event::Down);
    running.join().unwrap().unwrap();
}

#[test]
fn a_stopped_part_stays_stopped_until_it_is_started() {
    let scratch = Scratch::new();
    let (handle, running) = supervise(&scratch);
    let socket = scratch.path("control.sock");
    control::listen(&socket, handle.clone()).unwrap();
    handle
        .add(script(
            &scratch,
            "a",
            Tier::Service,
            "touch a.ready; exec sleep 60",
        ))
        .wait()
        .unwrap();
    control::ask(&socket, &Request::Stop("a".to_owned()), "asking").unwrap();
    thread::sleep(RESTART_PAUSE + Duration::from_millis(300));
    assert_eq!(
        (health(&handle, "a").as_str(), pid(&handle, "a")),
        ("stopped", None)
    );
    // Else the file of its first life would say ready before its second has begun.
    fs::remove_file(scratch.path("a.ready")).unwrap();
    control::ask(&socket, &Request::Start("a".to_owned()), "asking").unwrap();
    assert_eq!(health(&handle, "a"), "ready");
    let error = control::ask(&socket, &Request::Stop("b".to_owned()), "asking")
        .unwrap_err()
        .to_string();
    assert_eq!(error, "no part is called b; there are a");
    fs::remove_file(scratch.path("a.ready")).unwrap();
    let status = control::ask(&socket, &Request::Status, "asking")
        .unwrap()
        .unwrap();
    assert_eq!(status.parts[0].health, "not ready");
    control::ask(&socket, &Request::Down, "asking").unwrap();
    running.join().unwrap().unwrap();
}

#[test]
fn services_end_before_servers_and_a_deaf_one_is_killed() {
    let scratch = Scratch::new();
    let (handle, running) = supervise(&scratch);
    let tells = |name: &str| {
        format!(
            "trap 'echo {name} >>ends; exit 0' TERM; touch {name}.ready; while :; do sleep 0.05; done"
        )
    };
    let deaf = "trap '' TERM; touch deaf.ready; while :; do sleep 0.05; done";
    for part in [
        script(&scratch, "database", Tier::Database, &tells("database")),
        script(&scratch, "redis", Tier::Redis, &tells("redis")),
        script(&scratch, "mail", Tier::MailSink, &tells("mail")),
        script(&scratch, "service", Tier::Service, &tells("service")),
        script(&scratch, "deaf", Tier::Service, deaf),
    ] {
        handle.add(part).wait().unwrap();
    }
    let pids: Vec<u32> = handle.status().iter().filter_map(|part| part.pid).collect();
    assert_eq!(pids.len(), 5);
    let asked = Instant::now();
    handle.send(Event::Down);
    running.join().unwrap().unwrap();
    assert!(
        asked.elapsed() >= Duration::from_millis(500),
        "the deaf one got its grace"
    );
    assert_eq!(scratch.read("ends"), "service\nmail\nredis\ndatabase\n");
    assert!(pids.iter().all(|pid| procfs::started(*pid).is_none()));
}

#[test]
fn nothing_survives_a_kill_of_the_supervisor() {
    let scratch = Scratch::new();
    let mut supervisor = Command::new(env::current_exe().unwrap())
        .args(["supervision::as_a_process", "--exact", "--ignored"])
        .env("SCRATCH", scratch.path(""))
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let read = |file| scratch.read(file).trim().parse().ok();
    eventually("both children", || {
        read("first.pid").and(read("second.pid")).is_some()
    });
    let pids = ["first.pid", "second.pid"].map(|file| read(file).unwrap());
    assert!(pids.iter().all(|pid| procfs::started(*pid).is_some()));
    supervisor.kill().unwrap();
    supervisor.wait().unwrap();
    eventually("all are gone", || {
        pids.iter().all(|pid| procfs::started(*pid).is_none())
    });
}

#[test]
#[ignore = "a part of nothing_survives_a_kill_of_the_supervisor"]
fn as_a_process() {
    let folder = env::var("SCRATCH").unwrap();
    use_real_shim();
    let supervisor = Supervisor::new(format!("{folder}/state.json").into());
    for name in ["first", "second"] {
        let scratch = Scratch::new();
        let mut part = script(
            &scratch,
            name,
            Tier::Service,
            &format!("echo $$ >{name}.pid; exec sleep 60"),
        );
        part.folder = folder.clone().into();
        part.log = format!("{folder}/{name}.out").into();
        drop(supervisor.handle().add(part));
    }
    supervisor.run(|| ()).unwrap();
}
