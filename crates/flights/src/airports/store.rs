//! SQL of airports.

use chrono::{DateTime, Utc};
use service_kit::db;
use sqlx::{FromRow, MySqlConnection, MySqlExecutor, MySqlPool};

use super::{Airport, AirportDetails, CityName};
use crate::error::{Error, Result};

/// The columns of an [`Airport`] that an administrator sets.
#[derive(Clone, Debug)]
pub struct Values {
    /// IATA code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Street address.
    pub address: Option<String>,
    /// The city it serves.
    pub city_id: i64,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Degrees, north is positive.
    pub latitude: f64,
    /// Degrees, east is positive.
    pub longitude: f64,
    /// IANA time zone.
    pub timezone: String,
}

#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
struct Row {
    id: i64,
    code: String,
    name: String,
    address: Option<String>,
    city_id: i64,
    city: String,
    country: String,
    latitude: f64,
    longitude: f64,
    timezone: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for Airport {
    fn from(row: Row) -> Self {
        Self {
            details: AirportDetails {
                id: row.id,
                code: row.code,
                name: row.name,
                address: row.address,
                city_id: row.city_id,
                city: CityName {
                    id: row.city_id,
                    city: row.city,
                },
                country: row.country,
                latitude: row.latitude,
                longitude: row.longitude,
                timezone: row.timezone,
            },
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Writes an airport; its id.
pub async fn insert(db: impl MySqlExecutor<'_>, values: &Values) -> Result<i64> {
    let sql = "INSERT INTO Airport \
        (code, name, address, cityId, country, latitude, longitude, timezone) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    let done = sqlx::query(sql)
        .bind(&values.code)
        .bind(&values.name)
        .bind(&values.address)
        .bind(values.city_id)
        .bind(&values.country)
        .bind(values.latitude)
        .bind(values.longitude)
        .bind(&values.timezone)
        .execute(db)
        .await
        .map_err(broken_rule)?;
    Ok(done.last_insert_id().cast_signed())
}

/// An airport.
pub async fn find(db: &MySqlPool, id: i64) -> sqlx::Result<Option<Airport>> {
    let sql = "SELECT a.id, a.code, a.name, a.address, a.cityId, c.city, a.country, a.latitude, \
        a.longitude, a.timezone, a.createdAt, a.updatedAt \
        FROM Airport a JOIN Cities c ON c.id = a.cityId WHERE a.id = ?";
    let row: Option<Row> = sqlx::query_as(sql).bind(id).fetch_optional(db).await?;
    Ok(row.map(Airport::from))
}

/// What an administrator set of an airport, locked until the transaction ends.
pub async fn values_for_update(db: &mut MySqlConnection, id: i64) -> sqlx::Result<Option<Values>> {
    let sql = "SELECT a.id, a.code, a.name, a.address, a.cityId, '' AS city, a.country, \
        a.latitude, a.longitude, a.timezone, a.createdAt, a.updatedAt \
        FROM Airport a WHERE a.id = ? FOR UPDATE";
    let row: Option<Row> = sqlx::query_as(sql).bind(id).fetch_optional(db).await?;
    Ok(row.map(|row| Values {
        code: row.code,
        name: row.name,
        address: row.address,
        city_id: row.city_id,
        country: row.country,
        latitude: row.latitude,
        longitude: row.longitude,
        timezone: row.timezone,
    }))
}

/// At most `limit` airports after the id `after`.
pub async fn list(db: &MySqlPool, after: i64, limit: u32) -> sqlx::Result<Vec<Airport>> {
    let sql = "SELECT STRAIGHT_JOIN a.id, a.code, a.name, a.address, a.cityId, c.city, a.country, \
        a.latitude, a.longitude, a.timezone, a.createdAt, a.updatedAt \
        FROM Airport a JOIN Cities c ON c.id = a.cityId WHERE a.id > ? ORDER BY a.id LIMIT ?";
    let rows: Vec<Row> = sqlx::query_as(sql)
        .bind(after)
        .bind(limit)
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(Airport::from).collect())
}

/// An airport that a search found, best first by `rank`.
#[derive(FromRow)]
struct Found {
    rank: i64,
    #[sqlx(flatten)]
    row: Row,
}

/// At most `limit` airports whose code is `text`, or whose city or name contains it, after the
/// rank and id `after`. Rank 0 is the code itself, 1 a city that starts with the text.
pub async fn search(
    db: &MySqlPool,
    text: &str,
    after: (i64, i64),
    limit: u32,
) -> sqlx::Result<Vec<(i64, Airport)>> {
    let sql = "SELECT * FROM (SELECT a.id, a.code, a.name, a.address, a.cityId, c.city, \
            a.country, a.latitude, a.longitude, a.timezone, a.createdAt, a.updatedAt, \
            CAST(CASE WHEN a.code = ? THEN 0 WHEN c.city LIKE ? THEN 1 WHEN a.name LIKE ? THEN 2 \
            ELSE 3 END AS SIGNED) AS `rank` \
            FROM Airport a JOIN Cities c ON c.id = a.cityId \
            WHERE a.code = ? OR c.city LIKE ? OR a.name LIKE ?) found \
        WHERE `rank` > ? OR (`rank` = ? AND id > ?) ORDER BY `rank`, id LIMIT ?";
    // A code is ASCII; other text is not even compared with one.
    let code = Some(text.to_uppercase()).filter(|code| code.is_ascii());
    let pattern = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    let (starts, contains) = (format!("{pattern}%"), format!("%{pattern}%"));
    let rows: Vec<Found> = sqlx::query_as(sql)
        .bind(&code)
        .bind(&starts)
        .bind(&starts)
        .bind(&code)
        .bind(&contains)
        .bind(&contains)
        .bind(after.0)
        .bind(after.0)
        .bind(after.1)
        .bind(limit)
        .fetch_all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|found| (found.rank, found.row.into()))
        .collect())
}

/// Writes an airport's columns. With another time zone it is written only while no flight is to
/// depart there, for the zone decided the local days of those; whether it was.
pub async fn update(db: &mut MySqlConnection, id: i64, values: &Values) -> Result<bool> {
    let sql = "UPDATE Airport SET code = ?, name = ?, address = ?, cityId = ?, country = ?, \
        latitude = ?, longitude = ?, timezone = ? \
        WHERE id = ? AND (timezone = ? OR NOT EXISTS \
        (SELECT 1 FROM Flight WHERE departureAirportId = Airport.code AND departureTime > NOW(6)))";
    let done = sqlx::query(sql)
        .bind(&values.code)
        .bind(&values.name)
        .bind(&values.address)
        .bind(values.city_id)
        .bind(&values.country)
        .bind(values.latitude)
        .bind(values.longitude)
        .bind(&values.timezone)
        .bind(id)
        .bind(&values.timezone)
        .execute(db)
        .await
        .map_err(broken_rule)?;
    Ok(done.rows_affected() == 1)
}

/// Deleting an airport would delete flights that somebody is to travel with.
pub const HAS_BOOKINGS: Error =
    Error::InUse("Flights of this airport have bookings, or had some in the last 7 days");

/// Deletes an airport with its flights; whether there was one.
pub async fn delete(db: &MySqlPool, id: i64) -> Result<bool> {
    let done = sqlx::query("DELETE FROM Airport WHERE id = ?")
        .bind(id)
        .execute(db)
        .await
        .map_err(|error| match db::is_referenced(&error) {
            true => HAS_BOOKINGS,
            false => error.into(),
        })?;
    Ok(done.rows_affected() == 1)
}

fn broken_rule(error: sqlx::Error) -> Error {
    if db::is_duplicate(&error) {
        return Error::Duplicate("code");
    }
    match db::is_referenced(&error) {
        true => Error::invalid("cityId", "is not the id of a city"),
        false => error.into(),
    }
}
