//! `unsafe` lives in `crates/sys`, and for tests in `tests/failing_disk`; every other package forbids it.

use crate::repository::{File, files, settle};

/// How the keyword is used; in pieces, so that this file keeps its own rule.
const FORMS: [&str; 5] = [
    concat!("unsafe", " {"),
    concat!("unsafe", " fn"),
    concat!("unsafe", " impl"),
    concat!("unsafe", " extern"),
    concat!("[unsafe", "("),
];

/// Where it may be: system calls, and a disk that fails (docs/adr/0006-a-disk-that-fails.md).
const MAY: [&str; 2] = ["crates/sys/", "tests/failing_disk/"];

fn check(files: &[File]) -> Vec<String> {
    files
        .iter()
        .filter(|file| !MAY.iter().any(|place| file.path.starts_with(place)))
        .filter_map(|file| match (file.extension(), file.name()) {
            ("rs", _) => in_code(file),
            (_, "Cargo.toml") => in_manifest(file),
            _ => None,
        })
        .collect()
}

fn in_code(file: &File) -> Option<String> {
    let (line, _) = file.text.lines().enumerate().find(|(_, line)| {
        let code = line.split("//").next().unwrap_or_default();
        let is_word = |word: &str| {
            code.split(|it: char| !it.is_alphanumeric() && it != '_').any(|it| it == word)
        };
        let lifted =
            ["allow", "expect"].into_iter().any(is_word) && is_word(concat!("unsafe", "_code"));
        // In a text it may be spoken of: only the keyword's own forms count.
        let keyword = FORMS.iter().any(|form| code.contains(form));
        keyword || lifted
    })?;
    Some(format!(
        "{}:{}: move what needs `unsafe` to crates/sys, behind a safe face",
        file.path,
        line + 1
    ))
}

/// The workspace's lints forbid it; a package has to take them.
fn in_manifest(file: &File) -> Option<String> {
    let takes_lints = file.text.contains("[lints]\nworkspace = true");
    let forbids = file.text.contains("unsafe_code = \"forbid\""); // the root itself
    (!takes_lints && !forbids)
        .then(|| format!("{}: add `[lints]` with `workspace = true`", file.path))
}

#[test]
fn only_sys_may_hold_unsafe_code() {
    settle(&check(&files()));
}

#[test]
fn unsafe_code_elsewhere_is_found() {
    let complains = |path: &str, text: &str| !check(&[File::new(path, text)]).is_empty();
    let block = concat!("fn a() { unsafe", " { b() } }");
    assert!(!complains("crates/hub/src/a.rs", "fn a() {} // unsafe { is spoken of }"));
    assert!(!complains("crates/sys/src/a.rs", block));
    assert!(!complains("tests/failing_disk/hooks.rs", block));
    assert!(complains("tests/tidy/a.rs", block));
    assert!(complains("crates/hub/src/a.rs", block));
    assert!(complains("crates/hub/src/a.rs", concat!("#![allow(unsafe", "_code)]")));
    assert!(complains("crates/hub/Cargo.toml", "[package]\nname = \"hub\"\n"));
    assert!(!complains("crates/hub/Cargo.toml", "[package]\n\n[lints]\nworkspace = true\n"));
}
