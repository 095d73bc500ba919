//! Command lines without their secrets: what leaves the host may be read by operators, and is kept.
//! Enters: the arguments of a process. Leaves: one line in which passwords, tokens and keys are
//! [`MASK`]. Where it is not clear whether something is secret, it is: a line that tells too little
//! is a nuisance, one that tells too much cannot be taken back.
//!
//! What is recognised: options and variables by their names (`keys`), short options of programs that
//! take passwords (`programs`), credentials in URLs and tokens that look like nothing else
//! (`shapes`), values of HTTP headers, JSON, forms and connection strings; and all of these inside
//! the text that a shell is given to run (`words`).

mod keys;
mod programs;
mod shapes;
mod words;

use self::{
    keys::{Strength, assignments, strength},
    programs::{Program, Short},
    words::{Word, words},
};
use crate::text::clean;

/// What stands where a secret was.
pub(crate) const MASK: &str = "***";
/// Longest line that leaves the host, in bytes.
const LINE_BYTES: usize = 512;
/// What ends a line that was cut.
const CUT: &str = "…";
/// How a private key in PEM begins; it goes on over many lines.
const PRIVATE_KEY: &str = "-----BEGIN";
/// Quotes within quotes that are looked into; what lies deeper is masked as a whole.
const DEPTH: usize = 5;

/// The line that may be shown.
pub(crate) fn sanitise<'a>(arguments: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = Line::default();
    for argument in arguments {
        if !line.shown.is_empty() {
            line.shown.push(' ');
        }
        line.argument(argument, 0);
        if line.shown.len() > LINE_BYTES {
            break;
        }
    }
    cut(clean(line.shown.as_bytes()))
}

/// What the next word is, as far as the words before it tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Next {
    #[default]
    Plain,
    /// A secret, even if it looks like an option.
    Secret,
    /// A secret, unless it looks like an option.
    Value,
    /// A secret, if it looks like one.
    Token,
    /// Secrets, unless it is a short number: how many, then.
    Several,
    /// `user:password`, `user%password` or `user,password`.
    Pair,
    /// A text that a shell runs.
    Script,
}

#[derive(Default)]
struct Line {
    shown: String,
    next: Next,
    program: Option<&'static Program>,
    /// Words that are no options since the program's name.
    positionals: usize,
    /// Whether one of them was `login`.
    login: bool,
}

impl Line {
    /// One argument, or a quoted part of one: what belongs together.
    fn argument(&mut self, text: &str, depth: usize) {
        let next = std::mem::take(&mut self.next);
        if depth > DEPTH {
            self.shown.push_str(MASK);
        } else if next == Next::Script {
            self.script(text, depth);
        } else if next == Next::Plain || !self.follow(next, text) {
            self.plain(text, depth);
        }
    }

    /// An argument about which the one before said nothing.
    fn plain(&mut self, text: &str, depth: usize) {
        if let Some(at) = text.find(PRIVATE_KEY) {
            self.script(text.get(..at).unwrap_or_default(), depth);
            self.shown.push_str(MASK);
        } else if !text.contains(char::is_whitespace) {
            self.word(text);
        } else if let Some(found) = assignments(text).find(|found| found.owns_the_rest) {
            // `--password=my secret`, `Authorization: Bearer …`, `…;Password=my secret`: all that
            // follows belongs to the value.
            let (before, rest) = text.split_at_checked(found.name_at).unwrap_or((text, ""));
            self.script(before, depth);
            if before.ends_with(char::is_whitespace) {
                self.shown.push(' ');
            }
            self.masked_from(rest, found.value_at - found.name_at);
        } else {
            self.script(text, depth);
        }
    }

    /// A text of many words, and perhaps of many lines.
    fn script(&mut self, text: &str, depth: usize) {
        for (number, Word { text, quoted }) in words(text).enumerate() {
            if number > 0 {
                self.shown.push(' ');
            }
            if matches!(text.as_str(), ";" | "|" | "||" | "&&" | "&") {
                (self.next, self.program) = (Next::Plain, None);
                self.shown.push_str(&text);
            } else if quoted && text.contains(char::is_whitespace) {
                self.shown.push('"');
                self.argument(&text, depth + 1);
                self.shown.push('"');
            } else {
                self.argument(&text, depth + 1);
            }
        }
    }

    /// What the word before announced. False when this is not it after all.
    fn follow(&mut self, next: Next, text: &str) -> bool {
        // `--password = x`, `"password" : "x"`, `Authorization: Basic x`: it is still to come.
        let joins = text.chars().all(|c| matches!(c, '=' | ':' | '>' | '"' | '\''));
        if !text.is_empty() && joins || next == Next::Secret && keys::is_scheme(text) {
            self.next = next;
            self.shown.push_str(text);
            return true;
        }
        // `--token --password x`: the first had no value.
        let is_option = text.starts_with('-') && text.len() > 1;
        if is_option && (assignments(text).next().is_some() || option_strength(text).is_some()) {
            return false;
        }
        let secret = match next {
            Next::Secret => true,
            Next::Value => !is_option,
            Next::Token => shapes::looks_random(text),
            Next::Several => !keys::is_amount(text),
            Next::Pair => return self.pair("", text),
            Next::Plain | Next::Script => false,
        };
        if secret {
            self.shown.push_str(MASK);
            // What looked like a password may be the program whose options come next, or announce
            // the password itself.
            if !self.enter(text) {
                self.next = keys::announces(text);
            }
        }
        secret
    }

    /// Remembers a program, if this is the name of one that is known.
    fn enter(&mut self, word: &str) -> bool {
        let found = Program::named(word);
        if found.is_some() {
            (self.program, self.positionals, self.login) = (found, 0, false);
        }
        found.is_some()
    }

    /// A word without blanks.
    fn word(&mut self, word: &str) {
        if self.enter(word) {
            self.shown.push_str(word);
        } else if self.short_option(word) {
        } else if let Some(found) = assignments(word).next() {
            self.masked_from(word, found.value_at);
        } else if word.starts_with('-') {
            self.next = match option_strength(word) {
                Some(Strength::Strong) if word.ends_with("tokens") => Next::Several,
                Some(Strength::Strong) => Next::Secret,
                Some(Strength::Weak) => Next::Value,
                None if is_script_option(word) => Next::Script,
                None => Next::Plain,
            };
            self.shown.push_str(&shapes::masked(word));
        } else if !self.positional(word) {
            // The secret that belongs to an access key mostly follows it.
            let is_key = word.starts_with("AKIA") || word.starts_with("ASIA");
            self.next = if is_key { Next::Token } else { keys::announces(word) };
            self.shown.push_str(&shapes::masked(word));
        }
    }

    /// The name stays, what follows is masked. Without a value, the value is the next word.
    fn masked_from(&mut self, text: &str, value_at: usize) {
        let (name, value) = text.split_at_checked(value_at).unwrap_or((text, ""));
        self.shown.push_str(&shapes::masked(name));
        if value.trim_matches(['"', '\'', '\\', ' ']).is_empty() {
            self.next = Next::Secret;
            self.shown.push_str(value);
        } else {
            self.shown.push_str(MASK);
            // `Authorization:Bearer x`, unquoted.
            if keys::is_scheme(value) {
                self.next = Next::Secret;
            }
        }
    }

    /// Options that mean a secret for one program only.
    fn short_option(&mut self, word: &str) -> bool {
        let Some(program) = self.program else { return false };
        match program.short(word, self.login) {
            Short::No => return false,
            Short::Attached(option) => {
                self.shown.push_str(option);
                self.shown.push_str(MASK);
                // `-password` may be `-p` with a poor password, or have it in the next word.
                if option_strength(word).is_some() {
                    self.next = Next::Secret;
                }
            }
            Short::Separate(next) => {
                self.shown.push_str(word);
                self.next = next;
            }
            Short::Pair(at) => {
                let (option, pair) = word.split_at_checked(at).unwrap_or((word, ""));
                return self.pair(option, pair);
            }
        }
        true
    }

    /// `user:password` and its kin; false when there is no password in it.
    fn pair(&mut self, option: &str, pair: &str) -> bool {
        let Some(at) = pair.find([':', '%', ',']) else { return false };
        self.shown.push_str(option);
        self.shown.push_str(pair.get(..=at).unwrap_or_default());
        self.shown.push_str(MASK);
        true
    }

    /// True when the program takes its secret by position, and this is the position.
    fn positional(&mut self, word: &str) -> bool {
        let Some(program) = self.program else { return false };
        self.login |= word == "login";
        self.positionals += 1;
        if program.positionals.is_some_and(|most| self.positionals > most) {
            self.shown.push_str(MASK);
            return true;
        }
        let user = word.split_once('/').filter(|(user, _)| program.slash_pair && !user.is_empty());
        if let Some((user, _)) = user {
            self.shown.push_str(user);
            self.shown.push('/');
            self.shown.push_str(MASK);
        }
        user.is_some()
    }
}

/// How secret the value of an option without `=` is.
fn option_strength(word: &str) -> Option<Strength> {
    strength(word.trim_start_matches('-'))
}

/// `-c` and its company: `sh -c`, `bash -lc`, `su -c`.
fn is_script_option(word: &str) -> bool {
    word.strip_prefix('-').is_some_and(|letters| {
        letters.len() <= 4
            && letters.ends_with('c')
            && letters.chars().all(|letter| letter.is_ascii_lowercase())
    })
}

fn cut(mut line: String) -> String {
    if line.len() > LINE_BYTES {
        let end = line.floor_char_boundary(LINE_BYTES - CUT.len());
        line.truncate(end);
        line.push_str(CUT);
    }
    line
}

#[cfg(test)]
mod tests;
