//! The configuration file: TOML, the flags' names as keys. Every complaint names the line.

use std::{
    env,
    fmt::Write as _,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use clap::{
    Arg, Command,
    builder::Resettable,
    error::{ContextKind, ContextValue, ErrorKind},
};
use toml::de::{DeTable, DeValue};

use super::{Shape, name, serve_command, settings, shape, value_name};

/// Largest file that is read; ours have a few kilobytes.
const FILE_BYTES: u64 = 256 * 1024;

/// A configuration file that is in order, or none.
#[derive(Debug, Default)]
pub(crate) struct ConfigFile {
    /// The file that was read.
    pub(crate) path: Option<PathBuf>,
    values: Vec<FileValue>,
}

/// One line of it.
#[derive(Debug, PartialEq, Eq)]
struct FileValue {
    name: String,
    values: Vec<String>,
    line: usize,
}

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    /// It cannot be read.
    #[error("cannot read the configuration file {}: {why}{advice}", path.display())]
    Read { path: PathBuf, why: io::Error, advice: &'static str },
    /// It says something that is no setting.
    #[error("{}", complaints(path, said))]
    Says { path: PathBuf, said: Vec<Complaint> },
}

/// What is wrong in one line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    line: usize,
    text: String,
}

fn complaints(path: &Path, said: &[Complaint]) -> String {
    let mut text = String::new();
    for (index, complaint) in said.iter().enumerate() {
        let separator = if index == 0 { "" } else { "\n       " };
        let line = format!("{}, line {}: {}", path.display(), complaint.line, complaint.text);
        write!(text, "{separator}{line}").expect("a String takes everything");
    }
    text
}

impl ConfigFile {
    /// Reads the named file, or the one at the usual place if there is one.
    pub(crate) fn find(named: Option<PathBuf>) -> Result<Self, FileError> {
        if let Some(path) = named {
            return Self::read(path);
        }
        match usual_place() {
            Some(path) if path.exists() => Self::read(path),
            Some(_) | None => Ok(Self::default()),
        }
    }

    fn read(path: PathBuf) -> Result<Self, FileError> {
        let refused = |path: &Path, why: io::Error| {
            let advice = if why.kind() == io::ErrorKind::NotFound {
                "; 'bellwether config --example' prints one to start from"
            } else {
                ""
            };
            FileError::Read { path: path.to_owned(), why, advice }
        };
        let mut bytes = Vec::new();
        File::open(&path)
            .and_then(|file| file.take(FILE_BYTES + 1).read_to_end(&mut bytes))
            .map_err(|why| refused(&path, why))?;
        if bytes.len() as u64 > FILE_BYTES {
            let why = io::Error::other(format!("it is over {FILE_BYTES} bytes long"));
            return Err(refused(&path, why));
        }
        match parse(&bytes) {
            Ok(values) => Ok(Self { path: Some(path), values }),
            Err(said) => Err(FileError::Says { path, said }),
        }
    }

    /// What it says of a setting.
    pub(super) fn values(&self, name: &str) -> Option<&[String]> {
        Some(&self.values.iter().find(|value| value.name == name)?.values)
    }

    /// Where it says something of a setting.
    pub(super) fn line(&self, name: &str) -> Option<usize> {
        Some(self.values.iter().find(|value| value.name == name)?.line)
    }
}

/// `$XDG_CONFIG_HOME/bellwether/config.toml`, else below `~/.config`. The specification: a path
/// that is not absolute is ignored.
pub(crate) fn usual_place() -> Option<PathBuf> {
    let home = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = home("XDG_CONFIG_HOME").or_else(|| Some(home("HOME")?.join(".config")))?;
    Some(base.join("bellwether/config.toml"))
}

fn parse(bytes: &[u8]) -> Result<Vec<FileValue>, Vec<Complaint>> {
    let line_of = |at: usize| 1 + bytes.iter().take(at).filter(|byte| **byte == b'\n').count();
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let text = "this is not UTF-8 text".to_owned();
        vec![Complaint { line: line_of(error.valid_up_to()), text }]
    })?;
    let table = DeTable::parse(text).map_err(|error| {
        let line = line_of(error.span().map_or(0, |span| span.start));
        vec![Complaint { line, text: format!("not TOML: {}", error.message()) }]
    })?;
    // Values are tried on the command that takes them, without what the environment says.
    let command = serve_command().mut_args(|arg| arg.env(Resettable::Reset));
    let settings = settings();
    let (mut values, mut said) = (Vec::new(), Vec::new());
    for (key, value) in table.get_ref() {
        let line = line_of(key.span().start);
        let key = key.get_ref();
        let read = match settings.iter().find(|arg| name(arg) == key.as_ref()) {
            Some(arg) => read_value(&command, arg, value.get_ref()),
            None => Err(unknown(&command, key, value.get_ref())),
        };
        match read {
            Ok(read) => values.push(FileValue { name: key.to_string(), values: read, line }),
            Err(text) => said.push(Complaint { line, text }),
        }
    }
    said.sort_by_key(|complaint| complaint.line);
    values.sort_by_key(|value| value.line);
    if said.is_empty() { Ok(values) } else { Err(said) }
}

/// The texts that the flag would be given, if they are valid.
fn read_value(command: &Command, arg: &Arg, value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let name = name(arg);
    let wrong = || {
        let value_name = value_name(arg);
        let wanted = match shape(arg) {
            Shape::Switch => "true or false".to_owned(),
            Shape::List => format!("a list of texts: {name} = [\"{value_name}\", …]"),
            Shape::One => format!("a text: {name} = \"{value_name}\""),
        };
        format!("'{name}' has {} here; wanted is {wanted}", article(value.type_str()))
    };
    let texts = match (shape(arg), value) {
        (Shape::Switch, DeValue::Boolean(yes)) => return Ok(vec![yes.to_string()]),
        (Shape::List, DeValue::Array(items)) => {
            items.iter().map(|item| scalar(item.get_ref())).collect::<Option<Vec<_>>>()
        }
        (Shape::One | Shape::List, value) => scalar(value).map(|text| vec![text]),
        (Shape::Switch, _) => None,
    };
    let texts = texts.ok_or_else(wrong)?;
    for text in &texts {
        check(command, arg, text)?;
    }
    Ok(texts)
}

/// A text or a number as the command line would have it.
fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Integer(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    }
}

fn article(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'i']) { "an" } else { "a" };
    format!("{article} {kind}")
}

/// Whether the flag takes this text. Only its value is judged: what else it needs is another matter.
fn check(command: &Command, arg: &Arg, text: &str) -> Result<(), String> {
    let name = name(arg);
    let line = ["bellwether".to_owned(), format!("--{name}={text}")];
    let Err(error) = command.clone().try_get_matches_from(line) else { return Ok(()) };
    if !matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation) {
        return Ok(());
    }
    let wanted = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(valid)) if !valid.is_empty() => {
            format!("one of {}", valid.join(", "))
        }
        Some(_) | None => value_name(arg),
    };
    let why = std::error::Error::source(&error).map_or(String::new(), |why| format!(" ({why})"));
    let shown = if arg.is_hide_env_values_set() { "a value" } else { text };
    Err(format!("'{name}' cannot be '{shown}'; wanted is {wanted}{why}"))
}

/// Names the setting that was meant, as clap would for a flag.
fn unknown(command: &Command, key: &str, value: &DeValue<'_>) -> String {
    if value.is_table() {
        return format!("there are no tables here: write the settings without [{key}]");
    }
    let flag = format!("--{}", key.replace('_', "-"));
    let tried = command.clone().try_get_matches_from(["bellwether".to_owned(), flag.clone()]);
    let meant = match tried {
        // The very name, with the other dash (and perhaps a value that is missing).
        Ok(_) => Some(flag),
        Err(error) if error.kind() != ErrorKind::UnknownArgument => Some(flag),
        Err(error) => error.get(ContextKind::SuggestedArg).map(ToString::to_string),
    };
    match meant {
        Some(meant) => {
            let meant = meant.trim_start_matches('-');
            format!("there is no setting '{key}'; did you mean '{meant}'?")
        }
        None => format!("there is no setting '{key}'; 'bellwether config --example' lists all"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &[u8]) -> Vec<String> {
        let said = parse(text).expect_err("it is wrong");
        said.into_iter().map(|it| format!("{}: {}", it.line, it.text)).collect()
    }

    #[test]
    fn keys_are_the_flags_names() {
        let text = b"# ours\nlisten = \"127.0.0.1:9\"\nallow-host = ['a', 'b']\nopen = true\n";
        let values = parse(text).unwrap();
        let read: Vec<(&str, &[String], usize)> =
            values.iter().map(|it| (it.name.as_str(), it.values.as_slice(), it.line)).collect();
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            read,
            [
                ("listen", texts(&["127.0.0.1:9"]).as_slice(), 2),
                ("allow-host", texts(&["a", "b"]).as_slice(), 3),
                ("open", texts(&["true"]).as_slice(), 4),
            ]
        );
        assert_eq!(parse(b"").unwrap(), []);
    }

    #[test]
    fn complaints_name_the_line_and_what_was_wanted() {
        let check = |text: &str, expected: &[&str]| {
            let said = said(text.as_bytes());
            assert_eq!(said.len(), expected.len(), "{said:?}");
            for (said, part) in said.iter().zip(expected) {
                assert!(said.contains(part), "{said:?} lacks {part:?}");
            }
        };
        check("\nlisen = 'x'\n", &["2: there is no setting 'lisen'; did you mean 'listen'?"]);
        check("allow_host = ['x']", &["did you mean 'allow-host'?"]);
        check("zebra = 1", &["1: there is no setting 'zebra'; 'bellwether config --example'"]);
        check("config = 'x'", &["there is no setting 'config'"]);
        check("[serve]\nlisten = 'x'", &["1: there are no tables here"]);
        check("listen = 'everywhere'", &["'listen' cannot be 'everywhere'; wanted is ADDR:PORT"]);
        check("anonymous = 'root'", &["one of none, viewer, operator, admin"]);
        check("name = true", &["'name' has a boolean here; wanted is a text: name = \"HOST\""]);
        check("name = ['a']", &["'name' has an array here; wanted is a text"]);
        check("allow-host = [1.5, true]", &["wanted is a list of texts: allow-host = [\"NAME\""]);
        check("open = 'yes'", &["'open' has a string here; wanted is true or false"]);
        check("name = 'a'\nlog = 3\nlisen = 1", &["2: 'log' cannot be '3'", "3: there is no"]);
        check("name = 'a'\nname = 'b'", &["2: not TOML: duplicate key"]);
        check("name = 'a\n", &["1: not TOML: "]);
        assert_eq!(said(b"name = 'a'\nlog = '\xFF'"), ["2: this is not UTF-8 text"]);
    }

    #[test]
    fn arbitrary_bytes_are_never_a_panic() {
        let mut seed = 1_u64;
        for _ in 0..300 {
            let mut text = Vec::new();
            for _ in 0..40 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let alphabet = b"listen=\"'[]{}#\n.-_ 0x:\xC3\xA4\xFF";
                text.push(alphabet[usize::try_from(seed >> 33).unwrap() % alphabet.len()]);
            }
            let _values = parse(&text);
        }
    }
}
