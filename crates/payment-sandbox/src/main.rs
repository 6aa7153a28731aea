//! payment-sandbox
fn main() {}
