//! Measures the release build and prints a table.
fn main() {}
