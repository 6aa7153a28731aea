//! Spans of time as operators write them.

use std::time::Duration;

/// Reads a span of time such as `15m`, `60s`, `1d`, `500ms`; a bare number is seconds.
pub fn parse_duration(raw: &str) -> Option<Duration> {
    let digits = raw.len() - raw.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let amount: u64 = raw[..digits].parse().ok().filter(|amount| *amount > 0)?;
    let milliseconds = match &raw[digits..] {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    Some(Duration::from_millis(amount.checked_mul(milliseconds)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_take_the_usual_units() {
        assert_eq!(parse_duration("15m"), Some(Duration::from_secs(900)));
        assert_eq!(parse_duration("1d"), Some(Duration::from_secs(86_400)));
        assert_eq!(parse_duration("7"), Some(Duration::from_secs(7)));
        assert_eq!(parse_duration("0s"), None);
        assert_eq!(parse_duration("m"), None);
    }
}
