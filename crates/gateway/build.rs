//! Makes a new migration rebuild the binary that embeds it.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/api_gateway_db");
}
