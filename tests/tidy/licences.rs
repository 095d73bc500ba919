//! Every package that we build with may be used and passed on, and comes from where it should.
//! deny.toml holds the lists, for cargo's packages and npm's.

use std::fs;

use serde_json::Value;

use crate::licence::is_met;
use crate::repository::{metadata, root, settle};

/// Where crates come from, as cargo writes it; nothing else, no git either.
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The quoted values of a list `name = [ … ]` in TOML as we write it.
fn list(toml: &str, name: &str) -> Vec<String> {
    let Some((_, rest)) = toml.split_once(&format!("\n{name} = [")) else { return Vec::new() };
    let body = rest.split(']').next().unwrap_or_default();
    body.lines().filter_map(|line| line.split('"').nth(1)).map(str::to_owned).collect()
}

fn check_crates(metadata: &Value, allowed: &[String]) -> Vec<String> {
    let mut complaints = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default();
        if !is_met(licence, allowed) {
            complaints.push(format!(
                "crate {name}: licence `{licence}` is not met by deny.toml; take another crate, or \
                 add the licence there with the reason"
            ));
        }
        // Ours have a path and no source.
        if let Some(source) = package["source"].as_str()
            && source != CRATES
        {
            complaints.push(format!("crate {name}: comes from `{source}`; take the published one"));
        }
    }
    complaints
}

/// `licence_of` reads what an installed package says of itself, where the lock file does not.
fn check_npm(
    lock: &Value,
    allowed: &[String],
    tools: &[String],
    licence_of: impl Fn(&str) -> Option<String>,
) -> Vec<String> {
    let mut complaints = Vec::new();
    for (place, package) in lock["packages"].as_object().into_iter().flatten() {
        let Some((_, name)) = place.rsplit_once("node_modules/") else { continue }; // ours
        if package["link"].as_bool() == Some(true) {
            continue;
        }
        if package["resolved"].is_string() {
            complaints.push(format!(
                "npm {name}: package-lock.json names the address it came from; write it anew with \
                 `omit-lockfile-registry-resolved=true` in .npmrc"
            ));
        }
        let licence = match package["license"].as_str() {
            Some(licence) => licence.to_owned(),
            None => licence_of(place).unwrap_or_default(),
        };
        // What only builds or tests is not passed on.
        let is_tool = package["dev"].as_bool() == Some(true);
        if !is_met(&licence, if is_tool { tools } else { allowed }) {
            complaints.push(format!(
                "npm {name}: licence `{licence}` is not met by deny.toml; take another package, or \
                 add the licence there with the reason"
            ));
        }
    }
    complaints
}

/// Packages of other platforms that are named and missing: `npm ci` refuses such a lock file, on every
/// platform. It comes about where a registry does not hold them (yet).
fn check_whole(lock: &Value) -> Vec<String> {
    let Some(packages) = lock["packages"].as_object() else { return Vec::new() };
    let is_there = |place: &str, name: &str| {
        let inside = format!("{place}/node_modules/{name}");
        packages.contains_key(&inside) || packages.contains_key(&format!("node_modules/{name}"))
    };
    let mut complaints = Vec::new();
    for (place, package) in packages {
        for name in package["optionalDependencies"].as_object().into_iter().flatten() {
            if !is_there(place, name.0) {
                complaints.push(format!(
                    "{place}: package-lock.json names {} and does not hold it; take a version of \
                     {place} whose packages all exist, and write the lock file anew",
                    name.0
                ));
            }
        }
    }
    complaints
}

fn allowed() -> (Vec<String>, Vec<String>) {
    let toml = fs::read_to_string(root().join("deny.toml")).expect("deny.toml is there");
    let allowed = list(&toml, "allow");
    let tools = [allowed.clone(), list(&toml, "# tools")].concat();
    assert!(allowed.iter().any(|it| it == "MIT"), "deny.toml could not be read");
    (allowed, tools)
}

#[test]
fn crates_may_be_used_and_come_from_one_place() {
    let metadata = metadata(&[]);
    let packages = metadata["packages"].as_array().map_or(0, Vec::len);
    assert!(packages > 50, "only {packages} packages: the rule looked at nothing");
    settle(&check_crates(&metadata, &allowed().0));
}

#[test]
fn npm_packages_may_be_used() {
    let root = root();
    let (allowed, tools) = allowed();
    let text = fs::read_to_string(root.join("package-lock.json")).expect("the lock file is there");
    let lock: Value = serde_json::from_str(&text).expect("the lock file is JSON");
    let packages = lock["packages"].as_object().map_or(0, serde_json::Map::len);
    assert!(packages > 20, "only {packages} packages: the rule looked at nothing");
    settle(&check_whole(&lock));
    settle(&check_npm(&lock, &allowed, &tools, |place| {
        let text = fs::read_to_string(root.join(place).join("package.json")).ok()?;
        let package: Value = serde_json::from_str(&text).ok()?;
        // The old forms are an object with a type, and a list of such objects.
        let licence = &package["license"];
        let of_list = || package["licenses"][0]["type"].as_str();
        licence.as_str().or(licence["type"].as_str()).or_else(of_list).map(str::to_owned)
    }));
}

#[test]
fn a_crate_that_may_not_be_used_is_found() {
    let allowed = ["MIT".to_owned()];
    let complains = |package: Value| {
        !check_crates(&serde_json::json!({ "packages": [package] }), &allowed).is_empty()
    };
    let package = |licence: &str, source: &str| serde_json::json!({ "name": "a", "license": licence, "source": source });
    assert!(!complains(package("MIT", CRATES)));
    assert!(!complains(serde_json::json!({ "name": "a", "license": "MIT", "source": null })));
    assert!(complains(package("AGPL-3.0-only", CRATES)));
    assert!(complains(package("MIT", "git+https://example.org/a")));
    assert!(complains(serde_json::json!({ "name": "a", "license": null, "source": CRATES })));
}

#[test]
fn an_npm_package_that_may_not_be_used_is_found() {
    let allowed = ["MIT".to_owned()];
    let tools = ["MIT".to_owned(), "MPL-2.0".to_owned()];
    let complains = |package: Value, says: Option<&str>| {
        let lock = serde_json::json!({ "packages": { "": {}, "node_modules/a": package } });
        !check_npm(&lock, &allowed, &tools, |_| says.map(str::to_owned)).is_empty()
    };
    assert!(!complains(serde_json::json!({ "license": "MIT" }), None));
    assert!(!complains(serde_json::json!({}), Some("MIT")));
    assert!(!complains(serde_json::json!({ "license": "MPL-2.0", "dev": true }), None));
    assert!(!complains(serde_json::json!({ "resolved": "clients/ts", "link": true }), None));
    assert!(complains(serde_json::json!({}), None));
    assert!(complains(serde_json::json!({ "license": "MPL-2.0" }), None));
    assert!(complains(serde_json::json!({ "license": "AGPL-3.0", "dev": true }), None));
    assert!(complains(
        serde_json::json!({ "license": "MIT", "resolved": "https://a.example" }),
        None
    ));
}

#[test]
fn a_lock_file_that_is_not_whole_is_found() {
    let complains = |held: &str| {
        let lock = serde_json::json!({ "packages": {
            "node_modules/a": { "optionalDependencies": { "a-linux": "1.0.0" } },
            held: { "version": "1.0.0", "optional": true },
        } });
        !check_whole(&lock).is_empty()
    };
    assert!(!complains("node_modules/a-linux"));
    assert!(!complains("node_modules/a/node_modules/a-linux"));
    assert!(complains("node_modules/b/node_modules/a-linux"));
}

#[test]
fn lists_are_read_from_toml() {
    let toml = "\nallow = [\n  \"MIT\",\n  \"ISC\", # why\n]\n";
    assert_eq!(list(toml, "allow"), ["MIT", "ISC"]);
    assert!(list(toml, "deny").is_empty());
}
