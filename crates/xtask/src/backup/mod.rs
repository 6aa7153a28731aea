//! `backup` and `restore`: all five schemas as they were at one instant.
//!
//! A backup is a folder with `airside.sql` and `manifest.json`, which says what must be in it. The
//! dump is one transaction over all schemas of one server, so that a booking, its hold and its
//! payment agree in it. No key and no password is in it: none is needed to read it.

mod dump;
mod manifest;
mod place;
mod restore;
mod rows;

use crate::layout::{Layout, private_folder};
use crate::services::SERVICES;
use crate::{console, interrupt, secrets};
use anyhow::{Context as _, Result, ensure};
use manifest::{Manifest, SchemaContent};
use place::{Place, text_of};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub use restore::restore;

/// The dump in a backup's folder.
const DUMP: &str = "airside.sql";

/// Writes a backup to `to`, or to `.data/backups/TIME`. A folder that is there is whole: it gets
/// its name last.
pub fn run(layout: &Layout, to: Option<PathBuf>) -> Result<()> {
    interrupt::catch_signals(|| ())?;
    let place = Place::of_data(layout)?;
    let _server = place.reachable()?;
    let program = dump::program(&place)?;
    let taken = now(&place)?;
    let folder = match to {
        Some(folder) => std::path::absolute(folder)?,
        None => layout.data.join("backups").join(taken.replace(':', "")),
    };
    ensure!(!folder.exists(), "{} is there already", folder.display());
    let half_made = folder.with_added_extension("new");
    if half_made.exists() {
        fs::remove_dir_all(&half_made).context("what an interrupted backup left")?;
    }
    private_folder(&half_made)?;
    let manifest = take(&place, &program, taken, &half_made)
        // A half backup is of no use, and large.
        .inspect_err(|_| drop(fs::remove_dir_all(&half_made)))?;
    fs::rename(&half_made, &folder)?;
    console::say(format_args!(
        "{} rows of {} schemas are in {}",
        manifest.total_rows(),
        manifest.schemas.len(),
        folder.display()
    ));
    Ok(())
}

fn take(place: &Place, program: &Path, taken: String, folder: &Path) -> Result<Manifest> {
    let before = versions(place)?;
    let file = folder.join(DUMP);
    dump::write(place, program, &file)?;
    let content = rows::read(&file)?;
    ensure!(
        versions(place)? == before,
        "a migration ran meanwhile: take the backup again"
    );
    let mut schemas = BTreeMap::new();
    for (schema, versions) in before {
        let rows = content.rows.get(&schema).cloned().unwrap_or_default();
        ensure!(!rows.is_empty(), "{schema} is not in the dump");
        schemas.insert(schema, SchemaContent { versions, rows });
    }
    let manifest = Manifest {
        format: manifest::FORMAT,
        taken,
        server: text_of(place, "SELECT VERSION()")?,
        sha256: content.sha256,
        bytes: content.bytes,
        schemas,
    };
    secrets::write_private(
        &folder.join(manifest::FILE),
        &serde_json::to_vec_pretty(&manifest)?,
    )?;
    Ok(manifest)
}

/// By the server's clock, like all instants of the data.
fn now(place: &Place) -> Result<String> {
    text_of(
        place,
        "SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%dT%H:%i:%sZ')",
    )
}

/// The migrations that each schema has seen.
fn versions(place: &Place) -> Result<BTreeMap<String, Vec<i64>>> {
    let of_schema = |schema: &str| {
        let sql = format!("SELECT version FROM `{schema}`._sqlx_migrations ORDER BY version");
        let text = text_of(place, &sql)
            .with_context(|| format!("{schema} cannot be read; `cargo xtask up` makes it"))?;
        let versions = text.lines().map(|line| Ok(line.parse()?));
        Ok((schema.to_owned(), versions.collect::<Result<_>>()?))
    };
    SERVICES
        .iter()
        .map(|service| of_schema(service.schema))
        .collect()
}
