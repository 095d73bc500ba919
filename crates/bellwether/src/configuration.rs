//! Settings from four places; the first that says something counts: flag, environment, file,
//! default.
//!
//! The list of settings is [`crate::cli::ServeFlags`] and nothing else. What the file says becomes
//! the default of the flag of that name, in whichever command has it, so that clap alone decides
//! what counts and whether it is valid.

mod document;
mod example;
mod file;
mod in_force;

use std::{ffi::OsString, path::PathBuf};

use clap::{Arg, ArgMatches, Command, CommandFactory as _, FromArgMatches as _};

pub(crate) use example::example;
pub(crate) use file::{ConfigFile, FileError, usual_place};
pub(crate) use in_force::show;

use crate::cli::Arguments;

/// The command line, read together with the configuration file.
#[derive(Debug)]
pub(crate) struct Configured {
    pub(crate) arguments: Arguments,
    /// Says where each value came from.
    pub(crate) matches: ArgMatches,
    /// The file; commands that work without it go on when it is wrong.
    pub(crate) file: Result<ConfigFile, FileError>,
}

/// Reads the command line. The error is clap's own: help, a version or a mistake.
pub(crate) fn read(line: &[OsString]) -> Result<Configured, clap::Error> {
    let file = ConfigFile::find(named_file(line));
    let command = match &file {
        Ok(file) => with_defaults(Arguments::command(), file),
        Err(_) => Arguments::command(),
    };
    let matches = command.try_get_matches_from(line)?;
    let arguments = Arguments::from_arg_matches(&matches)?;
    Ok(Configured { arguments, matches, file })
}

/// The file that the command line or the environment names. Mistakes are for the reading proper.
fn named_file(line: &[OsString]) -> Option<PathBuf> {
    let matches = Arguments::command().ignore_errors(true).try_get_matches_from(line).ok()?;
    matches.get_one::<PathBuf>("config").cloned()
}

/// Gives every flag that the file names its value from there as default.
fn with_defaults(command: Command, file: &ConfigFile) -> Command {
    let named: Vec<(String, &[String])> = command
        .get_arguments()
        .filter_map(|arg| Some((arg.get_id().to_string(), file.values(arg.get_long()?)?)))
        .collect();
    let command = named.into_iter().fold(command, |command, (id, values)| {
        // A flag that has to be given is given by the file.
        command.mut_arg(id, |arg| arg.required(false).default_values(values.to_vec()))
    });
    command.mut_subcommands(|command| with_defaults(command, file))
}

/// The command whose flags are the settings.
fn serve_command() -> Command {
    let command = Arguments::command();
    command.find_subcommand("serve").expect("serve is a command").clone()
}

/// The list of settings, in the order of the help.
fn settings() -> Vec<Arg> {
    let command = serve_command();
    command.get_arguments().filter(|arg| arg.get_long().is_some()).cloned().collect()
}

/// Whether a setting takes a list, a yes or no, or one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    List,
    Switch,
    One,
}

fn shape(arg: &Arg) -> Shape {
    let action = arg.get_action();
    if !action.takes_values() {
        Shape::Switch
    } else if matches!(action, clap::ArgAction::Append) {
        Shape::List
    } else {
        Shape::One
    }
}

fn name(arg: &Arg) -> &str {
    arg.get_long().expect("settings have a long name")
}

/// What its value is called in the help, such as `ADDR:PORT`.
fn value_name(arg: &Arg) -> String {
    arg.get_value_names().and_then(<[_]>::first).map_or_else(|| "VALUE".into(), ToString::to_string)
}

/// What it means, in one sentence, and its default where words say it (`[default: …]`).
fn meaning(arg: &Arg) -> (String, Option<String>) {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    match help.split_once(" [default: ") {
        Some((meaning, default)) => {
            (meaning.to_owned(), Some(default.trim_end_matches(']').to_owned()))
        }
        None => (help, None),
    }
}

fn defaults(arg: &Arg) -> Vec<String> {
    arg.get_default_values().iter().map(|it| it.to_string_lossy().into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_a_variable_and_a_sentence() {
        for arg in settings() {
            let name = name(&arg);
            let variable = format!("BELLWETHER_{}", name.to_uppercase().replace('-', "_"));
            let found = arg.get_env().map(|it| it.to_string_lossy().into_owned());
            assert_eq!(
                found.as_deref(),
                Some(variable.as_str()),
                "--{name}: add `env = \"{variable}\"` to its field in cli.rs"
            );
            assert!(!meaning(&arg).0.is_empty(), "--{name}: its field in cli.rs needs a doc");
        }
    }
}
