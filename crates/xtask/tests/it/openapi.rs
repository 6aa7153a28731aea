//! The committed document of the API.

use crate::helpers::use_real_shim;
use std::path::Path;
use xtask::openapi;

#[test]
fn the_committed_document_is_what_the_services_say() {
    use_real_shim();
    let binaries = std::env::var_os("AIRSIDE_BIN_DIR").expect("run by `cargo xtask test`");
    let document = openapi::merged(Path::new(&binaries)).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    openapi::compare(&root, &document).unwrap();
}
