//! The generated TypeScript is current.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use std::{env, fs, path::Path};

use bellwether_signal::typescript;

/// Set by `make types` to write instead of compare.
const WRITE: &str = "BELLWETHER_WRITE_TYPES";

fn check(file: &str, expected: &str) {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../clients/ts/src/generated").join(file);
    if env::var_os(WRITE).is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{file} is stale: run `make types` and commit what it wrote");
}

#[test]
fn types_are_current() {
    check("types.ts", &typescript::types());
}

#[test]
fn numbers_are_what_json_gives() {
    // `JSON.parse` makes no bigint, whatever the Rust type is.
    assert!(!typescript::types().contains("bigint"), "say #[ts(type = \"number\")]");
}

#[test]
fn shapes_are_current() {
    check("shapes.ts", &typescript::shapes());
}
