//! Migrations: `<service> migrate` runs them, the service itself only looks.

use anyhow::{Context, ensure};
use sqlx::{Connection, MySqlConnection, migrate::Migrator};

use super::DatabaseConfig;

/// Brings the schema to the version of this binary. Two that run at once take turns.
pub async fn migrate(database: &DatabaseConfig, migrator: &Migrator) -> anyhow::Result<()> {
    let mut connection = MySqlConnection::connect_with(&database.options)
        .await
        .context("MIGRATE_DATABASE_URL: cannot connect")?;
    // sqlx's own lock waits with GET_LOCK(.., -1), which MariaDB answers with NULL.
    let locked: Option<i64> =
        sqlx::query_scalar("SELECT GET_LOCK(CONCAT('migrate.', DATABASE()), 60)")
            .fetch_one(&mut connection)
            .await?;
    ensure!(
        locked == Some(1),
        "another migration has been running for 60 s"
    );
    let mut unlocked = Migrator {
        locking: false,
        ..Migrator::DEFAULT
    };
    unlocked.migrations = migrator.migrations.clone();
    let outcome = unlocked.run_direct(None, &mut connection, false).await;
    sqlx::query("DO RELEASE_LOCK(CONCAT('migrate.', DATABASE()))")
        .execute(&mut connection)
        .await?;
    outcome.context("a migration failed")?;
    connection.close().await?;
    Ok(())
}

/// Whether the schema has every migration of this binary, and none failed half way.
pub async fn is_current(
    connection: &mut MySqlConnection,
    migrator: &Migrator,
) -> sqlx::Result<bool> {
    let applied: Vec<(i64, i8)> = sqlx::query_as("SELECT version, success FROM _sqlx_migrations")
        .fetch_all(connection)
        .await?;
    let has = |version: i64| {
        applied
            .iter()
            .any(|(found, success)| *found == version && *success == 1)
    };
    Ok(migrator.iter().all(|migration| has(migration.version)))
}
