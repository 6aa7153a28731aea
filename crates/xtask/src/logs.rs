//! `logs`: one request through the logs of all services, in order of time.

use crate::console;
use crate::layout::Layout;
use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

/// Shown by themselves, or the same on every line.
const NOT_FIELDS: [&str; 6] = [
    "timestamp",
    "level",
    "message",
    "target",
    "service",
    "correlation_id",
];

/// The files of one day, each with its service.
type Day = Vec<(String, PathBuf)>;

/// A line of a log that is about the request.
struct Line {
    /// RFC 3339 in UTC, microseconds: sorts by time.
    time: String,
    service: String,
    fields: Map<String, Value>,
}

/// Prints all lines about the request `id` in `folder`, or where `up` keeps the logs. An error when
/// there are none.
pub fn run(layout: &Layout, id: &str, folder: Option<&Path>) -> Result<()> {
    ensure!(
        is_id(id),
        "a correlation id is 1 to 64 of A-Z a-z 0-9 . _ - (the answer's header x-correlation-id)"
    );
    let folder = folder.map_or_else(|| layout.logs(), Path::to_path_buf);
    let days = days(&folder)?;
    let mut count = 0;
    for files in days.values() {
        let lines = of_day(files, id)?;
        count += lines.len();
        for line in &lines {
            console::say(shown(line));
        }
    }
    if count == 0 {
        let (Some((first, _)), Some((last, _))) = (days.first_key_value(), days.last_key_value())
        else {
            bail!("no service has written a log to {}", folder.display());
        };
        bail!(
            "{id} is in no log of {} from {first} to {last}",
            folder.display()
        );
    }
    Ok(())
}

/// What the services take for an id, so that whatever is in a log can be asked for.
fn is_id(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=64).contains(&id.len()) && id.bytes().all(allowed)
}

/// The services' daily files, `<service>.YYYY-MM-DD.log`, by day.
fn days(folder: &Path) -> Result<BTreeMap<String, Day>> {
    let entries = fs::read_dir(folder).with_context(|| format!("no logs: {}", folder.display()))?;
    let mut days = BTreeMap::<String, Day>::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let parts = name.to_str().and_then(|name| {
            let (service, day) = name.strip_suffix(".log")?.rsplit_once('.')?;
            is_day(day).then(|| (service.to_owned(), day.to_owned()))
        });
        if let Some((service, day)) = parts {
            days.entry(day).or_default().push((service, entry.path()));
        }
    }
    Ok(days)
}

fn is_day(text: &str) -> bool {
    let digit_or_dash = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    text.len() == 10 && text.bytes().enumerate().all(digit_or_dash)
}

/// The lines of one day, by time. Only they are held: threads of a service write a little out of
/// order, so that they must be sorted.
fn of_day(files: &Day, id: &str) -> Result<Vec<Line>> {
    // A quote within a text of the log is escaped: this is nothing but the field.
    let field = format!("\"correlation_id\":\"{id}\"");
    let mut lines = Vec::new();
    for (service, path) in files {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes)? > 0 {
            let text = String::from_utf8_lossy(&bytes);
            if text.contains(&field) {
                lines.extend(read(service, &text));
            }
            bytes.clear();
        }
    }
    lines.sort_by(|a, b| a.time.cmp(&b.time));
    Ok(lines)
}

/// None: the service is just writing it, or was killed while it wrote.
fn read(service: &str, text: &str) -> Option<Line> {
    let fields: Map<String, Value> = serde_json::from_str(text).ok()?;
    Some(Line {
        time: fields.get("timestamp")?.as_str()?.to_owned(),
        service: service.to_owned(),
        fields,
    })
}

fn shown(line: &Line) -> String {
    let text = |name: &str| line.fields.get(name).and_then(Value::as_str).unwrap_or("-");
    let fields = line
        .fields
        .iter()
        .filter(|(name, _)| !NOT_FIELDS.contains(&name.as_str()));
    let fields: String = fields
        .map(|(name, value)| format!("  {}={}", plain(name), value_shown(value)))
        .collect();
    let (time, service, level) = (
        plain(&line.time),
        plain(&line.service),
        plain(text("level")),
    );
    format!(
        "{time}  {service:<15}  {level:<5}  {}{fields}",
        plain(text("message"))
    )
}

fn value_shown(value: &Value) -> String {
    match value {
        Value::Number(number) if number.is_f64() => {
            format!("{:.1}", number.as_f64().unwrap_or_default())
        }
        Value::String(text) if text.contains(' ') || text.is_empty() => {
            format!("\"{}\"", plain(text))
        }
        Value::String(text) => plain(text),
        other => plain(&other.to_string()),
    }
}

/// A log may hold what others sent: a terminal must not obey it.
fn plain(text: &str) -> String {
    let escape = |letter: char| match letter.is_control() {
        true => letter.escape_default().collect(),
        false => letter.to_string(),
    };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_service_takes_for_an_id_is_looked_for() {
        for id in ["7", "01M8AFDH2T9ZWMBRYKPWKGNG8T", "a.b_c-d"] {
            assert!(is_id(id), "{id}");
        }
        for not in ["", "a b", "a\"", "ä", &"x".repeat(65)] {
            assert!(!is_id(not), "{not}");
        }
    }

    #[test]
    fn a_line_is_readable_and_cannot_steer_the_terminal() {
        let text = r#"{"timestamp":"2026-11-25T23:07:26.164721Z","level":"WARN","message":"not \u001b[2J\u009b so","why":"a b","code":"NO_SEATS","duration_ms":26.603854,"status":409,"target":"x","correlation_id":"7"}"#;
        let line = read("booking", text).unwrap();
        let shown = shown(&line);
        assert!(
            shown.starts_with(
                "2026-11-25T23:07:26.164721Z  booking          WARN   not \\u{1b}[2J\\u{9b} so  "
            ),
            "{shown}"
        );
        for field in [
            "  why=\"a b\"",
            "  code=NO_SEATS",
            "  duration_ms=26.6",
            "  status=409",
        ] {
            assert!(shown.contains(field), "{field}: {shown}");
        }
        assert!(!shown.contains("target") && !shown.contains("correlation"));
    }

    #[test]
    fn only_daily_files_of_services_are_logs() {
        assert!(is_day("2026-11-25"));
        for not in ["2026-11-5", "20261125", "2026/11/25", "apt", "2026-11-25x"] {
            assert!(!is_day(not), "{not}");
        }
    }
}
