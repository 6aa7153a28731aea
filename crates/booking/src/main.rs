//! booking
fn main() {}
