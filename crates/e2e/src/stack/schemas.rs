//! Fresh schemas and accounts: each service may touch its own schema only, the audit may read all.

use anyhow::Context;
use rand::{Rng, distr::Alphanumeric};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection};

use super::services::SERVICES;
use audit::Schemas;

/// A database server and the account that may make schemas on it.
#[derive(Clone, Debug)]
pub struct Server {
    root: String,
    /// `host:port/` and `?options`.
    host: String,
    options: String,
}

/// The five schemas of one stack with their accounts.
pub struct Database {
    server: Server,
    prefix: String,
    password: String,
    /// The schemas' names.
    pub schemas: Schemas,
}

impl Server {
    /// From `mysql://account[:password]@host[:port]/[?options]`.
    pub fn parse(url: &str) -> anyhow::Result<Self> {
        let rest = url.strip_prefix("mysql://").context("must be mysql://")?;
        let (root, rest) = rest.rsplit_once('@').context("must name an account")?;
        let (host, rest) = rest.split_once('/').context("must end with /")?;
        let options = rest.split_once('?').map(|(_, options)| options);
        Ok(Self {
            root: root.to_owned(),
            host: host.to_owned(),
            options: options.map(|o| format!("?{o}")).unwrap_or_default(),
        })
    }

    fn url(&self, login: &str, schema: &str) -> String {
        format!("mysql://{login}@{}/{schema}{}", self.host, self.options)
    }

    /// The root account's URL.
    pub fn root_url(&self) -> String {
        self.url(&self.root, "")
    }
}

impl Database {
    /// Makes the schemas, named with `prefix` before their usual names, and the accounts.
    pub async fn create(server: Server, prefix: &str) -> anyhow::Result<Self> {
        let rng = rand::rng().sample_iter(&Alphanumeric).take(24);
        let password: String = rng.map(char::from).collect();
        let database = Self {
            schemas: Schemas::with_prefix(prefix),
            prefix: prefix.to_owned(),
            server,
            password,
        };
        let mut connection = database.root().await?;
        for statement in database.statements() {
            connection.execute(AssertSqlSafe(statement)).await?;
        }
        connection.close().await?;
        Ok(database)
    }

    /// A connection with all rights: for tests that move time or break things.
    pub async fn root(&self) -> anyhow::Result<MySqlConnection> {
        let connection = MySqlConnection::connect(&self.server.root_url()).await;
        connection.context("the database server does not answer")
    }

    fn statements(&self) -> Vec<String> {
        let audit = self.account("audit");
        let mut all = self.make_account(&audit);
        for service in &SERVICES {
            let schema = format!("{}{}", self.prefix, service.schema);
            let mine = self.account(service.account);
            let migrate = self.migrate_account(service.account);
            all.push(format!(
                "CREATE DATABASE `{schema}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
            ));
            all.extend(self.make_account(&mine));
            all.extend(self.make_account(&migrate));
            // An underscore in a GRANT's schema is a wildcard unless escaped.
            let schema = schema.replace('_', "\\_");
            for host in HOSTS {
                all.push(format!(
                    "GRANT ALL PRIVILEGES ON `{schema}`.* TO '{migrate}'@'{host}'"
                ));
                all.push(format!(
                    "GRANT SELECT ON `{schema}`.* TO '{audit}'@'{host}'"
                ));
            }
        }
        all
    }

    /// Gives each service its rights in the tables that are there, after the migrations.
    pub async fn grant_tables(&self) -> anyhow::Result<()> {
        let mut root = self.root().await?;
        for service in &SERVICES {
            for host in HOSTS {
                let select = RIGHTS
                    .replace("{schema}", &format!("{}{}", self.prefix, service.schema))
                    .replace("{account}", &self.account(service.account))
                    .replace("{host}", host);
                let grants: Vec<String> = sqlx::query_scalar(AssertSqlSafe(select))
                    .fetch_all(&mut root)
                    .await?;
                for grant in grants {
                    root.execute(AssertSqlSafe(grant)).await?;
                }
            }
        }
        Ok(root.close().await?)
    }

    fn make_account(&self, name: &str) -> Vec<String> {
        let make = |host: &&str| {
            let password = &self.password;
            format!("CREATE USER '{name}'@'{host}' IDENTIFIED BY '{password}'")
        };
        HOSTS.iter().map(make).collect()
    }

    /// MySQL allows 32 characters.
    fn account(&self, name: &str) -> String {
        format!("{}airside_{name}", self.prefix)
    }

    fn migrate_account(&self, name: &str) -> String {
        format!("{}_m", self.account(name))
    }

    fn login(&self, account: &str) -> String {
        format!("{account}:{}", self.password)
    }

    /// `DATABASE_URL` of a service.
    pub fn service_url(&self, account: &str, schema: &str) -> String {
        let login = self.login(&self.account(account));
        self.server.url(&login, &format!("{}{schema}", self.prefix))
    }

    /// `MIGRATE_DATABASE_URL` of a service.
    pub fn migrate_url(&self, account: &str, schema: &str) -> String {
        let login = self.login(&self.migrate_account(account));
        self.server.url(&login, &format!("{}{schema}", self.prefix))
    }

    /// `AUDIT_DATABASE_URL`.
    pub fn audit_url(&self) -> String {
        self.server.url(&self.login(&self.account("audit")), "")
    }

    /// The audit's account as the exporter of MySQL wants it: `account:password@tcp(host:port)/`, or
    /// `@unix(path)/`.
    pub fn audit_source(&self) -> String {
        let login = self.login(&self.account("audit"));
        match self.server.options.strip_prefix("?socket=") {
            Some(path) => format!("{login}@unix({path})/"),
            None => format!("{login}@tcp({})/", self.server.host),
        }
    }

    /// What stands before the schemas' usual names.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Drops schemas and accounts.
    pub async fn drop_all(&self) -> anyhow::Result<()> {
        let mut root = self.root().await?;
        let mut accounts = vec![self.account("audit")];
        for service in &SERVICES {
            let drop = format!(
                "DROP DATABASE IF EXISTS `{}{}`",
                self.prefix, service.schema
            );
            root.execute(AssertSqlSafe(drop)).await?;
            accounts.push(self.account(service.account));
            accounts.push(self.migrate_account(service.account));
        }
        for account in accounts {
            for host in HOSTS {
                let drop = format!("DROP USER IF EXISTS '{account}'@'{host}'");
                root.execute(AssertSqlSafe(drop)).await?;
            }
        }
        Ok(())
    }
}

/// Selects the GRANTs of a service's account.
const RIGHTS: &str = include_str!("../../../../migrations/rights.sql");
/// A unix socket comes from localhost, TCP from anywhere.
const HOSTS: [&str; 2] = ["localhost", "%"];
