//! The files of the repository as text, and what cargo knows about its packages.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// One text file: its path from the root, with `/`, and what it says.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// For the tests of the rules.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    pub(crate) fn extension(&self) -> &str {
        Path::new(&self.path).extension().and_then(|it| it.to_str()).unwrap_or_default()
    }

    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Written by a program, not by a person: its style is that program's business.
    pub(crate) fn is_generated(&self) -> bool {
        self.path.contains("/generated/") || self.name().contains("lock")
    }

    /// The comment that the file opens with, without what follows it.
    pub(crate) fn head(&self) -> String {
        let opening = self.text.trim_start();
        match self.extension() {
            "rs" => leading_lines(opening, "//!"),
            "vue" => match opening.strip_prefix("<!--") {
                Some(rest) => rest.split("-->").next().unwrap_or_default().to_owned(),
                None => opening
                    .split_once("<script")
                    .and_then(|(_, rest)| rest.split_once('>'))
                    .map(|(_, script)| script_head(script.trim_start()))
                    .unwrap_or_default(),
            },
            _ => script_head(opening),
        }
    }
}

/// The comment at the start of TypeScript, JavaScript or CSS.
fn script_head(text: &str) -> String {
    match text.strip_prefix("/*") {
        Some(rest) => rest.split("*/").next().unwrap_or_default().to_owned(),
        None => leading_lines(text, "//"),
    }
}

fn leading_lines(text: &str, marker: &str) -> String {
    text.lines().take_while(|line| line.starts_with(marker)).collect::<Vec<_>>().join("\n")
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("this package lies two folders below the root")
        .to_owned()
}

/// Every text file that is committed or about to be: what git knows, and what it would not ignore.
/// Binary files are left out.
pub(crate) fn files() -> Vec<File> {
    let root = root();
    paths(&root)
        .into_iter()
        .filter_map(|path| {
            let text = fs::read_to_string(root.join(&path)).ok()?; // deleted, or not text
            Some(File { path, text })
        })
        .collect()
}

/// Paths of all files that belong to the repository, binary ones too.
pub(crate) fn paths(root: &Path) -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output();
    let mut paths = match listed {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout)
            .split('\0')
            .filter(|path| !path.is_empty() && root.join(path).is_file())
            .map(str::to_owned)
            .collect(),
        // An unpacked archive has no git: everything but what is built.
        _ => {
            let mut found = Vec::new();
            walk(root, "", &mut found);
            found
        }
    };
    paths.sort();
    paths.dedup();
    assert!(paths.len() > 50, "only {} files found: this is not the repository", paths.len());
    paths
}

fn walk(root: &Path, folder: &str, found: &mut Vec<String>) {
    const BUILT: [&str; 4] = ["target", "node_modules", "dist", ".git"];
    for entry in fs::read_dir(root.join(folder)).expect("a folder that was just listed").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && !BUILT.contains(&name.as_str()) => {
                walk(root, &path, found);
            }
            Ok(kind) if kind.is_file() => found.push(path),
            _ => {}
        }
    }
}

/// `cargo metadata` of the workspace, from the lock file and without the network where that is
/// enough (packages for other systems may not be on this machine).
pub(crate) fn metadata(options: &[&str]) -> Value {
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let ask = |more: &[&str]| {
        Command::new(&cargo)
            .args(["metadata", "--format-version", "1", "--locked"])
            .args(options)
            .args(more)
            .current_dir(root())
            .output()
            .expect("cargo can be started")
    };
    let mut answer = ask(&["--offline"]);
    if !answer.status.success() {
        answer = ask(&[]);
    }
    assert!(
        answer.status.success(),
        "cargo metadata failed: {}",
        String::from_utf8_lossy(&answer.stderr)
    );
    serde_json::from_slice(&answer.stdout).expect("cargo prints JSON")
}

/// Fails with all complaints at once, each on its own line.
pub(crate) fn settle(complaints: &[String]) {
    assert!(
        complaints.is_empty(),
        "{} to put right:\n{}\n",
        complaints.len(),
        complaints.join("\n")
    );
}

#[test]
fn heads_are_found_in_every_language() {
    let check = |path: &str, text: &str, expected: &str| {
        assert_eq!(File::new(path, text).head().trim(), expected, "{path}");
    };
    check("a.rs", "//! one\n//! two\n\nuse x;", "//! one\n//! two");
    check("a.rs", "use x;\n//! late", "");
    check("a.ts", "/** what it is */\nimport x", "* what it is");
    check("a.ts", "// what it is\nimport x", "// what it is");
    check("a.ts", "import x // late", "");
    check("a.vue", "<!-- what it is -->\n<script setup>", "what it is");
    check("a.vue", "<script setup lang=\"ts\">\n// what it is\nimport x", "// what it is");
    check("a.vue", "<template></template>", "");
}
