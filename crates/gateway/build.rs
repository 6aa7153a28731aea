//! Makes a new migration rebuild the binary that embeds it, and unpacks the files of the reference
//! page.

use std::{
    env,
    fs::File,
    io::{self, Cursor},
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

/// What the page loads, within the only folder of the archive, and the terms it comes under.
const FILES: [&str; 3] = [
    "dist/swagger-ui-bundle.js",
    "dist/swagger-ui.css",
    "LICENSE",
];

fn main() -> anyhow::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../../migrations/api_gateway_db");
    let out = PathBuf::from(env::var_os("OUT_DIR").context("OUT_DIR")?);
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    let mut unpacked = 0;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index)?;
        let path = file
            .enclosed_name()
            .context("a path outside of the archive")?;
        let path: PathBuf = path.iter().skip(1).collect();
        if FILES.iter().any(|wanted| Path::new(wanted) == path) {
            let name = path.file_name().context("a file without a name")?;
            io::copy(&mut file, &mut File::create(out.join(name))?)?;
            unpacked += 1;
        }
    }
    ensure!(unpacked == FILES.len(), "Swagger UI's archive lacks a file");
    Ok(())
}
