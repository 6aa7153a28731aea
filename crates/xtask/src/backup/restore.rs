//! Bringing a backup back.

use super::DUMP;
use super::manifest::Manifest;
use super::place::{Make, Place, client, text_of};
use crate::install::{self, MARIADB, MARIADB_CLIENT};
use crate::layout::Layout;
use crate::process::step;
use crate::services::SERVICES;
use crate::{console, interrupt};
use anyhow::{Context as _, Result, ensure};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;

/// How many tables with data are named.
const SHOWN: usize = 3;

/// Replaces all five schemas by those of the backup in `folder`. Refuses while services run and,
/// unless forced, where there are data.
pub fn restore(layout: &Layout, folder: &Path, force: bool) -> Result<()> {
    interrupt::catch_signals(|| ())?;
    let manifest = Manifest::of(folder)?;
    check_versions(&layout.root, &manifest)?;
    let place = Place::for_data(layout)?;
    require_programs(&place)?;
    let _server = place.alone()?;
    check_make(&place, &manifest)?;
    refuse_connected(&place)?;
    if !force {
        refuse_data(&place)?;
    }
    load(&place, &folder.join(DUMP))
        .and_then(|()| compare(&place, &manifest))
        .context("the schemas are not whole; restore again, with --force")?;
    empty_queue(&place)?;
    console::say(format_args!(
        "{} rows as of {} are back; `cargo xtask up` brings the schemas to this version and starts it",
        manifest.total_rows(),
        manifest.taken
    ));
    Ok(())
}

/// Services that know less than the schemas would not start.
fn check_versions(root: &Path, manifest: &Manifest) -> Result<()> {
    for (schema, content) in &manifest.schemas {
        let mut known = BTreeSet::new();
        for entry in fs::read_dir(root.join("migrations").join(schema))? {
            let name = entry?.file_name();
            let version = name.to_string_lossy();
            let version = version
                .split('_')
                .next()
                .and_then(|v| v.parse::<i64>().ok());
            known.extend(version);
        }
        let unknown = content
            .versions
            .iter()
            .find(|version| !known.contains(version));
        ensure!(
            unknown.is_none(),
            "the backup is of a newer version: its {schema} has the migration {}, which is not here",
            unknown.copied().unwrap_or_default()
        );
    }
    Ok(())
}

/// A dump of the other make is not read in full.
fn check_make(place: &Place, manifest: &Manifest) -> Result<()> {
    let server = text_of(place, "SELECT VERSION()")?;
    ensure!(
        Make::of(&server) == Make::of(&manifest.server),
        "the backup is of {}, and this server is {server}: MariaDB and MySQL do not read each other's",
        manifest.server
    );
    Ok(())
}

fn require_programs(place: &Place) -> Result<()> {
    let server = place.is_private().then_some(MARIADB);
    let needs: Vec<_> = server.into_iter().chain([MARIADB_CLIENT]).collect();
    install::require("restore", &needs, &place.layout.logs().join("apt.log"))
}

/// Services of another place, on a server that others start as well.
fn refuse_connected(place: &Place) -> Result<()> {
    let accounts: Vec<_> = SERVICES
        .iter()
        .map(|service| format!("'{}'", service.account))
        .collect();
    let connected = text_of(
        place,
        &format!(
            "SELECT DISTINCT user FROM information_schema.processlist WHERE user IN ({})",
            accounts.join(", ")
        ),
    )?;
    ensure!(
        connected.is_empty(),
        "services are connected ({}): stop them first",
        connected.replace('\n', ", ")
    );
    Ok(())
}

fn refuse_data(place: &Place) -> Result<()> {
    let schemas: Vec<_> = SERVICES
        .iter()
        .map(|service| format!("'{}'", service.schema))
        .collect();
    // Versions are there as soon as the schema is.
    let tables = text_of(
        place,
        &format!(
            "SELECT CONCAT('SELECT ''', table_schema, '.', table_name, ''' FROM DUAL WHERE EXISTS \
             (SELECT 1 FROM `', table_schema, '`.`', table_name, '`);') \
             FROM information_schema.tables WHERE table_type = 'BASE TABLE' \
             AND table_name <> '_sqlx_migrations' AND table_schema IN ({})",
            schemas.join(", ")
        ),
    )?;
    let filled = text_of(place, &tables)?;
    let filled: Vec<&str> = filled.lines().collect();
    let more = if filled.len() > SHOWN { ", ..." } else { "" };
    ensure!(
        filled.is_empty(),
        "the schemas hold data ({}{more}); `cargo xtask backup` keeps them, --force throws them away",
        filled[..filled.len().min(SHOWN)].join(", ")
    );
    Ok(())
}

fn load(place: &Place, dump: &Path) -> Result<()> {
    let drops = SERVICES
        .iter()
        .map(|service| format!("DROP DATABASE IF EXISTS `{}`;\n", service.schema));
    text_of(place, &drops.collect::<String>())?;
    let options = place.options()?;
    let mut command = client(&options)?;
    command.stdin(File::open(dump)?);
    let log = place.layout.logs().join("restore.log");
    step::run_logged("restoring the schemas", &mut command, &log)
}

/// Every table has as many rows as the manifest says.
fn compare(place: &Place, manifest: &Manifest) -> Result<()> {
    for (schema, content) in &manifest.schemas {
        for (table, expected) in &content.rows {
            let sql = format!("SELECT COUNT(*) FROM `{schema}`.`{table}`");
            let found: u64 = text_of(place, &sql)?.parse()?;
            ensure!(
                found == *expected,
                "{schema}.{table} has {found} rows, not {expected}"
            );
        }
    }
    Ok(())
}

/// Jobs of bookings that are not there any more must not be mailed. All else in Redis is made anew.
fn empty_queue(place: &Place) -> Result<()> {
    if !place.redis_is_private {
        console::shout(
            "  empty the Redis database (FLUSHDB) before the services start: it has mails of what is no more",
        );
        return Ok(());
    }
    let data = place.layout.data.join("redis");
    let journal = data.join("appendonlydir");
    if journal.exists() {
        fs::remove_dir_all(journal)?;
    }
    for file in ["appendonly.aof", "dump.rdb"] {
        let file = data.join(file);
        if file.exists() {
            fs::remove_file(file)?;
        }
    }
    Ok(())
}
