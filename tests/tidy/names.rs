//! A function without a home is a concept without a name: no drawer for the rest.

use crate::repository::{paths, root, settle};

const DRAWERS: [&str; 8] =
    ["util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"];

fn check(paths: &[String]) -> Vec<String> {
    paths.iter().filter_map(|path| complaint(path)).collect()
}

fn complaint(path: &str) -> Option<String> {
    path.split('/').find_map(|part| {
        let stem = part.split('.').next().unwrap_or_default().to_lowercase();
        DRAWERS.contains(&stem.as_str()).then(|| {
            format!("{path}: `{part}` says nothing; name the concept that its functions share")
        })
    })
}

#[test]
fn no_file_or_folder_is_a_drawer() {
    settle(&check(&paths(&root())));
}

#[test]
fn a_drawer_is_found() {
    let complains = |path: &str| complaint(path).is_some();
    assert!(!complains("crates/hub/src/core.rs"));
    assert!(!complains("web/src/commonplace.ts"));
    assert!(complains("web/src/utils/time.ts"));
    assert!(complains("crates/hub/tests/common/mod.rs"));
    assert!(complains("crates/hub/src/Helpers.rs"));
    assert!(complains("crates/hub/src/manager.rs"));
}
