//! Fills the schema from CSV files.
use service_kit::config::Env;
use std::path::Path;
/// Demo.
pub async fn seed_demo(_: &Env, _: &Path, _: u32) -> anyhow::Result<()> {
    anyhow::bail!("later")
}
/// Nyc.
pub async fn seed_nyc(_: &Env, _: &Path) -> anyhow::Result<()> {
    anyhow::bail!("later")
}
/// File.
pub async fn import_file(_: &Env, _: &Path, _: bool, _: Option<u32>) -> anyhow::Result<()> {
    anyhow::bail!("later")
}
