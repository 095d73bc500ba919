//! Every module says at its top what it is; a room also what enters, what leaves, what it may not do.

use crate::repository::{File, files, settle};

/// What the head of a room's `lib.rs` or `main.rs` has to say, in this order.
const ROOM_SAYS: [&str; 4] = ["Enters:", "Leaves:", "May not", "Start at"];

fn check(files: &[File]) -> Vec<String> {
    files.iter().filter_map(complaint).collect()
}

fn complaint(file: &File) -> Option<String> {
    let is_code = matches!(file.extension(), "rs" | "ts" | "vue" | "js" | "mjs" | "css");
    // Unit tests stand beside the module that they test, and their names say what they show.
    let is_unit_test = file.name().ends_with(".test.ts") || file.path.ends_with("/tests.rs");
    if !is_code || is_unit_test || file.is_generated() {
        return None;
    }
    let (path, head) = (&file.path, file.head());
    if head.trim_matches(|it: char| !it.is_alphanumeric()).is_empty() {
        let form = match file.extension() {
            "rs" => "`//! What it is.`",
            "vue" => "`<!-- What it is. -->`, or a comment at the start of its script",
            _ => "`/** What it is. */`",
        };
        return Some(format!("{path}: no head; open it with {form}"));
    }
    if let Some(room) = room(path) {
        if !head.starts_with(&format!("//! {room}: ")) {
            return Some(format!("{path}: open it with `//! {room}: ` and what the room is for"));
        }
        let mut rest = head.as_str();
        for said in ROOM_SAYS {
            let Some((_, after)) = rest.split_once(said) else {
                return Some(format!(
                    "{path}: the head of a room says, in this order, {}; `{said}` is missing",
                    ROOM_SAYS.join(", ")
                ));
            };
            rest = after;
        }
    }
    None
}

/// The room whose front door this file is.
fn room(path: &str) -> Option<&str> {
    let (room, rest) = path.strip_prefix("crates/")?.split_once('/')?;
    matches!(rest, "src/lib.rs" | "src/main.rs").then_some(room)
}

#[test]
fn every_module_says_what_it_is() {
    settle(&check(&files()));
}

#[test]
fn a_missing_head_is_found() {
    let complains = |path: &str, text: &str| !check(&[File::new(path, text)]).is_empty();
    let room = "//! hub: signals in, mailboxes out.\n//! Enters: a. Leaves: b.\n//! May not c.\n\
                //! Start at d.\n";
    assert!(!complains("crates/hub/src/lib.rs", room));
    assert!(!complains("crates/hub/src/core.rs", "//! All decisions.\n"));
    assert!(!complains("web/src/generated/types.ts", "export type A = 1\n"));
    assert!(!complains("README.md", "text"));

    assert!(complains("crates/hub/src/lib.rs", "//! hub: signals in, mailboxes out.\n"));
    assert!(complains("crates/hub/src/lib.rs", &room.replace("hub: ", "store: ")));
    assert!(complains("crates/hub/src/lib.rs", &room.replace("May not", "Can")));
    assert!(complains("crates/hub/src/core.rs", "use std::fs;\n"));
    assert!(complains("crates/hub/src/core.rs", "//!\n//! \nuse std::fs;\n"));
    assert!(complains("web/src/main.ts", "import { createApp } from 'vue'\n"));
    assert!(complains("web/src/App.vue", "<template><main /></template>\n"));
}
