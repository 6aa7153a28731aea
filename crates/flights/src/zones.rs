//! Local time at airports.

use chrono::{
    DateTime, Duration, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeZone, Utc,
};
use chrono_tz::Tz;

/// Where a time that clocks skip is looked for at most; no zone ever skipped more than a day.
const LONGEST_GAP_HOURS: i64 = 48;

/// The local time with its offset.
pub fn local(instant: DateTime<Utc>, zone: Tz) -> DateTime<FixedOffset> {
    instant.with_timezone(&zone).fixed_offset()
}

/// The local day.
pub fn local_date(instant: DateTime<Utc>, zone: Tz) -> NaiveDate {
    instant.with_timezone(&zone).date_naive()
}

/// The instant of a local time. One that clocks skip moves forward by the gap; of one that comes
/// twice it is the earlier.
pub fn instant(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    instants(local, zone)[0]
}

/// Both instants of a local time, the earlier first; they are the same unless it comes twice.
pub fn instants(local: NaiveDateTime, zone: Tz) -> [DateTime<Utc>; 2] {
    let offsets = match zone.offset_from_local_datetime(&local) {
        LocalResult::Single(offset) => [offset.fix(); 2],
        LocalResult::Ambiguous(earlier, later) => [earlier.fix(), later.fix()],
        LocalResult::None => [offset_before_gap(local, zone); 2],
    };
    offsets.map(|offset| (local - offset).and_utc())
}

fn offset_before_gap(local: NaiveDateTime, zone: Tz) -> FixedOffset {
    (1..=LONGEST_GAP_HOURS)
        .find_map(|hours| {
            let earlier = local - Duration::hours(hours);
            zone.offset_from_local_datetime(&earlier).latest()
        })
        .expect("invariant: no zone skips two days")
        .fix()
}

/// The zone of an airport, whose name was checked when it was written.
pub fn named(name: &str) -> Tz {
    name.parse().unwrap_or_else(|_| {
        tracing::error!(
            timezone = name,
            "an airport's time zone is not known; UTC is shown"
        );
        Tz::UTC
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(zone: Tz, local: &str) -> String {
        let local = NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M").expect("a local time");
        instant(local, zone).format("%Y-%m-%d %H:%M").to_string()
    }

    #[test]
    fn a_skipped_time_moves_forward_by_the_gap() {
        let zone = Tz::America__New_York;
        assert_eq!(utc(zone, "2027-03-14 02:30"), "2027-03-14 07:30"); // shown as 03:30 -04:00
        assert_eq!(utc(zone, "2027-03-14 03:30"), "2027-03-14 07:30");
        // Lord Howe moves by half an hour; Samoa skipped the whole of 2011-12-30.
        assert_eq!(
            utc(Tz::Australia__Lord_Howe, "2026-10-04 02:15"),
            "2026-10-03 15:45"
        );
        assert_eq!(
            utc(Tz::Pacific__Apia, "2011-12-30 12:00"),
            "2011-12-30 22:00"
        );
    }

    #[test]
    fn of_a_time_that_comes_twice_the_earlier_counts() {
        let zone = Tz::America__New_York;
        assert_eq!(utc(zone, "2026-11-01 01:30"), "2026-11-01 05:30"); // -04:00, not -05:00
    }

    #[test]
    fn a_local_day_is_not_the_day_in_utc() {
        let late = instant(
            NaiveDate::from_ymd_opt(2026, 12, 24)
                .and_then(|day| day.and_hms_opt(22, 0, 0))
                .expect("a local time"),
            Tz::America__Los_Angeles,
        );
        assert_eq!(late.date_naive().to_string(), "2026-12-25");
        assert_eq!(
            local_date(late, Tz::America__Los_Angeles).to_string(),
            "2026-12-24"
        );
        assert_eq!(
            local(late, Tz::Asia__Kathmandu).to_rfc3339(),
            "2026-12-25T11:45:00+05:45"
        );
    }
}
