//! A database account of the stack, and what it may.

use e2e::stack::services::Service;
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, Row, mysql::MySqlDatabaseError};

use crate::shared::stack;

/// A table with one of its columns.
pub struct Table {
    /// Its schema's name.
    pub schema: String,
    /// Its own name.
    pub name: String,
    column: String,
}

impl Table {
    /// Schema and name, quoted.
    pub fn quoted(&self) -> String {
        format!("`{}`.`{}`", self.schema, self.name)
    }
}

/// A connection as one account.
pub struct Account {
    name: String,
    schema: String,
    connection: MySqlConnection,
}

impl Account {
    /// A service's, as the service connects.
    pub async fn of(service: &Service) -> Self {
        let database = &stack().await.database;
        let url = database.service_url(service.account, service.schema);
        Self::connect(service.name, &url).await
    }

    /// The one that a service's `migrate` connects by.
    pub async fn that_migrates(service: &Service) -> Self {
        let database = &stack().await.database;
        let url = database.migrate_url(service.account, service.schema);
        Self::connect(&format!("{} migrate", service.name), &url).await
    }

    /// The audit's.
    pub async fn of_the_audit() -> Self {
        Self::connect("audit", &stack().await.database.audit_url()).await
    }

    async fn connect(name: &str, url: &str) -> Self {
        let mut connection = MySqlConnection::connect(url).await.unwrap();
        let sql = "SELECT COALESCE(DATABASE(), '')";
        let schema = sqlx::query_scalar(sql).fetch_one(&mut connection).await;
        Self {
            name: name.to_owned(),
            schema: schema.unwrap(),
            connection,
        }
    }

    /// All tables of its schema.
    pub async fn tables(&mut self) -> Vec<Table> {
        let sql = "SELECT CAST(TABLE_NAME AS CHAR), CAST(COLUMN_NAME AS CHAR)
            FROM information_schema.COLUMNS
            WHERE TABLE_SCHEMA = DATABASE() AND ORDINAL_POSITION = 1
            ORDER BY 1";
        let rows: Vec<(String, String)> = sqlx::query_as(sql)
            .fetch_all(&mut self.connection)
            .await
            .unwrap();
        assert!(!rows.is_empty(), "{} sees no table", self.name);
        let schema = &self.schema;
        rows.into_iter()
            .map(|(name, column)| Table {
                schema: schema.clone(),
                name,
                column: format!("`{column}`"),
            })
            .collect()
    }

    /// What the server says that it may, beside what everybody may there.
    pub async fn grants(&mut self) -> Vec<String> {
        let rows = self.connection.fetch_all("SHOW GRANTS").await.unwrap();
        let grants = rows.iter().map(|row| row.get::<String, _>(0));
        grants
            .filter(|grant| !grant.ends_with(" TO PUBLIC"))
            .collect()
    }

    /// It may do all of these, and takes them back.
    pub async fn may_in_a_transaction(&mut self, statements: &[&str], table: &Table) {
        let mut transaction = self.connection.begin().await.unwrap();
        for statement in statements {
            let sql = filled(statement, table);
            let done = transaction.execute(AssertSqlSafe(sql.clone())).await;
            done.unwrap_or_else(|error| panic!("{}: {sql}: {error}", self.name));
        }
        transaction.rollback().await.unwrap();
    }

    /// It may do none of these.
    pub async fn may_not(&mut self, statements: &[&str], table: &Table, code: u16) {
        for statement in statements {
            self.is_refused(statement, table, &[code]).await;
        }
    }

    /// The server refuses that with one of these errors.
    pub async fn is_refused(&mut self, statement: &str, table: &Table, codes: &[u16]) {
        let sql = filled(statement, table);
        let done = sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut self.connection);
        let found = match done.await {
            Ok(_) => panic!("{}: {sql}: was done", self.name),
            Err(sqlx::Error::Database(error)) => {
                let error = error.downcast_ref::<MySqlDatabaseError>();
                (error.number(), error.message().to_owned())
            }
            Err(other) => panic!("{}: {sql}: {other}", self.name),
        };
        assert!(codes.contains(&found.0), "{}: {sql}: {found:?}", self.name);
    }

    /// Neither the schema nor that there are tables in it.
    pub async fn sees_nothing_of(&mut self, schema: &str) {
        let sql = "SELECT (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?)
                        + (SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?)";
        let seen: i64 = sqlx::query_scalar(sql)
            .bind(schema)
            .bind(schema)
            .fetch_one(&mut self.connection)
            .await
            .unwrap();
        assert_eq!(seen, 0, "{} sees {schema}", self.name);
        let used = format!("USE `{schema}`");
        let used = sqlx::raw_sql(AssertSqlSafe(used)).execute(&mut self.connection);
        let refused = used.await.unwrap_err().to_string();
        assert!(refused.contains("1044"), "{}: {refused}", self.name);
    }
}

fn filled(statement: &str, table: &Table) -> String {
    statement
        .replace("{schema}", &format!("`{}`", table.schema))
        .replace("{table}", &table.quoted())
        .replace("{column}", &table.column)
}
