//! What flights refer to, as it was when the import began.

use std::collections::{BTreeSet, HashMap};

use chrono_tz::Tz;
use sqlx::{MySql, MySqlConnection, QueryBuilder};

use super::Leg;
use crate::{codes::AirportCode, zones};

/// Zones by airport, and id and seats of the shared airplane by model.
#[derive(Default)]
pub struct Ground {
    /// Of airports.
    pub zones: HashMap<AirportCode, Tz>,
    /// Of models.
    pub airplanes: HashMap<String, (i64, i64)>,
}

impl Ground {
    /// The time zone of an airport.
    pub fn zone(&self, code: &AirportCode) -> Tz {
        *self
            .zones
            .get(code)
            .expect("invariant: the survey saw every airport")
    }

    /// Id and seats of the airplane of a model.
    pub fn airplane(&self, model: &str) -> (i64, i64) {
        *self
            .airplanes
            .get(model)
            .expect("invariant: the survey saw every model")
    }

    /// The first thing under these flights that is not as it was any more. What they refer to
    /// stays as it is until the transaction ends.
    pub async fn changed(
        &self,
        db: &mut MySqlConnection,
        legs: &[Leg],
    ) -> sqlx::Result<Option<String>> {
        let capacities = lock_airplanes(db, legs).await?;
        for (model, (id, capacity)) in &self.airplanes {
            let used = legs.iter().any(|leg| leg.airplane_id == *id);
            if used && capacities.get(id) != Some(capacity) {
                return Ok(Some(format!("airplane {id} ({model})")));
            }
        }
        let codes: BTreeSet<_> = legs.iter().flat_map(Leg::airports).collect();
        let zones = lock_airports(db, &codes).await?;
        let moved = codes.into_iter().find(|code| {
            let zone = zones.get(code.as_str()).map(|name| zones::named(name));
            zone != Some(self.zone(code))
        });
        Ok(moved.map(|code| format!("airport {code}")))
    }
}

async fn lock_airplanes(db: &mut MySqlConnection, legs: &[Leg]) -> sqlx::Result<HashMap<i64, i64>> {
    let ids: BTreeSet<i64> = legs.iter().map(|leg| leg.airplane_id).collect();
    let mut query: QueryBuilder<MySql> = QueryBuilder::new(
        "SELECT id, CAST(capacity AS SIGNED) FROM Airplane WHERE airline IS NULL AND id IN (",
    );
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(id);
    }
    query.push(") LOCK IN SHARE MODE");
    let rows: Vec<(i64, i64)> = query
        .build_query_as()
        .persistent(false)
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn lock_airports(
    db: &mut MySqlConnection,
    codes: &BTreeSet<&AirportCode>,
) -> sqlx::Result<HashMap<String, String>> {
    let mut query: QueryBuilder<MySql> =
        QueryBuilder::new("SELECT code, timezone FROM Airport WHERE code IN (");
    let mut list = query.separated(", ");
    for code in codes {
        list.push_bind(code.to_string());
    }
    query.push(") LOCK IN SHARE MODE");
    let rows: Vec<(String, String)> = query
        .build_query_as()
        .persistent(false)
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().collect())
}
