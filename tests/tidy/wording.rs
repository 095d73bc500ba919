//! What no committed file may say: paths of one machine, addresses of package registries, work left
//! undone, tests switched off.

use crate::repository::{File, files, settle};

/// A text that may not stand in a file, where it counts, and what to do instead. The texts are put
/// together from pieces, so that this file keeps its own rule.
struct Rule {
    text: &'static str,
    counts: fn(&File) -> bool,
    /// Whether the character before the text makes it something else (`fixtures/root/` is no path
    /// of a machine, `MASTODON` no note).
    part_of_a_word: fn(char) -> bool,
    instead: &'static str,
}

const RULES: [Rule; 16] = [
    path_of_a_machine(concat!("/work", "/")),
    path_of_a_machine(concat!("/root", "/")),
    // The recorded trees of made-up machines have people with homes.
    Rule {
        counts: |file| !file.path.contains("/fixtures/"),
        ..path_of_a_machine(concat!("/home", "/"))
    },
    path_of_a_machine(concat!("/Users", "/")),
    registry(concat!("registry.", "npmjs.org")),
    registry(concat!("registry.", "yarnpkg.com")),
    registry(concat!("index.", "crates.io")),
    registry(concat!("static.", "crates.io")),
    registry(concat!("files.", "pythonhosted.org")),
    registry(concat!("proxy.", "golang.org")),
    left_undone(concat!("TO", "DO")),
    left_undone(concat!("FIX", "ME")),
    switched_off(concat!("#[", "ignore"), is_rust),
    switched_off(concat!(".on", "ly("), is_script),
    switched_off(concat!(".sk", "ip("), is_script),
    switched_off(concat!(".to", "do("), is_script),
];

const fn path_of_a_machine(text: &'static str) -> Rule {
    Rule {
        text,
        counts: |_| true,
        part_of_a_word: |before| before.is_alphanumeric() || "._-}*/".contains(before),
        instead: "a path of one machine; use a relative one, a temporary folder or `/srv/…`",
    }
}

const fn registry(text: &'static str) -> Rule {
    Rule {
        text,
        counts: |_| true,
        part_of_a_word: |_| false,
        instead: "the address of a package registry is the business of whoever builds; remove it",
    }
}

const fn left_undone(text: &'static str) -> Rule {
    Rule {
        text,
        counts: |file| !file.is_generated(),
        part_of_a_word: char::is_alphanumeric,
        instead: "do it, or open an issue and name its number without this word",
    }
}

const fn switched_off(text: &'static str, counts: fn(&File) -> bool) -> Rule {
    Rule {
        text,
        counts,
        part_of_a_word: |_| false,
        instead: "every test runs, always; repair it or remove it",
    }
}

fn is_rust(file: &File) -> bool {
    file.extension() == "rs"
}

fn is_script(file: &File) -> bool {
    matches!(file.extension(), "ts" | "vue" | "js" | "mjs")
}

fn check(files: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files {
        for rule in RULES.iter().filter(|rule| (rule.counts)(file)) {
            if let Some(line) = file.text.lines().position(|line| rule.found_in(line)) {
                complaints.push(format!(
                    "{}:{}: `{}`: {}",
                    file.path,
                    line + 1,
                    rule.text,
                    rule.instead
                ));
            }
        }
    }
    complaints
}

impl Rule {
    fn found_in(&self, line: &str) -> bool {
        let mut before = String::new();
        let mut pieces = line.split(self.text).peekable();
        while let Some(piece) = pieces.next() {
            before.push_str(piece);
            let is_word = before.chars().next_back().is_some_and(self.part_of_a_word);
            if pieces.peek().is_some() && !is_word {
                return true;
            }
            before.push_str(self.text);
        }
        false
    }
}

#[test]
fn nothing_is_said_that_should_not_be() {
    settle(&check(&files()));
}

#[test]
fn what_should_not_be_said_is_found() {
    let complains = |path: &str, text: &str| !check(&[File::new(path, text)]).is_empty();
    for rule in &RULES {
        let path = if is_rust(&File::new("a.rs", "")) && (rule.counts)(&File::new("a.rs", "")) {
            "a.rs"
        } else {
            "a.ts"
        };
        assert!(complains(path, &format!("// see {} here", rule.text)), "{}", rule.text);
    }
    let root = concat!("/root", "/");
    assert!(complains("a.rs", &format!("fixtures{root} and \"{root}\"")), "the second one");
    assert!(!complains("a.rs", &format!("fixtures{root}proc")));
    assert!(!complains("a.rs", "values.iter().skip(1) // in Rust it is no test"));
    assert!(!complains("a.rs", concat!("MAST", "ODON")));
}
