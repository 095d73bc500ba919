//! Dependencies point one way, downwards, and the rooms of the middle row do not know each other.

use serde_json::Value;

use crate::repository::{metadata, settle};

/// Where a room stands; it may name what stands below it. The same rows as in docs/ARCHITECTURE.md.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Row {
    Bottom,
    Middle,
    Edge,
    Top,
}

const ROOMS: [(&str, Row); 11] = [
    ("bellwether-signal", Row::Bottom),
    ("bellwether-sys", Row::Bottom),
    ("bellwether-collect", Row::Middle),
    ("bellwether-hub", Row::Middle),
    ("bellwether-store", Row::Middle),
    ("bellwether-detect", Row::Middle),
    ("bellwether-models", Row::Middle),
    ("bellwether-energy", Row::Middle),
    ("bellwether-gateway", Row::Edge),
    ("bellwether-outbound", Row::Edge),
    ("bellwether", Row::Top),
];

/// Beside its lower rows: system calls speak in the vocabulary's units.
const ALSO: [(&str, &str); 1] = [("bellwether-sys", "bellwether-signal")];

/// They look at the rooms from outside and may name any; nobody may name them.
const ONLOOKERS: [&str; 4] =
    ["bellwether-tidy", "bellwether-bench", "bellwether-fanout", "bellwether-failing-disk"];

fn row(room: &str) -> Option<Row> {
    ROOMS.iter().find(|(name, _)| *name == room).map(|(_, row)| *row)
}

/// Compares what every `Cargo.toml` names with the rows; dev- and build-dependencies count too.
fn check(metadata: &Value) -> Vec<String> {
    let mut complaints = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let from = package["name"].as_str().unwrap_or_default();
        if ONLOOKERS.contains(&from) {
            continue;
        }
        let Some(from_row) = row(from) else {
            complaints.push(format!(
                "{from}: no row for this room; add it to ROOMS in tests/tidy/arrows.rs and to \
                 docs/ARCHITECTURE.md"
            ));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let to = dependency["name"].as_str().unwrap_or_default();
            let is_ours = to.starts_with("bellwether");
            let allowed = row(to).is_some_and(|to_row| to_row < from_row)
                || ALSO.contains(&(from, to))
                || !is_ours;
            if !allowed {
                complaints.push(format!(
                    "{from} ({from_row:?}) names {to}: a room may only name rooms of lower rows; \
                     declare the trait that {from} needs and hand the implementation in from \
                     crates/bellwether/src/wiring"
                ));
            }
        }
    }
    complaints
}

#[test]
fn rooms_name_only_what_is_below_them() {
    let metadata = metadata(&["--no-deps"]);
    let packages = metadata["packages"].as_array().expect("packages are a list").len();
    assert!(packages >= 9, "only {packages} packages: the rule looked at nothing");
    settle(&check(&metadata));
}

#[test]
fn an_arrow_that_points_the_wrong_way_is_found() {
    let complains = |from: &str, to: &str, kind: &str| {
        !check(&serde_json::json!({
            "packages": [{ "name": from, "dependencies": [{ "name": to, "kind": kind }] }]
        }))
        .is_empty()
    };
    assert!(!complains("bellwether-hub", "bellwether-signal", "normal"));
    assert!(!complains("bellwether-sys", "bellwether-signal", "normal"));
    assert!(!complains("bellwether-hub", "serde", "normal"));
    assert!(!complains("bellwether-bench", "bellwether-hub", "normal"));

    assert!(complains("bellwether-hub", "bellwether-store", "normal"), "beside each other");
    assert!(complains("bellwether-hub", "bellwether-store", "dev"), "in tests too");
    assert!(complains("bellwether-signal", "bellwether-sys", "normal"), "beside each other");
    assert!(complains("bellwether-store", "bellwether-gateway", "normal"), "upwards");
    assert!(complains("bellwether-gateway", "bellwether-outbound", "normal"), "edge to edge");
    assert!(complains("bellwether-hub", "bellwether-bench", "dev"), "an onlooker");
    assert!(complains("bellwether-kitchen", "serde", "normal"), "a room without a row");
}
