//! The whole system as real processes with servers, schemas, accounts and keys of its own.

mod folder;
mod keys;
mod options;
mod part;
mod plan;
pub mod ports;
pub mod process;
mod prometheus;
mod schemas;
mod servers;
pub mod services;
mod sink;
mod watchers;

use std::{path::Path, time::Duration};

use anyhow::Context;
use rand::Rng;

use crate::api::Api;
use folder::Folder;
use process::Launch;
use services::SERVICES;

pub use options::{Choice, Options};
pub use part::{Part, binaries};
pub use prometheus::Prometheus;
pub use schemas::{Database, Server};
pub use servers::{Mariadb, Redis, find};
pub use sink::{Mail, Sink};

/// The first administrator's address.
pub const ADMIN_EMAIL: &str = "admin@example.test";

/// Everything, running. What is dropped first is stopped first.
pub struct Stack {
    parts: Vec<Part>,
    /// Its queue.
    pub redis: Redis,
    /// Its mail server.
    pub sink: Sink,
    /// Its schemas.
    pub database: Database,
    /// Its own database server, unless one was given.
    pub mariadb: Option<Mariadb>,
    /// For readiness and plain requests.
    pub http: reqwest::Client,
    /// The password of [`ADMIN_EMAIL`].
    pub admin_password: String,
    owned_server: bool,
    folder: Folder,
}

impl Stack {
    /// Starts everything and waits until it is ready.
    pub async fn start(options: &Options) -> anyhow::Result<Self> {
        let binaries = binaries()?;
        let folder = Folder::create()?;
        let (mariadb, database) = database(options, folder.path()).await?;
        let mut stack = Self {
            parts: vec![],
            redis: Redis::start(folder.path())?,
            sink: Sink::start()?,
            database,
            owned_server: mariadb.is_some(),
            mariadb,
            http: client(),
            admin_password: password(),
            folder,
        };
        keys::make(stack.folder.path(), &binaries)?;
        stack.plan(options, &binaries)?;
        stack.migrate(&binaries)?;
        stack.database.grant_tables().await?;
        stack.run(
            "gateway",
            &[
                "admin",
                "create",
                "--email",
                ADMIN_EMAIL,
                "--name",
                "Ada Admin",
            ],
        )?;
        for part in &mut stack.parts {
            part.start()?;
        }
        for part in &mut stack.parts {
            part.wait_ready(&stack.http).await?;
        }
        Ok(stack)
    }

    fn migrate(&self, binaries: &Path) -> anyhow::Result<()> {
        for service in &SERVICES {
            let url = self.database.migrate_url(service.account, service.schema);
            let migrate = Launch {
                name: format!("{} migrate", service.name),
                program: binaries.join(service.name),
                arguments: vec!["migrate".to_owned()],
                environment: vec![("MIGRATE_DATABASE_URL".to_owned(), url)],
                log: self.folder.path().join("migrate.out"),
            };
            migrate.run("")?;
        }
        Ok(())
    }

    /// Runs a subcommand of a service in its environment, the administrator's password on stdin.
    pub fn run(&self, service: &str, arguments: &[&str]) -> anyhow::Result<String> {
        let mut launch = self.part(service).launch.clone();
        launch.arguments = arguments.iter().map(|a| (*a).to_owned()).collect();
        launch.name = format!("{service} {}", arguments.join(" "));
        launch.run(&self.admin_password)
    }

    /// The service of that name.
    pub fn part(&self, name: &str) -> &Part {
        let found = self.parts.iter().find(|part| part.name == name);
        found.unwrap_or_else(|| panic!("there is no service {name}"))
    }

    /// The service of that name, to kill or start it.
    pub fn part_mut(&mut self, name: &str) -> &mut Part {
        let found = self.parts.iter_mut().find(|part| part.name == name);
        found.unwrap_or_else(|| panic!("there is no service {name}"))
    }

    /// Where a service shows its metrics, host and port.
    pub fn metrics_address(&self, service: &str) -> String {
        let part = self.part(service);
        let mut environment = part.launch.environment.iter();
        let private = environment.find(|(name, _)| name == "METRICS_ADDR");
        private.map_or_else(
            || format!("127.0.0.1:{}", part.port),
            |(_, address)| address.clone(),
        )
    }

    /// All services.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Starts a part that was killed or stopped; the time to its first 200 of `/readyz`.
    pub async fn restart(&mut self, name: &str) -> anyhow::Result<Duration> {
        let http = self.http.clone();
        let part = self.part_mut(name);
        part.start()?;
        part.wait_ready(&http).await
    }

    /// A client of a service's own port.
    pub fn direct(&self, service: &str) -> Api {
        Api::new(
            self.http.clone(),
            format!("{}/api/v1", self.part(service).url()),
        )
    }

    /// A client of the gateway, not signed in.
    pub fn gateway(&self) -> Api {
        Api::new(self.http.clone(), self.part("gateway").url())
    }

    /// A file of its own folder.
    pub fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Stops everything and, on a server that was given, drops the schemas.
    pub async fn finish(mut self) -> anyhow::Result<()> {
        for part in &mut self.parts {
            part.kill();
        }
        if !self.owned_server {
            self.database.drop_all().await?;
        }
        Ok(())
    }
}

async fn database(options: &Options, folder: &Path) -> anyhow::Result<(Option<Mariadb>, Database)> {
    Ok(match &options.database {
        Choice::Private => {
            let mariadb = Mariadb::start(folder)?;
            let server = Server::parse(&mariadb.url())?;
            (Some(mariadb), Database::create(server, "").await?)
        }
        Choice::Given(url) => {
            let prefix = format!("e{:06x}_", rand::random_range(0..0x0100_0000));
            let server = Server::parse(url).context("the given database server")?;
            (None, Database::create(server, &prefix).await?)
        }
    })
}

fn password() -> String {
    let characters = rand::rng().sample_iter(rand::distr::Alphanumeric);
    characters.take(24).map(char::from).collect()
}

/// Plain HTTP, no proxy, no redirects.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(2))
        .timeout(Duration::from_secs(20))
        .build()
        .expect("invariant: a client without TLS can always be built")
}
