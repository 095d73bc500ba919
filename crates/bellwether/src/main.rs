//! bellwether: the program. It wires the rooms together and decides nothing about the domain.
//! Enters: the command line, the environment and a configuration file. Leaves: a running server, messages for people.
//! May not know what a signal means. Start at [`cli`], then `serve`.

mod cli;
mod configuration;
mod control;
mod data_folder;
mod logging;
mod serve;
mod token;
mod wiring;
mod written;

use std::{env, io::Write as _, process::ExitCode};

use anyhow::{Context as _, Result};
use cli::Command;
use configuration::{ConfigFile, Configured};

/// Something was asked for in a way that cannot be right: the command line or the configuration
/// file has to change. clap ends with the same code.
const USAGE: u8 = 2;
/// Nobody could be told what went wrong (`EX_IOERR` of sysexits.h).
const NOBODY_TO_TELL: u8 = 74;

fn main() -> ExitCode {
    let line: Vec<_> = env::args_os().collect();
    let configured = configuration::read(&line).unwrap_or_else(|error| error.exit());
    let Configured { arguments, matches, file } = configured;
    let file = match file {
        Ok(file) => file,
        Err(error) if arguments.command.needs_settings() => return fail(&error.into(), USAGE),
        Err(_) => ConfigFile::default(),
    };
    let done = match arguments.command {
        Command::Serve(flags) => serve::run(&flags),
        Command::Token(flags) => token::run(flags),
        Command::Config(flags) if flags.example => print(&configuration::example()),
        Command::Config(flags) => {
            let (_, matches) = matches.subcommand().expect("a command was given");
            print(&configuration::show(matches, &file, flags.json))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, 1),
    }
}

fn print(text: &str) -> Result<()> {
    std::io::stdout().write_all(text.as_bytes()).context("cannot write to standard output")
}

fn fail(error: &anyhow::Error, code: u8) -> ExitCode {
    // `{:#}` prints the chain of causes on one line.
    let told = writeln!(std::io::stderr(), "error: {error:#}");
    ExitCode::from(if told.is_ok() { code } else { NOBODY_TO_TELL })
}
