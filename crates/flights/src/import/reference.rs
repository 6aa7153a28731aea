//! What flights refer to: airlines, airplanes with their seats, airports with their cities.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use sqlx::{Connection, MySql, MySqlConnection, QueryBuilder};

use super::{
    cabins::Cabins,
    ground::Ground,
    places,
    table::{Row, Table},
};
use crate::{
    airlines, airplanes,
    airports::known,
    codes::{AirportCode, Designator, FlightNumber},
    fields::Line,
};

/// The files that lie beside the flights.
pub struct Files {
    airlines: BTreeMap<String, String>,
    models: BTreeMap<String, Model>,
    airports: BTreeSet<AirportCode>,
}

struct Model {
    number: String,
    cabins: Cabins,
}

impl Files {
    /// Reads airplanes.csv, and airlines.csv and airports.csv where they are.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let optional = |name: &str, columns| {
            let path = folder.join(name);
            path.exists()
                .then(|| Table::open(&path, columns))
                .transpose()
        };
        let mut files = Self {
            airlines: BTreeMap::new(),
            models: BTreeMap::new(),
            airports: BTreeSet::new(),
        };
        for row in optional("airlines.csv", &["code", "name"])?
            .into_iter()
            .flat_map(Table::rows)
        {
            let row = row?;
            let (code, name): (Designator, Line<{ airlines::NAME }>) =
                (row.parse("code")?, row.parse("name")?);
            files
                .airlines
                .insert(code.to_string(), name.as_str().to_owned());
        }
        for row in optional("airports.csv", &["code"])?
            .into_iter()
            .flat_map(Table::rows)
        {
            let row = row?;
            files.airports.insert(known_airport(&row, "code")?);
        }
        let columns = &["model", "modelNumber", "capacity", "cabins"];
        for row in Table::open(&folder.join("airplanes.csv"), columns)?.rows() {
            let row = row?;
            files
                .models
                .insert(row.text("model").to_owned(), model(&row)?);
        }
        Ok(files)
    }

    /// The seats of a model that `row` names in its column `aircraft`.
    pub fn capacity(&self, row: &Row, model: &str) -> anyhow::Result<i64> {
        let model = self.models.get(model);
        let model = model.ok_or_else(|| row.fault("aircraft", "is no model of airplanes.csv"))?;
        Ok(i64::try_from(model.cabins.capacity())?)
    }
}

fn model(row: &Row) -> anyhow::Result<Model> {
    let number: Line<{ airplanes::MODEL }> = row.parse("modelNumber")?;
    let capacity = row.number("capacity", 1, airplanes::CAPACITY.into())?;
    let cabins: Cabins = row.parse("cabins")?;
    if i64::try_from(cabins.capacity())? != capacity {
        return Err(row.fault("cabins", "do not add up to the capacity"));
    }
    Ok(Model {
        number: number.as_str().to_owned(),
        cabins,
    })
}

fn known_airport(row: &Row, column: &'static str) -> anyhow::Result<AirportCode> {
    let code: AirportCode = row.parse(column)?;
    match known::by_code(code.as_str()) {
        Some(_) => Ok(code),
        None => Err(row.fault(column, "is no airport of the bundled table")),
    }
}

/// The airlines and airports that flights name.
#[derive(Default)]
pub struct Needs {
    airlines: BTreeSet<String>,
    airports: BTreeSet<AirportCode>,
}

impl Needs {
    /// Adds those of a flight, if they can be had.
    pub fn add(
        &mut self,
        row: &Row,
        number: &FlightNumber,
        [origin, destination]: [&AirportCode; 2],
    ) -> anyhow::Result<()> {
        for (column, code) in [("origin", origin), ("destination", destination)] {
            if !self.airports.contains(code) {
                self.airports.insert(known_airport(row, column)?);
            }
        }
        if origin == destination {
            return Err(row.fault("destination", "must not be the origin"));
        }
        if !self.airlines.contains(number.designator()) {
            self.airlines.insert(number.designator().to_owned());
        }
        Ok(())
    }
}

/// Makes what is missing, in one transaction.
pub async fn ensure(
    db: &mut MySqlConnection,
    files: &Files,
    needs: &Needs,
) -> anyhow::Result<Ground> {
    let mut transaction = db.begin().await?;
    let mut ground = Ground::default();
    for code in needs.airlines.iter().chain(files.airlines.keys()) {
        let name = files.airlines.get(code).unwrap_or(code);
        ensure_airline(&mut transaction, code, name).await?;
    }
    for (model, description) in &files.models {
        let airplane = ensure_airplane(&mut transaction, description).await?;
        ground.airplanes.insert(model.clone(), airplane);
    }
    for code in needs.airports.union(&files.airports) {
        let zone = places::ensure_airport(&mut transaction, code).await?;
        ground.zones.insert(code.clone(), zone);
    }
    transaction.commit().await?;
    Ok(ground)
}

async fn ensure_airline(db: &mut MySqlConnection, code: &str, name: &str) -> sqlx::Result<()> {
    let sql = "INSERT INTO Airlines (code, name) VALUES (?, ?) ON DUPLICATE KEY UPDATE code = code";
    sqlx::query(sql).bind(code).bind(name).execute(db).await?;
    Ok(())
}

/// Id and seats of a shared airplane of this model.
async fn ensure_airplane(db: &mut MySqlConnection, model: &Model) -> anyhow::Result<(i64, i64)> {
    let capacity = i32::try_from(model.cabins.capacity())?;
    let sql = "SELECT id FROM Airplane \
        WHERE modelNumber = ? AND capacity = ? AND airline IS NULL ORDER BY id LIMIT 1";
    let known: Option<i64> = sqlx::query_scalar(sql)
        .bind(&model.number)
        .bind(capacity)
        .fetch_optional(&mut *db)
        .await?;
    if let Some(id) = known {
        return Ok((id, capacity.into()));
    }
    let id = airplanes::store::insert(&mut *db, &model.number, capacity, None).await?;
    let mut query: QueryBuilder<MySql> =
        QueryBuilder::new("INSERT INTO Seat (airplaneId, `row`, col, type) ");
    query.push_values(model.cabins.seats(), |mut values, (row, col, r#type)| {
        values
            .push_bind(id)
            .push_bind(row)
            .push_bind(col.to_string())
            .push_bind(r#type);
    });
    query.build().persistent(false).execute(db).await?;
    Ok((id, capacity.into()))
}
