//! What the database lets each service's account do: read and write its own schema, and nothing
//! else. `an_account_can_touch_its_own_schema_only` of xtask tests the accounts that `up` makes.

mod account;

use account::{Account, Table};
use e2e::stack::services::SERVICES;

/// 1044: no right in the schema. 1045: none everywhere. 1142: not this right on the table. 1227: an
/// administrator's.
const NO_SCHEMA: u16 = 1044;
const NO_LOGIN: u16 = 1045;
const NO_TABLE: u16 = 1142;
const NO_ADMIN: u16 = 1227;

/// What each of them may do with a table that is there, harmlessly.
const USES: [&str; 4] = [
    "SELECT * FROM {table} LIMIT 1",
    "INSERT INTO {table} SELECT * FROM {table} WHERE FALSE",
    "UPDATE {table} SET {column} = {column} WHERE FALSE",
    "DELETE FROM {table} WHERE FALSE",
];

/// What changes a schema. Rights are looked at before there is no such table: one right too many
/// makes the test fail and harms no other.
const CHANGES: [(&str, u16); 12] = [
    ("CREATE TABLE {schema}.none (a INT)", NO_TABLE),
    ("CREATE TABLE {schema}.none LIKE {table}", NO_TABLE),
    ("CREATE TEMPORARY TABLE {schema}.none (a INT)", NO_SCHEMA),
    ("ALTER TABLE {schema}.none ADD b INT", NO_TABLE),
    ("DROP TABLE {schema}.none", NO_TABLE),
    ("TRUNCATE TABLE {schema}.none", NO_TABLE),
    ("RENAME TABLE {schema}.none TO {schema}.other", NO_TABLE),
    ("CREATE INDEX i ON {schema}.none (a)", NO_TABLE),
    ("CREATE VIEW {schema}.none AS SELECT 1", NO_TABLE),
    (
        "CREATE TRIGGER {schema}.t BEFORE INSERT ON {table} FOR EACH ROW SET @a = 1",
        NO_TABLE,
    ),
    (
        "CREATE FUNCTION {schema}.f() RETURNS INT RETURN 1",
        NO_SCHEMA,
    ),
    (
        "ALTER DATABASE {schema} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
        NO_SCHEMA,
    ),
];

/// What is an administrator's: accounts, other databases, files, the server.
const ADMINISTRATION: [(&str, u16); 12] = [
    ("CREATE USER 'nobody'@'%' IDENTIFIED BY 'x'", NO_ADMIN),
    ("DROP USER 'nobody'@'%'", NO_ADMIN),
    ("ALTER USER 'nobody'@'%' IDENTIFIED BY 'x'", NO_ADMIN),
    ("GRANT SELECT ON {schema}.* TO CURRENT_USER", NO_SCHEMA),
    ("GRANT SELECT ON *.* TO CURRENT_USER", NO_LOGIN),
    ("SELECT COUNT(*) FROM mysql.user", NO_TABLE),
    ("SELECT COUNT(*) FROM mysql.global_priv", NO_TABLE),
    (
        "INSERT INTO mysql.db SELECT * FROM mysql.db WHERE FALSE",
        NO_TABLE,
    ),
    ("CREATE DATABASE nobodys", NO_SCHEMA),
    ("SET GLOBAL max_connections = @@max_connections", NO_ADMIN),
    ("FLUSH STATUS", NO_ADMIN),
    ("SHOW BINARY LOGS", NO_ADMIN),
];

/// Reads and writes files of the server. MariaDB has called the refusal by one name, then by the other.
const FILES: (&str, [u16; 2]) = (
    "SELECT 1 INTO OUTFILE '/nowhere/airside'",
    [NO_LOGIN, NO_ADMIN],
);

/// How many of [`USES`] a table's own service has: versions are only read, an audit log grows.
fn uses_of(table: &Table) -> usize {
    match table.name.as_str() {
        "_sqlx_migrations" => 1,
        "AuditLog" => 2,
        _ => USES.len(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_reads_and_writes_its_own_schema() {
    for service in &SERVICES {
        let mut account = Account::of(service).await;
        for table in &account.tables().await {
            let (may, may_not) = USES.split_at(uses_of(table));
            account.may_in_a_transaction(may, table).await;
            account.may_not(may_not, table, NO_TABLE).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_no_right_in_another_schema() {
    let mut pairs = 0;
    for service in &SERVICES {
        let others = SERVICES.iter().filter(|other| other.name != service.name);
        for other in others {
            pairs += 1;
            let (mut account, mut migrate) = (
                Account::of(service).await,
                Account::that_migrates(service).await,
            );
            let theirs = Account::of(other).await.tables().await;
            assert!(!theirs.is_empty());
            for account in [&mut account, &mut migrate] {
                account.sees_nothing_of(&theirs[0].schema).await;
                for table in &theirs {
                    account.may_not(&USES, table, NO_TABLE).await;
                }
                for (change, code) in CHANGES {
                    account.is_refused(change, &theirs[0], &[code]).await;
                }
            }
        }
    }
    assert_eq!(pairs, SERVICES.len() * (SERVICES.len() - 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_changes_no_schema_and_administers_nothing() {
    for service in &SERVICES {
        let mut account = Account::of(service).await;
        let table = account.tables().await.swap_remove(0);
        for (statement, code) in CHANGES.into_iter().chain(ADMINISTRATION) {
            account.is_refused(statement, &table, &[code]).await;
        }
        account.is_refused(FILES.0, &table, &FILES.1).await;
        let mut migrate = Account::that_migrates(service).await;
        for (statement, code) in ADMINISTRATION {
            migrate.is_refused(statement, &table, &[code]).await;
        }
        migrate.is_refused(FILES.0, &table, &FILES.1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_rights_in_tables_of_one_schema_alone() {
    const RIGHTS: [&str; 4] = ["SELECT", "INSERT", "UPDATE", "DELETE"];
    for service in &SERVICES {
        let mut account = Account::of(service).await;
        let tables = account.tables().await;
        let mut grants = account.grants().await;
        assert!(!grants.concat().contains("WITH GRANT"), "{grants:?}");
        let login = grants.remove(0);
        assert!(login.starts_with("GRANT USAGE ON *.* TO "), "{login}");
        assert_eq!(grants.len(), tables.len(), "{grants:?}");
        for table in &tables {
            let rights = RIGHTS[..uses_of(table)].join(", ");
            let grant = format!("GRANT {rights} ON {} TO ", table.quoted());
            let found = grants.iter().any(|found| found.starts_with(&grant));
            assert!(found, "no {grant} among {grants:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_reads_all_five_schemas_and_writes_none() {
    let mut audit = Account::of_the_audit().await;
    for service in &SERVICES {
        let tables = Account::of(service).await.tables().await;
        for table in &tables {
            audit.may_in_a_transaction(&USES[..1], table).await;
            audit.may_not(&USES[1..], table, NO_TABLE).await;
        }
        for (statement, code) in CHANGES.into_iter().chain(ADMINISTRATION) {
            audit.is_refused(statement, &tables[0], &[code]).await;
        }
        audit.is_refused(FILES.0, &tables[0], &FILES.1).await;
    }
    let grants = audit.grants().await;
    assert_eq!(grants.len(), 1 + SERVICES.len(), "{grants:?}");
    let mut of_schemas = grants.iter().skip(1);
    assert!(of_schemas.all(|grant| grant.starts_with("GRANT SELECT ON `")));
}
