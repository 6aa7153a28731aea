//! What the mails say. `UPDATE_SNAPSHOTS=1` writes the files in `tests/snapshots` anew.

use std::path::PathBuf;

use contracts::email::{AccountEmail, EmailJob};
use notification::mail::Composer;
use serde_json::json;

use crate::harness::job;

fn composer() -> Composer {
    let from = "Airside <bookings@airside.example>".parse().expect("good");
    Composer::new(from).expect("templates")
}

fn of(template: &str) -> EmailJob {
    EmailJob {
        template_id: template.to_owned(),
        ..job()
    }
}

/// To the holder of an account.
fn of_account(template: &str, name: &str) -> EmailJob {
    let params = AccountEmail {
        name: name.to_owned(),
        link: Some("https://airside.example/account/x?token=AbC-_1".to_owned()),
    };
    EmailJob {
        params: json!(params),
        ..of(template)
    }
}

fn assert_snapshot(name: &str, actual: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let file = folder.join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(&file, actual).expect("written");
    }
    let expected = std::fs::read_to_string(&file).expect("UPDATE_SNAPSHOTS=1 makes it");
    assert_eq!(actual, expected, "{name}");
}

fn assert_template(name: &str, job: &EmailJob) {
    let parts = composer().render(job).expect("rendered");
    let text = format!("Subject: {}\n\n{}", parts.subject, parts.text);
    assert_snapshot(&format!("{name}.txt"), &text);
    assert_snapshot(&format!("{name}.html"), &parts.html);
}

#[test]
fn each_template_says_what_it_said() {
    for template in ["booking_success", "booking_expired", "booking_cancelled"] {
        assert_template(template, &of(template));
    }
    let mut refunded = of("booking_cancelled");
    refunded.params["refunded"] = json!(true);
    assert_template("booking_cancelled_refunded", &refunded);
    for template in ["welcome", "verify_email", "password_reset"] {
        assert_template(template, &of_account(template, "Ann Example"));
    }
    for template in ["password_changed", "email_changed"] {
        let mut job = of_account(template, "Ann Example");
        job.params
            .as_object_mut()
            .expect("an object")
            .remove("link");
        assert_template(template, &job);
    }
}

#[test]
fn hostile_names_are_text_in_html_and_as_they_are_in_text() {
    let mut job = of("booking_success");
    job.params["name"] = json!("<script>alert(1)</script> & \"Co\" {{reference}}");
    job.params["flights"][0]["from"] = json!("<b>JFK</b>");
    assert_template("hostile", &job);
    let parts = composer().render(&job).expect("rendered");
    assert!(!parts.html.contains("<script>") && !parts.html.contains("<b>JFK"));
    assert!(
        parts
            .text
            .contains("<script>alert(1)</script> & \"Co\" {{reference}}")
    );
}

#[test]
fn line_breaks_in_subject_and_name_make_no_headers() {
    let evil = "Eve\r\nBcc: victim@example.test\r\n\r\n<p>body</p>";
    let welcome = of_account("welcome", evil);
    let mut success = of("booking_success");
    success.subject = format!("Hello {evil}\u{0}\u{1b}[31m \u{2028}x");
    success.params["name"] = json!(evil);
    for job in [welcome, success] {
        let parts = composer().render(&job).expect("rendered");
        assert!(
            !parts.subject.contains(char::is_control),
            "{:?}",
            parts.subject
        );
        let message = composer()
            .compose(&job, "<id@airside.example>")
            .expect("a mail");
        let raw = String::from_utf8(message.formatted()).expect("ASCII");
        let (head, _) = raw.split_once("\r\n\r\n").expect("a head");
        let names: Vec<&str> = head
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .filter_map(|line| line.split_once(':').map(|(name, _)| name))
            .collect();
        let known = [
            "From",
            "To",
            "Subject",
            "Message-ID",
            "Auto-Submitted",
            "X-Correlation-Id",
            "Date",
            "MIME-Version",
            "Content-Type",
        ];
        assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
        assert_eq!(names.len(), known.len(), "{names:?}");
    }
}

#[test]
fn a_missing_parameter_is_an_error_and_not_a_gap() {
    for template in ["booking_success", "booking_expired", "booking_cancelled"] {
        for gone in ["name", "reference", "flights"] {
            let mut job = of(template);
            job.params.as_object_mut().expect("an object").remove(gone);
            assert!(
                composer().render(&job).is_err(),
                "{template} without {gone}"
            );
        }
    }
    for template in ["welcome", "verify_email", "password_reset"] {
        for gone in ["name", "link"] {
            let mut job = of_account(template, "Ann Example");
            job.params.as_object_mut().expect("an object").remove(gone);
            assert!(
                composer().render(&job).is_err(),
                "{template} without {gone}"
            );
        }
    }
    assert!(composer().render(&of("shared/layout")).is_err());
}
