//! `logs` over files as the services write them.

use crate::helpers::{Scratch, xtask};
use std::fs;

fn line(time: &str, id: &str, message: &str) -> String {
    format!(
        "{{\"timestamp\":\"{time}Z\",\"level\":\"INFO\",\"message\":\"{message}\",\"status\":200,\
         \"target\":\"t\",\"correlation_id\":\"{id}\",\"route\":\"/r\"}}\n"
    )
}

/// Success, and what it said on stdout and stderr.
fn logs(scratch: &Scratch, arguments: &[&str]) -> (bool, String, String) {
    let output = xtask(&scratch.path("data"))
        .arg("logs")
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.success(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn some_logs() -> Scratch {
    let scratch = Scratch::new();
    let folder = scratch.path("data/logs");
    fs::create_dir_all(&folder).unwrap();
    let write = |file: &str, lines: &[String]| {
        fs::write(folder.join(file), lines.concat()).unwrap();
    };
    write(
        "gateway.2026-11-25.log",
        &[line("2026-11-25T23:59:59.900000", "buy-1", "asked")],
    );
    write(
        "gateway.2026-11-26.log",
        &[
            line("2026-11-26T00:00:00.400000", "buy-1", "answered"),
            line("2026-11-26T00:00:00.500000", "buy-10", "another"),
        ],
    );
    write(
        "booking.2026-11-26.log",
        &[
            // Two threads: not in order.
            line("2026-11-26T00:00:00.200000", "buy-1", "charged"),
            line("2026-11-26T00:00:00.100000", "buy-1", "held"),
            "no JSON \"correlation_id\":\"buy-1\"\n".to_owned(),
            line(
                "2026-11-26T00:00:00.300000",
                "other",
                r#"says \"correlation_id\":\"buy-1\""#,
            ),
        ],
    );
    let torn = line("2026-11-26T00:00:09.000000", "buy-1", "torn");
    write(
        "notification.2026-11-26.log",
        &[
            line("2026-11-26T00:00:01.000000", "buy-1", "mailed"),
            torn[..torn.len() - 5].to_owned(),
        ],
    );
    write(
        "gateway.out",
        &[line("2026-11-26T00:00:00", "buy-1", "stdout")],
    );
    scratch
}

#[test]
fn a_request_is_shown_across_services_and_days_in_order() {
    let scratch = some_logs();
    let (ok, told, errors) = logs(&scratch, &["buy-1"]);
    assert!(ok, "{errors}");
    let steps: Vec<(&str, &str)> = told
        .lines()
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            (words[1], words[3])
        })
        .collect();
    assert_eq!(
        steps,
        [
            ("gateway", "asked"),
            ("booking", "held"),
            ("booking", "charged"),
            ("gateway", "answered"),
            ("notification", "mailed"),
        ]
    );
    assert!(
        told.contains("  route=/r") && told.contains("  status=200"),
        "{told}"
    );
}

#[test]
fn an_unknown_id_and_what_is_no_id_are_refused() {
    let scratch = some_logs();
    let (ok, told, errors) = logs(&scratch, &["buy-2"]);
    assert!(!ok && told.is_empty());
    assert!(
        errors.contains("buy-2 is in no log of ")
            && errors.contains("from 2026-11-25 to 2026-11-26"),
        "{errors}"
    );
    let (ok, _, errors) = logs(&scratch, &["buy-1\" x"]);
    assert!(
        !ok && errors.contains("a correlation id is 1 to 64"),
        "{errors}"
    );
}

#[test]
fn logs_of_another_folder_can_be_read() {
    let scratch = some_logs();
    fs::rename(scratch.path("data/logs"), scratch.path("elsewhere")).unwrap();
    let (ok, _, errors) = logs(&scratch, &["buy-1"]);
    assert!(!ok && errors.contains("no logs: "), "{errors}");
    let elsewhere = scratch.path("elsewhere");
    let (ok, told, _) = logs(&scratch, &["buy-1", "--from", elsewhere.to_str().unwrap()]);
    assert!(ok && told.lines().count() == 5, "{told}");
}
