//! What is made from the code and committed is what the code says.

use crate::helpers::use_real_shim;
use std::path::{Path, PathBuf};
use xtask::{monitoring, openapi};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn binaries() -> PathBuf {
    use_real_shim();
    let binaries = std::env::var_os("AIRSIDE_BIN_DIR").expect("run by `cargo xtask test`");
    binaries.into()
}

#[test]
fn the_committed_document_is_what_the_services_say() {
    let document = openapi::merged(&binaries()).unwrap();
    openapi::DOCUMENT.compare(&root(), &document).unwrap();
}

#[test]
fn the_committed_catalogue_is_what_the_programs_count() {
    let catalogue = monitoring::catalogue(&binaries()).unwrap();
    monitoring::CATALOGUE.compare(&root(), &catalogue).unwrap();
}
