//! A booking that was paid, lost and brought back, as an operator does it.

use crate::helpers::{eventually, use_real_shim};
use crate::http;
use crate::journey::{book, mails, traveller};
use crate::stack::Stack;
use serde_json::{Value, json};
use std::fs;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use xtask::layout::Layout;
use xtask::process::step;

const UP: [&str; 7] = [
    "up",
    "--detach",
    "--data",
    "demo",
    "--no-prometheus",
    "--limits",
    "off",
];

#[test]
fn what_was_damaged_comes_back_and_the_books_agree() {
    let stack = Stack::new();
    stack.must(&UP);
    check_that_nobody_watches(&stack);
    let token = traveller(&stack);
    let booking = book(&stack, &token);
    eventually("the mail", || mails(&stack) == 1);
    let [first, second] = ["first", "second"].map(|name| stack.scratch.path(name));
    let [first, second] = [&first, &second].map(|folder| folder.to_str().unwrap());
    let meanwhile = back_up_under_load(&stack, &token, first);
    assert!(meanwhile > 0, "nothing was booked during the backup");

    damage(&stack);
    let running = refused(&stack, &["restore", first, "--force"]);
    assert!(running.contains("it is running already"), "{running}");
    stack.must(&["down"]);
    let full = refused(&stack, &["restore", first]);
    assert!(full.contains("the schemas hold data ("), "{full}");
    stack.must(&["restore", first, "--force"]);
    // Also with nothing running: the server is started for it.
    stack.must(&["backup", "--to", second]);
    let [before, after] = [first, second].map(manifest);
    let kept = before["schemas"]["flights_dev"]["rows"]["Bookings"].as_u64();
    println!("{meanwhile} were booked during the backup, {kept:?} are in it");
    assert_eq!(before["schemas"], after["schemas"]);
    assert_eq!(before["sha256"], after["sha256"], "every row is the same");

    stack.must(&UP);
    let path = format!("/bookingService/api/v1/booking/{booking}");
    let (status, found) = http::get_as(stack.gateway(), &path, &traveller(&stack));
    assert_eq!((status, &found["data"]["status"]), (200, &json!("BOOKED")));
    stack.must(&["audit", "--quiesce", "60"]);
}

/// Others book and pay all the while; gives how many were through before it ended.
fn back_up_under_load(stack: &Stack, token: &str, folder: &str) -> usize {
    let (done, count) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    book(stack, token);
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        eventually("they have begun", || count.load(Ordering::Relaxed) > 3);
        let before = count.load(Ordering::Relaxed);
        let backup = stack.run(&["backup", "--to", folder]);
        let after = count.load(Ordering::Relaxed);
        done.store(true, Ordering::Relaxed);
        assert!(backup.status.success(), "{backup:?}");
        after - before
    })
}

fn check_that_nobody_watches(stack: &Stack) {
    let status = stack.status();
    let parts = status["parts"].as_array().unwrap();
    assert_eq!(parts.len(), 8, "{parts:?}");
    assert!(TcpStream::connect(("127.0.0.1", 9090 + stack.offset)).is_err());
}

fn damage(stack: &Stack) {
    use_real_shim();
    let layout = Layout {
        root: "/".into(),
        data: stack.scratch.path("data"),
        port_offset: stack.offset,
    };
    let mysql = xtask::stack::Stack::load(&layout).unwrap().mysql;
    let sql = "DELETE FROM flights_dev.BookingEvents; DELETE FROM flights_dev.Payments; \
               UPDATE flights_booking.Flight SET availableSeats = totalSeats; \
               DROP TABLE notification_dev.Deliveries";
    step::capture("damaging", &mut mysql.client().unwrap(), sql.as_bytes()).unwrap();
}

fn refused(stack: &Stack, arguments: &[&str]) -> String {
    let output = stack.run(arguments);
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn manifest(folder: &str) -> Value {
    serde_json::from_slice(&fs::read(format!("{folder}/manifest.json")).unwrap()).unwrap()
}
