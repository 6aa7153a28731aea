//! Whether a program answers as a document says.
//!
//! `…` stands for anything, spaces and line breaks count for nothing, and neither does what differs
//! from run to run: times, tokens, record locators, ids. A document may leave out whole answers.

use regex::Regex;

/// What differs from run to run, and what is taken instead.
const VARYING: [(&str, &str); 5] = [
    (r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)", "TIME"),
    (r"\b[0-9A-HJKMNP-TV-Z]{26}\b", "ULID"),
    (
        r#""(jwt|refreshToken|x|next|reference|userAgent)":"[^"]*""#,
        r#""$1":TEXT"#,
    ),
    (r#""(id|\w+Id)":\d+"#, r#""$1":ID"#),
    (r"(ratelimit:[^;]+;r=)\d+;t=\d+", "${1}N"),
];

/// The first of the documented answers that is not there; `None` when all are, in this order.
pub fn missing(documented: &str, said: &str) -> Option<String> {
    let said = answers(said);
    let mut rest = said.iter();
    let documented = answers(documented);
    documented
        .into_iter()
        .find(|answer| !rest.any(|said| is_like(said, answer)))
}

/// The answers of several requests, without what is not compared.
fn answers(text: &str) -> Vec<String> {
    let varying = VARYING
        .iter()
        .fold(text.to_owned(), |text, (what, instead)| {
            let what = Regex::new(what).expect("invariant: it is an expression");
            what.replace_all(&text, *instead).into_owned()
        });
    let plain: String = varying.split_whitespace().collect();
    // curl ends no line after a body.
    let apart = plain.replace("}{", "}\n{").replace("}HTTP/", "}\nHTTP/");
    apart.lines().map(str::to_owned).collect()
}

fn is_like(said: &str, documented: &str) -> bool {
    let pieces: Vec<_> = documented.split('…').map(regex::escape).collect();
    let all = Regex::new(&format!("^{}$", pieces.join(".*")));
    all.expect("invariant: it is an expression").is_match(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = concat!(
        r#"{"data":{"id":7,"name":"Ada L","at":"2026-11-22T11:47:54.4Z"}}"#,
        "HTTP/1.1 404 Not Found\r\nratelimit: \"search\";r=298;t=2\r\n\r\n",
        r#"{"code":"NOT_FOUND","status":404}{"data":null}"#,
    );

    #[test]
    fn what_varies_and_what_is_left_out_does_not_count() {
        for documented in [
            r#"{"data":{"id":4,"name":"Ada L","at":"2026-01-01T00:00:00Z"}}"#,
            r#"{"data":{…,"name":"Ada L",…}}"#,
            "{…,\n \"at\":\"…\"}}\n{\"data\":null}",
            "HTTP/1.1 404 Not Found\nratelimit: \"search\";r=299;t=1\n\n{…,\"status\":404}",
            "",
        ] {
            assert_eq!(missing(documented, SAID), None, "{documented}");
        }
    }

    #[test]
    fn what_is_not_said_is_missing() {
        for documented in [
            r#"{"data":{"id":4,"name":"Ada",…}}"#,
            r#"{"data":{"id":4,"at":"2026-01-01T00:00:00Z"}}"#,
            r#"{…,"name":"Ada L"}"#,
            r#"{…,"name":"Ada L",…,"status":404}"#,
            "HTTP/1.1 404 Not Found",
            r#"{"data":null}{"data":null}"#,
        ] {
            assert!(missing(documented, SAID).is_some(), "{documented}");
        }
        let reversed = r#"{"data":null}{…,"name":"Ada L",…}"#;
        assert_eq!(
            missing(reversed, SAID).as_deref(),
            Some(r#"{…,"name":"AdaL",…}"#)
        );
    }
}
