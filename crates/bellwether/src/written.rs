//! Documents that are written from the code: tests compare them, `make docs` writes them.
#![cfg(test)]

use std::{env, fs, path::Path};

/// Compares a document of the repository with what it has to say, or writes it.
pub(crate) fn keep(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if env::var_os("BELLWETHER_WRITE_DOCS").is_some() {
        fs::create_dir_all(file.parent().expect("a document lies in a folder")).expect(path);
        fs::write(&file, text).expect(path);
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    assert!(found == text, "{path} is not what the code says: run `make docs` and commit it");
}
