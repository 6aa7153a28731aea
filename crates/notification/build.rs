//! Tells cargo that the migrations and the templates are part of this crate.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/notification_dev");
    println!("cargo:rerun-if-changed=templates");
}
