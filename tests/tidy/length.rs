//! A file has one purpose: past [`LIMIT`] lines its head says why it is longer.

use crate::repository::{File, files, settle};

const LIMIT: usize = 600;

fn check(files: &[File]) -> Vec<String> {
    files
        .iter()
        .filter(|file| {
            matches!(file.extension(), "rs" | "ts" | "vue" | "js" | "mjs" | "css" | "sql")
        })
        .filter(|file| !file.is_generated() && !file.head().contains("Long:"))
        .filter_map(|file| {
            let lines = file.text.lines().count();
            (lines > LIMIT).then(|| {
                format!(
                    "{}: {lines} lines; move its second purpose to a file of its own, or say in \
                     its head why it is one: `Long: …`",
                    file.path
                )
            })
        })
        .collect()
}

#[test]
fn files_are_short_or_say_why_not() {
    settle(&check(&files()));
}

#[test]
fn a_long_file_is_found() {
    let complains = |text: &str| !check(&[File::new("crates/hub/src/core.rs", text)]).is_empty();
    let body = "let a = 1;\n".repeat(LIMIT);
    assert!(!complains(&body));
    assert!(!complains(&format!("//! Table. Long: one row for each error code.\n{body}")));
    assert!(complains(&format!("//! Table.\n{body}")));
    assert!(complains(&format!("//! Table.\n{body}// Long: said too late\n")));
}
