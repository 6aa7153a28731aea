//! Days that are ahead whenever the tests run.

use chrono::{Datelike, Duration, NaiveDate};
use service_kit::clock;

/// Consecutive days of the next January that has them two weeks ahead at least, from this one:
/// New York is at -05:00 then, Los Angeles at -08:00, Auckland at +13:00.
pub fn january<const DAYS: usize>(first: u32) -> [NaiveDate; DAYS] {
    january_after(clock::now().date_naive() + Duration::weeks(2), first)
}

fn january_after<const DAYS: usize>(earliest: NaiveDate, first: u32) -> [NaiveDate; DAYS] {
    let first = [earliest.year(), earliest.year() + 1]
        .into_iter()
        .filter_map(|year| NaiveDate::from_ymd_opt(year, 1, first))
        .find(|day| *day >= earliest)
        .expect("a day of January");
    let mut days = first.iter_days();
    std::array::from_fn(|_| days.next().expect("a day"))
}

#[test]
fn days_of_january_are_ahead_and_follow_each_other() {
    let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
    let days = ["2027-01-10", "2027-01-11"].map(day);
    for earliest in ["2026-12-09", "2027-01-10"] {
        assert_eq!(january_after(day(earliest), 10), days);
    }
    let days = ["2028-01-10", "2028-01-11"].map(day);
    assert_eq!(january_after(day("2027-01-11"), 10), days);
}
