//! Fills the schema from CSV files: the demo's weekly schedule, or dated flights.
//!
//! What a file needs - cities, airports, airlines, airplanes with their seats - is made first, in
//! one transaction; then its flights, many to a statement. A flight that is there already stays as
//! it is, so a second run adds nothing.

mod cabins;
mod dated;
mod ground;
mod leg;
mod places;
mod reference;
mod schedule;
mod table;
mod write;

use std::path::Path;

use anyhow::{Context, ensure};
use chrono::NaiveDate;
use service_kit::{clock, config::Env, db::DatabaseConfig};
use sqlx::{MySql, pool::PoolConnection};

use crate::config::SCHEMA;
use leg::Leg;
use reference::Files;
use write::Writer;

/// How far ahead the New York set starts, in days, so that it can be booked for weeks.
const NYC_AHEAD_DAYS: u32 = 7;

/// Adds the demo's flights of the next `days` local days, from `folder/demo`.
pub async fn seed_demo(env: &Env, folder: &Path, days: u32) -> anyhow::Result<()> {
    let folder = folder.join("demo");
    let files = Files::read(&folder)?;
    let (schedule, needs) = schedule::read(&folder.join("schedule.csv"), &files)?;
    let mut db = connect(env).await?;
    let ground = reference::ensure(&mut db, &files, &needs).await?;
    let now = clock::now();
    let mut writer = Writer::new(&mut db, &ground).await?;
    for flight in &schedule {
        for leg in flight.legs(&ground, now, days) {
            writer.add(leg).await?;
        }
    }
    writer.finish().await?;
    Ok(db.close().await?)
}

/// Adds the four weeks of departures from New York of `folder/nyc`, with return legs.
pub async fn seed_nyc(env: &Env, folder: &Path) -> anyhow::Result<()> {
    let file = folder.join("nyc").join("flights.csv.gz");
    import_file(env, &file, true, Some(NYC_AHEAD_DAYS)).await
}

/// Adds the flights of a file. The whole file is checked before anything is written.
pub async fn import_file(
    env: &Env,
    file: &Path,
    mirror: bool,
    start_ahead_days: Option<u32>,
) -> anyhow::Result<()> {
    let folder = file.parent().context("the file has no folder")?;
    let files = Files::read(folder)?;
    let survey = dated::survey(file, &files)?;
    let today = clock::now().date_naive();
    let weeks = start_ahead_days.map_or(0, |ahead| weeks_to_shift(survey.first_day, today, ahead));
    let mut db = connect(env).await?;
    let ground = reference::ensure(&mut db, &files, &survey.needs).await?;
    let mut writer = Writer::new(&mut db, &ground).await?;
    for flight in dated::read(file)? {
        let leg = flight?.leg(&ground, weeks);
        let back = mirror.then(|| leg.mirrored(&ground));
        writer.add(leg).await?;
        if let Some(back) = back {
            writer.add(back).await?;
        }
    }
    writer.finish().await?;
    Ok(db.close().await?)
}

/// The fewest whole weeks that put the first day at least `ahead` days after today.
fn weeks_to_shift(first: NaiveDate, today: NaiveDate, ahead: u32) -> i64 {
    let days = (today - first).num_days() + i64::from(ahead);
    days.max(0).div_euclid(7) + i64::from(days.max(0).rem_euclid(7) > 0)
}

/// A connection that holds the schema's import lock until it is closed.
async fn connect(env: &Env) -> anyhow::Result<PoolConnection<MySql>> {
    let pool = DatabaseConfig::from_env(env, SCHEMA)?.pool();
    let mut connection = pool
        .acquire()
        .await
        .context("DATABASE_URL: cannot connect")?;
    let locked: Option<i64> =
        sqlx::query_scalar("SELECT GET_LOCK(CONCAT('import.', DATABASE()), 60)")
            .fetch_one(&mut *connection)
            .await?;
    ensure!(
        locked == Some(1),
        "another import has been running for 60 s"
    );
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_shifted_by_whole_weeks_to_start_ahead() {
        let day = |text: &str| text.parse().expect("a day");
        let today = day("2026-11-22");
        // A Sunday: a set that starts on a Monday starts 8 days ahead, on a Sunday 7.
        let weeks = weeks_to_shift(day("2013-06-03"), today, 7);
        assert_eq!(
            day("2013-06-03") + chrono::Duration::weeks(weeks),
            day("2026-11-30")
        );
        let weeks = weeks_to_shift(day("2013-06-02"), today, 7);
        assert_eq!(
            day("2013-06-02") + chrono::Duration::weeks(weeks),
            day("2026-11-29")
        );
        assert_eq!(weeks_to_shift(day("2027-01-01"), today, 7), 0);
    }
}
