//! Rebuilds when a migration is added.
fn main() {
    #[expect(clippy::print_stdout, reason = "how a build script speaks to cargo")]
    {
        println!("cargo:rerun-if-changed=../../migrations/flights_dev");
    }
}
