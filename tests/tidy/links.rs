//! A link in the documentation leads somewhere: to a file that is there, and to a heading in it.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::repository::{File, files, root, settle};

/// `there` answers for a path from the root: `None` if nothing is there, else its text if it has one.
fn check(files: &[File], there: impl Fn(&Path) -> Option<String>) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files.iter().filter(|file| file.extension() == "md") {
        for target in targets(&file.text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let folder = Path::new(&file.path).parent().unwrap_or(Path::new(""));
            let place =
                if path.is_empty() { PathBuf::from(&file.path) } else { plain(&folder.join(path)) };
            match there(&place) {
                None => complaints.push(format!(
                    "{}: the link to `{target}` leads nowhere; correct or remove it",
                    file.path
                )),
                Some(text)
                    if !anchor.is_empty()
                        && place.extension().is_some_and(|it| it == "md")
                        && !anchors(&text).any(|it| it == anchor) =>
                {
                    complaints.push(format!(
                        "{}: `{}` has no heading `#{anchor}`; correct the link",
                        file.path,
                        place.display()
                    ));
                }
                Some(_) => {}
            }
        }
    }
    complaints
}

/// What `[text](target)`, `<img src="target">` and `<a href="target">` point to, outside code.
fn targets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        // Every second piece between backquotes is code.
        let prose = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
        for (opening, closing) in [("](", ')'), ("src=\"", '"'), ("href=\"", '"')] {
            for rest in prose.split(opening).skip(1) {
                let target = rest.split(closing).next().unwrap_or_default();
                found.extend(target.split_whitespace().next().map(str::to_owned));
            }
        }
    }
    found
}

/// The anchors of a document's headings, as they are usually made: lower case, words joined by
/// hyphens, other signs left out.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter(|line| line.starts_with('#')).map(|line| {
        line.trim_start_matches('#')
            .trim()
            .to_lowercase()
            .chars()
            .filter_map(|it| match it {
                ' ' => Some('-'),
                it if it.is_alphanumeric() || it == '-' || it == '_' => Some(it),
                _ => None,
            })
            .collect()
    })
}

/// `docs/adr/../images` is `docs/images`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::Normal(name) => plain.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    plain
}

#[test]
fn links_lead_somewhere() {
    let root = root();
    settle(&check(&files(), |path| {
        let path = root.join(path);
        path.exists().then(|| fs::read_to_string(&path).unwrap_or_default())
    }));
}

#[test]
fn a_dead_link_is_found() {
    let complains = |text: &str| {
        let there = |path: &Path| match path.to_str() {
            Some("README.md" | "docs/a.md") => Some("# Head, and tail\n".to_owned()),
            Some("docs/images/now.png") => Some(String::new()),
            _ => None,
        };
        !check(&[File::new("docs/adr/0001.md", text)], there).is_empty()
    };
    assert!(!complains("[read](../../README.md) and ![shot](../images/now.png \"title\")"));
    assert!(!complains("[there](../a.md#head-and-tail) [far](https://example.org/x)"));
    assert!(!complains("`[code](nowhere.md)`\n```\n[code](nowhere.md)\n```\n"));
    assert!(complains("[read](../README.md)"));
    assert!(complains("[there](../a.md#tail)"));
    assert!(complains("<img src=\"../images/then.png\">"));
}
